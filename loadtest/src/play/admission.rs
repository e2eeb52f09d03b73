//! Coming in: the set is made, people knock with their link and a sealed name, the facilitator
//! checks each knock and hands out the key, and whoever is in writes their name.

use std::collections::BTreeSet;
use std::time::Duration;

use rand::rngs::StdRng;
use rand::{RngExt as _, SeedableRng as _};
use serde::Deserialize;
use serde_json::Value;
use setroom_protocol::room::Stage;
use setroom_protocol::view::KnockView;
use setroom_protocol::{Command, DeviceId, ItemId, LinkRole, Mode, SeatId, ServerFrame, TextKind};
use tokio::net::TcpStream;

use super::context::count;
use super::intent::Intent;
use super::ledger::Ledger;
use super::part::Seen;
use super::receive::Snapshot;
use super::room_player::{Fetched, Phase, RoomPlayer};
use super::seat::{Seat, Stand, Text};
use super::ws_client::WsClient;
use crate::refusal;
use setroom_client::Sequence;
use setroom_client::{ClientError, DialError, Edits, Keyring, Links, Logs, Rekeying, create_set};

/// The longest pause between two attempts.
pub(super) const LONGEST_PAUSE: Duration = Duration::from_secs(15);
/// The longest first pause.
pub(super) const FIRST_PAUSE: Duration = Duration::from_millis(250);
/// How long a meeting waits for people who do not come.
const PATIENCE: Duration = Duration::from_secs(60);
/// People of a set that follows another in the same room come within this time.
const NEXT_WITHIN: Duration = Duration::from_secs(5);

/// Who is at the door of a set, and what whoever lets them in needs.
#[derive(Debug, Default)]
pub(super) struct Admission {
    pub(super) links: Option<Box<Links>>,
    /// Browsers that are being let in.
    pub(super) admitting: Vec<DeviceId>,
    /// The roster's edits.
    pub(super) edits: Edits,
    /// Who was at the door when that was told last.
    pub(super) at_door: Vec<(DeviceId, KnockView)>,
}

impl RoomPlayer {
    /// A new set begins, now or when the scenario opens this room.
    pub(super) fn open_set(&mut self) {
        let first = !self.counted;
        let scenario = &self.context.run.scenario;
        let arrival = scenario.arrival;
        let rooms = f64::from(scenario.rooms.max(1));
        let people = scenario.people;
        let open = arrival.open.mul_f64(self.index as f64 / rooms);
        let opened = if first { self.context.start + open } else { self.now };
        self.seats.clear();
        let counts = [
            (LinkRole::Host, 1),
            (LinkRole::CoFacilitator, people.co_facilitators),
            (LinkRole::Member, people.members),
            (LinkRole::Observer, people.observers),
        ];
        for (role, count) in counts {
            for _ in 0..count {
                let late = role == LinkRole::Member && self.dice.chance(arrival.late);
                self.seats.push(Seat::new(role, late));
            }
        }
        // A meeting needs somebody to present.
        if let Some(member) = self.seats.iter_mut().find(|seat| seat.role == LinkRole::Member) {
            member.late = false;
        }
        self.ledger = Ledger::default();
        self.admission = Admission::default();
        self.seen = Seen::default();
        self.fresh.clear();
        self.phase = Phase::Gathering;
        self.met = 1;
        self.timetable.plan(opened, Intent::Create);
        let within = if first { arrival.within } else { arrival.within.min(NEXT_WITHIN) };
        let from = match first && arrival.together {
            true => self.context.start + arrival.open,
            false => opened,
        };
        if self.mix.is_some() {
            // Its members come when there is a key for them, and it waits for nobody else.
            self.timetable.plan(opened.max(self.now) + within + PATIENCE, Intent::Start);
            return;
        }
        for at in 1..self.seats.len() {
            if self.seats.get(at).is_some_and(|seat| !seat.late) {
                let due = from + self.dice.within(within);
                self.timetable.plan(due, Intent::Arrive(at));
            }
        }
        self.timetable.plan(from + within + PATIENCE, Intent::Start);
    }

    pub(super) fn create(&mut self) {
        let Some(dial) = self.context.dial(self.index) else { return };
        if let Some(host) = self.seats.first_mut().filter(|_| self.mix.is_none()) {
            host.due = Some(self.now);
        }
        let seed = self.dice.fresh.random();
        let plan = self.context.run.scenario.plan.clone();
        let template = self.context.run.scenario.template.clone();
        self.under_way.push(Box::pin(async move {
            let mut rng = StdRng::seed_from_u64(seed);
            Fetched::Created(create_set(&dial, &plan, &template, Mode::Set, &mut rng).await)
        }));
    }

