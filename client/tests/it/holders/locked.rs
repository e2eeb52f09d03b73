//! What is sealed in the vectors: a knock, own boxes, wraps, and grants.

use serde_json::{Value, json};
use setroom_client::seal::{
    BoxContext, DeviceKeys, Grant, GrantContext, Hello, KeyList, LinkRole, LinkSecret, OwnKeyOf,
    PublicKey, code_key, lock_by_code, pae, seal_text, wrap_for, write_code,
};
use setroom_protocol::Roster;

use super::hex;
use super::people::{CO, HOST, LATER, Person, drawn, host_link, key, known, link, own_key, set};

/// A knock, as a facilitator's browser sees it.
pub(super) struct Knock {
    pub(super) role: LinkRole,
    pub(super) public: PublicKey,
    pub(super) sign: setroom_protocol::PublicKey,
    pub(super) hello: Hello,
    pub(super) challenge: [u8; 32],
    pub(super) pop: setroom_protocol::Signature64,
}

impl Knock {
    /// The knock of the one who comes later.
    pub(super) fn made() -> Self {
        let (keys, challenge) = (LATER.keys(), drawn("challenge"));
        let link = link(LinkRole::Member).keys();
        let hello = link.hello(&keys, &mut known("nonce"));
        let bytes = link.hello_bytes(keys.public(), &keys.sign_public(), &hello.nonce);
        Self {
            role: LinkRole::Member,
            public: keys.public().clone(),
            sign: keys.sign_public(),
            hello,
            challenge,
            pop: keys.sign(&pae(&[b"ALS1-pop", &challenge, &bytes])),
        }
    }

    pub(super) fn shown(&self) -> Value {
        json!({
            "role": self.role,
            "pub": hex(self.public.as_bytes()),
            "sign": hex(&self.sign.0),
            "nonce": hex(&self.hello.nonce),
            "mac": hex(&self.hello.mac),
            "challenge": hex(&self.challenge),
            "pop": hex(&self.pop.0),
        })
    }

    /// With the bytes that are under `mac` and `pop`.
    pub(super) fn shown_whole(&self) -> Value {
        let mut shown = self.shown();
        let link = link(self.role).keys();
        let hello = link.hello_bytes(&self.public, &self.sign, &self.hello.nonce);
        shown["admit"] = hex(link.admit.as_bytes()).into();
        shown["pop_signed"] = hex(&pae(&[b"ALS1-pop", &self.challenge, &hello])).into();
        shown["hello"] = hex(&hello).into();
        shown
    }
}

/// Where the own box stands.
pub(super) fn place() -> BoxContext<'static> {
    BoxContext {
        set: *set().as_bytes(),
        session: drawn("meeting")[..16].try_into().unwrap(),
        epoch: 2,
        own: true,
        member: *LATER.seat().as_bytes(),
        device: *LATER.id().as_bytes(),
        kind: "action",
        item: drawn("item")[..16].try_into().unwrap(),
        rev: 1,
        n: 3,
        prev: drawn("box before"),
    }
}

pub(super) fn shown_place(of: &BoxContext<'_>) -> Value {
    json!({
        "set": hex(&of.set), "session": hex(&of.session), "gen": of.epoch, "own": of.own,
        "member": hex(&of.member), "device": hex(&of.device), "kind": of.kind,
        "item": hex(&of.item), "rev": of.rev, "n": of.n, "prev": hex(&of.prev),
    })
}

pub(super) fn sealed(of: &BoxContext<'_>, generation: u32) -> Vec<u8> {
    seal_text(&own_key(generation), of, TEXT, &mut known("salt")).unwrap()
}

/// Also beyond the letters of English, so that bytes and letters are not taken for each other.
pub(super) const TEXT: &str = "Siarad â Nia cyn dydd Gwener – 10 munud";

pub(super) fn shown_box() -> Value {
    let of = place();
    json!({
        "key": hex(own_key(2).as_bytes()),
        "context": shown_place(&of),
        "aad": hex(&of.aad()),
        "text": TEXT,
        "box": hex(&sealed(&of, 2)),
    })
}

pub(super) fn own() -> OwnKeyOf {
    OwnKeyOf { set: *set().as_bytes(), seat: *LATER.seat().as_bytes() }
}

