//! Time, as an argument: nothing else in the server asks the machine what time it is.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use futures_util::future::BoxFuture;
use tokio::sync::watch;
use tokio::time::Instant;

/// Where the server gets its time from: milliseconds since 1970 (UTC).
///
/// The system clock is read **once**, when the clock is made; from then on time goes by the
/// machine's steady counter. So a wall clock that jumps by an hour moves no timebox.
#[derive(Clone, Debug)]
pub enum Clock {
    /// The machine's time.
    System(SystemClock),
    /// A test's time: it moves only when told to.
    Manual(ManualClock),
}

/// The wall clock at one moment, and the steady counter from there.
#[derive(Clone, Copy, Debug)]
pub struct SystemClock {
    wall_ms: u64,
    from: Instant,
}

/// A clock that a test moves by hand. Clones move together.
#[derive(Clone, Debug)]
pub struct ManualClock {
    now: watch::Sender<u64>,
    /// What it shows on top of that.
    ahead_ms: u64,
}

impl ManualClock {
    /// Starts at `now_ms` (milliseconds since 1970).
    #[must_use]
    pub fn new(now_ms: u64) -> Self {
        Self { now: watch::Sender::new(now_ms), ahead_ms: 0 }
    }

    /// Lets `by_ms` milliseconds pass and wakes whoever waited for them.
    pub fn advance(&self, by_ms: u64) {
        self.now.send_modify(|now| *now = now.saturating_add(by_ms));
    }
}

/// Waits for one moment after another without being set anew each time it is looked at.
pub struct Alarm {
    clock: Clock,
    at_ms: u64,
    rings: BoxFuture<'static, ()>,
}

impl Alarm {
    /// An alarm by this clock, that is not set yet.
    #[must_use]
    pub fn new(clock: Clock) -> Self {
        Self { clock, at_ms: u64::MAX, rings: Box::pin(std::future::pending()) }
    }

    /// Returns when the clock shows `at_ms`. May be dropped at any await; as long as the moment is
    /// the same, what was begun goes on.
    pub async fn at(&mut self, at_ms: u64) {
        if at_ms != self.at_ms {
            self.at_ms = at_ms;
            let clock = self.clock.clone();
            self.rings = Box::pin(async move { clock.sleep_until(at_ms).await });
        }
        (&mut self.rings).await;
        // It has rung, and is not to be asked again.
        *self = Self::new(self.clock.clone());
    }
}

impl std::fmt::Debug for Alarm {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Alarm at {} ms", self.at_ms)
    }
}

impl Clock {
    /// The machine's clock, from this moment on.
    #[must_use]
    #[allow(clippy::disallowed_methods, reason = "the one place where the wall clock is read")]
    pub fn system() -> Self {
        let since_epoch = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
        let wall_ms = u64::try_from(since_epoch.as_millis()).unwrap_or(u64::MAX);
        Self::showing(wall_ms)
    }

    /// A clock that shows this now, in milliseconds since 1970, and goes by the steady counter from
    /// here on.
    #[must_use]
    pub fn showing(wall_ms: u64) -> Self {
        Self::System(SystemClock { wall_ms, from: Instant::now() })
    }

    /// A clock that always shows so many milliseconds more than this one.
    #[must_use]
    pub fn ahead_by(self, ms: u64) -> Self {
        match self {
            Self::System(clock) => {
                Self::System(SystemClock { wall_ms: clock.wall_ms.saturating_add(ms), ..clock })
            }
            Self::Manual(clock) => {
                let ahead_ms = clock.ahead_ms.saturating_add(ms);
                Self::Manual(ManualClock { ahead_ms, ..clock })
            }
        }
    }

    /// Milliseconds since 1970. Never goes back within one process.
    #[must_use]
    pub fn now_ms(&self) -> u64 {
        match self {
            Self::System(clock) => {
                let passed = u64::try_from(clock.from.elapsed().as_millis()).unwrap_or(u64::MAX);
                clock.wall_ms.saturating_add(passed)
            }
            Self::Manual(clock) => clock.now.borrow().saturating_add(clock.ahead_ms),
        }
    }

    /// Waits until the clock shows `at_ms`; returns at once when that is past.
    pub async fn sleep_until(&self, at_ms: u64) {
        match self {
            Self::System(clock) => {
                let ahead = Duration::from_millis(at_ms.saturating_sub(clock.wall_ms));
                // A moment too far off for the counter never comes.
                match clock.from.checked_add(ahead) {
                    Some(at) => tokio::time::sleep_until(at).await,
                    None => std::future::pending().await,
                }
            }
            Self::Manual(clock) => {
                let mut now = clock.now.subscribe();
                // The sender lives in `clock`, so waiting cannot fail.
                let _ = now.wait_for(|now| now.saturating_add(clock.ahead_ms) >= at_ms).await;
            }
        }
    }
}
