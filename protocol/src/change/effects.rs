//! What each change does beside the state that it is [applied](crate::Room::apply) to: the one table,
//! with a line for each.

use self::Effect::*;
use super::Change;
use crate::command::KeyChange;
use crate::ids::{DeviceId, ItemId, MeetingId, SeatId};
use crate::room::{Decided, DroppedDevice};
use crate::sealed::TextKind;
use crate::view::{Affected, AffectedOwn, AffectedViews};

/// What a change does beside the state.
#[derive(Clone, Copy, Debug)]
pub struct Effects {
    /// The change's name on the wire and on disk.
    pub name: &'static str,
    /// What it does to connections and at the door.
    pub among_people: AmongPeople,
    pub(crate) views: AffectedViews,
    pub(crate) moves: Moves,
}

/// What a change does to connections and at the door.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AmongPeople {
    /// Nothing: it happens within the room, or is written down for its author alone.
    Nothing,
    /// Whoever knocks with this browser comes in, to a new seat where one is named.
    LetsIn(DeviceId, Option<SeatId>),
    /// This browser is let go.
    Drops(DeviceId),
    /// Somebody is gone, and with them all their browsers; links may have changed.
    PutsOut,
    /// Links may have changed.
    ChangesLinks,
    /// This person is sent back to the lobby.
    SendsToLobby(SeatId),
    /// This person is brought back from there.
    BringsBack(SeatId),
    /// Who holds the controls or the keys may have changed.
    MovesControls,
    /// Who holds the keys has changed, and links may have.
    MovesFacilitators,
    /// What is seen at the door may have changed.
    MovesLobby,
}

/// What a press on an older screen comes too late for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Moves {
    Nothing,
    /// The floor within a part. Whoever goes takes their turn with them, so a turn ended on an older
    /// screen was theirs.
    Floor,
    /// The meeting, and the floor with it.
    Meeting,
}

/// The words of the table.
enum Effect {
    /// All that can be seen may be another: seldom, and far-reaching.
    Everything,
    Frame,
    Seat(SeatId),
    Seats,
    Devices,
    Roster,
    Queue,
    Round,
    Asked,
    AskedTime(MeetingId),
    Item(ItemId),
    AuthorOf(ItemId),
    Own(AffectedOwn),
    Moves(Moves),
    People(AmongPeople),
}

const FLOOR: Effect = Moves(Moves::Floor);
const MEETING: Effect = Moves(Moves::Meeting);

fn own(seat: SeatId) -> Effect {
    Own(AffectedOwn::Seat(seat))
}

fn of<const N: usize>(name: &'static str, effects: [Effect; N]) -> Effects {
    let (among_people, moves) = (AmongPeople::Nothing, Moves::Nothing);
    let mut all = Effects { name, among_people, moves, views: AffectedViews::default() };
    let views = &mut all.views;
    for effect in effects {
        match effect {
            Everything => *views = AffectedViews::ALL,
            Frame => views.frame = true,
            Seat(seat) => views.seats = Affected::One(seat),
            Seats => views.seats = Affected::All,
            Devices => views.devices = true,
            Roster => views.roster = true,
            Queue => views.queue = true,
            Round => views.round = true,
            Asked => views.asked = Affected::All,
            AskedTime(time) => views.asked = Affected::One(time),
            Item(item) => views.items = Affected::One(item),
            AuthorOf(item) => views.author_of = Some(item),
            Own(own) => views.own = own,
            Moves(moves) => all.moves = moves,
            People(people) => all.among_people = people,
        }
    }
    all
}

impl Change {
    /// The new epoch that it brings.
    pub fn keys(&self) -> Option<&KeyChange> {
        if let Self::RoleSet { keys, .. } = self {
            return keys.as_ref();
        }
        if let Self::Removed { keys, .. } | Self::Rekeyed { keys } = self {
            return Some(keys);
        }
        None
    }

