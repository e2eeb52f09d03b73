//! What becomes of one proposal: the records that follow from it, or what whoever asked is told.

use setroom_protocol::{
    Caller, Change, Code, Command, CommandId, Entrance, Presence, Recorded, Refusal, Room, SeatId,
    Timestamp,
};

use super::commit::Proposal;
use super::host_first::HostFirst;
use super::member::Members;
use super::replies::Replies;
use super::saving::Weight;
use crate::access;
use crate::limits::Limit;
use crate::rules::Rules;
use crate::services::Services;
use crate::telemetry::Outcome;

/// What decisions are made from, beside what is proposed.
#[derive(Clone, Copy)]
pub(super) struct Deciding<'a> {
    pub(super) room: &'a Room,
    pub(super) presence: &'a Presence,
    pub(super) members: &'a Members,
    pub(super) services: &'a Services,
    /// What the log calls this room.
    pub(super) tag: &'a str,
    pub(super) weight: &'a Weight,
    pub(super) now: Timestamp,
}

impl Deciding<'_> {
    /// What a rule says; see [`super::panics::ruled`].
    pub(super) fn ruled<T>(
        &self,
        rule: impl FnOnce(&dyn Rules) -> Result<T, Refusal>,
    ) -> Result<T, Refusal> {
        super::panics::ruled(self.services, self.tag, rule)
    }

    /// The records that follow from a proposal on this state; `None` when nothing is to be written,
    /// and whoever asked has been answered.
    ///
    /// # Errors
    /// What whoever asked is still to be told.
    pub(super) fn make(
        &self,
        room: &Room,
        proposal: &Proposal,
        host_first: &HostFirst,
        replies: &mut Replies,
    ) -> Result<Option<Vec<Recorded>>, Refusal> {
        let (by, re, decision) = match proposal {
            Proposal::Ask(asked) => {
                let Some(member) = self.members.get(&asked.conn) else { return Ok(None) };
                // Somebody at the door has nothing to ask for but to come in.
                let seat = member.person().ok_or(Code::NoSeat)?;
                let device = member.device();
                let knows = |room| self.services.rules.answered(room, seat, asked.cid);
                if let Some(seq) = knows(self.room) {
                    replies.done(asked, seq);
                    return Ok(None);
                }
                if knows(room).is_some() {
                    // It is in this very batch. Whoever repeats it, perhaps on another line, shares
                    // its answer.
                    return Ok(Some(Vec::new()));
                }
                let more = asked.weight();
                if more > 0 && !proposal.lightens() && self.weight.is_beyond(more) {
                    self.services.connection_limits.refuse(Limit::RoomMemory);
                    return Err(Code::NotSaved.into());
                }
                let asker = Caller { seat, device, seen: asked.seen };
                let decision = self.ruled(|rules| {
                    let changes =
                        rules.decide(room, self.presence, asker, &asked.command, self.now)?;
                    if host_first.keeps_back(room, seat, &asked.command, self.now) {
                        return Err(Code::TooFast.into());
                    }
                    let signed = |edit| access::is_signed(room, edit);
                    let sound = asked.command.edit().is_none_or(signed);
                    if sound { Ok(changes) } else { Err(Code::StaleRoster.into()) }
                });
                (Some(seat), Some(asked.cid), decision)
            }
            Proposal::Enter(knock) => {
                let entered = self.ruled(|rules| rules.enter(room, self.presence, knock));
                let decision = entered.map(|entrance| match entrance {
                    Entrance::In(changes) => changes,
                    Entrance::Lobby => Vec::new(),
                });
                (None, None, decision)
            }
            Proposal::Tick => {
                (None, None, self.ruled(|rules| Ok(rules.tick(room, self.presence, self.now))))
            }
        };
        let changes = decision?;
        if changes.is_empty() {
            if let (Proposal::Ask(asked), Some(seat)) = (proposal, by)
                && let Some(member) = self.members.get(&asked.conn)
            {
                self.services.metrics.command(Outcome::Applied);
                let caller = Caller { seat, device: member.device(), seen: asked.seen };
                replies.done_without_change(caller, asked, self.room.seq());
            }
            return Ok(None);
        }
        Ok(Some(recorded(room, self.now, by, re, changes)))
    }

    pub(super) fn refuse(&self, proposal: &Proposal, refusal: Refusal, replies: &mut Replies) {
        replies.refuse(proposal, refusal.code, &self.services.metrics);
    }

    /// Whose proposal it is, and what they ask.
    pub(super) fn asked<'p>(&self, proposal: &'p Proposal) -> Option<(SeatId, &'p Command)> {
        let Proposal::Ask(asked) = proposal else { return None };
        let member = self.members.get(&asked.conn)?;
        Some((member.person()?, &asked.command))
    }
}

pub(super) fn apply_all(
    rules: &dyn Rules,
    room: &mut Room,
    records: &[Recorded],
) -> Result<(), Refusal> {
    records.iter().for_each(|record| rules.apply(room, record));
    Ok(())
}

/// Changes in their places, behind the last one of `room`; one that nobody else may know of shares the
/// place of the one before it. The last one carries the command's id.
fn recorded(
    room: &Room,
    at: Timestamp,
    by: Option<SeatId>,
    re: Option<CommandId>,
    changes: Vec<Change>,
) -> Vec<Recorded> {
    let (count, mut seq) = (changes.len(), room.seq());
    let numbered = changes.into_iter().enumerate().map(|(index, change)| {
        if !room.is_unseen(&change) {
            seq = seq.next();
        }
        let (by, re) = (change.written_by(by), re.filter(|_| index + 1 == count));
        Recorded { seq, at, by, re, change }
    });
    numbered.collect()
}
