//! Whatever keeps people from working: a server that is gone, people who are not in, commands that
//! are not done. All of it stands in the first sentence of the report.

use super::{List, check, share};
use crate::measure::outcome::Outcome;
use crate::measure::thresholds::Thresholds;
use crate::measure::verdict::Judged;
use crate::refusal::{self, Kind};
use crate::words::{count, number, several};

/// Looks at it.
pub(super) fn look(list: &mut List, thresholds: &Thresholds, outcome: &Outcome) {
    there(list, outcome);
    people(list, thresholds, outcome);
    commands(list, thresholds, outcome);
}

/// Whether the server is there to the end.
fn there(list: &mut List, outcome: &Outcome) {
    let gone = u64::from(outcome.unreachable || outcome.process_ended);
    let clause = match (outcome.unreachable, outcome.process_ended) {
        (true, true) => "the server ended in the middle of the test",
        (true, false) => "the server could not be reached any more at the end",
        (false, _) => "the server ended in the middle of the test and was started again",
    };
    let check = list.push(check("server gone", gone as f64, 0.0, ""), gone > 0, clause.into());
    check.hinders(|| clause.into());
}

/// Whether everybody was in, and stayed in.
fn people(list: &mut List, thresholds: &Thresholds, outcome: &Outcome) {
    let (seats, not_in) = (count(outcome.seats), outcome.not_in);
    let why = causes(outcome.turned_away.iter());
    let words = ["person was never in", "people were never in"];
    list.none("people who were never in", not_in, words)
        .hinders(|| format!("{} of {seats} people could not come in{why}", count(not_in)));
    let turned_away: u64 = outcome.turned_away.values().sum();
    let over = turned_away.saturating_sub(thresholds.turned_away);
    let words = ["connection too many was turned away", "connections too many were turned away"];
    let check = list.none("connections turned away, beyond those that may be", over, words);
    // Whoever never got in was told of already.
    if not_in == 0 {
        let times = several(turned_away, "connection was", "connections were");
        check.hinders(|| format!("{times} turned away{why}"));
    }
    let never = outcome.reconnects.never;
    let words = ["connection did not come back", "connections did not come back"];
    list.none("connections that did not come back", never, words)
        .hinders(|| format!("{} of {seats} people lost their connection for good", count(never)));
    let ended: u64 = outcome.ended.values().sum();
    let words = [
        "connection ended that the test had not cut",
        "connections ended that the test had not cut",
    ];
    // A tester that reads too late is cut off as slow; a server that ends cuts off for certain.
    let gone = outcome.unreachable || outcome.process_ended;
    let doubt = list.strained.clone().filter(|_| !gone);
    let check = list.none("connections that ended by themselves", ended, words);
    check
        .hinders(|| format!("{} broken off", several(ended, "connection was", "connections were")));
    check.doubt(doubt.as_deref());
    if never >= ended {
        // That says it already.
        check.hindrance = None;
    }
}

/// Whether people could do what they wished to do. What they were kept from is said once, however
/// many of these are broken.
fn commands(list: &mut List, thresholds: &Thresholds, outcome: &Outcome) {
    let (at, from) = (&outcome.commands, list.all.len());
    let service = |name: &str| refusal::kind(name) != Kind::TooLate;
    let refused = at.refused.iter().filter(|(name, _)| service(name));
    // Whoever stops a test does not wait for the answers.
    let (unanswered, unsent) =
        if outcome.partial { (0, 0) } else { (at.unanswered(), at.unsent()) };
    let mut causes: Vec<(String, u64)> =
        refused.map(|(name, times)| (refusal::in_words(name), *times)).collect();
    causes.push(("never answered".into(), unanswered));
    causes.push(("not sent".into(), unsent));
    let hindered: u64 = causes.iter().map(|(_, times)| times).sum();
    let named = causes.iter().filter(|(_, times)| *times > 0);
    let named: Vec<_> = named.map(|(cause, times)| format!("{} {cause}", count(*times))).collect();
    let said = format!(
        "{} of {} were not done ({})",
        count(hindered),
        several(at.due, "command", "commands"),
        named.join(", ")
    );

    let (percent, limit) = (share(hindered, at.due), thresholds.hindered_percent);
    let figure = "share of commands that people were kept from";
    let reason = format!("{said}: {} %, where {limit} % may be", number(percent));
    // Too busy, and too fast, are times in other words.
    let of_time = at.refused.iter().filter(|(name, _)| refusal::is_of_time(name));
    let of_time: u64 = of_time.map(|(_, times)| times).sum();
    let certain = hindered.saturating_sub(of_time);
    let doubt = list.strained.clone().filter(|_| share(certain, at.due) <= limit);
    let check_it = list.push(check(figure, percent, limit, "%"), percent > limit, reason);
    check_it.doubt(doubt.as_deref());
    let words = ["command was never answered", "commands were never answered"];
    list.none("commands never answered", unanswered, words);
    list.none("commands not sent", unsent, ["command was not sent", "commands were not sent"]);
    let unfit = at.refused.iter().filter(|(name, _)| refusal::kind(name) == Kind::Nobodys);
    let names: Vec<_> = unfit.map(|(name, times)| format!("{name} {times}")).collect();
    let (names, unfit) = (names.join(", "), at.refused_as(Kind::Nobodys));
    let figure = "commands refused that no screen offers";
    let reason = format!("commands were refused that no screen offers: {names} (the limit is 0)");
    list.push(check(figure, unfit as f64, 0.0, ""), unfit > 0, reason);
    done(list, thresholds, outcome, certain);
    let mut broken = list.all.iter_mut().skip(from).filter(|check| check.judged == Judged::Broken);
    if hindered > 0
        && let Some(first) = broken.next()
    {
        first.hindrance = Some(said);
        broken.for_each(|check| check.hindrance = None);
    }
}

/// Whether enough was done, whatever stood in the way of the rest; of so many that is certain.
fn done(list: &mut List, thresholds: &Thresholds, outcome: &Outcome, hindered: u64) {
    let at = &outcome.commands;
    if at.due == 0 || (outcome.partial && at.done == 0) {
        return;
    }
    let all = several(at.due, "command", "commands");
    if at.done == 0 || outcome.deliveries.expected == 0 {
        let reason = "no command was done, so nothing was measured".to_owned();
        list.push(check("nothing measured", 1.0, 0.0, ""), true, reason)
            .hinders(|| format!("none of {all} was done"));
        return;
    }
    // Whoever stops a test does not wait for the answers.
    let due = if outcome.partial { at.done + at.refusals() } else { at.due };
    let all = several(due, "command", "commands");
    let (percent, least) = (share(at.done, due), thresholds.done_percent);
    let done = format!("only {} of {all} were done", count(at.done));
    let reason = format!("{done}: {} %, where {least} % must be", number(percent));
    let at_best = share(due.saturating_sub(hindered), due);
    let doubt = list.strained.clone().filter(|_| at_best >= least);
    let figure = "share of commands that were done";
    let check = list.push(check(figure, percent, least, "%"), percent < least, reason);
    check.least = true;
    check.hinders(|| done).doubt(doubt.as_deref());
}

/// ` (connections 3, lost 1)`, or nothing.
fn causes<'a>(counts: impl Iterator<Item = (&'a String, &'a u64)>) -> String {
    let each: Vec<_> = counts
        .map(|(name, times)| format!("{} {}", refusal::in_words(name), count(*times)))
        .collect();
    if each.is_empty() { String::new() } else { format!(" ({})", each.join(", ")) }
}
