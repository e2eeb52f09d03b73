//! Each hand-made bug turns the checker red, and the same meeting without one leaves it green.

use clap::ValueEnum as _;
use setroom_checker::Invariant;
use setroom_checker::planted::Bug;

use crate::script::play;

/// Whether a bug breaks its invariant and no other: nothing else in the meeting goes wrong with it.
fn breaks_one(bug: Bug) -> bool {
    matches!(bug, Bug::ProofUnchecked | Bug::LinkUnchecked | Bug::LeaksOwnTexts | Bug::CountsHands)
}

/// Which invariant a bug breaks, among others perhaps.
fn broken_by(bug: Bug) -> Invariant {
    match bug {
        Bug::AcknowledgesEarly | Bug::ForgetsCommands | Bug::SkipsJournal => {
            Invariant::AcknowledgedOnce
        }
        Bug::RoleUnchecked | Bug::InventsRows | Bug::WrongAuthor | Bug::StaleUnchecked => {
            Invariant::AskedByWhoMay
        }
        Bug::ShowsTwice | Bug::LosesFrames | Bug::SkipsPlaces => Invariant::InOrder,
        Bug::SnapshotDiffers => Invariant::OneState,
        Bug::LobbyHears
        | Bug::ShowsOthersOwn
        | Bug::OldKeyAccepted
        | Bug::LeaksOwnTexts
        | Bug::CountsHands => Invariant::HiddenUnseen,
        Bug::TwoPresenters => Invariant::OneAtATime,
        Bug::TimerGrows => Invariant::TimeNeverRises,
        Bug::KeepsRemoved => Invariant::RemovedIsGone,
        Bug::LinesUncounted => Invariant::WithinLimits,
        Bug::ProofUnchecked | Bug::LinkUnchecked => Invariant::ProvenAndSigned,
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_meeting_without_a_bug_is_green() {
    let played = Box::pin(play(None)).await;
    assert!(played.wrong.is_empty(), "{:?}", played.wrong);
    let verdict = played.verdict();
    assert!(verdict.is_green(), "{verdict}");
    let counts = verdict.counts;
    assert!(counts.clients == 8 && counts.acknowledged > 30, "{verdict}");
    assert!(counts.frames > 200 && counts.views > 20, "{verdict}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_bug_turns_the_checker_red() {
    // Side by side, since some wait in vain for what their bug keeps from them.
    let bugs = Bug::value_variants();
    let all: Vec<_> = bugs.iter().map(|bug| tokio::spawn(play(Some(*bug)))).collect();
    let mut missed = Vec::new();
    for (bug, played) in bugs.iter().copied().zip(all) {
        let verdict = played.await.unwrap().verdict();
        let wanted = broken_by(bug);
        if !verdict.breaks(wanted) {
            missed.push(format!("{bug:?} does not break {wanted}:\n{verdict}"));
        }
        if breaks_one(bug) && !verdict.broken.keys().eq([&wanted]) {
            missed.push(format!("{bug:?} does not break {wanted} alone:\n{verdict}"));
        }
    }
    assert!(missed.is_empty(), "{}", missed.join("\n\n"));
}
