//! Questions about people: who sits where, who holds what.

use std::collections::BTreeMap;

use super::{Clock, Device, Item, Moving, Room, Seat, Stage, TurnState};
use crate::ids::{DeviceId, ItemId, MeetingId, SeatId, Timestamp};
use crate::method::Stance;
use crate::role::{LinkRole, Role};
use crate::roster::Holder;
use crate::sealed::TextKind;

impl Room {
    /// A seat.
    pub fn seat(&self, seat: SeatId) -> Option<&Seat> {
        self.seats.get(&seat)
    }

    /// How many people were ever given a seat, those who have gone again included.
    pub fn people_ever(&self) -> u32 {
        self.next_place
    }

    /// All seats.
    pub fn seats(&self) -> &BTreeMap<SeatId, Seat> {
        &self.seats
    }

    /// A browser.
    pub fn device(&self, device: DeviceId) -> Option<&Device> {
        self.devices.get(&device)
    }

    /// All browsers.
    pub fn devices(&self) -> &BTreeMap<DeviceId, Device> {
        &self.devices
    }

    /// Whether this browser belonged to somebody who was removed.
    pub fn is_barred(&self, device: DeviceId) -> bool {
        self.barred.contains(&device)
    }

    /// Browsers of one person.
    pub fn devices_of(&self, seat: SeatId) -> impl Iterator<Item = DeviceId> {
        self.devices.iter().filter(move |(_, device)| device.seat == seat).map(|(id, _)| *id)
    }

    /// The kind of link that a browser came by.
    pub fn came_by(&self, device: DeviceId) -> Option<LinkRole> {
        let held = self.devices.get(&device)?;
        // Where it was not written down, the first roster says it as it was then; before there was
        // one, everybody had the role of their link, or less.
        let signed = || self.roster.holders().get(&device).map(Holder::came_by);
        let by_role = || Some(self.seats.get(&held.seat)?.role.link());
        held.came_by.or_else(signed).or_else(by_role)
    }

    /// The host's seat, once the host has come.
    pub fn host(&self) -> Option<SeatId> {
        self.seats.iter().find(|(_, seat)| seat.role == Role::Host).map(|(id, _)| *id)
    }

    /// Whether somebody holds the facilitator's controls: by credential, or by hand-over.
    pub fn has_controls(&self, seat: SeatId) -> bool {
        self.seats.get(&seat).is_some_and(|held| {
            !held.in_lobby && (held.role.holds_keys() || self.meeting.lead == Some(seat))
        })
    }

    /// Texts of one person.
    pub fn items_of(&self, seat: SeatId) -> impl Iterator<Item = &Item> {
        self.items.values().filter(move |item| item.seat == seat).map(AsRef::as_ref)
    }

    /// Whether the meeting stands in a presenter's slot and nobody presents: no clock runs then.
    pub fn lacks_presenter(&self) -> bool {
        self.is_without_presenter(&self.meeting.now)
    }

    /// The same of where it stood, or would stand.
    pub(crate) fn is_without_presenter(&self, moving: &Moving) -> bool {
        let slot = self.part_at(moving.part).and_then(|part| part.slot);
        slot.is_some() && moving.presenter.is_none()
    }

    /// The circle for a round in the present part: members first in their places, facilitators
    /// last; without observers. Where the presenter speaks they come last, while they listen not at
    /// all, and where they are a member like the others in the middle: neither first nor always last.
    ///
    /// In a presenter's slot the round belongs to the members, so facilitators are left out, unless
    /// it is they who present.
    pub fn circle(&self, presenter: Option<SeatId>, stance: Stance, in_slot: bool) -> Vec<SeatId> {
        let mut circle: Vec<_> = self
            .seats
            .iter()
            .filter(|(id, seat)| {
                let presents = presenter == Some(**id);
                let hosts = in_slot && !presents && seat.role.holds_keys();
                !(seat.in_lobby || !seat.role.takes_part() || hosts)
            })
            .map(|(id, seat)| {
                let facilitates = match seat.role {
                    Role::Member | Role::Trainee | Role::Observer => 0,
                    Role::CoFacilitator => 1,
                    Role::Host => 2,
                };
                (facilitates, seat.place, *id)
            })
            .collect();
        circle.sort_unstable();
        let mut circle: Vec<_> = circle.into_iter().map(|(_, _, id)| id).collect();
        let own = circle.iter().position(|id| presenter == Some(*id));
        if let Some(presenter) = own.map(|own| circle.remove(own)) {
            match stance {
                Stance::Listens | Stance::Chooses => {}
                Stance::Member => circle.insert(circle.len() / 2, presenter),
                Stance::Speaks | Stance::Answers => circle.push(presenter),
            }
        }
        circle
    }

