//! What a decision has to say to single people, beside the changes that everybody sees.

use setroom_protocol::{Caller, Code, Command, DeviceId, SeatId, Seq, ServerFrame};

use super::actor::RoomActor;
use super::commit::Proposal;
use super::{Asked, ConnId};
use crate::telemetry::{Metrics, Outcome};

/// Browsers at the door that are to be told no, and why.
pub(super) type Away = Vec<(DeviceId, Code)>;

/// What a decision has to say to single people, handed on until the room can be changed: those who
/// are to be sent away, and answers to those who asked.
#[derive(Debug, Default)]
pub(super) struct Replies {
    away: Away,
    answers: Vec<(ConnId, ServerFrame)>,
    /// What happened about browsers that are said to be somebody's who is here.
    claims: Vec<(DeviceId, Claimed)>,
    /// What was said about what is in memory alone: lines that wait, a round off the record, answers,
    /// attendance.
    in_memory: Vec<(Caller, Command)>,
    /// Nothing is done by itself for a while.
    pauses: bool,
}

#[derive(Clone, Copy, Debug)]
enum Claimed {
    /// Whoever sits there is asked.
    Asked(SeatId),
    /// They have answered.
    Answered(bool),
}

impl Proposal {
    /// Whether it may change what is in memory alone: there it is as soon as it was decided, and not
    /// when an entry comes back.
    pub(super) fn is_in_memory(&self) -> bool {
        let Self::Ask(asked) = self else { return false };
        let is_at_the_door = matches!(
            asked.command,
            Command::Refuse { .. } | Command::AskSeat { .. } | Command::AnswerSeat { .. }
        );
        is_at_the_door || is_heard(&asked.command)
    }
}

/// Whether the room's memory takes this in.
fn is_heard(command: &Command) -> bool {
    matches!(
        command,
        Command::OfferLine { .. }
            | Command::AnswerLine { .. }
            | Command::AnswerForm { .. }
            | Command::SetAttendance { .. }
            | Command::BeginOffRecord { .. }
            | Command::OffRecordKey { .. }
            | Command::OffRecordGrant { .. }
            | Command::OffRecordLine { .. }
            | Command::EndOffRecord { .. }
    )
}

impl Replies {
    pub(super) fn done(&mut self, asked: &Asked, seq: Seq) {
        self.answers.push((asked.conn, ServerFrame::Done { cid: asked.cid, seq }));
    }

    /// Answers a command that changed nothing that is written down.
    pub(super) fn done_without_change(&mut self, caller: Caller, asked: &Asked, seq: Seq) {
        if is_heard(&asked.command) {
            self.in_memory.push((caller, asked.command.clone()));
        }
        if let Command::Refuse { device } = asked.command {
            self.away.push((device, Code::KnockRefused));
        }
        if let Command::AskSeat { device, seat } = asked.command {
            self.claims.push((device, Claimed::Asked(seat)));
        }
        if let Command::AnswerSeat { device, yes } = asked.command {
            self.claims.push((device, Claimed::Answered(yes)));
        }
        self.done(asked, seq);
    }

    pub(super) fn refuse(&mut self, proposal: &Proposal, code: Code, metrics: &Metrics) {
        match proposal {
            Proposal::Ask(asked) => {
                let temporary = code.temporary();
                metrics.command(if code == Code::NotSaved {
                    Outcome::NotSaved
                } else if code == Code::TooFast {
                    Outcome::TooFast
                } else if temporary {
                    Outcome::Busy
                } else {
                    Outcome::Refused
                });
                let refused = ServerFrame::Refused { cid: Some(asked.cid), code, temporary };
                self.answers.push((asked.conn, refused));
            }
            Proposal::Enter(knock) => self.away.push((knock.device, code)),
            // It would be due again at once.
            Proposal::Tick => self.pauses = true,
        }
    }
}

impl RoomActor {
    /// Says it with the next flush, so that no answer overtakes a change that it speaks of.
    pub(super) fn say(&mut self, replies: Replies) {
        for (device, _) in &replies.away {
            // Nobody lets in whoever is told no.
            self.presence.forget_knock(*device);
        }
        self.admission.to_send_away.extend(replies.away);
        if replies.pauses {
            self.log_state.retry_at = Some(self.now().plus(1000));
        }
        for (device, claimed) in replies.claims {
            match claimed {
                Claimed::Asked(seat) => self.presence.claim(device, seat),
                Claimed::Answered(yes) => self.presence.answer(device, yes),
            }
            self.fanout.lobby_moved = true;
        }
        for (caller, command) in replies.in_memory {
            self.heard(caller, &command);
        }
        for (conn, frame) in replies.answers {
            self.fanout.tell(conn, &frame);
        }
    }
}
