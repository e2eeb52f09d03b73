//! The room's task: one holder of the state, one order of events.

use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::task::Poll;

use bytes::Bytes;
use setroom_protocol::{
    BranchId, CloseCode, Code, Presence, Room, SeatId, Seq, SetId, Timestamp, due, limits,
};
use tokio::sync::mpsc;
use tokio::time::Instant;

use super::desk::{self, Flight, Going, Wish};
use super::haste::Haste;
use super::idle::turn_away;
use super::load::{LoadError, Loaded, load};
use super::member::{Member, Members};
use super::quarantine::Ward;
use super::ring::Ring;
use super::saving::Footprint;
use super::snapshot::Shown;
use super::words::Away;
use super::{Asked, Denied, Entering, Event, Porch};
use crate::clock::Alarm;
use crate::journal::{self, Head, RoomKey};
use crate::limits::{Bucket, Limit};
use crate::services::Services;
use crate::telemetry::{GaugeGuard, Minutely, RoomFault};

/// Events that are taken in before the room decides: what came together is written together.
const GULP: usize = 64;
/// Entries after which an unloading room writes a snapshot.
const SNAPSHOT_AFTER: usize = 200;

/// An entry that cannot be read, and has been told of: the room must end.
struct Unreadable;

/// A live room.
pub(super) struct Task {
    pub(super) means: Arc<Services>,
    pub(super) key: RoomKey,
    pub(super) tag: String,
    pub(super) room: Room,
    pub(super) head: Head,
    /// What its places are places of.
    pub(super) branch: BranchId,
    pub(super) around: Presence,
    pub(super) ring: Ring,
    pub(super) members: Members,
    pub(super) next_conn: u64,
    /// From which place on a seat that was in the lobby may be given frames again.
    pub(super) shown_from: BTreeMap<SeatId, Seq>,
    pub(super) waiting: VecDeque<Wish>,
    pub(super) flight: Option<Flight>,
    /// A copy of the room for deciding several commands at once. While no append is under way it
    /// is the room; a busy room keeps it, so that it is not made anew for every batch. In a box:
    /// it is large, and nearly all rooms nearly always are without.
    pub(super) ahead: Option<Box<Room>>,
    /// Entries of one command each since several came together.
    pub(super) calm: u8,
    /// The id of the next entry. Drawn once; then they count, so that each is this room's alone.
    pub(super) next_entry: u128,
    /// People who have been asked whether somebody at the door is they.
    pub(super) asked: BTreeSet<SeatId>,
    /// Browsers at the door that are to be told no.
    pub(super) to_send_away: Away,
    /// Shared frames of this tick.
    pub(super) tick: Vec<Bytes>,
    /// When the commands came in whose changes this tick shows.
    pub(super) flushing: Vec<Instant>,
    pub(super) presence_moved: bool,
    pub(super) lobby_moved: bool,
    pub(super) since_snapshot: usize,
    /// What the set takes of the journal.
    pub(super) footprint: Footprint,
    /// How often nothing could be written, since it was last said.
    pub(super) unsaved: Minutely,
    /// A closed meeting is still to be made small, down to the disk.
    pub(super) compact: bool,
    /// Not before then is anything tried again that the journal was too busy for.
    pub(super) retry_at: Option<Timestamp>,
    /// Since when nobody has been connected.
    pub(super) empty_since: Option<Timestamp>,
    /// What panics of earlier lives forbid.
    pub(super) ward: Ward,
    /// Somebody has been here since it was loaded.
    pub(super) was_visited: bool,
    /// Others need the place of this room, if nobody is in; and even so.
    pub(super) gives_way: bool,
    pub(super) gives_up: bool,
    pub(super) shown: Shown,
    pub(super) haste: Haste,
    pub(super) porch: Arc<Porch>,
    pace: Bucket,
    _live: GaugeGuard,
}

