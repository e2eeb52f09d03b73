//! The same bytes, read by us and by tungstenite.

use rand::rngs::StdRng;
use rand::{RngExt as _, SeedableRng as _};

use setroom_websocket::{Fault, Frames, LONGEST_HEADER, Role, Step, put_header, write};

use super::compare::{MOST, is_alike, ours, theirs};

const CONTINUE: u8 = 0;
const TEXT: u8 = 1;
const CLOSE: u8 = 8;
const PING: u8 = 9;
const PONG: u8 = 10;

/// By hand, so that reading is not tested with what writes.
fn frame(first: u8, mask: Option<[u8; 4]>, payload: &[u8]) -> Vec<u8> {
    let mut out = vec![first];
    let bit = if mask.is_some() { 0x80 } else { 0 };
    match payload.len() {
        len @ 0..126 => out.push(bit | u8::try_from(len).unwrap()),
        len @ 126..65_536 => {
            out.push(bit | 126);
            out.extend(u16::try_from(len).unwrap().to_be_bytes());
        }
        len => {
            out.push(bit | 127);
            out.extend((len as u64).to_be_bytes());
        }
    }
    out.extend(mask.iter().flatten());
    let mask = mask.unwrap_or_default();
    out.extend(payload.iter().zip(mask.iter().cycle()).map(|(byte, mask)| byte ^ mask));
    out
}

/// A frame of any kind for this side, mostly one that would come.
fn any_frame(role: Role, rng: &mut StdRng) -> Vec<u8> {
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
        10..13 => (CONTINUE | last, letters(rng, 60)),
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
    let is_masked = (role == Role::Server) != rng.random_ratio(1, 200);
    let mut whole = frame(first, is_masked.then(|| rng.random()), &payload);
    if rng.random_ratio(1, 60) {
        let at = rng.random_range(0..whole.len().min(14));
        whole[at] = rng.random();
    }
    whole
}

#[test]
fn whatever_comes_in_whatever_pieces_is_heard_as_tungstenite_hears_it() {
    [Role::Server, Role::Client].into_iter().for_each(heard_alike);
}

fn heard_alike(role: Role) {
    let mut seen = std::collections::HashSet::new();
    for seed in 0..20_000 {
        let mut rng = StdRng::seed_from_u64(seed);
        let whole: Vec<u8> = (0..8).flat_map(|_| any_frame(role, &mut rng)).collect();
        let mut pieces = Vec::new();
        let mut rest = whole.as_slice();
        while !rest.is_empty() {
            let most = [1, 7, 200, 4000][rng.random_range(0..4)];
            let (piece, after) = rest.split_at(rng.random_range(1..=most.min(rest.len())));
            pieces.push(piece.to_vec());
            rest = after;
        }
        let (ours, theirs) = (ours(role, &pieces), theirs(role, &pieces));
        assert!(is_alike(&ours, &theirs), "{role:?}, seed {seed}: {ours:?}, {theirs:?}");
        seen.extend(ours.iter().map(std::mem::discriminant));
    }
    assert_eq!(seen.len(), 5, "everything is met");
}

#[test]
fn too_much_is_known_from_the_head_alone() {
    let mut frames = Frames::new(Role::Server, MOST);
    let mut huge = frame(0x81, Some([0; 4]), &vec![b'x'; MOST + 1]);
    assert_eq!(frames.take(&mut huge[..8]), Err(Fault::TooLarge));
    let mut endless = [&[0x81, 0xff][..], &[0xff; 8], &[0; 4]].concat();
    assert_eq!(frames.take(&mut endless), Err(Fault::TooLarge));
    // A message in parts may be no longer than one in one.
    let part = |first, len| frame(first, Some([7; 4]), &vec![b'x'; len]);
    let mut half = part(TEXT, MOST - 10);
    assert!(matches!(frames.take(&mut half), Ok(Step::Took { heard: None, .. })));
    assert_eq!(frames.take(&mut part(0x80, 11)), Err(Fault::TooLarge));
    assert!(matches!(frames.take(&mut part(0x80, 10)), Ok(Step::Took { heard: Some(_), .. })));
}

#[test]
fn what_is_written_is_a_frame_in_the_shortest_form() {
    for length in [0, 1, 15, 16, 17, 125, 126, 127, 65_535, 65_536, 70_001] {
        let payload: Vec<u8> = (0..=u8::MAX).cycle().take(length).collect();
        for mask in [None, Some([1, 2, 3, 4])] {
            let mut written = vec![7];
            write(setroom_websocket::TEXT, &payload, mask, &mut written);
            assert_eq!(written[1..], frame(0x81, mask, &payload), "{length}, {mask:?}");
        }
        let mut header = [0; LONGEST_HEADER];
        let begin = put_header(setroom_websocket::CLOSE, length, &mut header);
        let whole = frame(0x88, None, &payload);
        assert_eq!(header[begin..], whole[..whole.len() - length], "{length}");
    }
}
