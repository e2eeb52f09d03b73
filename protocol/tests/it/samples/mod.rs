//! One sample of every command, change and frame. Those of commands and changes are the stored files
//! themselves; a new one is written, with `UPDATE_GOLDEN=1`, as it stands in the meeting in which
//! everything happens. A form without a sample fails every test that asks for them.

use std::collections::BTreeMap;
use std::sync::Arc;

use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::Value;
use setroom_protocol::command::{BidTerms, KeyChange};
use setroom_protocol::{Change, Command, DeviceId, Holder, LinkRole, Put, RosterEdit, TextKind};

use crate::journal_compat::everything;
use crate::support::*;

mod frames;

pub(crate) use frames::{client_frames, server_frames};

/// The name of every form of `T`: where serde meets one that it does not know, it lists those it does.
pub(crate) fn names<T: DeserializeOwned>(tag: &str) -> Vec<String> {
    let unknown =
        serde_json::from_value::<T>(serde_json::json!({ tag: "?" })).err().unwrap().to_string();
    let (_, known) = unknown.split_once("expected one of ").unwrap();
    known.split('`').skip(1).step_by(2).map(str::to_owned).collect()
}

/// The stored sample of every form of `T`.
fn stored<T: DeserializeOwned>(folder: &str, made: impl Fn() -> Vec<Value>) -> Vec<T> {
    let read = |name: &String| {
        let path = format!("wire/{folder}/{name}.json");
        if updating() && !data(&path).exists() {
            let frame = made().into_iter().find(|frame| frame["c"] == **name);
            let frame = frame.unwrap_or_else(|| panic!("{name} does not happen in `everything`"));
            golden(&path, &pretty(&serde_json::json!({ "name": name, "frame": frame })));
        }
        let text = std::fs::read_to_string(data(&path))
            .unwrap_or_else(|e| panic!("{path}: {e}; write it with UPDATE_GOLDEN=1"));
        let mut sample: Value = serde_json::from_str(&text).unwrap();
        serde_json::from_value(sample["frame"].take()).unwrap_or_else(|e| panic!("{path}: {e}"))
    };
    names::<T>("c").iter().map(read).collect()
}

fn all<'a, T: Serialize + 'a>(things: impl IntoIterator<Item = &'a T>) -> Vec<Value> {
    things.into_iter().map(json).collect()
}

pub(crate) fn commands() -> Vec<Command> {
    stored("command", || all(&everything().commands))
}

pub(crate) fn changes() -> Vec<Change> {
    stored("change", || all(everything().records.iter().map(|record| &record.change)))
}

pub(crate) fn key_change() -> KeyChange {
    KeyChange {
        epoch: 2,
        grants: BTreeMap::from([(device(2), blob("grant 2")), (device(3), blob("grant 3"))]),
        wraps: BTreeMap::from([(LinkRole::Host, blob("wrap h"))]),
        links: BTreeMap::from([(LinkRole::Member, hash(9))]),
        edit: Some(edit(2, vec![], vec![device(4)])),
        roles: false,
    }
}

pub(crate) fn holder(n: u8, link: LinkRole) -> Holder {
    Holder {
        public: public(n),
        sign: Some(signing(n)),
        seat: seat(n),
        role: link,
        link: 0,
        came: None,
    }
}

/// An edit by the host's browser.
pub(crate) fn edit(epoch: u32, add: Vec<Holder>, drop: Vec<DeviceId>) -> Arc<RosterEdit> {
    Arc::new(RosterEdit {
        n: 7,
        epoch,
        commit: commitment(epoch),
        meeting: Some(meeting_id()),
        whole: false,
        add,
        drop,
        by: device(1),
        sig: signature(7),
    })
}

pub(crate) fn put() -> Put {
    Put {
        kind: TextKind::Bid,
        item: item(1),
        rev: 1,
        n: 0,
        prev: hash(0),
        sealed: boxed(1, 256, 0x5A5A_5A5A),
        bid: Some(BidTerms { pressing: 2, minutes: 30 }),
        action: None,
        replaces: None,
        meeting: Some(meeting_id()),
    }
}
