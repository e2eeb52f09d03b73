//! What a journal says happened, told from the contract: who is in the room when, in which role,
//! which key is the present one, and who may see which text.

use std::collections::BTreeMap;

use setroom_protocol::method::{Part, See, Write};
use setroom_protocol::room::Stage;
use setroom_protocol::{Blob, Change, DeviceId, ItemId, Role, SeatId, TextKind};

use crate::evidence::Journal;
use crate::timeline::Timeline;

/// A person at a place.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Person {
    pub(crate) seat: SeatId,
    pub(crate) role: Role,
    /// Whether they hold the controls by hand-over.
    pub(crate) lead: bool,
    /// Sent back to the lobby for now.
    pub(crate) outside: bool,
}

/// A text at a place.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Text {
    pub(crate) author: SeatId,
    pub(crate) kind: TextKind,
    pub(crate) see: See,
}

#[derive(Clone, Copy, Debug)]
struct Seated {
    role: Role,
    outside: bool,
}

/// The story of a set.
#[derive(Debug, Default)]
pub(crate) struct Story {
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
    agenda: Timeline<Vec<std::sync::Arc<Part>>>,
    /// Where each seat was taken away: the browsers that it had then.
    pub(crate) removed: Vec<(u64, SeatId, Vec<DeviceId>)>,
    /// The first place that is known: before, a snapshot stands for all.
    pub(crate) from: u64,
}

impl Story {
    /// Reads it from a journal.
    pub(crate) fn of(journal: &Journal) -> Self {
        let mut story = Self::default();
        if let Some(base) = &journal.base {
            story.begin(&base.room);
        }
        for row in &journal.rows {
            story.change(row.record.seq.0, &row.record.change);
        }
        story
    }

    fn begin(&mut self, room: &setroom_protocol::Room) {
        let seq = room.seq().0;
        self.from = seq;
        for (seat, held) in room.seats() {
            let seated = Seated { role: held.role, outside: held.in_lobby };
            self.seats.entry(*seat).or_default().set(seq, Some(seated));
        }
        for (device, held) in room.devices() {
            self.devices.entry(*device).or_default().set(seq, Some(held.seat));
            self.grants.entry(*device).or_default().set(seq, held.grant.clone());
        }
        for (id, item) in room.items() {
            let text = Text { author: item.seat, kind: item.kind, see: item.see };
            self.texts.entry(*id).or_default().set(seq, Some(text));
        }
        let meeting = room.meeting();
        self.lead.set(seq, meeting.lead);
        self.stage.set(seq, meeting.stage);
        self.epoch.set(seq, room.epoch());
        self.moved.set(seq, meeting.moved.0);
        let part = usize::try_from(meeting.now.part).ok();
        self.part.set(seq, part.filter(|_| meeting.stage != Stage::Gathering));
        self.agenda.set(seq, meeting.agenda.clone());
    }

    fn change(&mut self, seq: u64, change: &Change) {
        match change {
            Change::Founded { agenda, .. } => {
                self.stage.set(seq, Stage::Gathering);
                self.epoch.set(seq, 0);
                self.agenda.set(seq, agenda.clone());
            }
            Change::Planned { agenda, .. } => self.agenda.set(seq, agenda.clone()),
            Change::Seated { seat, role, device, grant, .. } => {
                let seated = Seated { role: *role, outside: false };
                self.seats.entry(*seat).or_default().set(seq, Some(seated));
                self.device(seq, *device, *seat, grant.clone());
            }
            Change::DeviceAdded { seat, device, grant, .. } => {
                self.device(seq, *device, *seat, grant.clone());
            }
            Change::DeviceDropped { device } => {
                self.devices.entry(*device).or_default().set(seq, None);
            }
            Change::Granted { device, grant } => {
                self.grants.entry(*device).or_default().set(seq, Some(grant.clone()));
            }
            Change::SentToLobby { seat } => {
                self.mend(seq, *seat, |seated| seated.outside = true);
                self.lose_lead(seq, *seat);
            }
            Change::BroughtBack { seat } => self.mend(seq, *seat, |seated| seated.outside = false),
            Change::RoleSet { seat, role } => {
                self.mend(seq, *seat, |seated| seated.role = *role);
                if *role == Role::Observer {
                    self.lose_lead(seq, *seat);
                }
            }
            Change::Removed { seat, keys } => {
                self.remove(seq, *seat);
                self.rekey(seq, keys);
            }
            Change::Left { seat } => self.remove(seq, *seat),
            Change::Rekeyed { keys } => self.rekey(seq, keys),
            Change::LeadSet { seat } => self.lead.set(seq, *seat),
            Change::Started => {
                self.stage.set(seq, Stage::Running);
                self.moved.set(seq, seq);
            }
            Change::Moved { part, .. } => {
                self.part.set(seq, usize::try_from(*part).ok());
                self.moved.set(seq, seq);
            }
            Change::Undone => {
                // Which part an undo leads to is not told by the change. Nothing is judged by the
                // part until the next move.
                self.part.set(seq, None);
                self.moved.set(seq, seq);
            }
            Change::Closed { .. } => self.close(seq),
            Change::Written { item } => {
                let text = Text { author: item.seat, kind: item.kind, see: item.see };
                self.texts.entry(item.id).or_default().set(seq, Some(text));
            }
            Change::ItemReleased { item } => self.show(seq, *item, See::Everyone),
            Change::ItemWithdrawn { item } => self.texts.entry(*item).or_default().set(seq, None),
            Change::Locked { .. }
            | Change::RosterEdited { .. }
            | Change::OwnKeySet { .. }
            | Change::ModeSet { .. }
            | Change::ModeProposed { .. }
            | Change::ModeAgreed { .. }
            | Change::ModeDeclined
            | Change::CharterAgreed { .. }
            | Change::Paused { .. }
            | Change::Resumed { .. }
            | Change::TimeAdded { .. }
            | Change::Held { .. }
            | Change::HoldEnded { .. }
            | Change::SilenceSet { .. }
            | Change::OrderSet { .. }
            | Change::PresenterChosen { .. }
            | Change::ScribeSet { .. }
            | Change::HandRaised { .. }
            | Change::HandLowered { .. }
            | Change::HandsMoved { .. }
            | Change::QueueCleared
            | Change::FloorGiven { .. }
            | Change::TurnEnded { .. }
            | Change::GapSet { .. }
            | Change::PresenterSaid { .. }
            | Change::Ticked { .. }
            | Change::RoundStarted { .. }
            | Change::RoundTurned { .. } => {}
        }
    }

