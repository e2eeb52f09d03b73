//! ALS1 against the vectors that every implementation must agree with: each value is derived
//! again, and each of the 21 forgeries is refused for its stated reason. Browsers and knocks have had
//! another form since: see `holders`.

use std::collections::BTreeSet;
use std::convert::Infallible;
use std::sync::LazyLock;

use rand::{TryCryptoRng, TryRng};
use serde_json::Value;
use setroom_client::seal::{
    BoxContext, DeviceKeys, Grant, GrantContext, Link, LinkKeys, LinkRole, MAX_TEXT_LEN, OVERHEAD,
    PublicKey, SealError, Secret, open_text, seal_text, spoken_words,
};

static VECTORS: LazyLock<Value> = LazyLock::new(|| {
    serde_json::from_str(include_str!("../../../protocol/tests/data/als1.json")).unwrap()
});

pub(crate) fn text(name: &str) -> &'static str {
    VECTORS[name].as_str().unwrap()
}

fn hex(name: &str) -> Vec<u8> {
    let digits = text(name);
    (0..digits.len())
        .step_by(2)
        .map(|at| u8::from_str_radix(&digits[at..at + 2], 16).unwrap())
        .collect()
}

fn bytes<const N: usize>(name: &str) -> [u8; N] {
    hex(name).try_into().unwrap()
}

fn number<T: TryFrom<u64>>(name: &str) -> T {
    T::try_from(VECTORS[name].as_u64().unwrap()).ok().unwrap()
}

fn link() -> Link {
    text("link").parse().unwrap()
}

fn context() -> BoxContext<'static> {
    BoxContext {
        set: bytes("set"),
        session: bytes("session"),
        epoch: number("epoch"),
        member: bytes("member"),
        device: bytes("device"),
        kind: text("kind"),
        item: bytes("item"),
        rev: number("rev"),
        n: number("n"),
        prev: bytes("prev"),
        own: false,
    }
}

fn key() -> Secret {
    Secret::from_bytes(bytes("K"))
}

fn grant() -> Grant {
    Grant { enc: bytes("grant_enc"), ciphertext: hex("grant_ct") }
}

fn host() -> DeviceKeys {
    DeviceKeys::derive(&bytes("skH_ikm"))
}

fn member() -> DeviceKeys {
    DeviceKeys::derive(&bytes("skM_ikm"))
}

/// Randomness that is known beforehand, so that a sealed box can be compared byte for byte.
struct Known(std::vec::IntoIter<u8>);

impl TryRng for Known {
    type Error = Infallible;

    fn try_next_u32(&mut self) -> Result<u32, Infallible> {
        unreachable!("sealing asks for bytes only")
    }

    fn try_next_u64(&mut self) -> Result<u64, Infallible> {
        unreachable!("sealing asks for bytes only")
    }

    fn try_fill_bytes(&mut self, to: &mut [u8]) -> Result<(), Infallible> {
        to.fill_with(|| self.0.next().unwrap());
        Ok(())
    }
}

impl TryCryptoRng for Known {}

fn known(name: &str) -> Known {
    Known(hex(name).into_iter())
}

#[test]
fn link_and_its_keys() {
    let link = link();
    assert_eq!(link.set, bytes("set"));
    assert_eq!(link.role, LinkRole::Member);
    assert_eq!(link.secret, Secret::from_bytes(bytes("secret")));
    assert_eq!(link.to_url("https://host"), text("link"));
    assert_eq!(link.to_url("https://host/"), text("link"));

    let keys = link.keys();
    assert_eq!(keys.token.as_bytes().as_slice(), hex("token"));
    assert_eq!(keys.token.hash().as_slice(), hex("token_hash"));
    assert_eq!(keys.admit.as_bytes().as_slice(), hex("admit"));
    assert_eq!(keys.lobby.as_bytes().as_slice(), hex("lobby"));
}

#[test]
fn devices() {
    assert_eq!(host().public().as_bytes(), &bytes("pubH"));
    assert_eq!(member().public().as_bytes(), &bytes("pubM"));
    // Of the first form, with one pair; knocks of that form are no longer made by anybody.
    let public = setroom_protocol::PublicKey(bytes("pubM"));
    let device = setroom_protocol::DeviceId::of(&public, None);
    assert_eq!(device.as_bytes(), &bytes("device"));
}

#[test]
fn box_seals_and_opens() {
    assert_eq!(context().aad(), hex("aad"));
    let sealed = seal_text(&key(), &context(), text("text"), &mut known("salt")).unwrap();
    assert_eq!(sealed, hex("box"));
    assert_eq!(sealed.len(), number::<usize>("box_len"));
    assert_eq!(open_text(&key(), &context(), &hex("box")).unwrap(), text("text"));
}

#[test]
fn grant_opens() {
    let (host, member, link) = (host(), member(), link().keys());
    let context = GrantContext {
        link: &link,
        epoch: number("epoch"),
        host: host.public(),
        joiner: member.public(),
    };
    assert_eq!(context.info(), hex("grant_info"));
    let keys = grant().open(&member, &context).unwrap();
    assert_eq!(keys.keys, [(3, key())]);
    assert_eq!(keys.key(3), Some(&key()));
    assert_eq!(keys.current(), Some((3, &key())));
    assert!(keys.roster.is_empty());

    let plain: Value = serde_json::from_str(text("grant_pt")).unwrap();
    assert_eq!(plain["keys"][0][1], keys.keys[0].1.to_b64u());
}

