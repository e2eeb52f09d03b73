//! The top of the page: the verdict, what stands behind it, and what had to be kept.

use std::fmt::Display;

use super::markup::Column::{Number, Text};
use super::markup::{Markup, put};
use crate::measure::verdict::{Check, Judged, Verdict};
use crate::report::{Report, summary};
use crate::words::{count, in_unit, ms, seconds};

pub(super) fn write(report: &Report, into: &mut Markup) {
    let class = match report.verdict {
        Verdict::Pass => "pass",
        Verdict::Fail => "fail",
        Verdict::Unjudged => "unjudged",
    };
    // The headline says it too; the word is for whoever only looks.
    let rest = report.headline.split_once(": ").map_or(report.headline.as_str(), |(_, rest)| rest);
    put!(
        into,
        r#"<section class="verdict {}"><h1><strong>{}</strong> <span>{}</span></h1>"#,
        class,
        report.verdict.word(),
        capital(rest)
    );
    if !report.reasons.is_empty() {
        into.raw("<h2>Why</h2><ul class=\"reasons\">");
        for reason in &report.reasons {
            put!(into, "<li>{}.</li>", capital(reason));
        }
        into.raw("</ul>");
    }
    into.raw("<p>");
    for sentence in summary::sentences(report) {
        put!(into, "{} ", sentence);
    }
    into.raw("</p>");
    for caution in summary::cautions(report) {
        put!(into, r#"<p class="caution"><strong>Note.</strong> {}</p>"#, caution);
    }
    into.raw("</section>\n");
    tiles(report, into);
    checks(&report.checks, into);
}

/// The few figures that people remember.
fn tiles(report: &Report, into: &mut Markup) {
    let (found, figures) = (&report.outcome, &report.figures);
    into.raw("<ul class=\"tiles\">");
    if found.not_in > 0 {
        let there = count(found.seats.saturating_sub(found.not_in));
        tile(into, format!("{there} of {}", count(found.seats)), "people came in");
    } else {
        tile(into, count(found.seats), "people in the test");
    }
    let done = format!("{} of {}", count(found.commands.done), count(found.commands.due));
    tile(into, done, "commands done");
    let p99 = if figures.timed == 0 { "not known".to_owned() } else { ms(figures.latency_ms.p99) };
    tile(into, p99, "until 99 of 100 had seen what somebody did");
    match found.deliveries.lost {
        0 if summary::is_blind(found) => tile(into, "not known", "how many messages were lost"),
        lost => tile(into, count(lost), "messages lost"),
    }
    let longest = summary::longest_back(found);
    let all_back = found.faults.iter().all(|fault| fault.back_seconds.is_some());
    let never = found.reconnects.never;
    match longest {
        _ if never > 0 => tile(into, count(never), "lost their connection for good"),
        _ if !all_back => tile(into, "not everybody", "was back after what was broken"),
        Some(longest) => tile(into, seconds(longest), "at most until everybody was back"),
        None if found.back.count() > 0 => {
            let longest = seconds(found.back.at(1.0) / 1000.0);
            tile(into, longest, "at most until everybody was back");
        }
        None if found.not_in > 0 => {}
        None => tile(into, seconds(found.join_seconds), "until everybody was in"),
    }
    into.raw("</ul>\n");
}

/// A figure, and what it is.
pub(super) fn tile(into: &mut Markup, figure: impl Display, words: &str) {
    put!(into, "<li><strong>{}</strong> <span>{}</span></li>", figure, words);
}

fn checks(checks: &[Check], into: &mut Markup) {
    into.raw("<section><h2>What had to be kept</h2>");
    let caption = "p99 is the time that 99 of 100 kept within.";
    let columns = [Text("What"), Number("Measured"), Number("Limit"), Text("Kept")];
    into.table("What had to be kept", caption, &columns);
    // What was asked for and what went wrong first; what always goes without saying in one row.
    let (shown, silent): (Vec<_>, Vec<_>) =
        checks.iter().partition(|check| check.limit > 0.0 || check.judged != Judged::Kept);
    for check in shown {
        into.raw(if check.judged == Judged::Broken { "<tr class=\"broken\">" } else { "<tr>" });
        into.row_name(capital(&check.figure));
        // What was not seen has no figure; one that is doubted has.
        let unseen = check.judged == Judged::Unknown && check.measured == 0.0;
        let measured = if unseen { "–".to_owned() } else { in_unit(check.measured, check.unit) };
        let limit = in_unit(check.limit, check.unit);
        let bound = if check.least { "at least" } else { "at most" };
        into.number(measured).number(format!("{bound} {limit}"));
        into.raw(match check.judged {
            Judged::Kept => "<td class=\"kept\">yes</td></tr>",
            Judged::Broken => "<td class=\"kept\"><strong>no</strong></td></tr>",
            Judged::Unknown => "<td class=\"kept\">not known</td></tr>",
        });
    }
    if !silent.is_empty() {
        let names: Vec<_> = silent.iter().map(|check| check.figure.as_str()).collect();
        into.raw("<tr>").row_name(format_args!("None of these: {}", names.join(", ")));
        into.number(0).number("at most 0").raw("<td>yes</td></tr>");
    }
    into.end_table().raw("</section>\n");
}

/// A sentence begins with a capital.
pub(super) fn capital(text: &str) -> String {
    let mut letters = text.chars();
    match letters.next() {
        Some(first) if !text.starts_with("p99") => first.to_uppercase().chain(letters).collect(),
        _ => text.to_owned(),
    }
}
