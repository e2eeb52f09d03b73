//! Coming in: the set is made, people knock with their link and a sealed name, the facilitator
//! checks each knock and hands out the key, and whoever is in writes their name.

use std::collections::BTreeSet;
use std::time::Duration;

use rand::rngs::StdRng;
use rand::{RngExt as _, SeedableRng as _};
use serde_json::Value;
use setroom_protocol::room::Stage;
use setroom_protocol::view::KnockView;
use setroom_protocol::{Command, DeviceId, ItemId, LinkRole, Mode, SeatId, ServerFrame, TextKind};
use tokio::net::TcpStream;

use super::books::{Books, lean};
use super::line::Line;
use super::means::count;
use super::receive::Snapshot;
use super::room::{Fetched, Phase, Room};
use super::seat::{Seat, Stand, Text};
use super::wish::Wish;
use setroom_client::{ClientError, DialError, Keyring, Links, Logs, Rekeying, found_set};

/// The longest pause between two attempts.
pub(super) const LONGEST_PAUSE: Duration = Duration::from_secs(15);
/// The longest first pause.
pub(super) const FIRST_PAUSE: Duration = Duration::from_millis(250);
/// How long a meeting waits for people who do not come.
const PATIENCE: Duration = Duration::from_secs(60);
/// People of a set that follows another in the same room come within this time.
const NEXT_WITHIN: Duration = Duration::from_secs(5);

impl Room {
    /// A new set begins, now or when the scenario opens this room.
    pub(super) fn open_set(&mut self) {
        let first = !self.told;
        let scenario = &self.means.scenario;
        let arrival = scenario.arrival;
        let rooms = f64::from(scenario.rooms.max(1));
        let people = scenario.people;
        let open = arrival.open.mul_f64(self.index as f64 / rooms);
        self.opened = if first { self.means.start + open } else { self.now };
        self.seats.clear();
        let counts = [
            (LinkRole::Host, 1),
            (LinkRole::CoFacilitator, people.co_facilitators),
            (LinkRole::Member, people.members),
            (LinkRole::Observer, people.observers),
        ];
        for (role, count) in counts {
            for _ in 0..count {
                let late = role == LinkRole::Member && self.chance(arrival.late);
                self.seats.push(Seat::new(role, late));
            }
        }
        // A meeting needs somebody to present.
        if let Some(member) = self.seats.iter_mut().find(|seat| seat.role == LinkRole::Member) {
            member.late = false;
        }
        self.books = Books::default();
        self.links = None;
        self.scene = None;
        (self.part_begun, self.asker_seen, self.turn_seen, self.called) = (None, None, None, None);
        self.admitting.clear();
        self.at_door.clear();
        self.fresh = None;
        self.phase = Phase::Gathering;
        self.plan(self.opened, Wish::Found);
        let within = if first { arrival.within } else { arrival.within.min(NEXT_WITHIN) };
        let from = match first && arrival.together {
            true => self.means.start + arrival.open,
            false => self.opened,
        };
        for at in 1..self.seats.len() {
            if self.seats.get(at).is_some_and(|seat| !seat.late) {
                let due = from + self.within(within);
                self.plan(due, Wish::Arrive(at));
            }
        }
        self.plan(from + within + PATIENCE, Wish::Start);
    }

    pub(super) fn found(&mut self) {
        let Some(dial) = self.means.dial(self.index) else { return };
        if let Some(host) = self.seats.first_mut() {
            host.due = Some(self.now);
        }
        let seed = self.fresh_rng.random();
        let plan = self.means.scenario.plan.clone();
        let template = self.means.scenario.template.clone();
        self.under_way.push(Box::pin(async move {
            let mut rng = StdRng::seed_from_u64(seed);
            Fetched::Founded(found_set(&dial, &plan, &template, Mode::Set, &mut rng).await)
        }));
    }

