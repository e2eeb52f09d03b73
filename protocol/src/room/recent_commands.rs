//! The last commands of a room, so that a repeat is known as one.

use std::collections::{BTreeMap, VecDeque};

use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};

use crate::ids::{CommandId, SeatId, Seq};
use crate::limits;

/// Bits of one filter: 32 for each command that it stands for, so that one new command in thirty or
/// so is looked for in vain.
const FILTER_BITS: usize = limits::COMMANDS_REMEMBERED * 32;
/// Up to so many commands are simply looked through; a quiet room needs no filter.
const FEW: usize = 64;
/// So many commands of each person are remembered that nobody else saw.
const UNSEEN: usize = limits::COMMANDS_REMEMBERED / 4;

/// The last [`limits::COMMANDS_REMEMBERED`] commands, oldest first, each with the place of its last
/// change.
///
/// Nearly every command is new, and to know that without looking at all of them there is a
/// Bloom filter: one bit for each, chosen by its id.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(from = "VecDeque<(CommandId, Seq)>", into = "VecDeque<(CommandId, Seq)>")]
pub(crate) struct RecentCommands {
    commands: VecDeque<(CommandId, Seq)>,
    seen: BloomFilter,
}

impl RecentCommands {
    /// Remembers a command, in the place of the oldest one when there are enough.
    ///
    /// It is kept under what id and person make together: whoever has read the id in somebody's
    /// change is told nothing of what became of that command.
    pub(super) fn push(&mut self, by: Option<SeatId>, id: CommandId, seq: Seq) {
        self.keep(by.map_or(id, |seat| mixed(seat, id)), seq);
    }

    fn keep(&mut self, id: CommandId, seq: Seq) {
        if self.commands.len() >= limits::COMMANDS_REMEMBERED {
            self.commands.pop_front();
        }
        self.commands.push_back((id, seq));
        match self.commands.len() {
            ..FEW => {}
            FEW => self.commands.iter().for_each(|(id, _)| self.seen.put(*id)),
            _ => self.seen.put(id),
        }
    }

    /// How many there are.
    pub(super) fn len(&self) -> usize {
        self.commands.len()
    }

    /// The place of the last change of a command of this person, if it is among them.
    pub(super) fn get(&self, seat: SeatId, id: CommandId) -> Option<Seq> {
        // A snapshot of the first form says only the id.
        self.find(mixed(seat, id)).or_else(|| self.find(id))
    }

    fn find(&self, id: CommandId) -> Option<Seq> {
        if self.commands.len() >= FEW && !self.seen.may_hold(id) {
            return None;
        }
        self.commands.iter().rev().find(|(known, _)| *known == id).map(|(_, seq)| *seq)
    }
}

/// The last commands of each person that nobody else saw, oldest first. Among those of all, whoever asks
/// whether an earlier one of theirs is still known could count them.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub(crate) struct UnseenCommands(BTreeMap<SeatId, VecDeque<(CommandId, Seq)>>);

impl UnseenCommands {
    /// Remembers a command, in the place of that person's oldest one when there are enough.
    pub(super) fn push(&mut self, seat: SeatId, id: CommandId, seq: Seq) {
        let commands = self.0.entry(seat).or_default();
        if commands.len() >= UNSEEN {
            commands.pop_front();
        }
        commands.push_back((mixed(seat, id), seq));
    }

    /// The place before a command of this person, if it is among them.
    pub(super) fn get(&self, seat: SeatId, id: CommandId) -> Option<Seq> {
        let id = mixed(seat, id);
        self.0.get(&seat)?.iter().rev().find(|(known, _)| *known == id).map(|(_, seq)| *seq)
    }

    /// Whoever is gone repeats nothing.
    pub(super) fn forget(&mut self, seat: SeatId) {
        self.0.remove(&seat);
    }

    /// How many there are.
    pub(super) fn len(&self) -> usize {
        self.0.values().map(VecDeque::len).sum()
    }

    pub(super) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

/// What is kept of a command: its id and its person's seat, hashed.
fn mixed(seat: SeatId, id: CommandId) -> CommandId {
    let hash = Sha256::new().chain_update(seat.as_bytes()).chain_update(id.as_bytes()).finalize();
    let mut bytes = [0; 16];
    bytes.iter_mut().zip(hash).for_each(|(to, from)| *to = from);
    CommandId::from_bytes(bytes)
}

/// A Bloom filter with one hash: says of an id that it was certainly not put in lately, or perhaps
/// was. A bit cannot be taken back when a command is forgotten, so there are two filters, of which the
/// older one is dropped when the younger one is full.
#[derive(Clone, Debug, Default)]
struct BloomFilter {
    young: Vec<u64>,
    old: Vec<u64>,
    /// Ids in the younger one.
    count: usize,
}

// Two rooms with the same commands are the same room, whatever else their filters still hold.
impl PartialEq for BloomFilter {
    fn eq(&self, _: &Self) -> bool {
        true
    }
}

impl Eq for BloomFilter {}

impl BloomFilter {
    fn put(&mut self, id: CommandId) {
        if self.count >= limits::COMMANDS_REMEMBERED {
            self.old = std::mem::take(&mut self.young);
            self.count = 0;
        }
        if self.young.is_empty() {
            self.young = vec![0; FILTER_BITS / 64];
        }
        let (word, bit) = place(id);
        if let Some(word) = self.young.get_mut(word) {
            *word |= bit;
        }
        self.count += 1;
    }

    fn may_hold(&self, id: CommandId) -> bool {
        let (word, bit) = place(id);
        let has = |filter: &[u64]| filter.get(word).is_some_and(|word| word & bit != 0);
        has(&self.young) || has(&self.old)
    }
}

/// Which bit stands for an id. Clients draw ids at random, but nothing makes them: all bytes count,
/// mixed by a multiplication (2^64 divided by the golden ratio).
fn place(id: CommandId) -> (usize, u64) {
    let both = u128::from_be_bytes(*id.as_bytes());
    let folded = (both ^ (both >> 64)) & u128::from(u64::MAX);
    let mixed = u64::try_from(folded).unwrap_or_default().wrapping_mul(0x9E37_79B9_7F4A_7C15);
    // The upper bits are the mixed ones.
    let at = usize::try_from(mixed >> 32).unwrap_or_default() % FILTER_BITS;
    (at / 64, 1 << (at % 64))
}

impl From<VecDeque<(CommandId, Seq)>> for RecentCommands {
    fn from(commands: VecDeque<(CommandId, Seq)>) -> Self {
        let mut answered = Self::default();
        commands.into_iter().for_each(|(id, seq)| answered.keep(id, seq));
        answered
    }
}

impl From<RecentCommands> for VecDeque<(CommandId, Seq)> {
    fn from(answered: RecentCommands) -> Self {
        answered.commands
    }
}
