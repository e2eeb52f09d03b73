//! A journal in memory that behaves like a disk: a write is there for good once it is synced, and a
//! crash forgets what was not, or only some of it.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use bytes::Bytes;
use futures_util::future::BoxFuture;
use rand::rngs::StdRng;
use rand::{RngExt as _, SeedableRng as _};
use setroom_server::journal::{
    Append, AppendError, Branch, Entry, FollowError, Followed, Follower, Free, Head, Journal,
    KeepError, NotWritable, RoomKey, Snapshot, TailEvent, tail,
};

/// Clones share the same disk.
#[derive(Clone, Debug)]
pub struct Disk {
    state: Arc<Mutex<State>>,
}

#[derive(Debug)]
struct State {
    rng: StdRng,
    logs: BTreeMap<RoomKey, Log>,
    /// Rises with each crash: what was under way before must not touch what is after.
    life: u64,
    crashes: u64,
    /// Entries that a crash forgot.
    forgotten: u64,
    /// Appends that were refused, or of which it was not known for a while whether they were written.
    failed: u64,
    /// How often an append fails, of 1.
    trouble: f64,
    /// The longest that a sync takes, in microseconds.
    slow_us: u64,
    /// Shows and acknowledges what is written before it is synced. It must be found out.
    lies: bool,
}

#[derive(Debug, Default)]
struct Log {
    snapshot: Option<Snapshot>,
    /// Written and synced.
    durable: Vec<Entry>,
    /// Written, and not synced yet.
    pending: Vec<Entry>,
    followers: Vec<Follower>,
}

impl Log {
    fn show(&mut self, entry: &Entry) {
        self.followers.retain(|follower| follower.push(TailEvent::Entry(entry.clone())));
    }

    fn stored(&self) -> u64 {
        let last = self.pending.last().or(self.durable.last()).map(|entry| entry.seq);
        last.or(self.snapshot.as_ref().map(|kept| kept.at.stored)).unwrap_or_default()
    }
}

/// What is still to come of an append.
enum Wait {
    ToSync(Duration),
    ToTryAgain,
}

/// How long it takes to find out that an append was not written.
const AGAIN: Duration = Duration::from_millis(50);

/// What a disk went through.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Suffered {
    /// Crashes.
    pub crashes: u64,
    /// Entries that they forgot.
    pub forgotten: u64,
    /// Appends that failed, for certain or perhaps.
    pub failed: u64,
}

impl Disk {
    /// An empty disk. `trouble` is how often an append fails, from 0 to 1; a sync takes up to
    /// `slow`.
    pub fn new(seed: u64, trouble: f64, slow: Duration) -> Self {
        let state = State {
            rng: StdRng::seed_from_u64(seed),
            logs: BTreeMap::new(),
            life: 0,
            crashes: 0,
            forgotten: 0,
            failed: 0,
            trouble,
            lies: false,
            slow_us: u64::try_from(slow.as_micros()).unwrap_or(u64::MAX).max(100),
        };
        Self { state: Arc::new(Mutex::new(state)) }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The power goes: of what was not synced some first part is there afterwards, or none.
    pub fn crash(&self) {
        let mut state = self.state();
        let State { rng, logs, life, crashes, forgotten, .. } = &mut *state;
        *life += 1;
        *crashes += 1;
        for log in logs.values_mut() {
            let kept = rng.random_range(0..=log.pending.len());
            *forgotten += (log.pending.len() - kept) as u64;
            log.durable.extend(log.pending.drain(..kept));
            log.pending.clear();
            log.followers.clear();
        }
    }

    /// From now on this disk says that it has synced when it has only written.
    pub fn lie(&self) {
        self.state().lies = true;
    }

    /// From now on every append is taken.
    pub fn heal(&self) {
        self.state().trouble = 0.0;
    }

    /// What it went through.
    pub fn suffered(&self) -> Suffered {
        let state = self.state();
        Suffered { crashes: state.crashes, forgotten: state.forgotten, failed: state.failed }
    }

    /// What is on it of a room: the newest snapshot, and the synced entries behind it.
    pub fn log(&self, room: &RoomKey) -> (Option<Snapshot>, Vec<Entry>) {
        let state = self.state();
        let log = state.logs.get(room);
        log.map_or((None, Vec::new()), |log| (log.snapshot.clone(), log.durable.clone()))
    }

    /// Moves what was written so far to where a crash does not reach it, and shows it.
    fn sync(&self, room: RoomKey, life: u64) {
        let mut state = self.state();
        if state.life != life {
            return;
        }
        let lies = state.lies;
        let Some(log) = state.logs.get_mut(&room) else { return };
        for entry in std::mem::take(&mut log.pending) {
            if !lies {
                log.show(&entry);
            }
            log.durable.push(entry);
        }
    }
}

impl Journal for Disk {
    fn follow(&self, room: RoomKey) -> BoxFuture<'_, Result<Followed, FollowError>> {
        Box::pin(async move {
            let mut state = self.state();
            let log = state.logs.entry(room).or_default();
            let (follower, tail) = tail();
            log.followers.push(follower);
            let (snapshot, entries) = (log.snapshot.clone(), log.durable.clone());
            // Nobody puts an earlier copy of it back.
            let branch = Branch::default();
            Ok(Followed { branch, snapshot, entries, tail })
        })
    }

