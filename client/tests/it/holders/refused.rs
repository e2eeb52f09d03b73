//! What must be refused, and why: edits of the roster, knocks, own boxes and wraps.

use serde_json::{Value, json};
use setroom_client::seal::{Changes, DeviceKeys, LinkRole, write_code};
use setroom_protocol::{Hash32, Roster, RosterEdit, SeatId};

use super::chain::{Step, adds, unsigned, whole};
use super::hex;
use super::links;
use super::locked::{Knock, code, code_wrap, own_wrap, place, recovery, sealed, shown_place};
use super::people::{
    CO, HOST, HOST_AGAIN, LATER, MEMBER, OLD, drawn, holder_of_link, host_link, link, own_key, set,
};

pub(super) fn all(chain: &[Step], next: &[Step]) -> Value {
    let end = &chain.last().unwrap().after;
    let edits = [edits(chain), roles(next)].concat();
    json!({
        "edits": edits,
        "links": links::refused(),
        "knocks": knocks(),
        "own_boxes": own_boxes(),
        "own_wraps": own_wraps(),
        "code_wraps": code_wraps(),
        "recovery": recoveries(end),
    })
}

/// The roster after so many edits.
fn after(chain: &[Step], edits: usize) -> Roster {
    chain.get(edits).map_or_else(|| chain.last().unwrap().after.clone(), |step| step.before.clone())
}

fn signed_anew(mut edit: RosterEdit, prev: Hash32, signer: &DeviceKeys) -> RosterEdit {
    edit.sig = signer.sign(&edit.signed(set(), prev));
    edit
}

