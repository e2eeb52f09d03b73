//! What all clients of a set said, put side by side.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;
use setroom_protocol::room::TurnState;
use setroom_protocol::{CommandId, DeviceId, Room, SeatId, limits};

use super::model::{Fields, fields, hash};
use crate::evidence::{Evidence, Time};
use crate::invariant::Invariant::{
    AcknowledgedOnce, HiddenUnseen, OneAtATime, OneState, TimeNeverRises, WithinLimits,
};
use crate::verdict::{Breach, Verdict};

/// How far two clients' ideas of the time may be apart, in microseconds.
const APART: i64 = 250_000;

/// A command that was sent.
#[derive(Clone, Debug)]
pub(super) struct Sent {
    pub(super) device: DeviceId,
    pub(super) name: String,
    /// The place on the screen that it was pressed on.
    pub(super) seen: u64,
    /// How often.
    pub(super) times: u32,
}

/// An acknowledgement.
#[derive(Clone, Copy, Debug)]
pub(super) struct Ack {
    pub(super) device: DeviceId,
    pub(super) seq: u64,
}

/// Somebody was told that a command is refused, and that the same again would be too.
#[derive(Clone, Copy, Debug)]
pub(super) struct Refused {
    pub(super) device: DeviceId,
    pub(super) cid: CommandId,
    /// The room had come to this place before it was asked.
    pub(super) by_then: u64,
}

/// A whole view that somebody had at a place.
#[derive(Clone, Debug)]
pub(super) struct Checkpoint {
    pub(super) device: DeviceId,
    /// Whether the room itself sent it whole.
    pub(super) fresh: bool,
    pub(super) shared: Option<Fields>,
    pub(super) own: Option<Fields>,
    /// The row that this own part must have come to at least: it was acknowledged before.
    pub(super) least: u64,
}

/// Where and from whom a view comes.
#[derive(Clone, Copy, Debug)]
pub(super) struct Seen {
    pub(super) device: DeviceId,
    pub(super) seq: u64,
    pub(super) fresh: bool,
    pub(super) least: u64,
}

/// Somebody was told that a browser at the door is said to be theirs.
#[derive(Clone, Copy, Debug)]
struct Claimed {
    device: DeviceId,
    seat: SeatId,
    knocks: DeviceId,
    seq: Option<u64>,
}

/// What everybody must see alike at every place.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Face {
    pub(super) presenter: Option<String>,
    pub(super) asking: Option<String>,
    pub(super) clock: Value,
    /// Whether the room holds.
    pub(super) hold: bool,
    /// Turns of the round that are now.
    pub(super) turns: usize,
}

impl Face {
    pub(super) fn of(shared: &Value) -> Self {
        let text = |at: &str| shared.pointer(at).and_then(Value::as_str).map(str::to_owned);
        let round = shared.get("round").and_then(Value::as_object);
        let now = |turn: &&Value| turn.get("is").and_then(Value::as_str) == Some("now");
        Self {
            presenter: text("/presenter"),
            asking: text("/asking/seat"),
            clock: shared.get("clock").cloned().unwrap_or_default(),
            hold: shared.get("hold").is_some(),
            turns: round.map_or(0, |round| round.values().filter(now).count()),
        }
    }

    /// How the meeting stands in a room.
    pub(super) fn of_room(room: &Room) -> Self {
        let meeting = room.meeting();
        let now = &meeting.now;
        Self {
            presenter: now.presenter.map(|seat| seat.to_string()),
            asking: now.asking.map(|asking| asking.seat.to_string()),
            clock: serde_json::to_value(now.clock).unwrap_or_default(),
            hold: meeting.hold.is_some(),
            turns: now.round.values().filter(|turn| turn.is == TurnState::Now).count(),
        }
    }

    fn runs(&self) -> bool {
        self.clock.get("is").and_then(Value::as_str) == Some("running")
    }

    /// The moment its clock ends, or the time that is left on it, in milliseconds.
    fn time(&self) -> Option<i64> {
        self.clock.get("ends_at").or_else(|| self.clock.get("left_ms")).and_then(Value::as_i64)
    }
}

