//! The judgement of one set: every client's log by itself, then all of them together with the
//! journal and its replay.

mod boards;
mod client;
mod commands;
mod keys;
mod model;
mod replay;
mod roster;
mod rows;

use crate::evidence::Evidence;
use crate::story::Story;
use crate::verdict::Verdict;

use self::boards::Boards;

/// Judges the evidence of one set.
#[must_use]
pub fn check(evidence: &Evidence) -> Verdict {
    let mut verdict = Verdict::default();
    let story = Story::of(&evidence.journal);
    let mut boards = Boards::new(evidence);
    for log in &evidence.clients {
        client::check((evidence.set, log), &story, evidence.quiet, &mut boards, &mut verdict);
    }
    boards.clocks(&mut verdict);
    boards.lines(&mut verdict);
    boards.claims(&mut verdict);
    commands::check(evidence, &story, &boards, &mut verdict);
    rows::check(&evidence.journal, &story, &mut verdict);
    keys::check(evidence, &story, &boards, &mut verdict);
    replay::check(&evidence.journal, &boards, &mut verdict);
    let base = evidence.journal.base_seq();
    if base > 0 {
        verdict.note(format!(
            "set {}: a snapshot stands for the rows up to {base}; what was asked and shown before \
             is judged by what it remembers",
            evidence.set
        ));
    }
    verdict.counts.sets += 1;
    verdict.counts.clients += evidence.clients.len() as u64;
    verdict.counts.rows += evidence.journal.rows.len() as u64;
    verdict.counts.sent += boards.sent.len() as u64;
    verdict.counts.acknowledged += boards.acks.len() as u64;
    verdict
}