/// Loads a room and runs it until it is empty for long, is erased, or the process stops.
pub(super) async fn run(
    means: Arc<Services>,
    set: SetId,
    mut events: mpsc::Receiver<Event>,
    ward: Ward,
    porch: Arc<Porch>,
) {
    // Loading takes more memory than being there, so it takes it only for as long as it lasts.
    let loaded = match Box::pin(load(means.journal.as_ref(), set)).await {
        Ok(loaded) => loaded,
        Err(error) => {
            if let LoadError::Damaged(what) = &error {
                let room = means.pseudonyms.of(set);
                means.metrics.room_fault(RoomFault::Damaged);
                tracing::error!(event = "room_damaged", %room, error = what, "a room does not open");
            }
            return turn_away(events, error.denied()).await;
        }
    };
    let Loaded { room, head, branch, since_snapshot, kept, log, mut tail } = loaded;
    let Ok(next_entry) = means.ids.number() else {
        // Without randomness nothing can be named, so nothing can be written.
        turn_away(events, Denied::Fault).await;
        return;
    };
    let means = means.for_room(&room);
    let footprint = Footprint::new(kept, log, means.limits.set_journal_bytes());
    let since = (since_snapshot, footprint);
    let ends = (ward, porch);
    let mut task = Box::new(Task::new(means, room, (head, branch), since, next_entry, ends));
    let shutdown = task.means.shutdown.clone();
    let mut alarm = Alarm::new(task.means.clock.clone());
    let going = loop {
        if let Some(going) = task.go_on(&mut tail, &mut events).await {
            break going;
        }
        task.settle();
        if task.is_idle() {
            break Going::On;
        }
        if task.flight.is_none() && task.shrinks_now() {
            Box::pin(task.make_small()).await;
            continue;
        }
        let due = task.due();
        tokio::select! {
            biased;
            entry = tail.recv() => {
                // A closed tail: erased, or this reader fell behind. Whoever comes back loads the
                // room anew, and so they do when an entry cannot be read.
                let Some(entry) = entry else { break Going::On };
                if task.take(entry).is_err() {
                    break Going::On;
                }
            }
            outcome = desk::answered(&mut task.flight) => {
                if task.append_answered(outcome) == Going::Erased {
                    break Going::Erased;
                }
            }
            event = events.recv() => {
                let Some(event) = event else { break Going::On };
                task.event_came(event);
                // Behind the sockets that woke in the same moment: what they bring now is decided,
                // written and sent in one go with this.
                tokio::task::yield_now().await;
            }
            () = alarm.at(due.map_or(u64::MAX, |at| at.0)), if due.is_some() => {
                task.time_came();
            }
            // Whoever stops the process wakes this task.
            () = std::future::poll_fn(|_| if shutdown.is_stopping() { Poll::Ready(()) } else { Poll::Pending }) => {
                break Going::On;
            }
        }
    };
    // An append under way is finished: it may be the one that somebody waits for.
    while task.flight.is_some() && going == Going::On {
        tokio::select! {
            biased;
            entry = tail.recv() => match entry {
                Some(entry) => if task.take(entry).is_err() { break },
                None => break,
            },
            outcome = desk::answered(&mut task.flight) => {
                if task.append_answered(outcome) == Going::Erased {
                    break;
                }
            }
        }
    }
    task.settle();
    let code = match going {
        Going::Erased => CloseCode::SetClosed,
        Going::On if task.gives_up => CloseCode::Full,
        Going::On => CloseCode::RoomFault,
    };
    let members = std::mem::take(&mut task.members).into_values();
    if shutdown.is_stopping() {
        // Each socket's own task tells its peer when to come back.
        members.for_each(Member::let_go);
    } else {
        members.for_each(|member| member.close(code));
    }
    Box::pin(task.end(going)).await;
    turn_away(events, Denied::Fault).await;
}

impl Task {
    fn new(
        means: Arc<Services>,
        room: Room,
        (head, branch): (Head, BranchId),
        (since_snapshot, footprint): (usize, Footprint),
        next_entry: u128,
        (ward, porch): (Ward, Arc<Porch>),
    ) -> Self {
        let key = desk::key(room.set());
        let now = Timestamp(means.clock.now_ms());
        let compact = room.meeting().receipt.is_some() && since_snapshot > 0;
        Self {
            tag: means.pseudonyms.of(room.set()),
            _live: means.metrics.room_live(),
            ring: Ring::new(room.seq(), means.limits.ring_bytes()),
            around: Presence::new(now),
            members: Members::new(),
            next_conn: 0,
            shown_from: BTreeMap::new(),
            waiting: VecDeque::new(),
            flight: None,
            ahead: None,
            calm: 0,
            next_entry,
            asked: BTreeSet::new(),
            to_send_away: Away::new(),
            tick: Vec::new(),
            flushing: Vec::new(),
            presence_moved: false,
            lobby_moved: false,
            compact,
            retry_at: ward.rests_until(),
            empty_since: Some(now),
            was_visited: false,
            gives_way: false,
            gives_up: false,
            shown: Shown::default(),
            pace: Bucket::new(),
            haste: Haste::default(),
            porch,
            ward,
            since_snapshot,
            footprint,
            unsaved: Minutely::default(),
            key,
            room,
            head,
            branch,
            means,
        }
    }

    pub(super) fn now(&self) -> Timestamp {
        Timestamp(self.means.clock.now_ms())
    }

