//! A person's own key: what only they may read is sealed under it. It is wrapped for their devices,
//! and for those who are to help them back to it.

use rand::CryptoRng;
use serde::{Deserialize, Serialize};
use zeroize::Zeroizing;

use super::bytes::pae;
use super::envelope::{self, Binding};
use super::{DeviceKeys, KeyList, PublicKey, SealError, Secret};

#[derive(Serialize, Deserialize)]
struct Form {
    v: u8,
    own: Vec<(u32, String)>,
}

/// Whose own key.
#[derive(Clone, Copy, Debug)]
pub struct OwnKeyOf {
    /// The set.
    pub set: [u8; 16],
    /// The person's seat.
    pub seat: [u8; 16],
}

impl OwnKeyOf {
    fn binding(&self, sender: &PublicKey, recipient: &PublicKey) -> Binding {
        let (from, to) = (sender.as_bytes(), recipient.as_bytes());
        let info = pae(&[b"ALS1-own", &self.set, &self.seat, from, to]);
        Binding::open_to_all(&self.set, info)
    }

    /// Locks all generations of the key for one device.
    ///
    /// # Errors
    /// [`SealError::Grant`] when HPKE refuses.
    pub fn wrap(
        &self,
        keys: &[(u32, Secret)],
        sender: &DeviceKeys,
        recipient: &PublicKey,
        rng: &mut impl CryptoRng,
    ) -> Result<Vec<u8>, SealError> {
        let own = keys.iter().map(|(of, key)| (*of, key.to_b64u())).collect();
        let plain = serde_json::to_vec(&Form { v: 1, own }).map_err(|_| SealError::Form)?;
        let plain = Zeroizing::new(plain);
        let binding = self.binding(sender.public(), recipient);
        envelope::signed_for(sender, recipient, &binding, &plain, rng)
    }

    /// Opens a wrap. Gives its sender too, who must be one of the person's devices, or a
    /// facilitator's.
    ///
    /// # Errors
    /// [`SealError::Length`], [`SealError::PublicKey`], [`SealError::Grant`] or [`SealError::Form`].
    pub fn unwrap(
        &self,
        wrap: &[u8],
        recipient: &DeviceKeys,
    ) -> Result<(PublicKey, Vec<(u32, Secret)>), SealError> {
        let (sender, enc, ciphertext) = envelope::split(wrap)?;
        let binding = self.binding(&sender, recipient.public());
        let plain = envelope::open(recipient, &sender, &binding, enc, ciphertext)?;
        let form: Form = serde_json::from_slice(&plain).map_err(|_| SealError::Form)?;
        let keys = (form.own.into_iter())
            .map(|(of, key)| Ok((of, Secret::from_b64u(&key).map_err(|_| SealError::Form)?)))
            .collect::<Result<_, SealError>>()?;
        Ok((sender, keys))
    }
}

/// The key list, locked for somebody who knows the roster: for the host link's own holder, so that a host on a
/// new device opens it with nothing but the link, and for whoever is on the roster when a new key is made.
///
/// # Errors
/// [`SealError::Form`], [`SealError::Grant`].
pub fn wrap_for(
    set: &[u8; 16],
    keys: &KeyList,
    sender: &DeviceKeys,
    holder: &PublicKey,
    rng: &mut impl CryptoRng,
) -> Result<Vec<u8>, SealError> {
    let (epoch, _) = keys.current().ok_or(SealError::Form)?;
    let plain = Zeroizing::new(keys.to_json()?);
    let binding = host_binding(set, epoch, sender.public(), holder);
    envelope::signed_for(sender, holder, &binding, plain.as_bytes(), rng)
}

/// Opens it. Gives its sender too, who must be a facilitator.
///
/// # Errors
/// As [`OwnKeyOf::unwrap`].
pub fn unwrap_for(
    set: &[u8; 16],
    epoch: u32,
    wrap: &[u8],
    holder: &DeviceKeys,
) -> Result<(PublicKey, KeyList), SealError> {
    let (sender, enc, ciphertext) = envelope::split(wrap)?;
    let binding = host_binding(set, epoch, &sender, holder.public());
    let plain = envelope::open(holder, &sender, &binding, enc, ciphertext)?;
    Ok((sender, KeyList::from_json(&plain)?))
}

fn host_binding(set: &[u8; 16], epoch: u32, sender: &PublicKey, holder: &PublicKey) -> Binding {
    let (from, to) = (sender.as_bytes(), holder.as_bytes());
    let info = pae(&[b"ALS1-grant", set, &epoch.to_be_bytes(), from, to]);
    Binding::open_to_all(set, info)
}