/// The place of a sample of the server's clock: it showed so much more than the client's, in
/// microseconds, at least and at most.
#[derive(Clone, Copy, Debug)]
struct Sample {
    device: DeviceId,
    least: i64,
    most: i64,
}

/// What all clients said.
#[derive(Debug, Default)]
pub(super) struct CrossClient {
    pub(super) sent: BTreeMap<CommandId, Sent>,
    pub(super) acks: BTreeMap<CommandId, Ack>,
    /// Who was told that a command is refused for good.
    pub(super) refused: Vec<Refused>,
    pub(super) checkpoints: BTreeMap<u64, Vec<Checkpoint>>,
    pub(super) faces: BTreeMap<u64, (Face, DeviceId)>,
    /// By place, and from whom hands are hidden before it and after it: each has its form.
    changes: BTreeMap<(u64, [bool; 2]), (u64, DeviceId)>,
    lines: BTreeMap<(SeatId, u64), usize>,
    /// How many own parts came at a place, by browser and connection.
    pub(super) owns: BTreeMap<u64, BTreeMap<(DeviceId, u64), usize>>,
    /// The seat that each browser was told is its own.
    pub(super) seats: BTreeMap<DeviceId, SeatId>,
    /// Browsers that have shown at the door that they hold their private key.
    pub(super) proven: BTreeSet<DeviceId>,
    /// Who was asked whether a browser at the door is theirs.
    asked: BTreeSet<(DeviceId, SeatId)>,
    claims: Vec<Claimed>,
    samples: Vec<Sample>,
    /// Whether what clients are told of the time can be compared with their own.
    machine_time: bool,
}

impl CrossClient {
    pub(super) fn new(evidence: &Evidence) -> Self {
        Self { machine_time: evidence.time == Time::Machine, ..Self::default() }
    }

    /// Somebody sent a command, or sent it again.
    pub(super) fn sent(&mut self, device: DeviceId, cid: CommandId, name: &str, seen: u64) {
        let first = || Sent { device, name: name.to_owned(), seen, times: 0 };
        self.sent.entry(cid).or_insert_with(first).times += 1;
    }

    /// Somebody was told that a command is done.
    pub(super) fn done(&mut self, device: DeviceId, cid: CommandId, seq: u64, to: &mut Verdict) {
        let known = self.acks.entry(cid).or_insert(Ack { device, seq });
        if known.seq != seq {
            let what = format!("a repeat was acknowledged elsewhere than at {}", known.seq);
            to.add(Breach::of(AcknowledgedOnce, what).client(device).cid(cid).seq(seq));
        }
        if self.sent.get(&cid).is_none_or(|sent| sent.device != device) {
            let what = "an acknowledgement of what this client did not send";
            to.add(Breach::of(HiddenUnseen, what).client(device).cid(cid).seq(seq));
        }
    }

    /// Somebody was told of a change; everybody is told the same from whom hands are `hidden` alike, before
    /// it and after it.
    pub(super) fn change(
        &mut self,
        (device, hidden): (DeviceId, [bool; 2]),
        seq: u64,
        frame: &Value,
        to: &mut Verdict,
    ) {
        let hash = hash(frame);
        let (known, first) = self.changes.entry((seq, hidden)).or_insert((hash, device));
        if *known != hash {
            let what = format!("not the change that client {first} was told of");
            to.add(Breach::of(OneState, what).client(device).seq(seq));
        }
    }

    /// One more connection of this person got this change.
    pub(super) fn line(&mut self, seat: SeatId, seq: u64) {
        *self.lines.entry((seat, seq)).or_default() += 1;
    }

    /// How the meeting stood for somebody after a change.
    pub(super) fn face(&mut self, device: DeviceId, seq: u64, face: Face, to: &mut Verdict) {
        let bad = |what: &str| Breach::of(OneAtATime, what).client(device).seq(seq);
        if face.turns > 1 {
            to.add(bad("two turns of the round at once"));
        }
        if face.hold && face.runs() {
            to.add(bad("a clock runs while the room holds"));
        }
        match self.faces.get(&seq) {
            Some((known, first)) => compare(&face, known, (device, &first.to_string(), seq), to),
            None => drop(self.faces.insert(seq, (face, device))),
        }
    }

