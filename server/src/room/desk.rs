//! What waits to be decided, and the one append that may be under way.

use std::panic::{AssertUnwindSafe, catch_unwind};

use bytes::Bytes;
use setroom_protocol::{
    Asker, Code, CommandId, Entrance, Entry, Knock, Recorded, Refusal, Room, Seq, ServerFrame,
    Timestamp,
};
use tokio::time::Instant;

use super::entry::recorded;
use super::run::Task;
use super::words::Words;
use super::{Asked, ConnId};
use crate::access;
use crate::journal::{Append, AppendError, Head, RoomKey};
use crate::rules::Rules;
use crate::telemetry::{Outcome, RoomFault};

/// After so many entries of one command each, a room gives its copy up.
const CALM: u8 = 32;
/// Wishes that are put into one entry at most.
const BATCH: usize = 64;

/// Something that asks for a decision.
#[derive(Debug)]
pub(super) enum Wish {
    /// A command of somebody in the room.
    Ask(Box<Asked>),
    /// The host's knock, which needs nobody's leave.
    Enter(Box<Knock>),
    /// What the room does by itself.
    Tick,
}

/// Who is to be told that their command is done.
#[derive(Debug)]
pub(super) struct Answer {
    pub(super) conn: ConnId,
    pub(super) cid: CommandId,
    pub(super) seq: Seq,
    at: Instant,
}

/// An entry on its way to the journal and back.
pub(super) struct Flight {
    id: u128,
    head: Head,
    pub(super) bytes: Bytes,
    pub(super) records: Vec<Recorded>,
    pub(super) answers: Vec<Answer>,
    /// What it was decided from, for the case that it must be decided again.
    pub(super) wishes: Vec<Wish>,
    /// When the journal was asked.
    pub(super) since: Instant,
    /// The room as it is with these records, if a copy was needed to decide them.
    ahead: Option<Box<Room>>,
}

impl Flight {
    /// Whether an entry of the tail is this one.
    pub(super) fn is(&self, id: u128) -> bool {
        self.id == id
    }

    /// Whether it may take what is kept back: all of its wishes are of one kind.
    pub(super) fn frees(&self) -> bool {
        self.wishes.first().is_some_and(Wish::frees)
    }
}

impl Task {
    /// Decides what waits, unless an append is under way, and starts the next append.
    pub(super) fn decide_waiting(&mut self) {
        if self.flight.is_some() || self.waiting.is_empty() || self.shrinks_now() {
            return;
        }
        let now = self.now();
        let mut records: Vec<Recorded> = Vec::new();
        let mut answers = Vec::new();
        let mut wishes: Vec<Wish> = Vec::new();
        // The room as it will be after the records so far. Most batches are one command, decided
        // on the live state; a second one needs a copy, which a busy room keeps.
        let mut ahead = self.ahead.take();
        let mut words = Words::default();
        while wishes.len() < BATCH
            && let Some(wish) = self.waiting.pop_front()
        {
            if wishes.first().is_some_and(|first| first.frees() != wish.frees()) {
                // In an entry of its own, after this one.
                self.waiting.push_front(wish);
                break;
            }
            if ahead.is_none() && !records.is_empty() {
                let mut copy = Box::new(self.room.clone());
                match self.ruled(|rules| apply_all(rules, &mut copy, &records)) {
                    Ok(()) => ahead = Some(copy),
                    Err(refusal) => {
                        // These were decided on the room itself, and are put into one only now.
                        wishes.drain(..).for_each(|wish| self.refuse(&wish, refusal, &mut words));
                        (records, answers) = (Vec::new(), Vec::new());
                    }
                }
                self.calm = 0;
            }
            let room = ahead.as_deref().unwrap_or(&self.room);
            let Some(made) = self.make(room, &wish, now, &mut words) else { continue };
            if let Some(copy) = &mut ahead
                && let Err(refusal) = self.ruled(|rules| apply_all(rules, copy, &made))
            {
                // Nobody knows how far it came; the next one is decided on another copy.
                ahead = None;
                self.refuse(&wish, refusal, &mut words);
                continue;
            }
            records.extend(made);
            if let Wish::Ask(asked) = &wish {
                let Asked { conn, cid, at, .. } = **asked;
                let done = records.iter().rfind(|record| record.re == Some(cid));
                let seq = done.map_or(self.room.seq(), |record| record.seq);
                answers.push(Answer { conn, cid, seq, at });
            }
            wishes.push(wish);
        }
        self.say(words);
        if records.is_empty() {
            self.ahead = ahead;
            return;
        }
        self.calm = if wishes.len() > 1 { 0 } else { self.calm.saturating_add(1) };
        let ahead = ahead.filter(|_| self.calm < CALM);
        let id = self.next_entry;
        self.next_entry = id.wrapping_add(1);
        let bytes = Bytes::from(Entry::encode(&records));
        let flight = Flight {
            id,
            head: self.head,
            bytes,
            records,
            answers,
            wishes,
            since: Instant::now(),
            ahead,
        };
        if self.is_beyond(&flight) {
            return self.not_saved(&flight);
        }
        let Flight { head, id, bytes, .. } = &flight;
        let (frees, home) = (flight.frees(), self.home.clone());
        let append = Append { head: *head, id: *id, bytes: bytes.clone(), frees, home };
        self.means.journal.append(&self.key, append);
        self.flight = Some(flight);
    }

