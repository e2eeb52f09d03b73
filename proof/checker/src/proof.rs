//! What knocks and edits of the roster are signed over, byte by byte from `docs/SEALING.md` (2.1, 2.3,
//! 2.4 and 2.6), and whether the signatures hold.

use p256::ecdsa::signature::Verifier as _;
use p256::ecdsa::{Signature, VerifyingKey};
use setroom_client::Shown;
use setroom_protocol::{
    DeviceId, Hash32, Holder, LinkRole, PublicKey, RosterEdit, SetId, Signature64,
};
use sha2::{Digest as _, Sha256};

/// `u32(count)`, then each part behind its length, big-endian.
fn pae(parts: &[&[u8]]) -> Vec<u8> {
    let number = |n: usize| u32::try_from(n).unwrap_or(u32::MAX).to_be_bytes();
    let mut bytes = number(parts.len()).to_vec();
    for part in parts {
        bytes.extend_from_slice(&number(part.len()));
        bytes.extend_from_slice(part);
    }
    bytes
}

pub(crate) fn sha256(bytes: &[u8]) -> [u8; 32] {
    Sha256::digest(bytes).into()
}

/// The first sixteen bytes of a hash.
pub(crate) fn first(hash: &[u8; 32]) -> [u8; 16] {
    let mut first = [0; 16];
    first.iter_mut().zip(hash).for_each(|(to, from)| *to = *from);
    first
}

/// The browser with these keys; those of the first form have none for signatures.
pub(crate) fn device(public: &PublicKey, sign: Option<&PublicKey>) -> DeviceId {
    let sign = sign.map_or(&[][..], |sign| &sign.0);
    DeviceId::from_bytes(first(&sha256(&[&public.0[..], sign].concat())))
}

fn letter(role: LinkRole) -> &'static [u8] {
    match role {
        LinkRole::Host => b"h",
        LinkRole::CoFacilitator => b"c",
        LinkRole::Member => b"m",
        LinkRole::Observer => b"o",
    }
}

fn holds(key: &PublicKey, signed: &[u8], signature: &Signature64) -> bool {
    let key = VerifyingKey::from_sec1_bytes(&key.0);
    let signature = Signature::from_slice(&signature.0);
    matches!((key, signature), (Ok(key), Ok(signature)) if key.verify(signed, &signature).is_ok())
}

/// Whether what a knock showed comes from whoever holds the private key of this browser.
pub(crate) fn proves(set: SetId, who: DeviceId, role: LinkRole, shown: &Shown) -> bool {
    let Shown { challenge: Some(challenge), public, sign, nonce, pop } = shown else {
        return false;
    };
    let role = letter(role);
    let hello = pae(&[b"ALS1-hello2", set.as_bytes(), role, &public.0, &sign.0, &nonce.0]);
    let signed = pae(&[b"ALS1-pop", &challenge.0, &hello]);
    device(public, Some(sign)) == who && holds(sign, &signed, pop)
}

fn holder(holder: &Holder) -> Vec<u8> {
    let sign = holder.sign.as_ref().map_or(&[][..], |sign| &sign.0);
    let (seat, link) = (holder.seat.as_bytes(), holder.link.to_be_bytes());
    let mut parts = vec![&holder.public.0[..], sign, seat, letter(holder.role), &link];
    parts.extend(holder.came.map(letter));
    pae(&parts)
}

/// What an edit of the roster is signed over, behind the edit with this head.
pub(crate) fn edit_bytes(set: SetId, prev: Hash32, edit: &RosterEdit) -> Vec<u8> {
    let add: Vec<Vec<u8>> = edit.add.iter().map(holder).collect();
    let add: Vec<&[u8]> = add.iter().map(Vec::as_slice).collect();
    let drop: Vec<&[u8]> = edit.drop.iter().map(|device| &device.as_bytes()[..]).collect();
    let prev = if edit.whole { [0; 32] } else { prev.0 };
    let (n, epoch) = (edit.n.to_be_bytes(), edit.epoch.to_be_bytes());
    let (whole, add, drop) = ([u8::from(edit.whole)], pae(&add), pae(&drop));
    let mut parts: Vec<&[u8]> = vec![b"ALS1-roster-edit", set.as_bytes(), &n, &prev, &epoch];
    parts.extend([&edit.commit.0[..], &whole, &add, &drop]);
    if let Some(meeting) = &edit.meeting {
        parts.push(meeting.as_bytes());
    }
    pae(&parts)
}

/// Whether an edit with these bytes is signed with this key.
pub(crate) fn is_signed(key: &PublicKey, bytes: &[u8], edit: &RosterEdit) -> bool {
    holds(key, bytes, &edit.sig)
}

/// The head of the roster behind an edit with these bytes.
pub(crate) fn head(bytes: &[u8], edit: &RosterEdit) -> Hash32 {
    Hash32(sha256(&pae(&[b"ALS1-roster-head", bytes, edit.by.as_bytes(), &edit.sig.0])))
}
