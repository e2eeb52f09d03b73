//! What came out, in lines and tables that people read.

use std::fmt::Write as _;

use clap::ValueEnum as _;

use crate::figures::{Figures, Spread};
use crate::goals;
use crate::results::{Measured, Results};
use crate::servers::Server;
use crate::workload::Workload;

/// One measurement in one line.
pub fn line(measured: &Measured) -> String {
    let Measured { round, workload, server, figures, disturbed } = measured;
    let mut line = format!("round {} {:<10} {:<15}", round + 1, workload.name(), server.name());
    if let Some(f) = figures {
        let _ = write!(
            line,
            " {:>6.2} µs/delivery {:>8.0}/s  p50 {:>7.0} µs  p99 {:>8.0} µs  {:>6.2} KiB/seat  \
             late p99 {:>6.0} µs  generator {:.2}  others {:.2}",
            f.cpu_us,
            f.per_second,
            f.p50_us,
            f.p99_us,
            f.rss_kib_joined,
            f.late_p99_us,
            f.generator_cores,
            f.others + f.stolen,
        );
        if f.faults() > 0 {
            let _ = write!(line, "  UNSOUND: {}", in_counts(f));
        }
    }
    if let Some(why) = disturbed {
        let _ = write!(line, "  DISTURBED: {why}");
    }
    line
}

fn in_counts(f: &Figures) -> String {
    let Figures { lost, duplicated, wrong_room, gaps, refused, .. } = f;
    format!(
        "{lost} lost, {duplicated} twice, {wrong_room} in a wrong room, {gaps} places left out, \
         {refused} refused"
    )
}

/// All of a run: what was wanted and what came of it, then each workload.
pub fn markdown(results: &Results) -> String {
    let mut text = format!(
        "`{}`\n\n{}. Rounds: {}, {} s each; the middle one and, in brackets, the range.\n\n",
        results.command, results.machine, results.rounds, results.seconds
    );
    of_goals(results, &mut text);
    for workload in Workload::value_variants() {
        if results.played(*workload) {
            of_workload(results, *workload, &mut text);
        }
    }
    text.truncate(text.trim_end().len());
    text.push('\n');
    text
}

fn of_goals(results: &Results, text: &mut String) {
    text.push_str("| workload | what | measured | must | aim | |\n|---|---|---|---|---|---|\n");
    for goal in &goals::ALL {
        let (Some(value), Some(verdict)) = (goal.value(results), goal.verdict(results)) else {
            continue;
        };
        let (workload, what, must, aim) = (goal.workload.name(), goal.what, goal.must, goal.aim);
        let value = in_words(Some(value), 2);
        let _ = writeln!(text, "| {workload} | {what} | {value} | {must} | {aim} | {verdict} |");
    }
    text.push('\n');
}

fn of_workload(results: &Results, workload: Workload, text: &mut String) {
    let name = workload.name();
    let _ = writeln!(text, "**{name}**: {}.", workload.words());
    let _ = writeln!(text, "`cargo xtask bench --workload {name}`\n");
    text.push_str(
        "| server | µs a delivery | to the floor | to Bun | deliveries/s | p50 µs | p99 µs | \
         KiB a seat | lost, twice, wrong room, left out |\n|---|---|---|---|---|---|---|---|---|\n",
    );
    for server in Server::value_variants().iter().copied() {
        let Some(cpu) = results.spread(workload, server, |f| f.cpu_us) else { continue };
        let ratio =
            |to| in_words(results.beside(workload, server, to, |a, b| a.cpu_us / b.cpu_us), 2);
        let middle = |figure: fn(&Figures) -> f64, digits: usize| {
            let spread = results.spread(workload, server, figure);
            spread.map_or_else(String::new, |spread| format!("{:.digits$}", spread.median))
        };
        let sum = |count: fn(&Figures) -> u64| -> u64 {
            results.of(workload, server).map(|(_, figures)| count(figures)).sum()
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
    beside(results, workload, text);
    text.push('\n');
}

/// What a workload tells that others do not.
fn beside(results: &Results, workload: Workload, text: &mut String) {
    for server in workload.servers() {
        let name = server.name();
        let of = |figure: fn(&Figures) -> f64| results.spread(workload, *server, figure);
        if let Some(capacity) = of(|f| f.capacity.unwrap_or(f64::NAN)) {
            let capacity = in_words(Some(capacity), 0);
            let _ = writeln!(text, "\n{name}: 100 % is {capacity} deliveries/s.");
        }
        if workload == Workload::Latency
            && let (Some(p50), Some(p99)) = (of(|f| f.last_p50_us), of(|f| f.last_p99_us))
        {
            let (p50, p99) = (in_words(Some(p50), 0), in_words(Some(p99), 0));
            let _ = writeln!(text, "\n{name}: to the last person p50 {p50} µs, p99 {p99} µs.");
        }
        if workload == Workload::Latency
            && let Some(p50) = of(|f| f.sync.map_or(f64::NAN, |sync| sync.p50_us))
            && let Some(p99) = of(|f| f.sync.map_or(f64::NAN, |sync| sync.p99_us))
        {
            let (p50, p99) = (in_words(Some(p50), 0), in_words(Some(p99), 0));
            let _ = writeln!(
                text,
                "\nA write of 4 KiB with its sync to the same disk, at the pace of the commands: \
                 p50 {p50} µs, p99 {p99} µs."
            );
        }
    }
}

fn in_words(spread: Option<Spread>, digits: usize) -> String {
    spread.map_or_else(String::new, |Spread { median, least, most }| {
        format!("{median:.digits$} ({least:.digits$}–{most:.digits$})")
    })
}
