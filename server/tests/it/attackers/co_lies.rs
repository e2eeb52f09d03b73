//! The co-facilitator whose browser writes what is not so into what it seals for others: which meeting a
//! key is of, the numbers of links, their secrets. The server can see none of it but what is signed.

use std::collections::BTreeSet;
use std::sync::Arc;

use setroom_client::seal::{
    Changes, DeviceKeys, Grant, GrantContext, KeyList, LinkSecret, PublicKey as CheckedKey, Secret,
    sign_edit, wrap_for,
};
use setroom_client::{Client, Keyring, Model, Rekeying};
use setroom_protocol::{
    Blob, Code, Command, Holder, KeyChange, LinkRole, MeetingId, RosterEdit, TextKind,
};

use super::rogue::{Scene, adds, edit, junk, new_key, refused, roster_of, scene};
use crate::support::people::{Set, door_of, rng};

const KINDS: [LinkRole; 3] = LinkRole::SHARED;
const NEXT: MeetingId = MeetingId::from_bytes([0x33; 16]);

/// A key as it should be, with this said of the links to the host's browser and to the host's link.
fn lie(
    set: &Set,
    co: &Client,
    pair: &DeviceKeys,
    says: impl FnOnce(&Keyring) -> Vec<LinkSecret>,
) -> KeyChange {
    let (shared, mut keys) = (co.shared().unwrap(), co.keyring().clone());
    let what = Rekeying {
        epoch: shared.epoch,
        edits: &shared.roster,
        stay: shared.devices.keys().copied().collect(),
        seat: co.seat().unwrap(),
        fresh: [LinkRole::Member].into(),
        takes: None,
        meeting: Some(shared.meeting),
    };
    let mut change = keys.new_epoch(&what, &mut rng(40)).unwrap();
    let list = KeyList { links: says(&keys), ..keys.keys().clone() };
    let sealed = |to: &CheckedKey| {
        let id = set.host.keyring().set();
        Blob::encode(&wrap_for(id.as_bytes(), &list, pair, to, &mut rng(41)).unwrap())
    };
    let device = CheckedKey::from_bytes(&set.host.keyring().public().0).unwrap();
    change.grants.insert(set.host.device(), sealed(&device));
    let holder = set.links.host.keys().host_holder();
    change.wraps.insert(LinkRole::Host, sealed(holder.public()));
    change
}

fn said(link: u32, secret: Secret) -> Vec<LinkSecret> {
    vec![LinkSecret { role: LinkRole::Member, link, secret }]
}

/// Of which links in force somebody's browser knows nothing.
fn stray(of: &Client) -> BTreeSet<LinkRole> {
    of.keyring().stray_links(&of.model().own().unwrap().links.unwrap())
}

/// The host makes what is in force anew, parts with them and lets somebody in, on this browser; and whoever
/// is here reads on.
async fn goes_on(set: &mut Set, co: &Client, readers: &mut [&mut Client]) {
    assert!(set.host.rekey(&KINDS).await.unwrap().done().is_some());
    let seq = set.host.remove(co.seat().unwrap()).await.unwrap().done().unwrap();
    set.host.catch_up(seq).await.unwrap();
    let keys = set.host.keyring().clone();
    let fits = move |model: &Model| {
        model
            .own()
            .and_then(|own| own.links)
            .is_some_and(|links| links.len() == 3 && keys.stray_links(&links).is_empty())
    };
    set.host.wait_for("the links in force", fits).await.unwrap();
    let link = set.host.keyring().links()[&LinkRole::Member].clone();
    let mut late = Client::knock(&set.dial, &link, "Gareth", rng(44)).await.unwrap();
    assert!(set.host.admit(late.device()).await.unwrap().done().is_some());
    late.enter("Gareth").await.unwrap();
    let (name, answer) = late.put(TextKind::Name, "Gareth too", None).await.unwrap();
    let seq = answer.done().unwrap();
    for reader in readers.iter_mut().map(|reader| &mut **reader).chain([&mut set.host]) {
        reader.catch_up(seq).await.unwrap();
        reader.next_key().await.unwrap();
        assert_eq!(reader.read(name).unwrap().as_deref(), Some("Gareth too"));
    }
}

