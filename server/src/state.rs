//! What every handler, socket and room can reach.

use std::sync::Arc;

use crate::clock::Clock;
use crate::config::{Config, Origin};
use crate::http::Readiness;
use crate::ids::Ids;
use crate::journal::{Bus, Journal};
use crate::limits::Gate;
use crate::room::Registry;
use crate::shutdown::Shutdown;
use crate::telemetry::{Metrics, RoomTags};

/// The parts of one running server. Cheap to clone; all clones are the same server.
#[derive(Clone, Debug)]
#[allow(missing_docs, reason = "each field is documented at its type")]
pub struct AppState {
    pub config: Arc<Config>,
    /// Where people reach the service; the first one is shown to them.
    pub origins: Arc<[Origin]>,
    pub clock: Clock,
    pub ids: Ids,
    pub journal: Arc<dyn Journal>,
    pub bus: Arc<dyn Bus>,
    pub metrics: Metrics,
    pub gate: Gate,
    pub shutdown: Shutdown,
    pub room_tags: RoomTags,
    pub rooms: Registry,
    pub readiness: Arc<Readiness>,
}
