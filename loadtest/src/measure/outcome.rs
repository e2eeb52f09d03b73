//! Everything that a run measured, and nothing that follows from it. Several testers' outcomes of
//! one run merge into one; [`crate::report::Report`] is made from it.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::latency::Latency;
use super::machine::Machine;
use super::process::Reading;
use super::processes::Processes;
use super::timeline::Timeline;
use crate::refusal::{self, Kind};

/// What a run measured. Times count from the first packet of the run, which all testers of it sent
/// together.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Outcome {
    /// What was run.
    pub asked: Asked,
    /// The machines that it was run from, one for each tester.
    pub testers: Vec<Machine>,
    /// Whether it was stopped before its end.
    pub partial: bool,
    /// Testers whose part is missing, each with why.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub missing: Vec<String>,
    /// Seats that were to be taken, facilitators included.
    pub seats: u64,
    /// Of those, how many were never in.
    #[serde(default)]
    pub not_in: u64,
    /// Meetings that had not come to their end when the longest time for one was over.
    #[serde(default)]
    pub unfinished: u64,
    /// How long it took until everybody was in, in seconds.
    pub join_seconds: f64,
    /// When the measured part began, in seconds.
    pub load_began: f64,
    /// How long the measured part was, in seconds.
    pub load_seconds: f64,
    /// From the moment a command was due to its receipt, each seat's receipt a sample.
    pub latency: Latency,
    /// From a seat's first packet to its first snapshot, the admission included.
    pub joined: Latency,
    /// From a connection's end to its seat having everything again.
    pub back: Latency,
    /// From a command's due time to its sending: how late the tester was.
    pub late: Latency,
    /// What happened when.
    pub timeline: Timeline,
    /// Changes on their way to seats.
    pub deliveries: Deliveries,
    /// What was asked for.
    pub commands: Commands,
    /// Frames that could not be read.
    pub unreadable: u64,
    /// Connections that were cut and came back.
    pub reconnects: Reconnects,
    /// Merged views against fresh snapshots.
    pub views: Views,
    /// How connections ended that nobody meant to end, by close code and reason.
    pub ended: BTreeMap<String, u64>,
    /// Connections that were refused, by the limit that refused them.
    pub turned_away: BTreeMap<String, u64>,
    /// What was broken on purpose, in order.
    pub faults: Vec<FaultEffect>,
    /// What the tester's own system gave it.
    pub limits: Limits,
    /// Whether nothing answered any more where the server had been, when the load was over.
    #[serde(default)]
    pub unreachable: bool,
    /// Whether the server's process, which was watched, ended by itself on the way.
    #[serde(default)]
    pub process_ended: bool,
    /// What the server used, when its process was watched; if it ended, until then.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub server: Option<Watched>,
}

/// What a run was asked to be.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Asked {
    /// The server.
    pub url: String,
    /// The scenario's name, when one was played.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub scenario: Option<String>,
    /// What the scenario is about, in a sentence.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub about: Option<String>,
    /// How many times faster than life it was played.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub compressed: Option<f64>,
    /// Sets, each with a room of its own.
    pub rooms: u64,
    /// Seats in each room, the facilitator's included.
    pub members: u64,
    /// Commands a second in all rooms together.
    pub rate: f64,
    /// Seconds of the measured part.
    pub duration_seconds: f64,
    /// Whether boxes were random bytes and not sealed.
    pub opaque: bool,
    /// The server's process, when it was watched.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub server_pid: Option<u32>,
    /// The seed that repeats it.
    pub seed: u64,
    /// Version of the tester.
    pub version: String,
    /// How the program was called, a word each; empty where it was not called as a program.
    #[serde(default)]
    pub command_line: Vec<String>,
    /// When it began, in seconds since 1970, UTC.
    pub started_at: u64,
}

/// Changes on their way to seats: every change of a room is to reach every seat of it once.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Deliveries {
    /// Changes times seats.
    pub expected: u64,
    /// Those that came, each counted once.
    pub received: u64,
    /// Those that never came.
    pub lost: u64,
    /// Those that came again.
    pub duplicated: u64,
    /// Those that came after a later one.
    pub out_of_order: u64,
    /// Those that belonged to another room.
    pub wrong_room: u64,
    /// Those of done commands that did not name their command.
    pub nameless: u64,
}

