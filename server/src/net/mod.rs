//! TCP: the system's, or with the feature `sim` that of a simulated network.
//!
//! Nothing else in the server names either, so that the very same code can be run among partitions,
//! crashes and delays that a seed repeats.

#[cfg(feature = "sim")]
mod simulated;
#[cfg(not(feature = "sim"))]
mod system;

#[cfg(feature = "sim")]
pub(crate) use simulated::{ReadEnd, TcpListener, TcpStream, WriteEnd, has_spoken, prepare, split};
#[cfg(not(feature = "sim"))]
pub(crate) use system::{ReadEnd, TcpListener, TcpStream, WriteEnd, has_spoken, prepare, split};