#[tokio::test]
async fn a_co_facilitator_names_no_other_meeting_than_the_one_that_is_on() {
    let Scene { mut set, mut co, pair, mut ben } = scene().await;
    let good = new_key(&co, &[], &[LinkRole::Member]);
    let of = |meeting: Option<MeetingId>| {
        let roster = roster_of(&co);
        let place = (roster.n() + 1, good.epoch, good.edit.as_ref().unwrap().commit);
        let changes = Changes { meeting, ..Changes::default() };
        let edit = sign_edit(&roster, co.keyring().set(), place, changes, &pair);
        Command::Rekey { keys: KeyChange { edit: Some(Arc::new(edit)), ..good.clone() } }
    };
    // What stands in the edit is signed, so it cannot be another for the server than for people.
    let beside =
        RosterEdit { meeting: Some(NEXT), ..RosterEdit::clone(good.edit.as_ref().unwrap()) };
    let beside = KeyChange { edit: Some(Arc::new(beside)), ..good.clone() };
    let afterwards = Changes { meeting: Some(NEXT), ..Changes::default() };
    for (what, command) in [
        ("another meeting", of(Some(NEXT))),
        ("no meeting at all", of(None)),
        ("another than they have signed", Command::Rekey { keys: beside }),
        ("another without a key", Command::EditRoster { edit: edit(&co, &pair, afterwards) }),
    ] {
        refused(&mut co, what, command, Code::StaleRoster).await;
    }
    let seq = co.must("the present one", Command::Rekey { keys: good }).await.unwrap();
    for person in [&mut set.host, &mut ben] {
        person.catch_up(seq).await.unwrap();
        person.next_key().await.unwrap();
    }
    goes_on(&mut set, &co, &mut [&mut ben]).await;
}

#[tokio::test]
async fn no_number_of_a_link_is_so_high_that_there_is_none_after_it() {
    let Scene { mut set, mut co, pair, mut ben } = scene().await;
    // Nobody is put on the roster with such a number.
    let cleo = set.knock(LinkRole::Member, "Cleo").await;
    let device = cleo.device();
    co.wait_for("the knock", |model| model.knocks.contains_key(&device)).await.unwrap();
    let knock = co.model().knocks[&device].clone();
    for link in [u32::MAX, 1_000, roster_of(&co).epoch()] {
        let (seat, sign) = (knock.fresh, Some(knock.sign));
        let holder =
            Holder { public: knock.public, sign, seat, role: knock.role, link, came: None };
        let edit = Some(edit(&co, &pair, adds(holder)));
        let admit = Command::Admit { device, grant: junk(), seat: None, edit };
        refused(&mut co, "so high a number", admit, Code::StaleRoster).await;
    }
    // Where the server cannot see it, nobody believes it.
    let keys = lie(&set, &co, &pair, |keys| {
        said(u32::MAX, keys.links()[&LinkRole::Member].secret.clone())
    });
    let seq = co.must("so high a number in a list", Command::Rekey { keys }).await.unwrap();
    set.host.catch_up(seq).await.unwrap();
    set.host.next_key().await.unwrap();
    let mut again = Client::knock(&set.dial, &set.links.host, "Asha", rng(42)).await.unwrap();
    again.enter("Asha").await.unwrap();
    for host in [&set.host, &again] {
        assert!(stray(host).contains(&LinkRole::Member));
    }
    goes_on(&mut set, &co, &mut [&mut ben, &mut again]).await;
    let epoch = set.host.shared().unwrap().epoch;
    let holders = roster_of(&set.host);
    assert!(holders.holders().values().all(|holder| holder.link < epoch));
}

