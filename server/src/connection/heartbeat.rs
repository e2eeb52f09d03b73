//! Heartbeats, or signs of life: the server asks each peer for one, and waits only so long for it.

use std::future::Future;
use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;

use tokio::time::{Instant, Sleep, sleep_until};

use crate::config::Limits;

/// What the time asks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Due {
    /// Ask for a sign of life.
    Beat,
    /// It did not come in time.
    Silence,
}

/// When one socket is asked, and until when it may be silent. One timer serves both.
#[derive(Debug)]
pub(super) struct Heartbeat {
    every: Duration,
    wait: Duration,
    beat: Instant,
    /// Until when something must have been heard; `None` while nothing was asked for.
    silent_until: Option<Instant>,
    /// What the socket had taken when it was asked.
    taken: Option<u64>,
}

impl Heartbeat {
    pub(super) fn new(limits: &Limits) -> Self {
        let every = Duration::from_millis(limits.ping_every_ms.into());
        let wait = Duration::from_millis(limits.pong_wait_ms.into());
        Self { every, wait, beat: Instant::now() + every, silent_until: None, taken: None }
    }

    /// The timer for [`Heartbeat::poll`].
    pub(super) fn timer(&self) -> Sleep {
        sleep_until(self.beat)
    }

    /// Something was heard. Says whether the timer was waiting for it.
    pub(super) fn heard(&mut self) -> bool {
        self.silent_until.take().is_some()
    }

    /// Sets the timer to what comes next.
    pub(super) fn set(&self, timer: Pin<&mut Sleep>) {
        timer.reset(self.silent_until.map_or(self.beat, |silent| silent.min(self.beat)));
    }

    /// What is due now, once something is. `taken` is what the socket took while more waits.
    pub(super) fn poll(
        &mut self,
        cx: &mut Context<'_>,
        mut timer: Pin<&mut Sleep>,
        taken: impl Fn() -> Option<u64>,
    ) -> Poll<Due> {
        loop {
            if timer.as_mut().poll(cx).is_pending() {
                return Poll::Pending;
            }
            let now = Instant::now();
            if self.silent_until.is_some_and(|silent| silent <= now) {
                let before = std::mem::replace(&mut self.taken, taken());
                if self.taken.is_none() || self.taken == before {
                    // Nothing since the last ping: half-open, or a lid that was closed.
                    return Poll::Ready(Due::Silence);
                }
                // The ping is still behind a long snapshot, which a thin line takes bit by bit.
                self.silent_until = Some(now + self.wait);
            } else if self.beat <= now {
                // Beats that were missed, while the machine slept or stood still, are not made up for.
                self.beat = now + self.every;
                return Poll::Ready(Due::Beat);
            }
            self.set(timer.as_mut());
        }
    }

    /// The peer was asked for a sign of life.
    pub(super) fn asked(&mut self, taken: Option<u64>) {
        if self.silent_until.is_none() {
            self.silent_until = Some(Instant::now() + self.wait);
            self.taken = taken;
        }
    }
}

#[cfg(test)]
mod tests {
    use std::future::poll_fn;
    use std::pin::pin;

    use super::*;
    use crate::config::{self, Flags};

    #[tokio::test(start_paused = true)]
    async fn beats_that_were_missed_are_not_made_up_for() {
        let limits = config::load(&Flags::default(), []).unwrap().config.limits;
        let mut heartbeat = Heartbeat::new(&limits);
        let mut timer = pin!(heartbeat.timer());
        tokio::time::advance(7 * heartbeat.every).await;
        let mut beats = 0;
        poll_fn(|cx| {
            while heartbeat.poll(cx, timer.as_mut(), || None).is_ready() {
                beats += 1;
                heartbeat.set(timer.as_mut());
            }
            Poll::Ready(())
        })
        .await;
        assert_eq!(beats, 1);
    }
}
