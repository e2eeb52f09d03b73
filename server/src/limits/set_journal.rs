//! What one set may take of the journal, so that many of them never take it from the others.
//!
//! Each set that there is has a promise: room for as much as an ordinary set ever takes. A new set is
//! made only where there is room for its promise too, and beyond its own a set gets a part of what
//! nobody was promised. So whoever makes many sets, or fills them, keeps no set from writing that was
//! there before, in whatever order and from however many addresses; and no address is remembered. Why
//! so, and why these numbers: decision 0048.

use crate::config::Limits;
use crate::journal::Free;

const MIB: u64 = 1 << 20;
/// So much each set may take: more than an ordinary one ever does.
pub(crate) const ORDINARY: u64 = 512 << 10;
/// Beyond that, and whatever it is, go the moves of its meetings: by an eighth of its state, but no more than
/// this, and by this. They go with the next state.
pub(crate) const MOVES: u64 = 64 << 10;
/// New keys are such a move while the roster has fewer edits than this since the last whole one.
pub(crate) const CHAIN: usize = 192;
/// What they leave in the state after all: those edits, and of each meeting that was held its numbers.
const LASTING: u64 = 110 << 10;
/// What all that takes of the disk at worst, in rows that leave half of their pages empty.
const PROMISE: u64 = 3 * ORDINARY;
const _: () = assert!(2 * (ORDINARY + 2 * MOVES + LASTING) <= PROMISE);
/// And this part of what is not promised.
const PART: u64 = 4096;

/// The rule, with the ceiling that this service goes by.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SetJournal {
    /// The most that a set may take, however much is free.
    most: u64,
}

impl SetJournal {
    /// By these settings.
    #[must_use]
    pub fn of(limits: &Limits) -> Self {
        Self { most: u64::from(limits.set_journal_mib) * MIB }
    }

    /// The most that one set may take while so much is free, or nobody knows how much.
    #[must_use]
    pub fn most(self, free: Option<Free>) -> u64 {
        let Some(Free { bytes, sets }) = free else { return self.most };
        let unpromised = bytes.saturating_sub(sets.saturating_mul(PROMISE));
        self.most.min(ORDINARY.saturating_add(unpromised / PART))
    }

    /// Whether there is room for what one set more would be promised.
    #[must_use]
    pub fn has_room_for_one_more(free: Option<Free>) -> bool {
        free.is_none_or(|Free { bytes, sets }| {
            bytes >= sets.saturating_add(1).saturating_mul(PROMISE)
        })
    }
}

#[cfg(test)]
mod tests {
    use rand::rngs::StdRng;
    use rand::{RngExt as _, SeedableRng as _};

    use super::*;

    /// What a set takes: as it counts it, with its moves counted for themselves, and on the disk.
    #[derive(Clone, Copy, Default)]
    struct Taken {
        counted: u64,
        moves: u64,
        on_disk: u64,
    }

    /// A disk, and what each set takes of it.
    struct Disk {
        free: u64,
        sets: Vec<Taken>,
    }

    impl Disk {
        fn free(&self) -> Option<Free> {
            Some(Free { bytes: self.free, sets: self.sets.len() as u64 })
        }

        /// What is still to come of every promise.
        fn owed(&self) -> u64 {
            let still = |set: &Taken| PROMISE - 2 * set.counted.min(ORDINARY) - 2 * set.moves;
            self.sets.iter().map(still).sum()
        }

        /// A set makes moves, of as many bytes as it may: the next state takes their place, but for what they
        /// leave in it. Nobody asks how much is free.
        fn moves(&mut self, set: usize, cost: impl FnOnce(u64) -> u64) {
            let more = 2 * MOVES + LASTING - self.sets[set].moves;
            let cost = cost(more);
            self.free = self.free.checked_sub(cost).expect("what is free never runs out");
            self.sets[set].moves += more;
            self.sets[set].on_disk += cost;
        }

        /// Whether a set takes so many bytes more, which cost `cost` on the disk.
        fn takes(&mut self, rule: SetJournal, set: usize, bytes: u64, cost: u64) -> bool {
            let taken = self.sets[set].counted + bytes <= rule.most(self.free());
            if taken {
                self.free = self.free.checked_sub(cost).expect("what is free never runs out");
                self.sets[set].counted += bytes;
                self.sets[set].on_disk += cost;
            }
            taken
        }
    }

