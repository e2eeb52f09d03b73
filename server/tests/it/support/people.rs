//! A set on a server under test, and the people in it. Everybody is a real client.

use rand::SeedableRng as _;
use rand::rngs::StdRng;
use serde_json::{Value, json};
use setroom_client::{Client, Connection, Dial, Ended, Keyring, Links, Model, Tape, create_set};
use setroom_protocol::{
    Challenge32, ClientFrame, Command, Hash32, LinkRole, Mode, Seq, ServerFrame, TextKind,
};
use setroom_server::config::Config;
use setroom_server::journal::{Journal as _, MemoryJournal, RoomKey};

use super::{PATIENCE, TestServer, as_journal, start_with};

/// A set with its host inside.
pub(crate) struct Set {
    pub(crate) server: TestServer,
    pub(crate) dial: Dial,
    pub(crate) links: Links,
    pub(crate) host: Client,
    /// The journal behind the server, to see what was written.
    pub(crate) journal: MemoryJournal,
    seeds: u64,
}

/// Paces that no test meets by accident: a clock that stands refills no bucket.
pub(crate) fn roomy(config: &mut Config) {
    config.limits.inbound_messages_per_second = 10_000;
    config.limits.inbound_messages_burst = 10_000;
    config.limits.inbound_kib_per_second = 1_000_000;
    config.limits.inbound_room_messages_per_second = 10_000;
    config.limits.inbound_frames_per_second = 10_000;
    config.limits.inbound_frames_burst = 10_000;
    config.limits.inbound_kib_per_seat_per_second = 1_000_000;
    config.limits.inbound_kib_per_seat_burst = 1_000_000;
    config.limits.own_keys_per_seat_burst = 10_000;
    config.limits.round_keys_per_seat_per_minute = 10_000;
    (config.limits.shown_kib_per_second, config.limits.shown_kib_burst) = (1_000_000, 1_000_000);
}

pub(crate) fn rng(seed: u64) -> StdRng {
    StdRng::seed_from_u64(seed)
}

/// How this server is dialled.
pub(crate) fn dial_to(server: &TestServer) -> Dial {
    Dial::to(&format!("http://{}", server.running.addr())).expect("an address").patience(PATIENCE)
}

/// A set with the default settings, and roomy paces.
pub(crate) async fn set() -> Set {
    set_with(|_| {}).await
}

pub(crate) async fn set_with(change: impl FnOnce(&mut Config)) -> Set {
    let journal = MemoryJournal::new();
    let kept = journal.clone();
    let settings = |config: &mut Config| {
        roomy(config);
        change(config);
    };
    let server = start_with(settings, |deps| deps.journal = Some(as_journal(journal))).await;
    Set::on(server, kept).await
}

impl Set {
    /// Founds a set on this server, and the host goes in.
    pub(crate) async fn on(server: TestServer, journal: MemoryJournal) -> Self {
        let dial = dial_to(&server);
        Self::made(server, journal, "classic", &dial).await
    }

    /// The same with a template of one's choice; the host goes in by `host_dial`.
    pub(crate) async fn made(
        server: TestServer,
        journal: MemoryJournal,
        template: &str,
        host_dial: &Dial,
    ) -> Self {
        let dial = dial_to(&server);
        let links = create_set(&dial, "short_90", template, Mode::Set, &mut rng(1)).await.unwrap();
        let host = Client::host(host_dial, &links, "Tuesday", "Asha", rng(2)).await.unwrap();
        Self { server, dial, links, host, journal, seeds: 100 }
    }

    /// Everything that is stored of the set, as text.
    pub(crate) async fn stored(&self) -> String {
        let log = self.journal.follow(RoomKey(*self.links.set().as_bytes())).await.unwrap();
        let entries = log.entries.iter().map(|entry| &entry.bytes);
        let all = entries.chain(log.snapshot.as_ref().map(|kept| &kept.bytes));
        all.map(|bytes| String::from_utf8(bytes.to_vec()).unwrap()).collect::<Vec<_>>().join("\n")
    }

    pub(crate) fn fresh_rng(&mut self) -> StdRng {
        self.seeds += 1;
        rng(self.seeds)
    }

    /// Somebody comes by a link, and the host lets them in.
    pub(crate) async fn person(&mut self, role: LinkRole, name: &str) -> Client {
        let dial = self.dial.clone();
        self.person_by(&dial, role, name).await
    }

    /// The same, with a tape of everything that they receive.
    pub(crate) async fn taped(&mut self, role: LinkRole, name: &str) -> (Client, Tape) {
        let tape = Tape::default();
        let dial = self.dial.clone().tape(&tape);
        (self.person_by(&dial, role, name).await, tape)
    }

