//! What a browser believes when the server lies: keyrings alone, and what they are shown.

mod meetings;
mod own_key;
mod races;

use std::collections::BTreeSet;
use std::sync::Arc;

use rand::rngs::StdRng;
use rand::{CryptoRng, RngExt as _, SeedableRng as _};
use setroom_client::seal::{Link, SealError, Secret};
use setroom_client::{Edits, Keyring, Place, Rekeying, Sealing};
use setroom_protocol::view::KnockView;
use setroom_protocol::{
    Blob, Challenge32, ClientFrame, DeviceId, Holder, ItemId, KeyChange, LinkRole, MeetingId,
    RosterEdit, SeatId, TextKind, Timestamp,
};

/// A set as an honest server would show it.
struct Set {
    rng: StdRng,
    links: Vec<Link>,
    epoch: u32,
    edits: Edits,
    host: Keyring,
    host_seat: SeatId,
}

impl Set {
    fn begin() -> Self {
        let mut rng = StdRng::seed_from_u64(1);
        let set = rng.random();
        let links: Vec<_> =
            LinkRole::ALL.iter().map(|role| Link::generate(set, *role, &mut rng)).collect();
        let mut host = Keyring::new(&links[0], Sealing::Real, &mut rng);
        host.learn(links.iter().cloned());
        let host_seat = SeatId::from_bytes(rng.random());
        let mut set = Self { rng, links, epoch: 0, edits: Edits::new(), host, host_seat };
        let first = set.rekey(&[]);
        set.record(&first.edit.unwrap());
        set
    }

    /// The room's roster moves on.
    fn record(&mut self, edit: &Arc<RosterEdit>) {
        if edit.whole {
            self.edits.clear();
        }
        self.edits.insert(edit.n, Arc::clone(edit));
        self.epoch = edit.epoch;
    }

    fn link(&self, role: LinkRole) -> &Link {
        self.links.iter().find(|link| link.role == role).unwrap()
    }

    fn knocks(&mut self, role: LinkRole) -> (Keyring, KnockView) {
        let keyring = Keyring::new(&self.link(role).clone(), Sealing::Real, &mut self.rng);
        let knock = view(&keyring, &mut self.rng);
        (keyring, knock)
    }

    /// Somebody who is let in by the host, and has their key.
    fn joins(&mut self, role: LinkRole) -> Keyring {
        self.sits(role, None)
    }

    /// Somebody who is let in onto a seat that is there already.
    fn sits(&mut self, role: LinkRole, seat: Option<SeatId>) -> Keyring {
        let (mut keyring, knock) = self.knocks(role);
        let (grant, edit) =
            self.host.admit(&knock, seat, &self.edits, None, &mut self.rng).unwrap();
        self.record(&edit);
        keyring.take_grant(&grant, self.epoch, &self.edits).unwrap();
        keyring
    }

    fn about<'a>(&self, edits: &'a Edits, keyring: &Keyring, gone: &[DeviceId]) -> Rekeying<'a> {
        let holders = keyring.roster().holders().keys().copied();
        let stay: BTreeSet<_> = holders.chain([keyring.device()]).collect();
        let stay = stay.into_iter().filter(|id| !gone.contains(id)).collect();
        let (epoch, seat, fresh) = (self.epoch, self.host_seat, BTreeSet::new());
        Rekeying { epoch, edits, stay, seat, fresh, takes: None, meeting: None }
    }

    /// A new key by the host, without those who are gone. Nobody is shown it yet.
    fn rekey(&mut self, gone: &[DeviceId]) -> KeyChange {
        self.host.follow(&self.edits).unwrap();
        let what = self.about(&self.edits, &self.host, gone);
        self.host.new_epoch(&what, &mut self.rng).unwrap()
    }
}

/// A knock as a facilitator's browser is shown it.
fn view(keyring: &Keyring, rng: &mut impl CryptoRng) -> KnockView {
    let challenge = Challenge32([7; 32]);
    let ClientFrame::Knock(knock) = keyring.knock("Ben", &challenge, rng).unwrap() else {
        unreachable!("a knock is a knock")
    };
    KnockView {
        role: knock.role,
        public: knock.public,
        sign: knock.sign,
        nonce: knock.nonce,
        mac: knock.mac,
        challenge,
        pop: knock.pop,
        name: knock.name,
        at: Timestamp(0),
        fresh: SeatId::from_bytes(*knock.public.0.last_chunk().unwrap()),
        seat: None,
        claim: None,
    }
}

fn grant_for(change: &KeyChange, keyring: &Keyring) -> Blob {
    change.grants[&keyring.device()].clone()
}

