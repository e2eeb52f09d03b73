//! What would give first if there were more of everything: from samples, with its reasoning.

use serde::Serialize;

use crate::measure::outcome::{Outcome, Watched};
use crate::measure::timeline::{Sample, Slot};
use crate::refusal::{self, Kind};
use crate::words::{bytes, count, number, several};

/// As far as a processor is used before latency suffers.
const PROCESSOR: f64 = 0.8;
/// As far as memory is used before the system takes some back.
const MEMORY: f64 = 0.9;
/// A machine that is busier than this has nothing left for anybody.
const FULL: f64 = 0.9;

/// What would give first.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Headroom {
    /// What gives first, and why that is thought so.
    pub sentence: String,
    /// Each thing that can give, the nearest first.
    pub resources: Vec<Resource>,
}

/// Something of which there is only so much.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Resource {
    /// What it is: `processor`, `memory`, `open files`, `disk`.
    pub name: &'static str,
    /// What was used, with its unit.
    pub used: String,
    /// What there is of it, with its unit.
    pub limit: String,
    /// How many times this load it would take to reach the limit.
    pub times: f64,
    /// How that was found.
    pub reasoning: String,
}

impl Headroom {
    pub(super) fn of(outcome: &Outcome) -> Self {
        let mut resources: Vec<Resource> =
            outcome.server.as_ref().map_or_else(Vec::new, |server| {
                let all =
                    [processor(outcome, server), memory(server), files(server), disk(outcome)];
                all.into_iter().flatten().collect()
            });
        resources.sort_by(|one, two| one.times.total_cmp(&two.times));
        Self { sentence: sentence(outcome, &resources), resources }
    }
}

/// What gave in this very test: that needs no reckoning.
fn gave(outcome: &Outcome) -> Option<String> {
    if outcome.unreachable || outcome.process_ended {
        return Some(
            "The server itself gave, in this test: it ended. Its log says why, or its machine’s."
                .to_owned(),
        );
    }
    let refused = &outcome.commands.refused;
    let of_disk = refused.iter().find(|(name, _)| refusal::is_of_disk(name));
    if let Some((_, refused)) = of_disk {
        return Some(format!(
            "The server’s disk gave first, and did so in this test: {} not be saved. Look whether it \
             is full.",
            several(*refused, "command could", "commands could"),
        ));
    }
    let most = outcome.turned_away.iter().max_by_key(|(_, count)| **count);
    if let Some((limit, refused)) = most {
        return Some(format!(
            "The door gave first, and did so in this test: “{}” turned {} away. If that is a limit of \
             the server’s own settings, raise it, if the hardware below has room.",
            refusal::in_words(limit),
            several(*refused, "connection", "connections"),
        ));
    }
    let service = refused.iter().filter(|(name, _)| refusal::kind(name) == Kind::Service);
    let (name, refused) = service.max_by_key(|(_, count)| **count)?;
    Some(format!(
        "The server itself gave first, and did so in this test: it refused {} as “{}”.",
        several(*refused, "command", "commands"),
        refusal::in_words(name),
    ))
}

fn sentence(outcome: &Outcome, resources: &[Resource]) -> String {
    if let Some(gave) = gave(outcome) {
        return gave;
    }
    if let Some(share) = machine_busy(outcome).filter(|share| *share > FULL)
        && let (Some(server), Some(tester)) = (cores(outcome), tester_cores(outcome))
        && tester > server
    {
        return format!(
            "This machine was full ({} % busy), and more of it went to the tester ({} cores) than \
             to the server ({} cores): the server’s own end was not reached. Run the tester on \
             another machine to find it.",
            number(100.0 * share),
            number(tester),
            number(server),
        );
    }
    let Some(first) = resources.first() else {
        return "Not known: the server’s process was not watched. Run the tester on the server’s \
                machine with --server-pid to learn it. No limit of the server’s own settings was met."
            .to_owned();
    };
    let when = if first.times < 1.0 {
        "already past what can be borne".to_owned()
    } else {
        format!("at about {} times this load", number(first.times))
    };
    format!(
        "First to give: {}, {when}. There, {}. No limit of the server’s own settings was met.",
        first.name, first.reasoning
    )
}

fn processor(outcome: &Outcome, server: &Watched) -> Option<Resource> {
    let used = cores(outcome)?;
    let there = server.machine.cores;
    (used > 0.0 && there > 0).then(|| Resource {
        name: "processor",
        used: format!("{} cores", number(used)),
        limit: several(there, "core", "cores"),
        times: PROCESSOR * there as f64 / used,
        reasoning: format!(
            "in 95 of 100 seconds the server used at most {} of {}, and beyond {} % of them \
             people begin to wait",
            number(used),
            several(there, "core", "cores"),
            number(100.0 * PROCESSOR),
        ),
    })
}

