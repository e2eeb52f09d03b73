//! The co-facilitator: holds every key of the set, the links of co-facilitators, members and
//! observers, a signing pair on the roster, and a browser that sends what it likes.

use std::sync::Arc;

use setroom_client::seal::{Changes, DeviceKeys, Link, sign_edit};
use setroom_client::{Client, Keyring};
use setroom_protocol::roster::NO_SEAT;
use setroom_protocol::{
    Code, Command, DeviceId, Holder, KeyChange, LinkRole, PublicKey, Role, RosterEdit, TextKind,
};

use super::forged::{halves, knock_as, turned_away};
use super::rogue::{
    SEED, Scene, adds, all_see, drops, edit, junk, new_key, refused, roster_of, scene,
};
use crate::support::people::{door_of, rng};

#[tokio::test]
async fn a_co_facilitator_cannot_take_the_set_from_its_host() {
    let Scene { mut set, mut co, pair, ben } = scene().await;
    let (host, holder) = (set.host.seat().unwrap(), set.host.device());
    let (own, member) = (co.seat().unwrap(), ben.seat().unwrap());
    let roster = roster_of(&co);
    let of_host = roster.holders()[&holder].clone();
    let of_co = roster.holders()[&co.device()].clone();
    let link_holder = roster.holders()[&roster.host().unwrap()].clone();
    // A host link of their own.
    let link = Link::generate(*co.keyring().set().as_bytes(), LinkRole::Host, &mut rng(41));
    let own_holder = link.keys().host_holder();
    let second = Holder {
        public: PublicKey(*own_holder.public().as_bytes()),
        sign: Some(own_holder.sign_public()),
        seat: NO_SEAT,
        role: LinkRole::Host,
        link: 0,
        came: None,
    };
    let whole = |add: &[&Holder]| Changes {
        whole: true,
        add: add.iter().copied().cloned().collect(),
        ..Changes::default()
    };
    let with_edit = |edit: Arc<RosterEdit>| {
        let keys = new_key(&co, &[], &[]);
        let edit = Arc::new(RosterEdit { epoch: keys.epoch, ..(*edit).clone() });
        Command::Rekey { keys: KeyChange { edit: Some(edit), ..keys } }
    };
    // Right in everything but the key that it was signed with.
    let rekey_by = |signer: &DeviceKeys| {
        let (roster, keys) = (roster_of(&co), new_key(&co, &[], &[]));
        let place = (roster.n() + 1, keys.epoch, keys.edit.as_ref().unwrap().commit);
        let set = co.keyring().set();
        let edit = sign_edit(&roster, set, place, Changes::default(), signer);
        let edit = Some(Arc::new(RosterEdit { by: co.device(), ..edit }));
        Command::Rekey { keys: KeyChange { edit, ..keys } }
    };
    let edited =
        |signer: &DeviceKeys, changes| Command::EditRoster { edit: edit(&co, signer, changes) };
    let rekey = |fresh: &[LinkRole]| Command::Rekey { keys: new_key(&co, &[], fresh) };
    let sets = |seat, role| Command::SetRole { seat, role, keys: None };
    let (role, stale) = (Code::Role, Code::StaleRoster);
    let tries = [
        ("another host link", rekey(&[LinkRole::Host]), role),
        ("all links anew, the host's too", rekey(&LinkRole::ALL), role),
        (
            "the host removed",
            Command::Remove { seat: host, keys: new_key(&co, &[holder], &[]) },
            role,
        ),
        ("the host sent out", Command::SendToLobby { seat: host }, role),
        ("themselves made host", sets(own, Role::Host), role),
        ("a member made co-facilitator", sets(member, Role::CoFacilitator), role),
        ("the host made a member", sets(host, Role::Member), role),
        ("the host's browser dropped", edited(&pair, drops(holder)), stale),
        ("the host link's holder dropped", edited(&pair, drops(link_holder.device())), stale),
        (
            "the host link's holder put elsewhere",
            edited(&pair, adds(Holder { link: 1, ..link_holder.clone() })),
            stale,
        ),
        ("a second holder of a host link", edited(&pair, adds(second.clone())), stale),
        (
            "their browser on the host's seat",
            edited(&pair, adds(Holder { seat: host, ..of_co.clone() })),
            stale,
        ),
        (
            "their browser come by the host link",
            edited(&pair, adds(Holder { role: LinkRole::Host, ..of_co.clone() })),
            stale,
        ),
        (
            "the host's browser come by their link",
            edited(&pair, adds(Holder { role: LinkRole::CoFacilitator, ..of_host.clone() })),
            stale,
        ),
        // Grants to it would be made under a link that the host never held.
        (
            "the host's browser come by a later link",
            edited(&pair, adds(Holder { link: 7, ..of_host.clone() })),
            stale,
        ),
        (
            "signed in the host's name",
            Command::EditRoster {
                edit: Arc::new(RosterEdit {
                    by: holder,
                    ..(*edit(&co, &pair, Changes::default())).clone()
                }),
            },
            stale,
        ),
        ("signed with other keys than theirs", rekey_by(&own_holder), stale),
        ("a whole list of their own", edited(&pair, whole(&[&link_holder, &of_co])), stale),
        ("a whole list without anybody's link", edited(&pair, whole(&[&of_host, &of_co])), stale),
        (
            "a whole list by another host link",
            edited(&own_holder, whole(&[&second, &of_co])),
            stale,
        ),
        (
            "the same with a new key",
            with_edit(edit(&co, &own_holder, whole(&[&second, &of_co]))),
            stale,
        ),
    ];
    for (what, command, code) in tries {
        refused(&mut co, what, command, code).await;
    }

    // Another browser of theirs, by every link that they hold, onto the host's seat; there or away.
    for host_is_here in [true, false] {
        if !host_is_here {
            set.host.cut();
            co.wait_for("the host's going", |model| !model.here.contains(&host)).await.unwrap();
        }
        for kind in LinkRole::SHARED {
            let mut other = set.knock(kind, "Asha").await;
            let answer = co.admit_as(other.device(), Some(host)).await.unwrap();
            assert_eq!(answer.refused(), Some(role), "{kind:?}");
            other.go().await.unwrap();
        }
    }
    // By the host link itself, which they have neither seen nor can make.
    let mut as_host = set.links.co_facilitator.clone();
    as_host.role = LinkRole::Host;
    for link in [link, as_host] {
        let keys = Keyring::new(&link, Default::default(), &mut rng(SEED));
        assert_eq!(door_of(&set.dial, &keys, "Asha").await, (vec![], 4401));
    }
    assert!(co.keyring().links().keys().all(|kind| *kind != LinkRole::Host));

    // The set is its host's: by the browser that they have, and by the link alone.
    set.host.come_back().await.unwrap();
    let mut again = Client::knock(&set.dial, &set.links.host, "Asha", rng(42)).await.unwrap();
    again.enter("Asha").await.unwrap();
    assert_eq!(again.model().own().unwrap().role, Role::Host);
    assert_eq!(again.seat().unwrap(), host);
    all_see(&mut set, &mut [&mut co, &mut again]).await;
    assert!(set.host.remove(own).await.unwrap().done().is_some());
}

