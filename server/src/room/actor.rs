//! The room's task (an actor): one holder of the state, one order of inputs.
//!
//! What is asked goes to [`Commit`], which decides and has it written; what comes back is applied
//! (`entry.rs`) and goes to [`FanOut`], which shows it to everybody.

use std::sync::Arc;
use std::sync::atomic::Ordering;

use setroom_protocol::{
    BranchId, CloseCode, Code, Presence, Room, ServerFrame, SetId, Timestamp, due, limits,
};
use tokio::sync::mpsc;

use super::admission::Admission;
use super::commit::{Commit, Exit, Proposal};
use super::deciding::Deciding;
use super::fanout::FanOut;
use super::idle::{Stay, turn_away};
use super::inputs::{Input, Inputs};
use super::load::{LoadError, Loaded, load};
use super::making_small::LogState;
use super::member::Member;
use super::pace::{Asks, Pace};
use super::replies::Replies;
use super::saving::{Footprint, WEIGH_EVERY, Weight};
use super::{Asked, Entering, Event, JoinError, Porch};
use crate::clock::Alarm;
use crate::config::kib;
use crate::journal::{RoomKey, Tail, TailEvent};
use crate::limits::Limit;
use crate::services::Services;
use crate::telemetry::{GaugeGuard, Outcome, RoomFault};

/// Inputs of sockets that are taken in before a room writes to anybody: what came together is
/// written together.
const GULP: usize = 64;
/// Entries after which an unloading room writes a snapshot.
const SNAPSHOT_AFTER: usize = 200;

/// A live room.
pub(super) struct RoomActor {
    pub(super) services: Arc<Services>,
    pub(super) key: RoomKey,
    /// What the log calls it.
    pub(super) tag: String,
    /// What its places are places of.
    pub(super) branch: BranchId,
    /// Moves by entries alone.
    pub(super) room: Room,
    /// Who is there, and who knocks.
    pub(super) presence: Presence,
    pub(super) commit: Commit,
    pub(super) fanout: FanOut,
    pub(super) admission: Admission,
    pub(super) log_state: LogState,
    pub(super) weight: Weight,
    pub(super) stay: Stay,
    pace: Pace,
    _live: GaugeGuard,
}

/// Loads a room and runs it until it is empty for long, is erased, or the process stops.
pub(super) async fn run(
    services: Arc<Services>,
    set: SetId,
    events: mpsc::Receiver<Event>,
    porch: Arc<Porch>,
) {
    // Loading takes more memory than being there, so it takes it only for as long as it lasts.
    let loaded = match Box::pin(load(&services, set)).await {
        Ok(loaded) => {
            porch.loaded.store(loaded.kept + loaded.log, Ordering::Release);
            loaded
        }
        Err(error) => {
            if let LoadError::Damaged(what) = &error {
                let room = services.pseudonyms.of(set);
                services.metrics.room_fault(RoomFault::Damaged);
                tracing::error!(event = "room_damaged", %room, error = what, "a room does not open");
            }
            return turn_away(events, error.denied()).await;
        }
    };
    let Ok(next_entry) = services.ids.number() else {
        // Without randomness nothing can be named, so nothing can be written.
        return turn_away(events, JoinError::Fault).await;
    };
    let (mut room, tail) = RoomActor::of(&services, loaded, next_entry, porch);
    let (alarm, shutdown) =
        (Alarm::new(room.services.clock.clone()), room.services.shutdown.clone());
    let mut inputs = Inputs { tail, events, alarm, shutdown };
    let mut exit = room.live(&mut inputs).await;
    // An append under way is finished: it may be the one that somebody waits for.
    while room.commit.is_pending() && exit == Exit::On {
        let Some(event) = inputs.tail.recv().await else { break };
        exit = room.handle(Input::Journal(event)).err().unwrap_or(exit);
    }
    room.settle();
    room.say_goodbye(exit);
    Box::pin(room.end(exit)).await;
    turn_away(inputs.events, JoinError::Fault).await;
}