    /// Tells one story: any disk, any number of sets, and whoever wants to writes, gives up or goes. Says
    /// how many sets could not be made.
    fn story(seed: u64) -> u32 {
        let mut rng = StdRng::seed_from_u64(seed);
        let start = 1_u64 << rng.random_range(20..32);
        let rule = SetJournal { most: rng.random_range(1..32) * MIB };
        let mut disk = Disk { free: start, sets: Vec::new() };
        // Some tell of sets that grow as they come, some of sets that are all made first.
        let makes = rng.random_range(0.01..0.9);
        let heavy = rng.random_range(0.0..1.0);
        let mut refused = 0;
        for _ in 0..rng.random_range(1..800) {
            let own = disk.sets.len();
            if own == 0 || rng.random_bool(makes) {
                if SetJournal::has_room_for_one_more(disk.free()) {
                    disk.sets.push(Taken::default());
                } else {
                    refused += 1;
                }
            } else if rng.random_bool(0.05) {
                let gone = disk.sets.swap_remove(rng.random_range(0..own));
                disk.free += gone.on_disk;
            } else if rng.random_bool(0.2) {
                disk.moves(rng.random_range(0..own), |bytes| rng.random_range(bytes..=2 * bytes));
            } else {
                let set = rng.random_range(0..own);
                let is_heavy = rng.random_bool(heavy);
                for _ in 0..if is_heavy { 400 } else { 1 } {
                    let bytes = rng.random_range(300..65_536);
                    let cost = rng.random_range(bytes..=2 * bytes);
                    let is_ordinary = disk.sets[set].counted + bytes <= ORDINARY;
                    let taken = disk.takes(rule, set, bytes, cost);
                    assert!(taken || !is_ordinary, "seed {seed}: {:?}", disk.free());
                    if !taken {
                        break;
                    }
                }
            }
            assert!(disk.free >= disk.owed(), "seed {seed}: {} of {start}", disk.free);
        }
        refused
    }

    #[test]
    fn whatever_is_made_and_written_each_set_that_there_is_has_what_it_was_promised() {
        let refused: u32 = (0..300).map(story).sum();
        assert!(refused > 5_000, "{refused} were refused, so little was short");
    }

    #[test]
    fn somebody_who_fills_all_the_sets_of_a_day_leaves_most_of_the_disk() {
        let gib = 1_u64 << 30;
        let rule = SetJournal { most: 16 * MIB };
        for (disk_gib, days, left_gib) in [(20, 1, 14), (20, 7, 2), (2, 1, 1)] {
            let mut disk = Disk { free: disk_gib * gib, sets: Vec::new() };
            for _ in 0..500 * days {
                if SetJournal::has_room_for_one_more(disk.free()) {
                    disk.sets.push(Taken::default());
                    let set = disk.sets.len() - 1;
                    while disk.takes(rule, set, 5000, 8000) {}
                }
            }
            assert!(disk.free > left_gib * gib, "{} of {disk_gib} GiB", disk.free);
        }
    }

    #[test]
    fn the_ceiling_alone_counts_where_nobody_knows_what_is_free() {
        let rule = SetJournal { most: 16 * MIB };
        assert_eq!(rule.most(None), 16 * MIB);
        assert!(SetJournal::has_room_for_one_more(None));
        let free = |bytes, sets| Some(Free { bytes, sets });
        assert_eq!(rule.most(free(u64::MAX, 0)), 16 * MIB);
        assert_eq!(rule.most(free(0, u64::MAX)), ORDINARY);
        // What is promised is nobody else's.
        assert_eq!(rule.most(free(10_000 * PROMISE, 10_000)), ORDINARY);
        assert_eq!(rule.most(free(10 * PROMISE + 4096 * MIB, 10)), ORDINARY + MIB);
        assert!(SetJournal::has_room_for_one_more(free(10 * PROMISE, 9)));
        assert!(!SetJournal::has_room_for_one_more(free(10 * PROMISE - 1, 9)));
    }
}
