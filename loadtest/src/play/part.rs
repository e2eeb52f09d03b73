//! What people do in a part of the meeting, drawn when it begins: hands, ticks, texts, presses,
//! reloads. Everything is due at a moment, whatever the server does meanwhile.

use std::time::Duration;

use rand::RngExt as _;
use setroom_protocol::method::{By, Floor, HandRule, Kind, Part};
use setroom_protocol::room::Stage;
use setroom_protocol::{LinkRole, SeatId};
use tokio::time::Instant;

use super::room::{Phase, Room};
use super::scene::Scene;
use super::seat::Stand;
use super::wish::{Deed, Press, Wish};

/// No part and no turn is shorter than this, however compressed.
const SHORTEST_PART: Duration = Duration::from_millis(400);
const SHORTEST_TURN: Duration = Duration::from_millis(120);
/// Minutes that a question and its answer take.
const QUESTION_MINUTES: f64 = 0.75;
/// One in so many hands is about how the set works.
const PROCESS_HANDS: f64 = 0.05;

impl Room {
    /// Looks at what has changed, and plans what follows from it.
    pub(super) fn look(&mut self) {
        if std::mem::take(&mut self.books.news) {
            self.scene = Scene::of(self.books.shared()).map(Box::new);
            if let Some(scene) = self.scene.take() {
                if scene.stage == Stage::Running && self.phase == Phase::Meeting {
                    self.react(&scene);
                }
                self.scene = Some(scene);
            }
        }
        self.progress();
    }

    fn react(&mut self, scene: &Scene) {
        let Some(now) = scene.now else { return };
        let Some(part) = self.part(now.part) else { return };
        if self.part_begun != Some(scene.moved) {
            self.part_begun = Some(scene.moved);
            (self.turn_seen, self.asker_seen, self.called) = (None, None, None);
            self.begin_part(scene, &part);
        }
        let asking = scene.asking.map(|asking| (asking.seat, asking.since));
        if asking != self.asker_seen {
            self.asker_seen = asking;
            self.called = None;
            if let Some((seat, _)) = asking
                && let Some(at) = self.seat_of(seat)
            {
                let takes = self.about(self.means.minutes(QUESTION_MINUTES));
                self.plan(self.now + takes, Wish::Part(scene.moved, Deed::EndTurn(at)));
            }
        }
        let turn = scene.turn().map(|seat| (seat, scene.moved));
        if turn != self.turn_seen {
            self.turn_seen = turn;
            if let Some(at) = turn.and_then(|(seat, _)| self.seat_of(seat)) {
                let turns = u32::try_from(scene.round.len() + 1).unwrap_or(1);
                let takes = self.about(self.length(&part) * 3 / 4 / turns);
                self.plan(self.now + takes, Wish::Part(scene.moved, Deed::EndRoundTurn(at)));
            }
        }
        let first = scene.first_hand().map(|seat| (seat, scene.moved));
        if part.hand == HandRule::Turn && asking.is_none() && first != self.called {
            self.called = first;
            if first.is_some() {
                let takes = self.about(self.means.minutes(0.1));
                self.plan(self.now + takes, Wish::Part(scene.moved, Deed::Call));
            }
        }
    }

    pub(super) fn part(&self, index: u32) -> Option<Part> {
        self.means.agenda.get(usize::try_from(index).ok()?).cloned()
    }

    /// How long a part is played.
    pub(super) fn length(&self, part: &Part) -> Duration {
        let [_, planned, _] = part.minutes;
        self.means.minutes(f64::from(planned)).max(SHORTEST_PART)
    }

    /// A time around that one.
    fn about(&mut self, time: Duration) -> Duration {
        time.mul_f64(0.5 + self.rng.random::<f64>()).max(SHORTEST_TURN)
    }

