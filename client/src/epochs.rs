//! New epochs: a fresh key, grants for all who stay, the wrap for the host's link, and the signed edit
//! that speaks for all of it.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use rand::CryptoRng;
use setroom_protocol::roster::NO_SEAT;
use setroom_protocol::{
    Blob, DeviceId, Hash32, Holder, KeyChange, LinkRole, MeetingId, PublicKey, Roster, RosterEdit,
    SeatId, limits,
};

use super::boxes::random_box;
use super::keyring::{Keyring, Sealing};
use super::roster_book::Edits;
use crate::seal::{
    Changes, Link, PublicKey as CheckedKey, SealError, Secret, commitment, wrap_for,
};

/// What a change of keys is made for.
#[derive(Clone, Debug)]
pub struct Rekeying<'a> {
    /// The room's epoch before it.
    pub epoch: u32,
    /// The room's roster before it.
    pub edits: &'a Edits,
    /// The browsers that are there afterwards.
    pub stay: BTreeSet<DeviceId>,
    /// The seat of whoever makes it.
    pub seat: SeatId,
    /// Links that change with it.
    pub fresh: BTreeSet<LinkRole>,
    /// Whose role is another from then on, and what they may do.
    pub takes: Option<(SeatId, LinkRole)>,
    /// The meeting that it is of; `None` leaves that unsaid, as earlier clients did.
    pub meeting: Option<MeetingId>,
}

impl Rekeying<'_> {
    /// A browser whose role is another from then on, as the roster names it.
    fn given(&self, holder: &Holder) -> Option<Holder> {
        let (seat, role) = self.takes?;
        (holder.seat == seat).then(|| holder.with_role(role))
    }
}

impl Keyring {
    /// A new epoch with a fresh key: for the start, a rotation, or a removal.
    ///
    /// The new key and links count from now on; keep a clone to go back to when it is refused.
    ///
    /// # Errors
    /// [`SealError::Link`] when the link by which one of them came is not known here, or another
    /// [`SealError`] of sealing.
    pub fn new_epoch(
        &mut self,
        what: &Rekeying<'_>,
        rng: &mut impl CryptoRng,
    ) -> Result<KeyChange, SealError> {
        self.roster.follow(what.edits)?;
        // What it made itself and has not seen confirmed, others have seen: a copy may have been put back since.
        let walked = self.roster.ahead().epoch();
        // No server that lies brings it to the last number.
        let newest = what.epoch.min(walked.saturating_add(limits::ROSTER_LEAP - 1)).max(walked);
        let epoch = newest.checked_add(1).ok_or(SealError::Epoch)?;
        let key = Secret::generate(rng);
        let commit = commitment(&key, &self.link.set, epoch);
        self.keys.keys.push((epoch, key));
        let edit = self.rekey_edit(what, (epoch, commit));
        let roster = self.roster.ahead();
        let mut links = BTreeMap::new();
        let mut fresh = BTreeMap::new();
        for role in &what.fresh {
            let host = roster.host().filter(|_| *role != LinkRole::Host);
            let host = host.map(|host| *host.as_bytes());
            let link = Link { host, ..Link::generate(self.link.set, *role, rng) };
            links.insert(*role, Hash32(link.keys().token.hash()));
            self.all_links.insert((*role, newest), link.clone());
            fresh.insert(*role, link);
        }
        let mut grants = BTreeMap::new();
        for (device, holder) in roster.holders() {
            if *device != self.device() && !holder.is_of_host_link() {
                grants.insert(*device, self.grant_to(holder, rng)?);
            }
        }
        let wrap = self.host_wrap(&roster, epoch, rng)?;
        // Grants of this epoch are made under the links before.
        self.links.extend(fresh);
        let wraps = BTreeMap::from([(LinkRole::Host, wrap)]);
        let roles = edit.whole;
        Ok(KeyChange { epoch, grants, wraps, links, edit: Some(edit), roles })
    }

    /// The edit that goes with a new epoch: the first one, or one that drops who is gone.
    fn rekey_edit(&mut self, what: &Rekeying<'_>, key: (u32, Hash32)) -> Arc<RosterEdit> {
        let roster = self.roster.ahead();
        let own = self.own_holder(what.seat);
        // An earlier copy of the room was put back.
        let shown = what.edits.last_key_value().map_or(0, |(n, _)| *n);
        let leaps = roster.epoch() > what.epoch || self.roster.confirmed.n() > shown;
        let changes = match &self.host_holder {
            Some(holder) if roster.is_empty() || leaps => {
                let link = Holder {
                    public: PublicKey(*holder.public().as_bytes()),
                    sign: Some(holder.sign_public()),
                    seat: NO_SEAT,
                    role: LinkRole::Host,
                    link: 0,
                    came: None,
                };
                let others = roster.holders().iter().filter(|(id, at)| {
                    !at.is_of_host_link() && **id != self.device() && what.stay.contains(id)
                });
                let others = others.map(|(_, at)| what.given(at).unwrap_or_else(|| at.clone()));
                let add = [link, own].into_iter().chain(others).collect();
                Changes { whole: true, add, meeting: what.meeting, ..Changes::default() }
            }
            _ => {
                let gone = roster
                    .holders()
                    .iter()
                    .filter(|(id, at)| !at.is_of_host_link() && !what.stay.contains(id));
                let drop = gone.map(|(id, _)| *id).collect();
                let known = roster.holders().contains_key(&self.device());
                let there = roster.holders().iter().filter(|(id, _)| what.stay.contains(id));
                let moved = there.filter_map(|(_, at)| what.given(at));
                let add = (!known).then_some(own).into_iter().chain(moved).collect();
                Changes { whole: false, add, drop, meeting: what.meeting }
            }
        };
        let signer = match &self.host_holder {
            Some(holder) if changes.whole => holder.clone(),
            _ => self.signer().clone(),
        };
        self.roster.sign(key, changes, &signer)
    }

    fn host_wrap(
        &self,
        roster: &Roster,
        epoch: u32,
        rng: &mut impl CryptoRng,
    ) -> Result<Blob, SealError> {
        let wrap = match self.sealing {
            Sealing::Real => {
                let holder = roster.host().and_then(|host| roster.holders().get(&host));
                let holder = CheckedKey::from_bytes(&holder.ok_or(SealError::Roster)?.public.0)?;
                let list = self.keys_for(LinkRole::Host)?;
                wrap_for(&self.link.set, &list, self.signer(), &holder, rng)?
            }
            Sealing::Opaque => random_box(1, epoch, 400, rng)?,
        };
        Ok(Blob::encode(&wrap))
    }
}
