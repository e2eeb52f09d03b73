//! The return code of somebody who wants no help with their own key, and the box that it locks.
//!
//! A code is 16 random bytes and the first 12 bits of their hash, as 28 of Crockford's 32 signs. The
//! box has the form of a wrap of the first form, under role letter `p`, with the newest generation in
//! the place of the epoch.

use rand::CryptoRng;
use zeroize::Zeroizing;

use super::bytes::{hkdf, pae, sha256};
use super::recovery::{FORM, LABEL};
use super::text_box::{Parts, lock, unlock};
use super::{KeyList, SealError, Secret};

const SIGNS: &[u8; 32] = b"0123456789ABCDEFGHJKMNPQRSTVWXYZ";
/// Bits of a sign.
const BITS: usize = 5;

/// The 128 bits of a code, and the 12 that check them.
fn checked(code: [u8; 16]) -> (u128, u16) {
    let [first, second, ..] = sha256(&pae(&[b"ALS1-code", &code]));
    (u128::from_be_bytes(code), u16::from_be_bytes([first, second]) >> 4)
}

/// A code as its person keeps it: seven groups of four signs.
pub fn write_code(code: [u8; 16]) -> String {
    let (bytes, check) = checked(code);
    let bytes = (0..128).rev().map(|place| bytes >> place & 1 == 1);
    let check = (0..12).rev().map(|place| check >> place & 1 == 1);
    let bits: Vec<bool> = bytes.chain(check).collect();
    let value = |bits: &[bool]| bits.iter().fold(0, |value, bit| value << 1 | usize::from(*bit));
    let signs = bits.chunks(BITS).filter_map(|bits| SIGNS.get(value(bits)));
    let signs: Vec<char> = signs.map(|sign| char::from(*sign)).collect();
    let groups: Vec<String> = signs.chunks(4).map(String::from_iter).collect();
    groups.join("-")
}

/// The bytes of a code that somebody typed; none when there is a slip in it.
pub fn read_code(typed: &str) -> Option<[u8; 16]> {
    let signs = typed.chars().filter(|sign| !sign.is_whitespace() && *sign != '-');
    let plain: String = signs
        .map(|sign| match sign.to_ascii_uppercase() {
            'I' | 'L' => '1',
            'O' => '0',
            other => other,
        })
        .collect();
    let mut bits = Vec::new();
    for sign in plain.chars() {
        let value = SIGNS.iter().position(|at| char::from(*at) == sign)?;
        bits.extend((0..BITS).rev().map(|bit| value >> bit & 1 == 1));
    }
    let bytes = bits.iter().take(128).fold(0_u128, |bytes, bit| bytes << 1 | u128::from(*bit));
    let code = bytes.to_be_bytes();
    (write_code(code).replace('-', "") == plain).then_some(code)
}

/// The key that follows from a code, in one set.
pub fn code_key(set: &[u8; 16], code: &[u8; 16]) -> Secret {
    Secret::from_bytes(hkdf(code, set, &[b"recover"]))
}

/// Locks all generations of an own key under what follows from a code.
///
/// # Errors
/// [`SealError::Form`] when there is no key, [`SealError::TooLong`] when there are too many.
pub fn lock_by_code(
    set: &[u8; 16],
    key: &Secret,
    own: &[(u32, Secret)],
    rng: &mut impl CryptoRng,
) -> Result<Vec<u8>, SealError> {
    let newest = own.iter().map(|(of, _)| *of).max().ok_or(SealError::Form)?;
    let list = KeyList { own: own.to_vec(), ..KeyList::default() };
    let json = Zeroizing::new(list.to_json()?);
    lock(key, FORM, newest, &context(set, newest), &json, rng)
}

/// Opens what a code locks. Gives its newest generation, too.
///
/// # Errors
/// [`SealError::Version`], [`SealError::Length`], [`SealError::Commitment`] (another code, set or
/// generation), [`SealError::Cipher`], [`SealError::Padding`] or [`SealError::Form`].
pub fn open_by_code(
    set: &[u8; 16],
    key: &Secret,
    locked: &[u8],
) -> Result<(u32, Vec<(u32, Secret)>), SealError> {
    let parts = Parts::split(locked, FORM)?;
    let json = unlock(key, FORM, &context(set, parts.epoch), &parts)?;
    Ok((parts.epoch, KeyList::from_json(json.as_bytes())?.own))
}

fn context(set: &[u8; 16], generation: u32) -> Vec<u8> {
    pae(&[LABEL, set, b"p", &generation.to_be_bytes()])
}
