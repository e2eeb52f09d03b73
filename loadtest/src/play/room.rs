//! One room: its people's sockets, what is due, and what they see, in one task.
//!
//! The task is woken by whatever comes for any of its people, reads all of it, looks once, and
//! sends what follows. Nothing in it waits for an answer.

use std::cell::RefCell;
use std::cmp::Reverse;
use std::collections::BinaryHeap;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::Duration;

use futures_util::StreamExt as _;
use futures_util::future::BoxFuture;
use futures_util::stream::FuturesUnordered;
use rand::rngs::StdRng;
use rand::{RngExt as _, SeedableRng as _};
use serde_json::Value;
use setroom_protocol::{
    ClientFrame, Command, CommandId, LinkRole, SeatId, Seq, TextKind, Timestamp,
};
use tokio::net::TcpStream;
use tokio::sync::mpsc;
use tokio::time::{Instant, Sleep};

use super::books::Books;
use super::means::{Counts, Means};
use super::scene::Scene;
use super::seat::{Asked, Seat, Stand};
use super::wish::{Todo, Wish};
use crate::fault::Own;
use crate::schedule::mixed;
use setroom_client::{ClientError, DialError, Edits, Links, is_private};

/// One read of a socket takes at most this.
const SCRATCH: usize = 64 * 1024;
/// When nothing is due.
const LONG: Duration = Duration::from_secs(3600);

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
    /// Views are compared, seat after seat.
    Checking(usize),
    /// The close is on its way to everybody.
    Closing(Instant),
    /// Nothing more.
    Done,
}

/// What a room is told from outside.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Order {
    /// Break your own sockets.
    Break(Own),
    /// The time is over: check what there is, and end.
    Over,
    /// Stopped by hand: end.
    Stop,
}

/// What came of something that was asked for outside of the room's sockets.
pub(crate) enum Fetched {
    /// A set was made.
    Founded(Result<Links, ClientError>),
    /// A seat's connection.
    Line(usize, Result<(TcpStream, String), DialError>),
    /// A seat's fresh snapshot.
    Fresh(usize, Result<Fresh, ClientError>),
}

/// A fresh snapshot, lean.
#[derive(Debug)]
pub(crate) struct Fresh {
    pub(crate) seq: u64,
    pub(crate) shared: Value,
    pub(crate) own: Value,
}

/// One room.
pub(crate) struct Room {
    pub(super) index: usize,
    pub(super) means: Arc<Means>,
    orders: mpsc::Receiver<Order>,
    /// What people do and when: the same for the same seed.
    pub(super) rng: StdRng,
    /// Names and keys: other ones in every run, since a server keeps its sets.
    pub(super) fresh_rng: StdRng,
    pub(super) books: Books,
    pub(super) seats: Vec<Seat>,
    pub(super) links: Option<Box<Links>>,
    pub(super) under_way: FuturesUnordered<BoxFuture<'static, Fetched>>,
    todo: BinaryHeap<Reverse<Todo>>,
    turn: u64,
    pub(super) phase: Phase,
    pub(super) scene: Option<Box<Scene>>,
    /// The part, the asker and the turn that were looked at already.
    pub(super) part_begun: Option<u64>,
    pub(super) asker_seen: Option<(SeatId, Timestamp)>,
    pub(super) turn_seen: Option<(SeatId, u64)>,
    pub(super) called: Option<(SeatId, u64)>,
    /// The snapshot that a seat's view is compared with, and until when it may still catch up.
    pub(super) fresh: Option<(usize, Fresh, Instant)>,
    /// Browsers that are being let in.
    pub(super) admitting: Vec<setroom_protocol::DeviceId>,
    /// The roster's edits, for whoever lets others in.
    pub(super) edits: Edits,
    /// Who was at the door when that was told last.
    pub(super) at_door: Vec<(setroom_protocol::DeviceId, setroom_protocol::view::KnockView)>,
    /// When people of this meeting were to come.
    pub(super) opened: Instant,
    /// Whether the run's time is over.
    pub(super) over: bool,
    /// Whether it was stopped by hand, so that nothing more is checked.
    pub(super) hurry: bool,
    /// Whether the people of this room have been counted.
    pub(super) counted: bool,
    /// Whether this room has told that its people are there.
    pub(super) told: bool,
    pub(super) counts: Counts,
    pub(super) now: Instant,
    sleep: Pin<Box<Sleep>>,
}

impl Room {
    pub(crate) fn new(index: usize, means: Arc<Means>, orders: mpsc::Receiver<Order>) -> Self {
        let rng = StdRng::seed_from_u64(mixed(means.seed, index as u64));
        let fresh_rng = StdRng::seed_from_u64(mixed(means.salt, index as u64));
        let now = Instant::now();
        Self {
            index,
            means,
            orders,
            rng,
            fresh_rng,
            books: Books::default(),
            seats: Vec::new(),
            links: None,
            under_way: FuturesUnordered::new(),
            todo: BinaryHeap::new(),
            turn: 0,
            phase: Phase::Gathering,
            scene: None,
            part_begun: None,
            asker_seen: None,
            turn_seen: None,
            called: None,
            fresh: None,
            admitting: Vec::new(),
            edits: Edits::new(),
            at_door: Vec::new(),
            opened: now,
            over: false,
            hurry: false,
            counted: false,
            told: false,
            counts: Counts::default(),
            now,
            sleep: Box::pin(tokio::time::sleep(Duration::ZERO)),
        }
    }

