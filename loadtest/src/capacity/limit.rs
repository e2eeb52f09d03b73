//! Which limit gave first. Pure: from what was seen at the load that broke.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::refusal;

/// Processors this busy are all busy: the rest is the kernel's bookkeeping.
const BUSY: f64 = 0.9;
/// A thread that waits for the disk for this share of the time has no time left for more.
const WAITING: f64 = 0.6;
/// Memory this full is full: a kernel begins to take pages back.
const FULL: f64 = 0.9;
/// A tester that is late by this share of the latency is what is being measured.
const LATE: f64 = 0.5;
/// A tester that uses this share of a machine takes it from a server on the same one.
const SHARED: f64 = 0.2;
/// Refusals that any shortage leads to; the others are limits that somebody set.
const SOFT: [&str; 5] = ["busy", "not_saved", "outbox", "late", "lost"];
/// Other programs that use this share of the machine are what is being measured.
const DISTURBED: f64 = 0.2;
/// Descriptors that a server keeps for itself.
const OWN_FILES: u64 = 64;

/// What was seen at a load. What was not watched is none.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Seen {
    /// The 99th percentile of latency, in milliseconds.
    pub p99_ms: f64,
    /// How late the tester was, 99th percentile, in milliseconds.
    pub late_ms: f64,
    /// Refusals that more load leads to, by name: at the door, of commands, of connections.
    pub refused: BTreeMap<String, u64>,
    /// Processors that this tester used.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tester_cores: Option<f64>,
    /// Processors of this machine that were busy, whoever used them.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub busy_cores: Option<f64>,
    /// Processors of this machine.
    pub cores: f64,
    /// Whether nobody answered any more where the server had been.
    #[serde(default)]
    pub unreachable: bool,
    /// The server, when its process was watched.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub server: Option<ServerSeen>,
}

/// What was seen of the server's process.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ServerSeen {
    /// Processors that it used.
    pub cores: f64,
    /// Its busiest thread, by the share of the time that it ran.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub busiest: Option<Thread>,
    /// The thread that waited for the disk most, by the share of the time that it did.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub waiting: Option<Thread>,
    /// Resident memory, in bytes.
    pub rss_bytes: u64,
    /// Memory that it may use, in bytes.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub memory_bytes: Option<u64>,
    /// Files that it has open.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub files: Option<u64>,
    /// Files that it may have open.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub files_allowed: Option<u64>,
    /// Whether the process has ended.
    pub gone: bool,
}

/// A thread, and what share of the time it did what it is known for.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Thread {
    /// Its name.
    pub name: String,
    /// From 0 to 1.
    pub share: f64,
}

/// The limit that gave first.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", content = "name", rename_all = "snake_case")]
pub enum Limit {
    /// The server's process ended, or nobody answers any more.
    ServerEnded,
    /// A limit that the server names itself.
    Named(String),
    /// The server may not open more files.
    Descriptors,
    /// The server has no more memory.
    Memory,
    /// The processors of the server's machine.
    Processor,
    /// One thread of the server that cannot be in two places at once.
    Thread(String),
    /// The disk: this thread waited for it.
    Disk(String),
    /// The tester, and what of it: the answer is a lower bound.
    Tester(String),
    /// Other programs on this machine: the answer is a lower bound.
    Others,
    /// The search was not to go higher: the answer is a lower bound.
    Asked,
    /// Nothing that was watched was full.
    Unknown,
}

impl Seen {
    /// Which limit gave first. A limit that somebody set comes before one of the machine, since a
    /// machine is always a little busy too.
    pub fn limit(&self) -> Limit {
        if self.unreachable || self.server.as_ref().is_some_and(|server| server.gone) {
            return Limit::ServerEnded;
        }
        if let Some(name) = self.refused.keys().find(|name| refusal::is_of_disk(name)) {
            return Limit::Named(name.clone());
        }
        match self.hard_refusal() {
            Some(name)
                if name.starts_with("open files of this") || name.starts_with("ports of") =>
            {
                return Limit::Tester(format!("the {name} were all in use"));
            }
            Some(name) => return Limit::Named(name),
            None => {}
        }
        if let Some(limit) = self.server.as_ref().and_then(ServerSeen::store) {
            return limit;
        }
        let all_busy = self.busy_cores.is_some_and(|busy| busy >= self.cores * BUSY);
        match &self.server {
            Some(server) if all_busy => self.processor_of(server),
            Some(server) => {
                server.thread().or_else(|| self.late()).unwrap_or_else(|| self.soft_or_unknown())
            }
            None if all_busy => Limit::Tester("processor".into()),
            None => self.late().unwrap_or_else(|| self.soft_or_unknown()),
        }
    }

    /// Whether the tester took enough of the server's own machine that the server alone, on one
    /// as large, would carry more.
    pub fn is_shared(&self) -> bool {
        self.server.is_some() && self.tester_cores.is_some_and(|used| used >= self.cores * SHARED)
    }

    /// Processors that were busy with neither the server nor this tester. Without a server to watch
    /// nobody can tell, and it is 0.
    pub fn others_cores(&self) -> f64 {
        let own = self.server.as_ref().zip(self.tester_cores).map(|(at, own)| at.cores + own);
        self.busy_cores.zip(own).map_or(0.0, |(busy, own)| (busy - own).max(0.0))
    }

