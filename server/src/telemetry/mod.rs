//! What operators may see: figures, and log lines without anything about people.

mod lines;
mod machine;
pub mod metrics;
mod minutely;
mod page;
mod registry;
mod tags;
mod throttle;

pub(crate) use lines::timestamp;
pub use lines::{LogError, LogLines, install};
pub use metrics::{Held, Metrics, Misdirected, Outcome, RoomFault};
pub(crate) use minutely::Minutely;
pub(crate) use page::answer as figures_page;
pub use tags::RoomTags;

/// Makes a panic say where it happened and nothing else: its message could hold what someone
/// typed.
pub fn quiet_panics() {
    std::panic::set_hook(Box::new(|panic| {
        let (file, line) = panic.location().map_or(("?", 0), |at| (at.file(), at.line()));
        tracing::error!(event = "panic", file, line, "a task panicked");
    }));
}
