//! What a process used, and what everybody else on the machine used meanwhile, as the kernel
//! counts it.

use std::fs;
use std::io;

/// Processor time of a process with all its threads, in nanoseconds.
///
/// # Errors
/// When there is no such process.
pub fn cpu_ns(pid: u32) -> io::Result<u64> {
    let mut sum = 0;
    for task in fs::read_dir(format!("/proc/{pid}/task"))? {
        // A thread may have ended since the folder was read.
        let text = fs::read_to_string(task?.path().join("schedstat")).unwrap_or_default();
        sum += text.split(' ').next().and_then(|ns| ns.parse::<u64>().ok()).unwrap_or(0);
    }
    Ok(sum)
}

/// Resident memory of a process, in bytes.
///
/// # Errors
/// When there is no such process.
pub fn rss_bytes(pid: u32) -> io::Result<u64> {
    let text = fs::read_to_string(format!("/proc/{pid}/status"))?;
    let kib = text.lines().find_map(|line| line.strip_prefix("VmRSS:"));
    let kib = kib.and_then(|rest| rest.trim().strip_suffix(" kB")?.parse::<u64>().ok());
    kib.map(|kib| kib * 1024).ok_or_else(|| io::Error::other("/proc tells no VmRSS"))
}

/// A look at the whole machine, in clock ticks.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Machine {
    /// Used by anybody on this machine.
    busy: u64,
    /// Taken by other guests of the same host.
    stolen: u64,
    /// Used by this benchmark's own processes.
    own: u64,
}

/// What others used between two looks, in cores.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Others {
    /// Other processes of this machine.
    pub processes: f64,
    /// Other guests of the same host.
    pub stolen: f64,
}

impl Machine {
    /// Looks now. `own` are the processes that belong to the benchmark.
    ///
    /// # Errors
    /// When `/proc` cannot be read.
    pub fn look(own: &[u32]) -> io::Result<Self> {
        let stat = fs::read_to_string("/proc/stat")?;
        let (busy, stolen) = machine_ticks(&stat).ok_or_else(|| io::Error::other("/proc/stat"))?;
        let mut of_own = 0;
        for pid in own {
            let stat = fs::read_to_string(format!("/proc/{pid}/stat"))?;
            of_own += process_ticks(&stat).ok_or_else(|| io::Error::other("/proc/PID/stat"))?;
        }
        Ok(Self { busy, stolen, own: of_own })
    }

    /// What others used since `before`, in cores.
    pub fn others_since(&self, before: &Self, seconds: f64) -> Others {
        let per_second = rustix::param::clock_ticks_per_second() as f64;
        let cores = |ticks: u64| ticks as f64 / per_second / seconds.max(f64::MIN_POSITIVE);
        let busy = self.busy.saturating_sub(before.busy);
        let own = self.own.saturating_sub(before.own);
        Others {
            processes: cores(busy.saturating_sub(own)),
            stolen: cores(self.stolen.saturating_sub(before.stolen)),
        }
    }
}

/// Ticks in which anything ran, and stolen ones. Interrupts count: those of the loopback network
/// run in the time of whoever sends, and are in that process's time too.
fn machine_ticks(stat: &str) -> Option<(u64, u64)> {
    let fields: Vec<u64> = stat
        .lines()
        .next()?
        .strip_prefix("cpu ")?
        .split_ascii_whitespace()
        .map(str::parse)
        .collect::<Result<_, _>>()
        .ok()?;
    let [user, nice, system, _idle, _iowait, irq, softirq, stolen, ..] = *fields.as_slice() else {
        return None;
    };
    Some((user + nice + system + irq + softirq, stolen))
}

/// Ticks that a process used. Its name may hold anything, so reading begins after it.
fn process_ticks(stat: &str) -> Option<u64> {
    let (_, rest) = stat.rsplit_once(')')?;
    let mut fields = rest.split_ascii_whitespace().skip(11);
    let user: u64 = fields.next()?.parse().ok()?;
    let system: u64 = fields.next()?.parse().ok()?;
    Some(user + system)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_others_used_is_what_is_left() {
        let stat = "cpu  100 10 40 900 5 3 7 20 0 0\ncpu0 1 1 1\n";
        assert_eq!(machine_ticks(stat), Some((160, 20)));
        let of_process = "77 (a name) (of) mine) S 1 2 3 4 5 6 7 8 9 10 30 12 0 0";
        assert_eq!(process_ticks(of_process), Some(42));
        let before = Machine { busy: 100, stolen: 10, own: 50 };
        let after = Machine { busy: 400, stolen: 110, own: 250 };
        let others = after.others_since(&before, 2.0);
        let per_second = rustix::param::clock_ticks_per_second() as f64;
        assert!((others.processes - 50.0 / per_second).abs() < 1e-9);
        assert!((others.stolen - 50.0 / per_second).abs() < 1e-9);
    }

    #[test]
    fn the_kernel_here_is_understood() {
        let own = std::process::id();
        assert!(cpu_ns(own).unwrap() > 0);
        assert!(rss_bytes(own).unwrap() > 100_000);
        assert!(Machine::look(&[own]).unwrap().busy > 0);
    }
}
