//! Who is made co-facilitator, and who is not: the host's word alone, whoever else signs, and whatever
//! the server lets through; and what somebody who is it no more can still do.

use std::collections::BTreeMap;
use std::sync::Arc;

use setroom_client::seal::{DeviceKeys, SealError, sign_edit};
use setroom_client::{Client, Rekeying};
use setroom_protocol::{
    Code, Command, Holder, KeyChange, LinkRole, Role, RosterEdit, SeatId, TextKind,
};

use super::rogue::{Scene, adds, edit, new_key, refused, roster_of, scene};
use crate::support::people::rng;

/// A change of keys by this person, with which somebody's browsers may do what goes with a role.
fn raising(of: &Client, seat: SeatId, role: LinkRole) -> KeyChange {
    let shared = of.shared().unwrap();
    let what = Rekeying {
        epoch: shared.epoch,
        edits: &shared.roster,
        stay: shared.devices.keys().copied().collect(),
        seat: of.seat().unwrap(),
        fresh: [].into(),
        takes: Some((seat, role)),
        meeting: Some(shared.meeting),
    };
    of.keyring().clone().new_epoch(&what, &mut rng(47)).unwrap()
}

#[tokio::test]
async fn a_co_facilitator_raises_nobody_and_unmakes_nobody() {
    let Scene { mut set, mut co, pair, mut ben } = scene().await;
    let before = set.agree(&mut [&mut co, &mut ben]).await;
    let (member, host) = (ben.seat().unwrap(), set.host.seat().unwrap());
    let raised = roster_of(&co).holders()[&ben.device()].with_role(LinkRole::CoFacilitator);
    let bare = new_key(&co, &[], &[]);
    let roster = roster_of(&co);
    let place = (roster.n() + 1, bare.epoch, bare.edit.as_ref().unwrap().commit);
    let set_id = co.keyring().set();
    let signed = |holder: &Holder| {
        let edit = sign_edit(&roster, set_id, place, adds(holder.clone()), &pair);
        KeyChange { edit: Some(Arc::new(edit)), ..bare.clone() }
    };
    let sets = |seat, role, keys| Command::SetRole { seat, role, keys: Some(keys) };
    let (role, stale) = (Code::Role, Code::StaleRoster);
    let unsaid = Holder { came: None, ..raised.clone() };
    for (what, command, code) in [
        ("raised", sets(member, Role::CoFacilitator, signed(&raised)), role),
        ("made host", sets(member, Role::Host, signed(&raised)), role),
        ("the host made a member", sets(host, Role::Member, bare.clone()), role),
        ("themselves made host", sets(co.seat().unwrap(), Role::Host, bare.clone()), role),
        ("raised by a new key", Command::Rekey { keys: signed(&raised) }, stale),
        ("as if they had come so", Command::Rekey { keys: signed(&unsaid) }, stale),
        (
            "raised alone",
            Command::EditRoster { edit: edit(&co, &pair, adds(raised.clone())) },
            stale,
        ),
        ("so alone", Command::EditRoster { edit: edit(&co, &pair, adds(unsaid.clone())) }, stale),
    ] {
        refused(&mut co, what, command, code).await;
    }
    // A member signs nothing at all.
    let command = sets(member, Role::CoFacilitator, signed(&raised));
    refused(&mut ben, "themselves", command, role).await;
    assert_eq!(set.agree(&mut [&mut co, &mut ben]).await, before);
}

/// The server lets it through: no browser goes on from there.
#[tokio::test]
async fn a_lying_server_with_a_co_facilitator_raises_nobody_who_is_known() {
    let Scene { mut set, mut co, pair, mut ben } = scene().await;
    set.agree(&mut [&mut co, &mut ben]).await;
    let raised = roster_of(&co).holders()[&ben.device()].with_role(LinkRole::CoFacilitator);
    let stranger = DeviceKeys::generate(&mut rng(48));
    let fresh = Holder {
        public: setroom_protocol::PublicKey(*stranger.public().as_bytes()),
        sign: Some(stranger.sign_public()),
        ..raised.clone()
    };
    for holder in [raised.clone(), Holder { came: None, ..raised.clone() }, fresh] {
        let forged = edit(&co, &pair, adds(holder));
        for person in [&set.host, &ben] {
            let mut edits: BTreeMap<u32, Arc<RosterEdit>> = person.shared().unwrap().roster;
            edits.insert(forged.n, Arc::clone(&forged));
            let walked = person.keyring().clone().follow(&edits);
            assert!(matches!(walked, Err(SealError::Roster)), "{walked:?}");
        }
    }
    // Of the host, the very same follows.
    let roster = roster_of(&set.host);
    let keys = raising(&set.host, ben.seat().unwrap(), LinkRole::CoFacilitator);
    let mut edits = ben.shared().unwrap().roster;
    let good = keys.edit.unwrap();
    assert_eq!(good.n, roster.n() + 1);
    edits.insert(good.n, good);
    ben.keyring().clone().follow(&edits).unwrap();
}

#[tokio::test]
async fn who_is_a_member_again_signs_nothing_and_comes_by_no_link_that_they_held() {
    let Scene { mut set, mut co, mut ben, .. } = scene().await;
    let seat = ben.seat().unwrap();
    let (own_text, answer) = ben.put(TextKind::LearningQuestion, "mine alone", None).await.unwrap();
    assert!(answer.done().is_some());
    let seq = set.host.set_facilitator(seat, true).await.unwrap().done().unwrap();
    for person in [&mut ben, &mut co] {
        person.catch_up(seq).await.unwrap();
        person.next_key().await.unwrap();
    }
    // They facilitate, with nobody's help, and what was theirs is.
    assert_eq!(ben.read(own_text).unwrap().as_deref(), Some("mine alone"));
    assert_eq!(ben.keyring().links().get(&LinkRole::Host), None);
    let seq = ben.rekey(&[]).await.unwrap().done().unwrap();
    for person in [&mut set.host, &mut co] {
        person.catch_up(seq).await.unwrap();
        person.next_key().await.unwrap();
    }
    let held = ben.keyring().links()[&LinkRole::CoFacilitator].clone();
    let seq = set.host.set_facilitator(seat, false).await.unwrap().done().unwrap();
    for person in [&mut ben, &mut co] {
        person.catch_up(seq).await.unwrap();
        person.next_key().await.unwrap();
    }
    let keys = new_key(&ben, &[], &[]);
    refused(&mut ben, "a key", Command::Rekey { keys }, Code::Role).await;
    let own = raising(&ben, seat, LinkRole::CoFacilitator);
    let back = Command::SetRole { seat, role: Role::CoFacilitator, keys: Some(own) };
    refused(&mut ben, "themselves", back, Code::Role).await;
    // Nobody believes what they sign, also where the server does.
    let pair = ben.keyring().clone();
    assert!(!roster_of(&co).hands_on(pair.device()));
    // The links that they held lead nowhere.
    let again = Client::knock(&set.dial, &held, "Ben", rng(49)).await;
    assert!(again.is_err(), "an old link of co-facilitators");
    // They go on as a member.
    let (text, answer) = ben.put(TextKind::Name, "Ben still", None).await.unwrap();
    set.host.catch_up(answer.done().unwrap()).await.unwrap();
    assert_eq!(set.host.read(text).unwrap().as_deref(), Some("Ben still"));
}
