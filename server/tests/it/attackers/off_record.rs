//! A round off the record, with a server that leaves out that it is over, and members who do their worst in it.

use serde_json::json;
use setroom_client::{Client, ClientError, OffRecordKeys};
use setroom_protocol::{
    BOX_OVERHEAD, Blob, Code, Command, ItemId, LinkRole, RoundGrant, RoundKey, Sealed, limits,
};
use setroom_server::config::Config;

use super::deceived::{Scene, scene};
use crate::off_record::{reads, takes_part, writes};
use crate::support::people::{Set, set_with};
use crate::support::thin::Thin;

/// Ben takes part in a round of the host's, and is told from then on that it is on, whatever happens.
async fn begun() -> (Scene, Client, OffRecordKeys, OffRecordKeys) {
    let mut scene = scene().await;
    let mut cleo = scene.set.person(LinkRole::Member, "Cleo").await;
    scene.set.host_does(Command::Start).await;
    scene.set.agree(&mut [&mut scene.ben, &mut cleo]).await;
    let (_, host) = scene.set.host.begin_off_record().await.unwrap();
    scene.set.host.wait_for("the round", |model| model.off_record.round.is_some()).await.unwrap();
    let bens = takes_part(&mut scene.ben, &mut scene.set.host, &host).await.unwrap();
    let cleos = takes_part(&mut cleo, &mut scene.set.host, &host).await.unwrap();
    let round = json!(scene.ben.model().off_record.round);
    scene.liar.lies(move |frame| {
        if frame["t"] == "presence" {
            frame["off_record"] = round.clone();
        }
    });
    writes(&mut scene.ben, &bens, "among those who are here").await;
    assert_eq!(reads(&mut cleo, &cleos, 1).await.len(), 1);
    (scene, cleo, bens, cleos)
}

/// Nothing is sealed, handed on or opened for the round, also where it is said to be on once more.
async fn is_over(scene: &mut Scene, keys: &OffRecordKeys, why: &str) {
    for again in [false, true] {
        if again {
            scene.set.host.go().await.unwrap();
            scene.set.host.come_back().await.unwrap();
            scene.ben.come_back().await.unwrap();
            scene.ben.next_key().await.ok();
        }
        let is_gone = |fault: ClientError| matches!(fault, ClientError::Missing("round"));
        assert_eq!(scene.ben.model().off_record.lines, [], "{why}");
        assert!(is_gone(scene.ben.off_record_line(keys, "not for them").unwrap_err()), "{why}");
        assert!(is_gone(scene.ben.off_record_lines(keys).unwrap_err()), "{why}");
        assert!(is_gone(scene.ben.grant_off_record(keys).await.unwrap_err()), "{why}");
        assert!(is_gone(scene.ben.announce_off_record().await.unwrap_err()), "{why}");
    }
}

#[tokio::test]
async fn a_lying_server_that_leaves_out_that_a_round_is_over_gets_no_line_for_who_was_removed() {
    let (mut scene, cleo, bens, cleos) = Box::pin(begun()).await;
    let seq = scene.set.host.remove(cleo.seat().unwrap()).await.unwrap().done().unwrap();
    scene.ben.catch_up(seq).await.unwrap();
    is_over(&mut scene, &bens, "somebody was removed").await;
    assert_eq!(scene.liar.heard("off_record_line").len(), 1);
    drop(cleos);
}

#[tokio::test]
async fn a_lying_server_that_leaves_out_that_a_round_is_over_gets_none_after_the_close_either() {
    let (mut scene, _, bens, _) = Box::pin(begun()).await;
    let seq = scene.set.host_does(Command::Close).await;
    scene.ben.catch_up(seq).await.unwrap();
    is_over(&mut scene, &bens, "the meeting is closed").await;
}

#[tokio::test]
async fn a_lying_server_that_leaves_out_that_a_round_is_over_gets_none_after_its_time() {
    let (mut scene, _, bens, _) = Box::pin(begun()).await;
    scene.set.server.clock.advance(limits::OFF_RECORD_MS);
    let seq = scene.set.host_does(Command::Pause).await;
    scene.ben.catch_up(seq).await.unwrap();
    is_over(&mut scene, &bens, "ninety minutes").await;
}

/// The paces that are shipped, by a clock that stands.
fn shipped(config: &mut Config) {
    let limits = &mut config.limits;
    (limits.inbound_messages_per_second, limits.inbound_messages_burst) = (10, 40);
    (limits.round_keys_per_seat_per_minute, limits.round_grants_per_seat_per_minute) = (12, 300);
    (limits.shown_kib_per_second, limits.shown_kib_burst) = (16, 128);
}

/// A pair that is announced, as far as the server can tell.
fn pair(set: &Set, round: ItemId, n: u8) -> Command {
    let mut bytes = vec![n; BOX_OVERHEAD + 256];
    bytes[0] = 1;
    bytes[1..5].copy_from_slice(&set.host.shared().unwrap().epoch.to_be_bytes());
    Command::OffRecordKey(RoundKey { round, key: Sealed::from_bytes(&bytes).unwrap() })
}