/// Who a wrap of an own key is for, and their keys.
pub(super) fn helpers() -> [(&'static str, DeviceKeys); 3] {
    [("later", LATER.keys()), ("co", CO.keys()), ("host_link", host_link())]
}

pub(super) fn own_wrap(recipient: &DeviceKeys, name: &'static str) -> Vec<u8> {
    let keys = [(1, own_key(1)), (2, own_key(2))];
    own().wrap(&keys, &LATER.keys(), recipient.public(), &mut known(name)).unwrap()
}

pub(super) fn shown_own_wraps() -> Vec<Value> {
    let pub_of = |keys: &DeviceKeys| hex(keys.public().as_bytes());
    (helpers().iter())
        .map(|(name, recipient)| {
            json!({
                "to": name,
                "seat": hex(LATER.seat().as_bytes()),
                "sender": pub_of(&LATER.keys()),
                "recipient": pub_of(recipient),
                "list": {"v": 1, "own": [[1, own_key(1).to_b64u()], [2, own_key(2).to_b64u()]]},
                "wrap": hex(&own_wrap(recipient, name)),
            })
        })
        .collect()
}

/// The return code of the one who comes later.
pub(super) fn code() -> [u8; 16] {
    let [code @ .., _, _, _, _, _, _, _, _, _, _, _, _, _, _, _, _] = drawn("return code");
    code
}

pub(super) fn code_wrap() -> Vec<u8> {
    let keys = [(1, own_key(1)), (2, own_key(2))];
    let set = set();
    let key = code_key(set.as_bytes(), &code());
    lock_by_code(set.as_bytes(), &key, &keys, &mut known("code wrap")).unwrap()
}

pub(super) fn shown_code_wrap() -> Value {
    json!({
        "code": write_code(code()),
        "bytes": hex(&code()),
        "key": hex(code_key(set().as_bytes(), &code()).as_bytes()),
        "wrap": hex(&code_wrap()),
        "list": {"v": 1, "keys": [], "own": [[1, own_key(1).to_b64u()], [2, own_key(2).to_b64u()]]},
    })
}

/// What a facilitator's list holds at the end of the chain.
pub(super) fn list(roster: &Roster) -> KeyList {
    let links = [LinkRole::CoFacilitator, LinkRole::Member].map(|role| LinkSecret {
        role,
        link: 0,
        secret: link(role).secret,
    });
    KeyList {
        keys: [1, 2, 5].map(|epoch| (epoch, key(epoch))).to_vec(),
        links: links.to_vec(),
        head: Some((roster.n(), roster.head().0)),
        ..KeyList::default()
    }
}

/// A key list as its JSON must be.
pub(super) fn shown_list(list: &KeyList) -> Value {
    let numbered = |keys: &[(u32, setroom_client::seal::Secret)]| -> Vec<Value> {
        keys.iter().map(|(of, key)| json!([of, key.to_b64u()])).collect()
    };
    let mut shown = json!({"v": 1, "keys": numbered(&list.keys)});
    if !list.links.is_empty() {
        let links = list.links.iter();
        shown["links"] = links.map(|at| json!([at.role, at.link, at.secret.to_b64u()])).collect();
    }
    if let Some((n, head)) = list.head {
        shown["head"] = json!([n, setroom_client::seal::b64u(&head)]);
    }
    if !list.own.is_empty() {
        shown["own"] = numbered(&list.own).into();
    }
    shown
}

/// The key list as the co-facilitator's browser locks it for the host link's holder.
pub(super) fn recovery(roster: &Roster) -> Vec<u8> {
    let (sender, holder) = (CO.keys(), host_link());
    let mut rng = known("recovery");
    wrap_for(set().as_bytes(), &list(roster), &sender, holder.public(), &mut rng).unwrap()
}

pub(super) fn shown_recovery(roster: &Roster) -> Value {
    json!({
        "epoch": roster.epoch(),
        "sender": hex(CO.keys().public().as_bytes()),
        "recipient": hex(host_link().public().as_bytes()),
        "list": shown_list(&list(roster)),
        "wrap": hex(&recovery(roster)),
    })
}

/// Grants: to a member who is back in their seat, and, by a co-facilitator, to a host's browser.
pub(super) fn grants(roster: &Roster) -> Vec<(&'static str, Person, LinkRole, KeyList)> {
    let head = list(roster).head;
    let back = KeyList { head, own: vec![(2, own_key(2))], ..KeyList::single(5, key(5)) };
    vec![
        ("to a member, with their own key", LATER, LinkRole::Member, back),
        (
            "to a host's browser, under its own kind of link",
            HOST,
            LinkRole::CoFacilitator,
            list(roster),
        ),
    ]
}

pub(super) fn shown_grants(roster: &Roster) -> Vec<Value> {
    (grants(roster).into_iter())
        .map(|(what, joiner, role, list)| {
            let (sender, joiner) = (CO.keys(), joiner.keys());
            let link = link(role).keys();
            let (host, of) = (sender.public(), joiner.public());
            let context = GrantContext { link: &link, epoch: roster.epoch(), host, joiner: of };
            let grant = Grant::make(&sender, &context, &list, &mut known(what)).unwrap();
            json!({
                "what": what,
                "role": role,
                "admit": hex(link.admit.as_bytes()),
                "epoch": roster.epoch(),
                "sender": hex(host.as_bytes()),
                "recipient": hex(of.as_bytes()),
                "list": shown_list(&list),
                "grant": hex(&[host.as_bytes().as_slice(), &grant.to_bytes()].concat()),
            })
        })
        .collect()
}