    /// What a rule says. Rules change nothing but what they are given, so that one which panics is a
    /// refusal of what was asked, and no more.
    pub(super) fn ruled<T>(
        &self,
        rule: impl FnOnce(&dyn Rules) -> Result<T, Refusal>,
    ) -> Result<T, Refusal> {
        let said = catch_unwind(AssertUnwindSafe(|| rule(self.means.rules.as_ref())));
        said.unwrap_or_else(|_| {
            // The panic hook has said where.
            self.means.metrics.room_fault(RoomFault::Panicked);
            tracing::error!(event = "command_panicked", room = %self.tag, "a command was refused");
            Err(Code::Quarantined.into())
        })
    }

    /// The records that follow from a wish; `None` when nothing is to be written, and whoever
    /// asked has been answered.
    fn make(
        &self,
        room: &Room,
        wish: &Wish,
        now: Timestamp,
        words: &mut Words,
    ) -> Option<Vec<Recorded>> {
        let (by, re, decision) = match wish {
            Wish::Ask(asked) => {
                let member = self.members.get(&asked.conn)?;
                let Some(seat) = member.person() else {
                    // Somebody at the door has nothing to ask for but to come in.
                    self.refuse(wish, Code::NoSeat.into(), words);
                    return None;
                };
                let device = member.device();
                let knows = |room| self.means.rules.answered(room, seat, asked.cid);
                if let Some(seq) = knows(&self.room) {
                    words.answers.push((asked.conn, ServerFrame::Done { cid: asked.cid, seq }));
                    return None;
                }
                if knows(room).is_some() {
                    // It is in this very batch. Whoever repeats it, perhaps on another line, shares
                    // its answer.
                    return Some(Vec::new());
                }
                let asker = Asker { seat, device, seen: asked.seen };
                let decide = |rules: &dyn Rules| {
                    rules.decide(room, &self.around, asker, &asked.command, now)
                };
                let decision = self.ruled(decide).and_then(|changes| {
                    let signed = |edit| access::is_signed(room, edit);
                    let sound = asked.command.edit().is_none_or(signed);
                    if sound { Ok(changes) } else { Err(Code::StaleRoster.into()) }
                });
                (Some(seat), Some(asked.cid), decision)
            }
            Wish::Enter(knock) => {
                let entered = self.ruled(|rules| rules.enter(room, &self.around, knock));
                let decision = entered.map(|entrance| match entrance {
                    Entrance::In(changes) => changes,
                    Entrance::Lobby => Vec::new(),
                });
                (None, None, decision)
            }
            Wish::Tick => (None, None, self.ruled(|rules| Ok(rules.tick(room, &self.around, now)))),
        };
        match decision {
            Ok(changes) if changes.is_empty() => {
                if let Wish::Ask(asked) = wish {
                    self.means.metrics.command(Outcome::Applied);
                    self.done_without_change(asked, words);
                }
                None
            }
            Ok(changes) => Some(recorded(room, now, by, re, changes)),
            Err(refusal) => {
                self.refuse(wish, refusal, words);
                None
            }
        }
    }

    /// An append was not written, so it has not happened.
    ///
    /// # Errors
    /// When the set was erased.
    pub(super) fn not_written(&mut self, id: u128, why: AppendError) -> Result<(), Going> {
        let Some(flight) = self.flight.take_if(|flight| flight.is(id)) else { return Ok(()) };
        self.means.metrics.journal_appended(flight.since.elapsed());
        match why {
            // Another entry came first, and is here already.
            AppendError::Stale if self.head.stored > flight.head.stored => {
                self.decide_again(flight)
            }
            // A journal that says so and has not brought it would be asked for ever.
            AppendError::Stale | AppendError::Busy => self.not_saved(&flight),
            AppendError::Gone => return Err(Going::Erased),
        }
        Ok(())
    }

    /// Puts what an entry was decided from back to the front of what waits.
    pub(super) fn decide_again(&mut self, flight: Flight) {
        for wish in flight.wishes.into_iter().rev() {
            self.waiting.push_front(wish);
        }
    }

    /// Tells whoever asked for this entry that it is done.
    pub(super) fn answer(&mut self, flight: Flight) {
        self.ahead = flight.ahead;
        debug_assert!(self.ahead.as_deref().is_none_or(|ahead| *ahead == self.room));
        for Answer { conn, cid, seq, at } in flight.answers {
            self.means.metrics.command(Outcome::Applied);
            self.flushing.push(at);
            if let Some(member) = self.members.get_mut(&conn) {
                member.send_after(&ServerFrame::Done { cid, seq });
            }
        }
    }
}

fn apply_all(rules: &dyn Rules, room: &mut Room, records: &[Recorded]) -> Result<(), Refusal> {
    records.iter().for_each(|record| rules.apply(room, record));
    Ok(())
}

/// How a room ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Going {
    /// It is there when it is loaded again.
    On,
    /// What is written cannot be taken in: only a program that can may touch it.
    Damaged,
    /// The set was erased.
    Erased,
}

/// The key of a set's log.
pub(super) fn key(set: setroom_protocol::SetId) -> RoomKey {
    RoomKey(*set.as_bytes())
}
