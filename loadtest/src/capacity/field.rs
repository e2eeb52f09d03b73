//! People who are in already and stay in from step to step, so that coming in is paid once.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use futures_util::StreamExt as _;
use futures_util::stream::FuturesUnordered;
use tokio::sync::watch;
use tokio::task::{AbortHandle, JoinSet};
use tokio::time::Instant;

use super::watch::{Used, Watch};
use crate::measure::outcome::{Deliveries, add};
use crate::progress::Progress;
use crate::refusal;
use crate::run::join::{Joins, Ready};
use crate::run::player::Player;
use crate::schedule::Load;

/// Rooms that come in at the same time.
const AT_ONCE: usize = 16;
/// How often progress is shown.
const SHOW: Duration = Duration::from_millis(250);
/// How many times longer than that a room may take before it is given up.
const REST: u32 = 4;

/// The rooms that are there.
#[derive(Debug)]
pub(crate) struct Field {
    joins: Joins,
    server: Option<u32>,
    /// How long stragglers are waited for after the last command.
    drain: Duration,
    rooms: Vec<Placed>,
    /// The index of the next new room: none is used twice, since ids are made from it.
    next: usize,
}

/// A room, and the tasks that read for its seats.
#[derive(Debug)]
struct Placed {
    player: Player,
    readers: Vec<AbortHandle>,
}

/// How growing went.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Grown {
    /// As many rooms as wished are there.
    Enough,
    /// More were refused; why, by name.
    Refused(BTreeMap<String, u64>),
    /// There was no time left, or it was stopped.
    Stopped,
}

/// What came of playing a load.
#[derive(Clone, Debug, Default)]
pub(crate) struct Played {
    /// From due to received, in milliseconds, of what came in the window.
    pub(crate) p50_ms: f64,
    pub(crate) p99_ms: f64,
    /// How many that is of.
    pub(crate) timed: u64,
    /// How late the tester was, in milliseconds.
    pub(crate) late_ms: f64,
    /// Deliveries a second in the window.
    pub(crate) per_second: f64,
    /// Commands that were sent, warm-up included.
    pub(crate) sent: u64,
    /// Those that were neither done nor refused in the end.
    pub(crate) unanswered: u64,
    /// Those that were refused, by code.
    pub(crate) refused: BTreeMap<String, u64>,
    pub(crate) deliveries: Deliveries,
    /// Connections that ended by themselves, by close code and reason.
    pub(crate) ended: BTreeMap<String, u64>,
    /// Whether everything had come soon after the last command.
    pub(crate) settled: bool,
    pub(crate) used: Used,
}

/// What the books of some rooms add up to so far.
#[derive(Clone, Debug, Default)]
struct Books {
    sent: u64,
    done: u64,
    refused: BTreeMap<String, u64>,
    deliveries: Deliveries,
}

impl Field {
    pub(crate) fn new(joins: Joins, server: Option<u32>, drain: Duration) -> Self {
        Self { joins, server, drain, rooms: Vec::new(), next: 0 }
    }

    /// Rooms that are there.
    pub(crate) fn len(&self) -> usize {
        self.rooms.len()
    }

    /// Lets rooms come in until there are `wanted`.
    pub(crate) async fn grow(
        &mut self,
        wanted: usize,
        until: Instant,
        stop: &watch::Receiver<bool>,
        progress: &Progress,
    ) -> Grown {
        let (there, mut stop) = (self.rooms.len(), stop.clone());
        if there >= wanted {
            return Grown::Enough;
        }
        let (joins, next) = (&self.joins, &mut self.next);
        progress.begin("join", ((wanted - there) * joins.load.members) as u64);
        let (mut coming, mut came) = (FuturesUnordered::new(), Vec::new());
        let (mut refused, mut begun) = (BTreeMap::new(), 0);
        let grown = loop {
            while refused.is_empty() && begun < wanted - there && coming.len() < AT_ONCE {
                coming.push(Box::pin(joins.room(*next)));
                *next += 1;
                begun += 1;
            }
            let ready = tokio::select! {
                biased;
                _ = stop.wait_for(|stop| *stop) => break Grown::Stopped,
                () = tokio::time::sleep_until(until) => break Grown::Stopped,
                ready = coming.next() => ready,
            };
            match ready {
                None if refused.is_empty() => break Grown::Enough,
                None => break Grown::Refused(refused),
                Some(Ok(ready)) => {
                    came.push(ready);
                    progress.at((came.len() * joins.load.members) as u64, "");
                }
                Some(Err(error)) => *refused.entry(refusal::name(&error)).or_default() += 1,
            }
        };
        drop(coming);
        for ready in came {
            self.rooms.push(Placed::new(ready, self.joins.load.seed));
        }
        grown
    }

