//! Figures of a run in the text form that Prometheus reads, for a collector of text files or a push
//! gateway. Base units: seconds and bytes; counts end in `_total`.

use std::fmt::Write as _;

use super::Report;
use crate::measure::latency::Latency;
use crate::measure::verdict::Verdict;

/// The quantiles that are told.
const QUANTILES: [f64; 5] = [0.5, 0.9, 0.99, 0.999, 1.0];

impl Report {
    /// Figures in the text form of Prometheus, with a newline at their end.
    pub fn prometheus(&self) -> String {
        let mut page = Page(String::new());
        run(&mut page, self);
        times(&mut page, self);
        counts(&mut page, self);
        if let (Some(used), Some(server)) = (&self.figures.server, &self.outcome.server) {
            let help = "Processor time of the server in the measured part.";
            page.one("server_cpu_seconds_total", help, used.cpu_seconds);
            let help = "Processor time of the server for each delivery.";
            page.one("server_cpu_seconds_per_delivery", help, used.cpu_us_per_delivery / 1e6);
            let help = "Resident memory of the server at the end.";
            page.one("server_resident_memory_bytes", help, server.end.rss_bytes as f64);
            let help = "Growth of resident memory for each seat.";
            page.one("server_resident_memory_bytes_per_seat", help, used.rss_bytes_per_seat);
        }
        page.0
    }
}

fn run(page: &mut Page, report: &Report) {
    let (found, asked) = (&report.outcome, &report.outcome.asked);
    let is = |it: bool| f64::from(u8::from(it));
    let verdict = report.verdict;
    page.one("passed", "Whether every threshold was kept: 1 or 0.", is(verdict == Verdict::Pass));
    let help = "Whether the run could be judged: 1 or 0; when 0, passed says nothing.";
    page.one("judged", help, is(verdict != Verdict::Unjudged));
    page.one("partial", "Whether the run was stopped before its end: 1 or 0.", is(found.partial));
    page.head("run_info", "What was run; always 1.");
    let (seed, scenario) = (asked.seed.to_string(), asked.scenario.as_deref().unwrap_or_default());
    let labels = [
        ("url", asked.url.as_str()),
        ("scenario", scenario),
        ("seed", &seed),
        ("version", &asked.version),
    ];
    page.line("run_info", &labels, 1.0);
    let begun = asked.started_at as f64;
    page.one("start_time_seconds", "When the run began, in seconds since 1970.", begun);
    page.one("sets", "Sets, each with a room of its own.", asked.rooms as f64);
    page.one("seats", "Seats in all sets.", found.seats as f64);
    page.one("seats_not_taken", "Seats whose people were never in.", found.not_in as f64);
    let gone = is(found.unreachable || found.process_ended);
    page.one("server_gone", "Whether the server ended on the way: 1 or 0.", gone);
    page.one("load_duration_seconds", "How long the measured part was.", found.load_seconds);
    let help = "The most that the 99th percentile of latency may be.";
    page.one("latency_limit_seconds", help, report.thresholds.p99_ms / 1000.0);
}

fn times(page: &mut Page, report: &Report) {
    let found = &report.outcome;
    let help = "From the moment a command was due to its receipt at a seat.";
    page.summary("latency_seconds", help, &found.latency);
    let help = "From a seat's first packet to its first snapshot.";
    page.summary("join_seconds", help, &found.joined);
    let help = "From a connection's end to its seat having everything again.";
    page.summary("back_seconds", help, &found.back);
    let help = "From the moment a command was due to its sending.";
    page.summary("lateness_seconds", help, &found.late);
    let all_in = "How long it took until everybody was in.";
    page.one("join_duration_seconds", all_in, found.join_seconds);
}

fn counts(page: &mut Page, report: &Report) {
    let found = &report.outcome;
    let at = &found.deliveries;
    page.one("deliveries_expected_total", "Changes times seats.", at.expected as f64);
    let received = at.received as f64;
    page.one("deliveries_received_total", "Deliveries that came, each once.", received);
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
    page.one("connections_cut_total", "Connections that were cut on purpose.", at.cut as f64);
    let back = [("ring", at.by_ring), ("snapshot", at.by_snapshot), ("never", at.never)];
    let help = "Connections that were cut, by how people came back.";
    page.each("reconnects_total", help, "how", back);
    let (checked, equal) = (found.views.checked as f64, found.views.equal as f64);
    page.one("views_checked_total", "Views compared with a fresh snapshot.", checked);
    page.one("views_equal_total", "Views that equalled a fresh snapshot.", equal);
}

struct Page(String);

impl Page {
    /// Counters are told by their name.
    fn head(&mut self, name: &str, help: &str) {
        self.head_of(if name.ends_with("_total") { "counter" } else { "gauge" }, name, help);
    }

    fn head_of(&mut self, kind: &str, name: &str, help: &str) {
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

    /// A figure of which there is one.
    fn one(&mut self, name: &str, help: &str, value: f64) {
        self.head(name, help);
        self.line(name, &[], value);
    }

    /// A counter for each value of a label.
    fn each<'a>(
        &mut self,
        name: &str,
        help: &str,
        label: &str,
        counts: impl IntoIterator<Item = (&'a str, u64)>,
    ) {
        self.head(name, help);
        for (value, count) in counts {
            self.line(name, &[(label, value)], count as f64);
        }
    }

    fn summary(&mut self, name: &str, help: &str, times: &Latency) {
        self.head_of("summary", name, help);
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
