//! What one device locks for another: HPKE (RFC 9180), mode `auth_psk`, DHKEM(P-256), HKDF-SHA256,
//! AES-256-GCM. Grants, the wrap for the host's link and wraps of own keys differ in what they are
//! bound to and in their pre-shared key.

use hpke::aead::AesGcm256;
use hpke::kdf::HkdfSha256;
use hpke::kem::DhP256HkdfSha256;
use hpke::{Deserializable as _, OpModeR, OpModeS, PskBundle, Serializable as _};
use rand::CryptoRng;
use zeroize::Zeroizing;

use super::bytes::{pae, sha256};
use super::{DeviceKeys, PUBLIC_KEY_LEN, PublicKey, SealError};

/// What an envelope is bound to.
pub(super) struct Binding {
    /// HPKE's `info`, and its additional data.
    pub(super) info: Vec<u8>,
    pub(super) psk: Zeroizing<[u8; 32]>,
    pub(super) psk_id: Vec<u8>,
}

impl Binding {
    /// One whose pre-shared key is no secret: what it holds is shown to be genuine by other means.
    pub(super) fn open_to_all(set: &[u8; 16], info: Vec<u8>) -> Self {
        let psk = Zeroizing::new(sha256(&pae(&[b"ALS1-recovery", set])));
        Self { info, psk, psk_id: [b"ALS1|r|".as_slice(), set].concat() }
    }
}

/// Locks `plain` for `recipient`: `enc`, then the ciphertext.
///
/// # Errors
/// [`SealError::Grant`] when HPKE refuses.
pub(super) fn seal(
    sender: &DeviceKeys,
    recipient: &PublicKey,
    binding: &Binding,
    plain: &[u8],
    rng: &mut impl CryptoRng,
) -> Result<([u8; PUBLIC_KEY_LEN], Vec<u8>), SealError> {
    let psk =
        PskBundle::new(binding.psk.as_ref(), &binding.psk_id).map_err(|_| SealError::Grant)?;
    let own = (sender.hpke_private().clone(), sender.public().hpke().clone());
    let (enc, ciphertext) =
        hpke::single_shot_seal_with_rng::<AesGcm256, HkdfSha256, DhP256HkdfSha256>(
            &OpModeS::AuthPsk(own, psk),
            recipient.hpke(),
            &binding.info,
            plain,
            &binding.info,
            rng,
        )
        .map_err(|_| SealError::Grant)?;
    Ok((enc.to_bytes().into(), ciphertext))
}

/// Opens what `sender` locked for `recipient`.
///
/// # Errors
/// [`SealError::Grant`] when anything differs.
pub(super) fn open(
    recipient: &DeviceKeys,
    sender: &PublicKey,
    binding: &Binding,
    enc: &[u8; PUBLIC_KEY_LEN],
    ciphertext: &[u8],
) -> Result<Zeroizing<Vec<u8>>, SealError> {
    let psk =
        PskBundle::new(binding.psk.as_ref(), &binding.psk_id).map_err(|_| SealError::Grant)?;
    let enc = <DhP256HkdfSha256 as hpke::Kem>::EncappedKey::from_bytes(enc)
        .map_err(|_| SealError::Grant)?;
    hpke::single_shot_open::<AesGcm256, HkdfSha256, DhP256HkdfSha256>(
        &OpModeR::AuthPsk(sender.hpke().clone(), psk),
        recipient.hpke_private(),
        &enc,
        &binding.info,
        ciphertext,
        &binding.info,
    )
    .map(Zeroizing::new)
    .map_err(|_| SealError::Grant)
}

/// The sender's public key, then what it locked: the form on the wire.
pub(super) fn signed_for(
    sender: &DeviceKeys,
    recipient: &PublicKey,
    binding: &Binding,
    plain: &[u8],
    rng: &mut impl CryptoRng,
) -> Result<Vec<u8>, SealError> {
    let (enc, ciphertext) = seal(sender, recipient, binding, plain, rng)?;
    Ok([sender.public().as_bytes().as_slice(), &enc, &ciphertext].concat())
}

/// Takes the form on the wire apart: who says that they locked it, `enc`, and the ciphertext.
pub(super) fn split(bytes: &[u8]) -> Result<(PublicKey, &[u8; PUBLIC_KEY_LEN], &[u8]), SealError> {
    let (sender, rest) = bytes.split_first_chunk::<PUBLIC_KEY_LEN>().ok_or(SealError::Length)?;
    let (enc, ciphertext) = rest.split_first_chunk().ok_or(SealError::Length)?;
    Ok((PublicKey::from_bytes(sender)?, enc, ciphertext))
}
