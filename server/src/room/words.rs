//! What a decision has to say to single people, beside the changes that everybody sees.

use setroom_protocol::{Code, Command, DeviceId, Refusal, SeatId, ServerFrame};

use super::desk::Wish;
use super::run::Task;
use super::{Asked, ConnId};
use crate::telemetry::Outcome;

/// Browsers at the door that are to be told no, and why.
pub(super) type Away = Vec<(DeviceId, Code)>;

/// What a decision has to say to single people, handed on until the room can be changed: those who
/// are to be sent away, and answers to those who asked.
#[derive(Debug, Default)]
pub(super) struct Words {
    away: Away,
    pub(super) answers: Vec<(ConnId, ServerFrame)>,
    /// What happened about browsers that are said to be somebody's who is here.
    claims: Vec<(DeviceId, Claimed)>,
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

impl Task {
    /// Answers a command that changed nothing that is written down.
    pub(super) fn done_without_change(&self, asked: &Asked, words: &mut Words) {
        if let Command::Refuse { device } = asked.command {
            words.away.push((device, Code::KnockRefused));
        }
        if let Command::AskSeat { device, seat } = asked.command {
            words.claims.push((device, Claimed::Asked(seat)));
        }
        if let Command::AnswerSeat { device, yes } = asked.command {
            words.claims.push((device, Claimed::Answered(yes)));
        }
        let done = ServerFrame::Done { cid: asked.cid, seq: self.room.seq() };
        words.answers.push((asked.conn, done));
    }

    pub(super) fn refuse(&self, wish: &Wish, refusal: Refusal, words: &mut Words) {
        match wish {
            Wish::Ask(asked) => {
                let outcome =
                    if refusal.code.temporary() { Outcome::Busy } else { Outcome::Refused };
                self.means.metrics.command(outcome);
                if refusal.code == Code::NotSaved {
                    self.means.metrics.not_saved();
                }
                let (cid, code) = (Some(asked.cid), refusal.code);
                let refused = ServerFrame::Refused { cid, code, temporary: code.temporary() };
                words.answers.push((asked.conn, refused));
            }
            Wish::Enter(knock) => {
                words.away.push((knock.device, refusal.code));
            }
            // It would be due again at once.
            Wish::Tick => words.pauses = true,
        }
    }

    /// Says it with the next flush, so that no answer overtakes a change that it speaks of.
    pub(super) fn say(&mut self, words: Words) {
        self.to_send_away.extend(words.away);
        if words.pauses {
            self.retry_at = Some(self.now().plus(1000));
        }
        for (device, claimed) in words.claims {
            match claimed {
                Claimed::Asked(seat) => self.around.claim(device, seat),
                Claimed::Answered(yes) => self.around.answer(device, yes),
            }
            self.lobby_moved = true;
        }
        for (conn, frame) in words.answers {
            if let Some(member) = self.members.get_mut(&conn) {
                member.send_after(&frame);
            }
        }
    }

    pub(super) fn refuse_all<'a>(
        &mut self,
        wishes: impl IntoIterator<Item = &'a Wish>,
        code: Code,
    ) {
        let mut words = Words::default();
        for wish in wishes {
            self.refuse(wish, code.into(), &mut words);
        }
        self.say(words);
    }

    pub(super) fn refuse_one(&mut self, asked: &Asked, code: Code) {
        let outcome = Outcome::Busy;
        self.means.metrics.command(outcome);
        if let Some(member) = self.members.get_mut(&asked.conn) {
            let (cid, temporary) = (Some(asked.cid), code.temporary());
            member.send_after(&ServerFrame::Refused { cid, code, temporary });
        }
    }
}