    /// Does all that can be done without waiting. How the room ends, if it does.
    ///
    /// Most of what wakes a room goes through here to its end, so that it pays for one wait and not
    /// for one at each step of the way.
    async fn go_on(
        &mut self,
        tail: &mut journal::Tail,
        events: &mut mpsc::Receiver<Event>,
    ) -> Option<Going> {
        for _ in 0..GULP {
            let Ok(event) = events.try_recv() else { break };
            self.event_came(event);
        }
        loop {
            self.decide_waiting();
            let answered = desk::answered_by_now(&mut self.flight).await;
            let moved = answered.is_some();
            if let Some(outcome) = answered
                && self.append_answered(outcome) == Going::Erased
            {
                return Some(Going::Erased);
            }
            let Some(entry) = tail.try_recv() else {
                if moved && self.flight.is_none() {
                    // Its entry was not to be; what it was decided from is decided again.
                    continue;
                }
                return None;
            };
            let mut taken = self.take(entry);
            while taken.is_ok()
                && let Some(entry) = tail.try_recv()
            {
                taken = self.take(entry);
            }
            if taken.is_err() {
                return Some(Going::On);
            }
        }
    }

    /// Takes an entry off the tail.
    fn take(&mut self, entry: journal::Entry) -> Result<(), Unreadable> {
        self.entry_came(entry).map_err(|what| {
            let room = &self.tag;
            self.means.metrics.room_fault(RoomFault::Damaged);
            tracing::error!(event = "room_damaged", %room, error = what, "an entry cannot be read");
            Unreadable
        })
    }

    pub(super) fn may_retry(&self) -> bool {
        self.retry_at.is_none_or(|at| at <= self.now())
    }

    fn event_came(&mut self, event: Event) {
        match event {
            Event::Enter(entering) => {
                let Entering { way, sink, answer, _place } = *entering;
                let entered = self.enter(way, sink);
                self.gives_way = false;
                if let Err(Ok(conn)) = answer.send(entered) {
                    // Whoever asked is gone.
                    self.gone(conn);
                }
            }
            Event::GiveWay { even_so } => {
                self.gives_way = true;
                self.gives_up |= even_so;
            }
            Event::Ask(asked) => self.asked(asked),
            Event::Gone(conn) => self.gone(conn),
        }
    }

    fn asked(&mut self, asked: Box<Asked>) {
        let rate = self.means.limits.inbound_room_messages_per_second;
        let now_ms = self.means.clock.now_ms();
        self.porch.used_ms.store(now_ms, Ordering::Relaxed);
        let full = self.waiting.len() >= super::MAILBOX;
        let hasty = !self.pace.take(now_ms, 1, rate, 1000, u64::from(rate).saturating_mul(2));
        if full || hasty {
            let code = if full { Code::Busy } else { Code::TooFast };
            if hasty {
                self.means.gate.refuse(Limit::InboundRoomMessages);
            }
            self.refuse_one(&asked, code);
            return;
        }
        self.waiting.push_back(Wish::Ask(asked));
    }

    fn time_came(&mut self) {
        self.retry_at = self.retry_at.filter(|at| *at > self.now());
        self.ring.sweep(self.now());
        self.ahead = None;
        for device in self.around.overstayed(self.now()) {
            self.to_send_away.push((device, Code::LobbyStay));
        }
        let ticking = self.waiting.iter().any(|wish| matches!(wish, Wish::Tick));
        if !ticking && self.flight.is_none() {
            self.waiting.push_back(Wish::Tick);
        }
    }

    /// When the room next has something to do by itself.
    fn due(&self) -> Option<Timestamp> {
        // While an append is under way its entry comes first.
        let rules = due(&self.room, &self.around).filter(|_| self.flight.is_none());
        let lobby = self.around.knocks().first().map(|knock| knock.at.plus(limits::LOBBY_STAY_MS));
        let idle = self.empty_since.map(|since| since.plus(self.idle_ms()));
        let ring = self.ring.due();
        let soonest = rules.into_iter().chain(lobby).chain(idle).chain(ring).min();
        // What the journal was too busy for waits a moment, however due it is.
        match self.retry_at {
            Some(at) if self.must_shrink() => Some(soonest.map_or(at, |due| due.max(at))),
            Some(at) => soonest.map(|due| due.max(at)),
            None => soonest,
        }
    }

    /// A last snapshot, so that the room loads quickly the next time.
    async fn end(self: Box<Self>, going: Going) {
        let stopping = self.means.shutdown.is_stopping();
        if going == Going::On && !stopping && self.since_snapshot >= SNAPSHOT_AFTER {
            let bytes = self.room.to_snapshot().into();
            // Losing it costs nothing but time at the next load.
            let _ = self.means.journal.snapshot(&self.key, self.head, bytes).await;
        }
    }
}
