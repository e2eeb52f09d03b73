//! Who came in by what, and who holds the key: row by row, from the contract.

use std::collections::{BTreeMap, BTreeSet};

use setroom_protocol::room::DroppedDevice;
use setroom_protocol::{
    Change, DeviceId, Holder, KeyChange, LinkRole, MeetingId, OwnKey, PublicKey, Role, RosterEdit,
    SeatId,
};

use super::cross_client::CrossClient;
use super::roster::{Roster, is_nobody};
use crate::evidence::{Evidence, Row};
use crate::history::History;
use crate::invariant::Invariant::ProvenAndSigned;
use crate::proof::device;
use crate::verdict::{Breach, Verdict};

/// A browser that has come in.
struct Came {
    seat: SeatId,
    public: PublicKey,
    sign: Option<PublicKey>,
    /// The kind of link; `None` where it was not written down.
    by: Option<LinkRole>,
}

/// A browser that comes in with a row.
struct Comes<'a> {
    seat: SeatId,
    device: DeviceId,
    came: Came,
    edit: Option<&'a RosterEdit>,
}

/// Judges I11.
pub(super) fn check(
    evidence: &Evidence,
    history: &History,
    cross_client: &CrossClient,
    to: &mut Verdict,
) {
    let base = evidence.journal.base.as_ref().map(|base| &base.room);
    let devices = base.into_iter().flat_map(|room| {
        room.devices().iter().map(|(id, held)| {
            let (seat, public, sign) = (held.seat, held.public, held.sign);
            (*id, Came { seat, public, sign, by: held.came_by })
        })
    });
    let mut walk = Walk {
        evidence,
        history,
        cross_client,
        inside: devices.collect(),
        barred: BTreeSet::new(),
        roster: base.map(Roster::of).unwrap_or_default(),
        epoch: base.map_or(0, setroom_protocol::Room::epoch),
        meeting: base.map(|room| room.meeting().id),
        row: 0,
        wrong: Vec::new(),
    };
    for row in &evidence.journal.rows {
        walk.row += 1;
        walk.row(row);
        for what in walk.wrong.drain(..) {
            let breach = Breach::of(ProvenAndSigned, what);
            to.add(breach.seq(row.record.seq.0).row(row.entry));
        }
    }
}

struct Walk<'a> {
    evidence: &'a Evidence,
    history: &'a History,
    cross_client: &'a CrossClient,
    inside: BTreeMap<DeviceId, Came>,
    /// Browsers of people who were removed.
    barred: BTreeSet<DeviceId>,
    roster: Roster,
    epoch: u32,
    /// The meeting that is on.
    meeting: Option<MeetingId>,
    row: u64,
    wrong: Vec<String>,
}

