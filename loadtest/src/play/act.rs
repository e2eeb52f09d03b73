//! What becomes of an intent when it is due: a command that makes sense in the room as it is seen.
//! That may be a moment old, so the server may still refuse.

use std::time::Duration;

use rand::RngExt as _;
use serde_json::Value;
use setroom_protocol::command::{BidTerms, Saying};
use setroom_protocol::method::{By, Write};
use setroom_protocol::room::{Clock, HoldReason, Stage};
use setroom_protocol::{Command, ItemId, SeatId, TextKind};
use tokio::time::Instant;

use super::intent::{Deed, Intent, Press};
use super::room_player::{Phase, RoomPlayer};
use super::scene::Scene;
use super::seat::{Stand, Text};
use setroom_client::{Place, is_private};

/// What should have happened by now and has not is tried again after this time.
const GUARD: Duration = Duration::from_secs(2);
/// When nobody is there who could press it.
const NOBODY: Duration = Duration::from_millis(300);

impl RoomPlayer {
    /// Does what is due.
    pub(super) fn act(&mut self, due: Instant, intent: Intent) {
        match intent {
            Intent::Create => self.create(),
            Intent::Arrive(at) => self.arrive(at),
            Intent::ComeBack(at) => self.come_back(at),
            Intent::Reload(at) => self.reload(at),
            Intent::DropOff(at) => self.drop_off(at),
            Intent::Thaw(at) => self.thaw(at),
            Intent::Thawed(at) => self.thawed(at),
            Intent::Start if self.mix.is_some() => self.give_up("late"),
            Intent::Mix => self.mix_due(due),
            Intent::Start => {
                self.start(true);
                if self.phase == Phase::Gathering {
                    self.timetable.plan(self.now + GUARD, Intent::Start);
                }
            }
            Intent::Again(at) => {
                for asked in self.seats.get_mut(at).into_iter().flat_map(|seat| &mut seat.outbox) {
                    asked.sent = false;
                }
            }
            Intent::Look => {}
            Intent::Agree(at) => {
                let person = self.id(at).zip(self.seen.scene.as_ref());
                let person = person.and_then(|(id, scene)| scene.seats.get(&id));
                if self.phase == Phase::Meeting && person.is_some_and(|person| !person.agreed) {
                    self.ask(at, due, Command::AgreeCharter);
                }
            }
            Intent::Part(moved, deed) => {
                let Some(scene) = self.seen.scene.take() else { return };
                let on = self.phase == Phase::Meeting && scene.stage == Stage::Running;
                // What belongs to a part that is over is not done any more.
                if on && moved == scene.moved {
                    self.in_part(&scene, due, deed);
                }
                self.seen.scene.get_or_insert(scene);
            }
        }
    }

    fn in_part(&mut self, scene: &Scene, due: Instant, deed: Deed) {
        let up = |at: Option<SeatId>| at.is_some_and(|id| scene.queue.contains_key(&id));
        match deed {
            Deed::Hand(at, _) if up(self.id(at)) => {
                self.ask_if_here(at, due, Command::LowerHand { seat: None });
            }
            Deed::Hand(at, kind) => {
                self.ask_if_here(at, due, Command::RaiseHand { kind, seat: None });
            }
            Deed::Defer(at) if up(self.id(at)) => self.ask_if_here(at, due, Command::DeferHand),
            Deed::Defer(_) => {}
            Deed::EndTurn(at) => self.end_turn(scene, due, at),
            Deed::EndRoundTurn(at) => self.end_round_turn(scene, due, at),
            Deed::Call => {
                let (Some(seat), None) = (scene.first_hand(), scene.asking) else { return };
                self.lead(due, Command::Invite { seat });
                self.seen.called = None;
            }
            Deed::Tick(at) => {
                let person = self.id(at).and_then(|id| scene.seats.get(&id));
                let on = !person.is_some_and(|person| person.tick);
                self.ask_if_here(at, due, Command::Tick { on });
            }
            Deed::Write(at, write) => self.write(scene, due, at, write),
            Deed::Order => {
                let order = self.running_order(scene);
                self.lead(due, Command::SetOrder { order });
            }
            Deed::Present => {
                let seat = self.some_member().filter(|_| scene.presenter.is_none());
                if seat.is_some() {
                    self.lead(due, Command::ChoosePresenter { seat });
                }
            }
            Deed::Scribe => {
                let seat = self.some_member().filter(|_| scene.scribe.is_none());
                if seat.is_some() {
                    self.lead(due, Command::NameScribe { seat });
                }
            }
            Deed::Say => self.say(scene, due),
            Deed::Press(press) => self.press(scene, due, press),
            Deed::Move => self.move_on(scene, due),
        }
    }

    /// The presenter thinks, or needs a moment, and after a while is ready.
    fn say(&mut self, scene: &Scene, due: Instant) {
        let Some(at) = scene.presenter.and_then(|id| self.seat_of(id)) else { return };
        if scene.says.is_some() {
            self.ask_if_here(at, due, Command::Say { what: Saying::Ready });
            return;
        }
        let what = if self.dice.chance(0.5) { Saying::Thinking } else { Saying::NeedAMoment };
        self.ask_if_here(at, due, Command::Say { what });
        let later = due + self.dice.within(self.context.minutes(0.5));
        self.timetable.plan(later, Intent::Part(scene.moved, Deed::Say));
    }

