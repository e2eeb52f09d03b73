//! Everybody's sockets, and what is on its way to them: shared frames gather for a tick and go to all
//! in one write each, with each one's own frames behind them.

use std::collections::BTreeMap;

use bytes::Bytes;
use setroom_protocol::{Recorded, SeatId, Seq, ServerFrame, Timestamp};
use tokio::time::Instant;

use super::ConnId;
use super::commit::Answer;
use super::member::{Member, Members};
use super::presence::Boards;
use super::replay_buffer::{Missed, ReplayBuffer};
use super::snapshot::Shown;
use crate::socket::text;
use crate::telemetry::{Metrics, Outcome};

/// The sockets of a room.
pub(super) struct FanOut {
    pub(super) members: Members,
    next_conn: u64,
    /// The last frames, for those who come back.
    pub(super) replay: ReplayBuffer,
    /// Shared frames of this tick.
    tick: Vec<Bytes>,
    /// All of this tick for those to whom one of them comes in another form.
    apart: BTreeMap<SeatId, Vec<Bytes>>,
    /// The last place of which somebody was told in another form than all.
    pub(super) told_apart: BTreeMap<SeatId, Seq>,
    /// When the commands came in whose changes this tick shows.
    flushing: Vec<Instant>,
    /// The newest whole view.
    pub(super) whole: Shown,
    /// Who is there is to be shown anew; and who waits at the door.
    pub(super) presence_moved: bool,
    pub(super) lobby_moved: bool,
    /// Lines that wait are others now.
    pub(super) lines_moved: bool,
    pub(super) boards: Boards,
    /// The round off the record has begun, is over, or has other keys or lines.
    pub(super) off_record_moved: bool,
    /// How everybody attended is to be shown anew to those with the controls.
    pub(super) attendance_moved: bool,
}

impl FanOut {
    /// Forgets what these people were told otherwise than all.
    pub(super) fn forget(&mut self, is_gone: impl Fn(SeatId) -> bool) {
        self.told_apart.retain(|seat, _| !is_gone(*seat));
    }

    /// Of a room that stands behind this change, which keeps so many bytes for those who come back.
    pub(super) fn new(seq: Seq, replay_bytes: usize) -> Self {
        Self {
            members: Members::new(),
            next_conn: 0,
            replay: ReplayBuffer::new(seq, replay_bytes),
            tick: Vec::new(),
            apart: BTreeMap::new(),
            told_apart: BTreeMap::new(),
            flushing: Vec::new(),
            whole: Shown::default(),
            presence_moved: false,
            lobby_moved: false,
            lines_moved: false,
            boards: Boards::default(),
            off_record_moved: false,
            attendance_moved: false,
        }
    }

    pub(super) fn add(&mut self, member: Member) -> ConnId {
        let conn = ConnId(self.next_conn);
        self.next_conn += 1;
        self.members.insert(conn, member);
        conn
    }

    /// The sockets of which this holds, oldest first.
    pub(super) fn conns(&self, holds: impl Fn(&Member) -> bool) -> Vec<ConnId> {
        let those = self.members.iter().filter(|(_, member)| holds(member));
        those.map(|(conn, _)| *conn).collect()
    }

    /// Shows a frame to everybody inside, with the next flush; to some in a form of their own.
    pub(super) fn show(
        &mut self,
        record: &Recorded,
        frame: Bytes,
        apart: Vec<(SeatId, ServerFrame)>,
        now: Timestamp,
    ) {
        self.replay.push(&frame, now);
        for (seat, _) in &apart {
            self.apart.entry(*seat).or_insert_with(|| self.tick.clone());
        }
        for (seat, frames) in &mut self.apart {
            let own = apart.iter().find(|(whose, _)| whose == seat);
            frames.push(own.map_or_else(|| frame.clone(), |(_, own)| text(own)));
        }
        self.told_apart.extend(apart.iter().map(|(seat, _)| (*seat, record.seq)));
        self.tick.push(frame);
    }

    /// The frames that all got after the change with this place, for somebody who got the same;
    /// `None` when they are not all kept, or one of them is not for this person as it is.
    pub(super) fn missed(&self, seat: SeatId, since: Seq) -> Option<Missed> {
        let apart = self.told_apart.get(&seat).is_some_and(|last| *last > since);
        self.replay.after(since).filter(|_| !apart)
    }

    /// Sends a frame to one socket, behind what it is shown with the next flush.
    pub(super) fn tell(&mut self, conn: ConnId, frame: &ServerFrame) {
        if let Some(member) = self.members.get_mut(&conn) {
            member.send_after(frame);
        }
    }

    /// The same for all inside of whom this holds.
    pub(super) fn tell_inside(&mut self, frame: &ServerFrame, holds: impl Fn(&Member) -> bool) {
        let inside = self.members.values_mut().filter(|member| member.seat().is_some());
        for member in inside.filter(|member| holds(member)) {
            member.send_after(frame);
        }
    }

    /// Tells whoever asked that it is done.
    pub(super) fn done(&mut self, answers: Vec<Answer>, metrics: &Metrics) {
        for Answer { conn, cid, seq, at } in answers {
            metrics.command(Outcome::Applied);
            self.flushing.push(at);
            self.tell(conn, &ServerFrame::Done { cid, seq });
        }
    }

    /// Writes what this tick released: one write for each member's socket.
    pub(super) fn flush(&mut self, metrics: &Metrics) {
        let frames = self.tick.len();
        // One piece, so that it is one write for each member. One frame is one piece already.
        let shared = in_one_piece(&self.tick);
        let apart = std::mem::take(&mut self.apart);
        let apart: BTreeMap<_, _> =
            apart.iter().map(|(seat, frames)| (*seat, in_one_piece(frames))).collect();
        self.tick.clear();
        if frames > 0 {
            // All at once: one after the other, each would be waited for between two writes, in
            // which the kernel drives it out of the cache.
            std::hint::black_box(self.members.values().map(Member::touch).sum::<usize>());
        }
        let (mut sent, mut bytes) = (0, 0);
        for member in self.members.values_mut() {
            let own = member.seat().and_then(|seat| apart.get(&seat));
            let (more, larger) = member.flush(own.unwrap_or(&shared), frames);
            sent += more;
            bytes += larger;
        }
        if sent > 0 {
            metrics.delivered(sent as u64, bytes as u64);
        }
        for at in self.flushing.drain(..) {
            metrics.command_to_flush.observe(at.elapsed().as_secs_f64());
        }
    }
}

fn in_one_piece(frames: &[Bytes]) -> Bytes {
    match frames {
        [] => Bytes::new(),
        [one] => one.clone(),
        many => many.concat().into(),
    }
}
