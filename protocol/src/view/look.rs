//! From a room to what everybody may see of it.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use super::affected::{Affected, AffectedViews};
use super::hidden::for_all;
use super::shared::{DeviceView, Now, PartView, SeatView, Shared};
use crate::ids::{DeviceId, SeatId};
use crate::method::See;
use crate::room::{Device, Item, Receipt, Room, Seat, Stage};

/// What every admitted seat sees of a room.
pub fn shared(room: &Room) -> Shared {
    look(room, AffectedViews::ALL)
}

/// A look at the affected parts of the shared view; the others are empty.
pub(super) fn look(room: &Room, parts: AffectedViews) -> Shared {
    let meeting = room.meeting();
    let at = &meeting.now;
    let frame = if parts.frame { frame(room) } else { Frame::default() };
    let proposal = room.proposal();
    let seats = room.seats();
    let items = room.items();
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
        mode_agreed: frame.mode_agreed,
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
        round: if parts.round { at.round.clone() } else { BTreeMap::new() },
        items: match parts.items {
            Affected::None => BTreeMap::new(),
            Affected::One(one) => items.get(&one).and_then(for_all).into_iter().collect(),
            Affected::All => items.values().filter_map(for_all).collect(),
        },
        receipt: frame.receipt,
    }
}

/// The parts of [`AffectedViews::frame`].
#[derive(Default)]
struct Frame {
    plan: String,
    template: String,
    agenda: Vec<PartView>,
    now: Option<Now>,
    mode_agreed: BTreeMap<SeatId, bool>,
    charter_first: bool,
    receipt: Option<Receipt>,
}

fn frame(room: &Room) -> Frame {
    let meeting = room.meeting();
    let parts = meeting.agenda.iter().map(|part| PartView {
        id: part.id.clone(),
        step: part.step,
        slot: part.slot,
        minutes: part.minutes[1],
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
    let agreed = room.proposal().into_iter().flat_map(|proposal| &proposal.agreed);
    Frame {
        plan: meeting.plan.clone(),
        template: meeting.template.clone(),
        agenda: parts.collect(),
        now,
        mode_agreed: agreed.map(|seat| (*seat, true)).collect(),
        charter_first: meeting.stage == Stage::Running && super::past_charter(room),
        receipt: meeting.receipt.clone(),
    }
}

/// Who has written a text in this part that is hidden for now.
fn written(room: &Room) -> BTreeSet<SeatId> {
    let meeting = room.meeting();
    if meeting.stage != Stage::Running {
        return BTreeSet::new();
    }
    let hidden = |item: &&Arc<Item>| item.see == See::Hidden && item.part == meeting.now.part;
    room.items().values().filter(hidden).map(|item| item.seat).collect()
}

fn seat_view(room: &Room, id: SeatId, seat: &Seat, written: &BTreeSet<SeatId>) -> SeatView {
    let meeting = room.meeting();
    let rank = meeting.order.iter().position(|other| *other == id);
    SeatView {
        role: seat.role,
        place: seat.place,
        agreed: seat.agreed,
        in_lobby: seat.in_lobby,
        written: written.contains(&id),
        tick: meeting.now.ticks.contains(&id),
        presents: rank.and_then(|place| u32::try_from(place).ok()),
    }
}
