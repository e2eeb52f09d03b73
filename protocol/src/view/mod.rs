//! What may be seen. The only place that hides: nothing reaches a socket except through here.
//!
//! A view has two parts. [`Shared`] is the same for every admitted seat, so its patches are encoded
//! once and the same bytes go to everybody; only whoever presents is told nothing of hands. [`Own`] is
//! for one browser of one seat alone. People at the door get a [`LobbyView`] and nothing else.

mod affected;
mod diff;
mod hidden;
mod lasting;
mod look;
mod own;
mod shared;
mod step;

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

pub(crate) use affected::{Affected, AffectedOwn, AffectedViews};
pub use diff::{Patch, merge, value_diff};
pub use hidden::hides_hands_from;
pub use lasting::{PracticeView, ReviewView, SeriesView};
pub use look::{shared, shared_for};
pub use own::{Hints, Own, OwnKeyView, own};
pub use shared::{DeviceView, ItemView, Now, PartView, SeatView, Shared};
pub use step::{Step, step};

use crate::bytes::{Blob, Challenge32, Mac32, Nonce16, PublicKey, Signature64};
use crate::ids::{DeviceId, MeetingId, SeatId, Timestamp};
use crate::limits;
use crate::method::Mode;
use crate::presence::{Claim, Knock, Presence};
use crate::role::LinkRole;
use crate::room::{Room, Stage};

/// What somebody at the door may see.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS), ts(optional_fields))]
pub struct LobbyView {
    /// Place in the lobby, from 1; absent for somebody who was sent back to it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub place: Option<u32>,
    /// Whether a facilitator is connected who can admit.
    pub facilitator_here: bool,
    /// The meeting's id, which sealing needs.
    pub meeting: MeetingId,
    /// How far the meeting is.
    pub stage: Stage,
    /// The mode that was agreed: shown before anyone goes in.
    pub mode: Mode,
    /// Name of the plan.
    pub plan: String,
    /// Minutes of the whole plan.
    pub minutes: u32,
    /// When it is meant to begin.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub starts_at: Option<Timestamp>,
    /// People the set has room for.
    pub people_max: u32,
}

/// The lobby view of somebody at the door.
pub fn lobby(room: &Room, presence: &Presence, device: DeviceId) -> LobbyView {
    let place = presence
        .knocks()
        .iter()
        .position(|knock| knock.device == device)
        .and_then(|index| u32::try_from(index + 1).ok());
    let meeting = room.meeting();
    LobbyView {
        place,
        facilitator_here: presence
            .here()
            .any(|seat| room.seat(seat).is_some_and(|held| held.role.holds_keys())),
        meeting: meeting.id,
        stage: meeting.stage,
        mode: room.mode(),
        plan: meeting.plan.clone(),
        minutes: meeting.agenda.iter().map(|part| part.minutes[1]).sum(),
        starts_at: meeting.starts_at,
        people_max: u32::try_from(limits::PEOPLE).unwrap_or(u32::MAX),
    }
}

/// One person at the door, as facilitators see them.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS), ts(optional_fields))]
pub struct KnockView {
    /// The link that they hold.
    pub role: LinkRole,
    /// What a grant to their browser is sealed to.
    #[serde(rename = "pub")]
    pub public: PublicKey,
    /// What its signatures are checked with.
    pub sign: PublicKey,
    /// Random part of the hello.
    pub nonce: Nonce16,
    /// HMAC over the hello, for the facilitator's browser to check.
    pub mac: Mac32,
    /// What the server asked them to sign.
    pub challenge: Challenge32,
    /// Their signature over it and the hello, for the facilitator's browser to check as well.
    pub pop: Signature64,
    /// Their name, sealed under the link's lobby key.
    pub name: Blob,
    /// When they knocked.
    pub at: Timestamp,
    /// The seat that they get if they are admitted as somebody new.
    pub fresh: SeatId,
    /// The seat that this browser had before, if it had one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub seat: Option<SeatId>,
    /// Whose seat they are said to have, and what that person answered.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub claim: Option<Claim>,
}

/// A browser at the door that asks to come in as somebody who is connected, as they see it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct ClaimView {
    /// When it knocked.
    pub at: Timestamp,
}

/// Browsers that ask to come in as the person at this seat, for that person to answer.
pub fn claims(presence: &Presence, seat: SeatId) -> BTreeMap<DeviceId, ClaimView> {
    presence.claims_on(seat).map(|knock| (knock.device, ClaimView { at: knock.at })).collect()
}

/// Everybody at the door, for those who may admit.
pub fn knocks(room: &Room, presence: &Presence) -> BTreeMap<DeviceId, KnockView> {
    let one = |knock: &Knock| KnockView {
        role: knock.role,
        public: knock.public,
        sign: knock.sign,
        nonce: knock.nonce,
        mac: knock.mac,
        challenge: knock.challenge,
        pop: knock.pop,
        name: knock.name.clone(),
        at: knock.at,
        fresh: knock.fresh,
        seat: room.device(knock.device).map(|device| device.seat),
        claim: knock.claim,
    };
    presence.knocks().into_iter().map(|knock| (knock.device, one(knock))).collect()
}

/// Whether the meeting has gone beyond the part in which the charter is agreed.
pub(crate) fn past_charter(room: &Room) -> bool {
    let meeting = room.meeting();
    meeting
        .agenda
        .iter()
        .position(|part| part.id == "charter")
        .is_none_or(|charter| u32::try_from(charter).is_ok_and(|index| meeting.now.part > index))
}
