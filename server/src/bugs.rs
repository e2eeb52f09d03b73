//! Hand-made bugs, so that whatever looks for bugs can be seen to find some.
//!
//! Without the feature `bugs` there is no value of `Bugs` that has one: `Bugs::has` is a
//! constant, and the compiler leaves out what stands behind it. With the feature nothing but a
//! build for tests compiles, so no release can hold any of this.

#[cfg(all(feature = "bugs", not(debug_assertions)))]
compile_error!("the feature `bugs` is for tests of the checker: a release cannot be built with it");

/// A hand-made bug.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
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
}

impl Bug {
    /// All of them.
    pub const ALL: [Self; 21] = [
        Self::AcknowledgesEarly,
        Self::RoleUnchecked,
        Self::LobbyHears,
        Self::ForgetsCommands,
        Self::ShowsTwice,
        Self::LosesFrames,
        Self::SkipsPlaces,
        Self::ShowsOthersOwn,
        Self::TwoPresenters,
        Self::TimerGrows,
        Self::KeepsRemoved,
        Self::SkipsJournal,
        Self::OldKeyAccepted,
        Self::SnapshotDiffers,
        Self::InventsRows,
        Self::WrongAuthor,
        Self::LinesUncounted,
        Self::StaleUnchecked,
        Self::ProofUnchecked,
        Self::LinkUnchecked,
        Self::LeaksOwnTexts,
    ];
}

/// The bugs of one server: none, or in tests one.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Bugs {
    #[cfg(feature = "bugs")]
    bug: Option<Bug>,
}

impl Bugs {
    /// The one that a test wants.
    #[cfg(feature = "bugs")]
    pub(crate) const fn with(bug: Bug) -> Self {
        Self { bug: Some(bug) }
    }

    /// Whether this one is to be had.
    #[cfg(feature = "bugs")]
    pub(crate) fn has(self, bug: Bug) -> bool {
        self.bug == Some(bug)
    }

    /// Never.
    #[cfg(not(feature = "bugs"))]
    pub(crate) const fn has(self, _: Bug) -> bool {
        false
    }
}
