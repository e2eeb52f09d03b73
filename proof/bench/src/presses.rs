//! Rooms whose hosts press at a steady pace, each press timed until the last of the room has seen it:
//! what is measured beside floods.

use std::io;
use std::time::Duration;

use hdrhistogram::Histogram;
use serde::{Deserialize, Serialize};
use setroom_client::Client;
use setroom_protocol::Command;
use tokio::task::JoinSet;
use tokio::time::{Instant, MissedTickBehavior, interval};

/// Rooms that are measured, and people in each.
pub(crate) const ROOMS: usize = 8;
pub(crate) const MEMBERS: usize = 10;
/// Presses of each room in a second: what one person may do for ever is ten.
pub(crate) const PRESSES: u32 = 8;

/// Times of one kind of window, all windows together.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Times {
    /// How many.
    pub count: u64,
    /// The median, in microseconds.
    pub p50: u64,
    /// The 99th percentile, in microseconds.
    pub p99: u64,
}

impl Times {
    pub(crate) fn of(histogram: &Histogram<u64>) -> Self {
        let at = |quantile| histogram.value_at_quantile(quantile);
        Self { count: histogram.len(), p50: at(0.5), p99: at(0.99) }
    }
}

/// Microseconds up to a minute; what takes longer counts as that.
pub(crate) fn histogram() -> io::Result<Histogram<u64>> {
    Histogram::new_with_bounds(1, 60_000_000, 3).map_err(io::Error::other)
}

/// Lets the rooms press while things settle, then counts for `long`, and adds that to `whole`.
pub(crate) async fn window(
    rooms: &mut Vec<Vec<Client>>,
    settles: Duration,
    long: Duration,
    whole: &mut Histogram<u64>,
) -> io::Result<Times> {
    press_all(rooms, settles).await?;
    let mut window = histogram()?;
    for micros in press_all(rooms, long).await? {
        window.saturating_record(micros);
    }
    whole.add(&window).map_err(io::Error::other)?;
    Ok(Times::of(&window))
}

/// The hosts press, all at the same time.
async fn press_all(rooms: &mut Vec<Vec<Client>>, long: Duration) -> io::Result<Vec<u64>> {
    let mut pressing = JoinSet::new();
    for mut room in std::mem::take(rooms) {
        pressing.spawn(Box::pin(async move {
            let times = press(&mut room, long).await;
            (room, times)
        }));
    }
    let mut all = Vec::new();
    while let Some(pressed) = pressing.join_next().await {
        let (room, times) = pressed.map_err(io::Error::other)?;
        all.extend(times?);
        rooms.push(room);
    }
    Ok(all)
}

/// A host presses at a steady pace for so long; each press is timed until everybody has seen it.
async fn press(room: &mut [Client], long: Duration) -> io::Result<Vec<u64>> {
    let mut pace = interval(Duration::from_secs(1) / PRESSES);
    pace.set_missed_tick_behavior(MissedTickBehavior::Delay);
    let (until, mut times) = (Instant::now() + long, Vec::new());
    let Some((host, members)) = room.split_first_mut() else { return Ok(times) };
    let mut on = false;
    // It ends as it began, so that the next one can begin.
    while on || Instant::now() < until {
        pace.tick().await;
        on = !on;
        let begun = Instant::now();
        let pressed = host.must("a press", Command::Lock { on }).await;
        let seq = pressed.map_err(io::Error::other)?;
        for member in members.iter_mut() {
            member.catch_up(seq).await.map_err(io::Error::other)?;
        }
        times.push(u64::try_from(begun.elapsed().as_micros()).unwrap_or(u64::MAX));
    }
    Ok(times)
}
