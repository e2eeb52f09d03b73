//! Names of things: ids of 16 bytes, the room's sequence numbers, and server time.

use std::fmt;
use std::str::FromStr;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::{Deserialize, Deserializer, Serialize, Serializer, de};
use sha2::{Digest as _, Sha256};
use uuid::Uuid;

use crate::bytes::PublicKey;

/// Characters of an id as text: 16 bytes in base64url without padding.
const ID_CHARS: usize = 22;

/// The text of an id, in a buffer that is just large enough for it. Ids stand in every frame, so
/// none of them pays for a string of its own.
fn written<'a>(text: &'a mut [u8; ID_CHARS], id: &[u8; 16]) -> &'a str {
    let length = URL_SAFE_NO_PAD.encode_slice(id, text).unwrap_or_default();
    // Base64 is ASCII, so this cannot fail.
    text.get(..length).and_then(|text| str::from_utf8(text).ok()).unwrap_or_default()
}

macro_rules! id {
    ($(#[$doc:meta])* $name:ident: $brand:literal) => {
        $(#[$doc])*
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        #[cfg_attr(feature = "ts", derive(ts_rs::TS), ts(type = $brand))]
        pub struct $name(Uuid);

        impl $name {
            /// The id with these 16 bytes.
            pub const fn from_bytes(bytes: [u8; 16]) -> Self {
                Self(Uuid::from_bytes(bytes))
            }

            /// The 16 bytes of this id, as they stand in sealing contexts.
            pub const fn as_bytes(&self) -> &[u8; 16] {
                self.0.as_bytes()
            }
        }

        impl From<Uuid> for $name {
            fn from(uuid: Uuid) -> Self {
                Self(uuid)
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                let mut text = [0; ID_CHARS];
                f.write_str(written(&mut text, self.0.as_bytes()))
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, concat!(stringify!($name), "({})"), self)
            }
        }

        impl FromStr for $name {
            type Err = BadId;

            fn from_str(text: &str) -> Result<Self, BadId> {
                // Anything of another length is refused before it is decoded.
                if text.len() != ID_CHARS {
                    return Err(BadId);
                }
                // The decoder wants room for its estimate, which rounds up.
                let mut bytes = [0; 18];
                let length = URL_SAFE_NO_PAD.decode_slice(text, &mut bytes).map_err(|_| BadId)?;
                let bytes = bytes.get(..length).and_then(|bytes| bytes.try_into().ok());
                Ok(Self::from_bytes(bytes.ok_or(BadId)?))
            }
        }

        impl Serialize for $name {
            fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                let mut text = [0; ID_CHARS];
                serializer.serialize_str(written(&mut text, self.0.as_bytes()))
            }
        }

        impl<'de> Deserialize<'de> for $name {
            fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                let text = std::borrow::Cow::<'de, str>::deserialize(deserializer)?;
                text.parse().map_err(de::Error::custom)
            }
        }
    };
}

/// An id that is not 16 bytes in base64url without padding.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("an id is 16 bytes in base64url without padding (22 characters)")]
pub struct BadId;

id! {
    /// A set: the stable small group that meets over months.
    SetId: "string & { readonly __brand: 'SetId' }"
}
id! {
    /// One sitting of a set; the `session` of the sealing context.
    MeetingId: "string & { readonly __brand: 'MeetingId' }"
}
id! {
    /// A person's place in the circle. It survives devices and reconnects.
    SeatId: "string & { readonly __brand: 'SeatId' }"
}
id! {
    /// A browser that holds key pairs: the first 16 bytes of SHA-256 of its public keys.
    DeviceId: "string & { readonly __brand: 'DeviceId' }"
}

impl DeviceId {
    /// The id of the browser with these public keys: the one that grants are sealed to, and the one
    /// that its signatures are checked with, which browsers of the first form do not have.
    pub fn of(public: &PublicKey, sign: Option<&PublicKey>) -> Self {
        let sign = sign.map_or(&[] as &[u8], |sign| &sign.0);
        let hash: [u8; 32] =
            Sha256::new().chain_update(public.0).chain_update(sign).finalize().into();
        let mut id = [0; 16];
        id.iter_mut().zip(hash).for_each(|(to, from)| *to = from);
        Self::from_bytes(id)
    }
}
id! {
    /// The branch of history that a room's changes stand on. It is another one after an earlier
    /// copy of the journal was put back: then the same places hold other changes.
    BranchId: "string & { readonly __brand: 'BranchId' }"
}
id! {
    /// One text that somebody typed, through all its revisions.
    ItemId: "string & { readonly __brand: 'ItemId' }"
}
id! {
    /// Made by the client for each command, so that a repeat is known as a repeat.
    CommandId: "string & { readonly __brand: 'CommandId' }"
}

/// Place of a change in its room's one order. The first change is 1; 0 is "nothing yet".
///
/// Stays below 2^53, so that it is exact in JavaScript.
#[derive(
    Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize,
)]
#[serde(transparent)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS), ts(type = "number"))]
pub struct Seq(pub u64);

impl Seq {
    /// The sequence number that follows this one.
    #[must_use]
    pub const fn next(self) -> Self {
        Self(self.0 + 1)
    }
}

impl fmt::Display for Seq {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// Server time in milliseconds since 1970-01-01T00:00:00Z.
#[derive(
    Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize,
)]
#[serde(transparent)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS), ts(type = "number"))]
pub struct Timestamp(pub u64);

impl Timestamp {
    /// This moment plus `ms` milliseconds.
    #[must_use]
    pub const fn plus(self, ms: u64) -> Self {
        Self(self.0.saturating_add(ms))
    }

    /// Milliseconds from `earlier` to this moment; 0 when `earlier` is later.
    #[must_use]
    pub const fn since(self, earlier: Self) -> u64 {
        self.0.saturating_sub(earlier.0)
    }
}

impl fmt::Display for Timestamp {
    /// `2026-11-22T05:08:02.123Z`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (days, in_day) = (self.0 / 86_400_000, self.0 % 86_400_000);
        // Counting years from March puts the leap day last, so months need no table.
        let z = days + 719_468;
        let (era, day_of_era) = (z / 146_097, z % 146_097);
        let year_of_era =
            (day_of_era - day_of_era / 1_460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
        let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
        let from_march = (5 * day_of_year + 2) / 153;
        let day = day_of_year - (153 * from_march + 2) / 5 + 1;
        let month = if from_march < 10 { from_march + 3 } else { from_march - 9 };
        let year = era * 400 + year_of_era + u64::from(month <= 2);
        let (hour, minute) = (in_day / 3_600_000, in_day / 60_000 % 60);
        let (second, milli) = (in_day / 1_000 % 60, in_day % 1_000);
        write!(f, "{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}.{milli:03}Z")
    }
}
