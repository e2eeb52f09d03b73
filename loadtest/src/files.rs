//! Open files: one for each connection, and systems give out few unless asked.

/// Raises this process's limit of open files as far as it may, towards `wanted`. Gives what it is
/// now; `None` where there is no such limit.
#[cfg(unix)]
#[must_use]
pub(crate) fn raise(wanted: u64) -> Option<u64> {
    use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};
    let now = getrlimit(Resource::Nofile);
    if now.current.is_none_or(|current| current >= wanted) {
        return now.current;
    }
    let current = now.maximum.map_or(wanted, |maximum| maximum.min(wanted));
    // When it fails the old limit stands, and is what is told.
    let _ = setrlimit(Resource::Nofile, Rlimit { current: Some(current), maximum: now.maximum });
    getrlimit(Resource::Nofile).current
}

/// Elsewhere there is no such limit.
#[cfg(not(unix))]
#[must_use]
pub(crate) fn raise(_wanted: u64) -> Option<u64> {
    None
}
