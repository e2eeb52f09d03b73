//! What chores say while they work.

use std::cell::RefCell;
use std::io::Write as _;

thread_local! {
    /// What is said on this thread while it works aside; `None` where it is said at once.
    static ASIDE: RefCell<Option<Vec<String>>> = const { RefCell::new(None) };
}

/// Writes one line to standard output. A closed pipe is no reason to stop a chore.
pub fn say(line: &str) {
    let is_kept = ASIDE
        .with_borrow_mut(|lines| lines.as_mut().map(|lines| lines.push(line.to_owned())).is_some());
    if !is_kept {
        let _ = writeln!(std::io::stdout(), "{line}");
    }
}

/// Works with what is said kept, so that it does not stand between the lines of others: for a thread
/// of its own, which gives it back with the result.
pub fn aside<T>(work: impl FnOnce() -> T) -> (T, Vec<String>) {
    ASIDE.set(Some(Vec::new()));
    let result = work();
    (result, ASIDE.take().unwrap_or_default())
}

/// Whether what this thread says is kept.
#[must_use]
pub fn is_aside() -> bool {
    ASIDE.with_borrow(Option::is_some)
}
