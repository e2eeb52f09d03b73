//! A message of which only a part has come: what is kept of it is counted, and it has an end.

use std::pin::Pin;
use std::task::{Context, Poll};

use tokio::time::{Sleep, sleep};

use crate::config::ms;
use crate::services::Services;
use crate::socket::Sink;

/// What one line has begun and not finished; nearly always nothing.
#[derive(Debug, Default)]
pub(super) struct Unfinished {
    bytes: usize,
    late: Option<Pin<Box<Sleep>>>,
}

impl Unfinished {
    /// A message is whole: what is there now is of another.
    pub(super) fn is_finished(&mut self) {
        self.late = None;
    }

    /// So many bytes are there of one. Ready when the rest took too long.
    pub(super) fn poll(
        &mut self,
        cx: &mut Context<'_>,
        services: &Services,
        sink: &Sink,
        bytes: usize,
    ) -> Poll<()> {
        if bytes != self.bytes {
            self.bytes = bytes;
            sink.keeps(bytes);
        }
        if bytes == 0 {
            self.late = None;
            return Poll::Pending;
        }
        let patience = services.limits.message_timeout_ms;
        self.late.get_or_insert_with(|| Box::pin(sleep(ms(patience)))).as_mut().poll(cx)
    }
}