    pub(crate) async fn person_by(&mut self, dial: &Dial, role: LinkRole, name: &str) -> Client {
        let mut person = self.knock_by(dial, role, name).await;
        assert!(self.host.admit(person.device()).await.unwrap().done().is_some());
        person.enter(name).await.unwrap();
        person
    }

    /// Another browser of a member who is here: they are asked, say yes, and the host lets it in.
    pub(crate) async fn beside(&mut self, person: &mut Client, name: &str) -> Client {
        let mut next = self.knock(LinkRole::Member, name).await;
        let (device, seat) = (next.device(), person.seat().unwrap());
        self.host_does(Command::AskSeat { device, seat }).await;
        person.wait_for("the question", |model| model.claims.contains_key(&device)).await.unwrap();
        person.must("their answer", Command::AnswerSeat { device, yes: true }).await.unwrap();
        let said = |model: &Model| {
            let claim = model.knocks.get(&device).and_then(|knock| knock.claim.as_ref());
            claim.is_some_and(|claim| claim.yes == Some(true))
        };
        self.host.wait_for("the answer", said).await.unwrap();
        assert!(self.host.admit_as(device, Some(seat)).await.unwrap().done().is_some());
        next.wait_for("the room", Model::is_in).await.unwrap();
        next
    }

    /// Somebody who waits at the door.
    pub(crate) async fn knock(&mut self, role: LinkRole, name: &str) -> Client {
        let dial = self.dial.clone();
        self.knock_by(&dial, role, name).await
    }

    pub(crate) async fn knock_by(&mut self, dial: &Dial, role: LinkRole, name: &str) -> Client {
        let rng = self.fresh_rng();
        Client::knock(dial, self.links.of(role), name, rng).await.unwrap()
    }

    /// The host does something that must succeed.
    pub(crate) async fn host_does(&mut self, command: Command) -> Seq {
        self.host.must("the host's command", command).await.unwrap()
    }

    /// The meeting begins, and each of these people presents and shows as many texts as one may write:
    /// a whole view of some megabytes.
    pub(crate) async fn fill(&mut self, people: &mut [Client]) {
        let long = "y".repeat(4000);
        self.host_does(Command::SetOrder { order: vec![people[0].seat().unwrap()] }).await;
        self.host_does(Command::Start).await;
        let parts = self.host.shared().unwrap().agenda;
        let act = parts.iter().position(|part| part.id == "classic.act").unwrap();
        let mut seq = self.host_does(Command::GoTo { part: u32::try_from(act).unwrap() }).await;
        for author in 0..people.len() {
            if author > 0 {
                let seat = people[author].seat().unwrap();
                seq = self.host_does(Command::ChoosePresenter { seat: Some(seat) }).await;
            }
            people[author].catch_up(seq).await.unwrap();
            people[author].must("the charter", Command::AgreeCharter).await.unwrap();
            for _ in 0..199 {
                let (item, answer) =
                    people[author].put(TextKind::Action, &long, None).await.unwrap();
                assert!(answer.done().is_some());
                let seq = people[author].release(item).await.unwrap().done().unwrap();
                for other in people.iter_mut() {
                    other.catch_up(seq).await.unwrap();
                }
                self.host.catch_up(seq).await.unwrap();
            }
        }
    }

    /// Entries in the set's log.
    pub(crate) async fn written(&self) -> usize {
        let key = RoomKey(*self.links.set().as_bytes());
        self.journal.follow(key).await.unwrap().entries.len()
    }

    /// Everybody has come as far as the host, and sees what the host sees (whoever presents without
    /// the controls: but for the hands), which is also what a fresh snapshot shows. Gives that view.
    pub(crate) async fn agree(&mut self, people: &mut [&mut Client]) -> Value {
        let (seq, shared, _) = snapshot(&self.dial, &self.host).await;
        self.host.catch_up(seq).await.unwrap();
        assert_eq!(self.host.model().shared_value(), &shared, "the host's view");
        for person in people {
            person.catch_up(seq).await.unwrap();
            assert_eq!(person.model().seq(), seq);
            let (_, theirs, own) = snapshot(&self.dial, person).await;
            let mut wanted = shared.clone();
            if shared["presenter"] == own["seat"] && own["controls"] == false {
                wanted["queue"] = json!({});
            }
            assert_eq!(theirs, wanted, "what a member is shown anew");
            assert_eq!(person.model().shared_value(), &theirs, "a member's view");
            // The own part comes right after the change that it belongs to.
            let same = |model: &Model| model.own_value() == &own;
            person.wait_for("the own part of a fresh snapshot", same).await.unwrap();
        }
        shared
    }
}

