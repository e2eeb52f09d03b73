//! The signed roster: making edits, and walking those of others. What follows what is the protocol's
//! ([`Roster::vet`]); here are the signatures and the commitments.

use std::sync::Arc;

use setroom_protocol::{
    DeviceId, Hash32, Holder, MeetingId, Roster, RosterEdit, SetId, Signature64,
};

use super::bytes::hkdf;
use super::device::verifies;
use super::{DeviceKeys, SealError, Secret};

/// What an edit says of the key of its epoch: whoever holds another key notices.
pub fn commitment(key: &Secret, set: &[u8; 16], epoch: u32) -> Hash32 {
    Hash32(hkdf(key.as_bytes(), set, &[b"ALS1-commit", &epoch.to_be_bytes()]))
}

/// What an edit changes.
#[derive(Clone, Debug, Default)]
pub struct Changes {
    /// Whether `add` is the whole roster.
    pub whole: bool,
    /// Who holds the key from here on.
    pub add: Vec<Holder>,
    /// Who does not any more.
    pub drop: Vec<DeviceId>,
    /// The meeting that the key is of, with a new one.
    pub meeting: Option<MeetingId>,
}

/// Signs the edit that follows `roster`, at place `n`.
pub fn sign_edit(
    roster: &Roster,
    set: SetId,
    (n, epoch, commit): (u32, u32, Hash32),
    changes: Changes,
    signer: &DeviceKeys,
) -> RosterEdit {
    let Changes { whole, add, drop, meeting } = changes;
    let by = DeviceId::from_bytes(signer.device());
    let sig = Signature64([0; 64]);
    let mut edit = RosterEdit { n, epoch, commit, meeting, whole, add, drop, by, sig };
    edit.sig = signer.sign(&edit.signed(set, roster.head()));
    edit
}

/// Takes an edit in, if it follows and its signature holds.
///
/// # Errors
/// [`SealError::Roster`]: then nothing after it is to be believed.
pub fn walk(roster: &mut Roster, set: SetId, edit: &Arc<RosterEdit>) -> Result<(), SealError> {
    let vetted = roster.vet(set, edit).map_err(|_| SealError::Roster)?;
    if !verifies(&vetted.signer, &vetted.signed, &edit.sig) {
        return Err(SealError::Roster);
    }
    roster.take(set, edit);
    Ok(())
}