    fn append(&self, room: RoomKey, append: Append) {
        let (life, wait) = {
            let mut state = self.state();
            let State { rng, logs, life, failed, trouble, slow_us, lies, .. } = &mut *state;
            let log = logs.entry(room).or_default();
            let Append { head, id, bytes, home, .. } = &append;
            if log.stored() != head.stored && log.pending.is_empty() {
                return home.not_written(*id, AppendError::Stale);
            }
            let fails = rng.random_bool(*trouble);
            *failed += u64::from(fails);
            if fails && rng.random_bool(0.5) {
                return home.not_written(*id, AppendError::Busy);
            }
            let mut wait = Wait::ToSync(Duration::from_micros(rng.random_range(50..*slow_us)));
            if log.stored() != head.stored || fails && rng.random_bool(0.5) {
                // What came first has not been shown yet; or the answer got lost, and it turns out
                // that nothing was written.
                wait = Wait::ToTryAgain;
            } else {
                let entry = Entry {
                    seq: head.stored + 1,
                    prev: head.accepted,
                    id: *id,
                    bytes: bytes.clone(),
                };
                if *lies {
                    log.show(&entry);
                }
                log.pending.push(entry);
            }
            (*life, wait)
        };
        // A task of its own: nobody waits for it but by the tail.
        let disk = self.clone();
        tokio::spawn(async move {
            match wait {
                Wait::ToSync(sync) => {
                    tokio::time::sleep(sync).await;
                    disk.sync(room, life);
                }
                Wait::ToTryAgain => {
                    tokio::time::sleep(AGAIN).await;
                    if disk.state().life == life {
                        disk.append(room, append);
                    }
                }
            }
        });
    }

    fn snapshot(
        &self,
        room: RoomKey,
        at: Head,
        bytes: Bytes,
    ) -> BoxFuture<'_, Result<(), KeepError>> {
        Box::pin(async move {
            let mut state = self.state();
            let log = state.logs.entry(room).or_default();
            if log.stored() < at.stored {
                return Err(KeepError::Ahead);
            }
            if log.snapshot.as_ref().is_none_or(|kept| kept.at.stored < at.stored) {
                log.snapshot = Some(Snapshot { at, bytes });
                log.durable.retain(|entry| entry.seq > at.stored);
            }
            Ok(())
        })
    }

    fn erase(&self, room: RoomKey) -> BoxFuture<'_, Result<(), KeepError>> {
        Box::pin(async move {
            self.state().logs.remove(&room);
            Ok(())
        })
    }

    fn check(&self) -> BoxFuture<'_, Result<(), NotWritable>> {
        Box::pin(async { Ok(()) })
    }

    fn free(&self) -> Option<Free> {
        None
    }

    fn close(&self) -> BoxFuture<'_, ()> {
        Box::pin(async {})
    }
}
