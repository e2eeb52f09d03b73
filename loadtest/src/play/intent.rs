//! What somebody is going to do.

use setroom_protocol::method::{Kind, Write};

/// What it is. A `usize` is a seat.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Intent {
    /// The set is made.
    Create,
    /// Somebody goes to the door.
    Arrive(usize),
    /// Somebody tries to reach the server again.
    ComeBack(usize),
    /// The meeting starts, whether or not everybody is there.
    Start,
    /// Somebody agrees to the charter.
    Agree(usize),
    /// Something of the part that began with this move of the meeting. When the meeting has moved
    /// on, it is not done any more.
    Part(u64, Deed),
    /// Somebody's page is loaded again.
    Reload(usize),
    /// Somebody's connection breaks.
    DropOff(usize),
    /// Somebody who read nothing reads again.
    Thaw(usize),
    /// Whether they were cut off meanwhile is known by now.
    Thawed(usize),
    /// What was refused for now is asked once more.
    Again(usize),
    /// The next command of a steady mix.
    Mix,
    /// Look whether the room can go on.
    Look,
}

/// What is done within a part.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Deed {
    /// A hand goes up.
    Hand(usize, Option<Kind>),
    /// A member lets the others go first.
    Defer(usize),
    /// The present asker's turn is over: by themselves, or the presenter is ready.
    EndTurn(usize),
    /// A turn of a round is over.
    EndRoundTurn(usize),
    /// The facilitator calls the first hand.
    Call,
    /// A tick.
    Tick(usize),
    /// Somebody writes.
    Write(usize, Write),
    /// The running order.
    Order,
    /// A presenter is chosen when there is none.
    Present,
    /// A scribe is named when there is none.
    Scribe,
    /// The presenter says that they think, or need a moment.
    Say,
    /// The facilitator presses something.
    Press(Press),
    /// On to the next part.
    Move,
}

/// What a facilitator presses, besides moving on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Press {
    /// Stops the clock.
    Pause,
    /// Lets it run on.
    Resume,
    /// A minute more.
    More,
    /// Holds the room.
    Hold,
    /// Ends the hold.
    Release,
    /// Silence.
    Quiet,
    /// Ends it.
    Speak,
    /// Takes the last move back.
    Undo,
    /// Gives what was said time to land.
    Land,
    /// Takes all hands down.
    Clear,
}