    pub(super) fn founded(&mut self, founded: Result<Links, ClientError>) {
        match founded {
            Ok(links) => {
                self.links = Some(Box::new(links));
                self.arrive(0);
            }
            Err(error) => {
                self.turned_away(&error.to_string(), of_founding(&error));
                let pause = self.pause(0);
                self.plan(self.now + pause, Wish::Found);
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
        let Some(links) = &self.links else {
            self.plan(now + Duration::from_millis(20), Wish::Arrive(at));
            return;
        };
        if seat.keyring.is_none() {
            let keyring =
                Keyring::new(links.of(seat.role), self.means.sealing, &mut self.fresh_rng);
            seat.keyring = Some(Box::new(keyring));
        }
        self.dial(at, Stand::Dialling);
    }

    /// Begins to reach the server.
    pub(super) fn dial(&mut self, at: usize, stand: Stand) {
        let Some(dial) = self.means.dial(self.index) else { return };
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
                    self.turned_away(&error.to_string(), of_dial(&error));
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
                keyring.knock(&format!("Person {at}"), &challenge, &mut self.fresh_rng)
            }
            Stand::Away => {
                seat.stand = Stand::Returning;
                // A page that is loaded again, and one that lost its line, both know their place.
                seat.since_asked = seat.got.last() > 0;
                let since = seat.since_asked.then(|| setroom_protocol::Seq(seat.got.last()));
                Ok(keyring.come_back(since))
            }
            Stand::Out | Stand::Knocking | Stand::In | Stand::Returning | Stand::Gone => return,
        };
        let Ok(frame) = frame else { return };
        let mut line = Line::new(stream, &first, self.means.logs.as_ref().map(Logs::line));
        line.send(&serde_json::to_string(&frame).unwrap_or_default(), self.fresh_rng.random());
        seat.line = Some(line);
        self.means.recorder.opened();
    }

    /// How long to wait before attempt number `attempt`: anything up to a growing bound, so that
    /// people who were cut off together do not come back together.
    pub(super) fn pause(&mut self, attempt: u32) -> Duration {
        let bound = FIRST_PAUSE.saturating_mul(1 << attempt.min(10)).min(LONGEST_PAUSE);
        self.within(bound)
    }

    pub(super) fn try_again(&mut self, at: usize) {
        let Some(seat) = self.seats.get_mut(at) else { return };
        let (attempt, first) = (seat.attempts, seat.id.is_none());
        seat.attempts += 1;
        seat.stand = if first { Stand::Out } else { Stand::Away };
        let hint = seat.hint_ms.take().map(Duration::from_millis);
        let pause = hint.unwrap_or_else(|| self.pause(attempt));
        let wish = if first { Wish::Arrive(at) } else { Wish::ComeBack(at) };
        self.plan(self.now + pause, wish);
    }

    /// A connection was refused before there was one.
    fn turned_away(&mut self, sentence: &str, limit: Option<String>) {
        let name = limit.unwrap_or_else(|| sentence.to_owned());
        let blamed = self.means.faults.blame(self.means.server(self.index), self.now).is_some();
        if !blamed {
            count(&mut self.counts.turned_away, &name);
        }
    }

