//! What the server's process uses, as the kernel counts it.

use serde::{Deserialize, Serialize};

use super::machine::{field, field_in_kb};
use super::sum;

/// A reading of one process.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Reading {
    /// Processor time so far, in seconds, all threads.
    pub cpu_seconds: f64,
    /// Memory that is resident, in bytes.
    pub rss_bytes: u64,
    /// What it wrote so far, in bytes, nearly all of it to its files; none where that is not told.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub written_bytes: Option<u64>,
    /// Files that it has open, sockets included; only where they were counted.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub files: Option<u64>,
}

impl std::ops::Add for Reading {
    type Output = Self;

    fn add(self, other: Self) -> Self {
        Self {
            cpu_seconds: self.cpu_seconds + other.cpu_seconds,
            rss_bytes: self.rss_bytes + other.rss_bytes,
            written_bytes: sum(self.written_bytes, other.written_bytes),
            files: sum(self.files, other.files),
        }
    }
}

/// What the server used in a run.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Used {
    /// Processor time for each delivery of the measured part, in microseconds.
    pub cpu_us_per_delivery: f64,
    /// Growth of resident memory from before the joins to the end, for each seat, in bytes.
    pub rss_bytes_per_seat: f64,
    /// Resident memory at the end, in bytes.
    pub rss_bytes: u64,
    /// Processor time in the measured part, in seconds.
    pub cpu_seconds: f64,
}

impl Used {
    /// From readings before the joins, at the start of the measured part and at its end.
    pub fn between(
        before: Reading,
        start: Reading,
        end: Reading,
        deliveries: u64,
        seats: u64,
    ) -> Self {
        let cpu_seconds = (end.cpu_seconds - start.cpu_seconds).max(0.0);
        // Memory that was given back counts as no growth, not as a negative one.
        let grown = end.rss_bytes.saturating_sub(before.rss_bytes);
        Self {
            cpu_us_per_delivery: cpu_seconds * 1e6 / deliveries.max(1) as f64,
            rss_bytes_per_seat: grown as f64 / seats.max(1) as f64,
            rss_bytes: end.rss_bytes,
            cpu_seconds,
        }
    }
}

/// Why a process cannot be read.
#[derive(Debug, thiserror::Error)]
pub enum ProcessError {
    /// There is none, or it is not ours to look at.
    #[error("process {0} cannot be read: {1}")]
    Read(u32, std::io::Error),
    /// The kernel's files have another form than is known here.
    #[error("process {0}: /proc has another form than is known here")]
    Form(u32),
    /// Only Linux has /proc.
    #[error("--server-pid needs Linux")]
    System,
}

/// Reads a process from `/proc`.
///
/// # Errors
/// [`ProcessError`].
#[cfg(target_os = "linux")]
pub fn read(pid: u32) -> Result<Reading, ProcessError> {
    let file = |name: &str| {
        std::fs::read_to_string(format!("/proc/{pid}/{name}"))
            .map_err(|e| ProcessError::Read(pid, e))
    };
    let form = || ProcessError::Form(pid);
    let ticks = cpu_ticks(&file("stat")?).ok_or_else(form)?;
    let rss_bytes = field_in_kb(&file("status")?, "VmRSS").ok_or_else(form)?;
    let written_bytes = file("io").ok().and_then(|io| written_bytes(&io));
    Ok(Reading { cpu_seconds: seconds(ticks), rss_bytes, written_bytes, files: None })
}

/// Reads a process and counts its open files, which takes longer the more there are.
///
/// # Errors
/// [`ProcessError`].
pub fn read_whole(pid: u32) -> Result<Reading, ProcessError> {
    let files = std::fs::read_dir(format!("/proc/{pid}/fd")).ok().map(|fds| fds.count() as u64);
    Ok(Reading { files, ..read(pid)? })
}

/// How many files a process may have open; none where that is not limited, or not told.
pub fn files_allowed(pid: u32) -> Option<u64> {
    let limits = std::fs::read_to_string(format!("/proc/{pid}/limits")).ok()?;
    let line = limits.lines().find_map(|line| line.strip_prefix("Max open files"))?;
    line.split_ascii_whitespace().next()?.parse().ok()
}

/// What became of a machine's processors so far, in seconds of all of them together.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Cpu {
    /// They worked, for whomever.
    pub busy: f64,
    /// They were to work, and the host that the machine is a guest of gave them to others.
    pub stolen: f64,
}

/// Processor time of the whole machine so far; none where it is not told.
pub fn machine_cpu() -> Option<Cpu> {
    let [busy, stolen] = machine_ticks(&std::fs::read_to_string("/proc/stat").ok()?)?;
    Some(Cpu { busy: seconds(busy), stolen: seconds(stolen) })
}

/// How long, so far, anything on this machine waited for a disk, in seconds; none where it is not
/// told.
pub fn disk_waited_seconds() -> Option<f64> {
    waited_us(&std::fs::read_to_string("/proc/pressure/io").ok()?).map(|us| us as f64 / 1e6)
}

