//! Tokens and signatures: what shows that somebody may.

use p256::ecdsa::signature::Verifier as _;
use p256::ecdsa::{Signature, VerifyingKey};
use setroom_protocol::{
    Challenge32, Hash32, KnockFrame, PublicKey, Room, RosterEdit, Signature64, Token32,
};
use sha2::{Digest, Sha256};
use subtle::ConstantTimeEq;

/// Whether this token is the one whose SHA-256 was kept. It is compared without telling how much was
/// right.
pub(crate) fn opens(token: &Token32, kept: &Hash32) -> bool {
    let hash: [u8; 32] = Sha256::digest(token.0).into();
    hash.ct_eq(&kept.0).into()
}

/// Whether somebody who knocks holds the private key of the browser that they say they are: it has
/// signed this socket's challenge. And whether a key can be sealed to it: one who could not be sealed
/// to would keep everybody from the next key.
pub(crate) fn proves(knock: &KnockFrame, challenge: &Challenge32) -> bool {
    holds(&knock.sign, &knock.challenged(challenge), &knock.pop)
        && p256::PublicKey::from_sec1_bytes(&knock.public.0).is_ok()
}

/// Whether an edit that follows the room's roster is signed by whom it says.
pub(crate) fn is_signed(room: &Room, edit: &RosterEdit) -> bool {
    let vetted = room.roster().vet(room.set(), edit);
    vetted.is_ok_and(|vetted| holds(&vetted.signer, &vetted.signed, &edit.sig))
}

fn holds(key: &PublicKey, signed: &[u8], signature: &Signature64) -> bool {
    let key = VerifyingKey::from_sec1_bytes(&key.0);
    let signature = Signature::from_slice(&signature.0);
    key.is_ok_and(|key| signature.is_ok_and(|signature| key.verify(signed, &signature).is_ok()))
}
