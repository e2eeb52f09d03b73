//! What was sent, what came, and whether it came exactly once, in order and to the right room.

use std::collections::VecDeque;

use hdrhistogram::Histogram;

use super::link::Link;
use crate::wire::{self, Heard, Stamp};

/// The counts of a run.
#[derive(Debug)]
pub struct Books {
    /// Commands sent.
    pub commands: u64,
    /// Deliveries that have to come.
    pub expected: u64,
    /// Deliveries that came, each once.
    pub received: u64,
    /// Deliveries that came again.
    pub duplicated: u64,
    /// Deliveries of another room's command.
    pub wrong_room: u64,
    /// Places that were left out between two deliveries to one person.
    pub gaps: u64,
    /// Commands that a rule refused.
    pub refused: u64,
    /// Answers to commands, which only the service gives.
    pub answers: u64,
    /// Other frames: signs of life, who is there.
    pub asides: u64,
    /// From when a command was due to its delivery, in nanoseconds.
    pub latency: Histogram<u64>,
    /// The same to the last person of its room.
    pub last: Histogram<u64>,
    /// How late commands were sent, in nanoseconds.
    pub lateness: Histogram<u64>,
    /// What is on its way in each room.
    rooms: Vec<Room>,
    /// Latencies of commands that were due before this are not recorded.
    from: u64,
}

/// What is on its way in a room.
#[derive(Debug, Default)]
struct Room {
    members: usize,
    /// Commands that have not come back to whoever sent them.
    in_flight: usize,
    /// How many people each place has come to, from the place `from` on.
    came: VecDeque<usize>,
    from: u64,
}

impl Room {
    /// Counts a delivery; says whether it was the last one of its place.
    fn count(&mut self, place: u64) -> bool {
        if self.came.is_empty() {
            self.from = place;
        }
        let Some(at) = place.checked_sub(self.from).and_then(|at| usize::try_from(at).ok()) else {
            return false;
        };
        if self.came.len() <= at {
            self.came.resize(at + 1, 0);
        }
        let Some(came) = self.came.get_mut(at) else { return false };
        *came += 1;
        let all = *came >= self.members;
        while self.came.front().is_some_and(|came| *came >= self.members) {
            self.came.pop_front();
            self.from += 1;
        }
        all
    }
}

impl Books {
    pub(super) fn new() -> Self {
        let (latency, last, lateness) = (histogram(), histogram(), histogram());
        Self {
            commands: 0,
            expected: 0,
            received: 0,
            duplicated: 0,
            wrong_room: 0,
            gaps: 0,
            refused: 0,
            answers: 0,
            asides: 0,
            latency,
            last,
            lateness,
            rooms: Vec::new(),
            from: u64::MAX,
        }
    }

    /// Latency and lateness are recorded for what is due from now on.
    pub fn begin(&mut self, now: u64) {
        self.from = now;
        self.latency.reset();
        self.last.reset();
        self.lateness.reset();
    }

    /// Deliveries that never came.
    pub fn lost(&self) -> u64 {
        self.expected.saturating_sub(self.received)
    }

    /// Whether all that was sent has come to everybody.
    pub fn settled(&self) -> bool {
        self.received + self.refused_deliveries() >= self.expected
    }

    /// A refused command is delivered to nobody; that it was refused is told apart.
    fn refused_deliveries(&self) -> u64 {
        self.refused * self.expected.checked_div(self.commands).unwrap_or(0)
    }

    /// Commands of a room that have not come back to whoever sent them. Others of the room may not
    /// have been given a command yet that has come back to its sender.
    pub fn in_flight(&self, room: usize) -> usize {
        self.rooms.get(room).map_or(0, |room| room.in_flight)
    }

    /// A room of so many people.
    pub(super) fn room(&mut self, members: usize) {
        self.rooms.push(Room { members, ..Room::default() });
    }

    pub(super) fn sent(&mut self, room: usize) {
        self.commands += 1;
        if let Some(room) = self.rooms.get_mut(room) {
            self.expected += room.members as u64;
            room.in_flight += 1;
        }
    }

    pub(super) fn late(&mut self, by: u64) {
        self.lateness.saturating_record(by);
    }

    /// Enters a text frame that `link`, number `index`, was given at `now`. Says whether it is a
    /// delivery of this person's own command.
    pub(super) fn take(&mut self, index: usize, link: &mut Link, text: &[u8], now: u64) -> bool {
        match wire::hear(text) {
            Heard::Change(seq, id) => {
                let fresh = self.is_fresh(link, seq);
                match id.and_then(Stamp::read) {
                    Some(stamp) => return fresh && self.delivery(index, link, seq, stamp, now),
                    None => self.asides += 1,
                }
            }
            Heard::Begin(seq) => link.last = Some(seq),
            Heard::Done => self.answers += 1,
            Heard::Refused => self.refused += 1,
            Heard::Other => self.asides += 1,
        }
        false
    }

    /// Checks that a place follows the last one.
    fn is_fresh(&mut self, link: &mut Link, seq: u64) -> bool {
        if let Some(last) = link.last {
            if seq <= last {
                self.duplicated += 1;
                return false;
            }
            self.gaps += seq - last - 1;
        }
        link.last = Some(seq);
        true
    }

    fn delivery(&mut self, index: usize, link: &Link, seq: u64, stamp: Stamp, now: u64) -> bool {
        if usize::try_from(stamp.room) != Ok(link.room) {
            self.wrong_room += 1;
            return false;
        }
        self.received += 1;
        let latency = (stamp.due >= self.from).then(|| now.saturating_sub(stamp.due));
        if let Some(latency) = latency {
            self.latency.saturating_record(latency);
        }
        let Some(room) = self.rooms.get_mut(link.room) else { return false };
        if room.count(seq)
            && let Some(latency) = latency
        {
            self.last.saturating_record(latency);
        }
        let is_own = usize::try_from(stamp.from) == Ok(index);
        room.in_flight = room.in_flight.saturating_sub(usize::from(is_own));
        is_own
    }
}

/// Three digits from 1 µs to 100 s.
fn histogram() -> Histogram<u64> {
    // These bounds are sound; if they were not, the whole range would serve.
    Histogram::new_with_bounds(1_000, 100_000_000_000, 3)
        .unwrap_or_else(|_| Histogram::new(3).unwrap_or_else(|_| unreachable!("3 is sound")))
}
