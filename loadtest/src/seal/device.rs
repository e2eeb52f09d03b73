//! A device's key pair, and the name it goes by.

use std::fmt;

use hpke::kem::DhP256HkdfSha256;
use hpke::{Deserializable as _, Kem as _, Serializable as _};
use rand::CryptoRng;

use super::SealError;
use super::bytes::sha256;

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
    #[must_use]
    pub fn as_bytes(&self) -> &[u8; PUBLIC_KEY_LEN] {
        &self.bytes
    }

    /// The id of the device that holds the other half.
    #[must_use]
    pub fn device(&self) -> [u8; DEVICE_ID_LEN] {
        device_id(&self.bytes)
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

/// The first 16 bytes of SHA-256 of the public key's uncompressed form.
#[must_use]
pub fn device_id(public_key: &[u8]) -> [u8; DEVICE_ID_LEN] {
    let mut id = [0; DEVICE_ID_LEN];
    id.iter_mut().zip(sha256(public_key)).for_each(|(to, from)| *to = from);
    id
}

/// A device's P-256 pair. The private half is wiped when dropped and never shown.
#[derive(Clone)]
pub struct DeviceKeys {
    private: HpkePrivate,
    public: PublicKey,
}

impl DeviceKeys {
    /// A fresh pair.
    #[must_use]
    pub fn generate(rng: &mut impl CryptoRng) -> Self {
        Self::from_pair(DhP256HkdfSha256::gen_keypair_with_rng(rng))
    }

    /// RFC 9180 `DeriveKeyPair`: the same pair from the same 32 bytes of key material.
    #[must_use]
    pub fn derive(material: &[u8; 32]) -> Self {
        Self::from_pair(DhP256HkdfSha256::derive_keypair(material))
    }

    fn from_pair((private, public): (HpkePrivate, HpkePublic)) -> Self {
        Self { private, public: PublicKey::from_key(public) }
    }

    /// The half that others see.
    #[must_use]
    pub fn public(&self) -> &PublicKey {
        &self.public
    }

    /// The device's id.
    #[must_use]
    pub fn device(&self) -> [u8; DEVICE_ID_LEN] {
        self.public.device()
    }

    pub(super) fn hpke_private(&self) -> &HpkePrivate {
        &self.private
    }
}

impl fmt::Debug for DeviceKeys {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("DeviceKeys(…)")
    }
}
