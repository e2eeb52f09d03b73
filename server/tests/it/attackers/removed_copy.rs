//! Somebody who was removed, in an earlier copy of the room that is put back: there they still are.

use setroom_client::Client;
use setroom_protocol::{Code, Command, Hash32, LinkRole, TextKind};

use super::forged::{halves, knock_as, turned_away};
use super::means::own_pair;
use super::removed::no_key_opens;
use crate::maintenance::{Place, a_set};
use crate::restore::member;
use crate::support::people::{door, door_of};
use crate::support::process::Process;

async fn back(person: &mut Client, process: &Process) {
    person.cut();
    person.redial(&process.dial);
    person.come_back().await.unwrap();
    assert!(person.model().restored);
}

#[tokio::test]
async fn a_removed_member_is_given_no_key_in_an_earlier_copy_that_is_put_back() {
    let place = Place::new();
    let process = place.start();
    let mut kept = a_set(&process, 1).await;
    let mut ben = member(&mut kept, &process, "Ben", 10).await;
    let mut eve = member(&mut kept, &process, "Eve", 11).await;
    let (seat, old) = (eve.seat().unwrap(), kept.links.member.clone());
    let copy = place.path("copy").to_str().unwrap().to_owned();
    assert_eq!(place.run(&["backup", &copy]).0, Some(0));
    let keys = kept.host.key_change(Some(seat), &[LinkRole::Member]).unwrap();
    let seq = kept.host.must("the removal", Command::Remove { seat, keys }).await.unwrap();
    ben.catch_up(seq).await.unwrap();
    ben.next_key().await.unwrap();
    let (_, answer) = ben.put(TextKind::Name, "Ben anew", None).await.unwrap();
    assert!(answer.done().is_some());
    process.kill();
    assert_eq!(place.run(&["restore", &copy, "--replace"]).0, Some(0));

    let process = place.start();
    for person in [&mut kept.host, &mut ben, &mut eve] {
        back(person, &process).await;
    }
    // The host's browser puts the room right: a whole edit, a new key, and the links that it knows.
    let mut keys = kept.host.key_change(None, &[]).unwrap();
    let link = kept.host.keyring().links()[&LinkRole::Member].clone();
    keys.links.insert(LinkRole::Member, Hash32(link.keys().token.hash()));
    let seq = kept.host.must("the new key", Command::Rekey { keys }).await.unwrap();
    let before = ben.model().own().unwrap().grant;
    ben.catch_up(seq).await.unwrap();
    ben.wait_for("the new key", move |m| m.own().is_some_and(|own| own.grant != before))
        .await
        .unwrap();
    ben.take_grant().unwrap();
    let (name, answer) = ben.put(TextKind::Name, "Ben after", None).await.unwrap();
    let seq = answer.done().unwrap();
    for person in [&mut kept.host, &mut eve] {
        person.catch_up(seq).await.unwrap();
    }
    // They see that something is there, and hold nothing that opens it.
    assert_eq!(kept.host.read(name).unwrap().as_deref(), Some("Ben after"));
    let shared = eve.shared().unwrap();
    no_key_opens(eve.keyring(), shared.meeting, name, &shared.items[&name]);
    let own = eve.model().own().unwrap();
    assert!(own.grant.is_none() && own.wrap.is_none() && own.recover.is_empty());
    let mut stolen = eve.keyring().clone();
    for person in [&kept.host, &ben] {
        let own = person.model().own().unwrap();
        for blob in own.grant.iter().chain(&own.wrap) {
            assert!(stolen.take_grant(blob, shared.epoch, &shared.roster).is_err());
            assert!(stolen.take_wrap(blob, shared.epoch, &shared.roster).is_err());
        }
    }
    let mut walked = kept.host.keyring().clone();
    walked.follow(&shared.roster).unwrap();
    let now = walked.roster();
    assert_eq!(now.epoch(), shared.epoch);
    assert!(!now.holders().contains_key(&eve.device()));
    // What they write counts for nobody, and the link of that time lets nobody in.
    assert!(eve.put(TextKind::Name, "Eve again", None).await.is_err());
    let own = own_pair(97);
    let answer = turned_away(&process.dial, |c| knock_as(&old, halves(&own), &own, c)).await;
    assert_eq!(answer, (vec![], 4401));
    // Removed once more they are out, by every browser.
    assert!(kept.host.remove(seat).await.unwrap().done().is_some());
    eve.until_ended().await.unwrap();
    assert_eq!(
        door(&process.dial, &eve.keyring().come_back(None)).await,
        (vec!["no_seat".into()], 4403)
    );
    let knock = door_of(&process.dial, eve.keyring(), "Eve").await;
    assert_eq!(knock, (vec![], 4401), "by the link of that time");
    let again = kept.host.do_(Command::BringBack { seat }).await.unwrap();
    assert_eq!(again.refused(), Some(Code::NoSeat));
    process.kill();
}