    fn id(&self, at: usize) -> Option<SeatId> {
        self.seats.get(at).and_then(|seat| seat.id)
    }

    fn is_in(&self, at: usize) -> bool {
        self.seats.get(at).is_some_and(|seat| seat.stand == Stand::In)
    }

    /// Asks when they are there; what somebody only thought of doing while away is not done.
    fn ask_if_here(&mut self, at: usize, due: Instant, command: Command) {
        if self.is_in(at) {
            self.ask(at, due, command);
        }
    }

    /// Whoever leads presses it; false when nobody is there.
    pub(super) fn lead(&mut self, due: Instant, command: Command) -> bool {
        let leader = self.leader();
        if let Some(at) = leader {
            self.ask(at, due, command);
        }
        leader.is_some()
    }

    fn end_turn(&mut self, scene: &Scene, due: Instant, at: usize) {
        let (Some(asking), Some(id)) = (scene.asking, self.id(at)) else { return };
        if asking.seat != id {
            return;
        }
        let behaviour = self.context.run.scenario.behaviour;
        let presenter = scene.presenter.and_then(|id| self.seat_of(id));
        let presenter = presenter.filter(|_| scene.says.is_none() && scene.hold.is_none());
        match presenter.filter(|at| self.is_in(*at)) {
            Some(presenter) if self.dice.chance(behaviour.passes) => {
                self.ask(presenter, due, Command::Say { what: Saying::Pass });
            }
            Some(presenter) if self.dice.chance(behaviour.ready) => {
                self.ask(presenter, due, Command::Say { what: Saying::Ready });
            }
            _ if self.is_in(at) => self.ask(at, due, Command::EndTurn),
            _ => {
                self.lead(due, Command::EndTurn);
            }
        }
        self.timetable.plan(self.now + GUARD, Intent::Part(scene.moved, Deed::EndTurn(at)));
    }

    fn end_round_turn(&mut self, scene: &Scene, due: Instant, at: usize) {
        if scene.turn().is_none() || scene.turn() != self.id(at) {
            return;
        }
        if scene.hold.is_none() {
            let here = self.is_in(at);
            let passes = self.context.run.scenario.behaviour.passes;
            let command = if !here || self.dice.chance(passes) {
                Command::PassTurn
            } else if self.dice.chance(passes / 4.0) {
                Command::LaterTurn
            } else {
                Command::EndRoundTurn
            };
            if here {
                self.ask(at, due, command);
            } else {
                self.lead(due, command);
            }
        }
        self.timetable.plan(self.now + GUARD, Intent::Part(scene.moved, Deed::EndRoundTurn(at)));
    }

    /// The running order that the bids make: the most pressing first.
    fn running_order(&mut self, scene: &Scene) -> Vec<SeatId> {
        let slots = self.context.agenda.iter().filter_map(|part| part.slot).max();
        let slots = slots.map_or(0, |last| last as usize + 1);
        let items = self.ledger.shared.get("items").and_then(Value::as_object);
        let mut bids: Vec<(u64, SeatId)> = (items.into_iter().flatten())
            .filter_map(|(_, item)| {
                let pressing = item.get("bid")?.get("pressing")?.as_u64()?;
                Some((3_u64.saturating_sub(pressing), item.get("seat")?.as_str()?.parse().ok()?))
            })
            .collect();
        bids.sort_unstable();
        let mut order: Vec<SeatId> = bids.into_iter().map(|(_, seat)| seat).collect();
        for _ in 0..slots * 4 {
            let Some(member) = self.some_member() else { break };
            if order.len() < slots && !order.contains(&member) {
                order.push(member);
            }
        }
        order.retain(|seat| scene.seats.contains_key(seat));
        order.truncate(slots);
        order
    }

    fn write(&mut self, scene: &Scene, due: Instant, at: usize, write: Write) {
        let at = match write.by {
            By::Presenter => scene.presenter.and_then(|id| self.seat_of(id)),
            By::Scribe => scene.scribe.and_then(|id| self.seat_of(id)),
            By::Each | By::Members => Some(at),
        };
        let Some(at) = at else { return };
        let pressing = self.dice.play.random_range(1..=3);
        let bid = (write.kind == TextKind::Bid).then_some(BidTerms { pressing, minutes: 30 });
        // Not everybody wants to present.
        if bid.is_some() && self.dice.chance(0.5) {
            return;
        }
        let item = ItemId::from_bytes(self.dice.fresh.random());
        if let Some(seat) = self.seats.get_mut(at).filter(|seat| seat.stand == Stand::In) {
            seat.texts.push_back(Text { bid, ..Text::new(due, write.kind, item) });
        }
    }

