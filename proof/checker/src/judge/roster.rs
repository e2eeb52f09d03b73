//! The roster, walked edit by edit from `docs/SEALING.md` (2.6): who holds the key, and who signed for
//! it.

use std::collections::BTreeMap;

use setroom_protocol::{
    DeviceId, Hash32, Holder, LinkRole, PublicKey, Room, RosterEdit, SeatId, SetId,
};

use crate::proof::{device, edit_bytes, head, is_signed};

/// The seat of the pair that follows from the host's link.
const NOBODY: [u8; 16] = [0; 16];

/// Who holds the key after some edits.
#[derive(Debug, Default)]
pub(super) struct Roster {
    n: u32,
    epoch: u32,
    head: Option<Hash32>,
    commit: Option<Hash32>,
    /// The pair of the host's link.
    host: Option<DeviceId>,
    holders: BTreeMap<DeviceId, Holder>,
}

fn of(holder: &Holder) -> DeviceId {
    device(&holder.public, holder.sign.as_ref())
}

impl Roster {
    /// What a snapshot says of it.
    pub(super) fn of(room: &Room) -> Self {
        let roster = room.roster();
        let some = !roster.is_empty();
        Self {
            n: roster.n(),
            epoch: roster.epoch(),
            head: some.then(|| roster.head()),
            commit: roster.commit(),
            host: roster.host(),
            holders: roster.holders().clone(),
        }
    }

    /// Whether there has been no edit yet: a set of the first form, or one without a key.
    pub(super) fn is_empty(&self) -> bool {
        self.n == 0
    }

    /// The browsers that hold the key, without the pair of the host's link.
    pub(super) fn browsers(&self) -> impl Iterator<Item = &DeviceId> {
        self.holders.keys().filter(|id| Some(**id) != self.host)
    }

    /// Whether a browser may hand the key on, and sign edits.
    pub(super) fn facilitates(&self, device: DeviceId) -> bool {
        let role = self.holders.get(&device).map(|holder| holder.role);
        matches!(role, Some(LinkRole::Host | LinkRole::CoFacilitator))
    }

    /// Whose browsers may hand the key on, but for the pair of the host's link.
    pub(super) fn seats_with_keys(&self) -> impl Iterator<Item = SeatId> {
        let all = self.browsers().filter(|id| self.facilitates(**id));
        all.filter_map(|id| self.holders.get(id)).map(|holder| holder.seat)
    }

    /// Takes an edit in; what is wrong with it. `by` is whoever asked for it, and whether they are the
    /// host.
    pub(super) fn take(
        &mut self,
        set: SetId,
        edit: &RosterEdit,
        (by, is_host): (SeatId, bool),
    ) -> Vec<&'static str> {
        let mut wrong = Vec::new();
        let mut law = |holds: bool, what| {
            if !holds {
                wrong.push(what);
            }
        };
        let bytes = edit_bytes(set, self.head.unwrap_or(Hash32([0; 32])), edit);
        let signer = if edit.whole { self.whole(edit) } else { self.signer(edit) };
        let next = Some(edit.n) == self.n.checked_add(1) && !self.is_empty();
        law(if edit.whole { edit.n > self.n } else { next }, "not the next edit");
        law(edit.epoch >= self.epoch, "an edit that goes back to an earlier epoch");
        let leaps = edit.epoch > self.epoch.saturating_add(1);
        law(edit.whole || !leaps, "an edit that leaves an epoch out");
        let same = self.is_empty() || edit.epoch != self.epoch || Some(edit.commit) == self.commit;
        law(same, "an edit that changes the key within its epoch");
        law(signer.is_some(), "an edit by nobody who may");
        let holds = signer.is_some_and(|(key, _)| is_signed(&key, &bytes, edit));
        law(holds, "an edit whose signature does not hold");
        let asked = signer.is_some_and(|(_, seat)| seat.map_or(is_host, |seat| seat == by));
        law(asked, "an edit that somebody else signed than asked");
        let moved = edit.add.iter().any(|holder| {
            let known = self.holders.get(&of(holder)).map(|known| (known.role, known.came));
            known.map_or(holder.came.is_some(), |known| known != (holder.role, holder.came))
        });
        law(!moved || is_host, "an edit of somebody else than the host that moves a role");
        let touches = |id: &DeviceId| Some(*id) == self.host;
        let own = edit.add.iter().any(|holder| touches(&of(holder)) || is_nobody(holder));
        law(edit.whole || !own, "an edit that touches the host's link");
        law(!edit.drop.iter().any(touches), "an edit that drops the host's link");
        let known = edit.drop.iter().all(|id| self.holders.contains_key(id));
        law(known, "an edit that drops who is not there");
        if edit.whole {
            self.host = Some(edit.by);
            self.holders.clear();
        }
        self.holders.retain(|id, _| !edit.drop.contains(id));
        self.holders.extend(edit.add.iter().map(|holder| (of(holder), holder.clone())));
        (self.n, self.epoch, self.commit) = (edit.n, edit.epoch, Some(edit.commit));
        self.head = Some(head(&bytes, edit));
        wrong
    }

    /// Who signs a whole edit: the pair of the host's link, which it adds, and which stays the same.
    fn whole(&self, edit: &RosterEdit) -> Option<(PublicKey, Option<SeatId>)> {
        let mut own = edit.add.iter().filter(|holder| is_nobody(holder));
        let holder = own.next().filter(|holder| holder.role == LinkRole::Host)?;
        let same = self.host.is_none_or(|host| host == edit.by) && of(holder) == edit.by;
        let key = holder.sign.filter(|_| same && own.next().is_none())?;
        Some((key, None))
    }

    /// Who signs any other one: somebody who facilitates, at this place.
    fn signer(&self, edit: &RosterEdit) -> Option<(PublicKey, Option<SeatId>)> {
        let holder = self.holders.get(&edit.by).filter(|_| self.facilitates(edit.by))?;
        Some((holder.sign?, Some(holder.seat).filter(|_| !is_nobody(holder))))
    }
}

/// Whether it is the pair of the host's link, which is nobody's browser.
pub(super) fn is_nobody(holder: &Holder) -> bool {
    holder.seat.as_bytes() == &NOBODY
}
