//! Time, as an argument: nothing else in the server asks the machine what time it is.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use futures_util::future::BoxFuture;
use tokio::sync::watch;
use tokio::time::Instant;

use crate::shutdown::Shutdown;

/// What is further ahead of the machine's clock at a start is not believed, in milliseconds: whoever once
/// started the service in another year would have that year for ever.
pub(crate) const BELIEVED_MS: u64 = 24 * 60 * 60 * 1000;
/// How often the wall clock is looked at, and how far it may be from the service's, in milliseconds.
const LOOK_MS: u64 = 60_000;

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
    /// How far the wall clock is ahead of it.
    apart_ms: watch::Sender<i64>,
}

impl ManualClock {
    /// Starts at `now_ms` (milliseconds since 1970).
    #[must_use]
    pub fn new(now_ms: u64) -> Self {
        Self { now: watch::Sender::new(now_ms), ahead_ms: 0, apart_ms: watch::Sender::new(0) }
    }

    /// Lets `by_ms` milliseconds pass and wakes whoever waited for them.
    pub fn advance(&self, by_ms: u64) {
        self.now.send_modify(|now| *now = now.saturating_add(by_ms));
    }

    /// Lets the wall clock be so far ahead of it, or behind.
    pub fn wall_is_ahead_by(&self, ms: i64) {
        self.apart_ms.send_replace(ms);
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

/// The wall clock, in milliseconds since 1970.
#[allow(clippy::disallowed_methods, reason = "the one place where the wall clock is read")]
fn wall_ms() -> u64 {
    let since_epoch = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    u64::try_from(since_epoch.as_millis()).unwrap_or(u64::MAX)
}

impl Clock {
    /// The machine's clock, from this moment on.
    #[must_use]
    pub fn system() -> Self {
        Self::showing(wall_ms())
    }

    /// What the wall clock shows now. It moves nothing; see [`Clock::watch`].
    fn wall_ms(&self) -> u64 {
        match self {
            Self::System(_) => wall_ms(),
            Self::Manual(clock) => {
                let apart_ms = *clock.apart_ms.borrow();
                self.now_ms().saturating_add_signed(apart_ms)
            }
        }
    }

    /// Says it when the wall clock has run away from this one, until the process stops: it was set, or the
    /// machine slept, which the steady counter does not count. Once for each time that it does.
    pub(crate) async fn watch(self, shutdown: Shutdown) {
        let mut said_ms = 0_i64;
        loop {
            tokio::select! {
                () = self.sleep_until(self.now_ms().saturating_add(LOOK_MS)) => {}
                () = shutdown.stopping() => return,
            }
            let apart_ms = self.wall_ms().wrapping_sub(self.now_ms()).cast_signed();
            if apart_ms.abs_diff(said_ms) <= LOOK_MS {
                continue;
            }
            said_ms = apart_ms;
            let count = apart_ms.unsigned_abs() / 1000;
            if count > LOOK_MS / 1000 {
                tracing::warn!(
                    event = "clock_apart",
                    count,
                    "the machine's clock is by so many seconds away from the service's: it was set, or the \
                    machine slept; a restart goes by the machine's"
                );
            }
        }
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
