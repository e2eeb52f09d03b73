//! Every byte that each kind of person receives over a whole meeting, against what they may see.
//!
//! What is hidden, granted and written is taken from the journal, and what may be sent from the
//! checker's table ([`setroom_checker::visible`]): neither from the code that hides.

use std::collections::BTreeMap;

use serde_json::{Value, json};
use setroom_checker::visible::{Whose, too_much};
use setroom_client::{Client, Model, Tape};
use setroom_protocol::command::{BidTerms, Saying};
use setroom_protocol::method::{Mode, See};
use setroom_protocol::room::Stage;
use setroom_protocol::view::KnockView;
use setroom_protocol::{
    Change, Command, DeviceId, Entry, LinkRole, Recorded, Role, SeatId, Seq, TextKind,
};
use setroom_server::journal::{Journal as _, MemoryJournal, RoomKey};

use crate::support::people::{Set, dial_to, roomy};
use crate::support::{as_journal, start_with};

/// One person and everything that they received.
struct Heard {
    name: &'static str,
    device: DeviceId,
    seat: Option<SeatId>,
    role: LinkRole,
    tape: Tape,
    /// Seen with the controls at some time.
    lead: bool,
}

/// What was played, and what everybody heard of it.
struct Played {
    people: Vec<Heard>,
    records: Vec<Recorded>,
    knocks: BTreeMap<DeviceId, KnockView>,
    secrets: Vec<(&'static str, Vec<u8>)>,
}

impl Played {
    fn of(&self, name: &str) -> &Heard {
        self.people.iter().find(|heard| heard.name == name).expect("somebody of that name")
    }
}

fn text(bytes: &[u8]) -> Value {
    serde_json::from_slice(bytes).unwrap_or_default()
}

async fn go_to(set: &mut Set, part: &str, people: &mut [&mut Client]) {
    let parts = set.host.shared().unwrap().agenda;
    let at = parts.iter().position(|known| known.id == part).unwrap();
    set.host_does(Command::GoTo { part: u32::try_from(at).unwrap() }).await;
    set.agree(people).await;
}

async fn put(who: &mut Client, kind: TextKind, bid: Option<BidTerms>) -> setroom_protocol::ItemId {
    let (item, answer) = who.put(kind, "something of their own", bid).await.unwrap();
    assert!(answer.done().is_some(), "{kind:?} {answer:?}");
    item
}

/// A whole meeting: hidden and private texts, a removal, somebody sent back, hand-over, close.
async fn play() -> Played {
    let journal = MemoryJournal::new();
    let parts = journal.clone();
    let server = start_with(roomy, |deps| deps.journal = Some(as_journal(parts))).await;
    let host_tape = Tape::default();
    let host_dial = dial_to(&server).tape(&host_tape);
    let mut set = Set::made(server, journal, "question_gift", &host_dial).await;
    let mut tapes = vec![("host", LinkRole::Host, host_tape)];
    let mut come = async |set: &mut Set, name, role| {
        let (client, tape) = set.taped(role, name).await;
        tapes.push((name, role, tape));
        client
    };
    let mut co = come(&mut set, "co", LinkRole::CoFacilitator).await;
    let mut ben = come(&mut set, "presenter", LinkRole::Member).await;
    let mut cleo = come(&mut set, "member", LinkRole::Member).await;
    let mut tim = come(&mut set, "trainee", LinkRole::Member).await;
    let mut olga = come(&mut set, "observer", LinkRole::Observer).await;
    let sam = come(&mut set, "sent_back", LinkRole::Member).await;
    let rex = come(&mut set, "removed", LinkRole::Member).await;
    let kim_tape = Tape::default();
    let mut kim = set.knock_by(&set.dial.clone().tape(&kim_tape), LinkRole::Member, "Kim").await;
    tapes.push(("knocker", LinkRole::Member, kim_tape));
    let kim_device = kim.device();
    set.host.wait_for("Kim", |m| m.knocks.contains_key(&kim_device)).await.unwrap();
    let knocks = set.host.model().knocks.clone();

    let seats: BTreeMap<_, _> = [
        ("host", &set.host),
        ("co", &co),
        ("presenter", &ben),
        ("member", &cleo),
        ("trainee", &tim),
        ("observer", &olga),
        ("sent_back", &sam),
        ("removed", &rex),
    ]
    .map(|(name, client)| (name, (client.seat().unwrap(), client.device())))
    .into();
    let seat = |name: &str| seats[name].0;

    set.host_does(Command::SetRole { seat: seat("trainee"), role: Role::Trainee, keys: None })
        .await;
    set.host_does(Command::SetOrder { order: vec![seat("presenter")] }).await;
    set.host_does(Command::Start).await;
    set.host_does(Command::ProposeMode { mode: Mode::Double }).await;
    set.agree(&mut [&mut ben, &mut tim]).await;
    ben.must("no", Command::AnswerMode { yes: false }).await.unwrap();
    let mut all = [&mut co, &mut ben, &mut cleo, &mut tim, &mut olga];
    go_to(&mut set, "charter", &mut all).await;
    put(&mut set.host, TextKind::Charter, None).await;
    set.agree(&mut all).await;
    for person in &mut all {
        person.must("the charter", Command::AgreeCharter).await.unwrap();
    }
    // Somebody goes, and the keys with them; somebody else waits outside from here on.
    assert!(set.host.remove(seat("removed")).await.unwrap().done().is_some());
    set.host_does(Command::SendToLobby { seat: seat("sent_back") }).await;
    set.agree(&mut all).await;
    all.iter_mut().for_each(|person| person.take_grant().unwrap());
    go_to(&mut set, "bids", &mut all).await;
    put(all[1], TextKind::Bid, Some(BidTerms { pressing: 2, minutes: 40 })).await;
    go_to(&mut set, "gift.present", &mut all).await;
    put(all[1], TextKind::Headline, None).await;
    go_to(&mut set, "gift.clarify", &mut all).await;
    for asker in [2, 3] {
        let hand = Command::RaiseHand { kind: None, seat: None };
        all[asker].must("a hand", hand).await.unwrap();
    }
    set.agree(&mut all).await;
    all[1].must("a moment", Command::Say { what: Saying::Ready }).await.unwrap();
    // Written hidden: one is given in the round, one is passed over, one is taken back.
    go_to(&mut set, "gift.write", &mut all).await;
    for writer in [2, 3] {
        put(all[writer], TextKind::Question, None).await;
    }
    let taken_back = put(all[2], TextKind::Question, None).await;
    all[2].must("taken back", Command::WithdrawItem { item: taken_back }).await.unwrap();
    go_to(&mut set, "gift.give", &mut all).await;
    set.host_does(Command::EndRoundTurn).await;
    set.host_does(Command::PassTurn).await;
    set.host_does(Command::HandOver { seat: seat("trainee") }).await;
    go_to(&mut set, "gift.act", &mut all).await;
    put(all[1], TextKind::Action, None).await;
    go_to(&mut set, "process_review", &mut all).await;
    for writer in [1, 2, 3] {
        put(all[writer], TextKind::Reflection, None).await;
    }
    set.host_does(Command::Hold).await;
    set.host_does(Command::Release).await;
    // Each goes and comes back, by place and with nothing.
    for person in &mut all {
        person.cut();
        person.come_back().await.unwrap();
        person.come_back_anew().await.unwrap();
    }
    set.host.cut();
    set.host.come_back_anew().await.unwrap();
    set.agree(&mut all).await;
    let records = records(&set).await;
    set.host_does(Command::Close).await;
    set.agree(&mut all).await;
    let told = |model: &Model| model.lobby().is_some_and(|at| at.stage == Stage::Closed);
    kim.wait_for("to be told of the close", told).await.unwrap();

    let secrets = [&set.host, &*all[0], &*all[1], &sam, &rex, &kim]
        .iter()
        .flat_map(|client| resume_secrets(client))
        .chain(set.links.all().iter().flat_map(|link| {
            let (token, hash) = (*link.keys().token.as_bytes(), link.keys().token.hash());
            let what =
                if link.role == LinkRole::Host { "the host link's hash" } else { SHOWN_HASH };
            [("a link's token", token.to_vec()), (what, hash.to_vec())]
        }))
        .collect();
    let people = tapes.into_iter().map(|(name, role, tape)| {
        let place = seats.get(name);
        let device = place.map_or(kim_device, |(_, device)| *device);
        let lead = name == "trainee";
        Heard { name, device, seat: place.map(|(seat, _)| *seat), role, tape, lead }
    });
    Played { people: people.collect(), records, knocks, secrets }
}

fn resume_secrets(client: &Client) -> Vec<(&'static str, Vec<u8>)> {
    let setroom_protocol::ClientFrame::Resume { token, .. } = client.keyring().come_back(None)
    else {
        panic!("not a return")
    };
    let hash = setroom_client::seal::sha256(&token.0);
    vec![("a resume token", token.0.to_vec()), ("a resume hash", hash.to_vec())]
}

async fn records(set: &Set) -> Vec<Recorded> {
    let key = RoomKey(*set.links.set().as_bytes());
    let entries = set.journal.follow(key).await.unwrap().entries;
    entries.iter().flat_map(|entry| Entry::decode(&entry.bytes).unwrap().records).collect()
}

/// Who heard this, with the places of the frames.
fn heard<'a>(played: &'a Played, canary: &str) -> Vec<(&'a Heard, Option<u64>)> {
    let hit = |bytes: &[u8]| bytes.windows(canary.len()).any(|at| at == canary.as_bytes());
    let of = |heard: &'a Heard| {
        let frames = heard.tape.frames().into_iter().filter(|bytes| hit(bytes));
        frames.map(move |bytes| (heard, text(&bytes)["seq"].as_u64())).collect::<Vec<_>>()
    };
    played.people.iter().flat_map(of).collect()
}

