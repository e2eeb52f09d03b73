//! The end of a set: somebody ended it, or its time is over. Nothing of it is kept then.

use setroom_protocol::{Code, ServerFrame, Timestamp};

use super::actor::RoomActor;
use super::commit::Exit;
use super::inputs::{Inputs, SocketOrTime};
use super::{Entering, Event, JoinError};

impl RoomActor {
    /// Whether it is to be erased, and not only later. Only while no append is under way: that would
    /// be a change, and a change may be what keeps it.
    pub(super) fn ends_now(&self) -> bool {
        !self.commit.is_pending()
            && self.log_state.retry_at.is_none_or(|at| at <= self.now())
            && self.services.retention.is_over(&self.room, self.now())
    }

    /// When its time is over, where nobody does anything: at once where somebody ended it.
    pub(super) fn kept_until(&self) -> Timestamp {
        if self.room.is_erased() { Timestamp(0) } else { self.services.retention.until(&self.room) }
    }

    /// Erases the set, down to the disk. `None` where it is still there.
    pub(super) async fn erase(&mut self, inputs: &mut Inputs) -> Option<Exit> {
        loop {
            match self.services.journal.erase(self.key).await {
                Ok(()) => {
                    tracing::info!(event = "set_erased", room = %self.tag, "nothing of a set is kept any more");
                    return Some(Exit::Erased);
                }
                Err(error) => {
                    tracing::warn!(event = "not_erased", room = %self.tag, %error, "will be tried again");
                    let again = self.now().plus(1000);
                    self.log_state.retry_at = Some(again);
                    if !inputs.is_over() {
                        return None;
                    }
                    if let Some(exit) = self.outlast(inputs, again).await {
                        return Some(exit);
                    }
                }
            }
        }
    }

    /// The set is gone, and somebody who reads the journal, such as a backup, keeps its file from being
    /// cut. Whoever is here stays until then, for the end of their line is the word that it is done.
    /// Returns when that moment has come, or how the room ends before it.
    async fn outlast(&mut self, inputs: &mut Inputs, until: Timestamp) -> Option<Exit> {
        loop {
            self.settle();
            if self.fanout.members.is_empty() || self.stay.gives_up {
                // The journal owes it, and needs nobody who waits.
                return Some(Exit::On);
            }
            let due = self.fanout.boards.due().map_or(until, |due| due.min(until));
            match inputs.next_but_the_journals(due).await {
                Err(exit) => return Some(exit),
                Ok(SocketOrTime::Time) if self.now() >= until => return None,
                Ok(SocketOrTime::Time) => {}
                Ok(SocketOrTime::Socket(event)) => self.met_at_the_end(event),
            }
        }
    }

    /// Nothing is done any more; whoever has a seat and was told that the set is over may wait here too.
    fn met_at_the_end(&mut self, event: Event) {
        match event {
            Event::Ask(asked) => {
                let (cid, code) = (Some(asked.cid), Code::Stage);
                let refused = ServerFrame::Refused { cid, code, temporary: code.temporary() };
                self.fanout.tell(asked.conn, &refused);
            }
            Event::Enter(entering) => {
                let Entering { way, sink, answer, _place } = *entering;
                let is_told = self.room.is_erased();
                let entered = if is_told { self.enter(way, sink) } else { Err(JoinError::Fault) };
                if let Err(Ok(conn)) = answer.send(entered) {
                    self.gone(conn);
                }
            }
            Event::Gone(conn) => self.gone(conn),
            Event::GiveWay { even_so } => self.stay.gives_up |= even_so,
        }
    }
}