#[tokio::test]
async fn a_co_facilitator_cannot_shut_the_host_out() {
    let Scene { mut set, mut co, mut ben, .. } = scene().await;
    let holder = set.host.device();
    let change = new_key(&co, &[], &[]);
    let without = |id: DeviceId| {
        let mut keys = change.clone();
        keys.grants.remove(&id);
        keys
    };
    let bare = KeyChange { wraps: [].into(), ..change.clone() };
    let old = KeyChange { edit: None, ..change.clone() };
    for (what, keys, code) in [
        ("no grant for the host", without(holder), Code::StaleRoster),
        ("no grant for a member", without(ben.device()), Code::StaleRoster),
        ("nothing for the host's link", bare, Code::Range),
        ("nobody signs for it", old, Code::StaleRoster),
        ("the host is left out of it", new_key(&co, &[holder], &[]), Code::StaleRoster),
        (
            "everybody is left out of it",
            new_key(&co, &[holder, ben.device()], &[]),
            Code::StaleRoster,
        ),
    ] {
        refused(&mut co, what, Command::Rekey { keys }, code).await;
    }

    // What the server cannot see: grants and wrap are of the right form, and open for nobody.
    let mut spoilt = change.clone();
    spoilt.grants.values_mut().chain(spoilt.wraps.values_mut()).for_each(|blob| *blob = junk());
    let seq = co.must("a spoilt key", Command::Rekey { keys: spoilt }).await.unwrap();
    for person in [&mut set.host, &mut ben] {
        person.catch_up(seq).await.unwrap();
        assert!(person.next_key().await.is_err());
    }
    let mut again = Client::knock(&set.dial, &set.links.host, "Asha", rng(42)).await.unwrap();
    assert!(again.enter("Asha").await.is_err());
    // The host needs no key of theirs to make the next one, and to part with them.
    assert_eq!(set.host.model().own().unwrap().role, Role::Host);
    let seq = set.host.remove(co.seat().unwrap()).await.unwrap().done().unwrap();
    again.next_key().await.unwrap();
    ben.catch_up(seq).await.unwrap();
    ben.next_key().await.unwrap();
    let (name, answer) = ben.put(TextKind::Name, "Ben again", None).await.unwrap();
    let seq = answer.done().unwrap();
    for host in [&mut set.host, &mut again] {
        host.catch_up(seq).await.unwrap();
        assert_eq!(host.read(name).unwrap().as_deref(), Some("Ben again"));
    }
}