impl RoomActor {
    fn of(
        services: &Arc<Services>,
        loaded: Loaded,
        next_entry: u128,
        porch: Arc<Porch>,
    ) -> (Box<Self>, Tail) {
        let Loaded { room, head, branch, since_snapshot, kept, log, takes, tail } = loaded;
        let services = services.for_room(&room);
        let now = Timestamp(services.clock.now_ms());
        let opened_by = services.connection_limits.counted(porch.opened_by());
        let footprint = Footprint::new(kept, log);
        let mut actor = Self {
            key: RoomKey(*room.set().as_bytes()),
            tag: services.pseudonyms.of(room.set()),
            branch,
            presence: Presence::new(now),
            commit: Commit::new(head, tail.home(), next_entry),
            fanout: FanOut::new(room.seq(), kib(services.limits.ring_kib)),
            admission: Admission::new(&services.connection_limits),
            log_state: LogState::new(since_snapshot, footprint, takes, now),
            weight: Weight::new(services.connection_limits.rooms().room(opened_by)),
            stay: Stay::new(porch, now),
            pace: Pace::default(),
            _live: GaugeGuard::new(&services.metrics.rooms),
            room,
            services,
        };
        actor.weigh(0);
        (Box::new(actor), tail)
    }

    pub(super) fn now(&self) -> Timestamp {
        Timestamp(self.services.clock.now_ms())
    }

    /// Takes inputs until it ends.
    async fn live(&mut self, inputs: &mut Inputs) -> Exit {
        loop {
            if let Err(exit) = self.take_all(inputs) {
                return exit;
            }
            self.settle();
            if self.ends_now() {
                if let Some(exit) = Box::pin(self.erase(inputs)).await {
                    return exit;
                }
                continue;
            }
            if !self.commit.is_pending() && self.shrinks_now() {
                Box::pin(self.make_small()).await;
                continue;
            }
            // Only now: nobody would come to what is to be gone from the disk.
            if self.is_idle() {
                return Exit::On;
            }
            let due = self.due();
            let input = match inputs.next(due).await {
                Ok(input) => input,
                Err(exit) => return exit,
            };
            let is_of_a_socket = matches!(input, Input::Socket(_));
            if let Err(exit) = self.handle(input) {
                return exit;
            }
            if is_of_a_socket {
                // Behind the sockets that woke in the same moment: what they bring now is decided,
                // written and sent in one go with this.
                tokio::task::yield_now().await;
            }
        }
    }

    /// Does all that can be done without waiting.
    ///
    /// Most of what wakes a room goes through here to its end, so that it pays for one wait and not
    /// for one at each step of the way.
    fn take_all(&mut self, inputs: &mut Inputs) -> Result<(), Exit> {
        let mut sockets = GULP;
        loop {
            while let Some(input) = inputs.ready(&mut sockets) {
                self.handle(input)?;
            }
            if !self.commit.is_ready() || self.shrinks_now() || self.ends_now() {
                return Ok(());
            }
            self.decide();
        }
    }

    /// The one place that takes inputs.
    fn handle(&mut self, input: Input) -> Result<(), Exit> {
        match input {
            Input::Socket(Event::Ask(asked)) => self.asked(asked),
            Input::Socket(Event::Enter(entering)) => {
                let Entering { way, sink, answer, _place } = *entering;
                let entered = self.enter(way, sink);
                self.stay.gives_way = false;
                if let Err(Ok(conn)) = answer.send(entered) {
                    // Whoever asked is gone.
                    self.gone(conn);
                }
            }
            Input::Socket(Event::Gone(conn)) => self.gone(conn),
            Input::Socket(Event::GiveWay { even_so }) => {
                self.stay.gives_way = true;
                self.stay.gives_up |= even_so;
            }
            Input::Journal(TailEvent::Entry(entry)) => {
                if let Err(what) = self.entry_came(&entry) {
                    self.services.metrics.room_fault(RoomFault::Damaged);
                    tracing::error!(event = "room_damaged", room = %self.tag, error = what, "an entry cannot be taken in");
                    return Err(Exit::Damaged);
                }
            }
            Input::Journal(TailEvent::NotWritten { id, why }) => {
                if let Some(pending) = self.commit.not_written(id, why)? {
                    self.services
                        .metrics
                        .journal_append
                        .observe(pending.since.elapsed().as_secs_f64());
                    self.not_saved(&pending, None);
                }
            }
            Input::Time => self.time_came(),
        }
        Ok(())
    }

