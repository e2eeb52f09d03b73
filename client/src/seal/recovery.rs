//! The recovery wrap of the first form, in sets that have no signed roster: the key list, locked so that a facilitator's next device can open it with
//! nothing but the link.
//!
//! It has the form of a box, under the link's `recover` key, with its own label and context
//! `PAE("ALS1-wrap", set, role, u32 epoch)`. The epoch is the newest in the list: whoever opens
//! a wrap compares it with the room's, so that an old wrap cannot pass for the newest.

use rand::CryptoRng;
use zeroize::Zeroizing;

use super::bytes::pae;
use super::link::letter;
use super::text_box::{Form, Parts, lock, unlock};
use super::{KeyList, LinkKeys, SealError};

pub(super) const LABEL: &[u8] = b"ALS1-wrap";
pub(super) const FORM: Form = Form::labelled(LABEL);

/// Locks `keys` for whoever holds the link that `link` came from.
///
/// # Errors
/// [`SealError::TooLong`] when the list is over 8 kB of JSON, [`SealError::Form`] when it has no
/// key at all.
pub fn wrap_keys(
    link: &LinkKeys,
    keys: &KeyList,
    rng: &mut impl CryptoRng,
) -> Result<Vec<u8>, SealError> {
    let (epoch, _) = keys.current().ok_or(SealError::Form)?;
    let json = Zeroizing::new(keys.to_json()?);
    lock(&link.recover, FORM, epoch, &context(link, epoch), &json, rng)
}

/// Opens a wrap made by [`wrap_keys`], here or in a browser. Gives its epoch, too.
///
/// # Errors
/// [`SealError::Version`], [`SealError::Length`], [`SealError::Commitment`] (another link, set,
/// role or epoch), [`SealError::Cipher`], [`SealError::Padding`] or [`SealError::Form`].
pub fn unwrap_keys(link: &LinkKeys, wrap: &[u8]) -> Result<(u32, KeyList), SealError> {
    let parts = Parts::split(wrap, FORM)?;
    let json = unlock(&link.recover, FORM, &context(link, parts.epoch), &parts)?;
    Ok((parts.epoch, KeyList::from_json(json.as_bytes())?))
}

fn context(link: &LinkKeys, epoch: u32) -> Vec<u8> {
    pae(&[LABEL, &link.set, letter(link.role).as_bytes(), &epoch.to_be_bytes()])
}