    /// Whose turn it is in the round.
    pub fn round_turn(&self) -> Option<SeatId> {
        self.meeting
            .now
            .round
            .iter()
            .find(|(_, turn)| turn.is == TurnState::Now)
            .map(|(seat, _)| *seat)
    }

    /// Since when it is theirs, where it was somebody else's before, or nobody's.
    pub(super) fn time_turn(&mut self, before: Option<SeatId>, at: Timestamp) {
        let turn = self.round_turn();
        if turn != before {
            self.meeting.now.turn_since = turn.map(|_| at);
        }
    }

    /// Whose turn comes after the present one: those who wait by rank, then those who asked to come
    /// later.
    pub fn round_next(&self) -> Option<SeatId> {
        let by_rank = |state: TurnState| {
            self.meeting
                .now
                .round
                .iter()
                .filter(|(_, turn)| turn.is == state)
                .min_by_key(|(_, turn)| turn.rank)
                .map(|(seat, _)| *seat)
        };
        by_rank(TurnState::Waiting).or_else(|| by_rank(TurnState::Later))
    }

    /// Breaks of what must always hold, in words; empty when the room is sound.
    pub fn faults(&self) -> Vec<String> {
        let now = &self.meeting.now;
        let mut faults = Vec::new();
        let mut check = |holds: bool, law: &str| {
            if !holds {
                faults.push(law.to_owned());
            }
        };
        let known = |seat: &SeatId| self.seats.contains_key(seat);
        check(now.presenter.iter().all(known), "the presenter has a seat");
        check(
            now.says.is_none() || now.presenter.is_some(),
            "only a presenter can keep the next asker waiting",
        );
        check(now.queue.keys().all(known), "every hand belongs to a seat");
        check(now.asking.iter().all(|asking| known(&asking.seat)), "the asker has a seat");
        check(now.round.keys().all(known), "every turn belongs to a seat");
        check(self.devices.values().all(|device| known(&device.seat)), "every browser has a seat");
        check(self.items.values().all(|item| known(&item.seat)), "every text has an author");
        check(
            now.round.values().filter(|turn| turn.is == TurnState::Now).count() <= 1,
            "at most one turn of a round is now",
        );
        check(
            self.meeting.hold.is_none() || !matches!(now.clock, Clock::Running { .. }),
            "no clock runs while the room holds",
        );
        check(
            self.meeting.stage == Stage::Running || !matches!(now.clock, Clock::Running { .. }),
            "no clock runs outside the meeting",
        );
        check(
            self.mode.releases() || self.lines.is_empty(),
            "lines are passed on only where the mode has it",
        );
        let takes_part =
            |seat: &SeatId| self.seats.get(seat).is_some_and(|held| held.role.takes_part());
        let is_practice = |item: &ItemId| {
            self.items.get(item).is_some_and(|item| item.kind == TextKind::Practice)
        };
        let practices = &self.practices;
        check(practices.keys().all(is_practice), "every practice has its text");
        let mut of_practice = self.items.values().filter(|item| item.kind == TextKind::Practice);
        check(
            of_practice.all(|item| practices.contains_key(&item.id)),
            "every text of a practice is proposed or adopted",
        );
        check(
            self.meeting.stage == Stage::Running
                || practices.values().all(|held| held.agreed.is_none()),
            "nothing is asked of a practice outside the meeting",
        );
        let mut taps = practices.values().filter_map(|held| held.agreed.as_ref()).flatten();
        check(taps.all(takes_part), "who has agreed to a practice takes part");
        let mut looks = self.reviews.values().flat_map(|reviewed| &reviewed.asked);
        check(looks.all(takes_part), "who asks to look again takes part");
        let mut ranks: Vec<_> = now.queue.values().map(|hand| hand.rank).collect();
        ranks.sort_unstable();
        ranks.dedup();
        check(ranks.len() == now.queue.len(), "no two hands have one rank");
        check(
            self.seats.values().filter(|seat| seat.role == Role::Host).count() <= 1,
            "there is at most one host",
        );
        check(
            now.asking.is_none_or(|asking| !now.queue.contains_key(&asking.seat)),
            "who has the floor has no hand up",
        );
        let asked = &self.series.asked;
        check(
            asked.values().flat_map(|asked| asked.answers.keys()).all(takes_part),
            "who has said when they can takes part",
        );
        let dated = |id: &MeetingId| self.meeting.id == *id || self.series.dates.contains_key(id);
        check(!asked.keys().any(dated), "no time that is asked about is a meeting's");
        faults
    }
}
