//! Browsers with two pairs, the roster and own keys: the vectors that every implementation must agree
//! with. Whatever is in the file follows from names, so all of it is made again here and compared; and
//! then it is read as a stranger would, with nothing but the file.
//!
//! Signatures follow RFC 6979 here, which others need not do: theirs differ, and verify.

mod chain;
mod laws;
mod links;
mod locked;
mod people;
mod refused;

use std::fmt::Write as _;
use std::path::Path;
use std::sync::{Arc, LazyLock};

use serde_json::{Value, json};
use setroom_client::seal::{
    BoxContext, DeviceKeys, Grant, GrantContext, Hello, KeyList, Link, LinkKeys, OwnKeyOf,
    PublicKey, SealError, Secret, code_key, from_b64u, open_by_code, open_text, pae, read_code,
    spoken_words, unwrap_for, verifies, walk, write_code,
};
use setroom_protocol::{
    DeviceId, LinkRole, PublicKey as WirePublic, Roster, RosterEdit, RosterFault, Signature64,
};

pub(crate) use people::known;
use people::{Person, holder_of_link, host_link, key, link, set};

const FILE: &str = "../protocol/tests/data/als1_holders.json";

static FIXED: LazyLock<Value> = LazyLock::new(|| {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(FILE);
    if std::env::var_os("UPDATE_GOLDEN").is_some() && !path.exists() {
        std::fs::write(&path, format!("{:#}\n", made())).unwrap();
    }
    serde_json::from_str(&std::fs::read_to_string(path).unwrap()).unwrap()
});

pub(crate) fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::new(), |mut text, byte| {
        write!(text, "{byte:02x}").unwrap();
        text
    })
}

/// The whole file.
fn made() -> Value {
    let steps = chain::chain();
    let end = &steps.last().unwrap().after;
    let next = chain::next(end);
    let holder = holder_of_link(&host_link());
    let keys = link(LinkRole::Host).keys();
    let devices: serde_json::Map<_, _> =
        Person::ALL.iter().map(|person| (person.name.to_owned(), person.shown())).collect();
    let epochs: Vec<_> = [1, 2, 5].iter().map(|epoch| shown_epoch(*epoch)).collect();
    json!({
        "set": hex(&keys.set),
        "secret": hex(link(LinkRole::Host).secret.as_bytes()),
        "host_link": {
            "holder_key": hex(keys.holder.as_bytes()),
            "pub": hex(&holder.public.0),
            "sign": hex(&holder.sign.unwrap().0),
            "device": hex(holder.device().as_bytes()),
        },
        "devices": devices,
        "knock": locked::Knock::made().shown_whole(),
        "epochs": epochs,
        "chain": steps.iter().map(chain::Step::shown).collect::<Vec<_>>(),
        "next": next.iter().map(chain::Step::shown).collect::<Vec<_>>(),
        "links": links::read(),
        "words": spoken_words(&key(5), &keys.set, 5, &[&end.head().0]),
        "own_box": locked::shown_box(),
        "own_wraps": locked::shown_own_wraps(),
        "code_wraps": [locked::shown_code_wrap()],
        "recovery": locked::shown_recovery(end),
        "grants": locked::shown_grants(end),
        "refused": refused::all(&steps, &next),
    })
}

fn shown_epoch(epoch: u32) -> Value {
    let commit = setroom_client::seal::commitment(&key(epoch), set().as_bytes(), epoch);
    json!({"epoch": epoch, "key": hex(key(epoch).as_bytes()), "commit": hex(&commit.0)})
}

#[test]
fn the_file_is_what_follows_from_its_names() {
    let (made, fixed) = (made(), &*FIXED);
    for (name, part) in made.as_object().unwrap() {
        assert_eq!(part, &fixed[name], "{name}");
    }
    assert_eq!(&made, fixed);
}

fn bytes(of: &Value) -> Vec<u8> {
    let digits = of.as_str().unwrap();
    let pair = |at| u8::from_str_radix(&digits[at..at + 2], 16).unwrap();
    (0..digits.len()).step_by(2).map(pair).collect()
}

fn array<const N: usize>(of: &Value) -> [u8; N] {
    bytes(of).try_into().unwrap()
}

fn number(of: &Value) -> u32 {
    u32::try_from(of.as_u64().unwrap()).unwrap()
}

fn public(of: &Value) -> PublicKey {
    PublicKey::from_bytes(&bytes(of)).unwrap()
}

/// A link of this set, all of which have one secret.
fn link_of(role: &Value) -> LinkKeys {
    let role = serde_json::from_value(role.clone()).unwrap();
    let secret = Secret::from_bytes(array(&FIXED["secret"]));
    Link { set: array(&FIXED["set"]), role, secret, host: None }.keys()
}

fn device(name: &str) -> DeviceKeys {
    if name == "host_link" {
        return link_of(&"h".into()).host_holder();
    }
    let of = &FIXED["devices"][name];
    DeviceKeys::derive_both(&array(&of["pub_seed"]), &array(&of["sign_seed"]))
}

