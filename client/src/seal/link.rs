//! Invitation links, the keys they give, and the hello that proves a knock came by one.

use std::fmt;
use std::str::FromStr;

use hmac::{Hmac, Mac as _};
use rand::CryptoRng;
use setroom_protocol::{LinkRole, PublicKey as WirePublic};
use sha2::Sha256;

use super::bytes::{array_from_b64u, b64u, hkdf, hmac_sha256, pae};
use super::{DeviceKeys, PublicKey, SealError, Secret};

/// The letter that stands for a role in links and in what is authenticated.
pub(super) fn letter(role: LinkRole) -> &'static str {
    match role {
        LinkRole::Host => "h",
        LinkRole::CoFacilitator => "c",
        LinkRole::Member => "m",
        LinkRole::Observer => "o",
    }
}

/// What an invitation link carries after the `#`, which browsers never send to a server.
///
/// `Display` gives `2.<set>.<role>.<secret>.<host>`, or `1.<set>.<role>.<secret>` where it does not say
/// who the host is; `FromStr` reads both, with or without the address in front, because some mail
/// programs drop everything after the `#` and people then paste the rest by hand.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Link {
    /// The set that it leads to.
    pub set: [u8; 16],
    /// Who it lets in.
    pub role: LinkRole,
    /// The join secret. It authenticates a knock; it opens no text.
    pub secret: Secret,
    /// The id of the host link's holder: no roster of another host is believed by who comes by it. Absent
    /// in the host's own, and in those of earlier pages.
    pub host: Option<[u8; 16]>,
}

impl Link {
    /// A link with a fresh secret, which does not say who the host is.
    pub fn generate(set: [u8; 16], role: LinkRole, rng: &mut impl CryptoRng) -> Self {
        Self { set, role, secret: Secret::generate(rng), host: None }
    }

    /// The whole address, for example `https://host/j#1.…`.
    pub fn to_url(&self, origin: &str) -> String {
        format!("{}/j#{self}", origin.trim_end_matches('/'))
    }

    /// The keys that the secret gives.
    pub fn keys(&self) -> LinkKeys {
        let derive = |purpose: &str| {
            let info = ["ALS1-link|", letter(self.role), "|", purpose].map(str::as_bytes);
            Secret::from_bytes(hkdf(self.secret.as_bytes(), &self.set, &info))
        };
        LinkKeys {
            set: self.set,
            role: self.role,
            token: derive("token"),
            admit: derive("admit"),
            lobby: derive("lobby"),
            recover: derive("recover"),
            holder: derive("holder"),
        }
    }
}

impl fmt::Display for Link {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (set, role, secret) = (b64u(&self.set), letter(self.role), self.secret.to_b64u());
        match &self.host {
            None => write!(f, "1.{set}.{role}.{secret}"),
            Some(host) => write!(f, "2.{set}.{role}.{secret}.{}", b64u(host)),
        }
    }
}

impl FromStr for Link {
    type Err = SealError;

    fn from_str(text: &str) -> Result<Self, SealError> {
        let text = text.trim();
        let payload = text.rsplit_once('#').map_or(text, |(_, payload)| payload);
        let mut parts = payload.split('.');
        let mut next = || parts.next().ok_or(SealError::Link);
        let (version, set, role, secret) = (next()?, next()?, next()?, next()?);
        let role = (LinkRole::ALL.into_iter())
            .find(|known| letter(*known) == role)
            .ok_or(SealError::Link)?;
        let host = match (version, parts.next()) {
            ("1", None) => None,
            ("2", Some(host)) if role != LinkRole::Host => {
                Some(array_from_b64u(host).map_err(|_| SealError::Link)?)
            }
            _ => return Err(SealError::Link),
        };
        if parts.next().is_some() {
            return Err(SealError::Link);
        }
        let set = array_from_b64u(set).map_err(|_| SealError::Link)?;
        let secret = Secret::from_b64u(secret).map_err(|_| SealError::Link)?;
        Ok(Self { set, role, secret, host })
    }
}