/// Each with how many edits of the chain stand before it.
fn edits(chain: &[Step]) -> Vec<Value> {
    let (host, co, link) = (HOST.keys(), CO.keys(), host_link());
    let drops = |ids| Changes { drop: ids, ..Changes::default() };
    let newcomer = || adds(vec![LATER.holder()]);
    let on = |edits, place, changes, signer: &DeviceKeys| {
        unsigned(&after(chain, edits), place, changes, signer)
    };
    let mut cases: Vec<(&str, &str, usize, RosterEdit)> = Vec::new();
    let mut case = |what, why, edits, edit| cases.push((what, why, edits, edit));

    case("the first edit is not whole", "place", 0, on(0, (1, 1), newcomer(), &link));
    case("a place is left out", "place", 3, on(3, (5, 1), newcomer(), &host));
    case("a place comes twice", "place", 3, on(3, (3, 1), newcomer(), &host));
    case("a whole edit at an earlier place", "place", 7, on(7, (10, 6), whole(&[HOST]), &link));

    case("the epoch falls", "epoch", 5, on(5, (6, 1), newcomer(), &host));
    case("the epoch rises by two", "epoch", 3, on(3, (4, 3), drops(vec![OLD.id()]), &host));
    case("a whole edit of an earlier epoch", "epoch", 7, on(7, (11, 4), whole(&[HOST]), &link));

    let mut other_key = on(3, (4, 1), newcomer(), &host);
    other_key.commit = Hash32(drawn("another commitment"));
    let prev = after(chain, 3).head();
    case("another key within an epoch", "commit", 3, signed_anew(other_key, prev, &host));

    case("a member signs", "signer", 3, on(3, (4, 1), newcomer(), &MEMBER.keys()));
    case("nobody on the roster signs", "signer", 3, on(3, (4, 1), newcomer(), &LATER.keys()));
    case("a browser of the first form signs", "signer", 3, {
        let mut edit = on(3, (4, 1), newcomer(), &OLD.keys());
        edit.by = OLD.id();
        edit
    });
    let dropped = on(4, (5, 2), drops(vec![CO.id()]), &host);
    let mut without_co = after(chain, 4);
    without_co.take(set(), &std::sync::Arc::new(dropped.clone()));
    let by_dropped = unsigned(&without_co, (6, 2), newcomer(), &co);
    case("a whole edit that a co-facilitator signs", "signer", 3, on(3, (4, 1), whole(&[CO]), &co));
    let other_link = DeviceKeys::derive(&drawn("another host link"));
    let mut of_other_link = whole(&[HOST]);
    of_other_link.add[0] = holder_of_link(&other_link);
    case(
        "a whole edit of another host link",
        "signer",
        3,
        on(3, (4, 1), of_other_link, &other_link),
    );

    let adds_link = adds(vec![holder_of_link(&host_link())]);
    case("the host adds the link's holder", "holders", 3, on(3, (4, 1), adds_link, &host));
    let mut in_no_seat = MEMBER.holder();
    in_no_seat.seat = SeatId::from_bytes([0; 16]);
    case(
        "a member is put into no seat",
        "holders",
        1,
        on(1, (2, 1), adds(vec![in_no_seat]), &host),
    );
    let link_id = holder_of_link(&host_link()).device();
    case(
        "a co-facilitator drops the link's holder",
        "holders",
        3,
        on(3, (4, 2), drops(vec![link_id]), &co),
    );
    case(
        "somebody is dropped who is not there",
        "holders",
        3,
        on(3, (4, 2), drops(vec![LATER.id()]), &host),
    );
    case("somebody is dropped twice", "holders", 3, on(3, (4, 2), drops(vec![OLD.id(); 2]), &host));
    case(
        "somebody is added twice",
        "holders",
        3,
        on(3, (4, 1), adds(vec![LATER.holder(); 2]), &host),
    );
    let both = Changes { drop: vec![MEMBER.id()], ..adds(vec![MEMBER.holder()]) };
    case("somebody comes and goes", "holders", 3, on(3, (4, 2), both, &host));
    let without_link = Changes { whole: true, ..adds(vec![HOST.holder()]) };
    case(
        "a whole edit without the link's holder",
        "holders",
        3,
        on(3, (4, 1), without_link, &link),
    );
    let drops_too = Changes { drop: vec![MEMBER.id()], ..whole(&[HOST]) };
    case("a whole edit that drops", "holders", 3, on(3, (4, 1), drops_too, &link));

    let good = on(3, (4, 1), newcomer(), &host);
    let again = |prev, signer| signed_anew(good.clone(), prev, signer);
    case("signed over another head", "signature", 3, again(after(chain, 2).head(), &host));
    case("signed with another's key", "signature", 3, again(prev, &co));
    case(
        "no signature",
        "signature",
        3,
        RosterEdit { sig: setroom_protocol::Signature64([0; 64]), ..good.clone() },
    );
    let mut said_by_another = good.clone();
    said_by_another.by = CO.id();
    case("said to be by another", "signature", 3, said_by_another);
    let mut seat = good.clone();
    seat.add[0].seat = HOST.seat();
    case("the seat was changed", "signature", 3, seat);
    let mut role = good.clone();
    role.add[0].role = LinkRole::CoFacilitator;
    case("the role was changed", "signature", 3, role);
    let mut swapped = good.clone();
    swapped.add[0].sign = Some(HOST_AGAIN.keys().sign_public());
    case("the signing key was changed", "signature", 3, swapped);
    let mut bit = good.clone();
    bit.sig.0[63] ^= 1;
    case("one bit of the signature", "signature", 3, bit);
    let whole_one = (*chain[5].edit).clone();
    let raised = RosterEdit { n: 10, ..whole_one };
    case("a whole edit that was raised to a later place", "signature", 6, raised);

    let mut shown: Vec<_> = (cases.into_iter())
        .map(|(what, why, after, edit)| json!({"what": what, "why": why, "after": after, "edit": edit}))
        .collect();
    // Who was dropped stands on no edit of the chain, so the one that drops them comes along.
    shown.push(json!({
        "what": "a browser signs that was dropped", "why": "signer",
        "after": 4, "then": dropped, "edit": by_dropped,
    }));
    shown
}

