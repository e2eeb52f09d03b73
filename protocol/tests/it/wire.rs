//! The wire, byte by byte: a stored file for each form, and played sequences that the web client's
//! reducer reads too.

use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};
use setroom_protocol::command::Saying;
use setroom_protocol::method::Kind;
use setroom_protocol::view::merge;
use setroom_protocol::{
    Change, ClientFrame, Command, DecodeError, Recorded, Seq, ServerFrame, TextKind, decode,
};

use crate::samples;
use crate::support::{self, World, canonical, golden, pretty, seat};

/// Each sample is written as its file says, is read from it as it was, and none is forgotten.
fn hold_to<T: Serialize + DeserializeOwned + PartialEq + std::fmt::Debug>(
    folder: &str,
    samples: &[T],
    tag: &str,
) {
    let names = samples::names::<T>(tag);
    assert_eq!(samples.len(), names.len(), "one sample of each form, in order");
    for (sample, name) in samples.iter().zip(&names) {
        let frame = support::json(sample);
        assert_eq!(frame[tag], **name, "the tag names the form");
        let path = format!("wire/{folder}/{name}.json");
        golden(&path, &pretty(&json!({ "name": name, "frame": frame })));
        let stored: Value =
            serde_json::from_str(&std::fs::read_to_string(support::data(&path)).unwrap()).unwrap();
        let read: T = serde_json::from_value(stored["frame"].clone()).unwrap();
        assert_eq!(&read, sample, "{path} is read as it was written");
        let text = serde_json::to_string(&stored["frame"]).unwrap();
        assert_eq!(&serde_json::from_str::<T>(&text).unwrap(), sample, "{path} from text");
    }
    let folder = support::data(&format!("wire/{folder}"));
    let mut files: Vec<_> = std::fs::read_dir(&folder)
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    files.sort_unstable();
    let mut expected: Vec<_> = names.iter().map(|name| format!("{name}.json")).collect();
    expected.sort_unstable();
    assert_eq!(files, expected, "no file without a form");
}

#[test]
fn every_client_frame_is_as_stored() {
    hold_to("client", &samples::client_frames(), "t");
}

#[test]
fn every_server_frame_is_as_stored() {
    hold_to("server", &samples::server_frames(), "t");
}

#[test]
fn every_command_is_as_stored() {
    hold_to("command", &samples::commands(), "c");
}

#[test]
fn every_change_is_as_stored() {
    let changes = samples::changes();
    hold_to("change", &changes, "c");
    for (change, name) in changes.iter().zip(samples::names::<Change>("c")) {
        assert_eq!(change.name(), name);
    }
}

#[test]
fn a_record_keeps_its_change_beside_its_place() {
    for (seq, change) in (1..).map(Seq).zip(samples::changes()) {
        let record = Recorded { seq, at: support::BEGIN, by: Some(seat(1)), re: None, change };
        let value = serde_json::to_value(&record).unwrap();
        assert_eq!(value["seq"], seq.0);
        assert_eq!(value["c"], record.change.name());
        assert_eq!(serde_json::from_value::<Recorded>(value).unwrap(), record);
    }
}

