//! The roster: who holds keys, as a chain of signed edits (the field's word: a key log, or sigchain).
//!
//! The server keeps it and refuses what does not fit, so that a mistake of one client harms nobody.
//! Clients believe none of that: each walks the edits by itself, from the head that it knows. What
//! is here is everything about an edit but its signature, which whoever has the cipher checks.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};

use crate::bytes::{Hash32, PublicKey, Signature64, pae};
use crate::ids::{DeviceId, MeetingId, SeatId, SetId};
use crate::limits;
use crate::role::LinkRole;

/// The seat of the host link's own holder, which is nobody's browser.
pub const NO_SEAT: SeatId = SeatId::from_bytes([0; 16]);

/// A browser that holds the key.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS), ts(optional_fields))]
pub struct Holder {
    /// What grants are sealed to.
    #[serde(rename = "pub")]
    pub public: PublicKey,
    /// What its signatures are checked with; a browser of the first form has none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sign: Option<PublicKey>,
    /// Whose it is; zeros for the host link's own holder.
    pub seat: SeatId,
    /// What it may do, as the kind of link that it came by says.
    pub role: LinkRole,
    /// The number of the link that it came by, among those of its kind; it is below the epoch.
    pub link: u32,
    /// The kind of link that it came by, where its role was given to it, or taken, later.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub came: Option<LinkRole>,
}

impl Holder {
    /// Its id.
    pub fn device(&self) -> DeviceId {
        DeviceId::of(&self.public, self.sign.as_ref())
    }

    /// Whether it is the pair that follows from the host link.
    pub fn is_of_host_link(&self) -> bool {
        self.seat == NO_SEAT && self.role == LinkRole::Host
    }

    /// The kind of link that it came by: grants to it are made under that one.
    pub fn came_by(&self) -> LinkRole {
        self.came.unwrap_or(self.role)
    }

    /// The same browser with what another kind of link says that it may do.
    #[must_use]
    pub fn with_role(&self, role: LinkRole) -> Self {
        let came = Some(self.came_by()).filter(|came| *came != role);
        Self { role, came, ..self.clone() }
    }

    /// Whether role and link are said in the one way that there is: nobody is made host, nor was one.
    fn is_sound(&self) -> bool {
        self.came.is_none_or(|came| {
            came != self.role
                && came != LinkRole::Host
                && matches!(self.role, LinkRole::CoFacilitator | LinkRole::Member)
        })
    }

    fn bytes(&self) -> Vec<u8> {
        let sign = self.sign.as_ref().map_or(&[] as &[u8], |sign| &sign.0);
        let (mut role, mut came) = ([0; 4], [0; 4]);
        let role = self.role.letter().encode_utf8(&mut role).as_bytes();
        let came = self.came.map(|kind| &*kind.letter().encode_utf8(&mut came));
        let link = self.link.to_be_bytes();
        let known: [&[u8]; 5] = [&self.public.0, sign, self.seat.as_bytes(), role, &link];
        let parts: Vec<_> = known.into_iter().chain(came.map(str::as_bytes)).collect();
        pae(&parts)
    }
}

/// One signed change of who holds keys.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS), ts(optional_fields))]
pub struct RosterEdit {
    /// Its place in the chain, from 1.
    pub n: u32,
    /// The epoch from here on.
    pub epoch: u32,
    /// The commitment of that epoch's key.
    pub commit: Hash32,
    /// The meeting that this key is of. Every new key says it; other edits, and those of
    /// earlier pages, do not.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub meeting: Option<MeetingId>,
    /// Whether `add` is the whole roster, and the chain begins anew here.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    #[cfg_attr(feature = "ts", ts(optional, as = "Option<bool>"))]
    pub whole: bool,
    /// Who holds the key from here on. One who is there already is replaced.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[cfg_attr(feature = "ts", ts(optional, as = "Option<Vec<Holder>>"))]
    pub add: Vec<Holder>,
    /// Who does not any more.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[cfg_attr(feature = "ts", ts(optional, as = "Option<Vec<DeviceId>>"))]
    pub drop: Vec<DeviceId>,
    /// Who signed it.
    pub by: DeviceId,
    /// Their signature over [`RosterEdit::signed`].
    pub sig: Signature64,
}