/// Of roles that are given and taken, each behind the chain and the next meeting's key.
fn roles(next: &[Step]) -> Vec<Value> {
    let (host, co) = (HOST.keys(), CO.keys());
    let roster = &next[0].after;
    let meeting = roster.meeting();
    let says = |add, signer: &DeviceKeys| {
        unsigned(roster, (12, 7), Changes { meeting, ..adds(vec![add]) }, signer)
    };
    let made = LATER.holder().with_role(LinkRole::CoFacilitator);
    let mut untold = made.clone();
    untold.came = None;
    let mut changed = says(made.clone(), &host);
    changed.add[0].came = None;
    let cases = [
        ("a co-facilitator makes somebody one", "signer", says(made.clone(), &co)),
        ("a co-facilitator makes another a member", "signer", {
            says(CO.holder().with_role(LinkRole::Member), &co)
        }),
        ("a co-facilitator says of a newcomer that they came by another link", "signer", {
            says(MEMBER.holder().with_role(LinkRole::CoFacilitator), &co)
        }),
        ("a co-facilitator forgets how somebody came", "signer", says(untold, &co)),
        ("somebody is made host", "holders", says(LATER.holder().with_role(LinkRole::Host), &host)),
        ("somebody is made observer", "holders", {
            says(LATER.holder().with_role(LinkRole::Observer), &host)
        }),
        ("the host is made a member", "holders", {
            says(HOST_AGAIN.holder().with_role(LinkRole::Member), &host)
        }),
        ("how somebody came was taken out", "signature", changed),
    ];
    (cases.into_iter())
        .map(|(what, why, edit)| json!({"what": what, "why": why, "after": 8, "edit": edit}))
        .collect()
}

fn knocks() -> Vec<Value> {
    let change = |what: &str, why: &str, with: &dyn Fn(&mut Knock)| {
        let mut knock = Knock::made();
        with(&mut knock);
        let mut shown = knock.shown();
        (shown["what"], shown["why"]) = (what.into(), why.into());
        shown
    };
    let signed_over = |challenge: [u8; 32], keys: &DeviceKeys| {
        let mut knock = Knock { challenge, ..Knock::made() };
        let link = link(LinkRole::Member).keys();
        let hello = link.hello_bytes(&knock.public, &knock.sign, &knock.hello.nonce);
        knock.pop = keys.sign(&setroom_client::seal::pae(&[b"ALS1-pop", &challenge, &hello]));
        knock.pop
    };
    vec![
        change("signed over another challenge", "pop", &|knock| {
            knock.pop = signed_over(drawn("another challenge"), &LATER.keys());
        }),
        change("signed with another's key", "pop", &|knock| {
            knock.pop = signed_over(knock.challenge, &MEMBER.keys());
        }),
        change("one bit of the signature", "pop", &|knock| knock.pop.0[0] ^= 1),
        change("another's signing key beside it, and their signature", "mac", &|knock| {
            let link = link(LinkRole::Member).keys();
            let other = MEMBER.keys();
            knock.sign = other.sign_public();
            let hello = link.hello_bytes(&knock.public, &knock.sign, &knock.hello.nonce);
            let signed = setroom_client::seal::pae(&[b"ALS1-pop", &knock.challenge, &hello]);
            knock.pop = other.sign(&signed);
        }),
        change("another's key for grants", "mac", &|knock| {
            knock.public = MEMBER.keys().public().clone();
        }),
        change("another nonce", "mac", &|knock| knock.hello.nonce[0] ^= 1),
        change("one bit of the mac", "mac", &|knock| knock.hello.mac[31] ^= 1),
        change("by another kind of link", "mac", &|knock| knock.role = LinkRole::CoFacilitator),
    ]
}

