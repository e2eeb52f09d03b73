//! A place that somebody holds, and gives back by going away.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};

use tokio::sync::Semaphore;

use crate::telemetry::GaugeGuard;

/// One of a bounded number of places; dropping it gives it back, at the latest.
#[derive(Debug)]
#[must_use = "the place is given back at once unless it is kept"]
pub struct Permit {
    taken: Arc<AtomicU32>,
    is_held: AtomicBool,
}

impl Permit {
    /// Takes one of `most` places, or none.
    pub(super) fn take(taken: &Arc<AtomicU32>, most: u32) -> Option<Self> {
        taken
            .fetch_update(Ordering::AcqRel, Ordering::Acquire, |held| {
                (held < most).then_some(held + 1)
            })
            .ok()
            .map(|_| Self { taken: Arc::clone(taken), is_held: AtomicBool::new(true) })
    }

    /// Gives it back though somebody still has it.
    fn give_back(&self) {
        if self.is_held.swap(false, Ordering::AcqRel) {
            self.taken.fetch_sub(1, Ordering::AcqRel);
        }
    }
}

impl Drop for Permit {
    fn drop(&mut self) {
        self.give_back();
    }
}

/// A peer's right to be connected. Clones share it; its places are given back with the last one,
/// so a socket keeps its clone for as long as it lives: two words, as there are thousands.
#[derive(Clone, Debug, Default)]
pub struct ConnectionPermit {
    /// Among all connections of the process, with what counts it for whoever watches.
    process: Option<Arc<(Permit, GaugeGuard)>>,
    /// Among those of its address, and of the networks that it lies in.
    address: Option<Arc<Vec<Permit>>>,
}

impl ConnectionPermit {
    /// One that takes no place.
    #[must_use]
    pub fn free() -> Self {
        Self::default()
    }

    pub(super) fn of_process(permit: Permit, counted: GaugeGuard) -> Self {
        Self { process: Some(Arc::new((permit, counted))), address: None }
    }

    pub(super) fn of_address(permits: Vec<Permit>) -> Self {
        Self { process: None, address: Some(Arc::new(permits)) }
    }

    /// A right token was shown: what is bounded for each address is who has not.
    #[must_use]
    pub fn of_proven(self) -> Self {
        Self { process: self.process, address: None }
    }

    /// Gives its places back, whoever still has a clone of it: what is left is to say goodbye.
    pub fn give_back(&self) {
        if let Some(process) = &self.process {
            process.0.give_back();
        }
        if let Some(address) = &self.address {
            address.iter().for_each(Permit::give_back);
        }
    }

    /// This one, and the other's place for each kind of which this one has none.
    #[must_use]
    pub fn and(self, other: Self) -> Self {
        Self { process: self.process.or(other.process), address: self.address.or(other.address) }
    }
}

/// Turns, so many at one time.
pub(super) fn semaphore(most: u32) -> Semaphore {
    Semaphore::new(usize::try_from(most).unwrap_or(usize::MAX).min(Semaphore::MAX_PERMITS))
}
