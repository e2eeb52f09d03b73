//! The recovery wrap: the key list, locked so that the next device of a facilitator can open it
//! with nothing but the link.
//!
//! ```text
//! wrap = 0x01 ‖ salt32 ‖ commit32 ‖ AES-256-GCM(key, iv, aad = PAE("ALS1-wrap", set, role), JSON)
//! ```
//! Derived as the box is, with `ALS1-wrap` for the label, and not padded: the length tells only
//! how many epochs there were, which the server knows.

use rand::CryptoRng;
use zeroize::Zeroizing;

use super::bytes::pae;
use super::text_box::{Committed, VERSION, open_committed};
use super::{KeyList, LinkKeys, SealError};

const LABEL: &[u8] = b"ALS1-wrap";

/// Locks `keys` for whoever holds the link that `link` came from.
///
/// # Errors
/// [`SealError::Form`] when the list cannot be written as JSON, [`SealError::Cipher`] past what
/// AES-GCM takes in one message; neither happens to a list of real keys.
pub fn wrap_keys(
    link: &LinkKeys,
    keys: &KeyList,
    rng: &mut impl CryptoRng,
) -> Result<Vec<u8>, SealError> {
    let mut salt = [0; 32];
    rng.fill_bytes(&mut salt);
    let aad = context(link);
    let committed = Committed::derive(&link.recover, &salt, LABEL, &aad);
    let mut body = Zeroizing::new(keys.to_json()?);
    let tag = committed.seal_in_place(&aad, &mut body)?;

    let mut out = Vec::with_capacity(1 + 32 + 32 + body.len() + tag.len());
    out.push(VERSION);
    out.extend_from_slice(&salt);
    out.extend_from_slice(&committed.commitment);
    out.extend_from_slice(&body);
    out.extend_from_slice(&tag);
    Ok(out)
}

/// Opens a wrap made by [`wrap_keys`].
///
/// # Errors
/// [`SealError::Version`], [`SealError::Length`], [`SealError::Commitment`] (another link, set
/// or role), [`SealError::Cipher`] or [`SealError::Form`].
pub fn unwrap_keys(link: &LinkKeys, wrap: &[u8]) -> Result<KeyList, SealError> {
    let (&version, rest) = wrap.split_first().ok_or(SealError::Length)?;
    if version != VERSION {
        return Err(SealError::Version);
    }
    KeyList::from_json(&open_committed(&link.recover, rest, LABEL, &context(link))?)
}

fn context(link: &LinkKeys) -> Vec<u8> {
    pae(&[LABEL, &link.set, link.role.letter().as_bytes()])
}
