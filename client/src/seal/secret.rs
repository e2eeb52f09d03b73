//! Thirty-two secret bytes.

use std::fmt;

use rand::CryptoRng;
use subtle::ConstantTimeEq as _;
use zeroize::Zeroizing;

use super::SealError;
use super::bytes::{array_from_b64u, b64u, sha256};

/// A 256-bit secret: an epoch key, a link secret, a token, a resume secret.
///
/// Compared in constant time, wiped when dropped, and never shown by `Debug`.
#[derive(Clone)]
pub struct Secret(Zeroizing<[u8; 32]>);

impl Secret {
    /// A fresh secret from `rng`.
    pub fn generate(rng: &mut impl CryptoRng) -> Self {
        let mut bytes = Zeroizing::new([0; 32]);
        rng.fill_bytes(bytes.as_mut());
        Self(bytes)
    }

    /// A secret with these bytes.
    pub fn from_bytes(bytes: [u8; 32]) -> Self {
        Self(Zeroizing::new(bytes))
    }

    /// Reads the wire form.
    ///
    /// # Errors
    /// [`SealError::Encoding`] unless it is base64url of 32 bytes.
    pub fn from_b64u(text: &str) -> Result<Self, SealError> {
        array_from_b64u(text).map(Self::from_bytes)
    }

    /// The bytes.
    pub fn as_bytes(&self) -> &[u8; 32] {
        &self.0
    }

    /// The wire form, 43 characters.
    pub fn to_b64u(&self) -> String {
        b64u(self.as_bytes())
    }

    /// SHA-256 of the secret: what the server keeps of a link token or a resume secret.
    ///
    /// A random 256-bit secret cannot be guessed, so it needs no slow hash.
    pub fn hash(&self) -> [u8; 32] {
        sha256(self.as_bytes())
    }
}

impl PartialEq for Secret {
    fn eq(&self, other: &Self) -> bool {
        self.as_bytes().ct_eq(other.as_bytes()).into()
    }
}

impl Eq for Secret {}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Secret(…)")
    }
}
