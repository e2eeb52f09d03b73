//! What waits to be decided, and the one append that may be under way.

use std::sync::Arc;
use std::task::Poll;
use std::time::Duration;

use bytes::Bytes;
use futures_util::future::BoxFuture;
use setroom_protocol::{
    Caller, Code, CommandId, Entrance, Entry, Knock, Recorded, Room, Seq, ServerFrame, Timestamp,
    enter, tick,
};
use tokio::time::Instant;

use super::entry::recorded;
use super::quarantine::command_of;
use super::run::Task;
use super::words::Words;
use super::{Asked, ConnId};
use crate::access;
use crate::bugs::Bug;
use crate::journal::{AppendError, Head, Journal, RoomKey};
use crate::telemetry::Outcome;

/// After so many entries of one command each, a room gives its copy up.
const CALM: u8 = 32;
/// Wishes that are put into one entry at most.
const BATCH: usize = 64;
/// The pause before an append whose outcome is unknown is tried again.
const AGAIN: Duration = Duration::from_millis(50);

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

type Append = BoxFuture<'static, Result<u64, AppendError>>;

/// An entry on its way to the journal and back.
pub(super) struct Flight {
    id: u128,
    head: Head,
    pub(super) bytes: Bytes,
    pub(super) records: Vec<Recorded>,
    pub(super) answers: Vec<Answer>,
    /// What it was decided from, for the case that it must be decided again.
    pub(super) wishes: Vec<Wish>,
    /// `None` once the journal has answered: then the entry is on its way back.
    append: Option<Append>,
    /// Another entry came first, and has not been on the tail yet.
    pub(super) stale: bool,
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

/// Waits for the journal's answer to the append that is under way; for ever when there is none.
pub(super) async fn answered(flight: &mut Option<Flight>) -> Result<u64, AppendError> {
    match flight.as_mut().and_then(|flight| flight.append.as_mut()) {
        Some(append) => append.await,
        None => std::future::pending().await,
    }
}

/// The journal's answer to the append that is under way, if it is there already.
pub(super) async fn answered_by_now(
    flight: &mut Option<Flight>,
) -> Option<Result<u64, AppendError>> {
    let append = flight.as_mut().and_then(|flight| flight.append.as_mut())?;
    std::future::poll_fn(|cx| match append.as_mut().poll(cx) {
        Poll::Ready(outcome) => Poll::Ready(Some(outcome)),
        Poll::Pending => Poll::Ready(None),
    })
    .await
}

impl Task {
    /// Decides what waits, unless an append is under way, and starts the next append.
    pub(super) fn decide_waiting(&mut self) {
        if self.flight.is_some() || self.waiting.is_empty() || self.shrinks_now() {
            return;
        }
        let now = self.now();
        if self.ward.rests_until().is_some_and(|until| now < until) {
            let wishes = std::mem::take(&mut self.waiting);
            self.refuse_all(wishes.iter(), Code::NotSaved);
            return;
        }
        let mut records: Vec<Recorded> = Vec::new();
        let mut answers = Vec::new();
        let mut wishes = Vec::new();
        // The room as it will be after the records so far. Most batches are one command, decided
        // on the live state; a second one needs a copy, which a busy room keeps.
        let mut ahead = self.ahead.take();
        let mut words = Words::default();
        while wishes.len() < BATCH
            && let Some(wish) = self.waiting.pop_front()
        {
            let command = command_of(&wish);
            let is_suspect = command.is_some_and(|command| self.ward.suspects(command));
            let differs = |first: &Wish| is_suspect || first.frees() != wish.frees();
            if wishes.first().is_some_and(differs) {
                // In an entry of its own, after this one.
                self.waiting.push_front(wish);
                break;
            }
            if let Some(command) = command {
                if is_suspect && self.ward.refuses(command) {
                    self.refuse(&wish, Code::Quarantined.into(), &mut words);
                    continue;
                }
                self.ward.take_in_hand(command);
            }
            if ahead.is_none() && !records.is_empty() {
                let mut copy = Box::new(self.room.clone());
                records.iter().for_each(|record| copy.apply(record));
                ahead = Some(copy);
                self.calm = 0;
            }
            let room = ahead.as_deref().unwrap_or(&self.room);
            let Some(made) = self.make(room, &wish, now, &mut words) else {
                if is_suspect {
                    // It was alone, and the room still stands.
                    self.ward.put_down();
                }
                continue;
            };
            if let Some(ahead) = &mut ahead {
                made.iter().for_each(|record| ahead.apply(record));
            }
            records.extend(made);
            if let Wish::Ask(asked) = &wish {
                let Asked { conn, cid, at, .. } = **asked;
                let done = records.iter().rfind(|record| record.re == Some(cid));
                let seq = done.map_or(self.room.seq(), |record| record.seq);
                answers.push(Answer { conn, cid, seq, at });
            }
            wishes.push(wish);
            if is_suspect {
                break;
            }
        }
        self.say(words);
        if records.is_empty() {
            self.ward.put_down();
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
            append: None,
            stale: false,
            ahead,
        };
        let Some(mut flight) = self.slip(flight) else { return };
        if self.is_beyond(&flight) {
            return self.not_saved(&flight);
        }
        self.launch(&mut flight, None);
        self.flight = Some(flight);
    }