    pub(super) fn created(&mut self, created: Result<Links, ClientError>) {
        match created {
            Ok(links) => {
                self.admission.links = Some(Box::new(links));
                self.arrive(0);
            }
            Err(error) => {
                self.turned_away(&error);
                let pause = self.pause(0);
                self.timetable.plan(self.now + pause, Intent::Create);
            }
        }
    }

    /// Somebody goes to the door, unless there is none yet: then as soon as there is.
    pub(super) fn arrive(&mut self, at: usize) {
        if self.phase == Phase::Done || self.stage() == Some(Stage::Closed) {
            return;
        }
        let now = self.now;
        let Some(seat) = self.seats.get_mut(at) else { return };
        seat.due.get_or_insert(now);
        let Some(links) = &self.admission.links else {
            self.timetable.plan(now + Duration::from_millis(20), Intent::Arrive(at));
            return;
        };
        if seat.keyring.is_none() {
            let keyring =
                Keyring::new(links.of(seat.role), self.context.run.sealing(), &mut self.dice.fresh);
            seat.keyring = Some(Box::new(keyring));
        }
        self.dial(at, Stand::Dialling);
    }

    /// Begins to reach the server.
    pub(super) fn dial(&mut self, at: usize, stand: Stand) {
        let Some(dial) = self.context.dial(self.index) else { return };
        let Some(seat) = self.seats.get_mut(at) else { return };
        seat.stand = stand;
        self.under_way.push(Box::pin(async move { Fetched::Line(at, dial.open().await) }));
    }

    /// The server was reached, or not.
    pub(super) fn reached(&mut self, at: usize, line: Result<(TcpStream, String), DialError>) {
        let (stream, first) = match line {
            Ok(line) => line,
            Err(error) => {
                if self.seats.get(at).is_some_and(|seat| seat.stand == Stand::Dialling) {
                    self.turned_away(&ClientError::Dial(error));
                }
                self.try_again(at);
                return;
            }
        };
        let Some(seat) = self.seats.get_mut(at) else { return };
        let Some(keyring) = &seat.keyring else { return };
        let frame = match seat.stand {
            Stand::Dialling => {
                seat.stand = Stand::Knocking;
                let Ok(ServerFrame::Hello { challenge, .. }) = serde_json::from_str(&first) else {
                    self.counts.unreadable += 1;
                    return;
                };
                keyring.knock(&format!("Person {at}"), &challenge, &mut self.dice.fresh)
            }
            Stand::Away => {
                seat.stand = Stand::Returning;
                // A page that is loaded again, and one that lost its line, both know their place.
                let since = (seat.got.last > 0).then_some(setroom_protocol::Seq(seat.got.last));
                Ok(keyring.come_back(since))
            }
            Stand::Out | Stand::Knocking | Stand::In | Stand::Returning | Stand::Gone => return,
        };
        let Ok(frame) = frame else { return };
        let mut line =
            WsClient::new(stream, &first, self.context.run.logs.as_ref().map(Logs::line));
        line.send(&serde_json::to_string(&frame).unwrap_or_default(), self.dice.fresh.random());
        seat.line = Some(line);
        self.context.recorder.opened();
    }

    /// How long to wait before attempt number `attempt`: anything up to a growing bound, so that
    /// people who were cut off together do not come back together.
    pub(super) fn pause(&mut self, attempt: u32) -> Duration {
        let bound = FIRST_PAUSE.saturating_mul(1 << attempt.min(10)).min(LONGEST_PAUSE);
        self.dice.within(bound)
    }

    pub(super) fn try_again(&mut self, at: usize) {
        let Some(seat) = self.seats.get_mut(at) else { return };
        let (attempt, first) = (seat.attempts, seat.id.is_none());
        seat.attempts += 1;
        seat.stand = if first { Stand::Out } else { Stand::Away };
        let hint = seat.hint_ms.take().map(Duration::from_millis);
        let pause = hint.unwrap_or_else(|| self.pause(attempt));
        let intent = if first { Intent::Arrive(at) } else { Intent::ComeBack(at) };
        self.timetable.plan(self.now + pause, intent);
    }

    /// Somebody was refused before they were in.
    pub(super) fn turned_away(&mut self, error: &ClientError) {
        let name = refusal::name(error);
        let fault = self.context.faults.blame(self.context.server(self.index), self.now);
        if self.mix.is_some() {
            self.give_up(&name);
        } else if fault.is_none() {
            count(&mut self.counts.turned_away, &name);
        }
    }

