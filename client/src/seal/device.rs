//! A device's key pair, and the name it goes by.

use std::fmt;

use hpke::kem::DhP256HkdfSha256;
use hpke::{Deserializable as _, Kem as _, Serializable as _};
use p256::ecdsa::signature::{Signer as _, Verifier as _};
use p256::ecdsa::{Signature, SigningKey, VerifyingKey};
use rand::CryptoRng;
use setroom_protocol::{DeviceId, PublicKey as WirePublic, Signature64};
use zeroize::Zeroizing;

use super::SealError;

/// Bytes of an uncompressed P-256 point.
pub const PUBLIC_KEY_LEN: usize = 65;
/// Bytes of a device id.
pub const DEVICE_ID_LEN: usize = 16;

type HpkePublic = <DhP256HkdfSha256 as hpke::Kem>::PublicKey;
type HpkePrivate = <DhP256HkdfSha256 as hpke::Kem>::PrivateKey;

/// A checked P-256 public key: always a point of the curve, never the point at infinity.
#[derive(Clone, PartialEq, Eq)]
pub struct PublicKey {
    key: HpkePublic,
    bytes: [u8; PUBLIC_KEY_LEN],
}

impl PublicKey {
    /// Reads the uncompressed form.
    ///
    /// # Errors
    /// [`SealError::PublicKey`].
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, SealError> {
        let fixed = bytes.try_into().map_err(|_| SealError::PublicKey)?;
        let key = HpkePublic::from_bytes(bytes).map_err(|_| SealError::PublicKey)?;
        Ok(Self { key, bytes: fixed })
    }

    fn from_key(key: HpkePublic) -> Self {
        let bytes = key.to_bytes().into();
        Self { key, bytes }
    }

    /// The uncompressed form, `0x04 ‖ x ‖ y`.
    pub fn as_bytes(&self) -> &[u8; PUBLIC_KEY_LEN] {
        &self.bytes
    }

    pub(super) fn hpke(&self) -> &HpkePublic {
        &self.key
    }
}

impl fmt::Debug for PublicKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("PublicKey(…)")
    }
}

/// A device's two P-256 pairs: grants are sealed to the first, and it signs with the second. The
/// private halves are wiped when dropped and never shown.
#[derive(Clone)]
pub struct DeviceKeys {
    private: HpkePrivate,
    public: PublicKey,
    /// What was derived is always a scalar of the curve, so this is always there.
    sign: Option<SigningKey>,
    sign_public: WirePublic,
}

impl DeviceKeys {
    /// Fresh pairs.
    pub fn generate(rng: &mut impl CryptoRng) -> Self {
        let (mut pub_seed, mut sign_seed) = (Zeroizing::new([0; 32]), Zeroizing::new([0; 32]));
        rng.fill_bytes(pub_seed.as_mut());
        rng.fill_bytes(sign_seed.as_mut());
        Self::derive_both(&pub_seed, &sign_seed)
    }

    /// RFC 9180 `DeriveKeyPair`: the same pair from the same 32 bytes of key material, and the same
    /// once more to sign with.
    pub fn derive(material: &[u8; 32]) -> Self {
        Self::derive_both(material, material)
    }

    /// The same, with key material of its own for each pair.
    pub fn derive_both(pub_seed: &[u8; 32], sign_seed: &[u8; 32]) -> Self {
        let (private, public) = DhP256HkdfSha256::derive_keypair(pub_seed);
        let (scalar, sign_public) = DhP256HkdfSha256::derive_keypair(sign_seed);
        let scalar = Zeroizing::new(scalar.to_bytes());
        let sign = SigningKey::from_slice(&scalar).ok();
        let sign_public = WirePublic(sign_public.to_bytes().into());
        Self { private, public: PublicKey::from_key(public), sign, sign_public }
    }

    /// The half that grants are sealed to.
    pub fn public(&self) -> &PublicKey {
        &self.public
    }

    /// The half that signatures are checked with.
    pub fn sign_public(&self) -> WirePublic {
        self.sign_public
    }

    /// The device's id.
    pub fn device(&self) -> [u8; DEVICE_ID_LEN] {
        let public = WirePublic(*self.public.as_bytes());
        *DeviceId::of(&public, Some(&self.sign_public)).as_bytes()
    }

    /// ECDSA over SHA-256 of these bytes, r then s.
    pub fn sign(&self, bytes: &[u8]) -> Signature64 {
        let signature = self.sign.as_ref().map(|key| -> Signature { key.sign(bytes) });
        Signature64(signature.map_or([0; 64], |signature| signature.to_bytes().into()))
    }

    pub(super) fn hpke_private(&self) -> &HpkePrivate {
        &self.private
    }
}

/// Whether a signature over these bytes holds under this key.
#[must_use]
pub fn verifies(key: &WirePublic, bytes: &[u8], signature: &Signature64) -> bool {
    let key = VerifyingKey::from_sec1_bytes(&key.0);
    let signature = Signature::from_slice(&signature.0);
    key.is_ok_and(|key| signature.is_ok_and(|signature| key.verify(bytes, &signature).is_ok()))
}

impl fmt::Debug for DeviceKeys {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("DeviceKeys(…)")
    }
}
