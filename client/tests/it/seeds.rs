//! The key pair that follows from a seed (`DeriveKeyPair` of RFC 9180) is the same everywhere: the
//! fixed hundred here, in the web client's own tests and in each browser, and fresh ones against a
//! derivation that is written out beside the curve itself. The browsers' tests draw their own fresh
//! ones and hold them against a third program. One file serves pairs that agree on keys and pairs
//! that sign: the derivation and so the public key are the same.

use hkdf::Hkdf;
use p256::elliptic_curve::sec1::ToSec1Point as _;
use p256::{NonZeroScalar, PublicKey};
use proptest::prelude::*;
use setroom_client::seal::DeviceKeys;
use sha2::Sha256;

const KEM: &[u8] = b"HPKE-v1KEM\x00\x10";

/// `DeriveKeyPair` as the RFC writes it, without any of the HPKE crate.
fn public_key(seed: &[u8; 32]) -> Vec<u8> {
    let labelled = [KEM, b"dkp_prk", seed].concat();
    let prk = Hkdf::<Sha256>::new(None, &labelled);
    let scalar = (0..=u8::MAX).find_map(|counter| {
        let mut candidate = [0; 32];
        let info = [&[0, 32], KEM, b"candidate", &[counter]].concat();
        prk.expand(&info, &mut candidate).unwrap();
        Option::<NonZeroScalar>::from(NonZeroScalar::from_repr(candidate.into()))
    });
    let public = PublicKey::from_secret_scalar(&scalar.unwrap());
    public.to_sec1_point(false).as_bytes().to_vec()
}

fn bytes(hex: &str) -> Vec<u8> {
    (0..hex.len()).step_by(2).map(|at| u8::from_str_radix(&hex[at..at + 2], 16).unwrap()).collect()
}

#[test]
fn the_fixed_hundred() {
    let file = include_str!("../../../protocol/tests/data/als1_seeds.json");
    let pairs: Vec<[String; 2]> = serde_json::from_str(file).unwrap();
    assert_eq!(pairs.len(), 100);
    for [seed, public] in &pairs {
        let seed: [u8; 32] = bytes(seed).try_into().unwrap();
        assert_eq!(DeviceKeys::derive(&seed).public().as_bytes().as_slice(), bytes(public));
        assert_eq!(public_key(&seed), bytes(public));
    }
    // Both halves of the curve are there: a guess would be wrong.
    let odd = pairs.iter().filter(|[_, public]| bytes(public)[64] % 2 == 1).count();
    assert!((25..=75).contains(&odd), "{odd} of 100 are odd");
}

proptest! {
    #[test]
    fn any_seed_gives_one_public_key(seed: [u8; 32]) {
        let derived = DeviceKeys::derive(&seed);
        prop_assert_eq!(derived.public().as_bytes().as_slice(), public_key(&seed));
    }
}
