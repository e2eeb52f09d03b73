//! What does not last: presence, and what is said off the record.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use bytes::Bytes;
use futures_util::future::BoxFuture;
use tokio::sync::broadcast;

use super::RoomKey;

/// Messages that may wait for one subscriber.
const BUS_LENGTH: usize = 256;

/// Messages per room that are never stored. It is a trait of its own, so that no type can put
/// them into the journal.
pub trait Bus: Send + Sync + std::fmt::Debug + 'static {
    /// Sends to whoever subscribes now. Nobody there is not an error.
    fn publish<'a>(&'a self, room: &'a RoomKey, bytes: Bytes) -> BoxFuture<'a, ()>;

    /// Everything published from now on.
    fn subscribe<'a>(&'a self, room: &'a RoomKey) -> BoxFuture<'a, BusTail>;
}

/// One subscriber's end.
#[derive(Debug)]
pub struct BusTail {
    messages: broadcast::Receiver<Bytes>,
}

/// What a subscriber hears.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Heard {
    /// One message.
    Message(Bytes),
    /// So many messages were lost because this subscriber was slow.
    Missed(u64),
}

impl BusTail {
    /// The next message; `None` when the bus has ended.
    pub async fn next(&mut self) -> Option<Heard> {
        match self.messages.recv().await {
            Ok(bytes) => Some(Heard::Message(bytes)),
            Err(broadcast::error::RecvError::Lagged(lost)) => Some(Heard::Missed(lost)),
            Err(broadcast::error::RecvError::Closed) => None,
        }
    }
}

/// The bus of a single process.
#[derive(Clone, Debug, Default)]
pub struct MemoryBus {
    rooms: Arc<Mutex<HashMap<RoomKey, broadcast::Sender<Bytes>>>>,
}

impl Bus for MemoryBus {
    fn publish<'a>(&'a self, room: &'a RoomKey, bytes: Bytes) -> BoxFuture<'a, ()> {
        Box::pin(async move {
            let mut rooms = self.rooms.lock().unwrap_or_else(PoisonError::into_inner);
            // A send fails only when the last subscriber has left: then the room is forgotten.
            if rooms.get(room).is_some_and(|sender| sender.send(bytes).is_err()) {
                rooms.remove(room);
            }
        })
    }

    fn subscribe<'a>(&'a self, room: &'a RoomKey) -> BoxFuture<'a, BusTail> {
        Box::pin(async move {
            let mut rooms = self.rooms.lock().unwrap_or_else(PoisonError::into_inner);
            // Rooms that nobody publishes to are swept when others come, so the map stays small.
            rooms.retain(|key, sender| key == room || sender.receiver_count() > 0);
            let sender = rooms.entry(*room).or_insert_with(|| broadcast::channel(BUS_LENGTH).0);
            BusTail { messages: sender.subscribe() }
        })
    }
}
