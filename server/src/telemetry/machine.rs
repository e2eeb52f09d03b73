//! Figures that are read when they are asked for: of the process, and of the disk it writes to.

use std::fmt::Error;
use std::path::{Path, PathBuf};
use std::sync::{Arc, OnceLock};

use prometheus_client::collector::Collector;
use prometheus_client::encoding::{DescriptorEncoder, EncodeMetric};
use prometheus_client::metrics::gauge::ConstGauge;

/// What is known only when the service starts.
#[derive(Clone, Debug)]
pub(crate) struct Watched {
    /// The journal's file, if there is one.
    pub(crate) journal: Option<PathBuf>,
    /// When the process began, in milliseconds since 1970.
    pub(crate) began_ms: u64,
}

/// The figures of a process that everybody's dashboards know by these names.
#[derive(Clone, Debug, Default)]
pub(super) struct Machine {
    pub(super) watched: Arc<OnceLock<Watched>>,
}

/// The figures of the journal's disk, which are named like the others.
#[derive(Clone, Debug)]
pub(super) struct Disk(pub(super) Machine);

fn put(
    encoder: &mut DescriptorEncoder<'_>,
    name: &str,
    help: &str,
    figure: &impl EncodeMetric,
) -> Result<(), Error> {
    figure.encode(encoder.encode_descriptor(name, help, None, figure.metric_type())?)
}

impl Collector for Machine {
    fn encode(&self, mut encoder: DescriptorEncoder<'_>) -> Result<(), Error> {
        let into = &mut encoder;
        #[cfg(target_os = "linux")]
        system::encode(into)?;
        if let Some(watched) = self.watched.get() {
            #[allow(clippy::cast_precision_loss, reason = "milliseconds have 11 bits to spare")]
            let seconds = watched.began_ms as f64 / 1000.0;
            let help = "When the process began, in seconds since 1970";
            put(into, "process_start_time_seconds", help, &ConstGauge::new(seconds))?;
        }
        Ok(())
    }
}

impl Collector for Disk {
    fn encode(&self, mut encoder: DescriptorEncoder<'_>) -> Result<(), Error> {
        let Some(file) = self.0.watched.get().and_then(|watched| watched.journal.as_ref()) else {
            return Ok(());
        };
        let into = &mut encoder;
        let length = |file: &Path| std::fs::metadata(file).map_or(0, |its| its.len());
        let mut log = file.clone().into_os_string();
        log.push("-wal");
        let journal = length(file) + length(Path::new(&log));
        let help = "The journal's file and its write-ahead log";
        put(into, "journal_size_bytes", help, &ConstGauge::new(signed(journal)))?;
        if let Some(free) = file.parent().and_then(free_on_disk) {
            let help = "What the service may still write on the journal's disk";
            put(into, "journal_disk_free_bytes", help, &ConstGauge::new(signed(free)))?;
        }
        Ok(())
    }
}

pub(super) fn signed(value: u64) -> i64 {
    i64::try_from(value).unwrap_or(i64::MAX)
}

/// What the service may still write on this folder's disk, where the system says so.
pub(crate) fn free_on_disk(folder: &Path) -> Option<u64> {
    #[cfg(target_os = "linux")]
    {
        let disk = rustix::fs::statvfs(folder).ok()?;
        disk.f_bavail.checked_mul(disk.f_frsize)
    }
    #[cfg(not(target_os = "linux"))]
    {
        let _ = folder;
        None
    }
}

/// What Linux says of this process. Each is left out where it cannot be known.
#[cfg(target_os = "linux")]
mod system {
    use std::fmt::Error;

    use prometheus_client::encoding::DescriptorEncoder;
    use prometheus_client::metrics::counter::ConstCounter;
    use prometheus_client::metrics::gauge::ConstGauge;
    use rustix::process::{Resource, getrlimit};
    use rustix::time::{ClockId, clock_gettime};

    use super::{put, signed};

    pub(super) fn encode(into: &mut DescriptorEncoder<'_>) -> Result<(), Error> {
        let used = clock_gettime(ClockId::ProcessCPUTime);
        #[allow(clippy::cast_precision_loss, reason = "seconds of a processor stay far below that")]
        let seconds = used.tv_sec as f64 + used.tv_nsec as f64 / 1e9;
        let help = "Processor time, of user and system";
        put(into, "process_cpu_seconds", help, &ConstCounter::new(seconds))?;
        let gauges = [
            ("process_resident_memory_bytes", "Memory that is resident", resident_bytes()),
            ("process_open_fds", "Open files", open_files()),
            ("process_max_fds", "Files that may be open", getrlimit(Resource::Nofile).current),
        ];
        for (name, help, value) in gauges {
            if let Some(value) = value {
                put(into, name, help, &ConstGauge::new(signed(value)))?;
            }
        }
        Ok(())
    }

    fn resident_bytes() -> Option<u64> {
        let status = std::fs::read_to_string("/proc/self/status").ok()?;
        let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"))?;
        line.trim().strip_suffix(" kB")?.trim().parse::<u64>().ok()?.checked_mul(1024)
    }

    fn open_files() -> Option<u64> {
        let all = std::fs::read_dir("/proc/self/fd").ok()?.count() as u64;
        // One of them is the look itself.
        Some(all.saturating_sub(1))
    }
}
