//! The box: typed text, padded, committed to one key and one context, and encrypted.
//!
//! ```text
//! box = 0x01 ‖ u32 epoch ‖ salt32 ‖ commit32 ‖ AES-256-GCM(key, iv, aad = context, padded text)
//! ```
//! A fresh salt gives every box its own key and iv, so a lost counter or a second tab cannot
//! repeat a nonce.

use aes_gcm::Aes256Gcm;
use aes_gcm::aead::{Aead as _, AeadInOut as _, KeyInit as _, Payload};
use rand::CryptoRng;
use subtle::ConstantTimeEq as _;
use zeroize::Zeroizing;

use super::bytes::{hkdf, pae, sha256};
use super::{SealError, Secret};

/// The padded lengths, in bytes. A box tells nobody more about its text than one of these.
pub const BUCKETS: [usize; 6] = [256, 512, 1024, 2048, 4096, 8192];
/// What a box is longer than its bucket: version, epoch, salt, commitment and tag.
pub const OVERHEAD: usize = 1 + 4 + 32 + 32 + 16;
/// The longest text, in UTF-8 bytes: the largest bucket less the padding's own first byte.
pub const MAX_TEXT_LEN: usize = 8191;

/// What a box is sealed under: the set's key, or its author's own. Each has a version byte and a
/// label of its own.
#[derive(Clone, Copy)]
pub(super) struct Form {
    version: u8,
    label: &'static [u8],
}

/// A text under the set's key.
const SET: Form = Form { version: 0x01, label: b"ALS1-seal" };
/// A text under its author's own key.
const OWN: Form = Form { version: 0x02, label: b"ALS1-own-seal" };

impl Form {
    /// A form of the first version with another label.
    pub(super) const fn labelled(label: &'static [u8]) -> Self {
        Self { version: SET.version, label }
    }
}

/// Everything that a box is bound to. A box opens under exactly the context it was sealed in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BoxContext<'a> {
    /// The set.
    pub set: [u8; 16],
    /// The sitting.
    pub session: [u8; 16],
    /// The key's epoch; also written in the box's header. Of an own box, the own key's generation.
    pub epoch: u32,
    /// Whether it is under its author's own key.
    pub own: bool,
    /// The author's seat.
    pub member: [u8; 16],
    /// The author's device.
    pub device: [u8; 16],
    /// The field: `name`, `title`, `issue`, `question` …
    pub kind: &'a str,
    /// The item that the text belongs to.
    pub item: [u8; 16],
    /// Rises by one with each edit of the item.
    pub rev: u32,
    /// Counts this device's boxes in the sitting.
    pub n: u64,
    /// SHA-256 of this device's previous box, zeros for its first.
    pub prev: [u8; 32],
}

impl BoxContext<'_> {
    /// The bytes that are authenticated with the text.
    pub fn aad(&self) -> Vec<u8> {
        pae(&[
            self.form().label,
            &self.set,
            &self.session,
            &self.epoch.to_be_bytes(),
            &self.member,
            &self.device,
            self.kind.as_bytes(),
            &self.item,
            &self.rev.to_be_bytes(),
            &self.n.to_be_bytes(),
            &self.prev,
        ])
    }

    fn form(&self) -> Form {
        if self.own { OWN } else { SET }
    }
}

/// Locks `text` under the epoch key.
///
/// # Errors
/// [`SealError::TooLong`] past [`MAX_TEXT_LEN`] bytes of UTF-8.
pub fn seal_text(
    key: &Secret,
    context: &BoxContext<'_>,
    text: &str,
    rng: &mut impl CryptoRng,
) -> Result<Vec<u8>, SealError> {
    lock(key, context.form(), context.epoch, &context.aad(), text, rng)
}

/// Opens a box. The commitment is compared, in constant time, before anything is decrypted.
///
/// # Errors
/// [`SealError::Length`] (also of no bytes at all), [`SealError::Version`],
/// [`SealError::Epoch`], [`SealError::Commitment`], [`SealError::Cipher`],
/// [`SealError::Padding`] or [`SealError::Form`] (not UTF-8).
pub fn open_text(
    key: &Secret,
    context: &BoxContext<'_>,
    sealed: &[u8],
) -> Result<String, SealError> {
    let parts = Parts::split(sealed, context.form())?;
    if parts.epoch != context.epoch {
        return Err(SealError::Epoch);
    }
    let text = unlock(key, context.form(), &context.aad(), &parts)?;
    Ok(text.to_string())
}

/// A box taken apart, its version and length checked, nothing verified yet.
pub(super) struct Parts<'a> {
    pub(super) epoch: u32,
    salt: &'a [u8; 32],
    commitment: &'a [u8; 32],
    body: &'a [u8],
}