// fault: F18 — pairs that are announced again and again put out no facilitator who answers
#[tokio::test]
async fn pairs_that_are_announced_again_and_again_reach_facilitators_at_a_pace() {
    let mut set = set_with(shipped).await;
    let mut ben = set.person(LinkRole::Member, "Ben").await;
    let mut olga = set.person(LinkRole::Observer, "Olga").await;
    set.host_does(Command::Start).await;
    set.agree(&mut [&mut ben, &mut olga]).await;
    set.host.begin_off_record().await.unwrap();
    set.host.wait_for("the round", |model| model.off_record.round.is_some()).await.unwrap();
    let round = set.host.model().off_record.round.unwrap().id;
    let mut thin = Thin::of(&set, &set.host, "off_record").await;
    thin.takes(usize::MAX).await;
    let mut taken = 0;
    for second in 0..60_u8 {
        for n in 0..10 {
            for who in [&mut ben, &mut olga] {
                let answer = who
                    .do_(pair(&set, round, second.wrapping_mul(10).wrapping_add(n)))
                    .await
                    .unwrap();
                taken += usize::from(answer.done().is_some());
                assert!(answer.done().is_some() || answer.refused() == Some(Code::TooFast));
            }
        }
        thin.takes(40_000).await;
        set.server.clock.advance(1000);
    }
    // Twelve in the minute, of each.
    assert!((22..=26).contains(&taken), "{taken}");
    assert!(thin.frames <= taken && thin.bytes < 64 * 1024, "{} in {}", thin.bytes, thin.frames);
    // Whoever has just come has their own, and is answered.
    let mut cleo = set.person(LinkRole::Member, "Cleo").await;
    cleo.must("agreement", Command::AgreeCharter).await.ok();
    cleo.must("a pair", pair(&set, round, 250)).await.unwrap();
}

#[tokio::test]
async fn a_member_who_is_quickest_with_junk_keeps_whoever_began_a_round_in_it() {
    let (mut scene, mut cleo, bens, cleos) = Box::pin(begun()).await;
    scene.liar.is_honest();
    let host = &mut scene.set.host;
    let (answer, mut anew) = host.announce_off_record().await.unwrap();
    assert!(answer.done().is_some(), "{answer:?}");
    let device = host.device();
    for who in [&mut cleo, &mut scene.ben] {
        who.wait_for("the host's pair", |model| model.off_record.wanted.contains_key(&device))
            .await
            .unwrap();
    }
    let round = host.model().off_record.round.unwrap().id;
    let to = cleo.model().off_record.wanted[&device].clone();
    let grant = Blob::encode(&[4; 178]);
    let junk = RoundGrant { round, device, to, grant };
    cleo.must("junk", Command::OffRecordGrant(junk)).await.unwrap();
    host.wait_for("the junk", |model| !model.off_record.grants.is_empty()).await.unwrap();
    assert!(matches!(host.open_off_record(&mut anew), Err(ClientError::Seal(_))));
    // Ben is asked all the same, and what he hands over opens.
    scene.ben.grant_off_record(&bens).await.unwrap();
    host.wait_for("the key", |model| model.off_record.grants.len() == 2).await.unwrap();
    host.open_off_record(&mut anew).unwrap();
    assert_eq!(reads(host, &anew, 1).await[0].1, "among those who are here");
    assert_eq!(anew.key.unwrap().as_bytes(), cleos.key.unwrap().as_bytes());
}

#[tokio::test]
async fn a_member_who_announces_junk_keeps_nobody_out_who_waits_beside_them() {
    let mut set = set_with(shipped).await;
    let mut people = Vec::new();
    for name in ["Ben", "Cleo"] {
        people.push(set.person(LinkRole::Member, name).await);
    }
    set.host_does(Command::Start).await;
    set.agree(&mut people.iter_mut().collect::<Vec<_>>()).await;
    let (_, keys) = set.host.begin_off_record().await.unwrap();
    for who in people.iter_mut().chain([&mut set.host]) {
        who.wait_for("the round", |model| model.off_record.round.is_some()).await.unwrap();
    }
    // Who is answered first announces what opens for nobody.
    people.sort_by_key(Client::device);
    let round = set.host.model().off_record.round.unwrap().id;
    people[0].must("junk", pair(&set, round, 7)).await.unwrap();
    let (_, mut lasts) = people[1].announce_off_record().await.unwrap();
    set.host.wait_for("both", |model| model.off_record.wanted.len() == 2).await.unwrap();
    set.host.grant_off_record(&keys).await.unwrap();
    people[1].wait_for("the key", |model| !model.off_record.grants.is_empty()).await.unwrap();
    people[1].open_off_record(&mut lasts).unwrap();
    assert_eq!(lasts.key.unwrap().as_bytes(), keys.key.unwrap().as_bytes());
    assert!(people[0].model().off_record.grants.is_empty());
}