    /// Who knocks, as a facilitator sees it: everybody with a genuine knock is let in.
    pub(super) fn knocks(&mut self, at: usize, knocks: Vec<(DeviceId, KnockView)>) {
        if self.leader() != Some(at) {
            // Nobody has a key to hand out yet, or somebody else lets them in.
            self.admission.at_door = knocks;
            return;
        }
        self.admission
            .admitting
            .retain(|device| knocks.iter().any(|(knocking, _)| knocking == device));
        for (device, knock) in &knocks {
            if self.admission.admitting.contains(device) {
                continue;
            }
            let Some(keyring) = self.seats.get_mut(at).and_then(|seat| seat.keyring.as_mut())
            else {
                break;
            };
            // A knock that is not genuine is left at the door, and its owner is missed.
            if keyring.check_knock(*device, knock).is_err() {
                continue;
            }
            let admission =
                keyring.admit(knock, None, &self.admission.edits, None, &mut self.dice.fresh);
            let Ok((grant, edit)) = admission else { continue };
            self.admission.admitting.push(*device);
            let admit = Command::Admit { device: *device, grant, seat: None, edit: Some(edit) };
            self.ask(at, self.now, admit);
        }
        self.admission.at_door = knocks;
    }

    /// Somebody has the view for the first time.
    pub(super) fn entered(&mut self, at: usize, snapshot: Snapshot) {
        let Ok(own) = Own::deserialize(&snapshot.own) else { return };
        let epoch = snapshot.shared.get("epoch").and_then(Value::as_u64).unwrap_or_default();
        let Some(seat) = self.seats.get_mut(at) else { return };
        let Some(keyring) = &mut seat.keyring else { return };
        seat.id = Some(own.seat);
        seat.stand = Stand::In;
        seat.asks_time = self.context.run.logs.is_some();
        let epoch = u32::try_from(epoch).unwrap_or_default();
        let host = seat.role == LinkRole::Host;
        let grant = own.grant.as_ref();
        match grant.map(|grant| keyring.take_grant(grant, epoch, &self.admission.edits)) {
            Some(Ok(())) => seat.keyed = true,
            Some(Err(_)) => seat.same = false,
            // The host makes the first key.
            None => {}
        }
        seat.got = Sequence::after(snapshot.seq);
        seat.base = snapshot.seq;
        let due = seat.due.take();
        let since = self.now;
        if let Some(due) = due {
            let took = since.saturating_duration_since(due);
            self.context.recorder.joined(self.index, took, since);
            self.context.joined.send_modify(|joined| *joined += 1);
        }
        if host {
            self.first_key(at);
        } else {
            self.write_name(at, own.seat);
        }
        if self.seats.get(at).is_some_and(|seat| seat.late || (self.mix.is_some() && !host)) {
            self.ask(at, since, Command::AgreeCharter);
        }
    }

    /// The host's browser makes the set's first key, then writes the title.
    fn first_key(&mut self, at: usize) {
        let (Some(seat), Some(links)) = (self.seats.get_mut(at), &self.admission.links) else {
            return;
        };
        let Some(keyring) = &mut seat.keyring else { return };
        keyring.learn(links.all().into_iter().cloned());
        let Some(id) = seat.id else { return };
        let meeting = self.ledger.shared.get("meeting").and_then(Value::as_str);
        let meeting = meeting.and_then(|meeting| meeting.parse().ok());
        let what = Rekeying {
            epoch: 0,
            edits: &self.admission.edits,
            stay: BTreeSet::from([keyring.device()]),
            seat: id,
            fresh: BTreeSet::new(),
            takes: None,
            meeting,
        };
        if let Ok(keys) = keyring.new_epoch(&what, &mut self.dice.fresh) {
            self.ask(at, self.now, Command::Rekey { keys });
        }
    }

    /// There is a key to seal with.
    pub(super) fn keyed(&mut self, at: usize) {
        let item = ItemId::from_bytes(self.dice.fresh.random());
        let now = self.now;
        let Some(seat) = self.seats.get_mut(at) else { return };
        seat.keyed = true;
        seat.texts.push_back(Text::new(now, TextKind::Title, item));
        if let Some(id) = seat.id {
            self.write_name(at, id);
        }
        if self.mix.is_some() {
            for at in 1..self.seats.len() {
                let due = now + self.dice.within(self.context.run.scenario.arrival.within);
                self.timetable.plan(due, Intent::Arrive(at));
            }
        }
        // Who knocked before there was a key to hand out.
        let waiting = std::mem::take(&mut self.admission.at_door);
        self.knocks(at, waiting);
    }

    fn write_name(&mut self, at: usize, id: SeatId) {
        let item = ItemId::from_bytes(*id.as_bytes());
        let now = self.now;
        if let Some(seat) = self.seats.get_mut(at) {
            seat.texts.push_back(Text::new(now, TextKind::Name, item));
        }
    }
}

/// What somebody who comes in needs of their own view.
#[derive(Deserialize)]
struct Own {
    seat: SeatId,
    #[serde(default)]
    grant: Option<setroom_protocol::Blob>,
}