impl<'a> Parts<'a> {
    pub(super) fn split(sealed: &'a [u8], form: Form) -> Result<Self, SealError> {
        let (&version, rest) = sealed.split_first().ok_or(SealError::Length)?;
        if version != form.version {
            return Err(SealError::Version);
        }
        if !BUCKETS.iter().any(|bucket| sealed.len() == OVERHEAD + bucket) {
            return Err(SealError::Length);
        }
        let (epoch, rest) = rest.split_first_chunk().ok_or(SealError::Length)?;
        let (salt, rest) = rest.split_first_chunk().ok_or(SealError::Length)?;
        let (commitment, body) = rest.split_first_chunk().ok_or(SealError::Length)?;
        Ok(Self { epoch: u32::from_be_bytes(*epoch), salt, commitment, body })
    }
}

/// Makes a box of `text`, bound to the form's label and `aad`.
pub(super) fn lock(
    key: &Secret,
    form: Form,
    epoch: u32,
    aad: &[u8],
    text: &str,
    rng: &mut impl CryptoRng,
) -> Result<Vec<u8>, SealError> {
    // The smallest bucket that holds the text and the padding's first byte.
    let bucket =
        BUCKETS.into_iter().find(|&bucket| text.len() < bucket).ok_or(SealError::TooLong)?;
    let mut salt = [0; 32];
    rng.fill_bytes(&mut salt);
    let once = Once::derive(key, &salt, form.label, aad);

    let mut out = Vec::with_capacity(OVERHEAD + bucket);
    out.push(form.version);
    out.extend_from_slice(&epoch.to_be_bytes());
    out.extend_from_slice(&salt);
    out.extend_from_slice(&once.commitment);
    let header = out.len();
    out.extend_from_slice(text.as_bytes());
    out.push(0x80);
    out.resize(header + bucket, 0);
    // In place, so that the text is in no second buffer.
    let body = out.get_mut(header..).ok_or(SealError::Length)?;
    let tag = once
        .cipher
        .encrypt_inout_detached(&once.iv.into(), aad, body.into())
        .map_err(|_| SealError::Cipher)?;
    out.extend_from_slice(&tag);
    Ok(out)
}

/// Opens what [`lock`] made under the same key, form and `aad`.
pub(super) fn unlock(
    key: &Secret,
    form: Form,
    aad: &[u8],
    parts: &Parts<'_>,
) -> Result<Zeroizing<String>, SealError> {
    let once = Once::derive(key, parts.salt, form.label, aad);
    if !bool::from(once.commitment.ct_eq(parts.commitment)) {
        return Err(SealError::Commitment);
    }
    let padded = once
        .cipher
        .decrypt(&once.iv.into(), Payload { msg: parts.body, aad })
        .map(Zeroizing::new)
        .map_err(|_| SealError::Cipher)?;
    // Text, one 0x80, then zeros to the end.
    let end = padded.iter().rposition(|&byte| byte != 0).ok_or(SealError::Padding)?;
    let (text, pad) = padded.split_at_checked(end).ok_or(SealError::Padding)?;
    if pad.first() != Some(&0x80) {
        return Err(SealError::Padding);
    }
    String::from_utf8(text.to_vec()).map(Zeroizing::new).map_err(|_| SealError::Form)
}

/// A one-time key and iv, and the commitment to the key and context they came from.
/// AES-GCM alone does not commit: one ciphertext can be made to open under two keys.
struct Once {
    cipher: Aes256Gcm,
    iv: [u8; 12],
    commitment: [u8; 32],
}

impl Once {
    /// `HKDF(key, salt, label ‖ SHA-256(aad), 76)` as key 32, iv 12, commitment 32.
    fn derive(key: &Secret, salt: &[u8; 32], label: &[u8], aad: &[u8]) -> Self {
        let okm = Zeroizing::new(hkdf::<76>(key.as_bytes(), salt, &[label, &sha256(aad)]));
        let mut parts = okm.iter().copied();
        let mut cipher_key = Zeroizing::new([0; 32]);
        let (mut iv, mut commitment) = ([0; 12], [0; 32]);
        cipher_key.iter_mut().zip(parts.by_ref()).for_each(|(to, from)| *to = from);
        iv.iter_mut().zip(parts.by_ref()).for_each(|(to, from)| *to = from);
        commitment.iter_mut().zip(parts).for_each(|(to, from)| *to = from);
        Self { cipher: Aes256Gcm::new(&(*cipher_key).into()), iv, commitment }
    }
}
