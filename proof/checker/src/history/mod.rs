//! What a journal says happened, told from the contract: who is in the room when, in which role,
//! which key is the present one, and who may see which text.
//!
//! Rows are told by their order: what only its author may know of shares the place of the row before
//! it. The first row is 1, and 0 is what a snapshot stands for.

mod questions;
#[cfg(test)]
mod tests;
mod unseen;

use std::collections::{BTreeMap, BTreeSet};

use setroom_protocol::method::{Part, See};
use setroom_protocol::room::{Decided, DroppedDevice, FoundedSet, Item, Stage};
use setroom_protocol::{Blob, Change, CommandId, DeviceId, ItemId, Mode, Role, SeatId, TextKind};

use crate::evidence::Journal;
use crate::timeline::Timeline;

/// A person after a row.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Person {
    pub(crate) seat: SeatId,
    pub(crate) role: Role,
    /// Whether they hold the controls by hand-over.
    pub(crate) lead: bool,
    /// Sent back to the lobby for now.
    pub(crate) outside: bool,
}

/// A text after a row.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Text {
    pub(crate) author: SeatId,
    pub(crate) kind: TextKind,
    pub(crate) see: See,
    /// In which part it was written.
    part: usize,
    /// Whether it is sealed under its author's own key.
    pub(crate) own: bool,
}

impl Text {
    fn of(item: &Item) -> Self {
        let part = usize::try_from(item.part).unwrap_or(usize::MAX);
        let own = is_own(item);
        Self { author: item.seat, kind: item.kind, see: item.see, part, own }
    }
}

/// Whether a text is sealed under its author's own key: the box says so first.
pub(crate) fn is_own(item: &Item) -> bool {
    item.sealed.decode().first() == Some(&2)
}

#[derive(Clone, Copy, Debug)]
struct Seated {
    role: Role,
    outside: bool,
}

/// The history of a set.
#[derive(Debug, Default)]
pub(crate) struct History {
    seats: BTreeMap<SeatId, Timeline<Option<Seated>>>,
    devices: BTreeMap<DeviceId, Timeline<Option<SeatId>>>,
    grants: BTreeMap<DeviceId, Timeline<Option<Blob>>>,
    texts: BTreeMap<ItemId, Timeline<Option<Text>>>,
    lead: Timeline<Option<SeatId>>,
    stage: Timeline<Stage>,
    epoch: Timeline<u32>,
    /// The last change that moved the meeting.
    moved: Timeline<u64>,
    part: Timeline<Option<usize>>,
    /// The part before the last move, to which an undo leads.
    part_before: Option<usize>,
    /// Which key of their own each person has.
    own_keys: BTreeMap<SeatId, Timeline<u32>>,
    agenda: Timeline<Vec<std::sync::Arc<Part>>>,
    /// Practices that the set adopted.
    adopted: BTreeSet<ItemId>,
    /// After which row each seat was taken away: the browsers that it had then.
    pub(crate) removed: Vec<(u64, SeatId, Vec<DeviceId>)>,
    /// The first place that is known: before, a snapshot stands for all.
    pub(crate) from: u64,
    /// The place of each row.
    places: Vec<u64>,
    /// Whether nobody but its author may know of a row.
    unseen: Vec<bool>,
    /// The row that completes a command.
    done: BTreeMap<CommandId, u64>,
}

impl History {
    /// Reads it from a journal.
    pub(crate) fn of(journal: &Journal) -> Self {
        let mut history = Self::default();
        if let Some(base) = &journal.base {
            history.begin(&base.room);
        }
        for (row, at) in journal.rows.iter().zip(1..) {
            let record = &row.record;
            history.unseen.push(history.is_unseen(&record.change));
            // Where a journal is damaged they may fall; what is looked for here is the order.
            let last = history.places.last().copied().unwrap_or(history.from);
            history.places.push(record.seq.0.max(last));
            if let Some(cid) = record.re {
                history.done.insert(cid, at);
            }
            history.change(at, &record.change);
        }
        history
    }

