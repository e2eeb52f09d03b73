//! Who is made co-facilitator, and who is not: the host's word alone, whoever else signs, and whatever
//! the server lets through; and what somebody who is it no more can still do.

use std::sync::Arc;

use setroom_client::seal::{DeviceKeys, SealError, sign_edit};
use setroom_client::{Client, Keyring, Rekeying};
use setroom_protocol::{
    Code, Command, Holder, KeyChange, LinkRole, Role, RosterEdit, SeatId, TextKind,
};

use super::rogue::{Scene, adds, edit, new_key, refused, roster_of, scene};
use crate::support::people::{door_of, rng};

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
    let mut gwen = set.person(LinkRole::CoFacilitator, "Gwen").await;
    let before = set.agree(&mut [&mut co, &mut gwen, &mut ben]).await;
    let (member, host, other) =
        (ben.seat().unwrap(), set.host.seat().unwrap(), gwen.seat().unwrap());
    let unmade = roster_of(&co).holders()[&gwen.device()].with_role(LinkRole::Member);
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
        ("the other one unmade", sets(other, Role::Member, signed(&unmade)), role),
        ("so by a new key", Command::Rekey { keys: signed(&unmade) }, stale),
        ("so alone", Command::EditRoster { edit: edit(&co, &pair, adds(unmade.clone())) }, stale),
    ] {
        refused(&mut co, what, command, code).await;
    }
    // A member signs nothing at all.
    let command = sets(member, Role::CoFacilitator, signed(&raised));
    refused(&mut ben, "themselves", command, role).await;
    assert_eq!(set.agree(&mut [&mut co, &mut gwen, &mut ben]).await, before);
}

/// What a browser says that is shown this edit behind what it knows.
fn walks(person: &Client, edit: &Arc<RosterEdit>) -> Result<(), SealError> {
    let mut edits = person.shared().unwrap().roster;
    edits.insert(edit.n, Arc::clone(edit));
    person.keyring().clone().follow(&edits)
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
            let walked = walks(person, &forged);
            assert!(matches!(walked, Err(SealError::Roster)), "{walked:?}");
        }
    }
    // Of the host, the very same follows.
    let roster = roster_of(&set.host);
    let keys = raising(&set.host, ben.seat().unwrap(), LinkRole::CoFacilitator);
    let good = keys.edit.unwrap();
    assert_eq!(good.n, roster.n() + 1);
    walks(&ben, &good).unwrap();
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
    let held = LinkRole::SHARED.map(|kind| ben.keyring().links()[&kind].clone());
    let seq = set.host.set_facilitator(seat, false).await.unwrap().done().unwrap();
    for person in [&mut ben, &mut co] {
        person.catch_up(seq).await.unwrap();
        person.next_key().await.unwrap();
    }
    let (keys, own) = (new_key(&ben, &[], &[]), raising(&ben, seat, LinkRole::CoFacilitator));
    let signed = [&keys, &own].map(|keys| keys.edit.clone().unwrap());
    refused(&mut ben, "a key", Command::Rekey { keys }, Code::Role).await;
    let back = Command::SetRole { seat, role: Role::CoFacilitator, keys: Some(own) };
    refused(&mut ben, "themselves", back, Code::Role).await;
    // Nobody believes what they sign, also where the server does.
    for (edit, person) in signed.iter().flat_map(|edit| [(edit, &set.host), (edit, &co)]) {
        let walked = walks(person, edit);
        assert!(matches!(walked, Err(SealError::Roster)), "{walked:?}");
    }
    // The links that they held lead nowhere.
    for link in held {
        let keys = Keyring::new(&link, Default::default(), &mut rng(49));
        assert_eq!(door_of(&set.dial, &keys, "Ben").await, (vec![], 4401), "{:?}", link.role);
    }
    // They go on as a member.
    let (text, answer) = ben.put(TextKind::Name, "Ben still", None).await.unwrap();
    set.host.catch_up(answer.done().unwrap()).await.unwrap();
    assert_eq!(set.host.read(text).unwrap().as_deref(), Some("Ben still"));
}
