//! From a room to what everybody may see of it.

use std::collections::{BTreeMap, BTreeSet};

use super::affected::{Affected, AffectedViews};
use super::hidden::{for_all, hands_for, written};
use super::lasting::{PracticeView, ReviewView, SeriesView};
use super::shared::{DeviceView, Now, PartView, SeatView, Shared};
use crate::ids::{DeviceId, ItemId, MeetingId, SeatId};
use crate::method::See;
use crate::room::{AskedTime, Device, LookedAt, Receipt, Room, Seat, Stage};

/// What every admitted seat sees of a room, but for the hands, of which whoever presents is not told.
pub fn shared(room: &Room) -> Shared {
    look(room, AffectedViews::ALL)
}

/// What this person sees of what all see.
pub fn shared_for(room: &Room, seat: SeatId) -> Shared {
    Shared { queue: hands_for(room, seat), ..shared(room) }
}

/// A look at the affected parts of the shared view; the others are empty.
pub(super) fn look(room: &Room, parts: AffectedViews) -> Shared {
    let meeting = room.meeting();
    let at = &meeting.now;
    let frame = if parts.frame { frame(room) } else { Frame::default() };
    let proposal = room.proposal();
    let seats = room.seats();
    let items = room.items();
    let asked = &room.series().asked;
    let owned = |(id, time): (&MeetingId, &AskedTime)| (*id, time.clone());
    // Nothing but a text moves this, and to look through all of them takes long.
    let written = if parts.items == Affected::None { BTreeSet::new() } else { written(room) };
    let seat = |(id, seat): (&SeatId, &Seat)| (*id, seat_view(room, *id, seat, &written));
    let device = |(id, device): (&DeviceId, &Device)| {
        (*id, DeviceView { seat: device.seat, public: device.public })
    };
    Shared {
        set: room.set(),
        meeting: meeting.id,
        epoch: room.epoch(),
        stage: meeting.stage,
        starts_at: meeting.starts_at,
        started_at: meeting.started_at,
        plan: frame.plan,
        template: frame.template,
        agenda: frame.agenda,
        now: frame.now,
        moved: meeting.moved,
        clock: at.clock,
        hold: meeting.hold,
        silence: meeting.silence,
        undo_until: meeting.undo_until(),
        mode: room.mode(),
        proposed: proposal.map(|proposal| proposal.mode),
        mode_taps: frame.mode_taps,
        charter_first: frame.charter_first,
        locked: room.locked(),
        seats: match parts.seats {
            Affected::None => BTreeMap::new(),
            Affected::One(one) => seats.get_key_value(&one).map(seat).into_iter().collect(),
            Affected::All => seats.iter().map(seat).collect(),
        },
        devices: if parts.devices {
            room.devices().iter().map(device).collect()
        } else {
            BTreeMap::new()
        },
        roster: if parts.roster { room.roster().edits().clone() } else { BTreeMap::new() },
        key_due: room.key_due().clone(),
        presenter: at.presenter,
        says: at.says,
        lead: meeting.lead,
        scribe: meeting.scribe,
        queue: if parts.queue { at.queue.clone() } else { BTreeMap::new() },
        asking: at.asking,
        gap_until: at.gap_until,
        turn_since: at.turn_since,
        round: if parts.round { at.round.clone() } else { BTreeMap::new() },
        items: match parts.items {
            Affected::None => BTreeMap::new(),
            Affected::One(one) => items.get(&one).and_then(for_all).into_iter().collect(),
            Affected::All => items.values().filter_map(for_all).collect(),
        },
        lines: if parts.frame { room.lines().clone() } else { BTreeMap::new() },
        practices: match parts.items {
            Affected::None => BTreeMap::new(),
            Affected::One(one) => practice(room, one).into_iter().collect(),
            Affected::All => {
                room.practices().keys().filter_map(|item| practice(room, *item)).collect()
            }
        },
        reviews: frame.reviews,
        form: if parts.frame { room.form().clone() } else { BTreeMap::new() },
        away: if parts.frame { room.series().away.clone() } else { BTreeMap::new() },
        names_taps: if parts.frame { names_taps(room) } else { 0 },
        attendance: if parts.frame { room.series().attendance.clone() } else { BTreeMap::new() },
        receipt: frame.receipt,
        series: frame.series,
        dates_asked: match parts.asked {
            Affected::None => BTreeMap::new(),
            Affected::One(one) => asked.get_key_value(&one).map(owned).into_iter().collect(),
            Affected::All => asked.clone(),
        },
        erased: room.is_erased(),
    }
}

