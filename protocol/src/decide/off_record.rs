//! A round off the record: begun, taken part in, ended. Nothing follows from it that is written down, so
//! each of these rules says no or nothing.

use super::{Case, Decision, refuse_if};
use crate::command::{RoundGrant, RoundKey, UnrecordedLine};
use crate::ids::ItemId;
use crate::limits;
use crate::refusal::{Code, Refusal};
use crate::sealed::Sealed;

/// The largest bucket of an announced key, and of a line.
const KEY_BUCKET: usize = 256;
const LINE_BUCKET: usize = 1024;

impl Case<'_> {
    pub(super) fn begin_off_record(&self, round: ItemId) -> Decision {
        let known = &self.presence.off_record;
        if known.round().is_some_and(|on| on.id == round && on.by == self.caller.seat) {
            // Asked again, since the answer was lost.
            return Ok(Vec::new());
        }
        refuse_if(known.round().is_some() || known.is_over(round), Code::Already)?;
        refuse_if(self.room.epoch() == 0, Code::StaleEpoch)?;
        Ok(Vec::new())
    }

    pub(super) fn off_record_key(&self, RoundKey { round, key }: &RoundKey) -> Decision {
        self.in_round(*round)?;
        self.sealed_now(key)?;
        refuse_if(key.bucket() > KEY_BUCKET, Code::LongText)?;
        let (device, all) = (self.caller.device, &self.presence.off_record);
        let full = all.keys() >= limits::OFF_RECORD_KEYS && all.announced(device).is_none();
        refuse_if(full, Code::Devices)?;
        Ok(Vec::new())
    }

    /// Facilitators' browsers hand the key on. To whoever began the round any browser does that has it:
    /// theirs may have been the only one, and their page is another now.
    pub(super) fn off_record_grant(&self, asked: &RoundGrant) -> Decision {
        let RoundGrant { round, device, to, grant } = asked;
        let on = self.in_round(*round)?;
        let all = &self.presence.off_record;
        let seat = self.room.device(*device).ok_or(Code::NoDevice)?.seat;
        refuse_if(!self.role.holds_keys() && seat != on, Code::Role)?;
        refuse_if(!all.holds_key(self.caller.device), Code::NotYours)?;
        refuse_if(grant.as_str().len() > limits::OFF_RECORD_GRANT_CHARS, Code::LongText)?;
        // Announced anew since: then that pair is asked for.
        let announced = all.announced(*device).is_some_and(|known| known == to.decode());
        refuse_if(!announced, Code::NoItem)?;
        Ok(Vec::new())
    }

    pub(super) fn off_record_line(&self, line: &UnrecordedLine) -> Decision {
        let UnrecordedLine { round, item, sealed } = line;
        self.in_round(*round)?;
        let (caller, all) = (self.caller, &self.presence.off_record);
        refuse_if(!all.holds_key(caller.device), Code::NotYours)?;
        self.sealed_now(sealed)?;
        refuse_if(sealed.bucket() > LINE_BUCKET, Code::LongText)?;
        if let Some((device, known)) = all.has_line(*item) {
            refuse_if(device != caller.device || known != sealed.decode(), Code::Already)?;
            return Ok(Vec::new());
        }
        let (lines, bytes) = all.lines();
        let full = lines >= limits::OFF_RECORD_LINES
            || all.lines_of(caller.seat) >= limits::OFF_RECORD_LINES_PER_SEAT;
        refuse_if(full, Code::Items)?;
        let more = crate::BOX_OVERHEAD + sealed.bucket();
        refuse_if(bytes + more > limits::OFF_RECORD_BYTES, Code::SealedBytes)?;
        Ok(Vec::new())
    }

    pub(super) fn end_off_record(&self, round: ItemId) -> Decision {
        // Two may press it at once, and time may have come before both.
        let on = self.presence.off_record.round();
        refuse_if(on.is_none_or(|on| on.id != round), Code::Already)?;
        Ok(Vec::new())
    }

    /// Whose round it is that is on, if it is this one.
    fn in_round(&self, round: ItemId) -> Result<crate::ids::SeatId, Refusal> {
        let on = self.presence.off_record.round().filter(|on| on.id == round);
        Ok(on.ok_or(Code::NoItem)?.by)
    }

    /// A box names the set's present epoch, also where it is under the round's own key.
    fn sealed_now(&self, sealed: &Sealed) -> Result<(), Refusal> {
        refuse_if(sealed.is_own() || sealed.epoch() != self.room.epoch(), Code::StaleEpoch)
    }
}
