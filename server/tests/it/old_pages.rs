//! Pages of earlier versions against this server. Their frames are written out here as they were, so
//! that no later form of a type makes these tests speak it.

use serde_json::{Value, json};
use setroom_client::{Client, Connection};
use setroom_protocol::{Blob, CommandId, LinkRole};

use crate::support::people::{Set, begun, closed, rest, set};
use crate::support::soon;

/// A knock as the first version's own tests have it, in this set.
fn knock(set: &Set) -> Value {
    json!({
        "mac": "OuwTExMTExMTExMTExMTExMTExMTExMTExMTExMTExM",
        "name": "YSBzZWFsZWQgbmFtZQ",
        "nonce": "Su0SEhISEhISEhISEhISEg",
        "pub": "BAMDAwMDAwMDAwMDAwMDAwMDAwMDAwMDAwMDAwMDAwMDAwMDAwMDAwMDAwMDAwMDAwMDAwMDAwMDAwMDAwMDAwM",
        "resume": "WusUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQ",
        "role": "m",
        "set": set.links.set(),
        "t": "knock",
        "token": "ERERERERERERERERERERERERERERERERERERERERERE",
        "v": 1
    })
}

/// Somebody's page of the first version comes back, having seen everything.
async fn back(set: &Set, of: &Client) -> (Connection, Value) {
    let mut line = begun(&set.dial).await;
    let mut resume = serde_json::to_value(of.keyring().come_back(Some(of.model().seq()))).unwrap();
    resume["v"] = 1.into();
    line.send_text(resume.to_string()).await.unwrap();
    let first = serde_json::from_str(&soon(line.next_text()).await.unwrap()).unwrap();
    (line, first)
}

/// Asks for something, and gives the answer.
async fn ask(line: &mut Connection, nth: u8, cmd: Value) -> Value {
    let cid = CommandId::from_bytes([nth; 16]);
    let asked = json!({ "t": "do", "cid": cid, "seen": 0, "cmd": cmd });
    line.send_text(asked.to_string()).await.unwrap();
    loop {
        let frame: Value = serde_json::from_str(&soon(line.next_text()).await.unwrap()).unwrap();
        if frame["cid"] == json!(cid) {
            return frame;
        }
    }
}

// fault: F32 — a page of the version before is told to reload at the door
#[tokio::test]
async fn an_earlier_page_at_the_door_is_told_to_reload() {
    let set = set().await;
    let mut line = begun(&set.dial).await;
    line.send_text(knock(&set).to_string()).await.unwrap();
    let (said, ended) = soon(rest(&mut line)).await;
    assert_eq!((said, closed(&ended)), (vec![], 4426));
}

// fault: F32 — a page of the version before, which keeps what is typed, is told to reload
#[tokio::test]
async fn a_page_of_the_second_version_is_told_to_reload_and_nobody_waits_for_it() {
    let mut set = set().await;
    let mut co = set.person(LinkRole::CoFacilitator, "Dilys").await;
    let mut ben = set.person(LinkRole::Member, "Ben").await;
    set.agree(&mut [&mut co, &mut ben]).await;
    // It would ask for keys that do not say of which meeting they are, again and again.
    for page in [&set.host, &ben] {
        let mut line = begun(&set.dial).await;
        let mut resume =
            serde_json::to_value(page.keyring().come_back(Some(page.model().seq()))).unwrap();
        resume["v"] = 2.into();
        line.send_text(resume.to_string()).await.unwrap();
        let (said, ended) = soon(rest(&mut line)).await;
        assert_eq!((said, closed(&ended)), (vec![], 4426));
    }
    assert!(co.rekey(&[LinkRole::Member]).await.unwrap().done().is_some());
    // Loaded anew it is as everybody's.
    let seq = co.model().seq();
    ben.catch_up(seq).await.unwrap();
    ben.next_key().await.unwrap();
}

// fault: F32 — in the room it goes on, and is told of the newer page though it has missed nothing
#[tokio::test]
async fn an_earlier_page_in_the_room_goes_on_and_hears_of_the_newer_one() {
    let mut set = set().await;
    let mut ben = set.person(LinkRole::Member, "Ben").await;
    set.agree(&mut [&mut ben]).await;
    let (mut line, first) = back(&set, &ben).await;
    assert_eq!(first["t"], "snapshot", "{first}");
    assert!(first["build"].is_string() && first.get("gap").is_none(), "{first}");
    assert!(first.get("restored").is_none(), "nothing was put back: {first}");
    assert_eq!(ask(&mut line, 1, json!({ "c": "agree_charter" })).await["t"], "done");
    // What was half typed there is written there: a box of the first version, under the set's key.
    let mut sealed = vec![7; setroom_protocol::BOX_OVERHEAD + 256];
    sealed[..5].copy_from_slice(&[1, 0, 0, 0, 1]);
    let name = json!({
        "c": "put", "kind": "name", "item": ben.seat().unwrap(), "rev": 2, "n": 9,
        "prev": "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA", "box": Blob::encode(&sealed),
    });
    assert_eq!(ask(&mut line, 2, name).await["t"], "done");
    set.agree(&mut [&mut ben]).await;
    // A page of this version has missed nothing, and so gets nothing but its own part.
    let mut line = begun(&set.dial).await;
    let resume = ben.keyring().come_back(Some(ben.model().seq()));
    line.send(&resume).await.unwrap();
    let first: Value = serde_json::from_str(&soon(line.next_text()).await.unwrap()).unwrap();
    assert_eq!(first["t"], "own", "{first}");
}

// fault: F32 — what an earlier page of a host cannot sign is refused, and changes nothing
#[tokio::test]
async fn an_earlier_page_of_a_host_changes_no_key_and_lets_nobody_in() {
    let mut set = set().await;
    let ben = set.person(LinkRole::Member, "Ben").await;
    let eve = set.knock(LinkRole::Member, "Eve").await;
    let (mut line, first) = back(&set, &set.host).await;
    let before = first["shared"]["epoch"].clone();
    let grants = json!({ ben.device().to_string(): "Z3JhbnQgMg" });
    let wraps = json!({ "c": "d3JhcCBj", "h": "d3JhcCBo" });
    let keys = json!({ "epoch": 2, "grants": grants, "wraps": wraps });
    let cases = [
        json!({ "c": "admit", "device": eve.device(), "grant": "Z3JhbnQgMw" }),
        json!({ "c": "rekey", "keys": keys }),
        json!({ "c": "remove", "seat": ben.seat().unwrap(), "keys": keys }),
    ];
    for (nth, cmd) in cases.into_iter().enumerate() {
        let answer = ask(&mut line, u8::try_from(nth).unwrap() + 1, cmd).await;
        assert_eq!((&answer["t"], &answer["code"]), (&"refused".into(), &"stale_roster".into()));
    }
    // What it was refused keeps no co-facilitator waiting.
    let mut co = set.knock(LinkRole::CoFacilitator, "Dilys").await;
    assert!(set.host.admit(co.device()).await.unwrap().done().is_some());
    co.enter("Dilys").await.unwrap();
    let refused = json!({ "c": "rekey", "keys": { "epoch": 2, "grants": {}, "wraps": {} } });
    assert_eq!(ask(&mut line, 9, refused).await["code"], "stale_roster");
    assert!(co.admit(eve.device()).await.unwrap().done().is_some());
    let (_, after) = back(&set, &set.host).await;
    assert_eq!(after["shared"]["epoch"], before);
    assert_eq!(after["shared"]["seats"].as_object().unwrap().len(), 4);
}
