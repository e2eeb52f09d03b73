//! What live rooms hold in memory, all together.
//!
//! Each room is bounded by itself, and so is their number; the product of both is more than any
//! machine has. Near the ceiling no room more is loaded for newcomers, and a room that
//! holds more than its share takes nothing that makes it larger. A room within its share notices
//! nothing, so in the worst case all of them hold twice the ceiling.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use crate::config::Limits;
use crate::telemetry::Metrics;

/// A megabyte, as the settings mean it.
const MIB: u64 = 1024 * 1024;

/// The account of all rooms. Clones are the same.
#[derive(Clone, Debug)]
pub struct RoomMemory {
    held: Arc<AtomicU64>,
    most: u64,
    share: u64,
    metrics: Metrics,
}

/// What one room holds, in bytes; dropping it takes it off the account.
#[derive(Debug)]
pub struct RoomBytes {
    all: RoomMemory,
    held: u64,
}

impl RoomMemory {
    pub(super) fn new(limits: &Limits, metrics: Metrics) -> Self {
        let most = u64::from(limits.rooms_mib).saturating_mul(MIB);
        let share = most / u64::from(limits.rooms).max(1);
        Self { held: Arc::default(), most, share, metrics }
    }

    /// Bytes that all rooms hold.
    #[must_use]
    pub fn held(&self) -> u64 {
        self.held.load(Ordering::Relaxed)
    }

    /// Whether no room more is to be loaded for newcomers: the last sixteenth is for rooms that are
    /// there already.
    #[must_use]
    pub fn is_short(&self) -> bool {
        self.held() >= self.most - self.most / 16
    }

    /// A room that holds nothing yet.
    #[must_use]
    pub fn room(&self) -> RoomBytes {
        RoomBytes { all: self.clone(), held: 0 }
    }
}

impl RoomBytes {
    /// It holds so many now.
    pub fn set(&mut self, bytes: usize) {
        let bytes = bytes as u64;
        // What it held is in the sum, so that this cannot run below nothing.
        self.all.held.fetch_add(bytes, Ordering::Relaxed);
        self.all.held.fetch_sub(self.held, Ordering::Relaxed);
        self.held = bytes;
        self.all.metrics.rooms_hold(self.all.held());
    }

    /// Whether it is to take nothing that makes it larger by so many bytes.
    #[must_use]
    pub fn is_beyond(&self, more: usize) -> bool {
        let RoomMemory { most, share, .. } = &self.all;
        let more = more as u64;
        self.all.held().saturating_add(more) > *most && self.held.saturating_add(more) > *share
    }
}

impl Drop for RoomBytes {
    fn drop(&mut self) {
        self.set(0);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn beyond_the_ceiling_rooms_within_their_share_still_grow() {
        let memory =
            RoomMemory { held: Arc::default(), most: MIB, share: MIB / 4, metrics: Metrics::new() };
        let (mut large, mut small) = (memory.room(), memory.room());
        large.set(1 << 20);
        assert!(memory.is_short() && large.is_beyond(1));
        small.set((256 << 10) - 10);
        assert!(!small.is_beyond(10) && small.is_beyond(11));
        // Whoever gives something up makes room for all.
        large.set(512 << 10);
        assert!(!memory.is_short() && !large.is_beyond(1) && !small.is_beyond(11));
        drop(large);
        assert_eq!(memory.held(), (256 << 10) - 10);
        drop(small);
        assert_eq!(memory.held(), 0);
    }
}