    /// Who knocks, as a facilitator sees it: everybody with a genuine knock is let in.
    pub(super) fn knocks(&mut self, at: usize, knocks: Vec<(DeviceId, KnockView)>) {
        if self.leader() != Some(at) {
            // Nobody has a key to hand out yet, or somebody else lets them in.
            self.at_door = knocks;
            return;
        }
        self.admitting.retain(|device| knocks.iter().any(|(knocking, _)| knocking == device));
        for (device, knock) in &knocks {
            if self.admitting.contains(device) {
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
            let admission = keyring.admit(knock, None, &self.edits, None, &mut self.fresh_rng);
            let Ok((grant, edit)) = admission else { continue };
            self.admitting.push(*device);
            let admit = Command::Admit { device: *device, grant, seat: None, edit: Some(edit) };
            self.ask(at, self.now, admit);
        }
        self.at_door = knocks;
    }

    /// Somebody has the view for the first time.
    pub(super) fn entered(&mut self, at: usize, snapshot: Snapshot) {
        let Some(own) = Own::of(&snapshot.own) else { return };
        let epoch = snapshot.shared.get("epoch").and_then(Value::as_u64).unwrap_or_default();
        let Some(seat) = self.seats.get_mut(at) else { return };
        let Some(keyring) = &mut seat.keyring else { return };
        seat.id = Some(own.seat);
        seat.stand = Stand::In;
        seat.asks_time = self.means.logs.is_some();
        let epoch = u32::try_from(epoch).unwrap_or_default();
        let host = seat.role == LinkRole::Host;
        let grant = own.grant.as_ref();
        match grant.map(|grant| keyring.take_grant(grant, epoch, &self.edits)) {
            Some(Ok(())) => seat.keyed = true,
            Some(Err(_)) => seat.same = false,
            // The host makes the first key.
            None => {}
        }
        seat.got = setroom_client::Sequence::after(snapshot.seq);
        seat.base = snapshot.seq;
        let due = seat.due.take();
        let since = self.now;
        if let Some(due) = due {
            let took = since.saturating_duration_since(due);
            self.means.recorder.joined(self.index, took, since);
            self.means.joined.send_modify(|joined| *joined += 1);
        }
        if host {
            self.first_key(at);
        } else {
            self.write_name(at, own.seat);
        }
        if self.seats.get(at).is_some_and(|seat| seat.late) {
            self.ask(at, since, Command::AgreeCharter);
        }
    }

    /// The host's browser makes the set's first key, then writes the title.
    fn first_key(&mut self, at: usize) {
        let (Some(seat), Some(links)) = (self.seats.get_mut(at), &self.links) else { return };
        let Some(keyring) = &mut seat.keyring else { return };
        keyring.learn(links.all().into_iter().cloned());
        let Some(id) = seat.id else { return };
        let what = Rekeying {
            epoch: 0,
            edits: &self.edits,
            stay: BTreeSet::from([keyring.device()]),
            seat: id,
            fresh: BTreeSet::new(),
        };
        if let Ok(keys) = keyring.new_epoch(&what, &mut self.fresh_rng) {
            self.ask_with(at, self.now, Command::Rekey { keys }, true);
        }
    }

    /// There is a key to seal with.
    pub(super) fn keyed(&mut self, at: usize) {
        let item = ItemId::from_bytes(self.fresh_rng.random());
        let now = self.now;
        let Some(seat) = self.seats.get_mut(at) else { return };
        seat.keyed = true;
        seat.texts.push_back(Text { due: now, kind: TextKind::Title, item, bid: None });
        if let Some(id) = seat.id {
            self.write_name(at, id);
        }
        // Who knocked before there was a key to hand out.
        let waiting = std::mem::take(&mut self.at_door);
        self.knocks(at, waiting);
    }

    fn write_name(&mut self, at: usize, id: SeatId) {
        let item = ItemId::from_bytes(*id.as_bytes());
        let now = self.now;
        if let Some(seat) = self.seats.get_mut(at) {
            seat.texts.push_back(Text { due: now, kind: TextKind::Name, item, bid: None });
        }
    }
}

/// What somebody who comes in needs of their own view.
#[derive(serde::Deserialize)]
struct Own {
    seat: SeatId,
    #[serde(default)]
    grant: Option<setroom_protocol::Blob>,
}

impl Own {
    fn of(own: &Value) -> Option<Self> {
        serde::Deserialize::deserialize(own).ok()
    }
}

/// The limit that refused a connection, as far as the answer names one.
fn of_dial(error: &DialError) -> Option<String> {
    let DialError::Status { body, .. } = error else { return None };
    code(body)
}

fn of_founding(error: &ClientError) -> Option<String> {
    let ClientError::Founding { body, .. } = error else { return None };
    code(body)
}

fn code(body: &str) -> Option<String> {
    let body: Value = serde_json::from_str(body).ok()?;
    Some(body.get("error")?.as_str()?.to_owned())
}

/// A snapshot's parts as they are kept.
pub(super) fn leaned(mut value: Value) -> Value {
    lean(&mut value);
    value
}
