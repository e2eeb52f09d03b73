//! The byte notation that all of ALS1 is written in.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use hkdf::Hkdf;
use hmac::{Hmac, KeyInit as _};
use sha2::{Digest as _, Sha256};
use zeroize::Zeroizing;

use super::SealError;

/// Base64url without padding, the form of every byte string on the wire.
pub fn b64u(bytes: &[u8]) -> String {
    URL_SAFE_NO_PAD.encode(bytes)
}

/// Reads [`b64u`] back; padding, other alphabets and loose trailing bits are refused.
///
/// # Errors
/// [`SealError::Encoding`].
pub fn from_b64u(text: &str) -> Result<Vec<u8>, SealError> {
    URL_SAFE_NO_PAD.decode(text).map_err(|_| SealError::Encoding)
}

/// [`from_b64u`] of exactly `N` bytes.
pub(super) fn array_from_b64u<const N: usize>(text: &str) -> Result<[u8; N], SealError> {
    from_b64u(text)?.try_into().map_err(|_| SealError::Encoding)
}

/// Pre-authentication encoding: `u32(n)`, then for each part `u32(len)` and its bytes.
///
/// No two lists of parts give the same bytes, which plain concatenation cannot promise.
/// Parts are small and few, so the 32-bit counts cannot overflow in practice; a part that
/// did would saturate and fail to verify instead of colliding.
pub fn pae(parts: &[&[u8]]) -> Vec<u8> {
    let len = |n: usize| u32::try_from(n).unwrap_or(u32::MAX).to_be_bytes();
    let total = parts.iter().map(|part| part.len() + 4).sum::<usize>() + 4;
    let mut out = Vec::with_capacity(total);
    out.extend_from_slice(&len(parts.len()));
    for part in parts {
        out.extend_from_slice(&len(part.len()));
        out.extend_from_slice(part);
    }
    out
}

/// SHA-256.
pub fn sha256(bytes: &[u8]) -> [u8; 32] {
    Sha256::digest(bytes).into()
}

/// HKDF-SHA256 (RFC 5869) with the info given in pieces.
pub fn hkdf<const N: usize>(ikm: &[u8], salt: &[u8], info: &[&[u8]]) -> [u8; N] {
    // HKDF-SHA256 gives at most 255 × 32 bytes; checked here at compile time, so that the
    // call below cannot fail.
    const { assert!(N <= 255 * 32, "HKDF-SHA256 gives at most 8160 bytes") };
    let mut out = [0; N];
    let done = Hkdf::<Sha256>::new(Some(salt), ikm).expand_multi_info(info, &mut out);
    debug_assert!(done.is_ok(), "the length was checked at compile time");
    out
}

/// HMAC-SHA256 with a 32-byte key, ready for the message.
pub fn hmac_sha256(key: &[u8; 32]) -> Hmac<Sha256> {
    // RFC 2104 fills the key up with zeros to the block of 64 bytes. Doing that here takes the
    // constructor that cannot fail.
    let mut block = Zeroizing::new([0; 64]);
    block.iter_mut().zip(key).for_each(|(to, from)| *to = *from);
    Hmac::new(&(*block).into())
}
