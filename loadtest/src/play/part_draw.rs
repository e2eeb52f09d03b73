//! What people do in a part of the meeting, drawn when it begins: hands, ticks, texts, presses,
//! reloads. Everything is due at a moment, whatever the server does meanwhile.

use std::time::Duration;

use rand::RngExt as _;
use setroom_protocol::LinkRole;
use setroom_protocol::method::{By, Floor, HandRule, Kind, Part};
use tokio::time::Instant;

use super::context::Context;
use super::dice::Dice;
use super::intent::{Deed, Intent, Press};
use super::scene::Scene;
use super::seat::Seat;
use super::timetable::Timetable;

/// One in so many hands is about how the set works.
const PROCESS_HANDS: f64 = 0.05;

/// What draws need.
pub(super) struct PartDraw<'a> {
    pub(super) dice: &'a mut Dice,
    pub(super) timetable: &'a mut Timetable,
    pub(super) context: &'a Context,
    pub(super) seats: &'a [Seat],
    pub(super) part: &'a Part,
    /// The move of the meeting that the part began with.
    pub(super) moved: u64,
    pub(super) from: Instant,
}

impl PartDraw<'_> {
    /// A part begins as it is seen here.
    pub(super) fn begin(mut self, scene: &Scene) {
        let part = self.part;
        let length = self.context.part_length(part);
        self.plan(length, Deed::Move);
        if part.slot.is_some() && scene.presenter.is_none() {
            self.within(length / 8, Deed::Present);
        }
        if part.writes.iter().any(|write| write.by == By::Scribe) && scene.scribe.is_none() {
            self.within(length / 8, Deed::Scribe);
        }
        if part.id == "bids" {
            self.plan(length * 7 / 8, Deed::Order);
        }
        if part.id == "charter" {
            for at in 0..self.seats.len() {
                let due = self.from + self.dice.within(length * 3 / 4);
                self.timetable.plan(due, Intent::Agree(at));
            }
        }
        let seat_of = |id| self.seats.iter().position(|seat| seat.id == Some(id));
        let presenter = scene.presenter.and_then(seat_of);
        self.hands(length, presenter);
        self.writes(length, presenter);
        let behaviour = self.context.run.scenario.behaviour;
        for at in 0..self.seats.len() {
            let person = self.seats.get(at).is_some_and(Seat::in_circle);
            if person && self.dice.chance(behaviour.ticks) {
                self.within(length, Deed::Tick(at));
            }
        }
        if presenter.is_some() && part.floor == Floor::Queue && self.dice.chance(0.5) {
            self.within(length, Deed::Say);
        }
        self.presses(length);
        self.blips(length);
    }

    /// Hands go up as often as the scenario says, each for a kind that is on offer.
    fn hands(&mut self, length: Duration, presenter: Option<usize>) {
        if self.part.hand == HandRule::Off || self.part.floor == Floor::Round {
            return;
        }
        let rate = self.context.run.scenario.behaviour.hands;
        let minute = self.context.minutes(1.0);
        for at in 0..self.seats.len() {
            let role = self.seats.get(at).map(|seat| seat.role);
            if role != Some(LinkRole::Member) || Some(at) == presenter {
                continue;
            }
            let mut due = Duration::ZERO;
            while let Some(gap) = self.dice.gap(rate, minute) {
                due += gap;
                if due >= length {
                    break;
                }
                let kind = self.kind();
                self.plan(due, Deed::Hand(at, kind));
                if self.dice.chance(0.1) {
                    let later = due + self.dice.within(minute);
                    self.plan(later, Deed::Defer(at));
                }
            }
        }
    }

    /// Something of this part is due so long after its beginning.
    fn plan(&mut self, after: Duration, deed: Deed) {
        self.timetable.plan(self.from + after, Intent::Part(self.moved, deed));
    }

    /// The same at any moment within a time.
    fn within(&mut self, most: Duration, deed: Deed) {
        let after = self.dice.within(most);
        self.plan(after, deed);
    }

    fn kind(&mut self) -> Option<Kind> {
        if self.dice.chance(PROCESS_HANDS) {
            return Some(Kind::Process);
        }
        let draw = self.dice.play.random_range(0..=self.part.kinds.len());
        self.part.kinds.get(draw).copied()
    }

    /// Who may write something does, as often as the scenario says.
    fn writes(&mut self, length: Duration, presenter: Option<usize>) {
        let part = self.part;
        let share = self.context.run.scenario.behaviour.writes;
        for write in &part.writes {
            for at in 0..self.seats.len() {
                let Some(seat) = self.seats.get(at).filter(|seat| seat.in_circle()) else {
                    continue;
                };
                let host = seat.role != LinkRole::Member;
                let may = match write.by {
                    By::Each => !host,
                    By::Members => !host && Some(at) != presenter,
                    // One of them, found when it is due: it may be chosen only then.
                    By::Presenter | By::Scribe => at == 0,
                };
                if may && self.dice.chance(share) {
                    let after = length / 8 + self.dice.within(length * 3 / 4);
                    self.plan(after, Deed::Write(at, *write));
                }
            }
        }
    }

    fn presses(&mut self, length: Duration) {
        let rate = self.context.run.scenario.behaviour.presses;
        let hour = self.context.minutes(60.0);
        let mut due = Duration::ZERO;
        while let Some(gap) = self.dice.gap(rate, hour) {
            due += gap;
            if due >= length {
                return;
            }
            let press = match self.dice.play.random_range(0..9) {
                0 | 1 => Press::Pause,
                2 | 3 => Press::More,
                4 => Press::Hold,
                5 => Press::Quiet,
                6 => Press::Land,
                7 => Press::Clear,
                _ => Press::Undo,
            };
            self.plan(due, Deed::Press(press));
        }
    }

    /// Pages that are loaded again, and lines that break.
    fn blips(&mut self, length: Duration) {
        let from = self.from;
        let (behaviour, hour) = (self.context.run.scenario.behaviour, self.context.minutes(60.0));
        for at in 0..self.seats.len() {
            if let Some(due) = self.dice.gap(behaviour.reloads, hour).filter(|due| *due < length) {
                self.timetable.plan(from + due, Intent::Reload(at));
            }
            if let Some(due) = self.dice.gap(behaviour.drop_offs, hour).filter(|due| *due < length)
            {
                self.timetable.plan(from + due, Intent::DropOff(at));
            }
        }
    }
}
