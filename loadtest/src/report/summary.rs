//! The verdict in sentences that need no engineer.

use super::headroom::others;
use super::words::{count, ms, number, seconds, several};
use super::{BUSY_MS, Report};
use crate::measure::outcome::Outcome;
use crate::measure::verdict::Verdict;

/// Others that use more of the machine than this are worth a warning.
const SHARED: f64 = 0.1;

/// The first sentence of everything.
pub(super) fn headline(verdict: Verdict, reasons: &[String], outcome: &Outcome) -> String {
    let who = people(outcome);
    match verdict {
        Verdict::Pass => format!("Passed: {who} can meet at once on this server."),
        Verdict::Fail if outcome.partial => {
            let (was, meant) = (outcome.load_seconds, outcome.asked.duration_seconds);
            let (was, meant) = (seconds(was.round()), seconds(meant));
            let also = if reasons.len() > 1 { ", and what there is did not pass" } else { "" };
            format!("Not finished: the test with {who} was stopped after {was} of {meant}{also}.")
        }
        Verdict::Fail => format!("Failed: {who} cannot rely on this server yet."),
    }
}

/// `1,600 sets of 10 people`.
pub(super) fn people(outcome: &Outcome) -> String {
    let members = count(outcome.asked.members);
    format!("{} of {members} people", several(outcome.asked.rooms, "set", "sets"))
}

/// What stands behind the headline, a sentence each.
pub(super) fn sentences(report: &Report) -> Vec<String> {
    let (found, figures) = (&report.outcome, &report.figures);
    let mut said = Vec::new();
    if found.partial {
        said.push(
            "A test that was stopped proves nothing; this is what there was until then.".into(),
        );
    }
    if figures.timed > 0 {
        let (p99, limit) = (figures.latency_ms.p99, report.thresholds.p99_ms);
        let verdict = if p99 <= limit { "the limit is" } else { "too slow: the limit is" };
        said.push(format!(
            "When somebody did something, the others saw it within {} in 99 of 100 cases ({verdict} {}).",
            ms(p99),
            ms(limit),
        ));
    } else {
        said.push("Nothing that anybody did was seen by anybody, so nothing was measured.".into());
    }
    said.push(delivered(found));
    if found.views.checked > 0 {
        said.push(if found.views.equal == found.views.checked && found.views.checked >= found.seats {
            "At the end, everybody’s picture of their meeting was the same as the server’s.".into()
        } else {
            format!(
                "At the end, {} of {} people’s pictures of their meeting were the same as the server’s.",
                count(found.views.equal),
                count(found.seats),
            )
        });
    }
    if figures.joined > 0 {
        said.push(format!(
            "{} came in within {}; 99 of 100 were in after at most {} each.",
            several(figures.joined, "person", "people"),
            seconds(found.join_seconds),
            ms(figures.join_ms.p99),
        ));
    }
    said.extend(faults(found));
    said
}

/// What a reader must know before relying on the figures.
pub(super) fn cautions(report: &Report) -> Vec<String> {
    let mut said = Vec::new();
    let late = report.figures.late_ms.p99;
    if late > BUSY_MS {
        said.push(format!(
            "The tester itself was late: it sent 1 in 100 commands {} or more after they were due. \
             This machine was too busy to judge a server by, and the latencies hold that lateness too.",
            ms(late),
        ));
    }
    if let Some(share) = others(&report.outcome).filter(|share| *share > SHARED) {
        said.push(format!(
            "Other programs used {} % of this machine during the test, so its figures tell of them \
             too. Run it again on a quiet machine before you rely on them.",
            number(100.0 * share),
        ));
    }
    if report.outcome.asked.opaque {
        said.push(
            "Texts were random bytes instead of sealed ones, to spare the tester; the server \
             cannot tell."
                .into(),
        );
    }
    said
}

fn delivered(found: &Outcome) -> String {
    let at = &found.deliveries;
    let mut bad = Vec::new();
    for (number, what) in [
        (at.lost, "never came"),
        (at.duplicated, "came twice"),
        (at.out_of_order, "came out of order"),
        (at.wrong_room, "went to the wrong set"),
    ] {
        if number > 0 {
            bad.push(format!("{} {what}", count(number)));
        }
    }
    let all = several(at.expected, "message", "messages");
    if bad.is_empty() {
        format!("Of {all} to people’s screens, none was lost, doubled or out of order.")
    } else {
        format!("Of {all} to people’s screens, {}.", bad.join(", "))
    }
}

fn faults(found: &Outcome) -> Option<String> {
    let longest = found.faults.iter().filter_map(|fault| fault.back_seconds).max_by(f64::total_cmp);
    let number = found.faults.len() as u64;
    if number == 0 {
        return None;
    }
    let broken = several(number, "thing was broken", "things were broken");
    let missed = found.faults.iter().filter(|fault| fault.back_seconds.is_none()).count() as u64;
    let back = match (missed, longest) {
        (0, Some(longest)) => format!("everybody was back within {}", seconds(longest)),
        (0, None) => "nobody was cut off".to_owned(),
        (missed, _) => {
            format!("after {} not everybody came back", several(missed, "of them", "of them"))
        }
    };
    // Of the whole run: which of several breaks lost a message cannot be told.
    let lost = match found.deliveries.lost {
        0 => "nothing was lost".to_owned(),
        lost => several(lost, "message was lost in all", "messages were lost in all"),
    };
    Some(format!("On purpose, {broken} during the test: {back}, and {lost}."))
}
