//! From what is asked to what is written: proposals wait, are decided together, and become the one
//! entry that may be on its way to the journal (a group commit of one room).

use std::collections::VecDeque;

use bytes::Bytes;
use setroom_protocol::{CommandId, Entry, Knock, Recorded, Room, Seq};
use tokio::time::Instant;

use super::deciding::{Deciding, apply_all};
use super::host_first::{HostFirst, HostsEdit};
use super::replies::Replies;
use super::{Asked, ConnId, MAILBOX};
use crate::journal::{self, Append, AppendError, Head, Home};

/// After so many entries of one command each, a room gives its copy up.
const CALM: u8 = 32;
/// Proposals that are put into one entry at most.
const BATCH: usize = 64;

/// Something that asks for a decision.
#[derive(Debug)]
pub(super) enum Proposal {
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
    /// When it came in.
    pub(super) at: Instant,
}

/// An entry on its way to the journal and back.
pub(super) struct PendingAppend {
    id: u128,
    head: Head,
    pub(super) bytes: Bytes,
    pub(super) records: Vec<Recorded>,
    pub(super) answers: Vec<Answer>,
    /// What it was decided from, for the case that it must be decided again.
    pub(super) proposals: Vec<Proposal>,
    /// When the journal was asked.
    pub(super) since: Instant,
    /// The host's edit in it, if there is one.
    pub(super) edit: Option<HostsEdit>,
    /// The room as it is with these records, if a copy was needed to decide them.
    ahead: Option<Box<Room>>,
}

impl PendingAppend {
    /// Whether it may take what is kept back: all of its proposals are of one kind.
    pub(super) fn frees(&self) -> bool {
        self.proposals.first().is_some_and(Proposal::frees)
    }

    /// Whether none of it leaves anything behind that a state would have to keep.
    pub(super) fn is_light(&self, long: bool) -> bool {
        self.proposals.iter().all(|one| one.is_light(long))
    }

    /// Takes out what is light beside what is not.
    fn light_ones(&mut self, long: bool) -> Vec<Proposal> {
        if self.is_light(long) {
            return Vec::new();
        }
        self.proposals.extract_if(.., |one| one.is_light(long)).collect()
    }
}

/// What an entry of the tail is to this room.
pub(super) enum Landed {
    /// Nothing: seen before, or kept out by the fence.
    Skipped,
    /// The one that was under way.
    Own(PendingAppend),
    /// Another writer's.
    Foreign,
}

/// What waits, and the one append that may be under way.
pub(super) struct Commit {
    head: Head,
    /// Where the journal says what became of an append: the room's own tail.
    home: Home,
    waiting: VecDeque<Proposal>,
    pending: Option<PendingAppend>,
    /// A copy of the room for deciding several commands at once. While no append is under way it
    /// is the room; a busy room keeps it, so that it is not made anew for every batch. In a box:
    /// it is large, and nearly all rooms nearly always are without.
    ahead: Option<Box<Room>>,
    /// Entries of one command each since several came together.
    calm: u8,
    /// The id of the next entry. Drawn once; then they count, so that each is this room's alone.
    next_entry: u128,
    pub(super) host_first: HostFirst,
}

impl Commit {
    pub(super) fn new(head: Head, home: Home, next_entry: u128) -> Self {
        let (waiting, pending, ahead) = (VecDeque::new(), None, None);
        let host_first = HostFirst::default();
        Self { head, home, waiting, pending, ahead, calm: 0, next_entry, host_first }
    }

    /// Where the room stands in its log.
    pub(super) fn head(&self) -> Head {
        self.head
    }

    pub(super) fn is_pending(&self) -> bool {
        self.pending.is_some()
    }

    pub(super) fn is_full(&self) -> bool {
        self.waiting.len() >= MAILBOX
    }

    /// Whether there is something that can be decided now.
    pub(super) fn is_ready(&self) -> bool {
        self.pending.is_none() && !self.waiting.is_empty()
    }

    pub(super) fn propose(&mut self, proposal: Proposal) {
        self.waiting.push_back(proposal);
    }

    /// Time has come: the room may do something by itself, unless it is about to look.
    pub(super) fn tick(&mut self) {
        self.ahead = None;
        let ticking = self.waiting.iter().any(|waits| matches!(waits, Proposal::Tick));
        if !ticking && self.pending.is_none() {
            self.waiting.push_back(Proposal::Tick);
        }
    }

