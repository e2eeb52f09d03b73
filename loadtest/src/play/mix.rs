//! A steady mix in a room: its people are brought to one part, commands are due there at a rate
//! whatever becomes of earlier ones, and what came of them is told when everybody has everything.

use std::time::Duration;

use setroom_protocol::method::Kind;
use setroom_protocol::room::{Clock, Stage};
use setroom_protocol::{Command, ItemId, SeatId, TextKind};
use tokio::sync::oneshot;
use tokio::time::Instant;

use super::context::{Counts, count};
use super::intent::Intent;
use super::room_player::{Phase, RoomPlayer};
use super::scene::Scene;
use super::seat::{Seat, Stand, Text};
use crate::schedule::{Due, Load, Wish};

/// A load that a room is to play.
#[derive(Debug)]
pub(crate) struct Mixed {
    pub(crate) load: Load,
    /// Which of the load's rooms this one is.
    pub(crate) place: usize,
    pub(crate) start: Instant,
    /// How long stragglers are waited for after the last command.
    pub(crate) patience: Duration,
    /// Where it is told what came of it.
    pub(crate) done: oneshot::Sender<Counts>,
}

/// A room's part in a steady mix.
pub(super) struct Mix {
    /// The part that is played.
    part: u32,
    playing: Option<Playing>,
}

struct Playing {
    schedule: Box<dyn Iterator<Item = Due> + Send>,
    next: Option<Due>,
    start: Instant,
    /// When the last command has been sent: until when answers are waited for.
    until: Option<Instant>,
    patience: Duration,
    done: oneshot::Sender<Counts>,
}

impl Mix {
    pub(super) fn of(part: u32) -> Self {
        Self { part, playing: None }
    }

    /// Whether commands are due, or what is under way is waited for.
    pub(super) fn is_playing(&self) -> bool {
        self.playing.is_some()
    }
}

impl RoomPlayer {
    /// Whether what is sent and received now is measured: of a meeting all, of a mix its load.
    pub(super) fn measures(&self) -> bool {
        self.mix.as_ref().is_none_or(Mix::is_playing)
    }

    /// Brings the room to the part that is played, once all of its people are there.
    pub(super) fn set_out(&mut self) {
        let (Some(mix), Some(scene)) = (&self.mix, &self.seen.scene) else { return };
        if self.phase != Phase::Gathering || !self.complete() {
            return;
        }
        let command = if scene.stage != Stage::Running {
            Command::Start
        } else if scene.now.is_none_or(|now| now.part != mix.part) {
            Command::GoTo { part: mix.part }
        } else if scene.presenter.is_none() {
            Command::ChoosePresenter { seat: self.seats.get(1).and_then(|seat| seat.id) }
        } else {
            if self.settled(false) {
                self.phase = Phase::Meeting;
                self.tell_came(Ok(()));
            }
            return;
        };
        self.lead(self.now, command);
    }

    pub(super) fn tell_came(&mut self, came: Result<(), String>) {
        if let Some(tell) = self.came.take() {
            // Nobody who waits for it any more has been stopped.
            let _ = tell.send(came);
        }
    }

    /// Somebody did not get in, and so this room takes no part: its load would be another one.
    pub(super) fn give_up(&mut self, why: &str) {
        if self.phase != Phase::Gathering {
            return;
        }
        self.leave();
        let all = self.seats.len() as u64;
        self.counts = Counts { seats: all, not_in: all, ..Counts::default() };
        count(&mut self.counts.turned_away, why);
        self.tell_came(Err(why.to_owned()));
    }

    /// Begins a load. What it took to get here is no part of it.
    pub(super) fn begin_mix(&mut self, mixed: Mixed) {
        let Some(mix) = self.mix.as_mut().filter(|_| self.phase == Phase::Meeting) else { return };
        let Mixed { load, place, start, patience, done } = mixed;
        let schedule = Box::new(load.of_room(place));
        mix.playing = Some(Playing { schedule, next: None, start, until: None, patience, done });
        self.counts.commands = Default::default();
        self.counts.deliveries = Default::default();
        self.seats.iter_mut().for_each(Seat::count_afresh);
        self.plan_next();
    }

    fn playing(&mut self) -> Option<&mut Playing> {
        self.mix.as_mut()?.playing.as_mut()
    }

    fn plan_next(&mut self) {
        let Some(playing) = self.playing() else { return };
        playing.next = playing.schedule.next();
        match playing.next.map(|due| playing.start + due.at) {
            Some(at) => self.timetable.plan(at, Intent::Mix),
            None => self.end_mix(),
        }
    }

    /// Nothing more is sent; what is under way is waited for.
    pub(super) fn end_mix(&mut self) {
        let now = self.now;
        let Some(playing) = self.playing() else { return };
        let until = *playing.until.get_or_insert(now + playing.patience);
        playing.next = None;
        self.timetable.plan(until, Intent::Look);
    }

    /// The next command is due.
    pub(super) fn mix_due(&mut self, at: Instant) {
        let Some(playing) = self.playing() else { return };
        let Some(due) = playing.next.take() else { return };
        // It is read again only when somebody is about to press something.
        let scene = self.seen.scene.take();
        let scene = scene.or_else(|| self.scene());
        if let Some(scene) = scene {
            match act(&due, &self.seats, &scene) {
                Act::Ask(seat, command) => self.ask_once(seat, at, command),
                Act::Write(seat) => self.write_name_again(seat, at, &due),
            }
            self.seen.scene = Some(scene);
        }
        self.plan_next();
    }