    /// Somebody's whole view at a place.
    pub(super) fn checkpoint(
        &mut self,
        Seen { device, seq, fresh, least }: Seen,
        shared: Option<&Value>,
        own: Option<&Value>,
    ) {
        let (shared, own) = (shared.map(fields), own.map(fields));
        let checkpoint = Checkpoint { device, fresh, shared, own, least };
        self.checkpoints.entry(seq).or_default().push(checkpoint);
    }

    /// A facilitator asked whoever sits there whether a browser at the door is theirs.
    pub(super) fn asked(&mut self, knocks: DeviceId, seat: SeatId) {
        self.asked.insert((knocks, seat));
    }

    /// Somebody was asked that.
    pub(super) fn claimed(
        &mut self,
        (device, seat): (DeviceId, SeatId),
        knocks: DeviceId,
        seq: Option<u64>,
    ) {
        self.claims.push(Claimed { device, seat, knocks, seq });
    }

    /// Nobody hears of a browser at the door but whoever a facilitator asked.
    pub(super) fn claims(&self, to: &mut Verdict) {
        for Claimed { device, seat, knocks, seq } in &self.claims {
            if !self.asked.contains(&(*knocks, *seat)) {
                let what = format!("asked about {knocks} at the door, where no facilitator asked");
                let breach = Breach::of(HiddenUnseen, what).client(*device);
                to.add(Breach { seq: *seq, ..breach });
            }
        }
    }

    /// The server's clock showed `at` milliseconds some time between two moments of the run.
    pub(super) fn clock(&mut self, device: DeviceId, at: u64, asked: u64, heard: u64) {
        let micros = |n: u64| i64::try_from(n).unwrap_or(i64::MAX);
        let at = micros(at.saturating_mul(1000));
        let (least, most) = (at - micros(heard), at + 999 - micros(asked));
        self.samples.push(Sample { device, least, most });
    }

    /// All clients can have the same idea of the time.
    pub(super) fn clocks(&self, to: &mut Verdict) {
        if !self.machine_time {
            return;
        }
        let latest = self.samples.iter().max_by_key(|sample| sample.least);
        let earliest = self.samples.iter().min_by_key(|sample| sample.most);
        if let (Some(latest), Some(earliest)) = (latest, earliest)
            && latest.least - earliest.most > APART
        {
            let by = (latest.least - earliest.most) / 1000;
            let what = format!("by {by} ms or more another time than client {}", earliest.device);
            to.add(Breach::of(TimeNeverRises, what).client(latest.device));
        }
    }

    /// Nobody had more connections than a person may have.
    pub(super) fn lines(&self, to: &mut Verdict) {
        let most = limits::CONNECTIONS_PER_SEAT;
        let over = self.lines.iter().filter(|(_, count)| **count > most);
        for ((seat, seq), count) in over {
            let what =
                format!("{count} connections of seat {seat} got a change, of at most {most}");
            to.add(Breach::of(WithinLimits, what).seq(*seq));
        }
    }
}

/// Two who should see the meeting alike.
pub(super) fn compare(
    face: &Face,
    known: &Face,
    (device, other, seq): (DeviceId, &str, u64),
    to: &mut Verdict,
) {
    let differs = |invariant, what: String| Breach::of(invariant, what).client(device).seq(seq);
    if face.presenter != known.presenter {
        let (one, two) = (named(&face.presenter), named(&known.presenter));
        let what = format!("{one} presents here and {two} for {other}");
        to.add(differs(OneAtATime, what));
    }
    if face.asking != known.asking {
        let (one, two) = (named(&face.asking), named(&known.asking));
        let what = format!("{one} has the floor here and {two} for {other}");
        to.add(differs(OneAtATime, what));
    }
    if face.runs() != known.runs() {
        to.add(differs(OneAtATime, format!("the clock runs here or for {other}, not for both")));
    }
    let apart = match (face.time(), known.time()) {
        (Some(one), Some(two)) => (one - two).abs() * 1000,
        (None, None) => 0,
        (Some(_), None) | (None, Some(_)) => i64::MAX,
    };
    if apart > APART {
        to.add(differs(TimeNeverRises, format!("another time left than for {other}")));
    }
}

fn named(seat: &Option<String>) -> &str {
    seat.as_deref().unwrap_or("nobody")
}
