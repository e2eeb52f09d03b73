//! The rooms of a run, a task each: they are opened, told something, and add up in the end.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use futures_util::StreamExt as _;
use futures_util::future::BoxFuture;
use futures_util::stream::FuturesUnordered;
use tokio::sync::{mpsc, oneshot, watch};
use tokio::task::{AbortHandle, JoinSet};
use tokio::time::Instant;

use super::context::{Context, Counts};
use super::mix::Mixed;
use super::room_player::{Order, RoomPlayer};
use crate::fault::Own;
use crate::progress::{Progress, Pulse};
use crate::schedule::Load;

/// Orders that may wait for a room. A room takes them whenever it wakes.
const ORDERS: usize = 8;
/// How often it is looked at how far the run is.
const SHOW: Duration = Duration::from_millis(250);

/// All rooms of a tester.
pub(crate) struct Rooms {
    pub(crate) context: Arc<Context>,
    tasks: JoinSet<Counts>,
    there: Vec<RoomHandle>,
    /// What those that have ended have counted.
    counts: Vec<Counts>,
}

/// The way to a room. Its task ends when this is dropped.
struct RoomHandle {
    index: usize,
    orders: mpsc::Sender<Order>,
    task: AbortHandle,
    is_in: bool,
}

impl Drop for RoomHandle {
    fn drop(&mut self) {
        self.task.abort();
    }
}

/// How rooms are opened.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Pace {
    /// Rooms whose people come at the same time.
    pub(crate) at_once: usize,
    /// After so many refusals no room more is opened: when none is there, and when some are.
    pub(crate) refusals: [usize; 2],
    /// Who is not there by then is not waited for.
    pub(crate) until: Instant,
}

/// How opening went.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Opened {
    /// As many rooms as wished are there.
    Enough,
    /// Some were refused; why, by name.
    Refused(BTreeMap<String, u64>),
    /// There was no time left.
    Late,
    /// It was stopped.
    Stopped,
}

/// What came of a load in each room, by the room's index; none when its task is gone.
pub(crate) type Counted = FuturesUnordered<BoxFuture<'static, (usize, Option<Counts>)>>;

impl Rooms {
    pub(crate) fn new(context: Arc<Context>) -> Self {
        Self { context, tasks: JoinSet::new(), there: Vec::new(), counts: Vec::new() }
    }

    /// Rooms whose people are there, or were.
    pub(crate) fn len(&self) -> usize {
        self.there.iter().filter(|room| room.is_in).count()
    }

    /// Only such rooms stay; the others end at once.
    pub(crate) fn keep(&mut self, keep: impl Fn(usize) -> bool) {
        self.there.retain(|room| room.is_in && keep(room.index));
    }

    /// Opens rooms with these indices, and waits until their people are there.
    pub(crate) async fn open(
        &mut self,
        indices: impl Iterator<Item = usize>,
        pace: Pace,
        stop: &watch::Receiver<bool>,
        progress: &Progress,
    ) -> Opened {
        let (mut indices, mut stop) = (indices.fuse(), stop.clone());
        let (mut coming, mut refused) = (FuturesUnordered::new(), BTreeMap::new());
        let mut failed = 0;
        let before = *self.context.joined.borrow();
        let mut show = tokio::time::interval(SHOW);
        loop {
            let [none, some] = pace.refusals;
            let most = if self.len() == 0 { none } else { some };
            while failed < most && coming.len() < pace.at_once {
                let Some(index) = indices.next() else { break };
                let came = self.begin(index);
                coming.push(async move { (index, came.await) });
            }
            tokio::select! {
                biased;
                _ = stop.wait_for(|stop| *stop) => return Opened::Stopped,
                () = tokio::time::sleep_until(pace.until) => return Opened::Late,
                came = coming.next() => match came {
                    None if refused.is_empty() => return Opened::Enough,
                    None => return Opened::Refused(refused),
                    Some((_, Ok(Err(name)))) => {
                        failed += 1;
                        *refused.entry(name).or_default() += 1;
                    }
                    // Its task is gone: its people are missed.
                    Some((_, Err(_))) => {}
                    Some((index, Ok(Ok(())))) => {
                        let room = self.there.iter_mut().find(|room| room.index == index);
                        room.into_iter().for_each(|room| room.is_in = true);
                    }
                },
                _ = show.tick() => {
                    let joined = *self.context.joined.borrow() - before;
                    progress.at(joined as u64, "");
                }
            }
        }
    }