/// The time in which something waited, from `/proc/pressure`, in microseconds.
fn waited_us(pressure: &str) -> Option<u64> {
    let some = pressure.lines().find(|line| line.starts_with("some "))?;
    some.split_ascii_whitespace().find_map(|part| part.strip_prefix("total="))?.parse().ok()
}

/// Clock ticks in seconds.
#[cfg(unix)]
pub(crate) fn seconds(ticks: u64) -> f64 {
    ticks as f64 / rustix::param::clock_ticks_per_second() as f64
}

/// Elsewhere nothing counts in ticks.
#[cfg(not(unix))]
pub(crate) fn seconds(ticks: u64) -> f64 {
    ticks as f64
}

/// Elsewhere there is nothing to read.
///
/// # Errors
/// [`ProcessError::System`], always.
#[cfg(not(target_os = "linux"))]
pub fn read(_pid: u32) -> Result<Reading, ProcessError> {
    Err(ProcessError::System)
}

/// User and system time from `/proc/PID/stat`, in clock ticks. The program's name is in brackets
/// and may hold anything, so fields are counted after the last one.
#[cfg_attr(not(target_os = "linux"), allow(dead_code, reason = "only Linux has /proc"))]
pub(crate) fn cpu_ticks(stat: &str) -> Option<u64> {
    let (_, rest) = stat.rsplit_once(')')?;
    let mut fields = rest.split_ascii_whitespace().skip(11);
    let user: u64 = fields.next()?.parse().ok()?;
    let system: u64 = fields.next()?.parse().ok()?;
    Some(user + system)
}

/// What all processors did but wait, and what was stolen from them, from `/proc/stat`, in clock
/// ticks. An old kernel tells of nothing stolen.
fn machine_ticks(stat: &str) -> Option<[u64; 2]> {
    let all = stat.lines().next()?.strip_prefix("cpu ")?;
    let mut fields = all.split_ascii_whitespace().map(|field| field.parse::<u64>().ok());
    let (user, nice, system) = (fields.next()??, fields.next()??, fields.next()??);
    // Idle and waiting for the disk come next, then interrupts.
    let (irq, soft) = (fields.nth(2)??, fields.next()??);
    let stolen = fields.next().flatten().unwrap_or_default();
    Some([user + nice + system + irq + soft, stolen])
}

/// What was written, from `/proc/PID/io`. `write_bytes` beside it sounds like what a disk sees and is
/// not: it counts whole folios of the page cache, every time that one is touched after it was synced,
/// and for a journal of small commits that is sixteen times what its disk is given.
#[cfg_attr(not(target_os = "linux"), allow(dead_code, reason = "only Linux has /proc"))]
fn written_bytes(io: &str) -> Option<u64> {
    field(io, "wchar")?.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fields_are_counted_after_the_name() {
        let stat = "42 (a) b (c) S 1 2 3 4 5 6 7 8 9 10 250 50 0 0 20 0 3 0 100";
        assert_eq!(cpu_ticks(stat), Some(300));
        assert_eq!(cpu_ticks("42 (cut"), None);
        let status = "Name:\tx\nVmRSS:\t    2048 kB\nThreads: 3\n";
        assert_eq!(field_in_kb(status, "VmRSS"), Some(2 << 20));
        assert_eq!(field_in_kb("Name:\tx\n", "VmRSS"), None);
        assert_eq!(written_bytes("rchar: 1\nwchar: 300\nwrite_bytes: 4096\n"), Some(300));
        assert_eq!(machine_ticks("cpu  100 1 50 900 9 3 4 7 0 0\ncpu0 1 1\n"), Some([158, 7]));
        assert_eq!(machine_ticks("cpu  100 1 50 900 9 3 4\n"), Some([158, 0]));
        assert_eq!(machine_ticks("cpu  100 1\n"), None);
        let pressure = "some avg10=0.00 avg60=0.00 avg300=0.00 total=42\nfull avg10=0 total=7\n";
        assert_eq!(waited_us(pressure), Some(42));
    }

    #[cfg(target_os = "linux")]
    #[test]
    fn this_very_process_can_be_read() {
        let reading = read(std::process::id()).unwrap();
        assert!(reading.rss_bytes > 1 << 20 && reading.cpu_seconds >= 0.0);
        assert!(matches!(read(u32::MAX), Err(ProcessError::Read(..))));
    }

    #[test]
    fn use_is_counted_from_the_right_readings() {
        let at = |cpu_seconds, rss_bytes| Reading { cpu_seconds, rss_bytes, ..Reading::default() };
        let used = Used::between(at(1.0, 1000), at(2.0, 9000), at(2.5, 5000), 100_000, 4);
        assert_eq!(used.cpu_seconds, 0.5);
        assert_eq!(used.cpu_us_per_delivery, 5.0);
        assert_eq!(used.rss_bytes_per_seat, 1000.0);
        let shrunk = Used::between(at(1.0, 9000), at(2.0, 9000), at(2.5, 5000), 0, 0);
        assert_eq!(shrunk.rss_bytes_per_seat, 0.0);
    }
}
