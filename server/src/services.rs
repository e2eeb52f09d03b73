//! What every part of one running server works with.

use std::sync::Arc;

use setroom_protocol::Room;

use crate::clock::Clock;
use crate::config::{Config, Limits, Live, Origin};
use crate::ids::Ids;
use crate::journal::{Journal, Readiness};
use crate::limits::ConnectionLimits;
use crate::retention::Retention;
use crate::room_time::RoomTime;
use crate::rules::Rules;
use crate::shutdown::Shutdown;
use crate::telemetry::{Metrics, RoomPseudonyms};

/// Made once when the server starts, and handed down: to rooms, to sockets, to handlers. Nothing in
/// here knows a room or a socket, so that whoever holds it keeps none of them.
#[derive(Clone, Debug)]
#[allow(missing_docs, reason = "most fields are documented at their type")]
pub struct Services {
    pub config: Arc<Config>,
    /// Those of `config`, for whoever needs nothing else of it.
    pub limits: Arc<Limits>,
    pub live: Arc<Live>,
    /// Where people reach the service; the first one is shown to them.
    pub origins: Arc<[Origin]>,
    /// Names the client that is built in.
    pub client_build: &'static str,
    pub clock: Clock,
    pub ids: Ids,
    pub rules: Arc<dyn Rules>,
    pub journal: Arc<dyn Journal>,
    pub readiness: Arc<Readiness>,
    pub metrics: Metrics,
    pub connection_limits: ConnectionLimits,
    pub shutdown: Shutdown,
    pub pseudonyms: RoomPseudonyms,
    pub(crate) retention: Retention,
    pub(crate) time: RoomTime,
}

impl Services {
    /// The same for this room, which goes by a time of its own where that is ahead.
    pub(crate) fn for_room(self: &Arc<Self>, room: &Room) -> Arc<Self> {
        match self.time.ahead(&self.clock, room) {
            0 => Arc::clone(self),
            ahead => {
                Arc::new(Self { clock: self.clock.clone().ahead_by(ahead), ..Self::clone(self) })
            }
        }
    }
}
