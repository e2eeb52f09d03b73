//! How much one socket sends.

use setroom_protocol::CloseCode;

use crate::config::Limits;
use crate::limits::{Bucket, Limit};

/// Refusals for haste that are forgiven within ten seconds, before the socket is closed.
const FORGIVEN: u32 = 20;

/// The rates of one socket.
#[derive(Debug, Default)]
pub(super) struct Pace {
    messages: Bucket,
    bytes: Bucket,
    strikes: Bucket,
}

impl Pace {
    /// The limit that this message is over, if it is.
    pub(super) fn take(&mut self, limits: &Limits, now_ms: u64, bytes: usize) -> Option<Limit> {
        let rate = limits.inbound_messages_per_second;
        if !self.messages.take(now_ms, 1, rate, 1000, limits.inbound_messages_burst.into()) {
            return Some(Limit::InboundMessages);
        }
        let per_second = limits.inbound_kib_per_second.saturating_mul(1024);
        let burst = u64::from(per_second);
        (!self.bytes.take(now_ms, bytes as u64, per_second, 1000, burst))
            .then_some(Limit::InboundBytes)
    }

    /// One refusal for haste more. A peer that goes on all the same is not a person.
    pub(super) fn strike(&mut self, now_ms: u64) -> Result<(), CloseCode> {
        let forgiven = self.strikes.take(now_ms, 1, FORGIVEN, 10_000, FORGIVEN.into());
        if forgiven { Ok(()) } else { Err(CloseCode::TooFast) }
    }
}