    /// Plays until the room has nothing more to do.
    pub(crate) async fn play(mut self) -> Counts {
        self.open_set();
        std::future::poll_fn(|cx| self.poll(cx)).await;
        self.counts
    }

    fn poll(&mut self, cx: &mut Context<'_>) -> Poll<()> {
        loop {
            self.now = Instant::now();
            while let Poll::Ready(Some(order)) = self.orders.poll_recv(cx) {
                self.order(order);
            }
            while self.todo.peek().is_some_and(|Reverse(todo)| todo.at <= self.now) {
                if let Some(Reverse(todo)) = self.todo.pop() {
                    self.act(&todo);
                }
            }
            self.read(cx);
            self.look();
            self.send();
            let mut again = false;
            while let Poll::Ready(Some(fetched)) = self.under_way.poll_next_unpin(cx) {
                again = true;
                match fetched {
                    Fetched::Founded(founded) => self.founded(founded),
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
            let next = self.todo.peek().map_or(self.now + LONG, |Reverse(todo)| todo.at);
            if next != self.sleep.deadline() {
                self.sleep.as_mut().reset(next);
            }
            if !again && self.sleep.as_mut().poll(cx).is_pending() {
                return Poll::Pending;
            }
        }
    }

    /// Reads what has come for everybody.
    fn read(&mut self, cx: &mut Context<'_>) {
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

    /// Something is to be done at that time.
    pub(super) fn plan(&mut self, at: Instant, wish: Wish) {
        self.turn += 1;
        self.todo.push(Reverse(Todo { at, turn: self.turn, wish }));
    }

    /// Only such plans stay.
    pub(super) fn keep_plans(&mut self, keep: impl Fn(&Wish) -> bool) {
        self.todo.retain(|Reverse(todo)| keep(&todo.wish));
    }

    /// A time between 0 and `most`.
    pub(super) fn within(&mut self, most: Duration) -> Duration {
        most.mul_f64(self.rng.random::<f64>())
    }

    /// True so often.
    pub(super) fn chance(&mut self, share: f64) -> bool {
        self.rng.random::<f64>() < share
    }

    /// Time until the next of events that come `rate` times in `per`; none when they never do.
    pub(super) fn gap(&mut self, rate: f64, per: Duration) -> Option<Duration> {
        if rate <= 0.0 {
            return None;
        }
        let draw: f64 = self.rng.random::<f64>().max(1e-9);
        Some(per.mul_f64((-draw.ln() / rate).min(1e4)))
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

    /// This person asks for something that was due at `due`.
    pub(super) fn ask(&mut self, at: usize, due: Instant, command: Command) {
        self.ask_with(at, due, command, false);
    }

    pub(super) fn ask_with(&mut self, at: usize, due: Instant, cmd: Command, keys: bool) {
        let cid = CommandId::from_bytes(self.fresh_rng.random());
        let Some(seat) = self.seats.get_mut(at) else { return };
        let admits = matches!(cmd, Command::Admit { .. });
        let put = if let Command::Put(put) = &cmd { Some(Box::new(put.clone())) } else { None };
        // What others may not know of makes no change that could name it.
        let unseen = matches!(cmd, Command::OwnKey(_))
            || put.as_ref().is_some_and(|put| {
                is_private(put.kind) || matches!(put.kind, TextKind::Question | TextKind::Sentence)
            });
        let frame = ClientFrame::Do { cid, seen: Seq(seat.got.last()), cmd };
        // Maps with string keys, numbers, strings: this cannot fail.
        let frame = serde_json::to_string(&frame).unwrap_or_default().into();
        // What is pressed without a connection waits for one: that time is told by itself.
        let timed = seat.stand == Stand::In;
        if timed && !unseen {
            self.books.flies(cid, due);
        }
        seat.outbox.push_back(Asked {
            cid,
            frame,
            put,
            keys,
            admits,
            due,
            timed,
            sent: false,
            again: false,
        });
        self.counts.commands.due += 1;
    }

    /// Sends what is in the outboxes of those who are in.
    fn send(&mut self) {
        let now = Instant::now();
        for at in 0..self.seats.len() {
            self.next_text(at);
            let Some(seat) = self.seats.get_mut(at) else { return };
            let (Stand::In, Some(line)) = (seat.stand, &mut seat.line) else { continue };
            if std::mem::take(&mut seat.asks_time) {
                let sent = now.saturating_duration_since(self.means.start).as_micros();
                let ping = ClientFrame::Ping { sent: u64::try_from(sent).unwrap_or_default() };
                let ping = serde_json::to_string(&ping).unwrap_or_default();
                line.send(&ping, self.fresh_rng.random());
            }
            for asked in seat.outbox.iter_mut().filter(|asked| !asked.sent) {
                asked.sent = true;
                line.send(&asked.frame, self.fresh_rng.random());
                if !asked.again {
                    asked.again = true;
                    self.counts.commands.sent += 1;
                    let due = if asked.timed { asked.due } else { now };
                    self.means.recorder.sent(self.index, due, now);
                }
            }
        }
    }
}

impl std::fmt::Debug for Room {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Room").field("index", &self.index).finish_non_exhaustive()
    }
}
