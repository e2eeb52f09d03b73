//! The end of the page: what was run and how to run it again, and all figures.

use super::markup::Column::{Number, Text};
use super::markup::{Markup, put};
use super::scale::Scale;
use crate::measure::latency::Quantiles;
use crate::measure::machine::Machine;
use crate::measure::timeline::Slot;
use crate::report::{Report, headroom, summary};
use crate::words::{bytes, count, date, ms, number, seconds, several, whole};

/// Rows of the table over time, at most.
const ROWS: u32 = 30;

pub(super) fn write(report: &Report, into: &mut Markup) {
    into.raw("<section><h2>What was run</h2><dl>");
    for (name, value) in run(report) {
        put!(into, "<div><dt>{}</dt><dd>{}</dd></div>", name, value);
    }
    into.raw("</dl><h3>To repeat it</h3>");
    let asked = &report.outcome.asked;
    if asked.command_line.is_empty() {
        put!(into, "<p>It was not run from a command line; its seed is {}.</p>", asked.seed);
    } else {
        put!(
            into,
            "<pre tabindex=\"0\"><code>{}</code></pre><p>The same seed gives the same people the \
             same wishes at the same times. Figures differ from run to run, as the machine has other \
             things to do.</p>",
            command(report)
        );
    }
    into.raw("</section>\n<section class=\"figures\"><h2>All figures</h2>");
    figures(report, into);
    over_time(report, into);
    into.raw("</section>\n");
}

fn run(report: &Report) -> Vec<(&'static str, String)> {
    let (found, asked) = (&report.outcome, &report.outcome.asked);
    let mut rows = Vec::new();
    if let Some(scenario) = &asked.scenario {
        let about = asked.about.as_deref().unwrap_or_default();
        rows.push(("Scenario", format!("{scenario}. {about}").trim_end().to_owned()));
    }
    if let Some(factor) = asked.compressed.filter(|factor| *factor > 1.0) {
        rows.push(("Speed", format!("{} times faster than life", number(factor))));
    }
    rows.push(("Sets", summary::people(found)));
    if asked.rate > 0.0 {
        let rate = number(asked.rate);
        rows.push(("Load", format!("{rate} commands a second in all sets together")));
    }
    let (was, meant) = (found.load_seconds, asked.duration_seconds);
    rows.push((
        "Length",
        if found.partial {
            format!("{} of {}, then stopped", seconds(was.round()), seconds(meant))
        } else {
            seconds(meant)
        },
    ));
    let opaque = "random bytes in their place (--opaque)";
    rows.push(("Texts", if asked.opaque { opaque } else { "really sealed" }.to_owned()));
    rows.push(("Server", asked.url.clone()));
    rows.push(("Seed", asked.seed.to_string()));
    rows.push(("Begun", date(asked.started_at)));
    rows.push(("Tester", format!("setroom-loadtest {}", asked.version)));
    for machine in &found.testers {
        rows.push(("Tester’s machine", described(machine)));
    }
    if let Some(server) = &found.server {
        rows.push(("Server’s machine", described(&server.machine)));
    }
    if let Some(busy) = headroom::machine_busy(found) {
        let others = headroom::others(found);
        let others = others.map_or(String::new(), |share| {
            format!(", {} % with neither server nor tester", number(100.0 * share))
        });
        rows.push(("How busy it was", format!("{} %{others}", number(100.0 * busy))));
    }
    let limits = &found.limits;
    if let Some(allowed) = limits.files_allowed {
        let needed = count(limits.files_needed);
        rows.push(("Tester’s open files", format!("{} allowed, {needed} needed", count(allowed))));
    }
    if limits.addresses > 0 {
        let addresses = several(limits.addresses, "loopback address", "loopback addresses");
        rows.push(("Connected from", addresses));
    }
    rows
}

fn described(machine: &Machine) -> String {
    let mut parts = vec![several(machine.cores, "core", "cores")];
    parts.extend(machine.processor.clone());
    parts.extend(machine.memory_bytes.map(|memory| format!("{} memory", bytes(memory as f64))));
    parts.push(machine.system.clone());
    let load =
        machine.load_average.map(|load| format!("load average {} at the start", number(load)));
    parts.extend(load);
    parts.join(", ")
}

/// The command as a shell takes it, with the seed that was drawn when none was given.
fn command(report: &Report) -> String {
    let asked = &report.outcome.asked;
    let plain = |word: &str| {
        !word.is_empty()
            && word.chars().all(|c| c.is_ascii_alphanumeric() || "-_./:=,@%+".contains(c))
    };
    let quoted = |word: &String| {
        if plain(word) { word.clone() } else { format!("'{}'", word.replace('\'', "'\\''")) }
    };
    let mut words: Vec<_> = asked.command_line.iter().map(quoted).collect();
    let seeded =
        asked.command_line.iter().any(|word| word == "--seed" || word.starts_with("--seed="));
    if !seeded {
        words.push(format!("--seed {}", asked.seed));
    }
    words.join(" ")
}