    /// Decides what waits, and has it written.
    fn decide(&mut self) {
        let mut replies = Replies::default();
        let deciding = Deciding {
            room: &self.room,
            presence: &self.presence,
            members: &self.fanout.members,
            services: &self.services,
            tag: &self.tag,
            weight: &self.weight,
            now: Timestamp(self.services.clock.now_ms()),
        };
        let decided = self.commit.decide(deciding, &mut replies);
        self.say(replies);
        let Some(mut pending) = decided else { return };
        if let Some(beyond) = self.beyond(&pending) {
            let long = self.has_long_chain();
            self.commit.without_heavy(&mut pending, long);
            return self.not_saved(&pending, Some(beyond));
        }
        let append = self.commit.append(pending);
        self.services.journal.append(self.key, append);
    }

    fn asked(&mut self, asked: Box<Asked>) {
        let now_ms = self.services.clock.now_ms();
        self.stay.porch.used_ms.store(now_ms, Ordering::Relaxed);
        let full = self.commit.is_full();
        let paced = self.paced(&asked, now_ms);
        if let Err(limit) = paced {
            self.services.connection_limits.refuse(limit);
        }
        if full || paced.is_err() {
            let (code, outcome) =
                if full { (Code::Busy, Outcome::Busy) } else { (Code::TooFast, Outcome::TooFast) };
            self.services.metrics.command(outcome);
            let (cid, temporary) = (Some(asked.cid), code.temporary());
            self.fanout.tell(asked.conn, &ServerFrame::Refused { cid, code, temporary });
            return;
        }
        self.commit.propose(Proposal::Ask(asked));
    }

    /// Whether it comes at the pace of its person and of the room.
    fn paced(&mut self, asked: &Asked, now_ms: u64) -> Result<(), Limit> {
        let seat = self.fanout.members.get(&asked.conn).and_then(Member::person);
        let has_controls = seat.is_some_and(|seat| self.room.has_controls(seat));
        let what = (Asks::of(&asked.command), asked.bytes);
        self.pace.asks(&self.services.limits, now_ms, seat, has_controls, what)
    }

    fn time_came(&mut self) {
        let now = self.now();
        self.log_state.retry_at = self.log_state.retry_at.filter(|at| *at > now);
        self.fanout.replay.sweep(now);
        self.weigh(WEIGH_EVERY);
        self.fanout.off_record_moved |= self.presence.off_record.pass(now);
        for device in self.presence.overstayed(now) {
            self.admission.to_send_away.push((device, Code::LobbyStay));
        }
        self.commit.tick();
    }

    /// When the room next has something to do by itself.
    fn due(&self) -> Option<Timestamp> {
        let knocks = self.presence.knocks();
        let lobby = knocks.first().map(|knock| knock.at.plus(limits::LOBBY_STAY_MS));
        let replay = self.fanout.replay.due();
        let shown = self.fanout.boards.due();
        let round = self.presence.off_record.round().map(|round| round.ends_at);
        let always = round.into_iter().chain(lobby).chain(replay).chain(shown);
        // While an append is under way its entry comes first.
        let own = (!self.commit.is_pending()).then(|| {
            let rules = due(&self.room, &self.presence);
            let all = [rules, self.idle_at(), self.shrinks_at(), Some(self.kept_until())];
            all.into_iter().flatten()
        });
        let soonest = always.chain(own.into_iter().flatten()).min();
        // What the journal was too busy for waits a moment, however due it is.
        let retry_at = self.log_state.retry_at;
        soonest.map(|due| retry_at.map_or(due, |at| due.max(at)))
    }

    fn say_goodbye(&mut self, exit: Exit) {
        let code = match exit {
            Exit::Erased => CloseCode::SetClosed,
            Exit::On if self.stay.gives_up => CloseCode::Full,
            Exit::On | Exit::Damaged => CloseCode::RoomFault,
        };
        let members = std::mem::take(&mut self.fanout.members).into_values();
        if self.services.shutdown.is_stopping() {
            // Each socket's own task tells its peer when to come back.
            members.for_each(Member::let_go);
        } else {
            members.for_each(|member| member.close(code));
        }
    }

    /// A last snapshot, so that the room loads quickly the next time.
    async fn end(self: Box<Self>, exit: Exit) {
        let stopping = self.services.shutdown.is_stopping();
        let is_long = self.log_state.since_snapshot >= SNAPSHOT_AFTER;
        if exit == Exit::On && !stopping && (is_long || self.owes_anything()) {
            let bytes = self.room.to_snapshot().into();
            // Losing it costs time at the next load; what is owed follows from what is stored.
            let _ = self.services.journal.snapshot(self.key, self.commit.head(), bytes).await;
        }
    }
}
