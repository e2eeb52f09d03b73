//! One room: its people's sockets, what is due, and what they see, in one task.
//!
//! The task is woken by whatever comes for any of its people, reads all of it, looks once, and
//! sends what follows. Nothing in it waits for an answer.

use std::cell::RefCell;
use std::sync::Arc;
use std::task::{self, Poll};

use futures_util::StreamExt as _;
use futures_util::future::BoxFuture;
use futures_util::stream::FuturesUnordered;
use rand::RngExt as _;
use setroom_protocol::{ClientFrame, Command, CommandId, LinkRole, SeatId, Seq, TextKind};
use tokio::net::TcpStream;
use tokio::sync::{mpsc, oneshot};
use tokio::time::Instant;

use super::admission::Admission;
use super::context::{Context, Counts};
use super::dice::Dice;
use super::ledger::Ledger;
use super::mix::{Mix, Mixed};
use super::part::Seen;
use super::receive::Snapshot;
use super::seat::{PendingCommand, Seat, Stand};
use super::timetable::Timetable;
use crate::fault::Own;
use setroom_client::{ClientError, DialError, Links, is_private};

/// One read of a socket takes at most this.
const SCRATCH: usize = 64 * 1024;

thread_local! {
    static BYTES: RefCell<Vec<u8>> = RefCell::new(vec![0; SCRATCH]);
}

/// How far a room is with its meeting.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Phase {
    /// People come.
    Gathering,
    /// The meeting is on.
    Meeting,
    /// The room holds, and everybody gets the last change. Until when that is waited for.
    Settling(Instant),
    /// Views are compared: so many are left.
    Checking(usize),
    /// The close is on its way to everybody.
    Closing(Instant),
    /// The next meeting is on its way to everybody.
    Opening(Instant),
    /// Nothing more.
    Done,
}

/// What a room is told from outside.
#[derive(Debug)]
pub(crate) enum Order {
    /// Break your own sockets.
    Break(Own),
    /// Play this steady mix now that everybody is in, and tell what came of it.
    Mix(Mixed),
    /// The time is over: check what there is, and end.
    Over,
    /// Stopped by hand: end.
    Stop,
}

/// What came of something that was asked for outside of the room's sockets.
pub(crate) enum Fetched {
    /// A set was made.
    Created(Result<Links, ClientError>),
    /// A seat's connection.
    Line(usize, Result<(TcpStream, String), DialError>),
    /// A seat's fresh snapshot, lean.
    Fresh(usize, Result<Snapshot, ClientError>),
}

/// Plays one room.
pub(crate) struct RoomPlayer {
    pub(super) index: usize,
    pub(super) context: Arc<Context>,
    orders: mpsc::Receiver<Order>,
    /// Told once: everybody is here, or the name of what refused somebody.
    pub(super) came: Option<oneshot::Sender<Result<(), String>>>,
    pub(super) dice: Dice,
    pub(super) timetable: Timetable,
    pub(super) ledger: Ledger,
    pub(super) seats: Vec<Seat>,
    pub(super) admission: Admission,
    pub(super) under_way: FuturesUnordered<BoxFuture<'static, Fetched>>,
    pub(super) phase: Phase,
    /// Which of the set's meetings it is, from 1.
    pub(super) met: u32,
    pub(super) seen: Seen,
    /// Of a room in which commands are due at a rate; none where people follow the plan.
    pub(super) mix: Option<Mix>,
    /// What seats' views are still to be compared with, and until when each may catch up.
    pub(super) fresh: Vec<(usize, Snapshot, Instant)>,
    /// Whether the run's time is over.
    pub(super) over: bool,
    /// Whether it was stopped by hand, so that nothing more is checked.
    pub(super) hurry: bool,
    /// Whether the people of this room have been counted.
    pub(super) counted: bool,
    pub(super) counts: Counts,
    pub(super) now: Instant,
}

impl RoomPlayer {
    pub(crate) fn new(
        index: usize,
        context: Arc<Context>,
        orders: mpsc::Receiver<Order>,
        came: oneshot::Sender<Result<(), String>>,
    ) -> Self {
        Self {
            index,
            orders,
            came: Some(came),
            dice: Dice::of_room(index, &context),
            timetable: Timetable::new(),
            ledger: Ledger::default(),
            seats: Vec::new(),
            admission: Admission::default(),
            under_way: FuturesUnordered::new(),
            phase: Phase::Gathering,
            met: 1,
            seen: Seen::default(),
            mix: context.mixed_part.map(Mix::of),
            fresh: Vec::new(),
            over: false,
            hurry: false,
            counted: false,
            counts: Counts::default(),
            now: Instant::now(),
            context,
        }
    }

    /// Plays until the room has nothing more to do.
    pub(crate) async fn play(mut self) -> Counts {
        self.open_set();
        std::future::poll_fn(|cx| self.poll(cx)).await;
        self.counts
    }

