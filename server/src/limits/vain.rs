//! Rooms that were loaded for a wrong token: whoever has such a one loaded again and again pays for the
//! bytes, and nobody whose room was loaded for a right one.

use std::collections::HashMap;

use setroom_protocol::SetId;

use super::Rate;

const MIB: u32 = 1 << 20;
/// So many bytes one address may have loaded for wrong tokens: some of the largest rooms at once.
pub(super) const VAIN: Rate = Rate { per: MIB, period: 1000, burst: 32 * MIB as u64 };

/// For so long a set is remembered, in milliseconds.
const REMEMBERED_MS: u64 = 10 * 60_000;
/// So many are, before those are forgotten that nobody asks for any more.
const MOST: usize = 4096;

/// Which those sets are.
#[derive(Debug, Default)]
pub(super) struct Vain {
    last_ms: HashMap<SetId, u64>,
}

impl Vain {
    /// This one was loaded in vain.
    pub(super) fn note(&mut self, set: SetId, now_ms: u64) {
        if self.last_ms.len() >= MOST {
            self.last_ms.retain(|_, last_ms| is_lately(*last_ms, now_ms));
        }
        if self.last_ms.len() < MOST || self.last_ms.contains_key(&set) {
            self.last_ms.insert(set, now_ms);
        }
    }

    /// Whether this one was lately. Where there are too many to know, each may have been.
    pub(super) fn knows(&self, set: SetId, now_ms: u64) -> bool {
        let last_ms = self.last_ms.get(&set).copied();
        self.last_ms.len() >= MOST || last_ms.is_some_and(|last_ms| is_lately(last_ms, now_ms))
    }
}

fn is_lately(last_ms: u64, now_ms: u64) -> bool {
    now_ms.saturating_sub(last_ms) < REMEMBERED_MS
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_set_is_known_for_a_while_and_not_too_many_are() {
        let set = |n: u32| {
            let mut bytes = [0; 16];
            bytes[..4].copy_from_slice(&n.to_be_bytes());
            SetId::from_bytes(bytes)
        };
        let mut vain = Vain::default();
        vain.note(set(1), 1000);
        assert!(vain.knows(set(1), 1000 + REMEMBERED_MS - 1) && !vain.knows(set(2), 1000));
        assert!(!vain.knows(set(1), 1000 + REMEMBERED_MS));
        for n in 0..10_000 {
            vain.note(set(n), 2000);
        }
        assert_eq!(vain.last_ms.len(), MOST);
        assert!(vain.knows(set(9_999), 2000));
        vain.note(set(1), 2000 + REMEMBERED_MS);
        assert_eq!(vain.last_ms.len(), 1);
    }
}