    /// Plays a load on the first rooms; only what comes after the warm-up is counted.
    pub(crate) async fn play(
        &mut self,
        load: Load,
        warm_up: Duration,
        stop: &watch::Receiver<bool>,
        progress: &Progress,
    ) -> Played {
        progress.begin("load", u64::try_from(load.duration.as_millis()).unwrap_or(u64::MAX));
        let recorder = Arc::clone(&self.joins.recorder);
        let before = self.books(load.rooms);
        let start = Instant::now();
        let mut playing = JoinSet::new();
        let rest = self.rooms.split_off(load.rooms.min(self.rooms.len()));
        for (place, mut placed) in self.rooms.drain(..).enumerate() {
            let stop = stop.clone();
            playing.spawn(async move {
                placed.player.play(place, &load, start, &stop).await;
                placed
            });
        }
        tokio::time::sleep_until(start + warm_up).await;
        drop(recorder.recent());
        let watch = Watch::begin(self.server);
        let mut show = tokio::time::interval(SHOW);
        loop {
            tokio::select! {
                placed = playing.join_next() => match placed {
                    // One that panicked is missed by whoever counts the rooms.
                    Some(placed) => self.rooms.extend(placed),
                    None => break,
                },
                _ = show.tick() => {
                    let ms = u64::try_from(start.elapsed().as_millis()).unwrap_or(u64::MAX);
                    progress.at(ms, "");
                }
            }
        }
        self.rooms.sort_by_key(|placed| placed.player.room.index);
        let used = watch.end().await;
        let settled = self.settle(Instant::now() + self.drain).await;
        let seen = recorder.recent();
        if !settled {
            self.settle(Instant::now() + self.drain * REST).await;
        }
        let after = self.books(usize::MAX);
        self.rooms.extend(rest);
        let window = load.duration.saturating_sub(warm_up).as_secs_f64().max(0.001);
        let books = after.since(&before);
        Played {
            p50_ms: seen.latency.at(0.5).unwrap_or_default(),
            p99_ms: seen.latency.at(0.99).unwrap_or_default(),
            timed: seen.latency.count(),
            late_ms: seen.late.at(0.99).unwrap_or_default(),
            per_second: seen.deliveries as f64 / window,
            sent: books.sent,
            unanswered: books.sent.saturating_sub(books.done + books.refused.values().sum::<u64>()),
            refused: books.refused,
            deliveries: books.deliveries,
            ended: self.weed(),
            settled,
            used,
        }
    }

    async fn settle(&self, deadline: Instant) -> bool {
        let each = self
            .rooms
            .iter()
            .map(|placed| placed.player.room.wait(deadline, crate::run::ledger::Ledger::is_over));
        futures_util::future::join_all(each).await.into_iter().all(|settled| settled)
    }

    fn books(&self, rooms: usize) -> Books {
        let mut books = Books::default();
        for placed in self.rooms.iter().take(rooms) {
            let ledger = placed.player.room.ledger();
            books.sent += ledger.sent;
            books.done += ledger.done;
            add(&mut books.refused, ledger.refused.clone());
            books.deliveries.merge(ledger.tally());
        }
        books
    }

    /// Lets go of rooms that are not as they were: somebody's connection ended, or something is
    /// missing. They would only say the same again at the next step.
    fn weed(&mut self) -> BTreeMap<String, u64> {
        let mut ended = BTreeMap::new();
        self.rooms.retain(|placed| {
            let of_room = placed.player.room.ended();
            let whole = of_room.is_empty() && placed.player.room.ledger().settled();
            add(&mut ended, of_room);
            whole
        });
        ended
    }
}

impl Placed {
    fn new(ready: Ready, seed: u64) -> Self {
        let Ready { room, hands, receivers, meeting } = ready;
        let readers = receivers.into_iter().enumerate().map(|(seat, receiver)| {
            tokio::spawn(Arc::clone(&room).read(seat, receiver)).abort_handle()
        });
        let readers = readers.collect();
        Self { player: Player::new(room, hands, meeting, seed), readers }
    }
}

impl Drop for Placed {
    fn drop(&mut self) {
        self.readers.iter().for_each(AbortHandle::abort);
    }
}

impl Books {
    fn since(&self, before: &Self) -> Self {
        let refused = self.refused.iter().filter_map(|(code, count)| {
            let more = count - before.refused.get(code).copied().unwrap_or_default().min(*count);
            (more > 0).then(|| (code.clone(), more))
        });
        let (now, then) = (&self.deliveries, &before.deliveries);
        Self {
            sent: self.sent.saturating_sub(before.sent),
            done: self.done.saturating_sub(before.done),
            refused: refused.collect(),
            deliveries: Deliveries {
                expected: now.expected.saturating_sub(then.expected),
                received: now.received.saturating_sub(then.received),
                lost: now.lost.saturating_sub(then.lost),
                duplicated: now.duplicated.saturating_sub(then.duplicated),
                out_of_order: now.out_of_order.saturating_sub(then.out_of_order),
                wrong_room: now.wrong_room.saturating_sub(then.wrong_room),
                nameless: 0,
            },
        }
    }
}
