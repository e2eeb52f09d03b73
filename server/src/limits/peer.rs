//! The other end of a connection, as limits see it.

use std::sync::Arc;

use super::{ConnectionPermit, Guest, Source};

/// Who is at the other end, and the places that they take.
#[derive(Clone, Debug)]
pub struct Peer {
    /// Whom limits count for.
    pub source: Source,
    /// The place that it takes. A socket keeps a clone for as long as it lives.
    pub permit: ConnectionPermit,
    /// Its place among those who have shown no token yet, until it has; none for a connection of a
    /// proxy's, which is nobody's until a request comes on it.
    pub guest: Option<Arc<Guest>>,
    /// Came faster than connections of its address may: on it a socket is opened, or something posted at
    /// the pace of posts, and nothing else is answered.
    pub is_hasty: bool,
}