#[test]
fn five_words() {
    let (a, b) = (bytes::<65>("pubH"), bytes::<65>("pubM"));
    let expected: Vec<u16> = serde_json::from_value(VECTORS["words"].clone()).unwrap();
    let words = spoken_words(&key(), &bytes("set"), number("epoch"), &[&a, &b]);
    assert_eq!(words.as_slice(), expected);
    assert_eq!(spoken_words(&key(), &bytes("set"), number("epoch"), &[&b, &a]), words);
}

/// Each forgery by the name that it has in the vectors.
fn forge(name: &str) -> SealError {
    let mut context = context();
    let mut sealed = hex("box");
    let mut key = key();
    match name {
        "other set" => context.set[0] ^= 1,
        "other session" => context.session[0] ^= 1,
        "other author" => context.member[0] ^= 1,
        "other device" => context.device[0] ^= 1,
        "other field" => context.kind = "action",
        "other item" => context.item[0] ^= 1,
        "other rev" => context.rev += 1,
        "other n" => context.n += 1,
        "other prev" => context.prev[0] ^= 1,
        "epoch swapped in header" => sealed[4] ^= 1,
        "epoch swapped both" => {
            sealed[4] ^= 1;
            context.epoch ^= 1;
        }
        "other key" => {
            let mut other = *key.as_bytes();
            other[0] ^= 1;
            key = Secret::from_bytes(other);
        }
        "salt flip" => sealed[5] ^= 1,
        "commit flip" => sealed[37] ^= 1,
        "ct flip" => sealed[69] ^= 1,
        "tag flip" => *sealed.last_mut().unwrap() ^= 1,
        "truncated" => drop(sealed.pop()),
        "version" => sealed[0] = 2,
        "grant wrong psk" => {
            let other = Link { secret: Secret::from_bytes([7; 32]), ..link() }.keys();
            return open_grant_with(&other, host().public());
        }
        "grant wrong sender" => {
            return open_grant_with(&link().keys(), DeviceKeys::derive(&[9; 32]).public());
        }
        "too long (8192 B)" => {
            let long = "x".repeat(MAX_TEXT_LEN + 1);
            return seal_text(&key, &context, &long, &mut known("salt")).unwrap_err();
        }
        unknown => panic!("a negative vector without a test: {unknown}"),
    }
    open_text(&key, &context, &sealed).unwrap_err()
}

fn open_grant_with(link: &LinkKeys, host: &PublicKey) -> SealError {
    let member = member();
    let context = GrantContext { link, epoch: number("epoch"), host, joiner: member.public() };
    grant().open(&member, &context).unwrap_err()
}

#[test]
fn every_forgery_is_refused() {
    let negatives = VECTORS["negative"].as_object().unwrap();
    let names: BTreeSet<_> = negatives.keys().collect();
    assert_eq!(names.len(), 21);
    for (name, reason) in negatives {
        let expected = match reason.as_str().unwrap() {
            "rejected: commit" => SealError::Commitment,
            "rejected: epoch" => SealError::Epoch,
            "rejected: version" => SealError::Version,
            "rejected: too long" => SealError::TooLong,
            // The reference let the cipher refuse a cut box; here the length gate is first.
            _ if name == "truncated" => SealError::Length,
            _ if name.starts_with("grant") => SealError::Grant,
            _ => SealError::Cipher,
        };
        assert_eq!(forge(name), expected, "{name}");
    }
}

#[test]
fn longest_text_fits() {
    let longest = "x".repeat(MAX_TEXT_LEN);
    let sealed = seal_text(&key(), &context(), &longest, &mut known("salt")).unwrap();
    assert_eq!(sealed.len(), OVERHEAD + 8192);
    assert_eq!(open_text(&key(), &context(), &sealed).unwrap(), longest);
}

#[test]
fn that_a_sender_holds_the_link_is_shown_for_one_letter_alone() {
    let (link, host, member) = (link().keys(), host(), member());
    let (from, to) = (host.public(), member.public());
    let by = link.prove(number("epoch"), from, to);
    // As Python makes it.
    let known = "dc0837c96e25d490504936dd9d353358e2657fd3a9895fbf134da39e394a4804";
    assert_eq!(by.iter().map(|byte| format!("{byte:02x}")).collect::<String>(), known);
    assert_eq!(link.check_proof(number("epoch"), from, to, &by), Ok(()));
    let other = Link { secret: Secret::from_bytes([7; 32]), ..self::link() }.keys();
    for (link, epoch, from, to) in [
        (&other, number("epoch"), from, to),
        (&link, number::<u32>("epoch") + 1, from, to),
        (&link, number("epoch"), to, to),
        (&link, number("epoch"), from, from),
    ] {
        assert_eq!(link.check_proof(epoch, from, to, &by), Err(SealError::Mac));
    }
}