#[test]
fn a_knock_that_is_not_what_it_shows_is_not_verified() {
    let mut set = Set::begin();
    let (ben, knock) = set.knocks(LinkRole::Member);
    assert_eq!(set.host.check_knock(ben.device(), &knock).as_deref(), Ok("Ben"));
    let (_, other) = set.knocks(LinkRole::Member);
    let host = DeviceId::of(&set.host.public(), None);
    for (what, device, forged) in [
        ("said to be another browser", host, knock.clone()),
        (
            "over another challenge",
            ben.device(),
            KnockView { challenge: Challenge32([8; 32]), ..knock.clone() },
        ),
        ("another's signature", ben.device(), KnockView { pop: other.pop, ..knock.clone() }),
        ("another's signing key", ben.device(), KnockView { sign: other.sign, ..knock.clone() }),
        (
            "another's key for grants",
            ben.device(),
            KnockView { public: other.public, ..knock.clone() },
        ),
    ] {
        assert_eq!(set.host.check_knock(device, &forged), Err(SealError::Mac), "{what}");
    }
}

#[test]
fn admissions_follow_each_other_before_the_room_has_any_of_them_and_a_refusal_takes_them_back() {
    let mut set = Set::begin();
    let before = set.edits.clone();
    let admit = |set: &mut Set, knock: &KnockView| {
        set.host.admit(knock, None, &before, None, &mut set.rng).unwrap()
    };
    let (mut ben, first) = set.knocks(LinkRole::Member);
    let (mut cleo, second) = set.knocks(LinkRole::Observer);
    let ((_, lost), (_, too)) = (admit(&mut set, &first), admit(&mut set, &second));
    assert_eq!((lost.n, too.n), (2, 3));
    // Somebody else's edit was faster.
    set.host.edit_was_refused();
    let ((to_ben, one), (to_cleo, two)) = (admit(&mut set, &first), admit(&mut set, &second));
    assert_eq!((one.n, two.n), (2, 3));
    set.record(&one);
    set.record(&two);
    ben.take_grant(&to_ben, 1, &set.edits).unwrap();
    cleo.take_grant(&to_cleo, 1, &set.edits).unwrap();
    assert_eq!(ben.roster(), cleo.roster());
}

#[test]
fn the_first_grant_names_the_head_that_the_roster_must_lead_to() {
    let mut set = Set::begin();
    let (ben, knock) = set.knocks(LinkRole::Member);
    let before = set.edits.clone();
    let (grant, edit) = set.host.admit(&knock, None, &set.edits, None, &mut set.rng).unwrap();
    set.record(&edit);
    assert_eq!(ben.clone().take_grant(&grant, 1, &set.edits), Ok(()));
    // The server leaves the end of it out, or all of it.
    for held_back in [&before, &Edits::new()] {
        assert_eq!(ben.clone().take_grant(&grant, 1, held_back), Err(SealError::Roster));
    }
    // A roster of the server's own making, from another host link.
    let other = Set::begin_anew(&set);
    assert_eq!(ben.clone().take_grant(&grant, 1, &other), Err(SealError::Roster));
}

impl Set {
    /// The first edit of the same set by somebody with another host link.
    fn begin_anew(of: &Self) -> Edits {
        let mut rng = StdRng::seed_from_u64(9);
        let mut link = of.link(LinkRole::Host).clone();
        link.secret = Secret::generate(&mut rng);
        let mut host = Keyring::new(&link, Sealing::Real, &mut rng);
        let edits = Edits::new();
        let stay = BTreeSet::from([host.device()]);
        let (seat, fresh) = (of.host_seat, BTreeSet::new());
        let what =
            Rekeying { epoch: 0, edits: &edits, stay, seat, fresh, takes: None, meeting: None };
        let edit = host.new_epoch(&what, &mut rng).unwrap().edit.unwrap();
        Edits::from([(edit.n, edit)])
    }
}

#[test]
fn a_grant_from_a_member_is_not_believed() {
    let mut set = Set::begin();
    let mut ben = set.joins(LinkRole::Member);
    let (mut cleo, knock) = set.knocks(LinkRole::Member);
    let (genuine, edit) = set.host.admit(&knock, None, &set.edits, None, &mut set.rng).unwrap();
    set.record(&edit);
    ben.follow(&set.edits).unwrap();
    let holder: &Holder = &ben.roster().holders()[&cleo.device()].clone();
    // He holds link and key, and can say everything but that he is a facilitator.
    let forged = ben.grant_to(holder, &mut set.rng).unwrap();
    assert_eq!(cleo.clone().take_grant(&forged, 1, &set.edits), Err(SealError::Grant));
    assert_eq!(cleo.take_grant(&genuine, 1, &set.edits), Ok(()));
}

#[test]
fn a_key_that_the_roster_does_not_speak_for_is_not_believed() {
    let mut set = Set::begin();
    let mut ben = set.joins(LinkRole::Member);
    // The same facilitator, two keys for one epoch; the roster names the second.
    let mut twin = set.host.clone();
    set.host.follow(&set.edits).unwrap();
    let what = set.about(&set.edits, &set.host, &[]);
    let other = twin.new_epoch(&what, &mut set.rng).unwrap();
    let change = set.rekey(&[]);
    set.record(&change.edit.clone().unwrap());
    let refused = ben.clone().take_grant(&grant_for(&other, &ben), 2, &set.edits);
    assert_eq!(refused, Err(SealError::Commitment));
    assert_eq!(ben.take_grant(&grant_for(&change, &ben), 2, &set.edits), Ok(()));
}

