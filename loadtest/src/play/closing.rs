//! From a room's last part to its end: it holds still, every view is compared with a fresh
//! snapshot, the meeting is closed, everybody leaves, and the books are added up.

use std::time::Duration;

use serde_json::Value;
use setroom_protocol::room::Stage;
use setroom_protocol::{ClientFrame, Command};

use super::door::leaned;
use super::room::{Fetched, Fresh, Phase, Room};
use super::seat::{Seat, Stand};
use super::wish::Wish;
use setroom_client::{ClientError, Dial, Model};

/// How long everybody may take to be in and to have everything, before the rest is missed.
const PATIENCE: Duration = Duration::from_secs(30);
/// The same when the run was stopped by hand.
const HURRY: Duration = Duration::from_secs(3);
/// How long a last part of a view may be on its way.
const LAST_PART: Duration = Duration::from_secs(10);

impl Room {
    /// Whether everybody who is to be here is, and can write.
    fn complete(&self) -> bool {
        let here = |seat: &Seat| seat.stand == Stand::In && seat.keyed && seat.texts.is_empty();
        self.seats.iter().filter(|seat| !seat.late).all(|seat| here(seat) && seat.outbox.is_empty())
    }

    /// Starts the meeting when everybody is there, or when it has waited long enough.
    pub(super) fn start(&mut self, anyway: bool) {
        if self.phase != Phase::Gathering || !(anyway || self.complete()) {
            return;
        }
        if !self.lead(self.now, Command::Start) {
            return;
        }
        if !self.told {
            self.told = true;
            self.means.arrived.send_modify(|rooms| *rooms += 1);
        }
        self.phase = Phase::Meeting;
        let whole = self.means.meeting;
        for at in 0..self.seats.len() {
            if self.seats.get(at).is_some_and(|seat| seat.late) {
                let due = self.now + whole / 20 + self.within(whole * 2 / 5);
                self.plan(due, Wish::Arrive(at));
            }
        }
    }

    /// The meeting, or the run's time, is over: the room holds.
    pub(super) fn finish(&mut self) {
        if !matches!(self.phase, Phase::Gathering | Phase::Meeting) {
            return;
        }
        self.keep_plans(|wish| {
            matches!(wish, Wish::ComeBack(_) | Wish::Thaw(_) | Wish::Thawed(_) | Wish::Again(_))
        });
        let patience = if self.hurry { HURRY } else { PATIENCE };
        self.phase = Phase::Settling(self.now + patience);
        self.plan(self.now + patience, Wish::Look);
    }

    /// Goes on with the end, as far as it has come.
    pub(super) fn progress(&mut self) {
        match self.phase {
            Phase::Gathering => self.start(false),
            Phase::Meeting | Phase::Done => {}
            Phase::Settling(until) => {
                self.hold_still();
                // Whoever reads nothing for a while will read again, and is waited for.
                let frozen = self.seats.iter().any(|seat| seat.frozen);
                if self.settled(true) || (self.now >= until && !frozen) {
                    let first = if self.hurry { self.seats.len() } else { 0 };
                    self.phase = Phase::Checking(first);
                    self.check(first);
                }
            }
            Phase::Checking(at) => self.compared(at),
            Phase::Closing(until) => {
                let closed = self.stage() == Some(Stage::Closed);
                if (closed && self.settled(false)) || self.now >= until {
                    self.leave();
                }
            }
        }
    }

    pub(super) fn stage(&self) -> Option<Stage> {
        self.scene.as_ref().map(|scene| scene.stage)
    }

    /// Holds the room, unless it holds already: then nothing changes by itself either.
    fn hold_still(&mut self) {
        let held = self.scene.as_ref().is_none_or(|scene| scene.hold.is_some());
        if held || self.stage() != Some(Stage::Running) {
            return;
        }
        let Some(at) = self.leader() else { return };
        if self.seats.get(at).is_some_and(|seat| seat.outbox.is_empty()) {
            self.ask(at, self.now, Command::Hold);
        }
    }

    /// Whether nothing is under way any more; `still` when the room has to hold for that.
    fn settled(&self, still: bool) -> bool {
        let held = self.scene.as_ref().is_some_and(|scene| scene.hold.is_some());
        if still && self.stage() == Some(Stage::Running) && !held {
            return false;
        }
        self.seats.iter().all(|seat| match seat.stand {
            Stand::In => {
                seat.got.last() == self.books.reached
                    && seat.got.lost() == 0
                    && seat.outbox.is_empty()
                    && seat.texts.is_empty()
                    && !seat.frozen
            }
            Stand::Out => seat.due.is_none(),
            Stand::Gone => true,
            Stand::Dialling | Stand::Knocking | Stand::Away | Stand::Returning => false,
        })
    }

