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

pub(super) const VERSION: u8 = 0x01;

/// Everything that a box is bound to. A box opens under exactly the context it was sealed in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BoxContext<'a> {
    /// The set.
    pub set: [u8; 16],
    /// The sitting.
    pub session: [u8; 16],
    /// The key's epoch; also written in the box's header.
    pub epoch: u32,
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
    #[must_use]
    pub fn aad(&self) -> Vec<u8> {
        pae(&[
            b"ALS1-seal",
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
    let mut salt = [0; 32];
    rng.fill_bytes(&mut salt);
    let bucket = bucket_for(text)?;
    let aad = context.aad();
    let keys = Committed::derive(key, &salt, b"ALS1-seal", &aad);

    let mut out = Vec::with_capacity(OVERHEAD + bucket);
    out.push(VERSION);
    out.extend_from_slice(&context.epoch.to_be_bytes());
    out.extend_from_slice(&salt);
    out.extend_from_slice(&keys.commitment);
    let header = out.len();
    out.extend_from_slice(text.as_bytes());
    out.push(0x80);
    out.resize(header + bucket, 0);
    // In place, so that the text is never in a second buffer.
    let body = out.get_mut(header..).ok_or(SealError::Length)?;
    let tag = keys.seal_in_place(&aad, body)?;
    out.extend_from_slice(&tag);
    Ok(out)
}

/// Opens a box. The commitment is compared, in constant time, before anything is decrypted.
///
/// # Errors
/// [`SealError::Version`], [`SealError::Length`], [`SealError::Epoch`],
/// [`SealError::Commitment`], [`SealError::Cipher`], [`SealError::Padding`] or
/// [`SealError::Form`] (not UTF-8); the first that applies, in that order.
pub fn open_text(
    key: &Secret,
    context: &BoxContext<'_>,
    sealed: &[u8],
) -> Result<String, SealError> {
    let (&version, rest) = sealed.split_first().ok_or(SealError::Length)?;
    if version != VERSION {
        return Err(SealError::Version);
    }
    if !BUCKETS.iter().any(|bucket| sealed.len() == OVERHEAD + bucket) {
        return Err(SealError::Length);
    }
    let (epoch, rest) = rest.split_first_chunk::<4>().ok_or(SealError::Length)?;
    if *epoch != context.epoch.to_be_bytes() {
        return Err(SealError::Epoch);
    }
    let padded = open_committed(key, rest, b"ALS1-seal", &context.aad())?;
    // Zeros, then the one 0x80 that ends the text.
    let end = padded.iter().rposition(|&byte| byte != 0).ok_or(SealError::Padding)?;
    let (text, pad) = padded.split_at_checked(end).ok_or(SealError::Padding)?;
    if pad.first() != Some(&0x80) {
        return Err(SealError::Padding);
    }
    String::from_utf8(text.to_vec()).map_err(|_| SealError::Form)
}

/// The smallest bucket that holds the text and the padding's first byte.
fn bucket_for(text: &str) -> Result<usize, SealError> {
    BUCKETS.into_iter().find(|&bucket| text.len() < bucket).ok_or(SealError::TooLong)
}

/// Opens `salt32 ‖ commit32 ‖ ciphertext`.
pub(super) fn open_committed(
    key: &Secret,
    bytes: &[u8],
    label: &[u8],
    aad: &[u8],
) -> Result<Zeroizing<Vec<u8>>, SealError> {
    let (salt, rest) = bytes.split_first_chunk::<32>().ok_or(SealError::Length)?;
    let (commitment, body) = rest.split_first_chunk::<32>().ok_or(SealError::Length)?;
    let keys = Committed::derive(key, salt, label, aad);
    if !bool::from(keys.commitment.ct_eq(commitment)) {
        return Err(SealError::Commitment);
    }
    keys.open(aad, body)
}

/// A one-time key and iv, and the commitment to the key and context they came from.
/// AES-GCM alone does not commit: one ciphertext can be made to open under two keys.
pub(super) struct Committed {
    cipher: Aes256Gcm,
    iv: [u8; 12],
    pub(super) commitment: [u8; 32],
}

impl Committed {
    /// `HKDF(key, salt, label ‖ SHA-256(aad), 76)` as key 32, iv 12, commitment 32.
    pub(super) fn derive(key: &Secret, salt: &[u8; 32], label: &[u8], aad: &[u8]) -> Self {
        let okm = Zeroizing::new(hkdf::<76>(key.as_bytes(), salt, &[label, &sha256(aad)]));
        let mut parts = okm.iter().copied();
        let mut cipher_key = Zeroizing::new([0; 32]);
        let (mut iv, mut commitment) = ([0; 12], [0; 32]);
        cipher_key.iter_mut().zip(parts.by_ref()).for_each(|(to, from)| *to = from);
        iv.iter_mut().zip(parts.by_ref()).for_each(|(to, from)| *to = from);
        commitment.iter_mut().zip(parts).for_each(|(to, from)| *to = from);
        Self { cipher: Aes256Gcm::new(&(*cipher_key).into()), iv, commitment }
    }

    /// Encrypts `body` where it lies and gives the tag.
    pub(super) fn seal_in_place(&self, aad: &[u8], body: &mut [u8]) -> Result<[u8; 16], SealError> {
        self.cipher
            .encrypt_inout_detached(&self.iv.into(), aad, body.into())
            .map(Into::into)
            .map_err(|_| SealError::Cipher)
    }

    /// Decrypts `ciphertext ‖ tag`.
    pub(super) fn open(&self, aad: &[u8], body: &[u8]) -> Result<Zeroizing<Vec<u8>>, SealError> {
        self.cipher
            .decrypt(&self.iv.into(), Payload { msg: body, aad })
            .map(Zeroizing::new)
            .map_err(|_| SealError::Cipher)
    }
}
