//! Off the record: the vectors that every implementation must agree with. Whatever is in the file follows
//! from names, so all of it is made again here and compared, and then it is read with nothing but the file.

use std::path::Path;
use std::sync::LazyLock;

use serde_json::{Value, json};
use setroom_client::seal::{
    BoxContext, DeviceKeys, RoundOf, SealError, Secret, open_text, seal_text, sha256,
};

use crate::holders::{hex, known};

const FILE: &str = "../protocol/tests/data/als1_off_record.json";

static FIXED: LazyLock<Value> = LazyLock::new(|| {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(FILE);
    if std::env::var_os("UPDATE_GOLDEN").is_some() && !path.exists() {
        std::fs::write(&path, format!("{:#}\n", made())).unwrap();
    }
    serde_json::from_str(&std::fs::read_to_string(path).unwrap()).unwrap()
});

fn drawn(name: &str) -> [u8; 32] {
    sha256(format!("ALS1 vectors: off the record: {name}").as_bytes())
}

fn id(name: &str) -> [u8; 16] {
    drawn(name)[..16].try_into().unwrap()
}

fn round() -> RoundOf {
    let (set, key) = (id("set"), Secret::from_bytes(drawn("key of the round")));
    RoundOf { set, session: id("meeting"), round: RoundOf::named(&set, &key), epoch: 3 }
}

fn keys() -> (Secret, Secret) {
    (Secret::from_bytes(drawn("key of the set")), Secret::from_bytes(drawn("key of the round")))
}

/// The facilitator's browser, and the pair that a member's page has made.
fn pairs() -> (DeviceKeys, DeviceKeys) {
    let of = |name: &str| DeviceKeys::derive_both(&drawn(name), &drawn("signs"));
    (of("facilitator"), of("page"))
}

fn shown_box(key: &Secret, context: &BoxContext<'_>, text: &str, name: &'static str) -> Value {
    let sealed = seal_text(key, context, text, &mut known(name)).unwrap();
    json!({ "aad": hex(&context.aad()), "text": text, "box": hex(&sealed) })
}

fn made() -> Value {
    let (at, (set_key, key), (sender, page)) = (round(), keys(), pairs());
    let (member, device, item) = (id("seat"), id("browser"), id("line"));
    let grant =
        at.grant(&set_key, &key, &sender, page.public(), &mut known("off the record grant"));
    // A key that is not that of the round, for the right pair and by somebody who may.
    let another = Secret::from_bytes(drawn("another key"));
    let grant_of_another = at.grant(
        &set_key,
        &another,
        &sender,
        page.public(),
        &mut known("off the record grant of another key"),
    );
    let announced = setroom_client::seal::b64u(page.public().as_bytes());
    let line = at.line(item, member, device);
    json!({
        "set": hex(&at.set),
        "session": hex(&at.session),
        "round": hex(&at.round),
        "epoch": at.epoch,
        "set_key": hex(set_key.as_bytes()),
        "key": hex(key.as_bytes()),
        "sender": { "seed": hex(&drawn("facilitator")), "pub": hex(sender.public().as_bytes()) },
        "page": { "seed": hex(&drawn("page")), "pub": hex(page.public().as_bytes()) },
        "psk": hex(at.psk(&set_key).as_bytes()),
        "info": hex(&at.info(sender.public(), page.public())),
        "grant": hex(&grant.unwrap()),
        "grant_of_another_key": hex(&grant_of_another.unwrap()),
        "member": hex(&member),
        "device": hex(&device),
        "item": hex(&item),
        "announcement": shown_box(
            &set_key,
            &at.announces(member, device),
            &announced,
            "off the record announcement",
        ),
        "line": shown_box(&key, &line, "Off the record: ymlaen", "off the record line"),
    })
}

fn bytes(name: &str) -> Vec<u8> {
    bytes_of(&FIXED[name])
}

fn bytes_of(of: &Value) -> Vec<u8> {
    let digits = of.as_str().unwrap();
    (0..digits.len())
        .step_by(2)
        .map(|at| u8::from_str_radix(&digits[at..at + 2], 16).unwrap())
        .collect()
}

#[test]
fn the_vectors_off_the_record_are_what_follows_from_their_names() {
    assert_eq!(made(), *FIXED);
}

#[test]
fn a_grant_opens_for_the_pair_that_was_announced_and_in_no_other_place() {
    let (at, (set_key, key), (sender, page)) = (round(), keys(), pairs());
    let grant = bytes("grant");
    let (from, opened) = at.open(&set_key, &grant, &page).unwrap();
    assert_eq!((from.as_bytes(), opened), (sender.public().as_bytes(), key));
    let other = |at: RoundOf| at.open(&set_key, &grant, &page).err();
    let fault = Some(SealError::Grant);
    assert_eq!(other(RoundOf { set: id("other"), ..at }), fault);
    assert_eq!(other(RoundOf { session: id("other"), ..at }), fault);
    assert_eq!(other(RoundOf { round: id("other"), ..at }), fault);
    assert_eq!(other(RoundOf { epoch: 4, ..at }), fault);
    // Whoever has every key of the set, also the browser's own, and not the pair that the page has made.
    assert_eq!(at.open(&set_key, &grant, &sender).err(), fault);
    let (old_key, _) = (Secret::from_bytes(drawn("an earlier key")), ());
    assert_eq!(at.open(&old_key, &grant, &page).err(), fault);
    let another = at.open(&set_key, &bytes("grant_of_another_key"), &page);
    assert_eq!(another.err(), Some(SealError::Form), "the round is named after its key");
    for place in [0, 66, 140, grant.len() - 1] {
        let mut changed = grant.clone();
        changed[place] ^= 1;
        assert!(at.open(&set_key, &changed, &page).is_err(), "{place}");
    }
}

#[test]
fn a_line_opens_under_the_rounds_key_as_its_authors_and_no_other_way() {
    let (at, (set_key, key)) = (round(), keys());
    let (item, member, device) = (id("line"), id("seat"), id("browser"));
    let sealed = bytes_of(&FIXED["line"]["box"]);
    let context = at.line(item, member, device);
    assert_eq!(open_text(&key, &context, &sealed).unwrap(), "Off the record: ymlaen");
    for other in [
        at.line(id("other"), member, device),
        at.line(item, id("other"), device),
        at.line(item, member, id("other")),
        at.announces(member, device),
    ] {
        assert!(open_text(&key, &other, &sealed).is_err());
    }
    assert!(open_text(&set_key, &context, &sealed).is_err(), "the set's key opens none");
}
