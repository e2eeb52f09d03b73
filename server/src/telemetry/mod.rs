//! What operators may see: figures, and log lines without anything about people.

mod log_format;
mod machine;
pub mod metrics;
mod minutely;
mod page;
mod registry;
mod room_pseudonym;
mod throttle;

pub use log_format::{LogError, LogLines, install};
pub(crate) use machine::free_on_disk;
pub use metrics::{GaugeGuard, Metrics, Misdirected, Outcome, RoomFault};
pub(crate) use minutely::Minutely;
pub(crate) use page::answer as figures_page;
pub use registry::{Commands, Figures};
pub use room_pseudonym::RoomPseudonyms;

/// Makes a panic say where it happened and nothing else: its message could hold what someone
/// typed.
pub fn quiet_panics() {
    std::panic::set_hook(Box::new(|panic| {
        let (file, line) = panic.location().map_or(("?", 0), |at| (at.file(), at.line()));
        tracing::error!(event = "panic", file, line, "a task panicked");
    }));
}