impl RosterEdit {
    /// What is signed. `prev` is the head before; it does not count in a whole edit.
    pub fn signed(&self, set: SetId, prev: Hash32) -> Vec<u8> {
        let prev = if self.whole { Hash32([0; 32]) } else { prev };
        let add: Vec<_> = self.add.iter().map(Holder::bytes).collect();
        let add: Vec<_> = add.iter().map(Vec::as_slice).collect();
        let drop: Vec<_> = self.drop.iter().map(|id| id.as_bytes().as_slice()).collect();
        let (n, epoch) = (self.n.to_be_bytes(), self.epoch.to_be_bytes());
        let (whole, add, drop) = ([u8::from(self.whole)], pae(&add), pae(&drop));
        let mut parts: Vec<&[u8]> = vec![b"ALS1-roster-edit", set.as_bytes(), &n, &prev.0, &epoch];
        parts.extend([self.commit.0.as_slice(), &whole, &add, &drop]);
        parts.extend(self.meeting.as_ref().map(|meeting| meeting.as_bytes().as_slice()));
        pae(&parts)
    }

    /// The head once this edit is the newest.
    fn head(&self, signed: &[u8]) -> Hash32 {
        let of = pae(&[b"ALS1-roster-head", signed, self.by.as_bytes(), &self.sig.0]);
        Hash32(Sha256::digest(of).into())
    }
}

/// Why an edit does not follow.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum RosterFault {
    /// Not the next place, or, of a whole edit, not a later one.
    #[error("an edit of the roster is not at its place")]
    Place,
    /// The epoch falls, or rises by more than one without a whole edit.
    #[error("an edit of the roster names an epoch that cannot follow")]
    Epoch,
    /// The commitment changes and the epoch does not.
    #[error("an edit of the roster changes the key within its epoch")]
    Commit,
    /// Signed by nobody who may.
    #[error("an edit of the roster is signed by nobody who may")]
    Signer,
    /// Adds or drops what it may not.
    #[error("an edit of the roster adds or drops what it may not")]
    Holders,
}

/// An edit that follows, if its signature holds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Vetted {
    /// The key that its signature must hold under.
    pub signer: PublicKey,
    /// What must be signed.
    pub signed: Vec<u8>,
}

/// Who holds keys, after some edits.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Roster {
    n: u32,
    epoch: u32,
    #[serde(skip_serializing_if = "Option::is_none")]
    head: Option<Hash32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    commit: Option<Hash32>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    meeting: Option<MeetingId>,
    /// The host link's own holder.
    #[serde(skip_serializing_if = "Option::is_none")]
    host: Option<DeviceId>,
    holders: BTreeMap<DeviceId, Holder>,
    /// The edits since the last whole one.
    edits: BTreeMap<u32, Arc<RosterEdit>>,
}

impl Roster {
    /// Whether there has been no edit yet.
    pub fn is_empty(&self) -> bool {
        self.n == 0
    }

    /// The place of the newest edit; 0 when there is none.
    pub fn n(&self) -> u32 {
        self.n
    }

    /// The hash of the newest edit; zeros when there is none.
    pub fn head(&self) -> Hash32 {
        self.head.unwrap_or(Hash32([0; 32]))
    }

    /// The epoch that the newest edit names.
    pub fn epoch(&self) -> u32 {
        self.epoch
    }

    /// The commitment of that epoch's key.
    pub fn commit(&self) -> Option<Hash32> {
        self.commit
    }

    /// The meeting that this key is of, where whoever made it said so.
    pub fn meeting(&self) -> Option<MeetingId> {
        self.meeting
    }

    /// The host link's own holder.
    pub fn host(&self) -> Option<DeviceId> {
        self.host
    }

    /// Who holds the key.
    pub fn holders(&self) -> &BTreeMap<DeviceId, Holder> {
        &self.holders
    }

    /// The edits since the last whole one, by place.
    pub fn edits(&self) -> &BTreeMap<u32, Arc<RosterEdit>> {
        &self.edits
    }

    /// Whether this browser may hand out keys and sign edits.
    pub fn hands_on(&self, device: DeviceId) -> bool {
        self.holders.get(&device).is_some_and(|holder| holder.role.role().holds_keys())
    }

