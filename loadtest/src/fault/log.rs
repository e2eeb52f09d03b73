//! What was broken, whom it touched, how they came back and when.

use std::time::Duration;

use parking_lot::Mutex;
use tokio::time::Instant;

use crate::measure::outcome::FaultEffect;

/// After a fault is over, connections that end within this time are still its doing.
const AFTERMATH: Duration = Duration::from_secs(45);

/// The book of faults, in order of time.
#[derive(Debug, Default)]
pub(crate) struct Log(Mutex<Vec<Entry>>);

#[derive(Debug)]
struct Entry {
    /// What there is to tell, but for times.
    effect: FaultEffect,
    began: Instant,
    /// Until when connections that end by themselves are its doing.
    blamed_until: Instant,
    /// The server that it belongs to; none for all.
    server: Option<usize>,
    /// How long after its beginning each was back.
    back: Vec<Duration>,
}

impl Log {
    /// Something is broken from `began` on for so long; gives its number. `what` follows "after".
    pub(crate) fn begins(
        &self,
        what: String,
        server: Option<usize>,
        began: Instant,
        lasts: Duration,
    ) -> usize {
        let mut entries = self.0.lock();
        let effect = FaultEffect { what, ..FaultEffect::default() };
        let blamed_until = began + lasts + AFTERMATH;
        entries.push(Entry { effect, began, blamed_until, server, back: Vec::new() });
        entries.len() - 1
    }

    /// The fault that a connection to this server ended by, if there is one to blame.
    pub(crate) fn blame(&self, server: usize, now: Instant) -> Option<usize> {
        let entries = self.0.lock();
        entries.iter().rposition(|entry| {
            entry.server.is_none_or(|of| of == server) && now <= entry.blamed_until
        })
    }

    /// One connection more that it touched.
    pub(crate) fn touched(&self, fault: usize) {
        if let Some(entry) = self.0.lock().get_mut(fault) {
            entry.effect.touched += 1;
        }
    }

    /// One of those it touched is back with everything.
    pub(crate) fn back(&self, fault: usize, now: Instant, by_ring: bool) {
        if let Some(entry) = self.0.lock().get_mut(fault) {
            entry.back.push(now.saturating_duration_since(entry.began));
            if by_ring {
                entry.effect.by_ring += 1;
            } else {
                entry.effect.by_snapshot += 1;
            }
        }
    }

    /// All of it, with times counted from `start`.
    pub(crate) fn told(&self, start: Instant) -> Vec<FaultEffect> {
        let told = |entry: &mut Entry| {
            entry.back.sort_unstable();
            let (count, touched) = (entry.back.len() as u64, entry.effect.touched);
            let part = |hundredths: u64| {
                let rank = (touched * hundredths).div_ceil(100).max(1);
                let at = usize::try_from(rank - 1).ok()?;
                entry.back.get(at).map(Duration::as_secs_f64)
            };
            let all = if touched == 0 { Some(0.0) } else { part(100) };
            FaultEffect {
                at: entry.began.saturating_duration_since(start).as_secs_f64(),
                back_half_seconds: part(50),
                back_p99_seconds: part(99),
                back_seconds: all.filter(|_| count >= touched),
                ..entry.effect.clone()
            }
        };
        self.0.lock().iter_mut().map(told).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn everybody_is_back_when_the_last_one_is() {
        let log = Log::default();
        let start = Instant::now();
        let fault = log.begins("a test".into(), Some(1), start, Duration::from_secs(1));
        assert_eq!(log.blame(0, start), None);
        assert_eq!(log.blame(1, start), Some(fault));
        for _ in 0..3 {
            log.touched(fault);
        }
        log.back(fault, start + Duration::from_secs(2), true);
        log.back(fault, start + Duration::from_secs(1), false);
        let told = log.told(start).remove(0);
        assert_eq!((told.back_half_seconds, told.back_seconds), (Some(2.0), None));
        log.back(fault, start + Duration::from_secs(5), true);
        let told = log.told(start).remove(0);
        assert_eq!((told.back_seconds, told.by_ring, told.by_snapshot), (Some(5.0), 2, 1));
        assert_eq!(log.blame(1, start + Duration::from_secs(60)), None);
    }
}