    fn poll(&mut self, cx: &mut task::Context<'_>) -> Poll<()> {
        loop {
            self.now = Instant::now();
            while let Poll::Ready(Some(order)) = self.orders.poll_recv(cx) {
                self.order(order);
            }
            while let Some((due, intent)) = self.timetable.due(self.now) {
                self.act(due, intent);
            }
            self.read(cx);
            self.look();
            self.send();
            let mut again = false;
            while let Poll::Ready(Some(fetched)) = self.under_way.poll_next_unpin(cx) {
                again = true;
                match fetched {
                    Fetched::Created(created) => self.created(created),
                    Fetched::Line(seat, line) => self.reached(seat, line),
                    Fetched::Fresh(seat, fresh) => self.compare(seat, fresh),
                }
            }
            for seat in &mut self.seats {
                if let Some(line) = &mut seat.line {
                    line.poll_flush(cx);
                }
            }
            if self.phase == Phase::Done {
                return Poll::Ready(());
            }
            if !again && self.timetable.poll(cx, self.now).is_pending() {
                return Poll::Pending;
            }
        }
    }

    /// Reads what has come for everybody.
    fn read(&mut self, cx: &mut task::Context<'_>) {
        BYTES.with_borrow_mut(|scratch| {
            for at in 0..self.seats.len() {
                let Some(seat) = self.seats.get_mut(at) else { return };
                if seat.frozen {
                    continue;
                }
                let Some(mut line) = seat.line.take() else { continue };
                match line.poll_read(cx, scratch, |bytes| self.frame(at, bytes)) {
                    Poll::Pending => {
                        if let Some(seat) = self.seats.get_mut(at) {
                            seat.line = Some(line);
                        }
                    }
                    Poll::Ready(ended) => {
                        drop(line);
                        self.ended(at, &ended);
                    }
                }
            }
        });
    }

    /// The index of a seat by its id.
    pub(super) fn seat_of(&self, id: SeatId) -> Option<usize> {
        self.seats.iter().position(|seat| seat.id == Some(id))
    }

    /// Who runs the room now: the facilitator, or a co-facilitator while they are away.
    pub(super) fn leader(&self) -> Option<usize> {
        let leads = |seat: &Seat| matches!(seat.role, LinkRole::Host | LinkRole::CoFacilitator);
        self.seats.iter().position(|seat| seat.stand == Stand::In && seat.keyed && leads(seat))
    }

    /// This person asks for something that was due at `due`, until it is answered for good.
    pub(super) fn ask(&mut self, at: usize, due: Instant, command: Command) {
        self.counts.commands.due += 1;
        self.put_out(at, due, command, false);
    }

    /// Puts a command into somebody's outbox; `once` when a refusal for now is an answer too.
    pub(super) fn put_out(&mut self, at: usize, due: Instant, cmd: Command, once: bool) {
        let cid = CommandId::from_bytes(self.dice.fresh.random());
        let Some(seat) = self.seats.get_mut(at) else { return };
        let admits = matches!(cmd, Command::Admit { .. });
        let keys = matches!(cmd, Command::Rekey { .. });
        let put = if let Command::Put(put) = &cmd { Some(Box::new(put.clone())) } else { None };
        // What others may not know of makes no change that could name it.
        let unseen = matches!(cmd, Command::OwnKey(_))
            || put.as_ref().is_some_and(|put| {
                is_private(put.kind) || matches!(put.kind, TextKind::Question | TextKind::Sentence)
            });
        let frame = ClientFrame::Do { cid, seen: Seq(seat.got.last), cmd };
        // Maps with string keys, numbers, strings: this cannot fail.
        let frame = serde_json::to_string(&frame).unwrap_or_default().into();
        // What is pressed without a connection waits for one: that time is told by itself.
        let timed = seat.stand == Stand::In;
        if timed && !unseen {
            self.ledger.flies(cid, due);
        }
        let (sent, again) = (false, false);
        let pending =
            PendingCommand { cid, frame, put, keys, admits, once, due, timed, sent, again };
        seat.outbox.push_back(pending);
    }

    /// Sends what is in the outboxes of those who are in.
    fn send(&mut self) {
        let (now, measured) = (Instant::now(), self.measures());
        for at in 0..self.seats.len() {
            self.next_text(at);
            let Some(seat) = self.seats.get_mut(at) else { return };
            let (Stand::In, Some(line)) = (seat.stand, &mut seat.line) else { continue };
            if std::mem::take(&mut seat.asks_time) {
                let sent = now.saturating_duration_since(self.context.start).as_micros();
                let ping = ClientFrame::Ping { sent: u64::try_from(sent).unwrap_or_default() };
                let ping = serde_json::to_string(&ping).unwrap_or_default();
                line.send(&ping, self.dice.fresh.random());
            }
            for asked in seat.outbox.iter_mut().filter(|asked| !asked.sent) {
                asked.sent = true;
                line.send(&asked.frame, self.dice.fresh.random());
                if !asked.again {
                    asked.again = true;
                    self.counts.commands.sent += 1;
                    let due = if asked.timed { asked.due } else { now };
                    if measured {
                        self.context.recorder.sent(self.index, due, now);
                    }
                }
            }
        }
    }
}