    /// Fetches a fresh snapshot for the next seat that is in; after the last one the room ends.
    fn check(&mut self, from: usize) {
        let next = (from..self.seats.len())
            .find(|at| self.seats.get(*at).is_some_and(|seat| seat.stand == Stand::In));
        let Some(at) = next else {
            self.checked();
            return;
        };
        self.phase = Phase::Checking(at);
        let keyring = self.seats.get(at).and_then(|seat| seat.keyring.as_ref());
        let (Some(keyring), Some(dial)) = (keyring, self.means.dial(self.index)) else { return };
        let frame = keyring.come_back(None);
        let turns = std::sync::Arc::clone(&self.means.checks);
        self.under_way.push(Box::pin(async move {
            let _turn = turns.acquire().await;
            Fetched::Fresh(at, Box::pin(fresh(&dial, &frame)).await)
        }));
    }

    /// The snapshot has come, or has not.
    pub(super) fn compare(&mut self, at: usize, fresh: Result<Fresh, ClientError>) {
        match fresh {
            Ok(fresh) => {
                self.fresh = Some((at, fresh, self.now + LAST_PART));
                self.plan(self.now + LAST_PART, Wish::Look);
                self.compared(at);
            }
            // Not checked, which the verdict tells.
            Err(_) => self.check(at + 1),
        }
    }

    /// Compares, once that seat has everything or is late with it.
    fn compared(&mut self, at: usize) {
        let Some((of, fresh, until)) = &self.fresh else { return };
        let Some(seat) = self.seats.get(*of) else { return };
        let equal = seat.same
            && seat.behind.is_none()
            && seat.got.lost() == 0
            && seat.got.last() == fresh.seq
            && self.books.at() == fresh.seq
            && *self.books.shared() == fresh.shared
            && serde_json::from_str::<Value>(&seat.own).is_ok_and(|own| own == fresh.own);
        if !equal && self.now < *until {
            return;
        }
        self.counts.views.checked += 1;
        self.counts.views.equal += u64::from(equal);
        self.fresh = None;
        self.check(at + 1);
    }

    /// Every view is compared: the meeting is closed, if it came to its end.
    fn checked(&mut self) {
        let last = self.scene.as_ref().and_then(|scene| scene.now).map(|now| now.part as usize + 1);
        let at_end = last.is_some_and(|last| last >= self.means.agenda.len());
        let closes = at_end && !self.hurry && !self.means.leave_open;
        if closes && self.lead(self.now, Command::Close) {
            let until = self.now + PATIENCE;
            self.phase = Phase::Closing(until);
            self.plan(until, Wish::Look);
        } else {
            self.leave();
        }
    }

    /// Everybody leaves. The next set begins, or nothing more.
    fn leave(&mut self) {
        if self.stage() == Some(Stage::Closed) {
            self.counts.meetings += 1;
        }
        for at in 0..self.seats.len() {
            self.tally(at);
            let Some(seat) = self.seats.get_mut(at) else { continue };
            // Whoever was never in has nothing to come back to. A run that is stopped by hand waits
            // for nobody.
            let was_in = seat.id.is_some();
            if was_in && seat.stand != Stand::In && !self.hurry {
                self.counts.reconnects.never += 1;
            }
            if !self.counted && (seat.stand != Stand::Out || seat.due.is_some()) {
                self.counts.seats += 1;
                self.counts.not_in += u64::from(!was_in && !self.hurry);
            }
            if let Some(line) = seat.line.take() {
                line.bye();
                self.means.recorder.closed();
            }
        }
        self.counted = true;
        self.keep_plans(|_| false);
        self.under_way.clear();
        if self.means.scenario.repeat && !self.over {
            self.open_set();
        } else {
            self.phase = Phase::Done;
        }
    }

    /// Adds up what came to one person since they came in.
    pub(super) fn tally(&mut self, at: usize) {
        let reached = self.books.reached;
        let Some(seat) = self.seats.get_mut(at).filter(|seat| seat.id.is_some()) else { return };
        let at = &mut self.counts.deliveries;
        // Whoever did not come back is missed as such; what they would have got is not lost.
        let until = if seat.stand == Stand::In { reached } else { seat.got.last() };
        let expected = until.saturating_sub(seat.base).saturating_sub(seat.jumped);
        let received = seat.got.received();
        at.expected += expected;
        at.received += received;
        at.lost += expected.saturating_sub(received);
        at.duplicated += seat.got.duplicated();
        at.out_of_order += seat.got.out_of_order();
        self.counts.unreadable += std::mem::take(&mut self.books.unreadable);
    }
}

/// What the server would tell this person afresh, over a connection of its own.
async fn fresh(dial: &Dial, frame: &ClientFrame) -> Result<Fresh, ClientError> {
    let mut connection = dial.connect().await?;
    connection.send(frame).await?;
    let mut model = Model::default();
    let snapshot = async {
        while !model.is_in() {
            model.take(&connection.next_text().await?)?;
        }
        Ok::<_, ClientError>(())
    };
    tokio::time::timeout(dial.waits(), snapshot)
        .await
        .map_err(|_| ClientError::Late("a fresh snapshot"))??;
    // A goodbye that does not arrive changes nothing about the comparison.
    let _ = connection.close().await;
    let seq = model.seq().0;
    let (shared, own) = model.into_views();
    Ok(Fresh { seq, shared: leaned(shared), own: leaned(own) })
}
