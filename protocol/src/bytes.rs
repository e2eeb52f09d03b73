//! Byte strings on the wire: base64url without padding, with their lengths checked on the way in.

use std::fmt;
use std::sync::Arc;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::{Deserialize, Deserializer, Serialize, Serializer, de};

use crate::limits;

/// `u32(count)`, then each part as `u32(length)` and its bytes: the join of ALS1.
pub(crate) fn pae(parts: &[&[u8]]) -> Vec<u8> {
    let length = |n: usize| u32::try_from(n).unwrap_or(u32::MAX).to_be_bytes();
    let mut out = length(parts.len()).to_vec();
    for part in parts {
        out.extend(length(part.len()));
        out.extend_from_slice(part);
    }
    out
}

macro_rules! fixed {
    ($(#[$doc:meta])* $name:ident, $len:expr) => {
        $(#[$doc])*
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        #[cfg_attr(feature = "ts", derive(ts_rs::TS), ts(type = "string"))]
        pub struct $name(pub [u8; $len]);

        // Never the bytes: some of these are secrets, and logs must not have to know which.
        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(concat!(stringify!($name), "(…)"))
            }
        }

        impl Serialize for $name {
            fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                let mut text = [0; ($len * 4usize).div_ceil(3)];
                let length = URL_SAFE_NO_PAD.encode_slice(self.0, &mut text).unwrap_or_default();
                // Base64 is ASCII, so this cannot fail.
                let text = text.get(..length).and_then(|text| str::from_utf8(text).ok());
                serializer.serialize_str(text.unwrap_or_default())
            }
        }

        impl<'de> Deserialize<'de> for $name {
            fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                let text = std::borrow::Cow::<'de, str>::deserialize(deserializer)?;
                let wrong = || de::Error::custom(concat!(stringify!($name), ": wrong length or alphabet"));
                if text.len() != ($len * 4usize).div_ceil(3) {
                    return Err(wrong());
                }
                let bytes = URL_SAFE_NO_PAD.decode(text.as_bytes()).map_err(|_| wrong())?;
                Ok(Self(bytes.try_into().map_err(|_| wrong())?))
            }
        }
    };
}

fixed! {
    /// A secret of 32 bytes that authenticates a knock or a return. Stored only as [`Hash32`].
    Token32, 32
}
fixed! {
    /// SHA-256 of something: a token at rest, a box before this one.
    Hash32, 32
}
fixed! {
    /// HMAC-SHA256 over a knock's hello.
    Mac32, 32
}
fixed! {
    /// Thirty-two fresh random bytes that a knock must be signed over: a recorded one is worth nothing.
    Challenge32, 32
}
fixed! {
    /// An ECDSA signature (P-256, SHA-256): r, then s.
    Signature64, 64
}
fixed! {
    /// Sixteen random bytes.
    Nonce16, 16
}
fixed! {
    /// An uncompressed P-256 public key: 0x04, then x and y.
    PublicKey, 65
}

/// Opaque bytes made by one browser for another (a grant, a recovery wrap, a sealed name), kept in
/// their base64url form and bounded by [`limits::BLOB_CHARS`].
#[derive(Clone, PartialEq, Eq, Serialize)]
#[serde(transparent)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS), ts(type = "string"))]
pub struct Blob(Arc<str>);

impl Blob {
    /// The base64url text.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Encodes bytes. Longer ones than [`limits::BLOB_CHARS`] are for tests of that very limit.
    pub fn encode(bytes: &[u8]) -> Self {
        Self(URL_SAFE_NO_PAD.encode(bytes).into())
    }

    /// The bytes themselves.
    pub fn decode(&self) -> Vec<u8> {
        // The alphabet was checked when the blob was made.
        URL_SAFE_NO_PAD.decode(self.0.as_bytes()).unwrap_or_default()
    }
}

impl fmt::Debug for Blob {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Blob({} chars)", self.0.len())
    }
}

impl<'de> Deserialize<'de> for Blob {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = std::borrow::Cow::<'de, str>::deserialize(deserializer)?;
        if text.is_empty() || text.len() > limits::BLOB_CHARS {
            return Err(de::Error::custom("blob: empty or over the limit blob_chars"));
        }
        URL_SAFE_NO_PAD
            .decode(text.as_bytes())
            .map_err(|_| de::Error::custom("blob: not base64url without padding"))?;
        Ok(Self(text.as_ref().into()))
    }
}
