//! Whether there is room for what a room writes, and what is said when there is none.
//!
//! What a set takes of the journal is bounded: its room's state, which has bounds of its own, and
//! what led there since that was kept last. Before that grows too long the room keeps its state
//! anew, in place of everything before.

use std::net::IpAddr;
use std::sync::atomic::Ordering;
use std::time::Duration;

use setroom_protocol::{Code, Command, Presence, Room};

use super::actor::RoomActor;
use super::commit::{PendingAppend, Proposal};
use super::replies::Replies;
use crate::journal::ROW_BYTES;
use crate::limits::{CHAIN, Limit, MOVES, RoomBytes, SetJournal};
use crate::taken_away::Takes;

impl Proposal {
    /// Whether it is written also when there is hardly any room: less is kept after it, or somebody
    /// is out.
    pub(super) fn frees(&self) -> bool {
        let Self::Ask(asked) = self else { return false };
        matches!(
            asked.command,
            Command::Close
                | Command::DropOtherDevices
                | Command::Leave
                | Command::Remove { .. }
                | Command::WithdrawItem { .. }
                | Command::EraseSet
        )
    }

    /// Whether less is held in memory after it, or somebody is out. What nobody asked for counts too: it
    /// carries nothing.
    pub(super) fn lightens(&self) -> bool {
        let Self::Ask(asked) = self else { return true };
        // A whole edit takes the place of all before it, and the next meeting that of the last one.
        let is_whole = asked.command.edit().is_some_and(|edit| edit.whole);
        is_whole || matches!(asked.command, Command::NextMeeting { .. }) || self.frees()
    }

    /// Whether it leaves nothing behind that a state would have to keep: new keys take the place of those
    /// before, and whoever has left is not to wait for them. Where the roster's chain is `long` new keys do:
    /// one more edit of it, unless that takes the place of all.
    pub(super) fn is_light(&self, long: bool) -> bool {
        let Self::Ask(asked) = self else { return true };
        let is_rekey = matches!(asked.command, Command::Rekey { .. });
        let is_link = asked.command.edit().is_some();
        self.lightens() || !(long && is_link) && (asked.weight() == 0 || is_rekey)
    }
}

/// What a set takes of the journal, in bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Footprint {
    /// The snapshot.
    kept: u64,
    /// The entries after it.
    log: u64,
    /// The log is not too long before it has so much.
    again_at: u64,
}

/// A log that is no longer is left alone, however little there is.
const SHORT: u64 = 16 << 10;

impl Footprint {
    /// Of a set with a snapshot and entries of so many bytes.
    pub(super) fn new(kept: u64, log: u64) -> Self {
        Self { kept, log, again_at: SHORT }
    }

    /// What its state takes.
    pub(super) fn kept(&self) -> u64 {
        self.kept
    }

    /// What it takes.
    fn held(&self) -> u64 {
        self.kept.saturating_add(self.log)
    }

    /// An entry of so many bytes was written.
    pub(super) fn add(&mut self, bytes: usize) {
        self.log = self.log.saturating_add(row(bytes));
    }

    /// Whether there is so little to gain that nobody needs to know how much the set may take.
    pub(super) fn is_short(&self) -> bool {
        self.log < self.again_at
    }

    /// Whether the state is to be kept anew, where the set may take so much.
    pub(super) fn is_long(&self, most: u64) -> bool {
        !self.is_short() && self.is_worth_it(most)
    }

    /// The same, however lately that was tried.
    fn is_worth_it(&self, most: u64) -> bool {
        // A log as long as the state costs no more to write twice, and a short one is left alone.
        let usual = self.kept.max(most / 4);
        // Where less is left than that, sooner: before anything is refused for what can be dropped. But
        // the whole state is not written for an eighth of it.
        let rest = most.saturating_sub(self.kept) / 2;
        self.log >= SHORT && self.log >= usual.min(rest.max(self.kept / 8))
    }

    /// It was, in so many bytes.
    pub(super) fn shrunk(&mut self, kept: usize) {
        *self = Self::new(row(kept), 0);
    }

    /// It could not be: a backup was in the way, or the disk was full. It is not tried again at
    /// each entry, for that writes the whole state each time.
    pub(super) fn not_shrunk(&mut self, most: u64) {
        self.again_at = self.log.saturating_add((most / 16).max(SHORT));
    }

