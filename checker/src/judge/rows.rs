//! The journal's rows by themselves: their places, their texts, and the removed.

use setroom_protocol::method::See;
use setroom_protocol::room::Item;
use setroom_protocol::{Change, TextKind};

use crate::Invariant;
use crate::evidence::{Journal, Row};
use crate::story::Story;
use crate::verdict::{Breach, Verdict};

/// Judges the rows' half of I3, I5 and I9.
pub(super) fn check(journal: &Journal, story: &Story, to: &mut Verdict) {
    let mut last = journal.base_seq();
    for row in &journal.rows {
        let seq = row.record.seq.0;
        if seq != last + 1 {
            to.add(at(Invariant::I3, row, format!("a hole in the journal after {last}")));
        }
        last = seq;
        if let Change::Written { item } = &row.record.change {
            text(row, item, story, to);
        }
        let gone =
            story.removed.iter().find(|(at, seat, _)| *at < seq && Some(*seat) == row.record.by);
        if let Some((at_seq, seat, _)) = gone {
            let what = format!("of seat {seat}, which was removed at {at_seq}");
            to.add(at(Invariant::I9, row, what));
        }
    }
}

fn at(invariant: Invariant, row: &Row, what: impl Into<String>) -> Breach {
    Breach::of(invariant, what).seq(row.record.seq.0).row(row.entry)
}

/// A text is sealed with the present key, by its author's own browser, for those who are to see it.
fn text(row: &Row, item: &Item, story: &Story, to: &mut Verdict) {
    let before = row.record.seq.0.saturating_sub(1);
    if before < story.from {
        return;
    }
    let (epoch, present) = (item.sealed.epoch(), story.epoch(before));
    if epoch != present {
        let what = format!("a text under the key of epoch {epoch}; the present one is {present}");
        to.add(at(Invariant::I5, row, what));
    }
    let theirs = story.person(item.device, before).is_some_and(|who| who.seat == item.seat);
    if row.record.by != Some(item.seat) || !theirs {
        to.add(at(Invariant::I5, row, "a text that its author did not write"));
    }
    let set_wide = matches!(item.kind, TextKind::Name | TextKind::Title | TextKind::Charter);
    let wanted = if set_wide {
        Some(See::Everyone)
    } else {
        // Only a new text follows the rule of its part; a later one stays as visible as it was.
        let rules = story.writes(before).filter(|_| item.rev == 1);
        rules.and_then(|rules| rules.iter().find(|rule| rule.kind == item.kind)).map(|it| it.see)
    };
    if wanted.is_some_and(|see| see != item.see) {
        let what = format!("a text for {:?}, where the part says otherwise", item.see);
        to.add(at(Invariant::I5, row, what));
    }
}