#[tokio::test]
async fn everybody_receives_what_they_may_see_and_nothing_else() {
    let played = Box::pin(play()).await;
    kinds_and_paths(&played);
    hidden_texts(&played);
    grants_and_wraps(&played);
    knocks_and_secrets(&played);
    times(&played);
    same_bytes(&played);
}

fn kinds_and_paths(played: &Played) {
    for heard in &played.people {
        let whose = match heard.role {
            _ if heard.name == "knocker" => Whose::Door,
            LinkRole::Host | LinkRole::CoFacilitator => Whose::Keys,
            LinkRole::Member | LinkRole::Observer if heard.lead => Whose::Lead,
            LinkRole::Member | LinkRole::Observer => Whose::Inside,
        };
        let mut inside = heard.name == "host";
        for bytes in heard.tape.frames() {
            let frame = text(&bytes);
            if frame.is_null() {
                // A ping has no payload, and a close says its reason.
                let (name, long) = (heard.name, bytes.len());
                assert!(long < 32, "{name}: {long} bytes that are no frame");
                continue;
            }
            match frame["t"].as_str() {
                Some("snapshot") => inside = true,
                Some("lobby") => inside = false,
                _ => {}
            }
            let whose = if inside { whose } else { Whose::Door };
            let wrong = too_much(&frame, whose);
            assert!(wrong.is_empty(), "{} got {wrong:?} in {}", heard.name, frame["t"]);
        }
        let frames = heard.tape.frames().len();
        assert!(frames > 2, "{} heard only {frames} frames", heard.name);
    }
}