/// What was asked for. `done`, `refused` and what is missing make `sent`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Commands {
    /// Became due.
    pub due: u64,
    /// Were sent.
    pub sent: u64,
    /// Were done.
    pub done: u64,
    /// Were refused, by code; a refusal is an answer, and nothing is delivered for it.
    pub refused: BTreeMap<String, u64>,
}

/// Connections that were cut, and how people came back.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Reconnects {
    /// Cut by the test, or by a server that was restarted for the test.
    pub cut: u64,
    /// Came back and were told only what they had missed.
    pub by_ring: u64,
    /// Came back and were told everything afresh.
    pub by_snapshot: u64,
    /// Never came back.
    pub never: u64,
}

/// Merged views against fresh snapshots, when the rooms hold still at the end.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Views {
    /// Compared.
    pub checked: u64,
    /// The same.
    pub equal: u64,
}

/// What something that was broken on purpose did to people.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FaultEffect {
    /// When, in seconds.
    pub at: f64,
    /// What, in words that follow "after": `a restart of the server`.
    pub what: String,
    /// Connections that it touched.
    pub touched: u64,
    /// How long after it half of them were back with everything, in seconds.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub back_half_seconds: Option<f64>,
    /// The same for 99 % of them.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub back_p99_seconds: Option<f64>,
    /// Those of them that were told only what they had missed.
    #[serde(default)]
    pub by_ring: u64,
    /// Those of them that were told everything afresh.
    #[serde(default)]
    pub by_snapshot: u64,
    /// How long after it everybody was back with everything, in seconds; none when not everybody
    /// came back.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub back_seconds: Option<f64>,
}

/// What the testers' own systems gave them.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Limits {
    /// Open files that were needed.
    pub files_needed: u64,
    /// Open files that were allowed; none where there is no such limit.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub files_allowed: Option<u64>,
    /// Addresses that connections came from; 0 when the system chose.
    pub addresses: u64,
}

/// The server's process as it was read.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Watched {
    /// The machine that it runs on.
    pub machine: Machine,
    /// Before anybody joined.
    pub before: Reading,
    /// At the start of the measured part.
    pub start: Reading,
    /// At its end.
    pub end: Reading,
    /// Files that the process may have open; none when that is not limited or not known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub files_allowed: Option<u64>,
}

impl Watched {
    /// From readings before the joins, at the start and at the end of the measured part; none when
    /// one of them is missing.
    pub fn of(server: &Processes, [before, start, end]: [Option<Reading>; 3]) -> Option<Self> {
        let (machine, files_allowed) = (Machine::here(), server.files_allowed());
        Some(Self { machine, before: before?, start: start?, end: end?, files_allowed })
    }
}

impl Outcome {
    /// Takes in what another tester measured in the same run.
    pub fn merge(&mut self, other: Self) {
        self.asked.merge(other.asked);
        self.testers.extend(other.testers);
        self.partial |= other.partial;
        self.missing.extend(other.missing);
        self.seats += other.seats;
        self.not_in += other.not_in;
        self.unfinished += other.unfinished;
        self.unreachable |= other.unreachable;
        self.process_ended |= other.process_ended;
        self.join_seconds = self.join_seconds.max(other.join_seconds);
        let end = (self.load_began + self.load_seconds).max(other.load_began + other.load_seconds);
        self.load_began = self.load_began.min(other.load_began);
        self.load_seconds = end - self.load_began;
        self.latency.merge(&other.latency);
        self.joined.merge(&other.joined);
        self.back.merge(&other.back);
        self.late.merge(&other.late);
        self.timeline.merge(other.timeline);
        self.deliveries.merge(other.deliveries);
        self.commands.merge(other.commands);
        self.unreadable += other.unreadable;
        self.reconnects.merge(other.reconnects);
        self.views.merge(other.views);
        add(&mut self.ended, other.ended);
        add(&mut self.turned_away, other.turned_away);
        self.merge_faults(other.faults);
        self.limits.files_needed += other.limits.files_needed;
        self.limits.files_allowed = (self.limits.files_allowed)
            .zip(other.limits.files_allowed)
            .map(|(one, two)| one.saturating_add(two));
        self.limits.addresses += other.limits.addresses;
        // Only one tester can watch the server.
        self.server = self.server.take().or(other.server);
    }