    /// What a set may take with what leaves nothing behind, where it may take so much else: that goes with the
    /// next state. Or whoever writes much would stop the meeting.
    fn most_of_moves(&self, most: u64) -> u64 {
        most.max(self.kept.saturating_add((self.kept / 8).min(MOVES) + MOVES))
    }

    /// Whether an entry of so many bytes would be too much, where the set may take so much.
    fn is_beyond(&self, bytes: usize, most: u64) -> bool {
        self.held().saturating_add(row(bytes)) > most
    }
}

/// What a set takes of the journal, and the most that it may.
#[derive(Clone, Copy, Debug)]
pub(super) struct Beyond {
    held: u64,
    most: u64,
}

fn row(bytes: usize) -> u64 {
    ROW_BYTES.saturating_add(bytes as u64)
}

/// So many bytes of entries are counted as they are before a room is weighed again, so that a command
/// costs no more in a full room than in an empty one.
pub(super) const WEIGH_EVERY: usize = 64 * 1024;

/// What a room holds in memory that people can make grow.
pub(super) struct Weight {
    account: RoomBytes,
    /// When it was last weighed, and entries since.
    weighed: usize,
    since: usize,
}

impl Weight {
    pub(super) fn new(account: RoomBytes) -> Self {
        Self { account, weighed: 0, since: WEIGH_EVERY }
    }

    /// Something of so many bytes has come, to this room with so many bytes of frames.
    pub(super) fn add(&mut self, room: &Room, presence: &Presence, replay: usize, more: usize) {
        self.since = self.since.saturating_add(more);
        if self.since >= WEIGH_EVERY {
            (self.weighed, self.since) = (room.weight() + presence.weight() + replay, 0);
        }
        self.account.set(self.weighed + self.since);
    }

    /// Whom it counts for from now on.
    pub(super) fn counts_for(&mut self, network: Option<IpAddr>) {
        self.account.counts_for(network);
    }

    /// So many bytes, as far as that is known.
    pub(super) fn held(&self) -> usize {
        self.weighed + self.since
    }

    /// Whether the room is to take nothing of so many bytes.
    pub(super) fn is_beyond(&self, bytes: usize) -> bool {
        self.account.is_beyond(bytes)
    }
}

impl RoomActor {
    /// So many bytes have come to what the room holds.
    pub(super) fn weigh(&mut self, more: usize) {
        self.weight.add(&self.room, &self.presence, self.fanout.replay.bytes(), more);
        self.stay.porch.held.store(self.weight.held() as u64, Ordering::Relaxed);
    }

    /// Something was given up. Where others wait for it, that is seen at once.
    pub(super) fn weigh_less(&mut self) {
        if self.weight.is_beyond(0) {
            self.weigh(WEIGH_EVERY);
        }
    }

    /// What the set may take of the journal, as much as is free of it now.
    pub(super) fn most(&self) -> u64 {
        SetJournal::of(&self.services.limits).most(self.services.journal.free())
    }

    /// Whether the set has taken what it may of the journal, so that this entry is not written; then
    /// what that is.
    pub(super) fn beyond(&mut self, pending: &PendingAppend) -> Option<Beyond> {
        if pending.frees() {
            return None;
        }
        let (footprint, all) = (self.log_state.footprint, self.most());
        let is_light = pending.is_light(self.has_long_chain());
        let most = if is_light { footprint.most_of_moves(all) } else { all };
        if !footprint.is_beyond(pending.bytes.len(), most) {
            return None;
        }
        self.services.connection_limits.refuse(Limit::SetJournal);
        if footprint.is_worth_it(all) || footprint.log >= MOVES {
            // What could not be dropped before is in the way now.
            self.owes(Takes::Something);
        }
        Some(Beyond { held: footprint.held(), most })
    }

    /// Whether there are so many edits of the roster that one more is not light.
    pub(super) fn has_long_chain(&self) -> bool {
        self.room.roster().edits().len() >= CHAIN
    }

