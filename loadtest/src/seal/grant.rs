//! The grant: how a facilitator's *Admit* hands the epoch keys to one device.
//!
//! HPKE (RFC 9180) in mode `auth_psk` with DHKEM(P-256), HKDF-SHA256 and AES-256-GCM. *Auth*,
//! because only a pinned host device may grant; *psk*, because the joiner must have come by the
//! link; both public keys in the context, so that a grant cannot be passed off as another's.

use hpke::aead::AesGcm256;
use hpke::kdf::HkdfSha256;
use hpke::kem::DhP256HkdfSha256;
use hpke::{Deserializable as _, OpModeR, OpModeS, PskBundle, Serializable as _};
use rand::CryptoRng;
use serde::{Deserialize, Serialize};
use zeroize::Zeroizing;

use super::bytes::{array_from_b64u, b64u, pae};
use super::{DeviceKeys, LinkKeys, LinkRole, PUBLIC_KEY_LEN, PublicKey, SealError, Secret};

/// What a grant is bound to.
#[derive(Clone, Copy, Debug)]
pub struct GrantContext<'a> {
    /// The link that the joiner knocked with: its set, its role and its `admit` key.
    pub link: &'a LinkKeys,
    /// The epoch in force when it is granted.
    pub epoch: u32,
    /// The granting host's device.
    pub host: &'a PublicKey,
    /// The joiner's device.
    pub joiner: &'a PublicKey,
}

impl GrantContext<'_> {
    /// The bytes used as HPKE `info` and as `aad`.
    #[must_use]
    pub fn info(&self) -> Vec<u8> {
        let epoch = self.epoch.to_be_bytes();
        let (host, joiner) = (self.host.as_bytes(), self.joiner.as_bytes());
        pae(&[b"ALS1-grant", &self.link.set, &epoch, host, joiner])
    }

    fn psk_id(&self) -> Vec<u8> {
        let mut id = format!("ALS1|{}|", self.link.role.letter()).into_bytes();
        id.extend_from_slice(&self.link.set);
        id
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
        let (info, psk_id) = (context.info(), context.psk_id());
        let psk =
            PskBundle::new(context.link.admit.as_bytes(), &psk_id).map_err(|_| SealError::Grant)?;
        let sender = (host.hpke_private().clone(), host.public().hpke().clone());
        let plain = Zeroizing::new(keys.to_json()?);
        let (enc, ciphertext) =
            hpke::single_shot_seal_with_rng::<AesGcm256, HkdfSha256, DhP256HkdfSha256>(
                &OpModeS::AuthPsk(sender, psk),
                context.joiner.hpke(),
                &info,
                &plain,
                &info,
                rng,
            )
            .map_err(|_| SealError::Grant)?;
        Ok(Self { enc: enc.to_bytes().into(), ciphertext })
    }

    /// Opens a grant from the pinned `context.host`.
    ///
    /// # Errors
    /// [`SealError::Grant`] when any of sender, recipient, link secret, set, role, epoch or
    /// bytes differs; [`SealError::Form`] when the opened list is malformed.
    pub fn open(
        &self,
        joiner: &DeviceKeys,
        context: &GrantContext<'_>,
    ) -> Result<KeyList, SealError> {
        let (info, psk_id) = (context.info(), context.psk_id());
        let psk =
            PskBundle::new(context.link.admit.as_bytes(), &psk_id).map_err(|_| SealError::Grant)?;
        let enc = <DhP256HkdfSha256 as hpke::Kem>::EncappedKey::from_bytes(&self.enc)
            .map_err(|_| SealError::Grant)?;
        let plain = hpke::single_shot_open::<AesGcm256, HkdfSha256, DhP256HkdfSha256>(
            &OpModeR::AuthPsk(context.host.hpke().clone(), psk),
            joiner.hpke_private(),
            &enc,
            &info,
            &self.ciphertext,
            &info,
        )
        .map_err(|_| SealError::Grant)?;
        KeyList::from_json(&Zeroizing::new(plain))
    }

    /// `enc ‖ ciphertext`, the form that is carried on the wire.
    #[must_use]
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

/// What a grant or a recovery wrap holds: `{"v":1,"keys":[[epoch,key]…],"roster":[…]}`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct KeyList {
    /// Epoch and key, oldest first. A new joiner gets only the current one.
    pub keys: Vec<(u32, Secret)>,
    /// Who the granting host says is in the set; empty where the roster is not wanted.
    pub roster: Vec<RosterEntry>,
}

/// One device of the roster.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RosterEntry {
    /// The device.
    pub device: [u8; 16],
    /// The seat of its person.
    pub member: [u8; 16],
    /// The seat's role.
    pub role: LinkRole,
}

impl KeyList {
    /// A list of one epoch's key and no roster.
    #[must_use]
    pub fn single(epoch: u32, key: Secret) -> Self {
        Self { keys: vec![(epoch, key)], roster: Vec::new() }
    }

    /// The key of `epoch`, if it was granted.
    #[must_use]
    pub fn key(&self, epoch: u32) -> Option<&Secret> {
        self.keys.iter().find(|(of, _)| *of == epoch).map(|(_, key)| key)
    }

    /// The newest epoch and its key.
    #[must_use]
    pub fn current(&self) -> Option<(u32, &Secret)> {
        self.keys.iter().max_by_key(|(epoch, _)| *epoch).map(|(epoch, key)| (*epoch, key))
    }

    pub(super) fn to_json(&self) -> Result<Vec<u8>, SealError> {
        let form = Form {
            v: 1,
            keys: self.keys.iter().map(|(epoch, key)| (*epoch, key.to_b64u())).collect(),
            roster: (self.roster.iter())
                .map(|entry| (b64u(&entry.device), b64u(&entry.member), entry.role))
                .collect(),
        };
        serde_json::to_vec(&form).map_err(|_| SealError::Form)
    }

    pub(super) fn from_json(bytes: &[u8]) -> Result<Self, SealError> {
        let form: Form = serde_json::from_slice(bytes).map_err(|_| SealError::Form)?;
        if form.v != 1 {
            return Err(SealError::Version);
        }
        let keys = (form.keys.into_iter())
            .map(|(epoch, key)| Ok((epoch, Secret::from_b64u(&key)?)))
            .collect::<Result<_, SealError>>()?;
        let roster = (form.roster.into_iter())
            .map(|(device, member, role)| {
                let (device, member) = (array_from_b64u(&device)?, array_from_b64u(&member)?);
                Ok(RosterEntry { device, member, role })
            })
            .collect::<Result<_, SealError>>()?;
        Ok(Self { keys, roster })
    }
}

/// The JSON of a [`KeyList`].
#[derive(Serialize, Deserialize)]
struct Form {
    v: u8,
    keys: Vec<(u32, String)>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    roster: Vec<(String, String, LinkRole)>,
}