    /// Seals and sends the next text of this person, once the one before is answered: each box
    /// names the one before it.
    pub(super) fn next_text(&mut self, at: usize) {
        let now = self.now;
        let Some(seat) = self.seats.get_mut(at) else { return };
        if seat.texts.is_empty() || !seat.keyed || seat.stand != Stand::In || seat.writes() {
            // It cannot be sent yet, so it is not due yet.
            seat.texts.iter_mut().for_each(|text| text.due = now);
            return;
        }
        let (Some(text), Some(id)) = (seat.texts.pop_front(), seat.id) else { return };
        let meeting = self.ledger.shared.get("meeting").and_then(Value::as_str);
        let Some(meeting) = meeting.and_then(|meeting| meeting.parse().ok()) else { return };
        let Some(keyring) = &mut seat.keyring else { return };
        let own = is_private(text.kind);
        if own && !keyring.has_own_key() {
            let key = keyring
                .follow(&self.admission.edits)
                .and_then(|()| keyring.own_key(id, None, &mut self.dice.fresh));
            let Ok(Some(key)) = key else { return };
            // The text goes out behind it, on the same line.
            self.ask(at, now, Command::OwnKey(key));
        }
        let Some(keyring) = self.seats.get(at).and_then(|seat| seat.keyring.as_ref()) else {
            return;
        };
        let Text { due, kind, item, bid, rev, once } = text;
        let place = Place { meeting, seat: id, kind, item, rev, own };
        match keyring.seal(&place, words(kind), bid, &mut self.dice.fresh) {
            Ok(put) if once => self.put_out(at, due, Command::Put(put), true),
            Ok(put) => self.ask(at, due, Command::Put(put)),
            Err(_) => {}
        }
    }

    fn press(&mut self, scene: &Scene, due: Instant, press: Press) {
        let paused = matches!(scene.clock, Clock::Paused { .. });
        let held = scene.hold.is_some();
        let (command, then) = match press {
            Press::Pause if !paused && !held => (Command::Pause, Some(Press::Resume)),
            Press::Resume if paused && !held => (Command::Resume, None),
            Press::More if !held => (Command::AddTime { minutes: 1 }, None),
            Press::Hold if !held => (Command::Hold, Some(Press::Release)),
            Press::Release if held => (Command::Release, None),
            Press::Quiet if !scene.silence => (Command::Silence { on: true }, Some(Press::Speak)),
            Press::Speak if scene.silence => (Command::Silence { on: false }, None),
            Press::Undo if scene.undo_until.is_some() && !held => (Command::Undo, None),
            Press::Land if scene.asking.is_some() => (Command::LetItLand, None),
            Press::Clear if !scene.queue.is_empty() => (Command::ClearQueue, None),
            Press::Pause
            | Press::Resume
            | Press::More
            | Press::Hold
            | Press::Release
            | Press::Quiet
            | Press::Speak
            | Press::Undo
            | Press::Land
            | Press::Clear => return,
        };
        let ends = matches!(press, Press::Resume | Press::Release | Press::Speak);
        if !self.lead(due, command) && ends {
            self.timetable.plan(self.now + NOBODY, Intent::Part(scene.moved, Deed::Press(press)));
        }
        if let Some(then) = then {
            let later = self.now + NOBODY + self.dice.within(self.context.minutes(0.5));
            self.timetable.plan(later, Intent::Part(scene.moved, Deed::Press(then)));
        }
    }

    fn move_on(&mut self, scene: &Scene, due: Instant) {
        if scene.hold.is_some() || self.leader().is_none() {
            // Whoever wishes to move on ends a hold that was asked for; the other kind ends by
            // itself.
            if scene.hold.is_some_and(|hold| hold.why == HoldReason::Asked) {
                self.lead(due, Command::Release);
            }
            self.timetable.plan(self.now + NOBODY, Intent::Part(scene.moved, Deed::Move));
            return;
        }
        let last = scene.now.is_some_and(|now| now.part as usize + 1 >= self.context.agenda.len());
        if last {
            self.finish();
        } else {
            self.lead(due, Command::Next);
            self.timetable.plan(self.now + GUARD, Intent::Part(scene.moved, Deed::Move));
        }
    }
}

/// What people write: as long as such texts are, and nobody's.
fn words(kind: TextKind) -> &'static str {
    match kind {
        TextKind::Name => "Person with a name",
        TextKind::Title => "Tuesday set",
        TextKind::Headline => "How do I lead a team that I was a member of until last month?",
        TextKind::Bid => "A decision about rotas that I keep putting off, and why I do.",
        TextKind::Action => {
            "Ask Sam for half an hour before Friday, say what I have noticed, and listen first."
        }
        TextKind::Question | TextKind::Scribe => {
            "What would be different if you were not the one who had to fix this?"
        }
        TextKind::Charter | TextKind::Skill | TextKind::Practice => "Ask before I advise.",
        TextKind::LearningQuestion | TextKind::Framework => {
            "How do people who cannot tell each other what to do still get something done together?"
        }
        TextKind::Sentence => "I say yes before I know what it costs.",
        TextKind::Learning | TextKind::Reflection => {
            "The quiet after the third question did more than the question."
        }
    }
}