    /// The change's name on the wire and on disk.
    pub fn name(&self) -> &'static str {
        self.effects().name
    }

    /// Who it is written down as asked for by, of whoever did. One no to another mode, or to a practice,
    /// is nobody's.
    pub fn written_by(&self, seat: Option<SeatId>) -> Option<SeatId> {
        let is_no = matches!(
            self,
            Self::ModeDeclined | Self::PracticeDecided { is: Decided::Declined, .. }
        );
        seat.filter(|_| !is_no)
    }

    /// Who everybody is told that it comes from. How many have agreed, or think that it is time to look
    /// again, is seen, and not who: or it would be plain whose the one no is.
    pub(crate) fn told_by(&self, by: Option<SeatId>) -> Option<SeatId> {
        let is_counted = matches!(
            self,
            Self::ModeAgreed { .. }
                | Self::NamesAgreed(_)
                | Self::PracticeTapped { .. }
                | Self::PracticeDecided { .. }
                | Self::LookAsked(_)
        );
        self.written_by(by).filter(|_| !is_counted)
    }

    /// What it does beside the state. A part of the views that is not named is not looked at; numbers,
    /// flags and ids of the shared view always are.
    #[rustfmt::skip] // One line for each change.
    pub fn effects(&self) -> Effects {
        use AmongPeople as P;
        use Change as C;
        match self {
            C::Founded(_) => of("founded", [Everything]),
            C::Seated { seat, device, .. } => of("seated", [Frame, Seat(*seat), Devices, Roster, own(*seat), People(P::LetsIn(*device, Some(*seat)))]),
            C::DeviceAdded { seat, device, .. } => of("device_added", [Seat(*seat), Devices, Roster, own(*seat), People(P::LetsIn(*device, None))]),
            C::DeviceDropped(DroppedDevice { device, .. }) => of("device_dropped", [Devices, People(P::Drops(*device))]),
            C::RosterEdited { .. } => of("roster_edited", [Roster]),
            // The person's browsers, and those of facilitators.
            C::OwnKeySet { .. } => of("own_key_set", [Own(AffectedOwn::All)]),
            C::Granted { device, .. } => of("granted", [Own(AffectedOwn::Device(*device))]),
            C::Locked { .. } => of("locked", []),
            C::SentToLobby { seat } => of("sent_to_lobby", [Seat(*seat), own(*seat), FLOOR, People(P::SendsToLobby(*seat))]),
            C::BroughtBack { seat } => of("brought_back", [Seat(*seat), own(*seat), People(P::BringsBack(*seat))]),
            C::Removed { .. } => of("removed", [Everything, FLOOR, People(P::PutsOut)]),
            C::Left { .. } => of("left", [Everything, FLOOR, People(P::PutsOut)]),
            C::Rekeyed { .. } => of("rekeyed", [Roster, Own(AffectedOwn::All), People(P::ChangesLinks)]),
            C::RoleSet { keys: None, .. } => of("role_set", [Everything, FLOOR, People(P::MovesControls)]),
            C::RoleSet { keys: Some(_), .. } => of("role_set", [Everything, FLOOR, People(P::MovesFacilitators)]),
            C::Planned { .. } => of("planned", [Everything, People(P::MovesLobby)]),
            C::ModeSet { .. } => of("mode_set", [Frame, Seats, Own(AffectedOwn::All), People(P::MovesLobby)]),
            C::ModeProposed { .. } => of("mode_proposed", [Frame, Own(AffectedOwn::All)]),
            C::ModeAgreed { seat } => of("mode_agreed", [Frame, own(*seat)]),
            C::ModeDeclined => of("mode_declined", [Frame, Own(AffectedOwn::All)]),
            C::CharterAgreed { seat } => of("charter_agreed", [Seat(*seat)]),
            C::RecorderSaid(said) => of("recorder_said", [Seat(said.seat)]),
            C::Started => of("started", [Everything, MEETING, People(P::MovesLobby)]),
            C::Moved { .. } => of("moved", [Everything, MEETING]),
            C::Undone { .. } => of("undone", [Everything, MEETING]),
            C::Paused { .. } => of("paused", []),
            C::Resumed { .. } => of("resumed", []),
            C::TimeAdded { .. } => of("time_added", []),
            C::TimeFitted(_) => of("time_fitted", [Frame, People(P::MovesLobby)]),
            C::Held { .. } => of("held", []),
            C::HoldEnded { .. } => of("hold_ended", []),
            C::SilenceSet { .. } => of("silence_set", []),
            C::Closed { .. } => of("closed", [Everything, MEETING, People(P::MovesLobby)]),
            C::DatesSet { .. } => of("dates_set", [Frame, People(P::MovesLobby)]),
            C::DatesAsked { .. } => of("dates_asked", [Asked]),
            C::DateAnswered(answer) => of("date_answered", [AskedTime(answer.time)]),
            C::LeadPlanned(_) => of("lead_planned", [Frame]),
            C::AbsenceSaid(_) => of("absence_said", [Frame]),
            C::NamesAgreed(said) => of("names_agreed", [Frame, own(said.seat)]),
            C::AttendanceKept(_) => of("attendance_kept", [Frame]),
            C::FormShown { .. } => of("form_shown", [Frame]),
            C::MeetingOpened(_) => of("meeting_opened", [Everything, MEETING, People(P::MovesLobby)]),
            C::Erased => of("erased", [MEETING]),
            C::OrderSet { .. } => of("order_set", [Seats]),
            C::PresenterChosen { .. } => of("presenter_chosen", [Queue, Round, FLOOR]),
            C::LeadSet { .. } => of("lead_set", [Own(AffectedOwn::All), People(P::MovesControls)]),
            C::ScribeSet { .. } => of("scribe_set", []),
            C::HandRaised { .. } => of("hand_raised", [Queue]),
            C::HandLowered { .. } => of("hand_lowered", [Queue]),
            C::HandsMoved { .. } => of("hands_moved", [Queue]),
            C::QueueCleared => of("queue_cleared", [Queue]),
            C::FloorGiven { .. } => of("floor_given", [Queue, Own(AffectedOwn::Controls), FLOOR]),
            C::TurnEnded { .. } => of("turn_ended", [FLOOR]),
            C::GapSet { .. } => of("gap_set", []),
            C::PresenterSaid { .. } => of("presenter_said", []),
            C::Ticked(said) => of("ticked", [Seat(said.seat)]),
            C::RoundStarted { .. } => of("round_started", [Round, FLOOR]),
            C::RoundTurned { .. } => of("round_turned", [Round, FLOOR]),
            // A charter that changes is agreed anew, by everybody.
            C::Written { item } if item.kind == TextKind::Charter => of("written", [Item(item.id), Seats, own(item.seat)]),
            C::Written { item } => of("written", [Item(item.id), Seat(item.seat), own(item.seat)]),
            C::ItemReleased { item } => of("item_released", [Item(*item), AuthorOf(*item)]),
            C::LinesReleased { .. } => of("lines_released", [Frame]),
            C::ItemWithdrawn { item } => of("item_withdrawn", [Item(*item), AuthorOf(*item)]),
            // Practices are looked at with their texts.
            C::PracticeTapped { item, seat } => of("practice_tapped", [Item(*item), own(*seat)]),
            C::PracticeDecided { item, .. } => of("practice_decided", [Item(*item), Own(AffectedOwn::All)]),
            C::ReviewSet(_) => of("review_set", [Frame, Own(AffectedOwn::All)]),
            C::LookAsked(look) => of("look_asked", [Frame, own(look.seat)]),
        }
    }
}
