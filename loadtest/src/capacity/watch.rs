//! Looks at the machine while a load is on: who used the processors, and whether a thread of the
//! server had no time left, by running or by waiting for the disk.

use std::collections::BTreeMap;
use std::time::Duration;

use tokio::sync::oneshot;
use tokio::task::JoinHandle;
use tokio::time::Instant;

use super::limit::{Seen, ServerSeen, Thread as Share};
use crate::measure::process;
use crate::measure::processes::Processes;
use crate::measure::sampler::Used;

/// How often threads are looked at: often enough to tell a tenth of ten seconds.
const EVERY: Duration = Duration::from_millis(50);

/// Watches from its making until [`Watch::end`].
#[derive(Debug)]
pub(crate) struct Watch {
    end: oneshot::Sender<()>,
    watching: JoinHandle<Seen>,
}

impl Watch {
    /// Begins to watch this process, the machine, and the server's process when it is known.
    pub(crate) fn begin(server: Option<u32>) -> Self {
        let (end, ended) = oneshot::channel();
        Self { end, watching: tokio::spawn(watch(server, ended)) }
    }

    /// Ends watching, and tells who used the processors, and what the server had.
    pub(crate) async fn end(self) -> Seen {
        // Gone only if the task is, and then there is nothing to tell.
        let _ = self.end.send(());
        self.watching.await.unwrap_or_default()
    }
}

async fn watch(server: Option<u32>, mut ended: oneshot::Receiver<()>) -> Seen {
    let (began, processes) = (Instant::now(), Processes::named(server));
    let before = Used::now(&processes);
    let mut threads = Threads::default();
    let mut tick = tokio::time::interval(EVERY);
    tick.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Skip);
    loop {
        tokio::select! {
            biased;
            _ = &mut ended => break,
            _ = tick.tick() => if let Some(pid) = server {
                threads.look(pid);
            },
        }
    }
    let seconds = began.elapsed().as_secs_f64().max(0.001);
    let now = Used::now(&processes);
    let used = now.server_since(&before).map_or(0.0, |used| used.cpu_seconds / seconds);
    Seen {
        tester_cores: now.tester_since(&before).map(|used| used / seconds),
        busy_cores: now.machine_since(&before).map(|used| used / seconds),
        server: server.map(|pid| has(pid, used, &threads, seconds)),
        ..Seen::default()
    }
}

/// What the server's process has at this moment, without who was busy.
pub(crate) fn at_this_moment(server: Option<u32>) -> Option<ServerSeen> {
    server.map(|pid| has(pid, 0.0, &Threads::default(), 1.0))
}

fn has(pid: u32, cores: f64, threads: &Threads, seconds: f64) -> ServerSeen {
    let now = process::read_whole(pid).ok();
    ServerSeen {
        cores,
        busiest: threads.busiest(seconds),
        waiting: threads.waiting(),
        rss_bytes: now.map_or(0, |now| now.rss_bytes),
        memory_bytes: memory_allowed(pid),
        files: now.and_then(|now| now.files),
        files_allowed: process::files_allowed(pid),
        gone: now.is_none(),
    }
}

/// The server's threads, as they were found.
#[derive(Debug, Default)]
struct Threads {
    looks: u32,
    each: BTreeMap<u32, Thread>,
}

#[derive(Debug, Default)]
struct Thread {
    name: String,
    first_ticks: u64,
    last_ticks: u64,
    waits: u32,
}

impl Threads {
    fn look(&mut self, pid: u32) {
        let Ok(tasks) = std::fs::read_dir(format!("/proc/{pid}/task")) else { return };
        self.looks += 1;
        for task in tasks.flatten() {
            let stat = std::fs::read_to_string(task.path().join("stat")).unwrap_or_default();
            if let Some(seen) = Stat::read(&stat) {
                self.saw(&seen);
            }
        }
    }

    fn saw(&mut self, seen: &Stat<'_>) {
        let thread = self.each.entry(seen.id).or_insert_with(|| Thread {
            name: seen.name.to_owned(),
            first_ticks: seen.ticks,
            ..Thread::default()
        });
        thread.last_ticks = seen.ticks;
        thread.waits += u32::from(seen.state == "D");
    }