/// What somebody who comes back on another line is shown: place, shared part, own part.
pub(crate) async fn snapshot(dial: &Dial, of: &Client) -> (Seq, Value, Value) {
    let mut line = line(dial, &of.keyring().come_back(None)).await;
    let mut text: Value = serde_json::from_str(&line.next_text().await.unwrap()).unwrap();
    assert_eq!(text["t"], "snapshot", "{text}");
    let seq = Seq(text["seq"].as_u64().unwrap());
    let parts = (seq, text["shared"].take(), text["own"].take());
    line.close().await.unwrap();
    parts
}

/// A connection whose first frame is this one.
pub(crate) async fn line(dial: &Dial, first: &ClientFrame) -> Connection {
    line_with(dial, |_| first.clone()).await
}

/// A connection on which the server has said what it begins with.
pub(crate) async fn begun(dial: &Dial) -> Connection {
    challenged(dial).await.0
}

async fn challenged(dial: &Dial) -> (Connection, Challenge32) {
    let mut line = dial.connect().await.unwrap();
    let ServerFrame::Hello { challenge, .. } = line.next().await.unwrap() else {
        panic!("every socket begins with a challenge")
    };
    (line, challenge)
}

/// The same, with a first frame that is made for this very socket.
pub(crate) async fn line_with(
    dial: &Dial,
    first: impl FnOnce(&Challenge32) -> ClientFrame,
) -> Connection {
    let (mut line, challenge) = challenged(dial).await;
    line.send(&first(&challenge)).await.unwrap();
    line
}

/// Somebody knocks, on a socket of their own.
pub(crate) async fn knocking(dial: &Dial, keys: &Keyring, name: &str) -> Connection {
    line_with(dial, |challenge| keys.knock(name, challenge, &mut rng(6)).unwrap()).await
}

/// The same as a browser that begins anew: with its keys, and another token to come back with.
pub(crate) async fn knocking_anew(dial: &Dial, keys: &Keyring, name: &str) -> Connection {
    line_with(dial, |challenge| {
        let mut knock = keys.knock(name, challenge, &mut rng(6)).unwrap();
        if let ClientFrame::Knock(knock) = &mut knock {
            knock.resume = Hash32([9; 32]);
        }
        knock
    })
    .await
}

/// Everything that a connection still says, and how it ends.
pub(crate) async fn rest(line: &mut Connection) -> (Vec<Value>, Ended) {
    let mut frames = Vec::new();
    loop {
        match line.next_text().await {
            Ok(text) => frames.push(serde_json::from_str(&text).unwrap()),
            Err(ended) => return (frames, ended),
        }
    }
}

/// What a first frame leads to when it does not lead in: the refusals, and the close code.
pub(crate) async fn door(dial: &Dial, first: &ClientFrame) -> (Vec<String>, u16) {
    door_with(dial, |_| first.clone()).await
}

/// The same for somebody who knocks.
pub(crate) async fn door_of(dial: &Dial, keys: &Keyring, name: &str) -> (Vec<String>, u16) {
    door_with(dial, |challenge| keys.knock(name, challenge, &mut rng(6)).unwrap()).await
}

/// The same with a first frame that is made for this very socket.
pub(crate) async fn door_with(
    dial: &Dial,
    first: impl FnOnce(&Challenge32) -> ClientFrame,
) -> (Vec<String>, u16) {
    let said = async { rest(&mut line_with(dial, first).await).await };
    let (frames, ended) = super::soon(said).await;
    let codes = frames.iter().map(|frame| {
        assert_eq!(frame["t"], "refused", "nothing else is said at the door: {frame}");
        assert!(frame.get("cid").is_none());
        frame["code"].as_str().unwrap().to_owned()
    });
    (codes.collect(), closed(&ended))
}

/// The close code; a line that merely broke is a fault.
pub(crate) fn closed(ended: &Ended) -> u16 {
    match ended {
        Ended::Closed { code, .. } => *code,
        Ended::Lost(_) | Ended::Unreadable(_) => panic!("not closed, but {ended:?}"),
    }
}

/// The text frames on a tape, as JSON.
pub(crate) fn frames(tape: &Tape) -> Vec<Value> {
    let all = tape.frames();
    let all = all.iter().filter_map(|bytes| serde_json::from_slice::<Value>(bytes).ok());
    // What every socket begins with is the same for everybody.
    all.filter(|frame| frame["t"] != "hello").collect()
}

/// The kinds of frames on a tape, in order.
pub(crate) fn kinds(tape: &Tape) -> Vec<String> {
    frames(tape).iter().map(|frame| frame["t"].as_str().unwrap_or("?").to_owned()).collect()
}
