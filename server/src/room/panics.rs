//! Rules that panic, which costs whoever asked and nobody else.

use std::panic::{AssertUnwindSafe, catch_unwind};

use setroom_protocol::{Code, Refusal};

use crate::rules::Rules;
use crate::services::Services;
use crate::telemetry::RoomFault;

/// What a rule says. Rules change nothing but what they are given, so that one which panics is a
/// refusal of what was asked, and no more.
pub(super) fn ruled<T>(
    services: &Services,
    tag: &str,
    rule: impl FnOnce(&dyn Rules) -> Result<T, Refusal>,
) -> Result<T, Refusal> {
    let said = catch_unwind(AssertUnwindSafe(|| rule(services.rules.as_ref())));
    said.unwrap_or_else(|_| {
        // The panic hook has said where.
        services.metrics.room_fault(RoomFault::Panicked);
        tracing::error!(event = "command_panicked", room = %tag, "a command was refused");
        Err(Code::Quarantined.into())
    })
}