    /// Whether other programs took so much that a load that broke proves little.
    pub fn is_disturbed(&self) -> bool {
        let all_busy = self.busy_cores.is_some_and(|busy| busy >= self.cores * BUSY);
        all_busy && self.others_cores() >= self.cores * DISTURBED
    }

    /// The refusal that came most often, other than those that any shortage leads to.
    fn hard_refusal(&self) -> Option<String> {
        let hard = |name: &str| !SOFT.contains(&name);
        let most = self.refused.iter().filter(|(name, _)| hard(name)).max_by_key(|(_, at)| **at);
        most.map(|(name, _)| name.clone())
    }

    /// All processors were busy: with the server, or with whom?
    fn processor_of(&self, server: &ServerSeen) -> Limit {
        match self.tester_cores {
            _ if self.others_cores() > server.cores => Limit::Others,
            Some(tester) if tester > server.cores * 2.0 => Limit::Tester("processor".into()),
            _ => Limit::Processor,
        }
    }

    fn late(&self) -> Option<Limit> {
        (self.late_ms > self.p99_ms * LATE).then(|| Limit::Tester("lateness".into()))
    }

    fn soft_or_unknown(&self) -> Limit {
        let most = self.refused.iter().max_by_key(|(_, count)| **count);
        most.map_or(Limit::Unknown, |(name, _)| Limit::Named(name.clone()))
    }
}

impl ServerSeen {
    /// Memory or descriptors.
    fn store(&self) -> Option<Limit> {
        let files = self.files.zip(self.files_allowed);
        if files.is_some_and(|(open, allowed)| open + OWN_FILES >= allowed) {
            return Some(Limit::Descriptors);
        }
        let full = |allowed: u64| self.rss_bytes as f64 >= allowed as f64 * FULL;
        self.memory_bytes.is_some_and(full).then_some(Limit::Memory)
    }

    /// One thread that had no time left, by running or by waiting.
    fn thread(&self) -> Option<Limit> {
        if let Some(thread) = self.waiting.as_ref().filter(|thread| thread.share >= WAITING) {
            return Some(Limit::Disk(thread.name.clone()));
        }
        let thread = self.busiest.as_ref().filter(|thread| thread.share >= BUSY)?;
        Some(Limit::Thread(thread.name.clone()))
    }
}

impl Limit {
    /// Whether the server itself was not at its end.
    pub fn is_not_the_servers(&self) -> bool {
        matches!(self, Self::Tester(_) | Self::Others | Self::Asked)
    }

    /// In words, as the subject and verb of a sentence, with the figures that show it.
    pub fn in_words(&self, seen: &Seen) -> String {
        let server = seen.server.clone().unwrap_or_default();
        let (busy, all) = (seen.busy_cores.unwrap_or_default(), seen.cores);
        let own = seen.tester_cores.unwrap_or_default();
        match self {
            Self::ServerEnded if server.gone => "the server's process ended".into(),
            Self::ServerEnded => "the server could not be reached any more".into(),
            Self::Named(name) => {
                let times = seen.refused.get(name).copied().unwrap_or_default();
                if refusal::is_of_disk(name) {
                    format!("changes could not be saved ({times} times): look at the server's disk")
                } else if SOFT.contains(&name.as_str()) {
                    format!("people met with `{name}` ({times} times)")
                } else {
                    format!("the server's limit `{name}` was met ({times} times)")
                }
            }
            Self::Descriptors => format!(
                "the server's open files gave first: {} of {} allowed",
                server.files.unwrap_or_default(),
                server.files_allowed.unwrap_or_default(),
            ),
            Self::Memory => format!(
                "memory gave first: the server had {} of {} MiB",
                server.rss_bytes >> 20,
                server.memory_bytes.unwrap_or_default() >> 20,
            ),
            Self::Processor => format!(
                "the processors gave first: {busy:.1} of {all} were busy, {:.1} with the server and \
                 {own:.1} with this tester",
                server.cores,
            ),
            Self::Thread(name) => format!(
                "one thread of the server gave first: {name} ran {:.0} % of the time",
                share(server.busiest.as_ref()),
            ),
            Self::Disk(name) => format!(
                "the disk gave first: {name} waited for it {:.0} % of the time",
                share(server.waiting.as_ref()),
            ),
            Self::Tester(what) if what == "processor" => format!(
                "this tester gave first: {busy:.1} of {all} processors were busy here, {own:.1} \
                 with it"
            ),
            Self::Tester(what) if what == "lateness" => format!(
                "this tester gave first: it was late itself by {:.0} ms (p99)",
                seen.late_ms,
            ),
            Self::Tester(what) => format!("this tester gave first: {what}"),
            Self::Others => format!(
                "other programs gave it no room: {busy:.1} of {all} processors were busy here, {:.1} \
                 with neither the server nor this tester",
                seen.others_cores(),
            ),
            Self::Asked => "the search was not to go higher (--most)".into(),
            Self::Unknown if seen.server.is_none() => {
                "which limit gave first was not seen: the server was not watched (--server-pid)"
                    .into()
            }
            Self::Unknown => "which limit gave first was not seen: processors, memory, files and \
                              disk of the server all had room"
                .into(),
        }
    }
}

fn share(of: Option<&Thread>) -> f64 {
    of.map_or(0.0, |thread| thread.share * 100.0)
}
