//! What comes from outside or from the disk, and what must hold of it whatever the bytes are: the
//! targets of the fuzzer in `proof/fuzz/`, and a test that gives them every input that it found worth
//! keeping.
#![allow(
    clippy::unwrap_used,
    reason = "here a panic is the finding; none of this is in the program"
)]

use std::net::IpAddr;

use axum::http::{HeaderMap, HeaderName, HeaderValue};
use setroom_protocol::view::{self, merge};
use setroom_protocol::{
    BOX_OVERHEAD, BUCKETS, BoxFault, ClientFrame, DecodeError, Entry, Presence, Recorded, Room,
    Sealed, Timestamp, decode, due, limits, tick,
};
use setroom_websocket::Role;

use crate::config::Network;
use crate::http::peer::client_address;

#[path = "../../websocket/tests/it/compare.rs"]
mod compare;

/// A target: whatever bytes it is given, it comes back.
pub type Target = fn(&[u8]);

/// Every target, by the name of its corpus.
pub const ALL: [(&str, Target); 5] = [
    ("frames", frames),
    ("client", client),
    ("sealed", sealed),
    ("journal", journal),
    ("forwarded", forwarded),
];

/// The reader of WebSocket frames. The first byte says how the rest is cut into pieces; what is
/// heard does not depend on that, and is what tungstenite hears.
pub fn frames(data: &[u8]) {
    let Some((cut, stream)) = data.split_first() else { return };
    let ours = |pieces: &[Vec<u8>]| compare::ours(Role::Server, pieces);
    let whole = ours(&[stream.to_vec()]);
    let pieces: Vec<_> = stream.chunks(usize::from(*cut) + 1).map(<[u8]>::to_vec).collect();
    let in_pieces = ours(&pieces);
    assert_eq!(whole, in_pieces, "heard in pieces");
    let theirs = compare::theirs(Role::Server, &pieces);
    assert!(compare::is_alike(&whole, &theirs), "{whole:?}, {theirs:?}");
}

/// What a client says. The first byte tells whether it is its first frame; what is understood is
/// understood again when it is said anew.
pub fn client(data: &[u8]) {
    let Some((first, text)) = data.split_first() else { return };
    let Ok(text) = str::from_utf8(text) else { return };
    let first = first % 2 == 1;
    match decode(text, first) {
        Ok(frame) => {
            let again = serde_json::to_string(&frame).unwrap();
            assert_eq!(decode(&again, false), Ok(frame.clone()), "{again}");
            if let ClientFrame::Do { cmd, .. } = &frame {
                boxes_of(&serde_json::to_value(cmd).unwrap());
            }
        }
        Err(DecodeError::TooLarge(_)) => {
            assert!(
                text.len() > if first { limits::FIRST_FRAME_BYTES } else { limits::FRAME_BYTES }
            );
        }
        Err(DecodeError::OldClient | DecodeError::Unknown(_)) => {}
    }
}

/// Whatever stands where a box belongs is one.
fn boxes_of(command: &serde_json::Value) {
    if let Some(sealed) = command.get("box") {
        assert!(sealed.as_str().is_some_and(|text| Sealed::parse(text).is_ok()), "{sealed}");
    }
}

/// The gate for typed text: what passes is a box byte for byte, and nothing else does.
pub fn sealed(data: &[u8]) {
    let as_bytes = Sealed::from_bytes(data);
    let is_box = data.first() == Some(&1)
        && BUCKETS.iter().any(|bucket| bucket + BOX_OVERHEAD == data.len());
    assert_eq!(as_bytes.is_ok(), is_box, "{as_bytes:?}");
    if let Ok(sealed) = as_bytes {
        assert_eq!(sealed.decode(), data);
        assert_eq!(sealed.bucket() + BOX_OVERHEAD, data.len());
        assert_eq!(Some(&sealed.epoch().to_be_bytes()[..]), data.get(1..5));
    }
    let Ok(text) = str::from_utf8(data) else { return };
    match Sealed::parse(text) {
        Ok(sealed) => {
            assert_eq!(sealed.as_str(), text);
            let again = Sealed::from_bytes(&sealed.decode());
            assert_eq!(again.as_ref(), Ok(&sealed), "one text for each box");
            assert!(!format!("{sealed:?}").contains(text), "a box is not printed");
        }
        // Its words are the same whatever was in the text.
        Err(BoxFault::Alphabet | BoxFault::Length | BoxFault::Version) => {}
    }
}

