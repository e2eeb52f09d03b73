//! What the people of a room look at as the meeting goes on, and what follows from it: a part or a
//! turn has begun, or somebody is to be called.

use rand::RngExt as _;
use serde_json::Value;
use setroom_protocol::method::HandRule;
use setroom_protocol::room::Stage;
use setroom_protocol::{LinkRole, SeatId, Timestamp};

use super::intent::{Deed, Intent};
use super::mix::Mix;
use super::part_draw::PartDraw;
use super::room_player::{Phase, RoomPlayer};
use super::scene::Scene;
use super::seat::{Seat, Stand};

/// Minutes that a question and its answer take.
const QUESTION_MINUTES: f64 = 0.75;

/// The view as it was looked at last, and what of it has been seen already.
#[derive(Debug, Default)]
pub(super) struct Seen {
    /// None before there is one, and while nobody has to look.
    pub(super) scene: Option<Box<Scene>>,
    part: Option<u64>,
    asker: Option<(SeatId, Timestamp)>,
    turn: Option<(SeatId, u64)>,
    pub(super) called: Option<(SeatId, u64)>,
}

impl RoomPlayer {
    /// Looks at what has changed, and plans what follows from it.
    pub(super) fn look(&mut self) {
        if std::mem::take(&mut self.ledger.news) {
            // While a steady mix is played, only who is about to press something looks.
            let idle = self.mix.as_ref().is_some_and(Mix::is_playing);
            self.seen.scene = None;
            if !idle {
                self.seen.scene = self.scene();
            }
            if let Some(scene) = self.seen.scene.take() {
                if scene.stage == Stage::Running
                    && self.phase == Phase::Meeting
                    && self.mix.is_none()
                {
                    self.react(&scene);
                }
                self.seen.scene = Some(scene);
            }
        }
        self.progress();
    }

    /// The view as it is, with the hands that whoever leads sees.
    pub(super) fn scene(&self) -> Option<Box<Scene>> {
        let sees = self.sees_hands().and_then(|at| self.seats.get(at));
        let hands = sees.and_then(|seat| seat.hands.as_deref());
        Scene::of(&self.ledger.shared, hands).map(Box::new)
    }

    /// Whose hands are looked at: those of whoever leads, or else of anybody who does not present.
    pub(super) fn sees_hands(&self) -> Option<usize> {
        let presents = self.ledger.shared.get("presenter").and_then(Value::as_str);
        let is_told = |seat: &Seat| {
            seat.stand == Stand::In && seat.id.is_some_and(|id| Some(&*id.to_string()) != presents)
        };
        self.leader().or_else(|| self.seats.iter().position(is_told))
    }

    fn react(&mut self, scene: &Scene) {
        let Some(now) = scene.now else { return };
        let part =
            usize::try_from(now.part).ok().and_then(|at| self.context.agenda.get(at).cloned());
        let Some(part) = part else { return };
        if self.seen.part != Some(scene.moved) {
            self.seen.part = Some(scene.moved);
            (self.seen.turn, self.seen.asker, self.seen.called) = (None, None, None);
            let draw = PartDraw {
                dice: &mut self.dice,
                timetable: &mut self.timetable,
                context: &self.context,
                seats: &self.seats,
                part: &part,
                moved: scene.moved,
                from: self.now,
            };
            draw.begin(scene);
        }
        let asking = scene.asking.map(|asking| (asking.seat, asking.since));
        if asking != self.seen.asker {
            self.seen.asker = asking;
            self.seen.called = None;
            if let Some((seat, _)) = asking
                && let Some(at) = self.seat_of(seat)
            {
                let takes = self.dice.about(self.context.minutes(QUESTION_MINUTES));
                self.timetable.plan(self.now + takes, Intent::Part(scene.moved, Deed::EndTurn(at)));
            }
        }
        let turn = scene.turn().map(|seat| (seat, scene.moved));
        if turn != self.seen.turn {
            self.seen.turn = turn;
            if let Some(at) = turn.and_then(|(seat, _)| self.seat_of(seat)) {
                let turns = u32::try_from(scene.round.len() + 1).unwrap_or(1);
                let takes = self.dice.about(self.context.part_length(&part) * 3 / 4 / turns);
                self.timetable
                    .plan(self.now + takes, Intent::Part(scene.moved, Deed::EndRoundTurn(at)));
            }
        }
        let first = scene.first_hand().map(|seat| (seat, scene.moved));
        if part.hand == HandRule::Turn && asking.is_none() && first != self.seen.called {
            self.seen.called = first;
            if first.is_some() {
                let takes = self.dice.about(self.context.minutes(0.1));
                self.timetable.plan(self.now + takes, Intent::Part(scene.moved, Deed::Call));
            }
        }
    }

    /// A member who is here, by a draw.
    pub(super) fn some_member(&mut self) -> Option<SeatId> {
        let here = |seat: &&Seat| seat.stand == Stand::In && seat.role == LinkRole::Member;
        let members: Vec<SeatId> =
            self.seats.iter().filter(here).filter_map(|seat| seat.id).collect();
        let draw = self.dice.play.random_range(0..members.len().max(1));
        members.get(draw).copied()
    }
}