/// A key that one browser on the list could not be sealed would be a key for nobody.
#[tokio::test]
async fn nobody_comes_to_the_door_whose_browser_no_key_can_be_sealed_to() {
    let Scene { mut set, .. } = scene().await;
    let own = DeviceKeys::generate(&mut rng(46));
    let (public, sign) = halves(&own);
    let spoilt = |at: usize, by: &[u8]| {
        let mut bytes = public.0;
        bytes[at..at + by.len()].copy_from_slice(by);
        PublicKey(bytes)
    };
    for public in [
        spoilt(64, &[public.0[64] ^ 1]),
        spoilt(1, &sign.0[1..33]),
        spoilt(1, &[0; 64]),
        spoilt(1, &[255; 64]),
    ] {
        for link in [&set.links.member, &set.links.co_facilitator, &set.links.host] {
            let answer = turned_away(&set.dial, |c| knock_as(link, (public, sign), &own, c)).await;
            assert_eq!(answer, (vec![], 4401), "{:?}", link.role);
        }
    }
    assert!(set.host.rekey(&[]).await.unwrap().done().is_some());
}

#[tokio::test]
async fn a_co_facilitator_turns_no_key_back_and_leaps_over_none() {
    let Scene { mut set, mut co, pair, mut ben } = scene().await;
    let before = set.agree(&mut [&mut co, &mut ben]).await;
    let now = co.shared().unwrap().epoch;
    let next = new_key(&co, &[], &[]);
    let with = |epoch: u32| {
        let roster = roster_of(&co);
        let place = (roster.n() + 1, epoch, next.edit.clone().unwrap().commit);
        let edit = sign_edit(&roster, co.keyring().set(), place, Changes::default(), &pair);
        (KeyChange { epoch, edit: Some(Arc::new(edit.clone())), ..next.clone() }, Arc::new(edit))
    };
    let mut tries = Vec::new();
    for epoch in [0, now - 1, now, now + 2, u32::MAX] {
        let (keys, edit) = with(epoch);
        tries.push((Command::Rekey { keys }, Code::StaleEpoch));
        tries.push((Command::EditRoster { edit }, Code::StaleRoster));
    }
    // The number of one, and the signature for another.
    let keys = KeyChange { epoch: now + 1, ..with(now).0 };
    tries.push((Command::Rekey { keys }, Code::StaleRoster));
    for (command, code) in tries {
        let what = serde_json::to_string(&command).unwrap();
        refused(&mut co, &what, command, code).await;
    }
    assert_eq!(set.agree(&mut [&mut co, &mut ben]).await, before);
}

#[tokio::test]
async fn a_co_facilitators_spoilt_grant_takes_no_key_away() {
    let Scene { mut set, mut co, mut ben, .. } = scene().await;
    for device in [set.host.device(), ben.device()] {
        co.must("a spoilt grant", Command::Grant { device, grant: junk() }).await.unwrap();
    }
    set.host.come_back_anew().await.unwrap();
    ben.come_back_anew().await.unwrap();
    assert!(set.host.take_grant().is_err() && ben.take_grant().is_err());
    let (name, answer) = ben.put(TextKind::Name, "Ben still", None).await.unwrap();
    set.host.catch_up(answer.done().unwrap()).await.unwrap();
    assert_eq!(set.host.read(name).unwrap().as_deref(), Some("Ben still"));
    // Somebody who was away has had no other: they wait for the next key, and seal nothing meanwhile.
    ben.go().await.unwrap();
    let seq = set.host.rekey(&[]).await.unwrap().done().unwrap();
    co.catch_up(seq).await.unwrap();
    co.must("a spoilt grant", Command::Grant { device: ben.device(), grant: junk() })
        .await
        .unwrap();
    ben.come_back().await.unwrap();
    assert!(ben.take_grant().is_err() && ben.put(TextKind::Name, "Ben", None).await.is_err());
    let seq = set.host.rekey(&[]).await.unwrap().done().unwrap();
    ben.catch_up(seq).await.unwrap();
    ben.next_key().await.unwrap();
    let (name, answer) = ben.put(TextKind::Name, "Ben again", None).await.unwrap();
    set.host.catch_up(answer.done().unwrap()).await.unwrap();
    assert_eq!(set.host.read(name).unwrap().as_deref(), Some("Ben again"));
}