#[test]
fn a_room_that_names_an_old_epoch_gets_nothing_sealed() {
    let mut set = Set::begin();
    let mut ben = set.joins(LinkRole::Member);
    let place = Place {
        meeting: MeetingId::from_bytes([1; 16]),
        seat: SeatId::from_bytes([2; 16]),
        kind: TextKind::Question,
        item: ItemId::from_bytes([3; 16]),
        rev: 1,
        own: false,
    };
    assert!(ben.seal(&place, "What if?", None, &mut set.rng).is_ok());
    let change = set.rekey(&[]);
    set.record(&change.edit.clone().unwrap());
    ben.follow(&set.edits).unwrap();
    // It has walked to the next epoch, and holds the key of the one before alone.
    assert_eq!(ben.seal(&place, "What if?", None, &mut set.rng).unwrap_err(), SealError::Epoch);
    ben.take_grant(&grant_for(&change, &ben), 2, &set.edits).unwrap();
    assert_eq!(ben.seal(&place, "What if?", None, &mut set.rng).unwrap().sealed.epoch(), 2);
}

#[test]
fn a_removed_co_facilitator_and_the_server_swap_no_key() {
    let mut set = Set::begin();
    let mut co = set.joins(LinkRole::CoFacilitator);
    let mut ben = set.joins(LinkRole::Member);
    co.follow(&set.edits).unwrap();
    let before = set.edits.clone();
    let what = set.about(&before, &co, &[]);
    let by_co = co.new_epoch(&what, &mut set.rng).unwrap();
    let change = set.rekey(&[co.device()]);
    set.record(&change.edit.clone().unwrap());
    ben.take_grant(&grant_for(&change, &ben), 2, &set.edits).unwrap();

    // The edit at the same place counts for nothing, and the grant that goes with it neither.
    let mut swapped = before.clone();
    swapped.insert(4, by_co.edit.clone().unwrap());
    let refused = ben.clone().take_grant(&grant_for(&by_co, &ben), 2, &swapped);
    assert_eq!(refused, Err(SealError::Grant));
    // Nor does one that is put behind the removal.
    let mut behind = set.edits.clone();
    behind.insert(
        5,
        Arc::new(RosterEdit { n: 5, epoch: 3, ..(**by_co.edit.as_ref().unwrap()).clone() }),
    );
    assert_eq!(ben.clone().follow(&behind), Err(SealError::Roster));
    // The wrap for the host's link: the host's browser knows who is gone.
    let mut host = set.host.clone();
    let wrap = &by_co.wraps[&LinkRole::Host];
    assert_eq!(host.take_wrap(wrap, 2, &set.edits), Err(SealError::Grant));
}

#[test]
fn a_host_with_nothing_but_the_link_believes_its_own_roster_alone() {
    let mut set = Set::begin();
    let _ben = set.joins(LinkRole::Member);
    let change = set.rekey(&[]);
    set.record(&change.edit.clone().unwrap());
    let wrap = &change.wraps[&LinkRole::Host];
    let mut again = Keyring::new(&set.link(LinkRole::Host).clone(), Sealing::Real, &mut set.rng);
    let other = Set::begin_anew(&set);
    assert_eq!(again.clone().take_wrap(wrap, 2, &other), Err(SealError::Roster));
    again.take_wrap(wrap, 2, &set.edits).unwrap();
    assert_eq!(again.keys(), set.host.keys());
    assert_eq!(again.links().len(), 4);
    // It signs itself onto the roster by the link's own holder, and everybody follows.
    let edit = again.own_place(set.host_seat, &set.edits).unwrap();
    set.record(&edit);
    set.host.follow(&set.edits).unwrap();
    assert!(set.host.roster().hands_on(again.device()));
}

#[test]
fn a_copy_that_was_put_back_is_healed_by_a_whole_edit() {
    let mut set = Set::begin();
    let mut ben = set.joins(LinkRole::Member);
    let (epoch, before) = (set.epoch, set.edits.clone());
    let change = set.rekey(&[]);
    set.record(&change.edit.clone().unwrap());
    ben.take_grant(&grant_for(&change, &ben), 2, &set.edits).unwrap();
    set.host.follow(&set.edits).unwrap();

    // Yesterday's copy: an earlier epoch, and fewer edits. Then one with fewer edits alone.
    for copy in [before, set.edits.clone().into_iter().take(1).collect()] {
        let mut host = set.host.clone();
        let stay = host.roster().holders().keys().copied().collect();
        let (seat, fresh) = (set.host_seat, BTreeSet::new());
        let healed =
            Rekeying { epoch, edits: &copy, stay, seat, fresh, takes: None, meeting: None };
        let healed = host.new_epoch(&healed, &mut set.rng).unwrap();
        let edit = healed.edit.clone().unwrap();
        assert!(edit.whole && edit.n > 3 && edit.epoch > 2, "{edit:?}");
        let mut ben = ben.clone();
        ben.take_grant(
            &grant_for(&healed, &ben),
            edit.epoch,
            &Edits::from([(edit.n, Arc::clone(&edit))]),
        )
        .unwrap();
        assert_eq!(ben.keys().current().unwrap().0, edit.epoch);
    }
}
