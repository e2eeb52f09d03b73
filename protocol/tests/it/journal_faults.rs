//! What is no entry, and what is no sound room, is said to be none.

use serde_json::Value;
use setroom_protocol::{Command as C, Entry, Room};

use crate::support::*;

#[test]
fn what_is_no_entry_is_said_to_be_none_without_its_content() {
    for text in ["", "{}", "[]", r#"{"v":2,"records":[]}"#, r#"{"v":1}"#] {
        assert!(Entry::decode(text.as_bytes()).is_err(), "{text}");
    }
    assert!(Entry::decode(br#"{"v":1,"records":[]}"#).is_ok());
    let text = r#"{"v":1,"records":[{"seq":1,"at":2,"c":"a very private thing"}]}"#;
    assert!(!Entry::decode(text.as_bytes()).unwrap_err().contains("private"));
    let text = r#"{"v":1,"room":{"set":"a very private thing"}}"#;
    assert!(!Room::from_snapshot(text.as_bytes()).unwrap_err().contains("private"));
}

/// What a journal that was damaged, or written by a program with a mistake, may hold.
#[test]
fn a_room_that_breaks_a_law_says_which() {
    let mut world = World::at("classic.explore");
    world.does(world.p(4), C::RaiseHand { kind: None, seat: None });
    let whole: Value = serde_json::from_slice(&world.room.to_snapshot()).unwrap();
    let broken = |pointer: &str, value: Value| {
        let mut snapshot = whole.clone();
        *snapshot.pointer_mut(pointer).unwrap() = value;
        Room::from_snapshot(snapshot.to_string().as_bytes()).unwrap().faults()
    };
    let nobody = Value::from(seat(50).to_string());
    assert_eq!(broken("/room/meeting/now/presenter", nobody), ["the presenter has a seat"]);
    let gathering = Value::from("gathering");
    assert_eq!(broken("/room/meeting/stage", gathering), ["no clock runs outside the meeting"]);
    let seats = broken("/room/seats", serde_json::json!({}));
    assert!(seats.contains(&"every browser has a seat".to_owned()), "{seats:?}");
    assert!(seats.contains(&"every hand belongs to a seat".to_owned()), "{seats:?}");
}
