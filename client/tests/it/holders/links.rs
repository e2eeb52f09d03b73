//! Links of both forms, and what is no link of either.

use serde_json::{Value, json};
use setroom_client::seal::{Link, LinkRole, SealError};

use super::people::{holder_of_link, host_link, link};
use super::{FIXED, array, hex};

/// A link of each kind, those that say whose the set is first.
pub(super) fn read() -> Vec<Value> {
    let host = Some(*holder_of_link(&host_link()).device().as_bytes());
    let kinds = [LinkRole::CoFacilitator, LinkRole::Member, LinkRole::Observer];
    let second = kinds.map(|role| Link { host, ..link(role) });
    let first = [LinkRole::Host, LinkRole::Member].map(link);
    (second.iter().chain(&first))
        .map(|link| {
            let host = link.host.as_ref().map(|host| hex(host));
            json!({"link": link.to_url("https://set.test"), "role": link.role, "host": host})
        })
        .collect()
}

pub(super) fn refused() -> Vec<Value> {
    let all = read();
    let good = all[1]["link"].as_str().unwrap();
    let (short, host) = good.rsplit_once('.').unwrap();
    [
        ("without whose it is", "damaged", short.to_owned()),
        ("of the first form, and says whose it is", "damaged", good.replace("#2.", "#1.")),
        ("the host's own says whose it is", "damaged", good.replace(".m.", ".h.")),
        ("whose it is was cut short", "damaged", good[..good.len() - 1].to_owned()),
        ("says twice whose it is", "damaged", format!("{good}.{host}")),
        ("of a later form", "version", good.replace("#2.", "#3.")),
        ("of no kind that there is", "role", good.replace(".m.", ".x.")),
    ]
    .map(|(what, why, link)| json!({"what": what, "why": why, "link": link}))
    .into()
}

#[test]
fn a_link_says_whose_the_set_is_and_what_is_no_link_is_refused() {
    for of in FIXED["links"].as_array().unwrap() {
        let text = of["link"].as_str().unwrap();
        let link: Link = text.parse().unwrap();
        assert_eq!(link.set, array(&FIXED["set"]), "{text}");
        assert_eq!(hex(link.secret.as_bytes()), FIXED["secret"], "{text}");
        assert_eq!(json!(link.role), of["role"], "{text}");
        assert_eq!(json!(link.host.map(|host| hex(&host))), of["host"], "{text}");
        assert_eq!(link.to_url("https://set.test"), text);
    }
    for of in FIXED["refused"]["links"].as_array().unwrap() {
        let read = of["link"].as_str().unwrap().parse::<Link>();
        assert_eq!(read.err(), Some(SealError::Link), "{}", of["what"]);
    }
}