    fn begin(&mut self, room: &setroom_protocol::Room) {
        let row = 0;
        self.from = room.seq().0;
        for (seat, held) in room.seats() {
            let seated = Seated { role: held.role, outside: held.in_lobby };
            self.seats.entry(*seat).or_default().set(row, Some(seated));
            if let Some(key) = &held.own_key {
                self.own_keys.entry(*seat).or_default().set(row, key.generation);
            }
        }
        for (device, held) in room.devices() {
            self.devices.entry(*device).or_default().set(row, Some(held.seat));
            self.grants.entry(*device).or_default().set(row, held.grant.clone());
        }
        for (id, item) in room.items() {
            let text = Text::of(item);
            self.texts.entry(*id).or_default().set(row, Some(text));
        }
        let adopted = room.practices().iter().filter(|(_, held)| held.adopted_at.is_some());
        self.adopted = adopted.map(|(item, _)| *item).collect();
        let meeting = room.meeting();
        self.lead.set(row, meeting.lead);
        self.stage.set(row, meeting.stage);
        self.epoch.set(row, room.epoch());
        self.moved.set(row, meeting.moved.0);
        let part = usize::try_from(meeting.now.part).ok();
        self.part.set(row, part.filter(|_| meeting.stage != Stage::Gathering));
        let before = meeting.undo.as_ref().and_then(|undo| usize::try_from(undo.before.part).ok());
        self.part_before = before;
        self.agenda.set(row, meeting.agenda.clone());
    }