// fault: F32 — a client of another version is told so, whatever else its frame holds
#[test]
fn bad_frames_are_told_apart() {
    let ping = r#"{"t":"ping","sent":1}"#;
    assert_eq!(decode(ping, false), Ok(ClientFrame::Ping { sent: 1 }));
    let knock = serde_json::to_string(&samples::client_frames()[0]).unwrap();
    assert!(decode(&knock, true).is_ok());
    let unknown = |text: &str| matches!(decode(text, false), Err(DecodeError::Unknown(_)));
    for text in ["", "[]", "null", "7", "\"ping\"", r#"{"t":"nothing"}"#, r#"{"sent":1}"#] {
        assert!(unknown(text), "{text}");
    }
    assert!(unknown(r#"{"t":"ping","sent":1,"more":2}"#), "fields that nobody knows");
    assert!(unknown(r#"{"t":"ping","sent":-1}"#));
    assert!(unknown(&format!("{ping}{ping}")), "one frame in one message");
    assert!(unknown(r#"{"t":"do","cid":"AAAAAAAAAAAAAAAAAAAAAA==","seen":0,"cmd":{"c":"next"}}"#));
    assert!(unknown(r#"{"t":"do","cid":"AAAAAAAAAAAAAAAAAAAAAA","seen":0,"cmd":{"c":"lock"}}"#));
    assert!(!unknown(r#"{"t":"do","cid":"AAAAAAAAAAAAAAAAAAAAAA","seen":0,"cmd":{"c":"next"}}"#));
    for v in [0, 1, 2, 4, 4_000_000] {
        let old = format!(r#"{{"t":"hello","v":{v},"other":[]}}"#);
        assert_eq!(decode(&old, true), Err(DecodeError::OldClient));
    }
    let long = |len: usize| format!("{ping}{}", " ".repeat(len - ping.len()));
    assert!(decode(&long(2 * 1024), true).is_ok());
    assert_eq!(decode(&long(2 * 1024 + 1), true), Err(DecodeError::TooLarge("first_frame_bytes")));
    assert!(decode(&long(setroom_protocol::limits::FRAME_BYTES), false).is_ok());
    assert_eq!(
        decode(&long(setroom_protocol::limits::FRAME_BYTES + 1), false),
        Err(DecodeError::TooLarge("frame_bytes"))
    );
}

#[test]
fn a_knocks_name_is_no_longer_than_a_name_needs() {
    let knock = samples::client_frames()
        .into_iter()
        .find(|frame| matches!(frame, ClientFrame::Knock(_)))
        .unwrap();
    let named = |chars: usize| {
        let mut frame = support::json(&knock);
        frame["name"] = "A".repeat(chars).into();
        decode(&frame.to_string(), true)
    };
    assert!(named(setroom_protocol::limits::KNOCK_NAME_CHARS).is_ok());
    let longer = named(setroom_protocol::limits::KNOCK_NAME_CHARS + 2);
    assert_eq!(longer, Err(DecodeError::TooLarge("knock_name_chars")));
}

// fault: F32 — a page that was open when the service was renewed comes back; a knock of it does not
#[test]
fn a_return_of_the_first_version_is_served_and_its_knock_is_not() {
    let frames = samples::client_frames();
    let [knock, resume, ..] = &frames[..] else { panic!("first frames") };
    let of = |frame: &ClientFrame, v: u32| {
        let mut frame = support::json(frame);
        frame["v"] = v.into();
        decode(&frame.to_string(), true)
    };
    assert_eq!(of(resume, 3).as_ref(), Ok(resume));
    let Ok(ClientFrame::Resume { v, device, since, .. }) = of(resume, 1) else { panic!("served") };
    assert_eq!((v, device, since), (1, support::device(3), Some(Seq(41))));
    // One of the second version keeps over a reload what was typed.
    for v in [0, 2, 4, u32::MAX] {
        assert_eq!(of(resume, v), Err(DecodeError::OldClient), "{v}");
    }
    assert_eq!(of(knock, 3).as_ref(), Ok(knock));
    for v in [0, 1, 2, 4] {
        assert_eq!(of(knock, v), Err(DecodeError::OldClient), "{v}");
    }
    // As it was sent by the first version: without the second key.
    let mut old = support::json(knock);
    old["v"] = 1.into();
    for field in ["sign", "pop"] {
        old.as_object_mut().unwrap().remove(field);
    }
    assert_eq!(decode(&old.to_string(), true), Err(DecodeError::OldClient));
    // Today's has all of it, each of its length.
    for field in ["sign", "pop", "pub", "mac", "nonce", "token", "resume", "name"] {
        let mut less = support::json(knock);
        less.as_object_mut().unwrap().remove(field);
        assert!(matches!(decode(&less.to_string(), true), Err(DecodeError::Unknown(_))), "{field}");
        let mut short = support::json(knock);
        short[field] = "A".into();
        assert!(matches!(decode(&short.to_string(), true), Err(DecodeError::Unknown(_))));
    }
    assert!(
        support::json(knock).to_string().len() * 2 < setroom_protocol::limits::FIRST_FRAME_BYTES
    );
}

/// The largest frame there is: a whole edit for a full set, with a grant for each browser.
#[test]
fn a_change_of_keys_for_a_full_set_fits_into_a_frame() {
    use setroom_protocol::limits;
    let mut keys = samples::key_change();
    let mut edit = setroom_protocol::RosterEdit::clone(keys.edit.as_ref().unwrap());
    edit.add = (0..limits::DEVICES as u8)
        .map(|n| samples::holder(n, setroom_protocol::LinkRole::Member))
        .chain([support::link_holder()])
        .collect();
    edit.drop.clear();
    // What is left is for the grants and the wrap.
    keys.grants.clear();
    (keys.edit, keys.wraps) = (Some(edit.into()), [].into());
    let cmd = Command::Remove { seat: seat(3), keys };
    let frame = ClientFrame::Do { cid: support::command_id(1), seen: Seq(1 << 50), cmd };
    let bytes = support::json(&frame).to_string().len();
    let each = (limits::FRAME_BYTES - bytes) / (limits::DEVICES + 1);
    assert!(each > 900, "{each} characters for each of them");
}

#[test]
fn no_command_takes_a_field_that_it_does_not_know() {
    for command in samples::commands() {
        let mut cmd = support::json(&command);
        let frame = |cmd: &Value| {
            serde_json::json!({"t":"do","cid":"AAAAAAAAAAAAAAAAAAAAAA","seen":0,"cmd":cmd})
                .to_string()
        };
        assert!(decode(&frame(&cmd), false).is_ok(), "{cmd}");
        // Nor does anything within it.
        for within in ["", "/keys", "/keys/edit", "/edit", "/edit/add/0", "/bid"] {
            let mut cmd = cmd.clone();
            if let Some(Value::Object(part)) = cmd.pointer_mut(within) {
                part.insert("stray".to_owned(), "AAAAAAAAAAAAAAAAAAAAAA".into());
                assert!(decode(&frame(&cmd), false).is_err(), "{cmd}");
            }
        }
        cmd["stray"] = serde_json::json!("AAAAAAAAAAAAAAAAAAAAAA");
        assert!(decode(&frame(&cmd), false).is_err(), "{cmd}");
    }
}

#[test]
fn plain_text_never_passes_for_a_box() {
    let mut frame = support::json(&Command::Put(samples::put()));
    let good = frame["box"].as_str().unwrap().to_owned();
    let long = |first: u8, len: usize| {
        let mut bytes = vec![0x41; len];
        bytes[0] = first;
        support_encode(&bytes)
    };
    let bad = [
        "I am stuck with my chair".to_owned(),
        String::new(),
        format!("{good}="),
        format!("{good}A"),
        good[..good.len() - 1].to_owned(),
        long(1, 340),
        long(1, 342),
        long(3, 341),
        long(2, 340),
        long(0x41, 341),
        long(1, 85),
        long(1, 85 + 16384),
        good.replace('W', "+"),
    ];
    for text in bad {
        frame["box"] = text.clone().into();
        let read = serde_json::from_value::<Command>(frame.clone());
        let fault = read.expect_err(&text).to_string();
        assert!(text.len() < 8 || !fault.contains(&text), "a fault never repeats the text");
    }
    for bucket in [256, 512, 1024, 2048, 4096, 8192] {
        frame["box"] = long(1, 85 + bucket).into();
        let Ok(Command::Put(put)) = serde_json::from_value(frame.clone()) else {
            panic!("a box of {bucket}")
        };
        assert_eq!((put.sealed.bucket(), put.sealed.epoch()), (bucket, 0x4141_4141));
        assert!(!put.sealed.is_own());
        // Under its author's own key there stands the generation of that key.
        frame["box"] = long(2, 85 + bucket).into();
        let Ok(Command::Put(put)) = serde_json::from_value(frame.clone()) else {
            panic!("an own box of {bucket}")
        };
        assert_eq!((put.sealed.bucket(), put.sealed.epoch()), (bucket, 0x4141_4141));
        assert!(put.sealed.is_own());
    }
}

fn support_encode(bytes: &[u8]) -> String {
    setroom_protocol::Blob::encode(bytes).as_str().to_owned()
}

/// A short meeting with everything that the client's reducer has to merge.
pub(crate) fn played() -> World {
    let mut world = World::with("short_90", "question_gift", 1, 3, 1);
    let (host, member) = (world.p(1), world.p(3));
    for n in 1..=5 {
        let text = world.text(world.p(n), TextKind::Name, 0);
        world.does(world.p(n), Command::Put(text));
    }
    world.everyone_agrees();
    world.does(host, Command::SetOrder { order: vec![seat(3), seat(4)] });
    world.does(host, Command::Start);
    world.passes(4_000);
    world.does(host, Command::Next);
    world.does(world.p(3), Command::EndRoundTurn);
    world.does(world.p(4), Command::LaterTurn);
    world.does(host, Command::AddTime { minutes: 3 });
    world.go("bids");
    let bid = world.text(world.p(4), TextKind::Bid, 20);
    world.does(world.p(4), Command::Put(bid));
    world.does(world.p(4), Command::WithdrawItem { item: support::item(20) });
    world.go("gift.present");
    let headline = world.text(member, TextKind::Headline, 21);
    world.does(member, Command::Put(headline));
    world.go("gift.clarify");
    world.does(world.p(4), Command::RaiseHand { kind: Some(Kind::Clarify), seat: None });
    world.does(world.p(5), Command::RaiseHand { kind: Some(Kind::Process), seat: None });
    world.ticks();
    world.does(member, Command::Say { what: Saying::Thinking });
    world.does(world.p(5), Command::EndTurn);
    world.does(member, Command::Say { what: Saying::Ready });
    world.ticks();
    world.does(host, Command::Hold);
    world.passes(2_500);
    world.does(host, Command::Release);
    world.does(host, Command::Pause);
    world.does(host, Command::Resume);
    world.go("gift.write");
    let mut question = world.text(world.p(4), TextKind::Question, 22);
    world.does(world.p(4), Command::Put(question.clone()));
    question.rev = 2;
    question.n += 1;
    world.does(world.p(4), Command::Put(question));
    world.does(world.p(4), Command::Tick { on: true });
    world.does(host, Command::Next);
    world.does(host, Command::Undo);
    world.does(host, Command::Next);
    world.does(world.p(4), Command::EndRoundTurn);
    world.does(world.p(2), Command::ProposeMode { mode: setroom_protocol::Mode::Double });
    world.does(world.p(5), Command::AnswerMode { yes: false });
    world.go("gift.act");
    let action = world.text(member, TextKind::Action, 23);
    world.does(member, Command::Put(action));
    // From here on under a key of their own.
    let key = world.own_key_of(member.seat, 1);
    world.does(member, Command::OwnKey(key));
    let action = world.own_text(member, TextKind::Action, 23);
    world.does(member, Command::Put(action));
    world.does(host, Command::HandOver { seat: seat(5) });
    let keys = world.keys(host.device, Some(seat(4)));
    world.does(host, Command::Remove { seat: seat(4), keys });
    world.go("close");
    world.does(world.p(5), Command::Close);
    world
}

#[test]
fn played_sequences_are_as_stored_and_merge_to_what_is_expected() {
    let world = played();
    world.check_clients();
    for (who, n) in [("facilitator", 1), ("presenter", 3), ("observer", 6)] {
        let client = world.client(n);
        let frames: Vec<Value> =
            client.log.iter().map(|text| serde_json::from_str(text).unwrap()).collect();
        let (snapshot, frames) = frames.split_first().unwrap();
        let stored = json!({
            "snapshot": snapshot,
            "frames": frames,
            "expect_shared": client.shared,
            "expect_own": client.own,
        });
        let path = format!("wire/sequences/{who}.json");
        golden(&path, &pretty(&stored));
        // The file alone is enough to get there.
        let stored: Value =
            serde_json::from_str(&std::fs::read_to_string(support::data(&path)).unwrap()).unwrap();
        let mut shared = stored["snapshot"]["shared"].clone();
        let mut own = stored["snapshot"]["own"].clone();
        for frame in stored["frames"].as_array().unwrap() {
            match frame["t"].as_str().unwrap() {
                "change" => merge(&mut shared, &frame["shared"]),
                "own" => merge(&mut own, &frame["own"]),
                other => panic!("{other}"),
            }
        }
        assert_eq!(canonical(&shared), canonical(&stored["expect_shared"]));
        assert_eq!(canonical(&own), canonical(&stored["expect_own"]));
        let whats: Vec<_> = frames.iter().filter_map(|frame| frame["what"].as_str()).collect();
        assert!(whats.contains(&"closed") && whats.len() > 30, "{whats:?}");
    }
    // A text that only its author sees is an own part for them, and nothing for anybody else.
    let places: Vec<_> = world.records.iter().map(|record| record.seq).collect();
    let unseen = places.windows(2).filter(|pair| pair[0] == pair[1]).count();
    let frames = |n: u8, t: &str| world.client(n).log.iter().filter(|f| f.contains(t)).count();
    let all = world.room.seq().0 as usize - 2;
    assert!(unseen > 2 && world.records.len() == all + 2 + unseen);
    assert_eq!(frames(1, r#""t":"change""#), all, "the host's snapshot is from the second place");
}

#[test]
fn a_change_is_the_same_bytes_for_everybody() {
    let world = played();
    let changes = |n: u8| -> Vec<&String> {
        let sent = &world.client(n).log;
        sent.iter().filter(|text| text.contains(r#""t":"change""#)).collect()
    };
    let (all, late) = (changes(1), changes(6));
    assert!(late.len() > 30);
    assert_eq!(all[all.len() - late.len()..], late, "from the observer's snapshot on");
}

#[test]
fn frames_of_the_server_are_read_back() {
    for frame in samples::server_frames() {
        assert_eq!(serde_json::from_str::<ServerFrame>(&frame.encode()).unwrap(), frame);
    }
    for change in samples::changes() {
        let text = serde_json::to_string(&change).unwrap();
        assert_eq!(serde_json::from_str::<Change>(&text).unwrap(), change);
    }
}