    /// What is broken stands in the scenario, so it is the same for all testers, in the same order.
    fn merge_faults(&mut self, others: Vec<FaultEffect>) {
        let mut others = others.into_iter();
        let mut apart = Vec::new();
        for (own, other) in self.faults.iter_mut().zip(others.by_ref()) {
            if own.what == other.what { own.merge(other) } else { apart.push(other) }
        }
        self.faults.extend(apart.into_iter().chain(others));
        self.faults.sort_by(|one, two| one.at.total_cmp(&two.at));
    }
}

impl FaultEffect {
    /// What the same fault did to people of another tester. Times are of whoever was worse off, so
    /// those of a half and of 99 in 100 are upper bounds.
    fn merge(&mut self, other: Self) {
        self.at = self.at.min(other.at);
        // Where nobody was touched there is no time, and that is none to wait for either.
        if other.touched > 0 {
            let later = |one: Option<f64>, two: Option<f64>| Some(one?.max(two?));
            let alone = self.touched == 0;
            let of = |own, others| if alone { others } else { later(own, others) };
            self.back_half_seconds = of(self.back_half_seconds, other.back_half_seconds);
            self.back_p99_seconds = of(self.back_p99_seconds, other.back_p99_seconds);
            self.back_seconds = of(self.back_seconds, other.back_seconds);
        }
        self.touched += other.touched;
        self.by_ring += other.by_ring;
        self.by_snapshot += other.by_snapshot;
    }
}

impl Asked {
    /// The whole of which both are a part: rooms and rate add up, the rest is the same for all.
    fn merge(&mut self, other: Self) {
        self.rooms += other.rooms;
        self.rate += other.rate;
        self.duration_seconds = self.duration_seconds.max(other.duration_seconds);
        self.server_pid = self.server_pid.or(other.server_pid);
        self.started_at = self.started_at.min(other.started_at);
    }
}

/// Counts that are added up field by field.
macro_rules! added_up {
    ($($counts:ident { $($field:ident),+ })+) => {
        $(impl $counts {
            /// Adds others up with these.
            pub fn merge(&mut self, other: Self) {
                $(self.$field += other.$field;)+
            }
        })+
    };
}

added_up! {
    Deliveries { expected, received, lost, duplicated, out_of_order, wrong_room, nameless }
    Reconnects { cut, by_ring, by_snapshot, never }
    Views { checked, equal }
}

impl Commands {
    /// Adds others up with these.
    pub fn merge(&mut self, other: Self) {
        self.due += other.due;
        self.sent += other.sent;
        self.done += other.done;
        add(&mut self.refused, other.refused);
    }

    /// How many were refused in all.
    pub fn refusals(&self) -> u64 {
        self.refused.values().sum()
    }

    /// How many of a kind were refused.
    pub(crate) fn refused_as(&self, kind: Kind) -> u64 {
        let of_kind = |(name, _): &(&String, &u64)| refusal::kind(name) == kind;
        self.refused.iter().filter(of_kind).map(|(_, count)| *count).sum()
    }

    /// How many were sent and neither done nor refused.
    pub fn unanswered(&self) -> u64 {
        self.sent.saturating_sub(self.done + self.refusals())
    }

    /// How many were due and never sent.
    pub fn unsent(&self) -> u64 {
        self.due.saturating_sub(self.sent)
    }
}

/// Adds counts up by their name.
pub fn add(counts: &mut BTreeMap<String, u64>, others: BTreeMap<String, u64>) {
    for (name, count) in others {
        *counts.entry(name).or_default() += count;
    }
}
