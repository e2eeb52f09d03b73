//! The five words that people read to each other on the call to know that they hold the same
//! key and see the same devices.

use hmac::Mac as _;

use super::Secret;
use super::bytes::{hkdf, hmac_sha256, pae, sha256};

/// How often the hash is turned; with 55 bits this puts a match out of reach of one check-in.
const ROUNDS: u32 = 200_000;

/// The places of the five words in the list of 2,048, each 11 bits.
///
/// They cover who holds the key as well as the key, because a server in the middle could hand the
/// same key to both sides but not show both sides the same holders: `over` is the head of the roster,
/// or in a set without one its devices' public keys, in any order. Takes tens of milliseconds on purpose.
pub fn spoken_words(key: &Secret, set: &[u8; 16], epoch: u32, over: &[&[u8]]) -> [u16; 5] {
    let mut over = over.to_vec();
    over.sort_unstable();
    let epoch = epoch.to_be_bytes();
    let mut parts: Vec<&[u8]> = vec![b"ALS1-roster", set, &epoch];
    parts.extend(over);
    let salt = sha256(&pae(&parts));
    let password: [u8; 32] = hkdf(key.as_bytes(), set, &[b"ALS1-words"]);

    let mut bits = first_u64(&pbkdf2_block(&password, &salt)) >> 9;
    let mut words = [0; 5];
    for word in words.iter_mut().rev() {
        *word = u16::try_from(bits & 0x7ff).unwrap_or_default();
        bits >>= 11;
    }
    words
}

/// The first block of PBKDF2-HMAC-SHA256 (RFC 8018), which is all that 8 bytes need.
fn pbkdf2_block(password: &[u8; 32], salt: &[u8; 32]) -> [u8; 32] {
    let keyed = hmac_sha256(password);
    let turn = |parts: &[&[u8]]| -> [u8; 32] {
        let mut mac = keyed.clone();
        parts.iter().for_each(|part| mac.update(part));
        mac.finalize().into_bytes().into()
    };
    let mut last = turn(&[salt, &1_u32.to_be_bytes()]);
    let mut block = last;
    for _ in 1..ROUNDS {
        last = turn(&[&last]);
        block.iter_mut().zip(last).for_each(|(to, from)| *to ^= from);
    }
    block
}

fn first_u64(block: &[u8; 32]) -> u64 {
    block.iter().take(8).fold(0, |sum, &byte| sum << 8 | u64::from(byte))
}