    /// Asks when they are there. What somebody would have done who is not is due, and not sent; whom
    /// the test itself has cut off has nothing to press.
    fn ask_once(&mut self, at: usize, due: Instant, command: Command) {
        let Some(seat) = self.seats.get(at) else { return };
        let cut = seat.down.is_some_and(|down| down.fault.is_some());
        self.counts.commands.due += u64::from(seat.stand == Stand::In || !cut);
        if seat.stand == Stand::In {
            self.put_out(at, due, command, true);
        }
    }

    /// The next revision of somebody's name; a tick instead while the last one is not answered,
    /// because its number and revision are not sure yet.
    fn write_name_again(&mut self, at: usize, due: Instant, draw: &Due) {
        let Some(seat) = self.seats.get_mut(at) else { return };
        let may = seat.stand == Stand::In && seat.texts.is_empty() && !seat.writes();
        let Some(id) = seat.id.filter(|_| may) else {
            let on = draw.draw.is_multiple_of(2);
            return self.ask_once(at, due, Command::Tick { on });
        };
        self.counts.commands.due += 1;
        // A name's id is its seat's.
        let items = self.ledger.shared.get("items");
        let rev = items.and_then(|items| items.get(id.to_string())?.get("rev")?.as_u64());
        let rev = u32::try_from(rev.unwrap_or_default()).unwrap_or(u32::MAX).saturating_add(1);
        let name = Text::new(due, TextKind::Name, ItemId::from_bytes(*id.as_bytes()));
        seat.texts.push_back(Text { rev, once: true, ..name });
        self.next_text(at);
    }

    /// Tells what came of the load, once everybody has everything or was waited for in vain.
    pub(super) fn tell_of_mix(&mut self) {
        let until = self.mix.as_ref().and_then(|mix| mix.playing.as_ref()?.until);
        let Some(until) = until else { return };
        let settled = self.settled(false);
        if !settled && self.now < until {
            return;
        }
        let Some(playing) = self.mix.as_mut().and_then(|mix| mix.playing.take()) else { return };
        for at in 0..self.seats.len() {
            self.tally(at);
        }
        self.seats.iter_mut().for_each(Seat::count_afresh);
        self.ledger.news = true;
        self.counts.settled = settled;
        // Nobody who waits for it any more has been stopped.
        let _ = playing.done.send(std::mem::take(&mut self.counts));
    }
}

/// What becomes of a wish.
#[derive(Clone, Debug, PartialEq)]
enum Act {
    /// This seat asks for this.
    Ask(usize, Command),
    /// This seat writes the next revision of its name.
    Write(usize),
}

/// Decides it. The scene may be a moment old, so the server may still refuse.
fn act(due: &Due, seats: &[Seat], scene: &Scene) -> Act {
    let id = |seat: usize| seats.get(seat).and_then(|seat| seat.id);
    match due.wish {
        Wish::Hand => hand(due, id(due.seat), scene),
        Wish::Defer => {
            let rank = |id: SeatId| scene.queue.get(&id).map(|hand| hand.rank);
            let own = id(due.seat).and_then(rank);
            if own.is_some() && own < scene.queue.values().map(|hand| hand.rank).max() {
                Act::Ask(due.seat, Command::DeferHand)
            } else {
                hand(due, id(due.seat), scene)
            }
        }
        Wish::EndTurn => {
            let asking = scene.asking.map(|asking| asking.seat);
            match asking.and_then(|of| seats.iter().position(|seat| seat.id == Some(of))) {
                // The facilitator may end any turn, the asker their own.
                Some(_) if due.draw.is_multiple_of(2) => Act::Ask(0, Command::EndTurn),
                Some(seat) => Act::Ask(seat, Command::EndTurn),
                None => hand(due, id(due.seat), scene),
            }
        }
        Wish::Tick => tick(due.seat, id(due.seat), scene),
        Wish::Clock if matches!(scene.clock, Clock::Paused { .. }) => Act::Ask(0, Command::Resume),
        Wish::Clock => Act::Ask(0, Command::Pause),
        Wish::AddTime => {
            let minutes = if due.draw.is_multiple_of(2) { 1 } else { -1 };
            Act::Ask(0, Command::AddTime { minutes })
        }
        Wish::Write => Act::Write(due.seat),
    }
}

fn hand(due: &Due, id: Option<SeatId>, scene: &Scene) -> Act {
    let seat = due.seat;
    if id.is_some() && id == scene.presenter {
        return tick(seat, id, scene);
    }
    if id.is_some() && id == scene.asking.map(|asking| asking.seat) {
        return Act::Ask(seat, Command::EndTurn);
    }
    if id.is_some_and(|id| scene.queue.contains_key(&id)) {
        return Act::Ask(seat, Command::LowerHand { seat: None });
    }
    let kind = match due.draw % 4 {
        0 => None,
        1 => Some(Kind::Explore),
        2 => Some(Kind::Challenge),
        _ => Some(Kind::Process),
    };
    Act::Ask(seat, Command::RaiseHand { kind, seat: None })
}

fn tick(seat: usize, id: Option<SeatId>, scene: &Scene) -> Act {
    let on = id.and_then(|id| scene.seats.get(&id)).is_some_and(|person| person.tick);
    Act::Ask(seat, Command::Tick { on: !on })
}