#[tokio::test]
async fn a_co_facilitator_cannot_seat_a_second_browser_silently() {
    let Scene { mut set, mut co, pair, mut ben } = scene().await;
    let seat = ben.seat().unwrap();
    // A browser of the co-facilitator's own, by a link that they hold.
    let other = set.knock(LinkRole::Member, "Ben").await;
    let device = other.device();
    co.wait_for("the knock", |model| model.knocks.contains_key(&device)).await.unwrap();
    let knock = co.model().knocks[&device].clone();
    let admit = |seat, edit| Command::Admit { device, grant: junk(), seat, edit: Some(edit) };
    let holder = |seat| Holder {
        public: knock.public,
        sign: Some(knock.sign),
        seat,
        role: LinkRole::Member,
        link: 0,
        came: None,
    };
    let (theirs, fresh) =
        (edit(&co, &pair, adds(holder(seat))), edit(&co, &pair, adds(holder(knock.fresh))));
    let of_ben = roster_of(&co).holders()[&ben.device()].clone();
    let instead = edit(&co, &pair, Changes { drop: vec![of_ben.device()], ..adds(holder(seat)) });
    for (what, command, code) in [
        ("onto the seat, unasked", admit(Some(seat), Arc::clone(&theirs)), Code::SeatHere),
        ("onto the seat by the list alone", admit(None, Arc::clone(&theirs)), Code::StaleRoster),
        (
            "onto the seat by the command alone",
            admit(Some(seat), Arc::clone(&fresh)),
            Code::SeatHere,
        ),
        ("into the list alone", Command::EditRoster { edit: theirs }, Code::StaleRoster),
        ("instead of his own browser", admit(None, instead), Code::StaleRoster),
    ] {
        refused(&mut co, what, command, code).await;
    }
    for kind in [LinkRole::CoFacilitator, LinkRole::Observer] {
        let wrong = set.knock(kind, "Ben").await;
        let answer = co.admit_as(wrong.device(), Some(seat)).await.unwrap();
        assert_eq!(answer.refused(), Some(Code::Role), "{kind:?}");
    }

    // Asked in his place, they answer for him; he says no himself, and is gone a moment later.
    co.must("the question", Command::AskSeat { device, seat }).await.unwrap();
    ben.wait_for("the question", |model| model.claims.contains_key(&device)).await.unwrap();
    refused(&mut co, "for him", Command::AnswerSeat { device, yes: true }, Code::NoKnock).await;
    assert_eq!(co.admit_as(device, Some(seat)).await.unwrap().refused(), Some(Code::SeatHere));
    ben.must("his no", Command::AnswerSeat { device, yes: false }).await.unwrap();
    assert_eq!(co.admit_as(device, Some(seat)).await.unwrap().refused(), Some(Code::NotThem));
    refused(&mut co, "again", Command::AskSeat { device, seat }, Code::NotThem).await;
    ben.cut();
    co.wait_for("his going", |model| !model.here.contains(&seat)).await.unwrap();
    assert_eq!(co.admit_as(device, Some(seat)).await.unwrap().refused(), Some(Code::NotThem));
    ben.come_back().await.unwrap();
    co.wait_for("his coming", |model| model.here.contains(&seat)).await.unwrap();

    // Sent out of the room first, so that he sees no question.
    let third = set.knock(LinkRole::Member, "Ben").await;
    co.must("out with him", Command::SendToLobby { seat }).await.unwrap();
    ben.wait_for("the lobby", |model| model.lobby().is_some()).await.unwrap();
    let answer = co.admit_as(third.device(), Some(seat)).await.unwrap();
    assert_eq!(answer.refused(), Some(Code::InLobby));
    co.must("in again", Command::BringBack { seat }).await.unwrap();
    ben.wait_for("the room", |model| model.is_in()).await.unwrap();

    // His seat is his browser's alone, as everybody can see.
    let shared = set.agree(&mut [&mut co, &mut ben]).await;
    let devices = shared["devices"].as_object().unwrap().values();
    assert_eq!(devices.filter(|at| at["seat"] == serde_json::json!(seat)).count(), 1);
}
