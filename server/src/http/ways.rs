//! Whether people come through the proxy at all.
//!
//! A proxy that is set wrongly passes the wrong host or origin on, so that everybody is refused, and
//! nobody but the operator can do anything about it. Somebody who tries other names is refused as
//! well; as long as others get through, that is no news.

use std::sync::atomic::{AtomicU64, Ordering};

use crate::state::AppState;
use crate::telemetry::Misdirected;

/// Nobody got through for so long, in milliseconds, while others were refused.
const QUIET_MS: u64 = 60_000;

/// When somebody last got through, by what is looked at; 0 for never.
#[derive(Debug, Default)]
pub(super) struct Ways {
    host: AtomicU64,
    origin: AtomicU64,
}

impl Ways {
    /// Notes a request that got past this check, or did not. The log says what to do, once a minute.
    pub(super) fn note(&self, state: &AppState, at: Misdirected, is_right: bool) {
        let last = match at {
            Misdirected::Host => &self.host,
            Misdirected::Origin => &self.origin,
        };
        let now_ms = state.clock.now_ms();
        if is_right {
            last.store(now_ms, Ordering::Relaxed);
            return;
        }
        state.metrics.misdirected(at);
        if now_ms.saturating_sub(last.load(Ordering::Relaxed)) < QUIET_MS {
            return;
        }
        match at {
            Misdirected::Host => tracing::warn!(
                event = "wrong_host",
                "requests name another host, and none got through for a minute (421): `origin` must be \
                 the address that people see, and the proxy must pass `Host` on as it came"
            ),
            Misdirected::Origin => tracing::warn!(
                event = "wrong_origin",
                "requests come from another page, and none got through for a minute (403): `origin` \
                 must be the address that people see, scheme and port included, and the proxy must \
                 pass `Origin` on as it came"
            ),
        }
    }
}
