//! The judgement of one set: every client's log by itself, then all of them together with the
//! journal and its replay.

mod client;
mod commands;
mod cross_client;
mod keys;
mod model;
mod off_record;
mod replay;
mod roster;
mod rows;

use crate::evidence::Evidence;
use crate::history::History;
use crate::verdict::Verdict;

use self::cross_client::CrossClient;

/// Judges the evidence of one set.
pub fn check(evidence: &Evidence) -> Verdict {
    let mut verdict = Verdict::default();
    let history = History::of(&evidence.journal);
    let mut cross_client = CrossClient::new(evidence);
    for log in &evidence.clients {
        client::check(
            (evidence.set, log),
            &history,
            evidence.quiet,
            &mut cross_client,
            &mut verdict,
        );
    }
    cross_client.clocks(&mut verdict);
    cross_client.lines(&mut verdict);
    cross_client.claims(&mut verdict);
    commands::check(evidence, &history, &cross_client, &mut verdict);
    rows::check(&evidence.journal, &history, &mut verdict);
    off_record::check(evidence, &mut verdict);
    keys::check(evidence, &history, &cross_client, &mut verdict);
    replay::check(&evidence.journal, &cross_client, &mut verdict);
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
    verdict.counts.sent += cross_client.sent.len() as u64;
    verdict.counts.acknowledged += cross_client.acks.len() as u64;
    verdict
}