fn figures(report: &Report, into: &mut Markup) {
    let (found, figures) = (&report.outcome, &report.figures);
    let caption = "Times. p50 is what half kept within, p99.9 what 999 of 1,000 did.";
    let numbers = ["How many", "p50", "p90", "p99", "p99.9", "Longest"].map(Number);
    into.table("Times", caption, &[&[Text("What")], numbers.as_slice()].concat());
    times(into, "From due to received", figures.timed, &figures.latency_ms);
    times(into, "From knocking to being in", figures.joined, &figures.join_ms);
    if found.back.count() > 0 {
        times(into, "From cut to whole again", found.back.count(), &figures.back_ms);
    }
    times(into, "How late the tester sent", found.late.count(), &figures.late_ms);
    into.end_table().table("Counts", "Counts and use.", &[Text("What"), Number("Figure")]);
    for (name, value) in counts(report) {
        into.raw("<tr>").row_name(name).number(value).raw("</tr>");
    }
    into.end_table();
}

fn times(into: &mut Markup, what: &'static str, number: u64, at: &Quantiles) {
    into.raw("<tr>").row_name(what).number(count(number));
    for value in [at.p50, at.p90, at.p99, at.p999, at.max] {
        into.number(if number == 0 { "–".to_owned() } else { ms(value) });
    }
    into.raw("</tr>");
}

fn counts(report: &Report) -> Vec<(&'static str, String)> {
    let (found, figures) = (&report.outcome, &report.figures);
    let (sent, asked) = (&found.deliveries, &found.commands);
    let mut rows = vec![
        ("Commands due", count(asked.due)),
        ("Commands sent", count(asked.sent)),
        ("Commands done", count(asked.done)),
        ("Commands refused", count(asked.refusals())),
        ("Deliveries expected", count(sent.expected)),
        ("Deliveries received", count(sent.received)),
        ("Deliveries lost", count(sent.lost)),
        ("Deliveries that came twice", count(sent.duplicated)),
        ("Deliveries out of order", count(sent.out_of_order)),
        ("Deliveries in the wrong room", count(sent.wrong_room)),
        ("Deliveries a second", number(figures.deliveries_per_second)),
        ("Views compared at the end", count(found.views.checked)),
        ("Views equal to the server’s", count(found.views.equal)),
        ("Time until everybody was in", seconds(found.join_seconds)),
    ];
    if let Some(used) = &figures.server {
        rows.push(("Server’s processor time", seconds(used.cpu_seconds)));
        let each = number(used.cpu_us_per_delivery);
        rows.push(("Server’s processor time for each delivery", format!("{each} µs")));
        rows.push(("Server’s memory at the end", bytes(used.rss_bytes as f64)));
        rows.push(("Server’s memory for each person", bytes(used.rss_bytes_per_seat)));
    }
    if let Some(server) = &found.server {
        let written = server.start.written_bytes.zip(server.end.written_bytes);
        let written = written.map(|(start, end)| bytes(end.saturating_sub(start) as f64));
        rows.push(("Written to files by the server", written.unwrap_or("not known".into())));
        rows.extend(server.start.files.map(|files| ("Server’s open files", count(files))));
    }
    rows
}

/// What the charts show, in a few dozen rows.
fn over_time(report: &Report, into: &mut Markup) {
    let timeline = &report.outcome.timeline;
    let slot = f64::from(timeline.step_seconds);
    let length = Scale::step(timeline.slots.len() as f64 * slot, ROWS);
    // At most a day, in slots of at least a second.
    let together = usize::try_from(whole((length / slot).ceil()).max(1)).unwrap_or(usize::MAX);
    let length = together as f64 * slot;
    let caption = format!(
        "Over time, {} to a row, from the first person’s coming. Latency is that of what was done in \
         it, to within 3 %.",
        seconds(length)
    );
    let times = ["From", "p50", "p99"].map(Number);
    let counts = ["Deliveries", "Came in", "Cut", "Back", "Connected"].map(Number);
    let columns = [&times, counts.as_slice(), &["Server", "Memory"].map(Number)].concat();
    into.table("Over time", caption, &columns);
    for (index, slots) in timeline.slots.chunks(together).enumerate() {
        let mut row = Slot::default();
        slots.iter().cloned().for_each(|slot| row.then(slot));
        let none = || "–".to_owned();
        let from = seconds(index as f64 * length);
        put!(into, r#"<tr><th scope="row" class="n">{}</th>"#, from);
        for cell in [
            row.latency.at(0.5).map_or_else(none, ms),
            row.latency.at(0.99).map_or_else(none, ms),
            count(row.deliveries),
            count(row.joins),
            count(row.drops),
            count(row.back),
            row.connected.map_or_else(none, count),
            row.server.map_or_else(none, |at| format!("{} cores", number(at.cpu_seconds / length))),
            row.server.map_or_else(none, |at| bytes(at.rss_bytes as f64)),
        ] {
            into.number(cell);
        }
        into.raw("</tr>");
    }
    into.end_table();
}