    /// Nothing of an entry was written, so it has not happened. One line a minute says so, and how much
    /// the set may take if that was why.
    pub(super) fn not_saved(&mut self, pending: &PendingAppend, why: Option<Beyond>) {
        let now = self.now();
        if let Some(count) = self.log_state.unsaved.note(Duration::from_millis(now.0)) {
            let limit = why.map(|_| Limit::SetJournal.name());
            let (held, most) = (why.map(|why| why.held), why.map(|why| why.most));
            tracing::warn!(event = "not_saved", room = %self.tag, count, limit, held, most, "nothing was written");
        }
        let mut replies = Replies::default();
        for proposal in &pending.proposals {
            if why.is_none() && matches!(proposal, Proposal::Ask(_)) {
                // What a full set is refused is nothing to wake anybody for.
                self.services.metrics.not_saved.inc();
            }
            replies.refuse(proposal, Code::NotSaved, &self.services.metrics);
        }
        // What the room does by itself waits where that was among them, and for nobody else's presses.
        self.say(replies);
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use setroom_protocol::{
        CommandId, DeviceId, Hash32, KeyChange, MeetingId, RosterEdit, Seq, Signature64,
    };

    use super::*;
    use crate::room::{Asked, ConnId};

    fn asks(command: Command) -> Proposal {
        let (cid, at) = (CommandId::from_bytes([1; 16]), tokio::time::Instant::now());
        Proposal::Ask(Box::new(Asked {
            conn: ConnId(1),
            cid,
            seen: Seq(0),
            command,
            bytes: 4096,
            at,
        }))
    }

    fn edit(whole: bool) -> Arc<RosterEdit> {
        let (commit, sig) = (Hash32([0; 32]), Signature64([0; 64]));
        let by = DeviceId::from_bytes([2; 16]);
        Arc::new(RosterEdit {
            n: 9,
            epoch: 9,
            commit,
            meeting: None,
            whole,
            add: vec![],
            drop: vec![],
            by,
            sig,
        })
    }

    /// Or a large room could not be healed, nor meet again, once it is full.
    #[test]
    fn what_takes_the_place_of_more_than_it_brings_is_written_in_a_full_room() {
        let keys = |whole| KeyChange {
            epoch: 9,
            grants: Default::default(),
            wraps: Default::default(),
            links: Default::default(),
            edit: Some(edit(whole)),
            roles: false,
        };
        let next =
            Command::NextMeeting { meeting: MeetingId::from_bytes([3; 16]), keys: keys(false) };
        assert!(asks(next).lightens());
        assert!(asks(Command::Rekey { keys: keys(true) }).lightens());
        assert!(asks(Command::EditRoster { edit: edit(true) }).lightens());
        assert!(asks(Command::Close).lightens() && Proposal::Tick.lightens());
        assert!(!asks(Command::Rekey { keys: keys(false) }).lightens());
        assert!(!asks(Command::EditRoster { edit: edit(false) }).lightens());
        // What is kept on the disk grows by it all the same.
        assert!(!asks(Command::Rekey { keys: keys(true) }).frees());
    }

    #[test]
    fn a_set_takes_no_more_than_it_may() {
        let most = 16 << 20;
        let mut set = Footprint::new(0, 0);
        let mut kept = 0;
        for _ in 0..100_000 {
            // As large as a full set's state can be.
            kept = (kept + 900).min(6 << 20);
            if set.is_long(most) {
                set.shrunk(kept);
            }
            assert!(!set.is_beyond(48 << 10, most), "{set:?}");
            set.add(900);
        }
        // While the state cannot be kept anew it is tried now and then, and ends at the bound.
        let mut tries = 0;
        while !set.is_beyond(900, most) {
            if set.is_long(most) {
                set.not_shrunk(most);
                tries += 1;
            }
            set.add(900);
        }
        assert!((1..=16).contains(&tries), "{tries}");
        assert!(set.held() <= most);
    }

    #[test]
    fn nothing_is_refused_for_what_can_be_dropped() {
        for most in [512 << 10, 1 << 20, 16 << 20] {
            for parts in 0..13 {
                let kept = most / 16 * parts;
                let mut set = Footprint::new(kept, 0);
                let mut written = 0;
                for _ in 0..100_000 {
                    if set.is_long(most) {
                        set = Footprint::new(kept, 0);
                        written += 1;
                    }
                    assert!(!set.is_beyond(4000, most), "{set:?} of {most}");
                    set.add(4000);
                }
                // The whole state is not written for a few entries.
                assert!(written * kept.max(SHORT) <= 9 * 100_000 * row(4000), "{written} {kept}");
            }
        }
        // What is free has become less: the log goes before anything is refused.
        assert!(Footprint::new(100 << 10, 420 << 10).is_long(512 << 10));
    }
}
