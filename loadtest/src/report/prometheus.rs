//! Figures of a run in the text form that Prometheus reads, for a collector of text files or a push
//! gateway. Base units: seconds and bytes; counts end in `_total`.

use std::fmt::Write as _;

use super::Report;
use crate::measure::latency::Latency;
use crate::measure::verdict::Verdict;

/// The quantiles that are told.
const QUANTILES: [f64; 5] = [0.5, 0.9, 0.99, 0.999, 1.0];

/// The page, with a newline at its end.
pub(super) fn text(report: &Report) -> String {
    let mut page = Page(String::new());
    run(&mut page, report);
    times(&mut page, report);
    counts(&mut page, report);
    if let (Some(used), Some(server)) = (&report.figures.server, &report.outcome.server) {
        let cpu = used.cpu_seconds;
        page.one(
            "server_cpu_seconds_total",
            "counter",
            "Processor time of the server in the measured part.",
            cpu,
        );
        let cpu = used.cpu_us_per_delivery / 1e6;
        page.one(
            "server_cpu_seconds_per_delivery",
            "gauge",
            "Processor time of the server for each delivery.",
            cpu,
        );
        let memory = server.end.rss_bytes as f64;
        page.one(
            "server_resident_memory_bytes",
            "gauge",
            "Resident memory of the server at the end.",
            memory,
        );
        let seat = used.rss_bytes_per_seat;
        page.one(
            "server_resident_memory_bytes_per_seat",
            "gauge",
            "Growth of resident memory for each seat.",
            seat,
        );
    }
    page.0
}

fn run(page: &mut Page, report: &Report) {
    let (found, asked) = (&report.outcome, &report.outcome.asked);
    let passed = f64::from(u8::from(report.verdict == Verdict::Pass));
    page.one("passed", "gauge", "Whether every threshold was kept: 1 or 0.", passed);
    let judged = f64::from(u8::from(report.verdict != Verdict::Unjudged));
    let help = "Whether the run could be judged: 1 or 0; when 0, passed says nothing.";
    page.one("judged", "gauge", help, judged);
    let partial = f64::from(u8::from(found.partial));
    page.one("partial", "gauge", "Whether the run was stopped before its end: 1 or 0.", partial);
    page.head("run_info", "gauge", "What was run; always 1.");
    let (seed, scenario) = (asked.seed.to_string(), asked.scenario.as_deref().unwrap_or_default());
    let labels = [
        ("url", asked.url.as_str()),
        ("scenario", scenario),
        ("seed", &seed),
        ("version", &asked.version),
    ];
    page.line("run_info", &labels, 1.0);
    let start = asked.started_at as f64;
    page.one("start_time_seconds", "gauge", "When the run began, in seconds since 1970.", start);
    page.one("sets", "gauge", "Sets, each with a room of its own.", asked.rooms as f64);
    page.one("seats", "gauge", "Seats in all sets.", found.seats as f64);
    let not_in = found.not_in as f64;
    page.one("seats_not_taken", "gauge", "Seats whose people were never in.", not_in);
    let gone = f64::from(u8::from(found.unreachable || found.process_ended));
    page.one("server_gone", "gauge", "Whether the server ended on the way: 1 or 0.", gone);
    let length = found.load_seconds;
    page.one("load_duration_seconds", "gauge", "How long the measured part was.", length);
    let limit = report.thresholds.p99_ms / 1000.0;
    page.one(
        "latency_limit_seconds",
        "gauge",
        "The most that the 99th percentile of latency may be.",
        limit,
    );
}

fn times(page: &mut Page, report: &Report) {
    let found = &report.outcome;
    for (name, help, times) in [
        (
            "latency_seconds",
            "From the moment a command was due to its receipt at a seat.",
            &found.latency,
        ),
        ("join_seconds", "From a seat's first packet to its first snapshot.", &found.joined),
        (
            "back_seconds",
            "From a connection's end to its seat having everything again.",
            &found.back,
        ),
        ("lateness_seconds", "From the moment a command was due to its sending.", &found.late),
    ] {
        page.summary(name, help, times);
    }
    let all_in = found.join_seconds;
    page.one("join_duration_seconds", "gauge", "How long it took until everybody was in.", all_in);
}

