//! The grant: how a facilitator's *Admit* hands the epoch keys to one device.
//!
//! HPKE (RFC 9180) in mode `auth_psk` with DHKEM(P-256), HKDF-SHA256 and AES-256-GCM. *Auth*,
//! because only a pinned host device may grant; *psk*, because the joiner must have come by the
//! link; both public keys in the context, so that a grant cannot be passed off as another's.

use rand::CryptoRng;
use zeroize::Zeroizing;

use super::bytes::pae;
use super::envelope::{self, Binding};
use super::link::letter;
use super::{DeviceKeys, KeyList, LinkKeys, PUBLIC_KEY_LEN, PublicKey, SealError};

/// What a grant is bound to.
#[derive(Clone, Copy, Debug)]
pub struct GrantContext<'a> {
    /// The link that the joiner knocked with: its set, its role and its `admit` key.
    pub link: &'a LinkKeys,
    /// The newest epoch in the grant.
    pub epoch: u32,
    /// The granting host's device.
    pub host: &'a PublicKey,
    /// The joiner's device.
    pub joiner: &'a PublicKey,
}

impl GrantContext<'_> {
    /// The bytes used as HPKE `info` and as `aad`.
    pub fn info(&self) -> Vec<u8> {
        let epoch = self.epoch.to_be_bytes();
        let (host, joiner) = (self.host.as_bytes(), self.joiner.as_bytes());
        pae(&[b"ALS1-grant", &self.link.set, &epoch, host, joiner])
    }

    fn binding(&self) -> Binding {
        let mut psk_id = format!("ALS1|{}|", letter(self.link.role)).into_bytes();
        psk_id.extend_from_slice(&self.link.set);
        let psk = Zeroizing::new(*self.link.admit.as_bytes());
        Binding { info: self.info(), psk, psk_id }
    }
}

/// A locked key list for one device.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Grant {
    /// The encapsulated key, an uncompressed P-256 point.
    pub enc: [u8; PUBLIC_KEY_LEN],
    /// The encrypted key list, with its tag.
    pub ciphertext: Vec<u8>,
}

impl Grant {
    /// Locks `keys` for `context.joiner`. `host` must be the pair of `context.host`.
    ///
    /// # Errors
    /// [`SealError::Grant`] when `host` is another pair, or HPKE refuses; [`SealError::Form`]
    /// when the list cannot be written.
    pub fn make(
        host: &DeviceKeys,
        context: &GrantContext<'_>,
        keys: &KeyList,
        rng: &mut impl CryptoRng,
    ) -> Result<Self, SealError> {
        if host.public() != context.host {
            return Err(SealError::Grant);
        }
        let plain = Zeroizing::new(keys.to_json()?);
        let (enc, ciphertext) =
            envelope::seal(host, context.joiner, &context.binding(), plain.as_bytes(), rng)?;
        Ok(Self { enc, ciphertext })
    }

    /// Opens a grant from the pinned `context.host`.
    ///
    /// # Errors
    /// [`SealError::Grant`] when any of sender, recipient, link secret, set, role, epoch or
    /// bytes differs; [`SealError::Form`] when the opened list is malformed or lacks the key of
    /// `context.epoch`.
    pub fn open(
        &self,
        joiner: &DeviceKeys,
        context: &GrantContext<'_>,
    ) -> Result<KeyList, SealError> {
        let plain =
            envelope::open(joiner, context.host, &context.binding(), &self.enc, &self.ciphertext)?;
        let keys = KeyList::from_json(&plain)?;
        keys.key(context.epoch).is_some().then_some(keys).ok_or(SealError::Form)
    }

    /// `enc ‖ ciphertext`, the form that is carried on the wire.
    pub fn to_bytes(&self) -> Vec<u8> {
        [self.enc.as_slice(), &self.ciphertext].concat()
    }

    /// Reads [`Grant::to_bytes`] back.
    ///
    /// # Errors
    /// [`SealError::Length`] when there is no room for the encapsulated key.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, SealError> {
        let (enc, ciphertext) = bytes.split_first_chunk().ok_or(SealError::Length)?;
        Ok(Self { enc: *enc, ciphertext: ciphertext.to_vec() })
    }
}