/// The five keys of one link, `HKDF(secret, set, "ALS1-link|<role>|<purpose>")`.
#[derive(Clone, Debug)]
pub struct LinkKeys {
    /// The set of the link; part of what is authenticated.
    pub set: [u8; 16],
    /// The role of the link; part of what is authenticated.
    pub role: LinkRole,
    /// Shown to the server, which keeps [`Secret::hash`] of it.
    pub token: Secret,
    /// Proves a knock to the host, and is the pre-shared key of the first grant.
    pub admit: Secret,
    /// Seals the display name for the lobby.
    pub lobby: Secret,
    /// Wrapped the key list of sets of the first form.
    pub recover: Secret,
    /// Of the host's link: what its own holder's pairs follow from.
    pub holder: Secret,
}

impl LinkKeys {
    /// The pairs that follow from the host's link, by which everybody knows the host.
    pub fn host_holder(&self) -> DeviceKeys {
        let seed = |info: &str| hkdf(self.holder.as_bytes(), &self.set, &[info.as_bytes()]);
        DeviceKeys::derive_both(&seed("ALS1-holder-kem"), &seed("ALS1-holder-sign"))
    }

    /// Proves a knock of a device.
    pub fn hello(&self, device: &DeviceKeys, rng: &mut impl CryptoRng) -> Hello {
        let mut nonce = [0; 16];
        rng.fill_bytes(&mut nonce);
        let bytes = self.hello_bytes(device.public(), &device.sign_public(), &nonce);
        Hello { nonce, mac: self.mac(&bytes).finalize().into_bytes().into() }
    }

    /// Checks a knock, in constant time.
    ///
    /// # Errors
    /// [`SealError::Mac`]: the guest did not come by this link.
    pub fn check_hello(
        &self,
        public: &PublicKey,
        sign: &WirePublic,
        hello: &Hello,
    ) -> Result<(), SealError> {
        let bytes = self.hello_bytes(public, sign, &hello.nonce);
        self.mac(&bytes).verify_slice(&hello.mac).map_err(|_| SealError::Mac)
    }

    /// Shows, in a letter of this epoch to somebody who knows no roster yet, that its sender holds this link.
    pub fn prove(&self, epoch: u32, sender: &PublicKey, holder: &PublicKey) -> [u8; 32] {
        self.mac(&self.by_bytes(epoch, sender, holder)).finalize().into_bytes().into()
    }

    /// Checks that, in constant time.
    ///
    /// # Errors
    /// [`SealError::Mac`]: the sender does not hold this link.
    pub fn check_proof(
        &self,
        epoch: u32,
        sender: &PublicKey,
        holder: &PublicKey,
        by: &[u8; 32],
    ) -> Result<(), SealError> {
        let bytes = self.by_bytes(epoch, sender, holder);
        self.mac(&bytes).verify_slice(by).map_err(|_| SealError::Mac)
    }

    fn by_bytes(&self, epoch: u32, sender: &PublicKey, holder: &PublicKey) -> Vec<u8> {
        let (from, to) = (sender.as_bytes(), holder.as_bytes());
        pae(&[b"ALS1-by", &self.set, &epoch.to_be_bytes(), from, to])
    }

    /// The bytes under the `mac`.
    pub fn hello_bytes(&self, public: &PublicKey, sign: &WirePublic, nonce: &[u8; 16]) -> Vec<u8> {
        let role = letter(self.role).as_bytes();
        pae(&[b"ALS1-hello2", &self.set, role, public.as_bytes(), &sign.0, nonce])
    }

    fn mac(&self, bytes: &[u8]) -> Hmac<Sha256> {
        let mut mac = hmac_sha256(self.admit.as_bytes());
        mac.update(bytes);
        mac
    }
}

/// The part of a knock that shows it came by the link.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Hello {
    /// Fresh for each knock.
    pub nonce: [u8; 16],
    /// HMAC-SHA256 under the link's `admit` key.
    pub mac: [u8; 32],
}
