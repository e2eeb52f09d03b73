//! A knock: the first frame of somebody with a link, and what it proves.

use serde::{Deserialize, Serialize};

use crate::bytes::{
    Blob, Challenge32, Hash32, Mac32, Nonce16, PublicKey, Signature64, Token32, pae,
};
use crate::ids::{DeviceId, SetId};
use crate::role::LinkRole;

/// What somebody with a link says of themselves.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct KnockFrame {
    /// Version of the protocol.
    pub v: u32,
    /// The set.
    pub set: SetId,
    /// The kind of link.
    pub role: LinkRole,
    /// The link's token.
    pub token: Token32,
    /// What a grant to this browser is sealed to; its device id follows from both public keys.
    #[serde(rename = "pub")]
    pub public: PublicKey,
    /// What this browser's signatures are checked with.
    pub sign: PublicKey,
    /// Random part of the hello.
    pub nonce: Nonce16,
    /// HMAC over the hello under the link's admit key.
    pub mac: Mac32,
    /// Signature over the server's challenge and the hello.
    pub pop: Signature64,
    /// The name, sealed under the link's lobby key.
    pub name: Blob,
    /// SHA-256 of the token that this browser will come back with.
    pub resume: Hash32,
}

impl KnockFrame {
    /// This browser.
    pub fn device(&self) -> DeviceId {
        DeviceId::of(&self.public, Some(&self.sign))
    }

    /// What `mac` proves: that the link is known to whoever holds these keys.
    pub fn hello(&self) -> Vec<u8> {
        let mut letter = [0; 4];
        let letter = self.role.letter().encode_utf8(&mut letter).as_bytes();
        let (set, nonce) = (self.set.as_bytes(), &self.nonce.0);
        pae(&[b"ALS1-hello2", set, letter, &self.public.0, &self.sign.0, nonce])
    }

    /// What `pop` signs: the hello, on this very socket.
    pub fn challenged(&self, challenge: &Challenge32) -> Vec<u8> {
        pae(&[b"ALS1-pop", &challenge.0, &self.hello()])
    }
}
