//! The machine that a run was made on, so that its figures can be judged later.

use serde::{Deserialize, Serialize};

use super::strain::Strain;

/// A machine, as it tells of itself. What it does not tell is left out.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Machine {
    /// Processor cores that may be used.
    pub cores: u64,
    /// The processor's model.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub processor: Option<String>,
    /// Memory, in bytes.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub memory_bytes: Option<u64>,
    /// The operating system and its version.
    pub system: String,
    /// Processes that wished to run when the run began, on average over a minute.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub load_average: Option<f64>,
    /// What became of it in the measured part, when a tester ran on it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub strain: Option<Strain>,
}

impl Machine {
    /// This one, now.
    pub fn here() -> Self {
        let cores = std::thread::available_parallelism().map_or(0, |cores| cores.get() as u64);
        let file = |path: &str| std::fs::read_to_string(path).unwrap_or_default();
        Self {
            cores,
            processor: field(&file("/proc/cpuinfo"), "model name").map(str::to_owned),
            memory_bytes: least(
                field_in_kb(&file("/proc/meminfo"), "MemTotal"),
                first_number(&file("/sys/fs/cgroup/memory.max")),
            ),
            system: system(&file("/etc/os-release"), &file("/proc/sys/kernel/osrelease")),
            load_average: first_number(&file("/proc/loadavg")),
            strain: None,
        }
    }
}

/// The value after `name` and a colon.
pub(super) fn field<'a>(text: &'a str, name: &str) -> Option<&'a str> {
    let after = |line: &'a str| line.strip_prefix(name)?.trim_start().strip_prefix(':');
    Some(text.lines().find_map(after)?.trim())
}

/// The same of a value in kB, in bytes.
pub(super) fn field_in_kb(text: &str, name: &str) -> Option<u64> {
    Some(field(text, name)?.strip_suffix("kB")?.trim().parse::<u64>().ok()? * 1024)
}

fn first_number<T: std::str::FromStr>(text: &str) -> Option<T> {
    text.split_ascii_whitespace().next()?.parse().ok()
}

/// The smaller of what the machine has and what a container may use of it.
fn least(machine: Option<u64>, container: Option<u64>) -> Option<u64> {
    [machine, container].into_iter().flatten().min()
}

fn system(release: &str, kernel: &str) -> String {
    let name = release.lines().find_map(|line| line.strip_prefix("PRETTY_NAME="));
    let name = name.map_or(std::env::consts::OS, |name| name.trim_matches('"'));
    let kernel = kernel.trim();
    let arch = std::env::consts::ARCH;
    if kernel.is_empty() {
        format!("{name}, {arch}")
    } else {
        format!("{name}, kernel {kernel}, {arch}")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_files_of_linux_are_understood() {
        let cpu = "processor\t: 0\nmodel name\t: A Chip @ 2.0GHz\n";
        assert_eq!(field(cpu, "model name"), Some("A Chip @ 2.0GHz"));
        assert_eq!(field_in_kb("MemTotal:       2048 kB\n", "MemTotal"), Some(2 << 20));
        assert_eq!(least(Some(8), first_number("max\n")), Some(8));
        assert_eq!(least(Some(8), first_number("4\n")), Some(4));
        assert_eq!(first_number("0.42 0.1 0.0 1/100 5\n"), Some(0.42));
        let system = system("NAME=x\nPRETTY_NAME=\"Some Linux 12\"\n", "6.1.0\n");
        assert!(system.starts_with("Some Linux 12, kernel 6.1.0, "), "{system}");
    }

    #[test]
    fn this_machine_has_a_core() {
        assert!(Machine::here().cores > 0);
    }
}