    fn launch(&self, flight: &mut Flight, pause: Option<Duration>) {
        let journal: Arc<dyn Journal> = Arc::clone(&self.means.journal);
        let (key, head, id, bytes) = (self.key, flight.head, flight.id, flight.bytes.clone());
        let frees = flight.frees();
        flight.append = Some(Box::pin(async move {
            if let Some(pause) = pause {
                tokio::time::sleep(pause).await;
            }
            if frees {
                return journal.append_from_reserve(&key, head, id, bytes).await;
            }
            journal.append(&key, head, id, bytes).await
        }));
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
                let knows = |room: &Room| {
                    room.answered(seat, asked.cid).filter(|_| !self.has(Bug::ForgetsCommands))
                };
                if let Some(seq) = knows(&self.room) {
                    words.answers.push((asked.conn, ServerFrame::Done { cid: asked.cid, seq }));
                    return None;
                }
                if knows(room).is_some() {
                    // It is in this very batch. Whoever repeats it, perhaps on another line, shares
                    // its answer.
                    return Some(Vec::new());
                }
                let asker = Caller { seat, device, seen: asked.seen };
                let decision = self.bent(room, asker, &asked.command, now).and_then(|changes| {
                    let signed = |edit| access::is_signed(room, edit);
                    let sound = asked.command.edit().is_none_or(signed);
                    if sound { Ok(changes) } else { Err(Code::StaleRoster.into()) }
                });
                (Some(seat), Some(asked.cid), decision)
            }
            Wish::Enter(knock) => {
                let decision = enter(room, &self.around, knock).map(|entrance| match entrance {
                    Entrance::In(changes) => changes,
                    Entrance::Lobby => Vec::new(),
                });
                (None, None, decision)
            }
            Wish::Tick => (None, None, Ok(tick(room, &self.around, now))),
        };
        match decision {
            Ok(changes) if changes.is_empty() => {
                if let Wish::Ask(asked) = wish {
                    self.means.metrics.command(Outcome::Applied);
                    self.done_without_change(asked, words);
                }
                None
            }
            Ok(changes) => Some(self.bent_rows(recorded(room, now, by, re, changes))),
            Err(refusal) => {
                self.refuse(wish, refusal, words);
                None
            }
        }
    }

    /// The journal has answered. Only `Ok` and the entry on the tail together mean done; every
    /// other answer has one right thing to do.
    pub(super) fn append_answered(&mut self, outcome: Result<u64, AppendError>) -> Going {
        let Some(mut flight) = self.flight.take() else { return Going::On };
        flight.append = None;
        match outcome {
            // It is durable; it is seen when it comes back on the tail.
            Ok(_) => self.flight = Some(flight),
            // Another entry came first. If it has been on the tail already, decide again at once;
            // otherwise when it comes, or after a pause, so that a tail that lags costs no spin.
            Err(AppendError::Stale) if flight.stale || self.head.stored > flight.head.stored => {
                self.decide_again(flight);
            }
            Err(AppendError::Stale) => {
                flight.stale = true;
                flight.append = Some(Box::pin(async {
                    tokio::time::sleep(AGAIN).await;
                    Err(AppendError::Stale)
                }));
                self.flight = Some(flight);
            }
            Err(AppendError::Unknown) => {
                self.launch(&mut flight, Some(AGAIN));
                self.flight = Some(flight);
            }
            Err(AppendError::Busy) => self.not_saved(&flight),
            Err(AppendError::Gone) => return Going::Erased,
        }
        Going::On
    }

    /// Puts what an entry was decided from back to the front of what waits.
    pub(super) fn decide_again(&mut self, flight: Flight) {
        self.ward.put_down();
        for wish in flight.wishes.into_iter().rev() {
            self.waiting.push_front(wish);
        }
    }

    /// Tells whoever asked for this entry that it is done.
    pub(super) fn answer(&mut self, flight: Flight) {
        self.ahead = flight.ahead;
        debug_assert!(self.ahead.as_deref().is_none_or(|ahead| *ahead == self.room));
        self.ward.put_down();
        for Answer { conn, cid, seq, at } in flight.answers {
            self.ward.done(cid);
            self.means.metrics.command(Outcome::Applied);
            self.flushing.push(at);
            if let Some(member) = self.members.get_mut(&conn) {
                member.send_after(&ServerFrame::Done { cid, seq });
            }
        }
    }
}

/// Whether the room goes on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Going {
    /// It does.
    On,
    /// The set was erased.
    Erased,
}

/// The key of a set's log.
pub(super) fn key(set: setroom_protocol::SetId) -> RoomKey {
    RoomKey(*set.as_bytes())
}
