//! One room under test: its seats' connections, and the task that reads each.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use setroom_protocol::SeatId;
use tokio::sync::watch;
use tokio::time::Instant;

use super::ledger::{Entry, Ledger};
use crate::measure::recorder::Recorder;
use setroom_client::{Dial, Ended, Keyring, Receiver, Sender};

/// What the tasks of a room share.
#[derive(Debug)]
pub(crate) struct Room {
    pub(crate) index: usize,
    pub(crate) seats: Vec<SeatId>,
    ledger: Mutex<Ledger>,
    pub(crate) recorder: Arc<Recorder>,
    /// Counts what arrives, for whoever waits for the room to settle.
    news: watch::Sender<u64>,
    /// How connections ended, by close code and reason.
    ended: Mutex<BTreeMap<String, u64>>,
}

/// A seat's way to ask.
#[derive(Debug)]
pub(crate) struct Hand {
    pub(crate) sender: Sender,
    pub(crate) keyring: Keyring,
    pub(crate) dial: Dial,
}

impl Room {
    pub(crate) fn new(
        index: usize,
        seats: Vec<SeatId>,
        ledger: Ledger,
        recorder: Arc<Recorder>,
    ) -> Self {
        let (news, _) = watch::channel(0);
        let ended = Mutex::default();
        Self { index, seats, ledger: Mutex::new(ledger), recorder, news, ended }
    }

    pub(crate) fn ledger(&self) -> MutexGuard<'_, Ledger> {
        self.ledger.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// How connections ended so far.
    pub(crate) fn ended(&self) -> BTreeMap<String, u64> {
        self.ended.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Reads one seat's connection until it ends. The time is taken before anything else is done.
    pub(crate) async fn read(self: Arc<Self>, seat: usize, mut receiver: Receiver) {
        loop {
            match receiver.next_text().await {
                Ok(text) => {
                    let now = Instant::now();
                    // Timed before anybody can see it in the books: who finds them settled adds
                    // up the times at once.
                    let mut ledger = self.ledger();
                    if let Entry::Delivery(due) = ledger.receive(seat, &text) {
                        self.recorder.delivered(self.index, due, now);
                    }
                }
                Err(ended) => {
                    self.ledger().ended(seat);
                    self.recorder.closed();
                    let mut all = self.ended.lock().unwrap_or_else(PoisonError::into_inner);
                    *all.entry(in_words(&ended)).or_default() += 1;
                    drop(all);
                    self.news.send_modify(|count| *count += 1);
                    return;
                }
            }
            self.news.send_modify(|count| *count += 1);
        }
    }

    /// Waits until the books are as `until` wants them; false when that is not so by `deadline`.
    pub(crate) async fn wait(&self, deadline: Instant, until: impl Fn(&Ledger) -> bool) -> bool {
        let mut news = self.news.subscribe();
        loop {
            news.borrow_and_update();
            if until(&self.ledger()) {
                return true;
            }
            // The room holds its own sender, so only time can end this.
            if tokio::time::timeout_at(deadline, news.changed()).await.is_err() {
                return until(&self.ledger());
            }
        }
    }
}

fn in_words(ended: &Ended) -> String {
    match ended {
        Ended::Closed { code, reason } => format!("{code} {reason}").trim_end().to_owned(),
        Ended::Lost(_) => "lost".to_owned(),
        Ended::Unreadable(_) => "unreadable".to_owned(),
    }
}