/// The journal's reader: one entry or snapshot to each line. What can be read can be applied, looked
/// at, and written again; the patches that people are sent lead to what they would be shown anew.
pub fn journal(data: &[u8]) {
    let mut room: Option<Room> = None;
    for line in data.split(|byte| *byte == b'\n') {
        if let Ok(snapshot) = Room::from_snapshot(line) {
            room = Some(snapshot);
        }
        let Ok(entry) = Entry::decode(line) else { continue };
        let again = Entry::decode(&Entry::encode(&entry.records));
        assert_eq!(again.as_ref(), Ok(&entry), "written again");
        for record in &entry.records {
            match &mut room {
                Some(room) => apply(room, record),
                None => room = Room::found(record),
            }
        }
    }
    let Some(room) = room else { return };
    assert_eq!(
        Room::from_snapshot(&room.to_snapshot()).as_ref(),
        Ok(&room),
        "a snapshot is the room"
    );
    let around = Presence::new(room.founded_at());
    let _ = due(&room, &around);
    let _ = tick(&room, &around, Timestamp(u64::MAX / 2));
    let _ = view::knocks(&room, &around);
    for device in room.devices().keys() {
        let _ = view::lobby(&room, &around, *device);
    }
}

fn apply(room: &mut Room, record: &Recorded) {
    let shown = |room: &Room| serde_json::to_value(view::shared(room)).unwrap();
    let mut expected = shown(room);
    let watching: Vec<_> = room.devices().keys().copied().collect();
    let step = view::step(room, record, watching);
    if let Some(patch) = step.shared {
        merge(&mut expected, &patch);
    }
    // The place is told by the frame itself.
    assert_eq!(expected, shown(room), "{}", record.change.name());
}

/// Whose request it is: the connected address, then lines of the header as they came. What is told
/// is what the rule says, and what a client writes in front changes nothing.
pub fn forwarded(data: &[u8]) {
    let mut lines = data.split(|byte| *byte == b'\n');
    let Some(connected) = lines.next().and_then(|line| str::from_utf8(line).ok()) else { return };
    let Ok(connected) = connected.parse::<IpAddr>() else { return };
    let lines: Vec<_> = lines.filter_map(|line| HeaderValue::from_bytes(line).ok()).collect();
    let trusted: Vec<Network> = ["10.0.0.0/8", "192.0.2.7", "fd00::/8"]
        .map(|text| Network::try_from(text.to_owned()).unwrap())
        .to_vec();
    let told = |lines: &[HeaderValue]| {
        let mut headers = HeaderMap::new();
        for line in lines {
            headers.append(HeaderName::from_static("x-forwarded-for"), line.clone());
        }
        client_address(connected, &headers, &trusted)
    };
    let is_trusted = |address: IpAddr| trusted.iter().any(|network| network.contains(address));
    let address = told(&lines);
    assert_eq!(address, address.to_canonical(), "one form for each address");
    if !is_trusted(connected) {
        assert_eq!(address, connected.to_canonical(), "whom we do not trust is not asked");
    }
    if !is_trusted(address) {
        // Somebody who came by a trusted proxy cannot become somebody else.
        let forged = [HeaderValue::from_static("203.0.113.77, 198.51.100.1")];
        assert_eq!(told(&[&forged, &lines[..]].concat()), address);
    }
    if address != connected.to_canonical() {
        let hops = lines.iter().flat_map(|line| line.as_bytes().split(|byte| *byte == b','));
        let mut words = hops.filter_map(|hop| str::from_utf8(hop).ok());
        let is_named = words.any(|hop| names(hop.trim(), address));
        assert!(is_named, "{address} stands in the header");
    }
}

/// Whether a hop is this address, in any of the forms that proxies write.
fn names(hop: &str, address: IpAddr) -> bool {
    let bare = hop.trim_start_matches('[');
    let ends = bare.match_indices([':', ']']).map(|(at, _)| at).chain([bare.len()]);
    ends.filter_map(|end| bare.get(..end)?.trim_end_matches(']').parse::<IpAddr>().ok())
        .any(|hop| hop.to_canonical() == address)
}

#[cfg(test)]
mod tests {
    use std::fs;
    use std::path::Path;

    use super::ALL;

    #[test]
    fn every_input_that_the_fuzzer_kept_holds_what_must_hold() {
        let corpora = Path::new(env!("CARGO_MANIFEST_DIR")).join("../proof/fuzz/corpus");
        for (name, target) in ALL {
            let mut count = 0;
            for file in fs::read_dir(corpora.join(name)).unwrap() {
                let path = file.unwrap().path();
                println!("{}", path.display());
                target(&fs::read(&path).unwrap());
                count += 1;
            }
            assert!(count >= 20, "{name} has {count} inputs");
        }
    }
}
