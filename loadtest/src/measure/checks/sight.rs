//! Whether everybody saw what happened, once, in order and to the end, and whether the test itself
//! came to its end.

use super::List;
use crate::measure::outcome::Outcome;
use crate::words::several;

/// Looks at it.
pub(super) fn look(list: &mut List, outcome: &Outcome) {
    delivered(list, outcome);
    viewed(list, outcome);
    whole(list, outcome);
}

/// Whether what happened came to everybody, once and in order.
fn delivered(list: &mut List, outcome: &Outcome) {
    let at = &outcome.deliveries;
    // What would have come after a connection's end, or from a server that is gone, nobody saw.
    let blind = outcome.reconnects.never > 0 || outcome.unreachable;
    for (figure, is, words) in [
        ("deliveries lost", at.lost, ["delivery was lost", "deliveries were lost"]),
        (
            "deliveries that came twice",
            at.duplicated,
            ["delivery came twice", "deliveries came twice"],
        ),
        (
            "deliveries out of order",
            at.out_of_order,
            ["delivery was out of order", "deliveries were out of order"],
        ),
        (
            "deliveries in the wrong room",
            at.wrong_room,
            ["delivery was another room's", "deliveries were another room's"],
        ),
        (
            "deliveries without their command's name",
            at.nameless,
            ["delivery did not name its command", "deliveries did not name theirs"],
        ),
        (
            "unreadable frames",
            outcome.unreadable,
            ["frame could not be read", "frames could not be read"],
        ),
    ] {
        let check = list.none(figure, is, words);
        check.hinders(|| several(is, words[0], words[1]));
        check.blind(blind && figure == "deliveries lost");
    }
}

/// Whether everybody saw what the server had.
fn viewed(list: &mut List, outcome: &Outcome) {
    let at = &outcome.views;
    let differ = at.checked.saturating_sub(at.equal);
    let there = outcome.seats.saturating_sub(outcome.not_in);
    let unchecked = there.saturating_sub(at.checked);
    let words = ["view differs from a fresh snapshot", "views differ from fresh snapshots"];
    let check = list.none("views that differ at the end", differ, words);
    check.hinders(|| {
        let (one, many) = ("person saw", "people saw");
        format!("{} something else than the server at the end", several(differ, one, many))
    });
    check.blind(unchecked > 0 && !outcome.partial);
    if !outcome.partial {
        let words = ["view could not be checked", "views could not be checked"];
        list.none("views not checked", unchecked, words).hinders(|| {
            format!("what {} saw could not be checked", several(unchecked, "person", "people"))
        });
    }
}

/// Whether the test itself came to its end.
fn whole(list: &mut List, outcome: &Outcome) {
    if outcome.partial && outcome.missing.is_empty() {
        let why = "it was stopped before its end".to_owned();
        list.unseen("the end of the test", 0.0, "", why);
    }
    for missing in &outcome.missing {
        let why = format!("a part of the test is missing: {missing}");
        list.unseen("parts that are missing", 0.0, "", why);
    }
    let words = ["meeting did not come to its end", "meetings did not come to their end"];
    let strained = list.strained.clone();
    let unfinished = outcome.unfinished;
    list.none("meetings that did not come to their end", unfinished, words)
        .hinders(|| several(unfinished, words[0], words[1]))
        .doubt(strained.as_deref());
}