fn hidden_texts(played: &Played) {
    let mut hidden = 0;
    for record in &played.records {
        let Change::Written { item } = &record.change else { continue };
        let released = played.records.iter().find(
            |later| matches!(&later.change, Change::ItemReleased { item: id } if *id == item.id),
        );
        let open_from = match item.see {
            See::Everyone => continue,
            See::Hidden | See::Owner => released.map(|release| release.seq),
        };
        hidden += 1;
        let hits = heard(played, item.sealed.as_str());
        assert!(hits.iter().any(|(who, _)| who.seat == Some(item.seat)), "its author has it");
        for (who, seq) in hits.iter().filter(|(who, _)| who.seat != Some(item.seat)) {
            let early = open_from.is_none_or(|open| seq.is_none_or(|seq| Seq(seq) < open));
            assert!(!early, "{} saw a hidden {:?} at {seq:?}", who.name, item.kind);
        }
        if open_from.is_some() {
            assert!(hits.len() > 5, "a released text is for all");
        }
    }
    assert!(hidden >= 7, "only {hidden} hidden texts were played");
}

fn grants_and_wraps(played: &Played) {
    let mut grants = Vec::new();
    let mut wraps = Vec::new();
    let mut own = 0;
    for record in &played.records {
        if let Change::Seated { device, grant: Some(grant), .. } = &record.change {
            grants.push((*device, grant.clone()));
        }
        if let Some(keys) = record.change.keys() {
            grants.extend(keys.grants.clone());
            wraps.extend(keys.wraps.clone());
        }
        // Somebody's own key is for each browser that it is wrapped for, and for the host.
        if let Change::OwnKeySet { key, .. } = &record.change {
            own += 1;
            grants.extend(key.boxes.clone());
            wraps.extend(key.host.clone().map(|wrap| (LinkRole::Host, wrap)));
        }
    }
    let (handed, changed) = (grants.len(), wraps.len());
    assert!(handed >= 13 && changed >= 2 + own && own > 0, "{handed} {changed} {own}");
    for (device, grant) in grants {
        for (who, _) in heard(played, grant.as_str()) {
            assert_eq!(who.device, device, "{} got somebody else's grant", who.name);
        }
    }
    for (role, wrap) in wraps {
        for (who, _) in heard(played, wrap.as_str()) {
            assert_eq!(who.role, role, "{} got another link's wrap", who.name);
        }
    }
}