/// The parts of [`AffectedViews::frame`].
#[derive(Default)]
struct Frame {
    plan: String,
    template: String,
    agenda: Vec<PartView>,
    now: Option<Now>,
    mode_taps: Option<u32>,
    charter_first: bool,
    receipt: Option<Receipt>,
    series: Option<SeriesView>,
    reviews: BTreeMap<LookedAt, ReviewView>,
}

/// A practice whose text all may see.
fn practice(room: &Room, item: ItemId) -> Option<(ItemId, PracticeView)> {
    let shown = room.items().get(&item).is_some_and(|text| text.see == See::Everyone);
    let held = room.practices().get(&item).filter(|_| shown)?;
    let taps = held.agreed.as_ref().map(|agreed| count(agreed.len()));
    Some((item, PracticeView { adopted_at: held.adopted_at, taps }))
}

fn count(n: usize) -> u32 {
    u32::try_from(n).unwrap_or(u32::MAX)
}

fn frame(room: &Room) -> Frame {
    let meeting = room.meeting();
    let parts = meeting.agenda.iter().map(|part| {
        let [least, minutes, most] = part.minutes;
        let bounds = [least, most];
        PartView { id: part.id.clone(), step: part.step, slot: part.slot, minutes, bounds }
    });
    let now = room.part().filter(|_| meeting.stage == Stage::Running).map(|part| Now {
        part: meeting.now.part,
        id: part.id.clone(),
        slot: part.slot,
        floor: part.floor,
        stance: part.presenter,
        kinds: part.kinds.clone(),
        hand: part.hand,
        writes: part.writes.clone(),
        cue: part.cue.clone(),
    });
    let taps = room.proposal().map(|proposal| proposal.agreed.len());
    Frame {
        plan: meeting.plan.clone(),
        template: meeting.template.clone(),
        agenda: parts.collect(),
        now,
        mode_taps: taps.map(count),
        charter_first: meeting.stage == Stage::Running && super::past_charter(room),
        receipt: meeting.receipt.clone(),
        series: series(room),
        reviews: room
            .reviews()
            .iter()
            .map(|(of, held)| (*of, ReviewView { at: held.at, asked: count(held.asked.len()) }))
            .collect(),
    }
}

fn names_taps(room: &Room) -> u32 {
    u32::try_from(room.taking_part().filter(|(_, held)| held.named).count()).unwrap_or(u32::MAX)
}

fn series(room: &Room) -> Option<SeriesView> {
    let number = room.meeting_number();
    let dates = &room.series().dates;
    let ahead = u32::try_from(room.dates_ahead().count()).unwrap_or(u32::MAX);
    (number > 1 || !dates.is_empty()).then(|| SeriesView {
        number,
        of: number.saturating_add(ahead),
        dates: dates.clone(),
        leads: room.series().leads.clone(),
    })
}

fn seat_view(room: &Room, id: SeatId, seat: &Seat, written: &BTreeSet<SeatId>) -> SeatView {
    let meeting = room.meeting();
    let rank = meeting.order.iter().position(|other| *other == id);
    SeatView {
        role: seat.role,
        place: seat.place,
        agreed: seat.agreed,
        mode_missed: seat.mode_missed,
        recorder: seat.recorder,
        in_lobby: seat.in_lobby,
        written: written.contains(&id),
        tick: meeting.now.ticks.contains(&id),
        presents: rank.and_then(|place| u32::try_from(place).ok()),
    }
}
