//! Lines to pass on: offered, agreed to by whoever they came from, and released together.

use super::{Case, Decision, one, refuse_if};
use crate::change::Change;
use crate::command::OfferedLine;
use crate::ids::ItemId;
use crate::limits;
use crate::method::Mode;
use crate::refusal::Code;
use crate::sealed::TextKind;

impl Case<'_> {
    pub(super) fn offer_line(&self, line: &OfferedLine) -> Decision {
        let OfferedLine { item, sealed, from } = line;
        let mode = self.room.mode();
        // Where people may not travel, nobody says whose a line is.
        refuse_if(!mode.releases() || (mode == Mode::Chatham && from.is_some()), Code::Kind)?;
        from.map_or(Ok(()), |from| self.in_circle(from))?;
        let (epoch, offers) = (self.room.epoch(), &self.presence.offers);
        refuse_if(sealed.is_own() || sealed.epoch() != epoch || epoch == 0, Code::StaleEpoch)?;
        refuse_if(sealed.bucket() > TextKind::Learning.largest_bucket(), Code::LongText)?;
        if let Some(known) = offers.get(*item) {
            // Asked again, since the answer was lost.
            refuse_if(known.by != self.caller.seat || known.sealed != *sealed, Code::Already)?;
            return Ok(Vec::new());
        }
        refuse_if(self.room.lines().contains_key(item), Code::Already)?;
        let full = offers.count_of(self.caller.seat) >= limits::LINES_PER_SEAT
            || self.room.lines().len() >= limits::LINES;
        refuse_if(full, Code::Items)?;
        Ok(Vec::new())
    }

    /// Whoever it came from says whether it is passed on; whoever offered it may take it back.
    pub(super) fn answer_line(&self, item: ItemId, yes: bool) -> Decision {
        let seat = self.caller.seat;
        let offer = self.presence.offers.get(item);
        let offer = offer.filter(|offer| offer.from == seat || (offer.by == seat && !yes));
        offer.ok_or(Code::NoItem)?;
        Ok(Vec::new())
    }

    pub(super) fn release_lines(&self) -> Decision {
        one(Change::LinesReleased {
            lines: self.presence.offers.ready(self.room).ok_or(Code::Lines)?,
        })
    }
}