const SHOWN_HASH: &str = "a link's hash";

fn knocks_and_secrets(played: &Played) {
    let keys = |role| matches!(role, LinkRole::Host | LinkRole::CoFacilitator);
    assert_eq!(played.knocks.len(), 1);
    for knock in played.knocks.values() {
        let string = |value: Value| value.as_str().unwrap().to_owned();
        let mac = string(serde_json::to_value(knock.mac).unwrap());
        let nonce = string(serde_json::to_value(knock.nonce).unwrap());
        for canary in [knock.name.as_str(), &mac, &nonce] {
            let who = heard(played, canary);
            assert!(who.iter().any(|(who, _)| who.name == "co"), "facilitators see the door");
            assert!(who.iter().all(|(who, _)| keys(who.role)), "nobody else sees the door");
        }
    }
    for (what, bytes) in &played.secrets {
        let encoded = setroom_protocol::Blob::encode(bytes);
        let heard = heard(played, encoded.as_str());
        // They compare what they are told of links with what is in force.
        let others = heard.iter().filter(|(who, _)| *what != SHOWN_HASH || !keys(who.role));
        let who: Vec<_> = others.map(|(who, _)| who.name).collect();
        assert!(who.is_empty(), "{what} was sent to {who:?}");
        assert_eq!(heard.is_empty(), *what != SHOWN_HASH, "{what}");
    }
}

/// Nothing from before somebody came, and nothing from after they were sent out.
fn times(played: &Played) {
    let place = |wanted: &dyn Fn(&Change) -> bool| {
        played.records.iter().find(|record| wanted(&record.change)).map(|record| record.seq.0)
    };
    for heard in &played.people {
        let came = place(
            &|change| matches!(change, Change::Seated { seat, .. } if Some(*seat) == heard.seat),
        );
        let went = place(
            &|change| matches!(change, Change::Removed { seat, .. } | Change::SentToLobby { seat } if Some(*seat) == heard.seat),
        );
        for bytes in heard.tape.frames() {
            let Some(seq) = text(&bytes)["seq"].as_u64() else { continue };
            assert!(came.is_some_and(|came| seq >= came), "{} got {seq} of {came:?}", heard.name);
            assert!(went.is_none_or(|went| seq < went), "{} got {seq} of {went:?}", heard.name);
        }
    }
    assert!(played.of("removed").tape.frames().len() > 5);
}

/// The shared frame of a place is the same bytes for everybody who gets it; whoever presents is not
/// told of hands.
fn same_bytes(played: &Played) {
    let mut known: BTreeMap<u64, Vec<u8>> = BTreeMap::new();
    let mut compared = 0;
    let mut hidden = Vec::new();
    for heard in &played.people {
        for bytes in heard.tape.frames() {
            let frame = text(&bytes);
            if matches!(frame["t"].as_str(), Some("change" | "skip")) {
                if heard.name == "presenter" {
                    hidden.push(frame);
                    continue;
                }
                let first = known.entry(frame["seq"].as_u64().unwrap()).or_insert(bytes.clone());
                assert_eq!(first, &bytes, "{} got other bytes", heard.name);
                compared += 1;
            }
        }
    }
    assert!(compared > known.len() * 4, "{compared} frames of {} places", known.len());
    let mut hands = 0;
    for frame in hidden {
        let all = &known[&frame["seq"].as_u64().unwrap()];
        let mut all: Value = text(all);
        let hand = all["shared"].as_object_mut().unwrap().remove("queue").is_some();
        hands += usize::from(hand);
        if frame["what"] == "hidden" {
            assert!(hand && all["shared"] == json!({}) && frame["shared"] == json!({}), "{frame}");
        } else {
            assert_eq!(frame, all, "whoever presents got another change");
        }
    }
    assert!(hands > 2, "{hands} changes of hands");
}
