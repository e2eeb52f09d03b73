//! The journal's rows by themselves: their places, their texts, and the removed.

use setroom_protocol::method::See;
use setroom_protocol::room::Item;
use setroom_protocol::{Change, TextKind};

use crate::evidence::{Journal, Row};
use crate::history::{History, is_own};
use crate::invariant::Invariant::{self, HiddenUnseen, InOrder, RemovedIsGone};
use crate::verdict::{Breach, Verdict};

/// Judges the rows' half of I3, I5 and I9.
pub(super) fn check(journal: &Journal, history: &History, to: &mut Verdict) {
    let mut last = journal.base_seq();
    // Before there was a roster every change had a place of its own.
    let mut signed = journal.base.as_ref().is_some_and(|base| !base.room.roster().is_empty());
    for (order, row) in (1..).zip(&journal.rows) {
        let seq = row.record.seq.0;
        let hides = history.is_hidden(order);
        if hides && seq != last && (signed || seq != last + 1) {
            let what = "what only its author may know of takes a place";
            to.add(at(InOrder, row, what));
        } else if !hides && seq != last + 1 {
            to.add(at(InOrder, row, format!("a hole in the journal after {last}")));
        }
        last = seq;
        signed |= edits(&row.record.change);
        if let Change::Written { item } = &row.record.change {
            text(order, row, item, history, to);
        }
        if let Change::ItemReleased { item } = &row.record.change
            && history.text(*item, order - 1).is_some_and(|text| text.own)
        {
            to.add(at(HiddenUnseen, row, "a text for all that its author alone can open"));
        }
        // The last change of a command names it; what follows from somebody's going belongs to that.
        let ended = |gone: u64| {
            let since = (1..).zip(&journal.rows).filter(|(at, _)| (gone..order).contains(at));
            since.map(|(_, row)| row).any(|row| row.record.re.is_some())
        };
        let gone = history
            .removed
            .iter()
            .find(|(at, seat, _)| *at < order && Some(*seat) == row.record.by && ended(*at));
        if let Some((_, seat, _)) = gone {
            let what = format!("of seat {seat}, which was removed before");
            to.add(at(RemovedIsGone, row, what));
        }
    }
}

fn at(invariant: Invariant, row: &Row, what: impl Into<String>) -> Breach {
    Breach::of(invariant, what).seq(row.record.seq.0).row(row.entry)
}

/// Whether a change carries an edit of the roster.
fn edits(change: &Change) -> bool {
    if let Some(keys) = change.keys() {
        return keys.edit.is_some();
    }
    matches!(
        change,
        Change::RosterEdited { .. }
            | Change::Seated { edit: Some(_), .. }
            | Change::DeviceAdded { edit: Some(_), .. }
    )
}

/// A text is sealed with the present key, by its author's own browser, for those who are to see it.
fn text(order: u64, row: &Row, item: &Item, history: &History, to: &mut Verdict) {
    let before = order - 1;
    // An own box has the generation of the own key where others have the epoch.
    let own = is_own(item);
    let present = if own { history.own_key(item.seat, before) } else { history.epoch(before) };
    let (epoch, whose) = (item.sealed.epoch(), if own { "own key" } else { "key of epoch" });
    if epoch != present {
        let what = format!("a text under the {whose} {epoch}; the present one is {present}");
        to.add(at(HiddenUnseen, row, what));
    }
    if own && item.see != See::Owner {
        let what = "a text under its author's own key, where others are to see it";
        to.add(at(HiddenUnseen, row, what));
    }
    let theirs = history.person(item.device, before).is_some_and(|who| who.seat == item.seat);
    if row.record.by != Some(item.seat) || !theirs {
        to.add(at(HiddenUnseen, row, "a text that its author did not write"));
    }
    let wanted = match item.kind {
        TextKind::Name | TextKind::Title | TextKind::Charter | TextKind::Framework => {
            Some(See::Everyone)
        }
        // No part offers it, and it is its owner's until they show it.
        TextKind::LearningQuestion if item.rev == 1 => Some(See::Owner),
        // Only a new text follows the rule of its part; a later one stays as visible as it was.
        TextKind::Headline
        | TextKind::Bid
        | TextKind::Action
        | TextKind::Question
        | TextKind::Scribe
        | TextKind::Skill
        | TextKind::Sentence
        | TextKind::Learning
        | TextKind::Reflection
        | TextKind::Practice
        | TextKind::LearningQuestion => {
            let rules = history.writes(before).filter(|_| item.rev == 1);
            rules
                .and_then(|rules| rules.iter().find(|rule| rule.kind == item.kind))
                .map(|it| it.see)
        }
    };
    if wanted.is_some_and(|see| see != item.see) {
        let what = format!("a text for {:?}, where the part says otherwise", item.see);
        to.add(at(HiddenUnseen, row, what));
    }
}
