//! The end of a set: somebody ended it, or its time is over. Nothing of it is kept then.

use setroom_protocol::Timestamp;

use super::actor::RoomActor;

impl RoomActor {
    /// Whether it is to be erased, and not only later. Only while no append is under way: that would
    /// be a change, and a change may be what keeps it.
    pub(super) fn ends_now(&self) -> bool {
        !self.commit.is_pending()
            && self.log_state.retry_at.is_none_or(|at| at <= self.now())
            && self.services.retention.is_over(&self.room, self.now())
    }

    /// When its time is over, where nobody does anything.
    pub(super) fn kept_until(&self) -> Timestamp {
        self.services.retention.until(&self.room)
    }

    /// Erases the set, down to the disk. Whether that was done.
    pub(super) async fn erase(&mut self) -> bool {
        match self.services.journal.erase(self.key).await {
            Ok(()) => {
                tracing::info!(event = "set_erased", room = %self.tag, "nothing of a set is kept any more");
                true
            }
            Err(error) => {
                tracing::warn!(event = "not_erased", room = %self.tag, %error, "will be tried again");
                self.log_state.retry_at = Some(self.now().plus(1000));
                false
            }
        }
    }
}
