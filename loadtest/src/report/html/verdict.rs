//! The top of the page: the verdict, what stands behind it, and what had to be kept.

use super::markup::Markup;
use crate::measure::verdict::{Check, Verdict};
use crate::report::words::{count, in_unit, ms, seconds};
use crate::report::{Report, summary};

pub(super) fn write(report: &Report, into: &mut Markup) {
    let (class, word) = match (report.verdict, report.outcome.partial) {
        (Verdict::Pass, _) => ("pass", "Passed"),
        (Verdict::Fail, false) => ("fail", "Failed"),
        (Verdict::Fail, true) => ("partial", "Not finished"),
    };
    into.raw("<section class=\"verdict ").raw(class).raw("\">");
    // The headline says it too; the word is for whoever only looks.
    let rest = report.headline.split_once(": ").map_or(report.headline.as_str(), |(_, rest)| rest);
    into.within("<h1><strong>", word, "</strong> ");
    into.within("<span>", capital(rest), "</span></h1>");
    if !report.reasons.is_empty() {
        into.raw("<h2>Why</h2><ul class=\"reasons\">");
        for reason in &report.reasons {
            into.within("<li>", format!("{}.", capital(reason)), "</li>");
        }
        into.raw("</ul>");
    }
    into.raw("<p>");
    for sentence in summary::sentences(report) {
        into.text(sentence).raw(" ");
    }
    into.raw("</p>");
    for caution in summary::cautions(report) {
        into.within("<p class=\"caution\"><strong>Note.</strong> ", caution, "</p>");
    }
    into.raw("</section>\n");
    tiles(report, into);
    checks(&report.checks, into);
}

/// The few figures that people remember.
fn tiles(report: &Report, into: &mut Markup) {
    let (found, figures) = (&report.outcome, &report.figures);
    into.raw("<ul class=\"tiles\">");
    tile(into, &count(found.seats), "people in the test");
    tile(into, &ms(figures.latency_ms.p99), "until 99 of 100 had seen what somebody did");
    tile(into, &count(found.deliveries.lost), "messages lost");
    let longest = found.faults.iter().filter_map(|fault| fault.back_seconds).max_by(f64::total_cmp);
    let all_back = found.faults.iter().all(|fault| fault.back_seconds.is_some());
    match longest {
        _ if !all_back => tile(into, "not everybody", "was back after what was broken"),
        Some(longest) => tile(into, &seconds(longest), "at most until everybody was back"),
        None => tile(into, &seconds(found.join_seconds), "until everybody was in"),
    }
    into.raw("</ul>\n");
}

fn tile(into: &mut Markup, figure: &str, words: &str) {
    into.within("<li><strong>", figure, "</strong> ").within("<span>", words, "</span></li>");
}

fn checks(checks: &[Check], into: &mut Markup) {
    into.raw("<section><h2>What had to be kept</h2>");
    into.raw(
        "<div class=\"scroll\" tabindex=\"0\" role=\"region\" aria-label=\"What had to be kept\">",
    );
    into.raw("<table><caption>p99 is the time that 99 of 100 kept within.</caption><thead><tr>");
    into.raw("<th scope=\"col\">What</th><th scope=\"col\" class=\"n\">Measured</th>");
    into.raw(
        "<th scope=\"col\" class=\"n\">At most</th><th scope=\"col\">Kept</th></tr></thead><tbody>",
    );
    // What was asked for and what went wrong first; what always goes without saying in one row.
    let (shown, silent): (Vec<_>, Vec<_>) =
        checks.iter().partition(|check| check.limit > 0.0 || !check.kept);
    for check in shown {
        into.raw(if check.kept { "<tr>" } else { "<tr class=\"broken\">" });
        into.within("<th scope=\"row\">", capital(&check.figure), "</th>");
        into.within("<td class=\"n\">", in_unit(check.measured, check.unit), "</td>");
        into.within("<td class=\"n\">", in_unit(check.limit, check.unit), "</td>");
        into.raw(if check.kept {
            "<td>yes</td></tr>"
        } else {
            "<td><strong>no</strong></td></tr>"
        });
    }
    if !silent.is_empty() {
        let names: Vec<_> = silent.iter().map(|check| check.figure.as_str()).collect();
        into.within("<tr><th scope=\"row\">None of these: ", names.join(", "), "</th>");
        into.raw("<td class=\"n\">0</td><td class=\"n\">0</td><td>yes</td></tr>");
    }
    into.raw("</tbody></table></div></section>\n");
}

/// A sentence begins with a capital.
pub(super) fn capital(text: &str) -> String {
    let mut letters = text.chars();
    match letters.next() {
        Some(first) if !text.starts_with("p99") => first.to_uppercase().chain(letters).collect(),
        _ => text.to_owned(),
    }
}