fn counts(page: &mut Page, report: &Report) {
    let found = &report.outcome;
    let at = &found.deliveries;
    page.one("deliveries_expected_total", "counter", "Changes times seats.", at.expected as f64);
    page.one(
        "deliveries_received_total",
        "counter",
        "Deliveries that came, each once.",
        at.received as f64,
    );
    page.head("deliveries_wrong_total", "counter", "Deliveries that did not come as they should.");
    for (kind, count) in [
        ("lost", at.lost),
        ("duplicated", at.duplicated),
        ("out_of_order", at.out_of_order),
        ("wrong_room", at.wrong_room),
        ("nameless", at.nameless),
    ] {
        page.line("deliveries_wrong_total", &[("kind", kind)], count as f64);
    }
    let at = &found.commands;
    page.head("commands_total", "counter", "Commands that were sent, by what came of them.");
    let unanswered = at.sent.saturating_sub(at.done + at.refusals());
    for (result, count) in
        [("done", at.done), ("refused", at.refusals()), ("unanswered", unanswered)]
    {
        page.line("commands_total", &[("result", result)], count as f64);
    }
    for (name, label, help, counts) in [
        ("refusals_total", "code", "Refused commands by code.", &at.refused),
        ("turned_away_total", "limit", "Refused connections by limit.", &found.turned_away),
        ("ended_total", "how", "Connections that ended unmeant, by how.", &found.ended),
    ] {
        page.head(name, "counter", help);
        for (value, count) in counts {
            page.line(name, &[(label, value)], *count as f64);
        }
    }
    let at = &found.reconnects;
    page.one(
        "connections_cut_total",
        "counter",
        "Connections that were cut on purpose.",
        at.cut as f64,
    );
    page.head("reconnects_total", "counter", "Connections that were cut, by how people came back.");
    for (how, count) in [("ring", at.by_ring), ("snapshot", at.by_snapshot), ("never", at.never)] {
        page.line("reconnects_total", &[("how", how)], count as f64);
    }
    page.one(
        "views_checked_total",
        "counter",
        "Views compared with a fresh snapshot.",
        found.views.checked as f64,
    );
    page.one(
        "views_equal_total",
        "counter",
        "Views that equalled a fresh snapshot.",
        found.views.equal as f64,
    );
}

struct Page(String);

impl Page {
    fn head(&mut self, name: &str, kind: &str, help: &str) {
        // Writing to a string cannot fail.
        let _ = writeln!(self.0, "# HELP setroom_loadtest_{name} {help}");
        let _ = writeln!(self.0, "# TYPE setroom_loadtest_{name} {kind}");
    }

    fn line(&mut self, name: &str, labels: &[(&str, &str)], value: f64) {
        let labels: Vec<_> =
            labels.iter().map(|(name, value)| format!("{name}=\"{}\"", escaped(value))).collect();
        let labels =
            if labels.is_empty() { String::new() } else { format!("{{{}}}", labels.join(",")) };
        let _ = writeln!(self.0, "setroom_loadtest_{name}{labels} {value}");
    }

    fn one(&mut self, name: &str, kind: &str, help: &str, value: f64) {
        self.head(name, kind, help);
        self.line(name, &[], value);
    }

    fn summary(&mut self, name: &str, help: &str, times: &Latency) {
        self.head(name, "summary", help);
        for quantile in QUANTILES {
            // Without a single time there is no quantile, and that has a spelling.
            let value = if times.count() == 0 { f64::NAN } else { times.at(quantile) / 1000.0 };
            self.line(name, &[("quantile", &quantile.to_string())], value);
        }
        self.line(&format!("{name}_sum"), &[], times.sum_seconds());
        self.line(&format!("{name}_count"), &[], times.count() as f64);
    }
}

fn escaped(value: &str) -> String {
    value.replace('\\', "\\\\").replace('"', "\\\"").replace('\n', "\\n")
}