    /// Opens a room; tells when its people are there.
    fn begin(&mut self, index: usize) -> oneshot::Receiver<Result<(), String>> {
        let (orders, taken) = mpsc::channel(ORDERS);
        let (tell, came) = oneshot::channel();
        let player = RoomPlayer::new(index, Arc::clone(&self.context), taken, tell);
        let task = self.tasks.spawn(player.play());
        self.there.push(RoomHandle { index, orders, task, is_in: false });
        came
    }

    /// Breaks sockets of all rooms.
    pub(crate) fn breaker(&self) -> impl Fn(Own) + use<> {
        let orders: Vec<_> = self.there.iter().map(|room| room.orders.clone()).collect();
        move |own| {
            for orders in &orders {
                // A room that does not take orders any more has ended.
                let _ = orders.try_send(Order::Break(own));
            }
        }
    }

    /// The time is over, or it was stopped by hand.
    pub(crate) fn end(&self, stopped: bool) {
        for room in &self.there {
            // A room that does not take orders any more has ended.
            let _ = room.orders.try_send(if stopped { Order::Stop } else { Order::Over });
        }
    }

    /// Lets the first rooms that are in play a load from `start` on; `place` says from the turn and
    /// the index of a room which of the load's rooms it is.
    pub(crate) fn load(
        &self,
        load: Load,
        start: Instant,
        patience: Duration,
        place: impl Fn(usize, usize) -> usize,
    ) -> Counted {
        let told = Counted::new();
        let first = self.there.iter().filter(|room| room.is_in).take(load.rooms);
        for (turn, room) in first.enumerate() {
            let (done, counts) = oneshot::channel();
            let (index, place) = (room.index, place(turn, room.index));
            let mixed = Mixed { load, place, start, patience, done };
            // A room that does not take orders any more has ended, and tells nothing.
            let _ = room.orders.try_send(Order::Mix(mixed));
            told.push(Box::pin(async move { (index, counts.await.ok()) }));
        }
        told
    }

    /// Waits until the time is over, or every room has played to its end. False when it was stopped
    /// by hand.
    pub(crate) async fn until_over(
        &mut self,
        began: Instant,
        stop: &watch::Receiver<bool>,
        faults: impl Future<Output = Result<(), String>>,
        progress: &Progress,
    ) -> Result<bool, String> {
        let (mut faults, mut stop) = (std::pin::pin!(faults), stop.clone());
        let mut breaking = true;
        let (whole, over) =
            (self.context.run.scenario.length(), self.context.run.scenario.longest());
        let step = if self.context.mixed_part.is_some() { "load" } else { "play" };
        progress.begin(step, u64::try_from(whole.as_millis()).unwrap_or(u64::MAX));
        let mut show = tokio::time::interval(SHOW);
        let mut pulse = Pulse::new();
        loop {
            tokio::select! {
                biased;
                _ = stop.wait_for(|stop| *stop) => return Ok(false),
                () = tokio::time::sleep_until(began + over) => return Ok(true),
                broken = &mut faults, if breaking => {
                    broken?;
                    breaking = false;
                }
                room = self.tasks.join_next() => match room {
                    Some(counts) => self.counts.extend(counts),
                    None => return Ok(true),
                },
                _ = show.tick() => {
                    let ms = u64::try_from(began.elapsed().as_millis()).unwrap_or(u64::MAX);
                    progress.at(ms, pulse.line(&self.context.recorder));
                }
            }
        }
    }

    /// Rooms that have not come to their end.
    pub(crate) fn left(&self) -> usize {
        self.tasks.len()
    }

    /// Waits for every room's end: the last views are compared.
    pub(crate) async fn until_done(mut self, progress: &Progress) -> Vec<Counts> {
        progress.begin("check", self.there.len() as u64);
        while let Some(room) = self.tasks.join_next().await {
            // A room that panicked is missed by its people.
            self.counts.extend(room);
            progress.at(self.counts.len() as u64, "");
        }
        self.counts
    }
}
