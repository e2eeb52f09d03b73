//! The verdict in sentences that need no engineer.

use super::Report;
use super::headroom::others;
use crate::measure::outcome::Outcome;
use crate::measure::strain::strained;
use crate::measure::verdict::{Check, Judged, Verdict};
use crate::refusal::Kind;
use crate::words::{count, ms, number, seconds, several};

/// Others that use more of the machine than this are worth a warning.
const SHARED: f64 = 0.1;

/// Things that are named in the first sentence when none of them kept people from working.
const NAMED: usize = 3;

/// The first sentence of everything: whatever kept people from working stands in it.
pub(super) fn headline(verdict: Verdict, checks: &[Check], outcome: &Outcome) -> String {
    let (word, who) = (verdict.word(), people(outcome));
    let hindrances: Vec<_> = checks.iter().filter_map(|check| check.hindrance.clone()).collect();
    let others = |judged: Judged| {
        let of_it = checks.iter().filter(|check| check.judged == judged);
        let (doubted, said): (Vec<_>, Vec<_>) = of_it.partition(|check| check.doubted);
        let why = strained(outcome).filter(|_| !doubted.is_empty());
        let busy = why.map(|why| format!("the test’s own machine was too busy to tell ({why})"));
        let said =
            said.into_iter().filter_map(|check| check.plain.clone().or(check.reason.clone()));
        let mut said: Vec<_> = busy.into_iter().chain(said).collect();
        let more = said.len().saturating_sub(NAMED);
        said.truncate(NAMED);
        if more > 0 {
            said.push(several(more as u64, "more thing", "more things"));
        }
        listed(&said)
    };
    match verdict {
        Verdict::Pass => format!("{word}: {who} can meet at once on this server."),
        Verdict::Fail if hindrances.is_empty() => {
            format!("{word}: {who} cannot rely on this server yet: {}.", others(Judged::Broken))
        }
        Verdict::Fail => {
            format!("{word}: {who} cannot rely on this server yet: {}.", listed(&hindrances))
        }
        Verdict::Unjudged if outcome.partial && outcome.missing.is_empty() => {
            let (was, meant) = (outcome.load_seconds, outcome.asked.duration_seconds);
            let (was, meant) = (seconds(was.round()), seconds(meant));
            format!("{word}: the test with {who} was stopped after {was} of {meant}.")
        }
        Verdict::Unjudged => {
            format!(
                "{word}: whether {who} can rely on this server is not known: {}.",
                others(Judged::Unknown)
            )
        }
    }
}

/// `one`, `one and two`, `one, two and three`.
fn listed(parts: &[String]) -> String {
    match parts {
        [] => String::new(),
        [one] => one.clone(),
        [most @ .., last] => format!("{}, and {last}", most.join(", ")),
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
    said.push(done(found));
    if figures.timed > 0 {
        let (p99, limit) = (figures.latency_ms.p99, report.thresholds.p99_ms);
        let verdict = if p99 <= limit || strained(found).is_some() {
            "the limit is"
        } else {
            "too slow: the limit is"
        };
        said.push(format!(
            "What was done, the others saw within {} in 99 of 100 cases ({verdict} {}).",
            ms(p99),
            ms(limit),
        ));
    } else {
        said.push("Nothing that anybody did was seen by anybody, so nothing was measured.".into());
    }
    said.push(delivered(found));
    said.push(seen(found));
    if figures.joined > 0 {
        let all = several(figures.joined, "person", "people");
        let who =
            if found.not_in > 0 { format!("Only {all} of {}", count(found.seats)) } else { all };
        let join = figures.join_ms;
        let (share, longest) =
            if figures.joined < 100 { ("each", join.max) } else { ("99 of 100", join.p99) };
        said.push(format!(
            "{who} came in, within {}; {share} of them had waited for at most {}.",
            seconds(found.join_seconds),
            ms(longest),
        ));
    }
    said.extend(faults(found));
    said
}

/// What a reader must know before relying on the figures.
pub(super) fn cautions(report: &Report) -> Vec<String> {
    let mut said = Vec::new();
    let why = strained(&report.outcome);
    if let Some(why) = &why {
        let end = match report.verdict {
            Verdict::Pass => "They were kept even so.",
            Verdict::Fail => "What the first sentence says is certain all the same.",
            Verdict::Unjudged => "Run it again where the tester has room.",
        };
        said.push(format!("Times cannot be told apart from this test’s own machine: {why}. {end}"));
    }
    if report.outcome.process_ended {
        said.push(
            "The server’s process ended by itself in the middle of the test. What it used is known \
             until then."
                .into(),
        );
    }
    let others = others(&report.outcome).filter(|share| *share > SHARED && why.is_none());
    if let Some(share) = others {
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

/// How much of what people wished to do was done.
fn done(found: &Outcome) -> String {
    let at = &found.commands;
    let late = at.refused_as(Kind::TooLate);
    let moved = match late {
        0 => String::new(),
        late => format!(
            "; {} came a moment too late for the meeting and {} refused for that, as happens in real \
             ones",
            count(late),
            if late == 1 { "was" } else { "were" },
        ),
    };
    format!(
        "Of {} that people gave, {} were done{moved}.",
        several(at.due, "command", "commands"),
        count(at.done)
    )
}

/// Whether people saw what the server had.
fn seen(found: &Outcome) -> String {
    let (at, seats) = (&found.views, found.seats);
    if found.partial && at.checked == 0 {
        "What everybody saw at the end was not compared, since there was no end.".into()
    } else if at.checked == 0 {
        "At the end, nobody’s picture of their meeting could be compared with the server’s.".into()
    } else if at.equal == at.checked && at.checked >= seats {
        "At the end, everybody’s picture of their meeting was the same as the server’s.".into()
    } else {
        format!(
            "At the end, {} of {} people’s pictures of their meeting were the same as the server’s.",
            count(at.equal),
            count(seats),
        )
    }
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
    if bad.is_empty() && is_blind(found) {
        format!(
            "{all} to people’s screens came, none doubled or out of order; what was still to come \
             when connections ended is not known."
        )
    } else if bad.is_empty() {
        format!("Of {all} to people’s screens, none was lost, doubled or out of order.")
    } else {
        format!("Of {all} to people’s screens, {}.", bad.join(", "))
    }
}

fn faults(found: &Outcome) -> Option<String> {
    let longest = longest_back(found);
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
        0 if is_blind(found) => "what was lost is not known".to_owned(),
        0 => "nothing was lost".to_owned(),
        lost => several(lost, "message was lost in all", "messages were lost in all"),
    };
    Some(format!("On purpose, {broken} during the test: {back}, and {lost}."))
}

/// The longest time that it took until everybody was back after a fault, in seconds.
pub(super) fn longest_back(found: &Outcome) -> Option<f64> {
    found.faults.iter().filter_map(|fault| fault.back_seconds).max_by(f64::total_cmp)
}

/// Whether nobody can say what would still have come to people.
pub(super) fn is_blind(found: &Outcome) -> bool {
    found.reconnects.never > 0 || found.unreachable
}
