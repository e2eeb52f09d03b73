//! What came out, in a table that people read.

use std::fmt::Write as _;

use crate::figures::{Figures, Spread};
use crate::results::{Measured, Results};
use crate::servers::Server;
use crate::workload::Workload;

/// One measurement in one line.
#[must_use]
pub fn line(measured: &Measured) -> String {
    let Measured { round, workload, server, figures, disturbed } = measured;
    let (workload, server, f) = (workload.name(), server.name(), figures);
    let mut line = format!(
        "round {} {workload:<10} {server:<15} {:>6.2} µs/delivery {:>8.0}/s  p50 {:>7.0} µs  p99 {:>8.0} µs  late p99 {:>6.0} µs  {:>6.2} KiB/seat  others {:.2}",
        round + 1,
        f.cpu_us,
        f.per_second,
        f.p50_us,
        f.p99_us,
        f.late_p99_us,
        f.rss_kib_joined,
        f.others + f.stolen,
    );
    if !f.is_sound() {
        let Figures { lost, duplicated, wrong_room, gaps, refused, .. } = f;
        let _ = write!(
            line,
            "  UNSOUND: {lost} lost, {duplicated} twice, {wrong_room} in a wrong room, {gaps} places left out, {refused} refused"
        );
    }
    if let Some(why) = disturbed {
        let _ = write!(line, "  DISTURBED: {why}");
    }
    line
}

/// All of a run.
#[must_use]
pub fn markdown(results: &Results) -> String {
    let mut text = String::new();
    for workload in Workload::ALL {
        if results.measured.iter().any(|one| one.workload == workload) {
            one(results, workload, &mut text);
        }
    }
    text
}

fn one(results: &Results, workload: Workload, text: &mut String) {
    let _ = writeln!(text, "### {}\n", workload.name());
    text.push_str("| server | µs/delivery | to floor | to Bun | deliveries/s | p50 µs | p99 µs | KiB/seat | lost, twice, wrong room, gaps |\n");
    text.push_str("|---|---|---|---|---|---|---|---|---|\n");
    for server in Server::ALL {
        let Some(cpu) = results.spread(workload, server, |f| f.cpu_us) else { continue };
        let ratio = |to| in_words(results.ratio(workload, server, to, |f| f.cpu_us), 2);
        let middle = |figure: fn(&Figures) -> f64, digits| {
            let spread = results.spread(workload, server, figure);
            spread.map_or_else(String::new, |spread| format!("{:.digits$}", spread.median))
        };
        let sum = |count: fn(&Figures) -> u64| -> u64 {
            results
                .measured
                .iter()
                .filter(|one| one.workload == workload && one.server == server)
                .map(|one| count(&one.figures))
                .sum()
        };
        let _ = writeln!(
            text,
            "| {} | {} | {} | {} | {} | {} | {} | {} | {}, {}, {}, {} |",
            server.name(),
            in_words(Some(cpu), 2),
            ratio(Server::Floor),
            ratio(Server::Bun),
            middle(|f| f.per_second, 0),
            middle(|f| f.p50_us, 0),
            middle(|f| f.p99_us, 0),
            middle(|f| f.rss_kib_joined, 2),
            sum(|f| f.lost),
            sum(|f| f.duplicated),
            sum(|f| f.wrong_room),
            sum(|f| f.gaps),
        );
    }
    text.push('\n');
}

fn in_words(spread: Option<Spread>, digits: usize) -> String {
    spread.map_or_else(String::new, |Spread { median, least, most }| {
        format!("{median:.digits$} ({least:.digits$}–{most:.digits$})")
    })
}