    fn device(&mut self, seq: u64, device: DeviceId, seat: SeatId, grant: Option<Blob>) {
        self.devices.entry(device).or_default().set(seq, Some(seat));
        self.grants.entry(device).or_default().set(seq, grant);
    }

    fn mend(&mut self, seq: u64, seat: SeatId, how: impl FnOnce(&mut Seated)) {
        let Some(timeline) = self.seats.get_mut(&seat) else { return };
        let Some(mut seated) = timeline.last().copied().flatten() else { return };
        how(&mut seated);
        timeline.set(seq, Some(seated));
    }

    fn lose_lead(&mut self, seq: u64, seat: SeatId) {
        if self.lead.last() == Some(&Some(seat)) {
            self.lead.set(seq, None);
        }
    }

    fn remove(&mut self, seq: u64, seat: SeatId) {
        self.seats.entry(seat).or_default().set(seq, None);
        let theirs = |timeline: &Timeline<Option<SeatId>>| timeline.last() == Some(&Some(seat));
        let devices: Vec<_> =
            self.devices.iter().filter(|(_, at)| theirs(at)).map(|(id, _)| *id).collect();
        for device in &devices {
            self.devices.entry(*device).or_default().set(seq, None);
        }
        for timeline in self.texts.values_mut() {
            if timeline.last().is_some_and(|text| text.is_some_and(|text| text.author == seat)) {
                timeline.set(seq, None);
            }
        }
        self.lose_lead(seq, seat);
        self.removed.push((seq, seat, devices));
    }

    fn rekey(&mut self, seq: u64, keys: &setroom_protocol::KeyChange) {
        self.epoch.set(seq, keys.epoch);
        for (device, timeline) in &mut self.grants {
            timeline.set(seq, keys.grants.get(device).cloned());
        }
    }

    fn show(&mut self, seq: u64, item: ItemId, see: See) {
        let Some(timeline) = self.texts.get_mut(&item) else { return };
        let Some(text) = timeline.last().copied().flatten() else { return };
        timeline.set(seq, Some(Text { see, ..text }));
    }

    /// Of what was typed, each person's own actions remain for them alone, and names and the title.
    fn close(&mut self, seq: u64) {
        self.stage.set(seq, Stage::Closed);
        self.lead.set(seq, None);
        self.moved.set(seq, seq);
        for timeline in self.texts.values_mut() {
            let Some(text) = timeline.last().copied().flatten() else { continue };
            let left = match text.kind {
                TextKind::Name | TextKind::Title => Some(text),
                TextKind::Action => Some(Text { see: See::Owner, ..text }),
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
            timeline.set(seq, left);
        }
    }

    /// Whose browser this is just after the change at this place; `None` for one that is at the
    /// door, or was removed.
    pub(crate) fn person(&self, device: DeviceId, seq: u64) -> Option<Person> {
        let seat = (*self.devices.get(&device)?.at(seq)?)?;
        let seated = (*self.seats.get(&seat)?.at(seq)?)?;
        let lead = self.lead.at(seq).copied().flatten() == Some(seat);
        Some(Person { seat, role: seated.role, lead, outside: seated.outside })
    }

    pub(crate) fn stage(&self, seq: u64) -> Stage {
        self.stage.at(seq).copied().unwrap_or_default()
    }

    /// The last change that had moved the meeting by then.
    pub(crate) fn moved(&self, seq: u64) -> u64 {
        self.moved.at(seq).copied().unwrap_or_default()
    }

    pub(crate) fn epoch(&self, seq: u64) -> u32 {
        self.epoch.at(seq).copied().unwrap_or_default()
    }

    pub(crate) fn text(&self, item: ItemId, seq: u64) -> Option<Text> {
        *self.texts.get(&item)?.at(seq)?
    }

    pub(crate) fn grant(&self, device: DeviceId, seq: u64) -> Option<&Blob> {
        self.grants.get(&device)?.at(seq)?.as_ref()
    }

    /// What the present part lets people write, as far as it is known.
    pub(crate) fn writes(&self, seq: u64) -> Option<&[Write]> {
        let part = (*self.part.at(seq)?)?;
        self.agenda.at(seq)?.get(part).map(|part| part.writes.as_slice())
    }
}
