//! What every handler, socket and room can reach.

use std::ops::Deref;
use std::sync::Arc;

use crate::clock::Clock;
use crate::config::{Config, Live, Origin};
use crate::http::Readiness;
use crate::ids::Ids;
use crate::journal::Journal;
use crate::limits::Gate;
use crate::room::Registry;
use crate::shutdown::Shutdown;
use crate::telemetry::{Metrics, RoomTags};

/// One running server. Cheap to clone, since every request and every socket holds one; all clones
/// are the same server.
#[derive(Clone, Debug)]
pub struct AppState(Arc<Parts>);

impl AppState {
    pub(crate) fn new(parts: Parts) -> Self {
        Self(Arc::new(parts))
    }
}

impl Deref for AppState {
    type Target = Parts;

    fn deref(&self) -> &Parts {
        &self.0
    }
}

/// The parts of one running server.
#[derive(Debug)]
#[allow(missing_docs, reason = "each field is documented at its type")]
pub struct Parts {
    pub config: Arc<Config>,
    pub live: Live,
    /// Where people reach the service; the first one is shown to them.
    pub origins: Arc<[Origin]>,
    pub clock: Clock,
    pub ids: Ids,
    pub journal: Arc<dyn Journal>,
    pub metrics: Metrics,
    pub gate: Gate,
    pub shutdown: Shutdown,
    pub room_tags: RoomTags,
    pub rooms: Registry,
    pub readiness: Arc<Readiness>,
}