    fn busiest(&self, seconds: f64) -> Option<Share> {
        let most = self.each.values().max_by_key(|at| at.last_ticks - at.first_ticks)?;
        let used = process::seconds(most.last_ticks - most.first_ticks);
        Some(Share { name: most.name.clone(), share: used / seconds })
    }

    fn waiting(&self) -> Option<Share> {
        let most = self.each.values().max_by_key(|thread| thread.waits)?;
        let share = f64::from(most.waits) / f64::from(self.looks.max(1));
        (most.waits > 0).then(|| Share { name: most.name.clone(), share })
    }
}

/// As much of `/proc/PID/task/TID/stat` as is needed.
#[derive(Debug, PartialEq, Eq)]
struct Stat<'a> {
    id: u32,
    name: &'a str,
    state: &'a str,
    ticks: u64,
}

impl<'a> Stat<'a> {
    /// The name is in brackets and may hold anything, brackets included.
    fn read(stat: &'a str) -> Option<Self> {
        let (id, rest) = stat.split_once(" (")?;
        let (name, rest) = rest.rsplit_once(") ")?;
        let (state, _) = rest.split_once(' ')?;
        Some(Self { id: id.parse().ok()?, name, state, ticks: process::cpu_ticks(stat)? })
    }
}

/// The least of what the machine has and what the process's groups may take, in bytes.
fn memory_allowed(pid: u32) -> Option<u64> {
    let machine = crate::measure::machine::Machine::here().memory_bytes;
    let groups = std::fs::read_to_string(format!("/proc/{pid}/cgroup")).unwrap_or_default();
    let group = groups.lines().find_map(|line| line.strip_prefix("0::/"));
    let mut limits = Vec::from_iter(machine);
    let mut path = std::path::PathBuf::from("/sys/fs/cgroup");
    for part in group.unwrap_or_default().split('/') {
        path.push(part);
        let text = std::fs::read_to_string(path.join("memory.max")).unwrap_or_default();
        limits.extend(text.trim().parse::<u64>().ok());
    }
    limits.into_iter().min()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn stat(id: u32, state: &str, ticks: u64) -> String {
        format!("{id} (a) writer) {state} 1 2 3 4 5 6 7 8 9 10 {ticks} 0 0 0 20 0 3 0 100")
    }

    #[test]
    fn a_thread_is_read_whatever_its_name() {
        let text = stat(7, "D", 25);
        let wanted = Stat { id: 7, name: "a) writer", state: "D", ticks: 25 };
        assert_eq!(Stat::read(&text), Some(wanted));
        assert_eq!(Stat::read("7 (cut"), None);
    }

    #[test]
    fn the_busiest_thread_and_the_one_that_waits_are_told_apart() {
        let mut threads = Threads { looks: 4, ..Threads::default() };
        let hz = (1.0 / process::seconds(1)).round();
        for (runs, waits) in [(0.0, "D"), (0.5, "D"), (1.0, "D"), (2.0, "S")] {
            // 2 seconds of work in 4.
            #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "small")]
            let ticks = (runs * hz) as u64;
            threads.saw(&Stat::read(&stat(1, "R", ticks)).unwrap());
            threads.saw(&Stat::read(&stat(2, waits, 3)).unwrap());
        }
        let thread = |share| Some(Share { name: "a) writer".into(), share });
        assert_eq!(threads.busiest(4.0), thread(0.5));
        assert_eq!(threads.waiting(), thread(0.75));
    }

    #[cfg(target_os = "linux")]
    #[tokio::test]
    async fn this_very_process_can_be_watched() {
        let used = Watch::begin(Some(std::process::id())).end().await;
        let server = used.server.unwrap();
        assert!(!server.gone && server.rss_bytes > 1 << 20 && server.files > Some(2));
        assert!(Watch::begin(Some(u32::MAX)).end().await.server.unwrap().gone);
    }
}