/// Why an edit is refused, as the file says it.
fn refusal(roster: &Roster, edit: &RosterEdit) -> Option<&'static str> {
    let set = setroom_protocol::SetId::from_bytes(array(&FIXED["set"]));
    match roster.vet(set, edit) {
        Ok(of) => (!verifies(&of.signer, &of.signed, &edit.sig)).then_some("signature"),
        Err(RosterFault::Place) => Some("place"),
        Err(RosterFault::Epoch) => Some("epoch"),
        Err(RosterFault::Commit) => Some("commit"),
        Err(RosterFault::Signer) => Some("signer"),
        Err(RosterFault::Holders) => Some("holders"),
    }
}

fn edit(of: &Value) -> Arc<RosterEdit> {
    Arc::new(serde_json::from_value(of.clone()).unwrap())
}

/// All edits of the file.
fn steps() -> impl Iterator<Item = &'static Value> {
    ["chain", "next"].iter().flat_map(|part| FIXED[part].as_array().unwrap())
}

/// The roster after so many edits of the file.
fn walked(edits: usize) -> Roster {
    let set = setroom_protocol::SetId::from_bytes(array(&FIXED["set"]));
    let mut roster = Roster::default();
    for step in steps().take(edits) {
        walk(&mut roster, set, &edit(&step["edit"])).unwrap();
        assert_eq!(hex(&roster.head().0), step["head"]);
    }
    roster
}

#[test]
fn the_chain_is_walked_and_what_does_not_follow_is_refused() {
    let roster = walked(FIXED["chain"].as_array().unwrap().len());
    assert_eq!((roster.n(), roster.epoch()), (10, 5));
    assert_eq!(roster.edits().len(), 2, "a whole edit begins it anew");
    for (at, step) in steps().enumerate() {
        assert_eq!(refusal(&walked(at), &edit(&step["edit"])), None);
    }
    let set = setroom_protocol::SetId::from_bytes(array(&FIXED["set"]));
    let refused = FIXED["refused"]["edits"].as_array().unwrap();
    for case in refused {
        let mut roster = walked(case["after"].as_u64().unwrap().try_into().unwrap());
        if let Some(then) = case.get("then") {
            walk(&mut roster, set, &edit(then)).unwrap();
        }
        let before = roster.clone();
        assert_eq!(
            refusal(&roster, &edit(&case["edit"])),
            case["why"].as_str(),
            "{}",
            case["what"]
        );
        assert_eq!(walk(&mut roster, set, &edit(&case["edit"])), Err(SealError::Roster));
        assert_eq!(roster, before, "what is refused leaves no trace");
    }
    // Every reason has its case.
    for why in ["place", "epoch", "commit", "signer", "holders", "signature"] {
        assert!(refused.iter().any(|case| case["why"] == why), "{why}");
    }
}

/// Why a knock could not be verified.
fn knock_refusal(of: &Value) -> Option<&'static str> {
    let link = link_of(&of["role"]);
    let (public, sign) = (public(&of["pub"]), WirePublic(array(&of["sign"])));
    let hello = Hello { nonce: array(&of["nonce"]), mac: array(&of["mac"]) };
    if link.check_hello(&public, &sign, &hello).is_err() {
        return Some("mac");
    }
    let bytes = link.hello_bytes(&public, &sign, &hello.nonce);
    let challenge: [u8; 32] = array(&of["challenge"]);
    let signed = pae(&[b"ALS1-pop", &challenge, &bytes]);
    (!verifies(&sign, &signed, &Signature64(array(&of["pop"])))).then_some("pop")
}

#[test]
fn a_knock_shows_link_and_private_key() {
    let knock = &FIXED["knock"];
    assert_eq!(knock_refusal(knock), None);
    let sign = WirePublic(array(&knock["sign"]));
    let id = DeviceId::of(&WirePublic(array(&knock["pub"])), Some(&sign));
    assert_eq!(hex(id.as_bytes()), FIXED["devices"]["later"]["device"]);
    for case in FIXED["refused"]["knocks"].as_array().unwrap() {
        assert_eq!(knock_refusal(case), case["why"].as_str(), "{}", case["what"]);
    }
}

fn open_box(of: &Value) -> Result<String, SealError> {
    let place = &of["context"];
    let context = BoxContext {
        set: array(&place["set"]),
        session: array(&place["session"]),
        epoch: number(&place["gen"]),
        own: place["own"].as_bool().unwrap(),
        member: array(&place["member"]),
        device: array(&place["device"]),
        kind: place["kind"].as_str().unwrap(),
        item: array(&place["item"]),
        rev: number(&place["rev"]),
        n: place["n"].as_u64().unwrap(),
        prev: array(&place["prev"]),
    };
    open_text(&Secret::from_bytes(array(&of["key"])), &context, &bytes(&of["box"]))
}

#[test]
fn own_boxes_open_under_their_own_form_alone() {
    assert_eq!(open_box(&FIXED["own_box"]).unwrap(), FIXED["own_box"]["text"]);
    for case in FIXED["refused"]["own_boxes"].as_array().unwrap() {
        let why = match case["why"].as_str().unwrap() {
            "epoch" => SealError::Epoch,
            "commit" => SealError::Commitment,
            "version" => SealError::Version,
            _ => SealError::Cipher,
        };
        assert_eq!(open_box(case), Err(why), "{}", case["what"]);
    }
}

