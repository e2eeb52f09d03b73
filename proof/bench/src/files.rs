//! Open files: one for each connection, on both sides. What is started inherits the limit.

use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};

/// Raises the limit of open files as far as it may, and gives it.
pub fn raise() -> u64 {
    let now = getrlimit(Resource::Nofile);
    // When it fails the old limit stands, and is what is told.
    let _ = setrlimit(Resource::Nofile, Rlimit { current: now.maximum, maximum: now.maximum });
    getrlimit(Resource::Nofile).current.unwrap_or(u64::MAX)
}