fn own_boxes() -> Vec<Value> {
    let good = place();
    let bytes = sealed(&good, 2);
    let mut cases = Vec::new();
    let mut case =
        |what, why, of: &setroom_client::seal::BoxContext<'_>, key: u32, sealed: &[u8]| {
            let (key, sealed) = (hex(own_key(key).as_bytes()), hex(sealed));
            cases.push(json!({
                "what": what, "why": why, "key": key, "context": shown_place(of), "box": sealed,
            }));
        };
    let mut other = good.clone();
    other.epoch = 1;
    case("another generation", "epoch", &other, 1, &bytes);
    let mut header = bytes.clone();
    header[4] = 1;
    case("another generation in the header too", "commit", &other, 2, &header);
    case("another generation's key", "commit", &good, 1, &bytes);
    let mut other = good.clone();
    other.kind = "learning";
    case("another field", "commit", &other, 2, &bytes);
    let mut other = good.clone();
    other.member = *HOST.seat().as_bytes();
    case("another author", "commit", &other, 2, &bytes);
    let mut other = good.clone();
    other.rev = 2;
    case("another revision", "commit", &other, 2, &bytes);
    let mut other = good.clone();
    other.own = false;
    case("taken for one under the set's key", "version", &other, 2, &bytes);
    let mut header = bytes.clone();
    header[0] = 1;
    case("made to look like one under the set's key", "commit", &other, 2, &header);
    let mut header = sealed(&other, 2);
    header[0] = 2;
    case(
        "one under the set's form that is made to look like an own one",
        "commit",
        &good,
        2,
        &header,
    );
    let mut tag = bytes.clone();
    *tag.last_mut().unwrap() ^= 1;
    case("one bit of the tag", "cipher", &good, 2, &tag);
    cases
}

fn own_wraps() -> Vec<Value> {
    let co = CO.keys();
    let wrap = own_wrap(&co, "co");
    let case = |what: &str, seat: SeatId, to: &DeviceKeys, wrap: &[u8]| {
        let to = if to.public() == co.public() { "co" } else { "host" };
        json!({"what": what, "seat": hex(seat.as_bytes()), "to": to, "wrap": hex(wrap)})
    };
    let seat = LATER.seat();
    let mut sender = wrap.clone();
    sender[..65].copy_from_slice(MEMBER.keys().public().as_bytes());
    let mut tag = wrap.clone();
    *tag.last_mut().unwrap() ^= 1;
    vec![
        case("for another seat", MEMBER.seat(), &co, &wrap),
        case("for another browser", seat, &HOST.keys(), &wrap),
        case("said to be from another", seat, &co, &sender),
        case("one bit of the tag", seat, &co, &tag),
        case("cut off", seat, &co, &wrap[..wrap.len() - 1]),
    ]
}

fn code_wraps() -> Vec<Value> {
    let (right, wrap) = (write_code(code()), code_wrap());
    let case = |what: &str, why: &str, code: &str, wrap: &[u8]| json!({"what": what, "why": why, "code": code, "wrap": hex(wrap)});
    let turned = |at: usize, bit: u8| {
        let mut wrap = wrap.clone();
        wrap[at] ^= bit;
        wrap
    };
    let mut other = code();
    other[15] ^= 1;
    let last = if right.ends_with('0') { '1' } else { '0' };
    let slip = format!("{}{last}", &right[..right.len() - 1]);
    let mut elsewhere = case("in another set", "commit", &right, &wrap);
    elsewhere["set"] = hex(LATER.seat().as_bytes()).into();
    vec![
        case("a wrong last sign", "slip", &slip, &wrap),
        case("a sign too few", "slip", &right[..right.len() - 1], &wrap),
        case("another code", "commit", &write_code(other), &wrap),
        elsewhere,
        case("another generation in the header", "commit", &right, &turned(4, 3)),
        case("another byte of the commitment", "commit", &right, &turned(40, 1)),
        case("one bit of the text", "decrypt", &right, &turned(80, 1)),
        case("one bit of the tag", "decrypt", &right, &turned(wrap.len() - 1, 1)),
        case("made to look like an own box", "version", &right, &turned(0, 3)),
        case("cut off", "length", &right, &wrap[..wrap.len() - 1]),
    ]
}

fn recoveries(roster: &Roster) -> Vec<Value> {
    let wrap = recovery(roster);
    let case = |what: &str, epoch: u32, wrap: &[u8]| json!({"what": what, "epoch": epoch, "wrap": hex(wrap)});
    let mut sender = wrap.clone();
    sender[..65].copy_from_slice(HOST.keys().public().as_bytes());
    let mut bit = wrap.clone();
    bit[140] ^= 1;
    vec![
        case("for another epoch", roster.epoch() - 1, &wrap),
        case("said to be from another", roster.epoch(), &sender),
        case("one bit", roster.epoch(), &bit),
    ]
}
