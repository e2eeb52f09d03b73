//! Grant, recovery wrap and lobby name from the committed fixture, which the web client's tests
//! open too: both must read the same.

use std::sync::LazyLock;

use serde_json::{Value, json};
use setroom_client::seal::{
    DeviceKeys, Grant, GrantContext, Hello, KeyList, Link, b64u, from_b64u, open_lobby_name,
    unwrap_keys,
};
use setroom_protocol::{DeviceId, PublicKey};

static FORMS: LazyLock<Value> = LazyLock::new(|| {
    serde_json::from_str(include_str!("../../../protocol/tests/data/als1_forms.json")).unwrap()
});

fn text(name: &str) -> &'static str {
    FORMS[name].as_str().unwrap()
}

fn bytes<const N: usize>(name: &str) -> [u8; N] {
    from_b64u(text(name)).unwrap().try_into().unwrap()
}

fn link(name: &str) -> Link {
    text(name).parse().unwrap()
}

/// The list as its JSON must be, whatever the order of its keys.
fn shown(list: &KeyList) -> Value {
    let keys: Vec<_> = list.keys.iter().map(|(epoch, key)| json!([epoch, key.to_b64u()])).collect();
    let roster: Vec<_> = (list.roster.iter())
        .map(|at| json!([b64u(&at.device), b64u(&at.member), at.role, at.link]))
        .collect();
    let links: Vec<_> =
        list.links.iter().map(|at| json!([at.role, at.link, at.secret.to_b64u()])).collect();
    json!({"v": 1, "keys": keys, "roster": roster, "links": links})
}

#[test]
fn a_name_at_the_door_opens() {
    let keys = link("member_link").keys();
    // A browser of the first form, whose id is the hash of its one key.
    let member = DeviceKeys::derive(&bytes("member_ikm"));
    let device = DeviceId::of(&PublicKey(*member.public().as_bytes()), None);
    let hello = Hello { nonce: bytes("nonce"), mac: bytes("mac") };
    let name = from_b64u(text("name_box")).unwrap();
    assert_eq!(open_lobby_name(&keys, device, &hello, &name).unwrap(), text("name"));
}

#[test]
fn a_grant_opens_to_the_key_list() {
    let (host, member) =
        (DeviceKeys::derive(&bytes("host_ikm")), DeviceKeys::derive(&bytes("member_ikm")));
    let keys = link("member_link").keys();
    let context =
        GrantContext { link: &keys, epoch: 3, host: host.public(), joiner: member.public() };
    let grant = Grant::from_bytes(&from_b64u(text("grant")).unwrap()).unwrap();
    assert_eq!(shown(&grant.open(&member, &context).unwrap()), FORMS["key_list"]);
}

#[test]
fn a_recovery_wrap_opens_to_the_key_list() {
    let wrap = from_b64u(text("wrap")).unwrap();
    let (epoch, list) = unwrap_keys(&link("host_link").keys(), &wrap).unwrap();
    assert_eq!(epoch, 3);
    assert_eq!(shown(&list), FORMS["key_list"]);
}
