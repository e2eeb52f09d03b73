//! The same bytes, read by us and by tungstenite.

use rand::rngs::StdRng;
use rand::{RngExt as _, SeedableRng as _};

use super::compare::{MOST, is_alike, ours, theirs};
use super::*;

fn frame(first: u8, mask: [u8; 4], payload: &[u8]) -> Vec<u8> {
    let mut out = vec![first];
    match payload.len() {
        len @ 0..126 => out.push(0x80 | u8::try_from(len).unwrap()),
        len @ 126..65_536 => {
            out.push(0x80 | 126);
            out.extend(u16::try_from(len).unwrap().to_be_bytes());
        }
        len => {
            out.push(0x80 | 127);
            out.extend((len as u64).to_be_bytes());
        }
    }
    out.extend(mask);
    out.extend(payload.iter().zip(mask.iter().cycle()).map(|(byte, mask)| byte ^ mask));
    out
}

/// A frame of any kind, mostly one that a browser would send.
fn any_frame(rng: &mut StdRng) -> Vec<u8> {
    let letters = |rng: &mut StdRng, most: usize| {
        let text: String = (0..rng.random_range(0..most))
            .map(|_| ['a', 'é', '語', '🙂'][rng.random_range(0..4)])
            .collect();
        text.into_bytes()
    };
    let last = if rng.random_ratio(3, 4) { 0x80 } else { 0 };
    let (first, mut payload) = match rng.random_range(0..20) {
        0..7 => (0x81, letters(rng, 90)),
        7..10 => (TEXT | last, letters(rng, 40)),
        10..13 => (CONTINUATION | last, letters(rng, 60)),
        13..15 => (0x80 | PING, letters(rng, 40)),
        15 => (0x80 | PONG, letters(rng, 30)),
        16 => (0x81, vec![b'x'; rng.random_range(280..340)]),
        17 => (0x80 | CLOSE, {
            let code: u16 =
                [1000, 1001, 1005, 1014, 2000, 3000, 4400, 5000][rng.random_range(0..8)];
            let reason = letters(rng, 30);
            let whole = [code.to_be_bytes().to_vec(), reason].concat();
            let cut = [0, 1, whole.len()][rng.random_range(0..3)];
            whole[..cut].to_vec()
        }),
        18 => (0x82, letters(rng, 20)),
        // Always whole: where it is binary they would wait for more of what we never take.
        _ => (0x80 | rng.random::<u8>(), letters(rng, 20)),
    };
    if rng.random_ratio(1, 40) && !payload.is_empty() {
        let at = rng.random_range(0..payload.len());
        payload[at] = rng.random();
    }
    let mut whole = frame(first, rng.random(), &payload);
    if rng.random_ratio(1, 60) {
        let at = rng.random_range(0..whole.len().min(14));
        whole[at] = rng.random();
    }
    whole
}

#[test]
fn whatever_comes_in_whatever_pieces_is_heard_as_tungstenite_hears_it() {
    let mut seen = std::collections::HashSet::new();
    for seed in 0..20_000 {
        let mut rng = StdRng::seed_from_u64(seed);
        let whole: Vec<u8> = (0..8).flat_map(|_| any_frame(&mut rng)).collect();
        let mut pieces = Vec::new();
        let mut rest = whole.as_slice();
        while !rest.is_empty() {
            let most = [1, 7, 200, 4000][rng.random_range(0..4)];
            let (piece, after) = rest.split_at(rng.random_range(1..=most.min(rest.len())));
            pieces.push(piece.to_vec());
            rest = after;
        }
        let (ours, theirs) = (ours(&pieces), theirs(&pieces));
        assert!(is_alike(&ours, &theirs), "seed {seed}: {ours:?}, {theirs:?}");
        seen.extend(ours.iter().map(std::mem::discriminant));
    }
    assert_eq!(seen.len(), 5, "everything is met");
}

#[test]
fn too_much_is_known_from_the_head_alone() {
    let mut frames = Frames::new(MOST);
    let mut huge = frame(0x81, [0; 4], &vec![b'x'; MOST + 1]);
    assert_eq!(frames.take(&mut huge[..8]), Err(Fault::TooLarge));
    let mut endless = [&[0x81, 0xff][..], &[0xff; 8], &[0; 4]].concat();
    assert_eq!(frames.take(&mut endless), Err(Fault::TooLarge));
    // A message in parts may be no longer than one in one.
    let part = |first, len| frame(first, [7; 4], &vec![b'x'; len]);
    let mut half = part(TEXT, MOST - 10);
    assert!(matches!(frames.take(&mut half), Ok(Step::Took { heard: None, .. })));
    assert_eq!(frames.take(&mut part(0x80, 11)), Err(Fault::TooLarge));
    assert!(matches!(frames.take(&mut part(0x80, 10)), Ok(Step::Took { heard: Some(_), .. })));
}
