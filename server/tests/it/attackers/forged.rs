//! Knocks whose every part is the attacker's choice, made of what they hold: links, everybody's public
//! keys, a pair of their own, and a knock that was recorded.

use setroom_client::seal::{DeviceKeys, Hello, Link, seal_lobby_name, sha256};
use setroom_client::{Client, Connection, Dial};
use setroom_protocol::{
    Blob, Challenge32, ClientFrame, DeviceId, Hash32, KnockFrame, LinkRole, Mac32, Nonce16,
    PROTOCOL_VERSION, PublicKey, SetId, Signature64, Token32,
};

use crate::support::people::{door_with, line_with, rng};

/// What an attacker comes back with.
pub(super) const TOKEN: Token32 = Token32([7; 32]);

/// Somebody whose public keys are known to all, and of whom a knock was recorded.
#[derive(Clone, Debug)]
pub(super) struct Known {
    pub(super) who: String,
    pub(super) public: PublicKey,
    pub(super) sign: PublicKey,
    pub(super) recorded: KnockFrame,
}

/// Of somebody in the set: their knock on another socket, whoever has recorded it.
pub(super) fn known(who: &str, person: &Client) -> Known {
    let challenge = Challenge32([5; 32]);
    let knock = person.keyring().knock(who, &challenge, &mut rng(3)).unwrap();
    let ClientFrame::Knock(knock) = knock else { panic!("a knock") };
    Known { who: who.to_owned(), public: knock.public, sign: knock.sign, recorded: *knock }
}

/// The public keys of a pair.
pub(super) fn halves(keys: &DeviceKeys) -> (PublicKey, PublicKey) {
    (PublicKey(*keys.public().as_bytes()), keys.sign_public())
}

fn hmac(key: &[u8; 32], message: &[u8]) -> [u8; 32] {
    let pad = |with: u8| -> Vec<u8> {
        let mut padded = [with; 64];
        padded.iter_mut().zip(key).for_each(|(byte, of)| *byte ^= of);
        padded.to_vec()
    };
    let inner = sha256(&[pad(0x36), message.to_vec()].concat());
    sha256(&[pad(0x5c), inner.to_vec()].concat())
}

/// A knock by this link in the name of these public keys, signed by whoever signs: sound in everything
/// that the link alone can make sound.
pub(super) fn knock_as(
    link: &Link,
    (public, sign): (PublicKey, PublicKey),
    signer: &DeviceKeys,
    challenge: &Challenge32,
) -> KnockFrame {
    let keys = link.keys();
    let mut knock = KnockFrame {
        v: PROTOCOL_VERSION,
        set: SetId::from_bytes(link.set),
        role: link.role,
        token: Token32(*keys.token.as_bytes()),
        public,
        sign,
        nonce: Nonce16([9; 16]),
        mac: Mac32([0; 32]),
        pop: Signature64([0; 64]),
        name: Blob::encode(b"x"),
        resume: Hash32(sha256(&TOKEN.0)),
    };
    knock.mac = Mac32(hmac(keys.admit.as_bytes(), &knock.hello()));
    let hello = Hello { nonce: knock.nonce.0, mac: knock.mac.0 };
    let device = DeviceId::of(&public, Some(&sign));
    let name = seal_lobby_name(&keys, device, &hello, "Ben", &mut rng(8)).unwrap();
    knock.name = Blob::encode(&name);
    knock.pop = signer.sign(&knock.challenged(challenge));
    knock
}

/// Every way to knock in the name of somebody by a link that one holds, with everything but their
/// private key.
pub(super) fn in_their_name(
    link: &Link,
    of: &Known,
    own: &DeviceKeys,
    challenge: &Challenge32,
) -> Vec<(&'static str, KnockFrame)> {
    let (own_public, own_sign) = halves(own);
    let recorded = || of.recorded.clone();
    let by_link = |mut knock: KnockFrame| {
        (knock.role, knock.token) = (link.role, Token32(*link.keys().token.as_bytes()));
        knock
    };
    let signed = |mut knock: KnockFrame, over: &Challenge32| {
        knock.pop = own.sign(&knock.challenged(over));
        knock
    };
    let theirs = knock_as(link, (of.public, of.sign), own, challenge);
    let resume = Hash32(sha256(&TOKEN.0));
    let other = Challenge32([6; 32]);
    vec![
        ("their keys, own signature", theirs.clone()),
        ("their keys, no signature", KnockFrame { pop: Signature64([0; 64]), ..theirs.clone() }),
        ("their keys, the recorded signature", KnockFrame { pop: of.recorded.pop, ..theirs }),
        ("own keys to be granted to, their signing key", {
            knock_as(link, (own_public, of.sign), own, challenge)
        }),
        ("their keys, changed about", knock_as(link, (of.sign, of.public), own, challenge)),
        ("what was recorded, as it is", recorded()),
        ("what was recorded, by this link", by_link(recorded())),
        ("what was recorded, to come back with an own token", {
            by_link(KnockFrame { resume, ..recorded() })
        }),
        ("what was recorded, signed anew", signed(by_link(recorded()), challenge)),
        ("what was recorded, with own keys to be granted to", {
            by_link(KnockFrame { public: own_public, ..recorded() })
        }),
        ("what was recorded, with an own signing key", {
            by_link(KnockFrame { sign: own_sign, ..recorded() })
        }),
        ("own keys, signed over another challenge", {
            signed(knock_as(link, (own_public, own_sign), own, challenge), &other)
        }),
    ]
}

/// What a knock leads to that does not lead in.
pub(super) async fn turned_away(
    dial: &Dial,
    knock: impl FnOnce(&Challenge32) -> KnockFrame,
) -> (Vec<String>, u16) {
    door_with(dial, |challenge| ClientFrame::Knock(Box::new(knock(challenge)))).await
}

/// Somebody who knocks with this, and whose line stays open.
pub(super) async fn knocks(
    dial: &Dial,
    knock: impl FnOnce(&Challenge32) -> KnockFrame,
) -> Connection {
    line_with(dial, |challenge| ClientFrame::Knock(Box::new(knock(challenge)))).await
}

/// A return in the name of a browser, with a token of the attacker's.
pub(super) fn back_as(link: &Link, device: DeviceId, token: Token32) -> ClientFrame {
    let set = SetId::from_bytes(link.set);
    ClientFrame::Resume { v: PROTOCOL_VERSION, set, device, token, since: None, branch: None }
}

/// The link's secret under another kind of link: what somebody can make of the one that they hold.
pub(super) fn as_kind(link: &Link, role: LinkRole) -> Link {
    Link { role, ..link.clone() }
}
