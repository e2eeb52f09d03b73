//! Off the record: the round's key, handed to a pair that a page made for the round and keeps in memory
//! alone. Once the pairs are gone nothing opens what was recorded, whoever holds the set's keys.
//!
//! A grant is an envelope like the others; its pre-shared key follows from the set's, so that the sender
//! is on the roster and knows the present key. The round is named after its key, so that nobody can hand
//! over another one. What is written are boxes under it.

use rand::CryptoRng;
use zeroize::Zeroizing;

use super::bytes::{hkdf, pae};
use super::envelope::{self, Binding};
use super::{BoxContext, DeviceKeys, PublicKey, SealError, Secret};

/// The kind of a box that announces a pair.
const KEY: &str = "otr-key";
/// The kind of a box with a line.
const LINE: &str = "otr:line";

/// A round, and where it is held.
#[derive(Clone, Copy, Debug)]
pub struct RoundOf {
    /// The set.
    pub set: [u8; 16],
    /// The sitting.
    pub session: [u8; 16],
    /// The round.
    pub round: [u8; 16],
    /// The set's present epoch.
    pub epoch: u32,
}

impl RoundOf {
    /// The round of a set that this is the key of.
    pub fn named(set: &[u8; 16], key: &Secret) -> [u8; 16] {
        hkdf(key.as_bytes(), set, &[b"ALS1-otr-id"])
    }

    /// The bytes used as HPKE `info` and as `aad`.
    pub fn info(&self, sender: &PublicKey, recipient: &PublicKey) -> Vec<u8> {
        let epoch = self.epoch.to_be_bytes();
        let (from, to) = (sender.as_bytes(), recipient.as_bytes());
        pae(&[b"ALS1-otr", &self.set, &self.session, &self.round, &epoch, from, to])
    }

    /// The pre-shared key, under the set's key of this epoch.
    pub fn psk(&self, epoch_key: &Secret) -> Secret {
        let info: [&[u8]; 2] = [b"ALS1-otr", &self.round];
        Secret::from_bytes(hkdf(epoch_key.as_bytes(), &self.set, &info))
    }

    fn binding(&self, epoch_key: &Secret, sender: &PublicKey, recipient: &PublicKey) -> Binding {
        Binding {
            info: self.info(sender, recipient),
            psk: Zeroizing::new(*self.psk(epoch_key).as_bytes()),
            psk_id: [b"ALS1|x|".as_slice(), &self.set].concat(),
        }
    }

    /// Locks the round's key for a pair that was announced.
    ///
    /// # Errors
    /// [`SealError::Grant`] when HPKE refuses.
    pub fn grant(
        &self,
        epoch_key: &Secret,
        key: &Secret,
        sender: &DeviceKeys,
        recipient: &PublicKey,
        rng: &mut impl CryptoRng,
    ) -> Result<Vec<u8>, SealError> {
        let binding = self.binding(epoch_key, sender.public(), recipient);
        envelope::signed_for(sender, recipient, &binding, key.as_bytes(), rng)
    }

    /// Opens a grant of this round's key. Gives its sender too, who must be on the roster.
    ///
    /// # Errors
    /// [`SealError::Length`], [`SealError::PublicKey`], [`SealError::Grant`], or [`SealError::Form`] when
    /// what it holds is no key, or that of another round.
    pub fn open(
        &self,
        epoch_key: &Secret,
        grant: &[u8],
        recipient: &DeviceKeys,
    ) -> Result<(PublicKey, Secret), SealError> {
        let (sender, enc, ciphertext) = envelope::split(grant)?;
        let binding = self.binding(epoch_key, &sender, recipient.public());
        let plain = envelope::open(recipient, &sender, &binding, enc, ciphertext)?;
        let key = Secret::from_bytes(plain.as_slice().try_into().map_err(|_| SealError::Form)?);
        if Self::named(&self.set, &key) != self.round {
            return Err(SealError::Form);
        }
        Ok((sender, key))
    }

    /// What the box is bound to that announces a pair: under the set's key.
    pub fn announces(&self, member: [u8; 16], device: [u8; 16]) -> BoxContext<'static> {
        self.bound(KEY, self.round, member, device)
    }

    /// What the box of a line is bound to: under the round's key. It stands in no order and follows no
    /// other box.
    pub fn line(&self, item: [u8; 16], member: [u8; 16], device: [u8; 16]) -> BoxContext<'static> {
        self.bound(LINE, item, member, device)
    }

    fn bound(
        &self,
        kind: &'static str,
        item: [u8; 16],
        member: [u8; 16],
        device: [u8; 16],
    ) -> BoxContext<'static> {
        let Self { set, session, epoch, .. } = *self;
        BoxContext {
            set,
            session,
            epoch,
            own: false,
            member,
            device,
            kind,
            item,
            rev: 1,
            n: 0,
            prev: [0; 32],
        }
    }
}
