//! What a room holds in memory that people can make grow.

use std::collections::BTreeSet;
use std::mem::size_of;

use super::{
    AskedTime, Device, Held, Item, LookedAt, Meeting, MeetingDate, Moving, Practice, Reviewed,
    Room, Seat, Series,
};
use crate::attendance::{Attendance, Attended, Attending};
use crate::bytes::Blob;
use crate::form::Answers;
use crate::ids::{CommandId, DeviceId, ItemId, MeetingId, SeatId, Seq, Timestamp};
use crate::keys::OwnKey;
use crate::lines::{Offer, Offers};
use crate::method::Part;
use crate::roster::{Holder, Roster, RosterEdit};

/// What a map needs around each of its entries, with nodes that are half empty.
const AROUND: usize = 32;

/// So many entries of a map, without what they point to.
fn entries<K, V>(count: usize) -> usize {
    count * (size_of::<K>() + size_of::<V>() + AROUND)
}

fn blobs<'a>(blobs: impl IntoIterator<Item = &'a Blob>) -> usize {
    blobs.into_iter().map(|blob| blob.as_str().len() + AROUND).sum()
}

fn of_edit(edit: &RosterEdit) -> usize {
    let (add, drop) = (edit.add.len(), edit.drop.len());
    size_of::<RosterEdit>() + add * size_of::<Holder>() + drop * size_of::<DeviceId>() + AROUND
}

fn of_own_key(OwnKey { generation: _, boxes, host, code, more: _ }: &OwnKey) -> usize {
    size_of::<OwnKey>() + blobs(boxes.values().chain(host).chain(code))
}

fn of_moving(moving: &Moving) -> usize {
    let Moving { queue, round, ticks, asked, .. } = moving;
    let count = queue.len() + round.len() + ticks.len() + asked.len();
    entries::<SeatId, super::Hand>(count)
}

fn of_attendance(Attendance { at: _, counts, by }: &Attendance) -> usize {
    entries::<Attended, u32>(counts.len()) + entries::<SeatId, Attended>(by.len())
}

impl Meeting {
    fn weight(&self) -> usize {
        let undo = self.undo.as_ref().map_or(0, |undo| of_moving(&undo.before));
        let pressed = self.pressed.as_ref().map_or(0, |pressed| of_moving(&pressed.undo.before));
        self.agenda.len() * size_of::<Part>()
            + self.order.len() * size_of::<SeatId>()
            + of_moving(&self.now)
            + undo
            + pressed
    }
}

impl Series {
    fn weight(&self) -> usize {
        let Self { held, dates, asked, presented, away, leads, attendance, moved: _ } = self;
        let answers: usize = asked.values().map(|asked| asked.answers.len()).sum();
        held.len() * size_of::<Held>()
            + entries::<MeetingId, MeetingDate>(dates.len())
            + entries::<MeetingId, AskedTime>(asked.len())
            + entries::<SeatId, super::Availability>(answers)
            + entries::<SeatId, super::Presented>(presented.len())
            + entries::<MeetingId, SeatId>(leads.len())
            + entries::<MeetingId, ()>(away.len())
            + entries::<SeatId, ()>(away.values().map(BTreeSet::len).sum())
            + entries::<MeetingId, Attendance>(attendance.len())
            + attendance.values().map(of_attendance).sum::<usize>()
    }
}

impl Roster {
    fn weight(&self) -> usize {
        let edits: usize = self.edits().values().map(|edit| of_edit(edit)).sum();
        entries::<DeviceId, Holder>(self.holders().len()) + edits
    }
}

impl Offers {
    /// What those take that wait, in bytes.
    pub fn weight(&self) -> usize {
        let boxes: usize = self.all().map(|offer| offer.sealed.as_str().len()).sum();
        entries::<ItemId, Offer>(self.len()) + boxes
    }
}

impl Answers {
    /// What those take that wait, in bytes.
    pub fn weight(&self) -> usize {
        let boxes: usize = self.all().map(|sealed| sealed.as_str().len()).sum();
        entries::<SeatId, (ItemId, usize)>(self.len()) + boxes
    }
}

impl Attending {
    pub(crate) fn weight(&self) -> usize {
        entries::<SeatId, Timestamp>(self.first.len())
            + entries::<SeatId, ()>(self.apologies.len())
            + entries::<SeatId, Attended>(self.closed.len())
    }
}

impl Room {
    /// What it holds that people can make grow, in bytes: near enough for a bound. Takes as long as there
    /// are texts and edits.
    pub fn weight(&self) -> usize {
        // Every part has its name here, so that none comes to it without being weighed.
        let Self {
            set: _,
            seq: _,
            changed_at: _,
            founded_at: _,
            links: _,
            epoch: _,
            wraps,
            roster,
            key_due: _,
            seats,
            devices,
            barred,
            dropped,
            next_place: _,
            locked: _,
            mode: _,
            proposal,
            items,
            lines,
            form,
            meeting,
            series,
            practices,
            reviews,
            erased: _,
            answered,
            answered_unseen,
        } = self;
        let taps = practices.values().filter_map(|practice| practice.agreed.as_ref());
        let taps = taps.chain(reviews.values().map(|review| &review.asked));
        let taps: usize = taps.map(BTreeSet::len).sum();
        let own_keys = seats.values().filter_map(|seat| seat.own_key.as_deref());
        let own_keys: usize = own_keys.map(of_own_key).sum();
        let boxes =
            items.values().map(|item| &item.sealed).chain(lines.values()).chain(form.values());
        let boxes: usize = boxes.map(|sealed| sealed.as_str().len()).sum();
        blobs(wraps.values())
            + roster.weight()
            + entries::<SeatId, Seat>(seats.len())
            + own_keys
            + entries::<DeviceId, Device>(devices.len())
            + blobs(devices.values().filter_map(|device| device.grant.as_ref()))
            + entries::<DeviceId, ()>(barred.len())
            + entries::<DeviceId, SeatId>(dropped.len())
            + entries::<SeatId, ()>(proposal.as_ref().map_or(0, |now| now.agreed.len()))
            + entries::<ItemId, Item>(items.len())
            + entries::<ItemId, usize>(lines.len() + form.len())
            + boxes
            + meeting.weight()
            + series.weight()
            + entries::<ItemId, Practice>(practices.len())
            + entries::<LookedAt, Reviewed>(reviews.len())
            + entries::<SeatId, ()>(taps)
            + (answered.len() + answered_unseen.len()) * size_of::<(CommandId, Seq)>()
    }
}
