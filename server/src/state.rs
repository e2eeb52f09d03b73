//! What every handler and every socket that opens can reach: the services, and the rooms.

use std::ops::Deref;
use std::sync::Arc;

use crate::room::Registry;
use crate::services::Services;

/// One running server. Clones are the same.
#[derive(Clone, Debug)]
pub struct AppState {
    /// What everything works with.
    pub services: Arc<Services>,
    /// The live rooms. They hold the services and sockets, and neither of those holds them.
    pub(crate) rooms: Registry,
}

impl Deref for AppState {
    type Target = Services;

    fn deref(&self) -> &Services {
        &self.services
    }
}
