//! Going away and coming back: on purpose, by accident, or because the test breaks something.

use std::time::Duration;

use super::context::count;
use super::intent::Intent;
use super::mix::Mix;
use super::room_player::{Order, Phase, RoomPlayer};
use super::seat::{Down, Stand};
use crate::fault::Own;
use crate::refusal;
use setroom_client::Ended;

impl RoomPlayer {
    /// What the run tells its rooms.
    pub(super) fn order(&mut self, order: Order) {
        match order {
            Order::Break(Own::Drop(fault, share)) => {
                for at in 0..self.seats.len() {
                    if self.connected(at) && self.dice.chance(share) {
                        self.cut(at, Some(fault));
                        let pause = self.pause(0);
                        self.timetable.plan(self.now + pause, Intent::ComeBack(at));
                    }
                }
            }
            Order::Break(Own::Freeze(fault, share, lasts)) => {
                for at in 0..self.seats.len() {
                    if self.connected(at) && self.dice.chance(share) {
                        if let Some(seat) = self.seats.get_mut(at) {
                            seat.frozen = true;
                            seat.down = Some(Down { since: self.now + lasts, fault: Some(fault) });
                        }
                        self.context.faults.touched(fault);
                        self.timetable.plan(self.now + lasts, Intent::Thaw(at));
                    }
                }
            }
            Order::Mix(mixed) => self.begin_mix(mixed),
            Order::Over => {
                self.over = true;
                self.finish();
            }
            Order::Stop => {
                (self.over, self.hurry) = (true, true);
                if self.mix.as_ref().is_some_and(Mix::is_playing) {
                    self.end_mix();
                } else {
                    self.finish();
                }
            }
        }
    }

    fn connected(&self, at: usize) -> bool {
        self.seats.get(at).is_some_and(|seat| seat.stand == Stand::In && seat.line.is_some())
    }

    /// Cuts somebody's line, as a cable does. A fault of the run, or their own doing.
    pub(super) fn cut(&mut self, at: usize, fault: Option<usize>) {
        let now = self.now;
        let Some(seat) = self.seats.get_mut(at) else { return };
        if seat.line.take().is_none() {
            return;
        }
        seat.stand = Stand::Away;
        self.went(at, Down { since: now, fault });
    }

    fn went(&mut self, at: usize, down: Down) {
        let Some(seat) = self.seats.get_mut(at) else { return };
        // What was under way may or may not have arrived: all of it is sent again.
        for asked in &mut seat.outbox {
            asked.sent = false;
        }
        if seat.down.is_none() {
            seat.down = Some(down);
            if let Some(fault) = down.fault {
                self.context.faults.touched(fault);
            }
        }
        self.counts.reconnects.cut += 1;
        self.context.recorder.closed();
        self.context.recorder.dropped(self.index, self.now);
    }

    /// A connection has ended by itself.
    pub(super) fn ended(&mut self, at: usize, ended: &Ended) {
        let over = matches!(self.phase, Phase::Closing(_) | Phase::Done);
        let fault = self.context.faults.blame(self.context.server(self.index), self.now);
        let Some(seat) = self.seats.get_mut(at) else { return };
        let meant = fault.is_some() || over || seat.down.is_some();
        let name = refusal::closed(ended);
        let final_ = ended.close_code().is_some_and(|code| !code.come_back());
        let stand = seat.stand;
        if self.mix.is_some() && self.phase == Phase::Gathering {
            self.context.recorder.closed();
            self.give_up(&refusal::limit_of_close(&name));
            return;
        }
        if !meant || (final_ && !over) {
            count(&mut self.counts.ended, &name);
        }
        if final_ {
            seat.stand = Stand::Gone;
            self.context.recorder.closed();
            return;
        }
        match stand {
            // Was not in yet: knocks again.
            Stand::Knocking => {
                self.context.recorder.closed();
                self.try_again(at);
            }
            Stand::In => {
                seat.stand = Stand::Away;
                let since = self.now;
                self.went(at, Down { since, fault });
                self.try_again(at);
            }
            // Is missed already: an attempt has failed, and no other line was cut.
            Stand::Returning => {
                seat.stand = Stand::Away;
                self.context.recorder.closed();
                self.try_again(at);
            }
            Stand::Out | Stand::Dialling | Stand::Away | Stand::Gone => {}
        }
    }

    /// Somebody tries to reach the server again.
    pub(super) fn come_back(&mut self, at: usize) {
        if self.seats.get(at).is_some_and(|seat| seat.stand == Stand::Away) {
            self.dial(at, Stand::Away);
        }
    }

    /// Somebody has everything again: by what they missed, or by a snapshot.
    pub(super) fn back(&mut self, at: usize, by_ring: bool) {
        let now = self.now;
        let Some(seat) = self.seats.get_mut(at) else { return };
        seat.stand = Stand::In;
        seat.asks_time = self.context.run.logs.is_some();
        seat.attempts = 0;
        if by_ring {
            self.counts.reconnects.by_ring += 1;
        } else {
            self.counts.reconnects.by_snapshot += 1;
        }
        if let Some(down) = seat.down.take() {
            let took = now.saturating_duration_since(down.since);
            self.context.recorder.back(self.index, took, now);
            if let Some(fault) = down.fault {
                self.context.faults.back(fault, now, by_ring);
            }
        }
    }

    /// Somebody who read nothing reads again. If the server has let them go, they learn it now.
    pub(super) fn thaw(&mut self, at: usize) {
        let Some(seat) = self.seats.get_mut(at) else { return };
        seat.frozen = false;
        self.timetable.plan(self.now + Duration::from_millis(500), Intent::Thawed(at));
    }

    /// Somebody read again and was never cut off: they are back as they were.
    pub(super) fn thawed(&mut self, at: usize) {
        let now = self.now;
        let Some(seat) = self.seats.get_mut(at) else { return };
        if seat.stand == Stand::In
            && let Some(Down { fault: Some(fault), .. }) = seat.down.take()
        {
            self.context.faults.back(fault, now, true);
        }
    }

    /// A page is loaded again: the line ends, and a new one is made at once.
    pub(super) fn reload(&mut self, at: usize) {
        if self.connected(at) {
            self.cut(at, None);
            self.come_back(at);
        }
    }

    /// A line breaks, and its owner comes back some time later.
    pub(super) fn drop_off(&mut self, at: usize) {
        if self.connected(at) {
            let away = self.dice.within(self.context.run.scenario.behaviour.away);
            self.cut(at, None);
            if let Some(Down { since, .. }) = self.seats.get_mut(at).and_then(|s| s.down.as_mut()) {
                // They are missed from the moment on when they try to come back.
                *since += away;
            }
            self.timetable.plan(self.now + away, Intent::ComeBack(at));
        }
    }
}