fn memory(server: &Watched) -> Option<Resource> {
    let there = server.machine.memory_bytes? as f64;
    let (before, end) = (server.before.rss_bytes as f64, server.end.rss_bytes as f64);
    let grown = end - before;
    (grown > 0.0).then(|| Resource {
        name: "memory",
        used: bytes(end),
        limit: bytes(there),
        times: (MEMORY * there - before) / grown,
        reasoning: format!(
            "the server held {}, of which {} came with these people, and the machine has {}",
            bytes(end),
            bytes(grown),
            bytes(there),
        ),
    })
}

fn files(server: &Watched) -> Option<Resource> {
    let there = server.files_allowed?;
    let (before, open) = (server.before.files?, server.start.files?);
    let grown = open.checked_sub(before).filter(|grown| *grown > 0)?;
    Some(Resource {
        name: "open files",
        used: count(open),
        limit: count(there),
        times: there.saturating_sub(before) as f64 / grown as f64,
        reasoning: format!(
            "the server had {} files open, one for each connection, and may have {}",
            count(open),
            count(there),
        ),
    })
}

fn disk(outcome: &Outcome) -> Option<Resource> {
    let waited = mean(outcome, |sample| sample.disk_waited_seconds)?;
    (waited > 0.0).then(|| Resource {
        name: "disk",
        used: format!("{} % of the time", number(100.0 * waited)),
        limit: "100 % of the time".to_owned(),
        times: 1.0 / waited,
        reasoning: format!(
            "something on the machine waited for the disk in {} % of the time; many people’s \
             changes share one write, so this is reached later than it looks",
            number(100.0 * waited),
        ),
    })
}

/// The slots of the measured part.
pub(super) fn measured(outcome: &Outcome) -> impl Iterator<Item = &Slot> {
    let step = f64::from(outcome.timeline.step_seconds);
    let (from, to) = (outcome.load_began, outcome.load_began + outcome.load_seconds);
    // Only slots that are wholly within: the others hold joins, or the end.
    let within =
        move |(begins, _): &(f64, &Slot)| *begins >= from.floor() && begins + step <= to.ceil();
    outcome.timeline.seconds().filter(within).map(|(_, slot)| slot)
}

/// The cores that the server used in all but the busiest twentieth of the measured part.
pub(super) fn cores(outcome: &Outcome) -> Option<f64> {
    let step = f64::from(outcome.timeline.step_seconds);
    let mut all: Vec<f64> = measured(outcome)
        .filter_map(|slot| slot.server.map(|sample| sample.cpu_seconds / step))
        .collect();
    all.sort_by(f64::total_cmp);
    let rank = (all.len() * 95).div_ceil(100).checked_sub(1);
    match rank.and_then(|rank| all.get(rank)) {
        Some(cores) => Some(*cores),
        // A run of less than a second has no slot of its own.
        None => outcome.server.as_ref().filter(|_| outcome.load_seconds > 0.0).map(|server| {
            (server.end.cpu_seconds - server.start.cpu_seconds).max(0.0) / outcome.load_seconds
        }),
    }
}

fn tester_cores(outcome: &Outcome) -> Option<f64> {
    mean_of_slots(outcome, |slot| slot.tester_cpu_seconds)
}

/// The share of the server's machine that was busy, with whatever.
pub(super) fn machine_busy(outcome: &Outcome) -> Option<f64> {
    let cores = outcome.server.as_ref()?.machine.cores;
    let busy = mean(outcome, |sample| sample.machine_cpu_seconds)?;
    (cores > 0).then(|| busy / cores as f64)
}

/// The share of the server's machine that went to neither the server nor the tester; only where one
/// tester ran beside the server.
pub(super) fn others(outcome: &Outcome) -> Option<f64> {
    let machine = &outcome.server.as_ref()?.machine;
    let beside = outcome.testers.len() == 1 && machine.cores > 0;
    let busy = mean(outcome, |sample| sample.machine_cpu_seconds)?;
    let server = mean(outcome, |sample| Some(sample.cpu_seconds))?;
    let tester = tester_cores(outcome)?;
    beside.then(|| (busy - server - tester).max(0.0) / machine.cores as f64)
}

/// The mean of something of the server per second of the measured part.
pub(super) fn mean(outcome: &Outcome, of: impl Fn(&Sample) -> Option<f64>) -> Option<f64> {
    mean_of_slots(outcome, |slot| of(slot.server.as_ref()?))
}

fn mean_of_slots(outcome: &Outcome, of: impl Fn(&Slot) -> Option<f64>) -> Option<f64> {
    let all: Vec<f64> = measured(outcome).filter_map(of).collect();
    let seconds = all.len() as f64 * f64::from(outcome.timeline.step_seconds);
    (!all.is_empty()).then(|| all.iter().sum::<f64>() / seconds)
}
