//! The part of the view that is for one browser of one seat alone.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use super::diff::patch_by_field;
use super::hidden::for_their_author;
use super::shared::ItemView;
use crate::bytes::{Blob, Hash32};
use crate::command::OwnKey;
use crate::ids::{DeviceId, ItemId, SeatId};
use crate::role::{LinkRole, Role};
use crate::room::{LookedAt, Practice, Presented, Room, Stage};

/// Quiet hints for those with the controls. Nothing of it is ever in the shared part.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct Hints {
    /// How often each member has had the floor in this part; who is missing was not asked yet.
    pub asked: BTreeMap<SeatId, u32>,
}

/// What one browser sees for itself.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS), ts(optional_fields))]
pub struct Own {
    /// This person's seat.
    pub seat: SeatId,
    /// This browser.
    pub device: DeviceId,
    /// This person's role.
    pub role: Role,
    /// Whether this person holds the facilitator's controls.
    pub controls: bool,
    /// Whether this person holds the keys, and so may admit and remove.
    pub keys: bool,
    /// The key, sealed to this browser.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub grant: Option<Blob>,
    /// The key list, sealed to the host link's own holder, for the host alone; in a set of the first
    /// form, wrapped for this facilitator's link.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub wrap: Option<Blob>,
    /// For those who hold the keys: the links that are in force, but the host's, each as the hash of its
    /// token.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub links: Option<BTreeMap<LinkRole, Hash32>>,
    /// The number that this browser's next box must reach.
    pub next_n: u64,
    /// Whether this person has agreed to the proposed mode.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    #[cfg_attr(feature = "ts", ts(optional, as = "Option<bool>"))]
    pub mode_agreed: bool,
    /// Practices of which this person has agreed to what the set is asked.
    #[serde(default)]
    #[cfg_attr(feature = "ts", ts(optional, as = "Option<_>"))]
    pub practice_taps: BTreeSet<ItemId>,
    /// This person's practices, each with the action that it comes from.
    #[serde(default)]
    #[cfg_attr(feature = "ts", ts(optional, as = "Option<_>"))]
    pub practice_of: BTreeMap<ItemId, ItemId>,
    /// What this person thinks that it is time to look at again.
    #[serde(default)]
    #[cfg_attr(feature = "ts", ts(optional, as = "Option<_>"))]
    pub looks: BTreeSet<LookedAt>,
    /// Whether this person has agreed that who was there is kept by name.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    #[cfg_attr(feature = "ts", ts(optional, as = "Option<bool>"))]
    pub names_agreed: bool,
    /// Own texts that the others do not see.
    pub items: BTreeMap<ItemId, ItemView>,
    /// Hints for those with the controls.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub hints: Option<Hints>,
    /// For those with the controls: what each has had as a presenter in earlier meetings.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub presented: Option<BTreeMap<SeatId, Presented>>,
    /// This person's own key.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub own_key: Option<OwnKeyView>,
    /// Others' own keys, for a facilitator who lets them in again on another browser.
    #[serde(default)]
    #[cfg_attr(feature = "ts", ts(optional, as = "Option<_>"))]
    pub recover: BTreeMap<SeatId, Blob>,
}

/// A person's own key as one of their browsers sees it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS), ts(optional_fields))]
pub struct OwnKeyView {
    /// Which key it is.
    #[serde(rename = "gen")]
    pub generation: u32,
    /// The key, wrapped for this browser; absent when it has not been yet.
    #[serde(rename = "box", default, skip_serializing_if = "Option::is_none")]
    pub wrap: Option<Blob>,
    /// The key, wrapped under the person's return code.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub code: Option<Blob>,
    /// For which browsers it is wrapped.
    #[serde(rename = "for")]
    pub wrapped_for: Vec<DeviceId>,
    /// Whether it is wrapped for the host link's own holder.
    pub host: bool,
}

patch_by_field!(Own {
    plain: [
        seat,
        device,
        role,
        controls,
        keys,
        grant,
        wrap,
        links,
        next_n,
        practice_taps,
        looks,
        hints,
        presented,
        own_key,
    ],
    flags: [mode_agreed, names_agreed],
    nested: [practice_of, items, recover],
});

/// What one browser sees for itself; `None` for a browser without a seat.
pub fn own(room: &Room, device: DeviceId) -> Option<Own> {
    let held = room.device(device)?;
    let seat = room.seat(held.seat)?;
    let wrap = match seat.role {
        Role::Host => room.wrap(LinkRole::Host),
        Role::CoFacilitator => room.wrap(LinkRole::CoFacilitator),
        Role::Trainee | Role::Member | Role::Observer => None,
    };
    let controls = room.has_controls(held.seat);
    let meeting = room.meeting();
    let hints = (controls && meeting.stage == Stage::Running)
        .then(|| Hints { asked: meeting.now.asked.clone() });
    let own_key = seat.own_key.as_deref().map(|key| OwnKeyView {
        generation: key.generation,
        wrap: key.boxes.get(&device).cloned(),
        code: key.code.clone(),
        wrapped_for: key.boxes.keys().copied().collect(),
        host: key.host.is_some(),
    });
    Some(Own {
        seat: held.seat,
        device,
        role: seat.role,
        controls,
        keys: seat.role.holds_keys(),
        grant: held.grant.clone(),
        wrap: wrap.cloned(),
        links: seat.role.holds_keys().then(|| links(room)),
        next_n: held.next_n,
        mode_agreed: room.proposal().is_some_and(|open| open.agreed.contains(&held.seat)),
        practice_taps: practice_taps(room, held.seat),
        practice_of: room
            .items_of(held.seat)
            .filter_map(|item| Some((item.id, item.action?)))
            .collect(),
        looks: [LookedAt::Framework, LookedAt::Charter]
            .into_iter()
            .filter(|of| room.asks_to_look(*of, held.seat))
            .collect(),
        names_agreed: seat.named,
        items: for_their_author(room, held.seat),
        hints,
        presented: Some(&room.series().presented)
            .filter(|all| controls && !all.is_empty())
            .cloned(),
        own_key,
        recover: recover(room, held.seat, device, seat.role),
    })
}

fn links(room: &Room) -> BTreeMap<LinkRole, Hash32> {
    let others = LinkRole::ALL.into_iter().filter(|role| *role != LinkRole::Host);
    others.filter_map(|role| room.link(role).map(|hash| (role, *hash))).collect()
}

fn practice_taps(room: &Room, seat: SeatId) -> BTreeSet<ItemId> {
    let agrees = |held: &Practice| held.agreed.as_ref().is_some_and(|all| all.contains(&seat));
    room.practices().iter().filter(|(_, held)| agrees(held)).map(|(item, _)| *item).collect()
}

/// Others' own keys, as far as this browser can open them: the host's by the host link, a
/// co-facilitator's with its own key pair. A host gets their own as well, for a new browser that has
/// nothing but the link.
fn recover(room: &Room, own: SeatId, device: DeviceId, role: Role) -> BTreeMap<SeatId, Blob> {
    let wrap = |key: &OwnKey| match role {
        Role::Host => key.host.clone(),
        Role::CoFacilitator => key.boxes.get(&device).cloned(),
        Role::Trainee | Role::Member | Role::Observer => None,
    };
    let others = room.seats().iter().filter(|(id, _)| **id != own || role == Role::Host);
    others.filter_map(|(id, held)| Some((*id, wrap(held.own_key.as_deref()?)?))).collect()
}