/// Both browsers of the host's are told of links that are still to be made, each with the secret in force.
#[tokio::test]
async fn a_link_that_is_still_to_be_made_is_not_what_was_told_of_it_before() {
    let Scene { mut set, mut co, pair, mut ben } = scene().await;
    let keys = lie(&set, &co, &pair, |keys| {
        let told = |role, link| {
            let secret = keys.links()[&role].secret.clone();
            LinkSecret { role, link, secret }
        };
        let others = (0..130).map(|link| told(LinkRole::CoFacilitator, link));
        others.chain([told(LinkRole::Member, 1), told(LinkRole::Observer, 0)]).collect()
    });
    let seq = co.must("links of the future", Command::Rekey { keys }).await.unwrap();
    set.host.catch_up(seq).await.unwrap();
    set.host.next_key().await.unwrap();
    let mut again = Client::knock(&set.dial, &set.links.host, "Asha", rng(42)).await.unwrap();
    again.enter("Asha").await.unwrap();
    for host in [&set.host, &again] {
        assert_eq!(stray(host), BTreeSet::new());
    }
    goes_on(&mut set, &co, &mut [&mut ben, &mut again]).await;
    // What the one browser made is what the other shows, and lets people in by.
    let keys = again.keyring().clone();
    let fits = move |model: &Model| {
        let now = model.own().and_then(|own| own.links).unwrap_or_default();
        now.len() == 3 && keys.stray_links(&now).is_empty()
    };
    again.wait_for("the links in force", fits).await.unwrap();
}

/// The number of another link stands on the roster for somebody, whom the server cannot see come by theirs.
#[tokio::test]
async fn who_stands_on_the_roster_with_the_number_of_another_link_opens_every_key() {
    let Scene { mut set, mut co, pair, mut ben } = scene().await;
    let seq = co.rekey(&[LinkRole::Member]).await.unwrap().done().unwrap();
    for person in [&mut set.host, &mut ben] {
        person.catch_up(seq).await.unwrap();
        person.next_key().await.unwrap();
    }
    let link = co.keyring().links()[&LinkRole::Member].clone();
    let mut late = Client::knock(&set.dial, &link, "Huw", rng(45)).await.unwrap();
    let device = late.device();
    co.wait_for("the knock", |model| model.knocks.contains_key(&device)).await.unwrap();
    let knock = co.model().knocks[&device].clone();
    let (seat, sign, role) = (knock.fresh, Some(knock.sign), knock.role);
    let edit = edit(
        &co,
        &pair,
        adds(Holder { public: knock.public, sign, seat, role, link: 0, came: None }),
    );
    let mut roster = roster_of(&co);
    roster.take(co.keyring().set(), &edit);
    let (epoch, key) = co.keyring().keys().current().unwrap();
    let list = KeyList {
        head: Some((roster.n(), roster.head().0)),
        ..KeyList::single(epoch, key.clone())
    };
    let (host, joiner) = (pair.public(), CheckedKey::from_bytes(&knock.public.0).unwrap());
    let context = GrantContext { link: &link.keys(), epoch, host, joiner: &joiner };
    let grant = Grant::make(&pair, &context, &list, &mut rng(46)).unwrap();
    let grant = Blob::encode(&[host.as_bytes().as_slice(), &grant.to_bytes()].concat());
    let admit = Command::Admit { device, grant, seat: None, edit: Some(edit) };
    let seq = co.must("under another number", admit).await.unwrap();
    late.enter("Huw").await.unwrap();
    for person in [&mut set.host, &mut ben] {
        person.catch_up(seq).await.unwrap();
    }
    goes_on(&mut set, &co, &mut [&mut ben, &mut late]).await;
}

