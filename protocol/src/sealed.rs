//! The gate for typed text: the server cannot open a box, but it can tell that it is one.
//!
//! A box is `0x01 ‖ u32 epoch ‖ salt32 ‖ commit32 ‖ AES-256-GCM(padded text)`, or with 0x02 and the
//! generation of its author's own key in the epoch's place, where the padded text is 256, 512, 1024, 2048, 4096 or 8192 bytes and the tag adds 16. So every box is 85 bytes
//! longer than a bucket, and a client bug that sends plain text fails here, loudly.

use std::fmt;
use std::sync::Arc;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::{Deserialize, Deserializer, Serialize, de};

use crate::limits;

/// What a box adds to its padded text: version, epoch, salt, commitment and tag, in bytes.
pub const BOX_OVERHEAD: usize = 85;

/// First byte of a box under the set's key.
const SET_BOX: u8 = 1;
/// First byte of a box under its author's own key.
const OWN_BOX: u8 = 2;

/// From here up are the numbers of boxes under their author's own key. They stand outside the order of
/// the browser's other boxes, where a gap would tell everybody how many there are.
pub const OWN_NUMBERS: u64 = 1 << 52;

/// The sizes that text is padded to, in bytes.
pub const BUCKETS: [usize; 6] = [256, 512, 1024, 2048, 4096, 8192];

/// A box that only admitted browsers can open, in base64url.
#[derive(Clone, PartialEq, Eq, Serialize)]
#[serde(transparent)]
#[cfg_attr(
    feature = "ts",
    derive(ts_rs::TS),
    ts(type = "string & { readonly __brand: \"Sealed\" }")
)]
pub struct Sealed(Arc<str>);

/// Why something is not a box.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum BoxFault {
    /// Not base64url without padding.
    #[error("a box is base64url without padding")]
    Alphabet,
    /// Not 85 bytes more than a bucket.
    #[error("a box is 85 bytes longer than 256, 512, 1024, 2048, 4096 or 8192")]
    Length,
    /// The first byte is neither 1 nor 2.
    #[error("the first byte of a box is its version, 1 or 2")]
    Version,
}

impl Sealed {
    /// Checks alphabet, version byte and length.
    ///
    /// # Errors
    /// A [`BoxFault`] that names what is wrong; it never repeats the text.
    pub fn parse(text: &str) -> Result<Self, BoxFault> {
        if text.len() > (BOX_OVERHEAD + 8192).div_ceil(3) * 4 {
            return Err(BoxFault::Length);
        }
        let bytes = URL_SAFE_NO_PAD.decode(text).map_err(|_| BoxFault::Alphabet)?;
        if !matches!(bytes.first(), Some(&(SET_BOX | OWN_BOX))) {
            return Err(BoxFault::Version);
        }
        if bytes.len().checked_sub(BOX_OVERHEAD).is_none_or(|text| !BUCKETS.contains(&text)) {
            return Err(BoxFault::Length);
        }
        Ok(Self(text.into()))
    }

    /// Encodes the bytes of a box and checks them as [`Sealed::parse`] does.
    ///
    /// # Errors
    /// As [`Sealed::parse`].
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, BoxFault> {
        Self::parse(&URL_SAFE_NO_PAD.encode(bytes))
    }

    /// The base64url text.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The bytes of the box.
    pub fn decode(&self) -> Vec<u8> {
        URL_SAFE_NO_PAD.decode(self.0.as_bytes()).unwrap_or_default()
    }

    /// The epoch that the box says it was sealed in; of an own box, the generation of the own key.
    pub fn epoch(&self) -> u32 {
        let [_, epoch @ ..] = self.head();
        u32::from_be_bytes(epoch)
    }

    /// Whether it is sealed under its author's own key, and not under the set's.
    pub fn is_own(&self) -> bool {
        let [version, ..] = self.head();
        version == OWN_BOX
    }

