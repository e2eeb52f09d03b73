//! The machine that figures come from, in one line.

use std::fs;

/// Processor, cores, memory and kernel.
pub fn describe() -> String {
    let field = |file: &str, name: &str| {
        let text = fs::read_to_string(file).unwrap_or_default();
        let line = text.lines().find(|line| line.starts_with(name)).unwrap_or_default();
        line.split_once(':').map_or_else(String::new, |(_, value)| value.trim().to_owned())
    };
    let processor = field("/proc/cpuinfo", "model name");
    let guest =
        if field("/proc/cpuinfo", "flags").contains(" hypervisor") { ", a guest" } else { "" };
    // Not what this thread may use: it may have been bound to one of them.
    let all = fs::read_to_string("/proc/cpuinfo").unwrap_or_default();
    let cores = all.lines().filter(|line| line.starts_with("processor")).count();
    let kib: u64 = field("/proc/meminfo", "MemTotal").trim_end_matches(" kB").parse().unwrap_or(0);
    let kernel = fs::read_to_string("/proc/sys/kernel/osrelease").unwrap_or_default();
    let gib = kib as f64 / 1024.0 / 1024.0;
    format!("{processor}, {cores} cores{guest}, {gib:.0} GiB, Linux {}", kernel.trim())
}
