//! Who is in the vectors, and what is fixed about them.

use std::convert::Infallible;

use rand::{TryCryptoRng, TryRng};
use serde_json::{Value, json};
use setroom_client::seal::{DeviceKeys, Link, LinkRole, Secret, sha256};
use setroom_protocol::roster::NO_SEAT;
use setroom_protocol::{DeviceId, Holder, PublicKey, SeatId, SetId};

use super::hex;

/// Bytes that follow from a name, so that nobody has to keep them.
pub(super) fn drawn(name: &str) -> [u8; 32] {
    sha256(format!("ALS1 vectors: {name}").as_bytes())
}

/// Randomness that follows from a name: each call begins it anew.
pub(crate) struct Known {
    name: &'static str,
    block: u32,
}

pub(crate) fn known(name: &'static str) -> Known {
    Known { name, block: 0 }
}

impl TryRng for Known {
    type Error = Infallible;

    fn try_next_u32(&mut self) -> Result<u32, Infallible> {
        unreachable!("sealing asks for bytes only")
    }

    fn try_next_u64(&mut self) -> Result<u64, Infallible> {
        unreachable!("sealing asks for bytes only")
    }

    fn try_fill_bytes(&mut self, to: &mut [u8]) -> Result<(), Infallible> {
        for chunk in to.chunks_mut(32) {
            let bytes = drawn(&format!("{} {}", self.name, self.block));
            chunk.copy_from_slice(&bytes[..chunk.len()]);
            self.block += 1;
        }
        Ok(())
    }
}

impl TryCryptoRng for Known {}

/// The set, and the links of the first vectors: the same set and secret for every kind.
pub(super) fn link(role: LinkRole) -> Link {
    let member: Link = crate::vectors::text("link").parse().unwrap();
    Link { role, ..member }
}

pub(super) fn set() -> SetId {
    SetId::from_bytes(link(LinkRole::Host).set)
}

/// One browser.
pub(super) struct Person {
    pub(super) name: &'static str,
    role: LinkRole,
    rotations: u32,
    /// Of a browser of the first form there is nothing to sign with.
    signs: bool,
}

pub(super) const HOST: Person =
    Person { name: "host", role: LinkRole::Host, rotations: 0, signs: true };
/// The host's second browser, which shares their seat.
pub(super) const HOST_AGAIN: Person = Person { name: "host_again", ..HOST };
pub(super) const CO: Person = Person { name: "co", role: LinkRole::CoFacilitator, ..HOST };
pub(super) const MEMBER: Person = Person { name: "member", role: LinkRole::Member, ..HOST };
pub(super) const OLD: Person = Person { name: "old", signs: false, ..MEMBER };
/// Comes by a member's link that has been changed once.
pub(super) const LATER: Person = Person { name: "later", rotations: 1, ..MEMBER };

impl Person {
    pub(super) const ALL: [Self; 6] = [HOST, HOST_AGAIN, CO, MEMBER, OLD, LATER];

    fn seed(&self, of: &str) -> [u8; 32] {
        drawn(&format!("{} {of}", self.name))
    }

    pub(super) fn keys(&self) -> DeviceKeys {
        DeviceKeys::derive_both(&self.seed("pub"), &self.seed("sign"))
    }

    pub(super) fn seat(&self) -> SeatId {
        let whose = if self.name == HOST_AGAIN.name { HOST.name } else { self.name };
        SeatId::from_bytes(drawn(&format!("{whose} seat"))[..16].try_into().unwrap())
    }

    pub(super) fn holder(&self) -> Holder {
        let keys = self.keys();
        Holder {
            public: PublicKey(*keys.public().as_bytes()),
            sign: self.signs.then(|| keys.sign_public()),
            seat: self.seat(),
            role: self.role,
            link: self.rotations,
            came: None,
        }
    }

    pub(super) fn id(&self) -> DeviceId {
        self.holder().device()
    }

    pub(super) fn shown(&self) -> Value {
        let holder = self.holder();
        let mut shown = json!({
            "pub_seed": hex(&self.seed("pub")),
            "pub": hex(&holder.public.0),
            "device": hex(holder.device().as_bytes()),
            "seat": hex(holder.seat.as_bytes()),
            "role": holder.role,
            "link": holder.link,
        });
        if let Some(sign) = holder.sign {
            shown["sign_seed"] = hex(&self.seed("sign")).into();
            shown["sign"] = hex(&sign.0).into();
        }
        shown
    }
}

/// The pairs that follow from the host link.
pub(super) fn host_link() -> DeviceKeys {
    link(LinkRole::Host).keys().host_holder()
}

/// The pairs of a link as the roster names them.
pub(super) fn holder_of_link(keys: &DeviceKeys) -> Holder {
    Holder {
        public: PublicKey(*keys.public().as_bytes()),
        sign: Some(keys.sign_public()),
        seat: NO_SEAT,
        role: LinkRole::Host,
        link: 0,
        came: None,
    }
}

/// The key of an epoch.
pub(super) fn key(epoch: u32) -> Secret {
    Secret::from_bytes(drawn(&format!("epoch {epoch}")))
}

/// The own key of the one who came later.
pub(super) fn own_key(generation: u32) -> Secret {
    Secret::from_bytes(drawn(&format!("own {generation}")))
}