    /// Decides what waits. `None` when nothing of it is to be written.
    pub(super) fn decide(
        &mut self,
        on: Deciding<'_>,
        replies: &mut Replies,
    ) -> Option<PendingAppend> {
        let mut records: Vec<Recorded> = Vec::new();
        let (mut answers, mut edit) = (Vec::new(), None);
        let mut proposals: Vec<Proposal> = Vec::new();
        // The room as it will be after the records so far. Most batches are one command, decided
        // on the live state; a second one needs a copy, which a busy room keeps.
        let mut ahead = self.ahead.take();
        while proposals.len() < BATCH
            && let Some(proposal) = self.waiting.pop_front()
        {
            if proposals.first().is_some_and(|first| first.frees() != proposal.frees()) {
                // In an entry of its own, after this one.
                self.waiting.push_front(proposal);
                break;
            }
            if !records.is_empty() && proposal.is_in_memory() {
                // What is in memory alone follows the room as it is: it is said once these are in it.
                self.waiting.push_front(proposal);
                break;
            }
            if ahead.is_none() && !records.is_empty() {
                let mut copy = Box::new(on.room.clone());
                match on.ruled(|rules| apply_all(rules, &mut copy, &records)) {
                    Ok(()) => ahead = Some(copy),
                    Err(refusal) => {
                        // These were decided on the room itself, and are put into one only now.
                        let all = proposals.drain(..);
                        all.for_each(|one| on.refuse(&one, refusal, replies));
                        (records, answers) = (Vec::new(), Vec::new());
                    }
                }
                self.calm = 0;
            }
            let room = ahead.as_deref().unwrap_or(on.room);
            let made = on.make(room, &proposal, &self.host_first, replies);
            if let Some((seat, command)) = on.asked(&proposal) {
                match &made {
                    Ok(_) => edit = HostFirst::edits(room, seat, command).or(edit),
                    Err(no) => self.host_first.refused(room, seat, command, on.now, no.code),
                }
            }
            let made = match made {
                Ok(Some(made)) => made,
                // Whoever comes after it is to see it.
                Ok(None) if proposal.is_in_memory() => break,
                Ok(None) => continue,
                Err(refusal) => {
                    on.refuse(&proposal, refusal, replies);
                    continue;
                }
            };
            if let Some(copy) = &mut ahead
                && let Err(refusal) = on.ruled(|rules| apply_all(rules, copy, &made))
            {
                // Nobody knows how far it came; the next one is decided on another copy.
                ahead = None;
                on.refuse(&proposal, refusal, replies);
                continue;
            }
            records.extend(made);
            if let Proposal::Ask(asked) = &proposal {
                let Asked { conn, cid, at, .. } = **asked;
                let done = records.iter().rfind(|record| record.re == Some(cid));
                let seq = done.map_or(on.room.seq(), |record| record.seq);
                answers.push(Answer { conn, cid, seq, at });
            }
            proposals.push(proposal);
        }
        if records.is_empty() {
            self.ahead = ahead;
            return None;
        }
        self.calm = if proposals.len() > 1 { 0 } else { self.calm.saturating_add(1) };
        let ahead = ahead.filter(|_| self.calm < CALM);
        let id = self.next_entry;
        self.next_entry = id.wrapping_add(1);
        let bytes = Bytes::from(Entry::encode(&records));
        let (head, since) = (self.head, Instant::now());
        Some(PendingAppend { id, head, bytes, records, answers, proposals, since, edit, ahead })
    }

    /// Has it written. What became of it comes home on the tail.
    pub(super) fn append(&mut self, pending: PendingAppend) -> Append {
        let PendingAppend { head, id, bytes, .. } = &pending;
        let (frees, home) = (pending.frees(), self.home.clone());
        let append = Append { head: *head, id: *id, bytes: bytes.clone(), frees, home };
        self.pending = Some(pending);
        append
    }

    /// The tail brings an entry: the room stands behind it.
    pub(super) fn land(&mut self, entry: &journal::Entry) -> Landed {
        if entry.seq <= self.head.stored {
            return Landed::Skipped;
        }
        let own = self.pending.take_if(|pending| pending.id == entry.id);
        self.head.stored = entry.seq;
        if entry.prev != self.head.accepted {
            // The fence: decided on a state that was not the last one. Every replica skips it.
            own.into_iter().for_each(|own| self.decide_again(own));
            return Landed::Skipped;
        }
        self.head.accepted = entry.seq;
        match own {
            Some(mut own) => {
                self.ahead = own.ahead.take();
                Landed::Own(own)
            }
            None => {
                self.ahead = None;
                Landed::Foreign
            }
        }
    }

    /// The tail says that an append was not written. It is given back when it is over with; one that
    /// another entry came before is decided again.
    ///
    /// # Errors
    /// When the set was erased.
    pub(super) fn not_written(
        &mut self,
        id: u128,
        why: AppendError,
    ) -> Result<Option<PendingAppend>, Exit> {
        let Some(own) = self.pending.take_if(|pending| pending.id == id) else { return Ok(None) };
        match why {
            AppendError::Stale if self.head.stored > own.head.stored => {
                self.decide_again(own);
                Ok(None)
            }
            // A journal that says so and has not brought the other would be asked for ever.
            AppendError::Stale | AppendError::Busy => Ok(Some(own)),
            AppendError::Gone => Err(Exit::Erased),
        }
    }

    /// An entry is not written, since it is too much. Moves that waited beside are decided again, without what
    /// made it so.
    pub(super) fn without_heavy(&mut self, pending: &mut PendingAppend, long: bool) {
        let light = pending.light_ones(long);
        self.put_back(light);
    }

    /// Puts what an entry was decided from back to the front of what waits.
    fn decide_again(&mut self, pending: PendingAppend) {
        self.put_back(pending.proposals);
    }

    fn put_back(&mut self, proposals: Vec<Proposal>) {
        for proposal in proposals.into_iter().rev() {
            self.waiting.push_front(proposal);
        }
    }

    /// Whether the copy, if there is one, is the room.
    pub(super) fn is_level(&self, room: &Room) -> bool {
        self.ahead.as_deref().is_none_or(|ahead| ahead == room)
    }
}

/// How a room ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Exit {
    /// It is there when it is loaded again.
    On,
    /// What is written cannot be taken in: only a program that can may touch it.
    Damaged,
    /// The set was erased.
    Erased,
}