impl Walk<'_> {
    fn law(&mut self, holds: bool, what: impl Into<String>) {
        if !holds {
            self.wrong.push(what.into());
        }
    }

    fn row(&mut self, row: &Row) {
        let by = row.record.by;
        if let Some(comes) = comes(&row.record.change) {
            self.comes(by, comes);
        }
        if let Change::DeviceDropped(DroppedDevice { device, .. }) = &row.record.change {
            self.inside.remove(device);
        }
        if let Change::Removed { seat, keys } = &row.record.change {
            let gone = self.inside.iter().filter(|(_, came)| came.seat == *seat);
            self.barred.extend(gone.map(|(id, _)| *id));
            self.inside.retain(|_, came| came.seat != *seat);
            self.keys(by, keys);
        }
        if let Change::Left { seat } = &row.record.change {
            self.inside.retain(|_, came| came.seat != *seat);
        }
        if let Change::Rekeyed { keys } | Change::RoleSet { keys: Some(keys), .. } =
            &row.record.change
        {
            self.keys(by, keys);
        }
        if let Change::RoleSet { seat, role, .. } = &row.record.change {
            let moves = [self.role(Some(*seat)), Some(*role)].contains(&Some(Role::CoFacilitator));
            let may = !moves || self.role(by) == Some(Role::Host);
            self.law(may, "somebody but the host says who is co-facilitator");
            let has = self.roster.seats_with_keys().any(|at| at == *seat);
            let fits = self.roster.is_empty() || has == (*role == Role::CoFacilitator);
            self.law(fits, "the roster says otherwise who is co-facilitator");
        }
        if let Change::RosterEdited { edit } = &row.record.change {
            self.edit(by, edit, self.epoch);
        }
        if let Change::Founded(founded) = &row.record.change {
            self.meeting = Some(founded.meeting);
        }
        if let Change::MeetingOpened(opened) = &row.record.change {
            self.meeting = Some(opened.meeting);
        }
        if let Change::OwnKeySet { seat, key } = &row.record.change {
            self.own_key(*seat, key);
        }
    }

    fn before(&self) -> u64 {
        self.row.saturating_sub(1)
    }

    fn role(&self, seat: Option<SeatId>) -> Option<Role> {
        self.history.role(seat?, self.before())
    }

    /// Somebody comes in: as the browser that they say, as whom they were, by the link that they came
    /// by, let in by a facilitator or by the host's own link.
    fn comes(&mut self, by: Option<SeatId>, comes: Comes<'_>) {
        let Comes { seat, device: id, came, edit } = comes;
        // Ids of the first form are not judged: stored journals of tests have invented ones.
        let own = came.sign.is_none_or(|sign| device(&came.public, Some(&sign)) == id);
        self.law(own, format!("browser {id} comes in with another one's keys"));
        self.law(!self.barred.contains(&id), format!("browser {id} comes in, and was removed"));
        if let Some(known) = self.inside.get(&id) {
            let (stays, link) = (known.seat == seat, known.by);
            self.law(stays, format!("browser {id} comes in to another seat than its own"));
            let same = link.is_none() || link == came.by;
            self.law(
                same,
                format!("browser {id} comes in by another kind of link than it came by"),
            );
        }
        if came.sign.is_some() && !self.cross_client.proven.contains(&id) {
            let what = format!("browser {id} comes in without having shown its private key");
            self.law(false, what);
        }
        let facilitator = matches!(self.role(by), Some(Role::Host | Role::CoFacilitator));
        // Where the link was not written down, only the host comes in by itself all the same.
        let by_itself = by.is_none() && came.by.is_none_or(|link| link == LinkRole::Host);
        let let_in = facilitator || by_itself;
        self.law(let_in, format!("browser {id} comes in, and no facilitator let it in"));
        self.inside.insert(id, came);
        match edit {
            Some(edit) => self.edit(by, edit, self.epoch),
            None => {
                let old = self.roster.is_empty() || by.is_none();
                self.law(old, format!("browser {id} is let in without a signed edit"));
            }
        }
    }

    /// A new epoch, for those who are on the roster with it and for nobody else.
    fn keys(&mut self, by: Option<SeatId>, keys: &KeyChange) {
        let rises = keys.epoch > self.epoch;
        self.law(rises, format!("epoch {} after {}", keys.epoch, self.epoch));
        self.epoch = keys.epoch;
        let host_link = keys.links.contains_key(&LinkRole::Host);
        self.law(!host_link, "the host's link is changed");
        let Some(edit) = &keys.edit else {
            self.law(self.roster.is_empty(), "the key is changed without a signed edit");
            return;
        };
        // Edits of earlier clients do not say it.
        let of = edit.meeting.is_none() || edit.meeting == self.meeting;
        self.law(of, "a key of another meeting than the one that is on");
        self.edit(by, edit, keys.epoch);
        let holders: Vec<_> = self.roster.browsers().copied().collect();
        for id in &holders {
            let gone = format!("browser {id} keeps the key, and is gone");
            self.law(self.inside.contains_key(id), gone);
        }
        let more = keys.grants.keys().all(|id| holders.contains(id));
        self.law(more, "a key for somebody who is not on the roster");
        let mut without = holders.iter().filter(|id| !keys.grants.contains_key(*id));
        let theirs = |id: &DeviceId| self.inside.get(id).map(|came| came.seat) == by;
        let fewer = without.all(theirs);
        self.law(fewer, "no key for somebody who is on the roster");
    }

    /// An edit of the roster, of browsers that have come in.
    fn edit(&mut self, by: Option<SeatId>, edit: &RosterEdit, epoch: u32) {
        self.law(edit.epoch == epoch, "an edit of another epoch than the room's");
        for holder in edit.add.iter().filter(|holder| !is_nobody(holder)) {
            let id = device(&holder.public, holder.sign.as_ref());
            let came = self.inside.get(&id).is_some_and(|came| is_of(came, holder));
            self.law(came, format!("browser {id} holds the key, and did not come in like that"));
        }
        let is_host = self.role(by) == Some(Role::Host);
        let Some(by) = by else {
            self.law(false, "an edit that nobody asked for");
            return;
        };
        for what in self.roster.take(self.evidence.set, edit, (by, is_host)) {
            self.law(false, what);
        }
    }

    /// A person's own key, for their own browsers and facilitators.
    fn own_key(&mut self, seat: SeatId, key: &OwnKey) {
        let now = self.history.own_key(seat, self.before());
        let due = if key.more { now } else { now + 1 };
        self.law(
            key.generation == due && due > 0,
            format!("own key {} after {now}", key.generation),
        );
        for id in key.boxes.keys() {
            let inside = self.inside.get(id);
            let may = inside.is_some_and(|at| at.seat == seat || self.roster.facilitates(*id));
            self.law(may, format!("an own key for browser {id}, which is somebody else's"));
        }
    }
}

fn is_of(came: &Came, holder: &Holder) -> bool {
    came.public == holder.public
        && came.sign == holder.sign
        && came.seat == holder.seat
        && came.by.is_none_or(|link| link == holder.came.unwrap_or(holder.role))
}

/// The browser that comes in with a change.
fn comes(change: &Change) -> Option<Comes<'_>> {
    let (Change::Seated { seat, device, public, sign, came_by, edit, .. }
    | Change::DeviceAdded { seat, device, public, sign, came_by, edit, .. }) = change
    else {
        return None;
    };
    let came = Came { seat: *seat, public: *public, sign: *sign, by: *came_by };
    Some(Comes { seat: *seat, device: *device, came, edit: edit.as_deref() })
}