    fn begin_part(&mut self, scene: &Scene, part: &Part) {
        let (moved, from, length) = (scene.moved, self.now, self.length(part));
        self.plan(from + length, Wish::Part(moved, Deed::Move));
        if part.slot.is_some() && scene.presenter.is_none() {
            let due = from + self.within(length / 8);
            self.plan(due, Wish::Part(moved, Deed::Present));
        }
        if part.writes.iter().any(|write| write.by == By::Scribe) && scene.scribe.is_none() {
            let due = from + self.within(length / 8);
            self.plan(due, Wish::Part(moved, Deed::Scribe));
        }
        if part.id == "bids" {
            self.plan(from + length * 7 / 8, Wish::Part(moved, Deed::Order));
        }
        if part.id == "charter" {
            for at in 0..self.seats.len() {
                let due = from + self.within(length * 3 / 4);
                self.plan(due, Wish::Agree(at));
            }
        }
        let presenter = scene.presenter.and_then(|seat| self.seat_of(seat));
        self.hands(moved, part, from, length, presenter);
        self.writes(moved, part, from, length, presenter);
        let behaviour = self.means.scenario.behaviour;
        for at in 0..self.seats.len() {
            let person = self.seats.get(at).is_some_and(super::seat::Seat::in_circle);
            if person && self.chance(behaviour.ticks) {
                let due = from + self.within(length);
                self.plan(due, Wish::Part(moved, Deed::Tick(at)));
            }
        }
        if presenter.is_some() && part.floor == Floor::Queue && self.chance(0.5) {
            let due = from + self.within(length);
            self.plan(due, Wish::Part(moved, Deed::Say));
        }
        self.presses(moved, from, length);
        self.blips(from, length);
    }

    /// Hands go up as often as the scenario says, each for a kind that is on offer.
    fn hands(
        &mut self,
        moved: u64,
        part: &Part,
        from: Instant,
        length: Duration,
        presenter: Option<usize>,
    ) {
        if part.hand == HandRule::Off || part.floor == Floor::Round {
            return;
        }
        let rate = self.means.scenario.behaviour.hands;
        let minute = self.means.minutes(1.0);
        for at in 0..self.seats.len() {
            let role = self.seats.get(at).map(|seat| seat.role);
            if role != Some(LinkRole::Member) || Some(at) == presenter {
                continue;
            }
            let mut due = Duration::ZERO;
            while let Some(gap) = self.gap(rate, minute) {
                due += gap;
                if due >= length {
                    break;
                }
                let kind = self.kind(part);
                self.plan(from + due, Wish::Part(moved, Deed::Hand(at, kind)));
                if self.chance(0.1) {
                    let later = due + self.within(minute);
                    self.plan(from + later, Wish::Part(moved, Deed::Defer(at)));
                }
            }
        }
    }

    fn kind(&mut self, part: &Part) -> Option<Kind> {
        if self.chance(PROCESS_HANDS) {
            return Some(Kind::Process);
        }
        let draw = self.rng.random_range(0..=part.kinds.len());
        part.kinds.get(draw).copied()
    }

    /// Who may write something does, as often as the scenario says.
    fn writes(
        &mut self,
        moved: u64,
        part: &Part,
        from: Instant,
        length: Duration,
        presenter: Option<usize>,
    ) {
        let share = self.means.scenario.behaviour.writes;
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
                if may && self.chance(share) {
                    let due = from + length / 8 + self.within(length * 3 / 4);
                    self.plan(due, Wish::Part(moved, Deed::Write(at, *write)));
                }
            }
        }
    }

    fn presses(&mut self, moved: u64, from: Instant, length: Duration) {
        let rate = self.means.scenario.behaviour.presses;
        let hour = self.means.minutes(60.0);
        let mut due = Duration::ZERO;
        while let Some(gap) = self.gap(rate, hour) {
            due += gap;
            if due >= length {
                return;
            }
            let press = match self.rng.random_range(0..9) {
                0 | 1 => Press::Pause,
                2 | 3 => Press::More,
                4 => Press::Hold,
                5 => Press::Quiet,
                6 => Press::Land,
                7 => Press::Clear,
                _ => Press::Undo,
            };
            self.plan(from + due, Wish::Part(moved, Deed::Press(press)));
        }
    }

    /// Pages that are loaded again, and lines that break.
    fn blips(&mut self, from: Instant, length: Duration) {
        let (behaviour, hour) = (self.means.scenario.behaviour, self.means.minutes(60.0));
        for at in 0..self.seats.len() {
            if let Some(due) = self.gap(behaviour.reloads, hour).filter(|due| *due < length) {
                self.plan(from + due, Wish::Reload(at));
            }
            if let Some(due) = self.gap(behaviour.drop_offs, hour).filter(|due| *due < length) {
                self.plan(from + due, Wish::DropOff(at));
            }
        }
    }

    /// A member who is here, by a draw.
    pub(super) fn some_member(&mut self) -> Option<SeatId> {
        let here =
            |seat: &&super::seat::Seat| seat.stand == Stand::In && seat.role == LinkRole::Member;
        let members: Vec<SeatId> =
            self.seats.iter().filter(here).filter_map(|seat| seat.id).collect();
        let draw = self.rng.random_range(0..members.len().max(1));
        members.get(draw).copied()
    }
}
