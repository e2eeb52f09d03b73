//! What is remembered of panics, so that one command cannot bring its room down for ever.
//!
//! Clients send what was not answered again, so a command that makes the program panic comes back
//! with them. The commands that were in hand at a panic are decided one at a time from then on;
//! one that is in hand at a second panic is not tried again. A room that panics three times within
//! a minute takes no commands for a while, whoever asks for them.

use std::collections::{BTreeMap, VecDeque};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use setroom_protocol::{CommandId, SetId, Timestamp};

use super::desk::Wish;

/// A command that was in hand at so many panics is not tried again.
const TIMES: u32 = 2;
/// So many panics of a room within [`WINDOW_MS`] are too many.
const PANICS: usize = 3;
const WINDOW_MS: u64 = 60_000;
/// For so long a room takes no commands then.
const REST_MS: u64 = 5 * 60_000;
/// Sets of which anything is remembered; beyond that the one whose last panic is longest ago is
/// forgotten.
const SETS: usize = 1_000;
/// Commands of one set that are remembered; beyond that those seen once and earlier are forgotten.
const COMMANDS: usize = 256;

/// The sets whose rooms have panicked in this process.
#[derive(Debug, Default)]
pub(super) struct Quarantine {
    sets: Mutex<BTreeMap<SetId, Case>>,
}

/// What is remembered of one set.
#[derive(Debug, Default)]
struct Case {
    /// When its last panics were; at most [`PANICS`].
    panics: VecDeque<Timestamp>,
    /// At how many panics each command was in hand.
    times: BTreeMap<CommandId, u32>,
    rests_until: Option<Timestamp>,
}

/// What a panic led to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Verdict {
    /// Commands that are not tried again from now on.
    pub(super) quarantined: usize,
    /// The room takes no commands for a while.
    pub(super) rests: bool,
}

/// What one life of a room knows of the lives before it, and what it has in hand.
#[derive(Debug)]
pub(super) struct Ward {
    quarantine: Arc<Quarantine>,
    set: SetId,
    in_hand: Arc<Mutex<Vec<CommandId>>>,
    times: BTreeMap<CommandId, u32>,
    rests_until: Option<Timestamp>,
}

/// The commands that a room has in hand, for whoever looks after its end.
#[derive(Clone, Debug)]
pub(super) struct InHand(Arc<Mutex<Vec<CommandId>>>);

/// Nothing panics while it holds one of these locks.
fn open<T>(lock: &Mutex<T>) -> MutexGuard<'_, T> {
    lock.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Quarantine {
    /// For a room that begins a life.
    pub(super) fn ward(self: &Arc<Self>, set: SetId) -> (Ward, InHand) {
        let sets = open(&self.sets);
        let (times, rests_until) = sets
            .get(&set)
            .map_or((BTreeMap::new(), None), |case| (case.times.clone(), case.rests_until));
        let in_hand = Arc::<Mutex<Vec<CommandId>>>::default();
        let quarantine = Arc::clone(self);
        (
            Ward { quarantine, set, in_hand: Arc::clone(&in_hand), times, rests_until },
            InHand(in_hand),
        )
    }

    /// The room of this set has panicked with these commands in hand.
    pub(super) fn panicked(&self, set: SetId, in_hand: &InHand, now: Timestamp) -> Verdict {
        let in_hand = std::mem::take(&mut *open(&in_hand.0));
        let mut sets = open(&self.sets);
        if sets.len() >= SETS && !sets.contains_key(&set) {
            let oldest = sets.iter().min_by_key(|(_, case)| case.panics.back().copied());
            if let Some(oldest) = oldest.map(|(set, _)| *set) {
                sets.remove(&oldest);
            }
        }
        let case = sets.entry(set).or_default();
        if case.times.len() + in_hand.len() > COMMANDS {
            case.times.retain(|_, times| *times >= TIMES);
        }
        let mut quarantined = 0;
        for command in in_hand {
            let times = case.times.entry(command).or_default();
            *times += 1;
            quarantined += usize::from(*times == TIMES);
        }
        case.panics.push_back(now);
        if case.panics.len() > PANICS {
            case.panics.pop_front();
        }
        let first = case.panics.front().copied().unwrap_or(now);
        let rests = case.panics.len() == PANICS && now.since(first) <= WINDOW_MS;
        if rests {
            case.rests_until = Some(now.plus(REST_MS));
        }
        Verdict { quarantined, rests }
    }

    fn forgive(&self, set: SetId, command: CommandId) {
        if let Some(case) = open(&self.sets).get_mut(&set) {
            case.times.remove(&command);
        }
    }
}

