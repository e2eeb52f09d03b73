//! Figures of a run in the text form that Prometheus reads, for a collector of text files or a push
//! gateway. Base units: seconds and bytes; counts end in `_total`.

use std::fmt::Write as _;

use super::Report;
use crate::measure::latency::Latency;
use crate::measure::verdict::Verdict;

/// The quantiles that are told.
const QUANTILES: [f64; 5] = [0.5, 0.9, 0.99, 0.999, 1.0];

/// A figure of which there is one: its name, what kind it is, what it means, and its value.
type One<'a> = (&'a str, &'a str, &'a str, f64);

/// The page, with a newline at its end.
pub(super) fn text(report: &Report) -> String {
    let mut page = Page(String::new());
    run(&mut page, report);
    times(&mut page, report);
    counts(&mut page, report);
    if let (Some(used), Some(server)) = (&report.figures.server, &report.outcome.server) {
        let cpu = "Processor time of the server in the measured part.";
        let cpu_each = "Processor time of the server for each delivery.";
        let memory = "Resident memory of the server at the end.";
        let memory_each = "Growth of resident memory for each seat.";
        page.all(&[
            ("server_cpu_seconds_total", "counter", cpu, used.cpu_seconds),
            ("server_cpu_seconds_per_delivery", "gauge", cpu_each, used.cpu_us_per_delivery / 1e6),
            ("server_resident_memory_bytes", "gauge", memory, server.end.rss_bytes as f64),
            (
                "server_resident_memory_bytes_per_seat",
                "gauge",
                memory_each,
                used.rss_bytes_per_seat,
            ),
        ]);
    }
    page.0
}

fn run(page: &mut Page, report: &Report) {
    let (found, asked) = (&report.outcome, &report.outcome.asked);
    let is = |it: bool| f64::from(u8::from(it));
    let judged = "Whether the run could be judged: 1 or 0; when 0, passed says nothing.";
    let partial = "Whether the run was stopped before its end: 1 or 0.";
    page.all(&[
        (
            "passed",
            "gauge",
            "Whether every threshold was kept: 1 or 0.",
            is(report.verdict == Verdict::Pass),
        ),
        ("judged", "gauge", judged, is(report.verdict != Verdict::Unjudged)),
        ("partial", "gauge", partial, is(found.partial)),
    ]);
    page.head("run_info", "gauge", "What was run; always 1.");
    let (seed, scenario) = (asked.seed.to_string(), asked.scenario.as_deref().unwrap_or_default());
    let labels = [
        ("url", asked.url.as_str()),
        ("scenario", scenario),
        ("seed", &seed),
        ("version", &asked.version),
    ];
    page.line("run_info", &labels, 1.0);
    let begun = "When the run began, in seconds since 1970.";
    let gone = "Whether the server ended on the way: 1 or 0.";
    let limit = "The most that the 99th percentile of latency may be.";
    page.all(&[
        ("start_time_seconds", "gauge", begun, asked.started_at as f64),
        ("sets", "gauge", "Sets, each with a room of its own.", asked.rooms as f64),
        ("seats", "gauge", "Seats in all sets.", found.seats as f64),
        ("seats_not_taken", "gauge", "Seats whose people were never in.", found.not_in as f64),
        ("server_gone", "gauge", gone, is(found.unreachable || found.process_ended)),
        ("load_duration_seconds", "gauge", "How long the measured part was.", found.load_seconds),
        ("latency_limit_seconds", "gauge", limit, report.thresholds.p99_ms / 1000.0),
    ]);
}

fn times(page: &mut Page, report: &Report) {
    let found = &report.outcome;
    let latency = "From the moment a command was due to its receipt at a seat.";
    let back = "From a connection's end to its seat having everything again.";
    let late = "From the moment a command was due to its sending.";
    page.summary("latency_seconds", latency, &found.latency);
    let join = "From a seat's first packet to its first snapshot.";
    page.summary("join_seconds", join, &found.joined);
    page.summary("back_seconds", back, &found.back);
    page.summary("lateness_seconds", late, &found.late);
    let all_in = "How long it took until everybody was in.";
    page.all(&[("join_duration_seconds", "gauge", all_in, found.join_seconds)]);
}

fn counts(page: &mut Page, report: &Report) {
    let found = &report.outcome;
    let at = &found.deliveries;
    let received = "Deliveries that came, each once.";
    page.all(&[
        ("deliveries_expected_total", "counter", "Changes times seats.", at.expected as f64),
        ("deliveries_received_total", "counter", received, at.received as f64),
    ]);
    let wrong = [
        ("lost", at.lost),
        ("duplicated", at.duplicated),
        ("out_of_order", at.out_of_order),
        ("wrong_room", at.wrong_room),
        ("nameless", at.nameless),
    ];
    let help = "Deliveries that did not come as they should.";
    page.each("deliveries_wrong_total", help, "kind", wrong);
    let at = &found.commands;
    let results = [("done", at.done), ("refused", at.refusals()), ("unanswered", at.unanswered())];
    let help = "Commands that were sent, by what came of them.";
    page.each("commands_total", help, "result", results);
    for (name, label, help, counts) in [
        ("refusals_total", "code", "Refused commands by code.", &at.refused),
        ("turned_away_total", "limit", "Refused connections by limit.", &found.turned_away),
        ("ended_total", "how", "Connections that ended unmeant, by how.", &found.ended),
    ] {
        page.each(name, help, label, counts.iter().map(|(name, count)| (name.as_str(), *count)));
    }
    let at = &found.reconnects;
    let cut = "Connections that were cut on purpose.";
    page.all(&[("connections_cut_total", "counter", cut, at.cut as f64)]);
    let back = [("ring", at.by_ring), ("snapshot", at.by_snapshot), ("never", at.never)];
    let help = "Connections that were cut, by how people came back.";
    page.each("reconnects_total", help, "how", back);
    let (checked, equal) =
        ("Views compared with a fresh snapshot.", "Views that equalled a fresh snapshot.");
    page.all(&[
        ("views_checked_total", "counter", checked, found.views.checked as f64),
        ("views_equal_total", "counter", equal, found.views.equal as f64),
    ]);
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

    fn all(&mut self, figures: &[One<'_>]) {
        for (name, kind, help, value) in figures {
            self.head(name, kind, help);
            self.line(name, &[], *value);
        }
    }

    /// A counter for each value of a label.
    fn each<'a>(
        &mut self,
        name: &str,
        help: &str,
        label: &str,
        counts: impl IntoIterator<Item = (&'a str, u64)>,
    ) {
        self.head(name, "counter", help);
        for (value, count) in counts {
            self.line(name, &[(label, value)], count as f64);
        }
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