    #[expect(
        clippy::wildcard_enum_match_arm,
        reason = "the history is told of these changes alone"
    )]
    fn change(&mut self, row: u64, change: &Change) {
        match change {
            Change::Founded(FoundedSet { agenda, .. }) => {
                self.stage.set(row, Stage::Gathering);
                self.epoch.set(row, 0);
                self.moved.set(row, self.place(row));
                self.agenda.set(row, agenda.clone());
            }
            Change::Planned { agenda, .. } => self.agenda.set(row, agenda.clone()),
            Change::Seated { seat, role, device, grant, .. } => {
                let seated = Seated { role: *role, outside: false };
                self.seats.entry(*seat).or_default().set(row, Some(seated));
                self.device(row, *device, *seat, grant.clone());
            }
            Change::DeviceAdded { seat, device, grant, .. } => {
                self.device(row, *device, *seat, grant.clone());
            }
            Change::Granted { device, grant } => {
                self.grants.entry(*device).or_default().set(row, Some(grant.clone()));
            }
            Change::DeviceDropped(DroppedDevice { device, .. }) => {
                self.devices.entry(*device).or_default().set(row, None);
            }
            Change::OwnKeySet { seat, key } => {
                self.own_keys.entry(*seat).or_default().set(row, key.generation);
            }
            Change::SentToLobby { seat } => {
                self.mend(row, *seat, |seated| seated.outside = true);
                self.lose_lead(row, *seat);
            }
            Change::BroughtBack { seat } => self.mend(row, *seat, |seated| seated.outside = false),
            Change::RoleSet { seat, role, keys } => {
                let held = self.role(*seat, row.saturating_sub(1));
                self.mend(row, *seat, |seated| seated.role = *role);
                if let Some(keys) = keys {
                    self.rekey(row, keys);
                }
                // Who is co-facilitator has the controls by that.
                let moves = [held, Some(*role)].contains(&Some(Role::CoFacilitator));
                if *role == Role::Observer || moves {
                    self.lose_lead(row, *seat);
                }
            }
            Change::Removed { seat, keys } => {
                self.remove(row, *seat);
                self.rekey(row, keys);
            }
            Change::Left { seat } => self.remove(row, *seat),
            Change::Rekeyed { keys } => self.rekey(row, keys),
            Change::LeadSet { seat } => self.lead.set(row, *seat),
            Change::Started => {
                self.stage.set(row, Stage::Running);
                self.moved.set(row, self.place(row));
            }
            Change::Moved { part, .. } => {
                self.part_before = self.part.last().copied().flatten();
                self.part.set(row, usize::try_from(*part).ok());
                self.moved.set(row, self.place(row));
            }
            Change::Undone { press, .. } => {
                // A press is taken back within its part.
                if !*press {
                    self.part.set(row, self.part_before.take());
                }
                self.moved.set(row, self.place(row));
            }
            Change::Closed { receipt } => {
                let rules = receipt.mode.is_some() || receipt.kept.contains_key(&TextKind::Charter);
                self.close(row, rules, receipt.mode == Some(Mode::Double));
            }
            Change::MeetingOpened(opening) => self.open(row, opening.agenda.clone()),
            Change::Erased => self.moved.set(row, self.place(row)),
            Change::Written { item } => {
                let text = Text::of(item);
                self.texts.entry(item.id).or_default().set(row, Some(text));
            }
            Change::ItemReleased { item } => self.show(row, *item, See::Everyone),
            Change::ItemWithdrawn { item } => self.texts.entry(*item).or_default().set(row, None),
            Change::PracticeDecided { item, is: Decided::Adopted } => {
                self.adopted.insert(*item);
            }
            // What was only proposed is gone by one no, and what was adopted when all let it go.
            Change::PracticeDecided { item, is }
                if *is == Decided::LetGo || !self.adopted.contains(item) =>
            {
                self.texts.entry(*item).or_default().set(row, None);
            }
            // The rest moves nothing that is told here: `tests.rs` holds that against the room.
            _ => {}
        }
    }

    fn device(&mut self, row: u64, device: DeviceId, seat: SeatId, grant: Option<Blob>) {
        self.devices.entry(device).or_default().set(row, Some(seat));
        self.grants.entry(device).or_default().set(row, grant);
    }

    fn mend(&mut self, row: u64, seat: SeatId, how: impl FnOnce(&mut Seated)) {
        let Some(timeline) = self.seats.get_mut(&seat) else { return };
        let Some(mut seated) = timeline.last().copied().flatten() else { return };
        how(&mut seated);
        timeline.set(row, Some(seated));
    }

    fn lose_lead(&mut self, row: u64, seat: SeatId) {
        if self.lead.last() == Some(&Some(seat)) {
            self.lead.set(row, None);
        }
    }

    fn remove(&mut self, row: u64, seat: SeatId) {
        self.seats.entry(seat).or_default().set(row, None);
        let theirs = |timeline: &Timeline<Option<SeatId>>| timeline.last() == Some(&Some(seat));
        let devices: Vec<_> =
            self.devices.iter().filter(|(_, at)| theirs(at)).map(|(id, _)| *id).collect();
        for device in &devices {
            self.devices.entry(*device).or_default().set(row, None);
        }
        for timeline in self.texts.values_mut() {
            if timeline.last().is_some_and(|text| text.is_some_and(|text| text.author == seat)) {
                timeline.set(row, None);
            }
        }
        self.lose_lead(row, seat);
        self.removed.push((row, seat, devices));
    }

    fn rekey(&mut self, row: u64, keys: &setroom_protocol::KeyChange) {
        self.epoch.set(row, keys.epoch);
        for (device, timeline) in &mut self.grants {
            timeline.set(row, keys.grants.get(device).cloned());
        }
    }

    fn show(&mut self, row: u64, item: ItemId, see: See) {
        let Some(timeline) = self.texts.get_mut(&item) else { return };
        let Some(text) = timeline.last().copied().flatten() else { return };
        timeline.set(row, Some(Text { see, ..text }));
    }

    /// The next meeting: what was kept stays, and nobody has begun.
    fn open(&mut self, row: u64, agenda: Vec<std::sync::Arc<Part>>) {
        self.stage.set(row, Stage::Gathering);
        self.moved.set(row, self.place(row));
        self.part.set(row, None);
        self.part_before = None;
        self.agenda.set(row, agenda);
        for timeline in self.texts.values_mut() {
            if timeline
                .last()
                .is_some_and(|text| text.is_some_and(|text| text.kind == TextKind::Headline))
            {
                timeline.set(row, None);
            }
        }
    }

    /// Of what was typed, each person's own actions and learning question remain for them alone, and
    /// names, the title and the framework; the charter too, where the receipt says so, and where nothing is
    /// raised again a headline for its owner. Practices that the set adopted are its own, or, there,
    /// their owners'.
    fn close(&mut self, row: u64, rules: bool, double: bool) {
        self.stage.set(row, Stage::Closed);
        self.lead.set(row, None);
        self.moved.set(row, self.place(row));
        for (id, timeline) in &mut self.texts {
            let Some(text) = timeline.last().copied().flatten() else { continue };
            let left = match text.kind {
                TextKind::Name | TextKind::Title | TextKind::Framework => Some(text),
                TextKind::Action | TextKind::LearningQuestion => {
                    Some(Text { see: See::Owner, ..text })
                }
                TextKind::Practice if !self.adopted.contains(id) => None,
                TextKind::Practice if double => Some(Text { see: See::Owner, ..text }),
                TextKind::Practice => Some(text),
                TextKind::Charter if rules => Some(text),
                TextKind::Headline if double => Some(Text { see: See::Owner, ..text }),
                TextKind::Charter
                | TextKind::Headline
                | TextKind::Bid
                | TextKind::Question
                | TextKind::Scribe
                | TextKind::Skill
                | TextKind::Sentence
                | TextKind::Learning
                | TextKind::Reflection => None,
            };
            timeline.set(row, left);
        }
    }
}