    /// Whether an edit follows, all but its signature.
    ///
    /// # Errors
    /// The first [`RosterFault`] that it has.
    pub fn vet(&self, set: SetId, edit: &RosterEdit) -> Result<Vetted, RosterFault> {
        let signer = if edit.whole { self.vet_whole(edit)? } else { self.vet_next(edit)? };
        if !edit.whole && edit.epoch == self.epoch && Some(edit.commit) != self.commit {
            return Err(RosterFault::Commit);
        }
        let added: BTreeSet<_> = edit.add.iter().map(Holder::device).collect();
        let sound = added.len() == edit.add.len()
            && added.len() <= limits::DEVICES + 1
            && edit.add.iter().all(Holder::is_sound)
            && edit.drop.iter().all(|id| !added.contains(id) && self.holders.contains_key(id))
            && edit.drop.iter().collect::<BTreeSet<_>>().len() == edit.drop.len();
        if !sound {
            return Err(RosterFault::Holders);
        }
        Ok(Vetted { signer, signed: edit.signed(set, self.head()) })
    }

    /// A whole edit is the host link's own, and of the same host link as before.
    fn vet_whole(&self, edit: &RosterEdit) -> Result<PublicKey, RosterFault> {
        if edit.n <= self.n {
            return Err(RosterFault::Place);
        }
        if edit.epoch < self.epoch {
            return Err(RosterFault::Epoch);
        }
        let mut own = edit.add.iter().filter(|holder| holder.is_of_host_link());
        let (Some(holder), None) = (own.next(), own.next()) else {
            return Err(RosterFault::Holders);
        };
        let device = holder.device();
        if device != edit.by || self.host.is_some_and(|host| host != device) {
            return Err(RosterFault::Signer);
        }
        if !edit.drop.is_empty() {
            return Err(RosterFault::Holders);
        }
        holder.sign.ok_or(RosterFault::Signer)
    }

    fn vet_next(&self, edit: &RosterEdit) -> Result<PublicKey, RosterFault> {
        if self.is_empty() || Some(edit.n) != self.n.checked_add(1) {
            return Err(RosterFault::Place);
        }
        if edit.epoch != self.epoch && Some(edit.epoch) != self.epoch.checked_add(1) {
            return Err(RosterFault::Epoch);
        }
        let touches_host = edit.add.iter().any(|holder| holder.seat == NO_SEAT)
            || edit.add.iter().any(|holder| Some(holder.device()) == self.host)
            || edit.drop.iter().any(|id| Some(*id) == self.host);
        if touches_host {
            return Err(RosterFault::Holders);
        }
        // Nobody but the host gives a browser that is known another role, or takes it.
        let moves = edit.add.iter().any(|holder| !self.keeps_role(holder));
        let may =
            |signer: &&Holder| self.hands_on(edit.by) && (!moves || signer.role == LinkRole::Host);
        let signer = self.holders.get(&edit.by).filter(may);
        signer.and_then(|holder| holder.sign).ok_or(RosterFault::Signer)
    }

    /// Whether this browser has the role that it had, or that its link says where it is not known: nobody but
    /// the host speaks for a browser of the host's.
    pub(crate) fn keeps_role(&self, holder: &Holder) -> bool {
        let known = self.holders.get(&holder.device());
        let is_as_it_came = holder.came.is_none() && holder.role != LinkRole::Host;
        known.map_or(is_as_it_came, |known| (known.role, known.came) == (holder.role, holder.came))
    }

    /// Puts an edit in, which must have been vetted.
    pub fn take(&mut self, set: SetId, edit: &Arc<RosterEdit>) {
        let signed = edit.signed(set, self.head());
        self.head = Some(edit.head(&signed));
        self.n = edit.n;
        let before = self.meeting.filter(|_| edit.epoch == self.epoch);
        self.meeting = edit.meeting.or(before);
        self.epoch = edit.epoch;
        self.commit = Some(edit.commit);
        if edit.whole {
            self.host = Some(edit.by);
            self.holders.clear();
            self.edits.clear();
        }
        for id in &edit.drop {
            self.holders.remove(id);
        }
        self.holders.extend(edit.add.iter().map(|holder| (holder.device(), holder.clone())));
        self.edits.insert(edit.n, Arc::clone(edit));
    }
}
