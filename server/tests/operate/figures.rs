//! The page of figures: its forms, what is on it from the start, and what is made of it.

use std::io::Write as _;
use std::path::Path;
use std::process::{Command, Stdio};

use crate::support::{Service, has, left_out, repository};

#[test]
fn open_metrics_is_served_to_whoever_asks_for_it_and_the_plain_form_to_all_others() {
    let folder = tempfile::tempdir().unwrap();
    let service = Service::start(folder.path(), &[]);
    let open =
        "application/openmetrics-text;version=1.0.0,text/plain;version=0.0.4;q=0.5,*/*;q=0.1";
    let (head, page) = service.figures(open);
    assert!(head.contains("content-type: application/openmetrics-text; version=1.0.0"), "{head}");
    assert!(page.ends_with("# EOF\n"), "{page}");
    assert!(page.contains("# TYPE setroom_room_commands counter\n"), "{page}");
    for accept in ["*/*", "text/plain", "text/html"] {
        let (head, page) = service.figures(accept);
        assert!(head.contains("content-type: text/plain; version=0.0.4"), "{accept} {head}");
        assert!(!page.contains("# EOF") && !page.contains("# UNIT"), "{page}");
        assert!(page.contains("# TYPE setroom_room_commands_total counter\n"), "{page}");
    }
}

#[test]
fn promtool_finds_nothing_to_say_of_the_page() {
    let test = "promtool_finds_nothing_to_say_of_the_page";
    if !has("promtool") {
        return left_out(test, "there is no promtool (Debian's package prometheus)");
    }
    let folder = tempfile::tempdir().unwrap();
    let service = Service::start(folder.path(), &[]);
    let (_, page) = service.figures("*/*");
    let mut child = Command::new("promtool")
        .args(["check", "metrics"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    child.stdin.take().unwrap().write_all(page.as_bytes()).unwrap();
    let output = child.wait_with_output().unwrap();
    let said = String::from_utf8([output.stdout, output.stderr].concat()).unwrap();
    assert_eq!((output.status.code(), said.as_str()), (Some(0), ""), "{page}");
}

#[test]
fn what_can_be_counted_is_there_from_the_start_beside_what_it_is_measured_by() {
    let folder = tempfile::tempdir().unwrap();
    let service = Service::start(folder.path(), &[]);
    let source = std::fs::read_to_string(repository().join("server/src/limits/mod.rs")).unwrap();
    let names = source.lines().filter_map(|line| line.split_once("=> \"")?.1.split('"').next());
    let names: Vec<_> = names.collect();
    assert!(names.len() > 5, "{names:?}");
    for name in names {
        let figure = format!("setroom_limit_refusals_total{{limit=\"{name}\"}}");
        assert_eq!(service.figure(&figure), 0.0, "{figure}");
    }
    for name in [
        "setroom_room_not_saved_total",
        "setroom_room_faults_total{fault=\"panicked\"}",
        "setroom_room_faults_total{fault=\"damaged\"}",
        "setroom_http_misdirected_total{named=\"host\"}",
        "setroom_http_responses_total{class=\"5xx\"}",
    ] {
        assert_eq!(service.figure(name), 0.0, "{name}");
    }
    let version = format!("setroom_build_info{{version=\"{}\"}}", env!("CARGO_PKG_VERSION"));
    assert_eq!(service.figure(&version), 1.0);
    assert_eq!(service.figure("setroom_ready"), 1.0);
    assert_eq!(service.figure("setroom_http_connections_ceiling"), 10_000.0);
    assert_eq!(service.figure("setroom_room_rooms_ceiling"), 5_000.0);
    assert_eq!(service.figure("setroom_socket_waiting_ceiling_bytes"), 256.0 * 1024.0 * 1024.0);
    assert_eq!(service.figure("setroom_journal_ceiling_bytes"), 0.0, "the disk's");
    assert!(service.figure("setroom_journal_size_bytes") >= 4096.0);
    assert!(service.figure("setroom_journal_disk_free_bytes") > 0.0);
    assert!(service.figure("process_cpu_seconds_total") > 0.0);
    assert!(service.figure("process_resident_memory_bytes") > 1e6);
    assert!(service.figure("process_open_fds") >= 5.0);
    assert!(service.figure("process_max_fds") >= service.figure("process_open_fds"));
    let began = service.figure("process_start_time_seconds");
    assert!(began > 1.6e9 && began < 1e10, "{began}");
}

fn promtool(words: &[&str], file: &Path) {
    let output = Command::new("promtool").args(words).arg(file).output().unwrap();
    let said = String::from_utf8([output.stdout, output.stderr].concat()).unwrap();
    assert!(output.status.success() && said.contains("SUCCESS"), "{said}");
}

#[test]
fn the_alerts_go_off_when_they_should_and_name_figures_that_there_are() {
    let test = "the_alerts_go_off_when_they_should_and_name_figures_that_there_are";
    if !has("promtool") {
        return left_out(test, "there is no promtool (Debian's package prometheus)");
    }
    let rules = repository().join("deploy/prometheus-rules.yml");
    promtool(&["check", "rules"], &rules);
    promtool(&["test", "rules"], &repository().join("server/tests/data/prometheus-rules.test.yml"));

    let folder = tempfile::tempdir().unwrap();
    let service = Service::start(folder.path(), &[]);
    let (_, page) = service.figures("*/*");
    let text = std::fs::read_to_string(rules).unwrap();
    let tests =
        std::fs::read_to_string(repository().join("server/tests/data/prometheus-rules.test.yml"));
    let tests = tests.unwrap();
    for alert in text.lines().filter_map(|line| line.trim().strip_prefix("- alert: ")) {
        assert!(tests.contains(&format!("alertname: {alert}\n")), "{alert} has no test");
    }
    let word = |c: char| !c.is_ascii_alphanumeric() && c != '_';
    let known = |name: &&str| name.starts_with("setroom_") || name.starts_with("process_");
    let names: std::collections::BTreeSet<_> = text
        .lines()
        .filter(|line| !line.trim_start().starts_with("action:"))
        .flat_map(|line| line.split(word))
        .filter(known)
        .collect();
    assert!(names.len() > 10, "{names:?}");
    for name in names {
        assert!(page.lines().any(|line| line.starts_with(name)), "there is no {name} in\n{page}");
    }
}
