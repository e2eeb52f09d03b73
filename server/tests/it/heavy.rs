//! A room holds more than texts, and whatever it holds counts; where memory is short, nothing that weighs
//! is taken, and the meeting goes on.

use std::sync::Arc;

use setroom_client::seal::{Changes, sign_edit};
use setroom_client::{Client, create_set};
use setroom_protocol::{Blob, CloseCode, Command, LinkRole, Mode, OwnKey, TextKind, limits};

use crate::attackers::rogue::new_key;
use crate::shares::{NOT_SAVED, writes_all_it_can};
use crate::support::people::{Set, closed, dial_to, rng, roomy, set, set_with};

const HELD: &str = "setroom_room_memory_bytes";

/// A box of so many characters.
fn long(chars: usize) -> Blob {
    Blob::encode(&vec![7; chars / 4 * 3])
}

fn own_key(of: &Client) -> Command {
    let boxes = [(of.device(), long(limits::BLOB_CHARS))].into();
    let host = Some(long(limits::OWN_KEY_CHARS - limits::BLOB_CHARS));
    Command::OwnKey(OwnKey { generation: 1, boxes, host, ..OwnKey::default() })
}

#[tokio::test]
async fn a_persons_own_key_and_a_grant_count_as_much_as_a_text() {
    let mut set = set().await;
    let mut people = Vec::new();
    for n in 0..8 {
        people.push(set.person(LinkRole::Member, &format!("Person {n}")).await);
    }
    let before = set.server.figure(HELD).await.unwrap();
    for person in &mut people {
        let key = own_key(person);
        person.must("the own key", key).await.unwrap();
        let (device, grant) = (person.device(), long(limits::BLOB_CHARS));
        set.host.must("a grant", Command::Grant { device, grant }).await.unwrap();
    }
    // Entries alone count until the room is weighed again, which is after 64 KiB of them.
    let grew = set.server.figure(HELD).await.unwrap() - before;
    let all = f64::from(8 * 27_000);
    assert!(grew > all - 64.0 * 1024.0 && grew > 140_000.0, "{grew} of {all}");
}

/// A whole list of who holds keys, in place of all edits.
fn whole(set: &Set) -> Option<Command> {
    let host = &set.host;
    let mut keys = host.keyring().clone();
    keys.follow(&host.shared().ok()?.roster).ok()?;
    let roster = keys.roster();
    let all = roster.holders().values().cloned().collect();
    let whole = Changes { whole: true, add: all, ..Changes::default() };
    let place = (roster.n() + 1, roster.epoch(), roster.commit()?);
    let signer = set.links.host.keys().host_holder();
    let edit = sign_edit(roster, keys.set(), place, whole, &signer);
    Some(Command::EditRoster { edit: Arc::new(edit) })
}

#[tokio::test]
async fn where_memory_is_short_a_large_room_takes_nothing_that_weighs_and_goes_on() {
    let mut set = set_with(|config| {
        roomy(config);
        (config.limits.rooms_mib, config.limits.rooms) = (1, 8);
    })
    .await;
    let mut ben = set.person(LinkRole::Member, "Ben").await;
    let mut cleo = set.person(LinkRole::Member, "Cleo").await;
    let dana = set.person(LinkRole::Member, "Dana").await;
    let kept = writes_all_it_can(&mut set.host).await;
    let dial = dial_to(&set.server);
    let mut own = rng(60);
    let links = create_set(&dial, "short_90", "classic", Mode::Set, &mut own).await.unwrap();
    let mut small = Client::host(&dial, &links, "Small", "Ewa", own).await.unwrap();
    // A small room is within its share, and brings all of them over the bound.
    let key = own_key(&small);
    small.must("an own key", key).await.unwrap();
    small.put(TextKind::Charter, &"z".repeat(4000), None).await.unwrap().1.done().unwrap();
    let held = set.server.figure(HELD).await.unwrap();
    assert!(held > 1024.0 * 1024.0, "{held}");

    let device = ben.device();
    let by_host = [
        Command::Grant { device, grant: long(300) },
        Command::Rekey { keys: new_key(&set.host, &[], &[]) },
        own_key(&set.host),
    ];
    let asked = by_host.len() + 1;
    for command in by_host {
        let what = format!("{command:?}");
        assert_eq!(set.host.do_(command).await.unwrap(), NOT_SAVED, "{what}");
    }
    assert_eq!(ben.do_(own_key(&ben)).await.unwrap(), NOT_SAVED);
    // The meeting goes on: what carries nothing makes nothing grow.
    let order = Command::SetOrder { order: vec![ben.seat().unwrap(), dana.seat().unwrap()] };
    for command in [Command::Lock { on: true }, Command::Lock { on: false }, order, Command::Next] {
        set.host.must("a move", command).await.unwrap();
    }
    let refused = r#"setroom_limit_refusals_total{limit="room_memory"}"#;
    let count = set.server.figure(refused).await.unwrap();
    assert_eq!(count, f64::from(u32::try_from(asked).unwrap() + 1));
    small.must("a press", Command::Lock { on: true }).await.unwrap();

    let shorter = whole(&set).unwrap();
    set.host.must("the list anew", shorter).await.unwrap();
    set.host.must("a text taken back", Command::WithdrawItem { item: kept[0] }).await.unwrap();
    let (cid, seen) = (cleo.fresh_cid(), cleo.model().seq());
    cleo.ask(cid, seen, Command::Leave).await.unwrap();
    let left = cleo.seat().unwrap();
    set.host
        .wait_for("it", |model| !model.shared().unwrap().seats.contains_key(&left))
        .await
        .unwrap();
    let (seat, gone) = (dana.seat().unwrap(), dana.device());
    let removes = Command::Remove { seat, keys: new_key(&set.host, &[gone], &[]) };
    set.host.must("somebody removed", removes).await.unwrap();
    set.host.must("the close", Command::Close).await.unwrap();
    let (cid, seen) = (set.host.fresh_cid(), set.host.model().seq());
    set.host.ask(cid, seen, Command::EraseSet).await.unwrap();
    assert_eq!(closed(&set.host.until_ended().await.unwrap()), CloseCode::SetClosed.code());
}
