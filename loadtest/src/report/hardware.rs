//! What hardware a number of sets would need: an estimate, and it says so.

use serde::Serialize;

use super::headroom::{cores, mean};
use crate::measure::outcome::Outcome;
use crate::words::{bytes, number, several, whole};

/// As far as processors are planned to be used, so that a busy quarter of an hour fits too.
const PLANNED: f64 = 0.6;
/// Memory that is planned for each byte that is used.
const SPARE: f64 = 1.5;
/// Memory for the system itself, in bytes.
const SYSTEM: f64 = 512.0 * 1024.0 * 1024.0;
/// Memory is told in steps of half a GiB, rounded up.
const STEP: f64 = 512.0 * 1024.0 * 1024.0;
/// An estimate for more than so many times what was measured is worth little.
const FAR: u64 = 10;

/// What a number of sets would need.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Hardware {
    /// The sets that it is for.
    pub sets: u64,
    /// Their people.
    pub people: u64,
    /// Processor cores.
    pub cores: u64,
    /// Memory, in bytes.
    pub memory_bytes: u64,
    /// Open files that the server must be allowed.
    pub open_files: u64,
    /// What the server writes to its files, in bytes a second; where that was told.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub written_bytes_per_second: Option<f64>,
    /// What was assumed, sentence by sentence.
    pub assumptions: Vec<String>,
}

impl Hardware {
    pub(super) fn of(outcome: &Outcome, sets: u64) -> Option<Self> {
        let server = outcome.server.as_ref()?;
        let (measured, used) = (outcome.asked.rooms.max(1), cores(outcome)?);
        let times = sets as f64 / measured as f64;
        let people = sets * outcome.asked.members;
        let base = server.before.rss_bytes as f64;
        let grown = server.end.rss_bytes.saturating_sub(server.before.rss_bytes) as f64;
        let memory = (base + grown * times) * SPARE + SYSTEM;
        let written = mean(outcome, |sample| sample.written_bytes.map(|bytes| bytes as f64));
        Some(Self {
            sets,
            people,
            cores: whole((used * times / PLANNED).ceil()).max(1),
            memory_bytes: whole((memory / STEP).ceil() * STEP),
            // A quarter more for people who come back before their old connection is gone.
            open_files: (people + people / 4 + 64).next_multiple_of(1024),
            written_bytes_per_second: written.map(|written| written * times),
            assumptions: assumptions(outcome, sets, used, grown),
        })
    }
}

fn assumptions(outcome: &Outcome, wanted: u64, used: f64, grown: f64) -> Vec<String> {
    let times = wanted as f64 / outcome.asked.rooms.max(1) as f64;
    let sets = several(outcome.asked.rooms, "set", "sets");
    let mut said = Vec::new();
    if (times - 1.0).abs() < f64::EPSILON {
        said.push(
            "That is as many sets as were tested; what is added is room to spare, not more sets."
                .into(),
        );
    } else {
        said.push(format!(
            "This is an estimate, not a measurement: {} times the {sets} that were tested.",
            number(times),
        ));
    }
    if times > FAR as f64 {
        said.push(format!(
            "It is far from what was tested. Test with at least {} before you buy.",
            several(wanted.div_ceil(FAR), "set", "sets"),
        ));
    }
    said.push(format!(
        "Processor time grows with the number of sets ({} cores for {sets} here), on cores as fast \
         as these, and {} % of them are planned to be used.",
        number(used),
        number(100.0 * PLANNED),
    ));
    said.push(format!(
        "Memory grows with the number of people ({} for {} here); half as much again is spare, and \
         512 MiB are the system’s.",
        bytes(grown),
        several(outcome.seats, "person", "people"),
    ));
    said.push(format!(
        "The server has the machine for itself; in this test it shared {}.",
        match outcome.server.as_ref().map(|server| server.machine.cores) {
            Some(cores) => format!("{} with the tester", several(cores, "core", "cores")),
            None => "it".to_owned(),
        },
    ));
    if let Some(factor) = outcome.asked.compressed.filter(|factor| *factor > 1.0) {
        said.push(format!(
            "Meetings were played {} times faster than life, so real ones need less processor time.",
            number(factor),
        ));
    } else {
        let each = outcome.asked.rate / outcome.asked.rooms.max(1) as f64;
        said.push(format!(
            "Everybody is as busy as in this test: {} commands a minute in each set.",
            number(60.0 * each),
        ));
    }
    said
}