fn open_own_wrap(of: &Value) -> Result<(PublicKey, Vec<(u32, Secret)>), SealError> {
    let own = OwnKeyOf { set: array(&FIXED["set"]), seat: array(&of["seat"]) };
    own.unwrap(&bytes(&of["wrap"]), &device(of["to"].as_str().unwrap()))
}

#[test]
fn own_keys_open_for_whoever_they_were_wrapped_for() {
    for wrap in FIXED["own_wraps"].as_array().unwrap() {
        let (sender, own) = open_own_wrap(wrap).unwrap();
        assert_eq!(hex(sender.as_bytes()), wrap["sender"]);
        let own: Vec<_> = own.iter().map(|(of, key)| json!([of, key.to_b64u()])).collect();
        assert_eq!(json!({"v": 1, "own": own}), wrap["list"]);
    }
    for case in FIXED["refused"]["own_wraps"].as_array().unwrap() {
        assert_eq!(open_own_wrap(case), Err(SealError::Grant), "{}", case["what"]);
    }
}

/// The newest generation, and all of them.
type OwnKeys = (u32, Vec<(u32, Secret)>);

/// What a typed code opens in a set.
fn open_code_wrap(of: &Value) -> Result<OwnKeys, SealError> {
    let set = array(of.get("set").unwrap_or(&FIXED["set"]));
    let code = read_code(of["code"].as_str().unwrap()).ok_or(SealError::Encoding)?;
    open_by_code(&set, &code_key(&set, &code), &bytes(&of["wrap"]))
}

#[test]
fn a_return_code_opens_what_it_locks_and_nothing_else() {
    for wrap in FIXED["code_wraps"].as_array().unwrap() {
        let code = read_code(wrap["code"].as_str().unwrap()).unwrap();
        assert_eq!(hex(&code), wrap["bytes"]);
        assert_eq!(write_code(code), wrap["code"]);
        assert_eq!(hex(code_key(&array(&FIXED["set"]), &code).as_bytes()), wrap["key"]);
        let (newest, own) = open_code_wrap(wrap).unwrap();
        let own: Vec<_> = own.iter().map(|(of, key)| json!([of, key.to_b64u()])).collect();
        assert_eq!((newest, json!({"v": 1, "keys": [], "own": own})), (2, wrap["list"].clone()));
    }
    let refused = FIXED["refused"]["code_wraps"].as_array().unwrap();
    for case in refused {
        let why = match case["why"].as_str().unwrap() {
            "slip" => SealError::Encoding,
            "commit" => SealError::Commitment,
            "version" => SealError::Version,
            "length" => SealError::Length,
            _ => SealError::Cipher,
        };
        assert_eq!(open_code_wrap(case).unwrap_err(), why, "{}", case["what"]);
    }
    for why in ["slip", "commit", "decrypt", "version", "length"] {
        assert!(refused.iter().any(|case| case["why"] == why), "{why}");
    }
}

fn open_recovery(of: &Value) -> Result<(PublicKey, KeyList), SealError> {
    let set = array(&FIXED["set"]);
    unwrap_for(&set, number(&of["epoch"]), &bytes(&of["wrap"]), &device("host_link"))
}

#[test]
fn the_recovery_wrap_and_grants_open_to_their_lists() {
    let (sender, list) = open_recovery(&FIXED["recovery"]).unwrap();
    assert_eq!(hex(sender.as_bytes()), FIXED["recovery"]["sender"]);
    assert_eq!(locked::shown_list(&list), FIXED["recovery"]["list"]);
    for case in FIXED["refused"]["recovery"].as_array().unwrap() {
        assert_eq!(open_recovery(case).unwrap_err(), SealError::Grant, "{}", case["what"]);
    }
    for (grant, name) in FIXED["grants"].as_array().unwrap().iter().zip(["later", "host"]) {
        let (joiner, link) = (device(name), link_of(&grant["role"]));
        let wire = bytes(&grant["grant"]);
        let sender = PublicKey::from_bytes(&wire[..65]).unwrap();
        let epoch = number(&grant["epoch"]);
        let (host, of) = (&sender, joiner.public());
        let context = GrantContext { link: &link, epoch, host, joiner: of };
        let list = Grant::from_bytes(&wire[65..]).unwrap().open(&joiner, &context).unwrap();
        assert_eq!(locked::shown_list(&list), grant["list"]);
        // The head that it names is that of the chain.
        let (n, head) = list.head.unwrap();
        let roster = walked(FIXED["chain"].as_array().unwrap().len());
        assert_eq!((n, head), (roster.n(), roster.head().0));
    }
    let key = Secret::from_bytes(array(&FIXED["epochs"][2]["key"]));
    let head = from_b64u(FIXED["recovery"]["list"]["head"][1].as_str().unwrap()).unwrap();
    let words = spoken_words(&key, &array(&FIXED["set"]), 5, &[&head]);
    assert_eq!(json!(words), FIXED["words"]);
}
