//! What the tests are made of: fixed ids, boxes that pass the gate, and a small world.

mod client;
mod keys;
mod world;

use std::path::PathBuf;

use serde::Serialize;
use serde_json::{Map, Value};
use setroom_protocol::{
    Blob, Challenge32, CommandId, DeviceId, Hash32, ItemId, Mac32, MeetingId, Nonce16, PublicKey,
    Sealed, SeatId, SetId, Signature64, Timestamp, Token32,
};

pub(crate) use keys::{link_holder, next_meeting, own_key};
pub(crate) use world::{Person, World, founding};

/// The moment at which every world begins.
/// The branch of history that every room of these tests is on.
pub(crate) const BRANCH: setroom_protocol::BranchId =
    setroom_protocol::BranchId::from_bytes([0xB7; 16]);

pub(crate) const BEGIN: Timestamp = Timestamp(1_790_000_000_000);

pub(crate) const fn set_id() -> SetId {
    SetId::from_bytes([0xA1; 16])
}

pub(crate) const fn meeting_id() -> MeetingId {
    MeetingId::from_bytes([0xB2; 16])
}

/// Another meeting of the set.
pub(crate) const fn later_meeting(n: u8) -> MeetingId {
    MeetingId::from_bytes([n; 16])
}

pub(crate) const fn seat(n: u8) -> SeatId {
    SeatId::from_bytes([n; 16])
}

/// The first browser of the person with the same number.
pub(crate) fn device(n: u8) -> DeviceId {
    DeviceId::of(&public(n), Some(&signing(n)))
}

pub(crate) const fn item(n: u16) -> ItemId {
    let [a, b] = n.to_be_bytes();
    let mut bytes = [0xE7; 16];
    bytes[14] = a;
    bytes[15] = b;
    ItemId::from_bytes(bytes)
}

pub(crate) const fn command_id(n: u32) -> CommandId {
    let [a, b, c, d] = n.to_be_bytes();
    CommandId::from_bytes([0xC0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, a, b, c, d])
}

pub(crate) const fn public(n: u8) -> PublicKey {
    let mut bytes = [n; 65];
    bytes[0] = 4;
    PublicKey(bytes)
}

/// What the signatures of the browser with this number would be checked with.
pub(crate) const fn signing(n: u8) -> PublicKey {
    let mut bytes = [n ^ 0x80; 65];
    bytes[0] = 4;
    PublicKey(bytes)
}

/// A signature that nobody checks here: that is the service's and the clients' part.
pub(crate) const fn signature(n: u8) -> Signature64 {
    let mut bytes = [n; 64];
    bytes[0] = 0x6A;
    bytes[1] = n ^ 0xFF;
    Signature64(bytes)
}

pub(crate) const fn challenge(n: u8) -> Challenge32 {
    let mut bytes = [n; 32];
    bytes[0] = 0x7A;
    bytes[1] = n ^ 0xFF;
    Challenge32(bytes)
}

/// The commitment of an epoch's key.
pub(crate) const fn commitment(epoch: u32) -> Hash32 {
    let mut bytes = [0x8A; 32];
    let [a, b, c, d] = epoch.to_be_bytes();
    [bytes[1], bytes[2], bytes[3], bytes[4]] = [a, b, c, d];
    Hash32(bytes)
}

/// Zeros for 0; any other one begins as nothing else does, so that it can be searched for.
pub(crate) const fn hash(n: u8) -> Hash32 {
    let mut bytes = [n; 32];
    if n > 0 {
        bytes[0] = 0x5A;
        bytes[1] = n ^ 0xFF;
    }
    Hash32(bytes)
}

pub(crate) const fn token(n: u8) -> Token32 {
    Token32([n; 32])
}

pub(crate) const fn mac(n: u8) -> Mac32 {
    let mut bytes = [n; 32];
    bytes[0] = 0x3A;
    bytes[1] = n ^ 0xFF;
    Mac32(bytes)
}

pub(crate) const fn nonce(n: u8) -> Nonce16 {
    let mut bytes = [n; 16];
    bytes[0] = 0x4A;
    bytes[1] = n ^ 0xFF;
    Nonce16(bytes)
}

pub(crate) fn blob(text: &str) -> Blob {
    Blob::encode(text.as_bytes())
}

/// A box of the given epoch and bucket; `fill` makes it different from others.
pub(crate) fn boxed(epoch: u32, bucket: usize, fill: u32) -> Sealed {
    sealed(1, epoch, bucket, fill)
}

/// The same, under its author's own key of this generation.
pub(crate) fn boxed_own(generation: u32, bucket: usize, fill: u32) -> Sealed {
    sealed(2, generation, bucket, fill)
}

fn sealed(version: u8, key: u32, bucket: usize, fill: u32) -> Sealed {
    let mut bytes = vec![version];
    bytes.extend(key.to_be_bytes());
    bytes.extend(fill.to_be_bytes().into_iter().cycle().take(80 + bucket));
    Sealed::from_bytes(&bytes).unwrap()
}

/// A value with the keys of every object in order, whatever the map type underneath keeps.
pub(crate) fn canonical(value: &Value) -> Value {
    match value {
        Value::Object(map) => {
            let mut keys: Vec<_> = map.keys().collect();
            keys.sort_unstable();
            let sorted: Map<_, _> =
                keys.into_iter().map(|key| (key.clone(), canonical(&map[key]))).collect();
            Value::Object(sorted)
        }
        Value::Array(list) => list.iter().map(canonical).collect(),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => value.clone(),
    }
}

pub(crate) fn json<T: Serialize>(thing: &T) -> Value {
    canonical(&serde_json::to_value(thing).unwrap())
}

pub(crate) fn pretty(value: &Value) -> String {
    let mut text = serde_json::to_string_pretty(&canonical(value)).unwrap();
    text.push('\n');
    text
}

pub(crate) fn data(path: &str) -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/data").join(path)
}

/// Whether fixtures are to be written anew instead of compared: `UPDATE_GOLDEN=1`.
pub(crate) fn updating() -> bool {
    std::env::var_os("UPDATE_GOLDEN").is_some_and(|value| value == "1")
}

/// Compares a fixture byte by byte, or writes it when asked to.
pub(crate) fn golden(path: &str, text: &str) {
    let file = data(path);
    if updating() {
        std::fs::create_dir_all(file.parent().unwrap()).unwrap();
        std::fs::write(&file, text).unwrap();
    }
    let stored = std::fs::read_to_string(&file)
        .unwrap_or_else(|e| panic!("{path}: {e}; write it with UPDATE_GOLDEN=1"));
    assert_eq!(stored, text, "{path} is not what the code writes now");
}
