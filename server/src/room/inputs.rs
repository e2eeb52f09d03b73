//! Where a room hears what it is to do: of sockets, of its journal, and of time.

use std::task::Poll;

use setroom_protocol::Timestamp;
use tokio::sync::mpsc;

use super::Event;
use super::commit::Exit;
use crate::clock::Alarm;
use crate::journal::{Tail, TailEvent};
use crate::shutdown::Shutdown;

/// What a room hears.
pub(super) enum Input {
    Socket(Event),
    Journal(TailEvent),
    Time,
}

/// The same without what the journal says.
pub(super) enum SocketOrTime {
    Socket(Event),
    Time,
}

/// Where it hears it.
pub(super) struct Inputs {
    pub(super) tail: Tail,
    pub(super) events: mpsc::Receiver<Event>,
    pub(super) alarm: Alarm,
    pub(super) shutdown: Shutdown,
}

impl Inputs {
    /// Whether the journal says nothing more.
    pub(super) fn is_over(&self) -> bool {
        self.tail.is_closed()
    }

    /// What is there already, the journal's first; of sockets only so many more.
    pub(super) fn ready(&mut self, sockets: &mut usize) -> Option<Input> {
        if let Some(event) = self.tail.try_recv() {
            return Some(Input::Journal(event));
        }
        *sockets = sockets.checked_sub(1)?;
        self.events.try_recv().ok().map(Input::Socket)
    }

    /// The next one, or the one that is due at a time.
    ///
    /// # Errors
    /// When there is none any more. A closed tail says that the set was erased or that this reader
    /// fell behind: whoever comes back loads the room anew.
    pub(super) async fn next(&mut self, due: Option<Timestamp>) -> Result<Input, Exit> {
        let Self { tail, events, alarm, shutdown } = self;
        tokio::select! {
            biased;
            event = tail.recv() => event.map(Input::Journal).ok_or(Exit::On),
            event = events.recv() => event.map(Input::Socket).ok_or(Exit::On),
            () = alarm.at(due.map_or(u64::MAX, |at| at.0)), if due.is_some() => Ok(Input::Time),
            () = stops(shutdown) => Err(Exit::On),
        }
    }

    /// The same for a room whose journal is over.
    ///
    /// # Errors
    /// When there is none any more.
    pub(super) async fn next_but_the_journals(
        &mut self,
        due: Timestamp,
    ) -> Result<SocketOrTime, Exit> {
        let Self { tail: _, events, alarm, shutdown } = self;
        tokio::select! {
            biased;
            event = events.recv() => event.map(SocketOrTime::Socket).ok_or(Exit::On),
            () = alarm.at(due.0) => Ok(SocketOrTime::Time),
            () = stops(shutdown) => Err(Exit::On),
        }
    }
}

/// Whoever stops the process wakes this task.
async fn stops(shutdown: &Shutdown) {
    let is_stopping = || shutdown.is_stopping();
    std::future::poll_fn(|_| if is_stopping() { Poll::Ready(()) } else { Poll::Pending }).await;
}
