//! Bugs planted around a server, so that whatever looks for bugs can be seen to find some.
//!
//! A server under test is the one that people run. What is wrong is put around it: rules other than
//! the protocol's ([`rules`]), a journal that does not do what it says ([`journal`]), and a line to
//! each client that changes what was sent ([`Lies`]).

mod journal;
mod line;
mod rules;
mod wrapped;

use std::sync::Arc;

use setroom_server::journal::Journal;
use setroom_server::rules::{ProtocolRules, Rules};

pub use line::Lies;
pub use wrapped::{Wrapped, Wraps};

/// A planted bug, on the command line by this very name.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
#[value(rename_all = "verbatim")]
pub enum Bug {
    /// Says that a command is done before the journal has it.
    AcknowledgesEarly,
    /// Takes everybody for the host when it decides.
    RoleUnchecked,
    /// Sends what happens in the room to those at the door too.
    LobbyHears,
    /// Does not know a repeated command.
    ForgetsCommands,
    /// Sends a change twice.
    ShowsTwice,
    /// Loses the frame of a change.
    LosesFrames,
    /// Leaves a place out.
    SkipsPlaces,
    /// Sends one person's own part to all.
    ShowsOthersOwn,
    /// Shows another presenter to some.
    TwoPresenters,
    /// Gives time back when the clock runs on.
    TimerGrows,
    /// Goes on sending to somebody who was removed.
    KeepsRemoved,
    /// Applies and acknowledges without writing anything down.
    SkipsJournal,
    /// Takes a text under an old key.
    OldKeyAccepted,
    /// Shows whoever comes in another view than those who are there.
    SnapshotDiffers,
    /// Writes down a command that nobody sent.
    InventsRows,
    /// Writes a command down under another person's name.
    WrongAuthor,
    /// Lets a person have any number of connections.
    LinesUncounted,
    /// Moves the meeting again for whoever pressed on an older screen.
    StaleUnchecked,
    /// Believes that whoever names a public key holds it.
    ProofUnchecked,
    /// Lets a browser that it knows knock by another kind of link than it came by.
    LinkUnchecked,
    /// Sends what only its author may see to the browser of somebody else that came last, too.
    LeaksOwnTexts,
    /// Tells whoever presents of the hands that go up.
    CountsHands,
}

/// The rules with a bug: the protocol's, where it is none of the rules.
pub fn rules(bug: Option<Bug>) -> Arc<dyn Rules> {
    match bug {
        Some(bug) => Arc::new(rules::BentRules(bug)),
        None => Arc::new(ProtocolRules),
    }
}

/// A journal with a bug: as it is, where it is none of the journal.
pub fn journal(bug: Option<Bug>, journal: Arc<dyn Journal>) -> Arc<dyn Journal> {
    match bug {
        Some(
            bug @ (Bug::AcknowledgesEarly
            | Bug::SkipsJournal
            | Bug::InventsRows
            | Bug::WrongAuthor
            | Bug::SkipsPlaces),
        ) => Arc::new(Wrapped(journal::LyingJournal::new(bug, journal))),
        Some(_) | None => journal,
    }
}