impl Ward {
    /// Whether this command is not tried again.
    pub(super) fn refuses(&self, command: CommandId) -> bool {
        self.times.get(&command).is_some_and(|times| *times >= TIMES)
    }

    /// Whether this command is decided alone, so that what happens then is known to be its doing.
    pub(super) fn suspects(&self, command: CommandId) -> bool {
        self.times.contains_key(&command)
    }

    /// Until when no command is taken.
    pub(super) fn rests_until(&self) -> Option<Timestamp> {
        self.rests_until
    }

    /// A command is about to be decided, and stays in hand until it is put down.
    pub(super) fn take_in_hand(&self, command: CommandId) {
        open(&self.in_hand).push(command);
    }

    /// Whatever was in hand is done with.
    pub(super) fn put_down(&self) {
        open(&self.in_hand).clear();
    }

    /// This command was done and the room still stands.
    pub(super) fn done(&mut self, command: CommandId) {
        if self.times.remove(&command).is_some() {
            self.quarantine.forgive(self.set, command);
        }
    }
}

/// The command that asks for a decision, where it is one.
pub(super) fn command_of(wish: &Wish) -> Option<CommandId> {
    match wish {
        Wish::Ask(asked) => Some(asked.cid),
        Wish::Enter(_) | Wish::Tick => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SET: SetId = SetId::from_bytes([1; 16]);

    fn command(n: u8) -> CommandId {
        CommandId::from_bytes([n; 16])
    }

    /// A life of the room that ends by a panic with these commands in hand.
    fn life(quarantine: &Arc<Quarantine>, now: u64, commands: &[u8]) -> Verdict {
        let (ward, in_hand) = quarantine.ward(SET);
        commands.iter().for_each(|n| ward.take_in_hand(command(*n)));
        drop(ward);
        quarantine.panicked(SET, &in_hand, Timestamp(now))
    }

    #[test]
    fn the_second_time_is_one_too_many_for_that_command_alone() {
        let quarantine = Arc::new(Quarantine::default());
        assert_eq!(life(&quarantine, 0, &[1, 2]), Verdict { quarantined: 0, rests: false });
        let (mut ward, _) = quarantine.ward(SET);
        assert!(
            ward.suspects(command(1)) && ward.suspects(command(2)) && !ward.refuses(command(1))
        );
        ward.done(command(2));
        assert!(!ward.suspects(command(2)));
        assert_eq!(life(&quarantine, 1, &[1]), Verdict { quarantined: 1, rests: false });
        let (ward, _) = quarantine.ward(SET);
        assert!(ward.refuses(command(1)) && !ward.suspects(command(2)));
        let (other, _) = quarantine.ward(SetId::from_bytes([2; 16]));
        assert!(!other.suspects(command(1)), "a set remembers its own panics only");
    }

    #[test]
    fn three_panics_within_a_minute_are_too_many_and_slower_ones_are_not() {
        let quarantine = Arc::new(Quarantine::default());
        let rests: Vec<_> = [0, 30_000, 60_001, 70_000, 90_000]
            .map(|now| life(&quarantine, now, &[]).rests)
            .to_vec();
        assert_eq!(rests, [false, false, false, true, true]);
        assert_eq!(quarantine.ward(SET).0.rests_until(), Some(Timestamp(90_000 + REST_MS)));
    }

    #[test]
    fn what_is_put_down_was_not_in_hand() {
        let quarantine = Arc::new(Quarantine::default());
        let (ward, in_hand) = quarantine.ward(SET);
        ward.take_in_hand(command(1));
        ward.put_down();
        quarantine.panicked(SET, &in_hand, Timestamp(0));
        assert!(!quarantine.ward(SET).0.suspects(command(1)));
    }

    #[test]
    fn what_is_remembered_has_a_bound() {
        let quarantine = Arc::new(Quarantine::default());
        for n in 0..SETS + 10 {
            let mut id = [0; 16];
            id[..8].copy_from_slice(&(n as u64).to_be_bytes());
            let (_, in_hand) = quarantine.ward(SetId::from_bytes(id));
            quarantine.panicked(SetId::from_bytes(id), &in_hand, Timestamp(n as u64));
        }
        assert_eq!(open(&quarantine.sets).len(), SETS);
        assert!(!open(&quarantine.sets).contains_key(&SetId::from_bytes([0; 16])));
        for round in 0..10 {
            let commands: Vec<u8> = (0..64).map(|n| round * 16 + n % 16).collect();
            life(&quarantine, 10_000, &commands);
        }
        let (ward, _) = quarantine.ward(SET);
        assert!(ward.times.len() <= COMMANDS);
    }
}
