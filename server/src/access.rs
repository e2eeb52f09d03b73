//! Tokens: shown once, kept only as hashes, compared without telling how much was right.

use setroom_protocol::{DeviceId, Hash32, PublicKey, Token32};
use sha2::{Digest, Sha256};
use subtle::ConstantTimeEq;

/// Whether this token is the one whose SHA-256 was kept.
pub(crate) fn opens(token: &Token32, kept: &Hash32) -> bool {
    let hash: [u8; 32] = Sha256::digest(token.0).into();
    hash.ct_eq(&kept.0).into()
}

/// The id of the browser with this public key: the first 16 bytes of its SHA-256.
pub(crate) fn device_of(public: &PublicKey) -> DeviceId {
    let hash: [u8; 32] = Sha256::digest(public.0).into();
    let mut id = [0; 16];
    for (to, from) in id.iter_mut().zip(hash) {
        *to = from;
    }
    DeviceId::from_bytes(id)
}
