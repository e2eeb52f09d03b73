//! Names of things: ids of 16 bytes, the room's sequence numbers, and server time.

use std::fmt;
use std::str::FromStr;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::{Deserialize, Deserializer, Serialize, Serializer, de};
use uuid::Uuid;

macro_rules! id {
    ($(#[$doc:meta])* $name:ident: $brand:literal) => {
        $(#[$doc])*
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        #[cfg_attr(feature = "ts", derive(ts_rs::TS))]
        #[cfg_attr(feature = "ts", ts(type = $brand))]
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
                f.write_str(&URL_SAFE_NO_PAD.encode(self.0.as_bytes()))
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
                // 16 bytes are 22 characters; anything else is refused before it is decoded.
                if text.len() != 22 {
                    return Err(BadId);
                }
                let bytes = URL_SAFE_NO_PAD.decode(text).map_err(|_| BadId)?;
                let bytes: [u8; 16] = bytes.try_into().map_err(|_| BadId)?;
                Ok(Self::from_bytes(bytes))
            }
        }

        impl Serialize for $name {
            fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.collect_str(self)
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
    /// A browser that holds a key pair: the first 16 bytes of SHA-256 of its public key.
    DeviceId: "string & { readonly __brand: 'DeviceId' }"
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
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
#[cfg_attr(feature = "ts", ts(type = "number"))]
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
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
#[cfg_attr(feature = "ts", ts(type = "number"))]
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