/// The host is told of another link than everybody else, and somebody comes by the one in force.
#[tokio::test]
async fn who_came_by_a_link_that_the_host_was_never_told_of_reads_on() {
    let Scene { mut set, mut co, pair, mut ben } = scene().await;
    let other = || said(1, Secret::from_bytes([9; 32]));
    let mut keys = co.keyring().clone();
    let change = lie(&set, &co, &pair, |now| {
        keys = now.clone();
        other()
    });
    let seq = co.must("another link", Command::Rekey { keys: change }).await.unwrap();
    co.catch_up(seq).await.unwrap();
    let link = keys.links()[&LinkRole::Member].clone();
    let mut late = Client::knock(&set.dial, &link, "Huw", rng(45)).await.unwrap();
    let device = late.device();
    co.wait_for("the knock", |model| model.knocks.contains_key(&device)).await.unwrap();
    let (shared, knock) = (co.shared().unwrap(), co.model().knocks[&device].clone());
    let (grant, edit) = keys.admit(&knock, None, &shared.roster, None, &mut rng(46)).unwrap();
    let admit = Command::Admit { device, grant, seat: None, edit: Some(edit) };
    let seq = co.must("by the link in force", admit).await.unwrap();
    late.enter("Huw").await.unwrap();
    set.host.catch_up(seq).await.unwrap();
    set.host.next_key().await.unwrap();
    assert_eq!(stray(&set.host), [LinkRole::Member].into());
    goes_on(&mut set, &co, &mut [&mut ben, &mut late]).await;
}

#[tokio::test]
async fn a_host_with_nothing_but_the_link_makes_the_next_key_over_one_that_does_not_open() {
    let Scene { mut set, mut co, mut ben, .. } = scene().await;
    set.host.cut();
    let mut keys = new_key(&co, &[], &[LinkRole::Member]);
    keys.grants.values_mut().chain(keys.wraps.values_mut()).for_each(|blob| *blob = junk());
    co.must("a spoilt key", Command::Rekey { keys }).await.unwrap();
    let mut again = Client::knock(&set.dial, &set.links.host, "Asha", rng(42)).await.unwrap();
    assert!(again.enter("Asha").await.is_err());
    // All that it has follows from the link, and from the list of who holds keys.
    std::mem::swap(&mut set.host, &mut again);
    goes_on(&mut set, &co, &mut [&mut ben]).await;
}

#[tokio::test]
async fn a_key_that_does_not_open_and_a_close_keep_the_host_from_no_meeting() {
    let Scene { mut set, mut co, mut ben, .. } = scene().await;
    set.host_does(Command::Start).await;
    let mut keys = new_key(&co, &[], &[LinkRole::Member]);
    keys.grants.values_mut().chain(keys.wraps.values_mut()).for_each(|blob| *blob = junk());
    co.must("a spoilt key", Command::Rekey { keys }).await.unwrap();
    let seq = co.must("and the close", Command::Close).await.unwrap();
    for person in [&mut set.host, &mut ben] {
        person.catch_up(seq).await.unwrap();
        assert!(person.next_key().await.is_err());
    }
    let seq = set.host.next_meeting(NEXT).await.unwrap().done().unwrap();
    ben.catch_up(seq).await.unwrap();
    ben.next_key().await.unwrap();
    goes_on(&mut set, &co, &mut [&mut ben]).await;
}

#[tokio::test]
async fn who_leaves_as_a_co_facilitator_when_the_meeting_closes_holds_no_link_of_the_next_one() {
    for after in [true, false] {
        let Scene { mut set, mut co, mut ben, .. } = scene().await;
        set.host_does(Command::Start).await;
        if after {
            set.host_does(Command::Close).await;
        }
        let (seat, cid, seen) = (co.seat().unwrap(), co.fresh_cid(), co.model().seq());
        co.ask(cid, seen, Command::Leave).await.unwrap();
        let gone = move |model: &Model| {
            model.shared().is_some_and(|shared| !shared.seats.contains_key(&seat))
        };
        set.host.wait_for("their going", gone).await.unwrap();
        if !after {
            set.host_does(Command::Close).await;
        }
        let seq = set.host.next_meeting(NEXT).await.unwrap().done().unwrap();
        ben.catch_up(seq).await.unwrap();
        ben.next_key().await.unwrap();
        for kind in KINDS {
            let keys = Keyring::new(set.links.of(kind), Default::default(), &mut rng(47));
            let answer = door_of(&set.dial, &keys, "Dilys").await;
            assert_eq!(answer, (vec![], 4401), "{kind:?} {after}");
        }
    }
}
