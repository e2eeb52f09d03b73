//! The rate limit of one connection: how much its peer sends.

use setroom_protocol::CloseCode;

use crate::config::Limits;
use crate::limits::{Bucket, Limit, Rate, Window};

/// Refusals for haste that are forgiven within ten seconds, before the socket is closed.
const FORGIVEN: u32 = 20;

/// The rates of one connection.
#[derive(Debug, Default)]
pub(super) struct RateLimit {
    messages: Bucket,
    frames: Bucket,
    bytes: Bucket,
    strikes: Window,
}

impl RateLimit {
    /// The limit that a frame of so many bytes is over, if it is: with its head, and whatever it
    /// holds. One that completes a message counts as that.
    pub(super) fn take(
        &mut self,
        limits: &Limits,
        now_ms: u64,
        is_message: bool,
        bytes: usize,
    ) -> Option<Limit> {
        let (bucket, per, burst, limit) = if is_message {
            let (per, burst) = (limits.inbound_messages_per_second, limits.inbound_messages_burst);
            (&mut self.messages, per, burst, Limit::InboundMessages)
        } else {
            let (per, burst) = (limits.inbound_frames_per_second, limits.inbound_frames_burst);
            (&mut self.frames, per, burst, Limit::InboundFrames)
        };
        if !bucket.take(now_ms, 1, Rate::per_second(per, burst)) {
            return Some(limit);
        }
        let most = limits.inbound_kib_per_second.saturating_mul(1024);
        let rate = Rate::per_second(most, most);
        (!self.bytes.take(now_ms, bytes as u64, rate)).then_some(Limit::InboundBytes)
    }

    /// One refusal for haste more. A peer that goes on all the same is not a person.
    pub(super) fn strike(&mut self, now_ms: u64) -> Result<(), CloseCode> {
        let forgiven = self.strikes.take(now_ms, FORGIVEN, 10_000);
        if forgiven { Ok(()) } else { Err(CloseCode::TooFast) }
    }
}