    /// Version and epoch, which lie within the first eight characters.
    fn head(&self) -> [u8; 5] {
        let head = self.0.get(..8).and_then(|head| URL_SAFE_NO_PAD.decode(head).ok());
        head.and_then(|head| head.first_chunk().copied()).unwrap_or_default()
    }

    /// Bytes of the padded text: the only thing about it that the server learns.
    pub fn bucket(&self) -> usize {
        (self.0.len() * 3 / 4).saturating_sub(BOX_OVERHEAD)
    }
}

impl fmt::Debug for Sealed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Sealed({} B)", self.bucket())
    }
}

impl<'de> Deserialize<'de> for Sealed {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = std::borrow::Cow::<'de, str>::deserialize(deserializer)?;
        Self::parse(&text).map_err(de::Error::custom)
    }
}

/// What a typed text is for. It is bound into the box, so a text cannot be moved to another field.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub enum TextKind {
    /// The set's name.
    Title,
    /// A person's chosen name; its item id is the seat's id.
    Name,
    /// The set's own charter lines, when it changed the default ones.
    Charter,
    /// The presenter's one line on what the slot is about.
    Headline,
    /// A one-sentence offer to present.
    Bid,
    /// The owner's own next step.
    Action,
    /// A question written to be given (question_gift) or chosen from.
    Question,
    /// A line that the scribe took down because the presenter wanted it.
    Scribe,
    /// A skill that a member practises today (WIAL).
    Skill,
    /// The problem in one sentence (WIAL).
    Sentence,
    /// What a member takes away; private unless released.
    Learning,
    /// What helped, what got in the way: for its author alone.
    Reflection,
    /// What somebody's action taught them, in a sentence that the set may adopt.
    Practice,
    /// A part of somebody's learning question, which they keep over meetings for themselves.
    LearningQuestion,
    /// What the set is for: its purpose, objectives and parameters.
    Framework,
}

impl TextKind {
    /// Every kind.
    pub const ALL: [Self; 15] = [
        Self::Title,
        Self::Name,
        Self::Charter,
        Self::Headline,
        Self::Bid,
        Self::Action,
        Self::Question,
        Self::Scribe,
        Self::Skill,
        Self::Sentence,
        Self::Learning,
        Self::Reflection,
        Self::Practice,
        Self::LearningQuestion,
        Self::Framework,
    ];

    /// The largest bucket, in bytes, that a text of this kind may fill. Room lines are at most 140
    /// characters (560 bytes of UTF-8); actions and charters are short forms with several fields.
    pub const fn largest_bucket(self) -> usize {
        match self {
            Self::Name => 256,
            // One byte marks where the text ends.
            Self::Action | Self::Charter | Self::Framework => limits::FORM_BYTES + 1,
            Self::LearningQuestion => limits::LEARNING_BYTES + 1,
            Self::Title
            | Self::Headline
            | Self::Bid
            | Self::Question
            | Self::Scribe
            | Self::Skill
            | Self::Sentence
            | Self::Learning
            | Self::Reflection
            | Self::Practice => 1024,
        }
    }

    /// Whether a text of this kind is its author's alone until they show it.
    pub const fn is_private(self) -> bool {
        matches!(self, Self::Action | Self::Learning | Self::Reflection | Self::LearningQuestion)
    }

    /// Whether there is one of this kind for each author, or for the set.
    pub const fn is_single(self) -> bool {
        let the_sets = matches!(self, Self::Title | Self::Charter | Self::Framework);
        the_sets || matches!(self, Self::Headline | Self::Bid)
    }

    /// Whether a text of this kind is there in the next meeting as well: what each person keeps for
    /// themselves, and what belongs to the set and not to the meeting.
    pub const fn outlives_meeting(self) -> bool {
        let theirs = matches!(self, Self::Action | Self::LearningQuestion);
        let the_sets = matches!(self, Self::Name | Self::Title | Self::Charter | Self::Framework);
        theirs || the_sets || matches!(self, Self::Practice)
    }
}
