//! A meeting in which most of what can go wrong has its chance. Every step goes on when the one
//! before failed: on a server with a bug it may, and the checker is to say why.

use std::fmt::Debug;

use setroom_checker::planted::Bug;
use setroom_checker::{Evidence, Verdict, check};
use setroom_client::{Answer, Client, ClientError, Connection, Model};
use setroom_protocol::{ClientFrame, Code, Command, LinkRole, SeatId, Seq, ServerFrame, TextKind};

use crate::support::{Ground, soon};

/// What came of the meeting.
pub(crate) struct Played {
    /// Steps that did not go as they should.
    pub(crate) wrong: Vec<String>,
    pub(crate) evidence: Evidence,
}

impl Played {
    pub(crate) fn verdict(&self) -> Verdict {
        check(&self.evidence)
    }
}

struct Cast {
    ground: Ground,
    host: Client,
    co: Client,
    ben: Client,
    /// Ben's other browser.
    ben_too: Client,
    cleo: Client,
    olive: Client,
    eve: Client,
    /// Waits at the door to the end.
    dora: Client,
    wrong: Vec<String>,
}

/// Plays the meeting on a server with a bug, or without one.
pub(crate) async fn play(bug: Option<Bug>) -> Played {
    let ground = Box::pin(Ground::new(bug)).await;
    let mut cast = Box::pin(gather(ground)).await;
    Box::pin(doors(&mut cast)).await;
    Box::pin(meet(&mut cast)).await;
    Box::pin(key_changes(&mut cast)).await;
    Box::pin(lines(&mut cast)).await;
    let last = Box::pin(settle(&mut cast)).await;
    Box::pin(end(cast, last)).await
}

async fn gather(mut ground: Ground) -> Cast {
    let random = ground.fresh_rng();
    let mut host =
        Client::host(&ground.dial, &ground.links, "Tuesday", "Asha", random).await.unwrap();
    let mut person = async |ground: &mut Ground, role, name: &str| {
        let mut person = ground.knock(role, name).await;
        assert!(host.admit(person.device()).await.unwrap().done().is_some());
        person.enter(name).await.unwrap();
        person
    };
    let co = person(&mut ground, LinkRole::CoFacilitator, "Cora").await;
    let ben = person(&mut ground, LinkRole::Member, "Ben").await;
    let cleo = person(&mut ground, LinkRole::Member, "Cleo").await;
    let olive = person(&mut ground, LinkRole::Observer, "Olive").await;
    // Whoever comes last comes later than the others.
    ground.clock.advance(1_000);
    let eve = person(&mut ground, LinkRole::Member, "Eve").await;
    let dora = ground.knock(LinkRole::Member, "Dora").await;
    let ben_too = ground.knock(LinkRole::Member, "Ben").await;
    Cast { ground, host, co, ben, ben_too, cleo, olive, eve, dora, wrong: Vec::new() }
}

impl Cast {
    fn right(&mut self, what: &str, holds: bool) {
        if !holds {
            self.wrong.push(what.to_owned());
        }
    }

    fn done<E: Debug>(&mut self, what: &str, answer: Result<Answer, E>) {
        if !matches!(answer, Ok(Answer::Done(_))) {
            self.wrong.push(format!("{what}: {answer:?}"));
        }
    }

    fn refused(&mut self, what: &str, answer: Result<Answer, ClientError>, code: Code) {
        if !matches!(answer, Ok(Answer::Refused { code: given, .. }) if given == code) {
            self.wrong.push(format!("{what}: {answer:?}"));
        }
    }

    async fn host_does(&mut self, command: Command) {
        let what = format!("the host: {:?}", command.act());
        let answer = self.host.do_(command).await;
        self.done(&what, answer);
    }

    /// Ben comes with another browser, is asked on his first one, and says that it is his.
    async fn second_browser(&mut self, seat: SeatId) {
        let device = self.ben_too.device();
        let knocks = |model: &Model| model.knocks.contains_key(&device);
        let knocking = self.host.wait_for("Ben's other browser", knocks).await;
        self.right("Ben's other browser knocks", knocking.is_ok());
        let silent = self.host.admit_as(device, Some(seat)).await;
        self.refused("Ben is not asked", silent, Code::SeatHere);
        self.host_does(Command::AskSeat { device, seat }).await;
        let asked = |model: &Model| model.claims.contains_key(&device);
        let claim = self.ben.wait_for("the question", asked).await;
        self.right("Ben is asked", claim.is_ok());
        let yes = self.ben.do_(Command::AnswerSeat { device, yes: true }).await;
        self.done("Ben says yes", yes);
        let told = |model: &Model| {
            let claim = model.knocks.get(&device).and_then(|knock| knock.claim);
            claim.is_some_and(|claim| claim.yes == Some(true))
        };
        let answer = self.host.wait_for("Ben's answer", told).await;
        self.right("the host is told", answer.is_ok());
        let admitted = self.host.admit_as(device, Some(seat)).await;
        self.done("Ben's other browser is let in", admitted);
        let entered = self.ben_too.enter("Ben").await;
        self.right("Ben's other browser is in", entered.is_ok());
        self.catch_up().await;
    }

    async fn go_to_part(&mut self, id: &str) {
        let agenda = self.host.shared().map(|shared| shared.agenda).unwrap_or_default();
        let part = agenda.iter().position(|part| part.id == id).unwrap_or_default();
        self.host_does(Command::GoTo { part: u32::try_from(part).unwrap() }).await;
        self.catch_up().await;
    }

    /// Everybody inside gets what the host has.
    async fn catch_up(&mut self) {
        let last = self.host.model().seq();
        let Self { co, ben, ben_too, cleo, olive, .. } = self;
        for person in [co, ben, ben_too, cleo, olive] {
            if person.catch_up(last).await.is_err() {
                self.wrong.push("somebody does not get what the host has".to_owned());
            }
        }
    }
}

/// Who knocks as somebody else, by another link, and on another browser of their own.
async fn doors(cast: &mut Cast) {
    // Eve has seen Ben's public keys and holds the link, so everything of his knock is right but the
    // signature, which is her own.
    let member = cast.ground.links.of(LinkRole::Member).clone();
    let (mut line, challenge) = cast.ground.at_the_door().await;
    let forged = cast.ben.knock_by(&member, "Ben", &challenge).unwrap();
    let own = cast.eve.knock_by(&member, "Eve", &challenge).unwrap();
    let (ClientFrame::Knock(mut forged), ClientFrame::Knock(own)) = (forged, own) else { return };
    forged.pop = own.pop;
    let _ = line.send(&ClientFrame::Knock(forged)).await;
    let answer = soon(line.next_text()).await;
    cast.right("a knock without proof is closed", answer.is_err());
    drop(line);
    // Olive, who observes, has got hold of a member's link.
    let (mut line, challenge) = cast.ground.at_the_door().await;
    let knock = cast.olive.knock_by(&member, "Olive", &challenge).unwrap();
    let _ = line.send(&knock).await;
    let answer = soon(line.next()).await;
    let refused = matches!(answer, Ok(ServerFrame::Refused { code: Code::Role, .. }));
    cast.right("Olive is refused by a member's link", refused);
    if matches!(answer, Ok(ServerFrame::Lobby { .. })) {
        let (device, seat) = (cast.olive.device(), cast.olive.seat().unwrap());
        let _ = cast.host.admit_as(device, Some(seat)).await;
        let _ = soon(line.next_text()).await;
    }
    drop(line);
    let ben = cast.ben.seat().unwrap();
    cast.second_browser(ben).await;
}

/// Hands, turns, clocks, texts, presses that come too late, and presses that nobody may make.
async fn meet(cast: &mut Cast) {
    let (ben, cleo) = (cast.ben.seat().unwrap(), cast.cleo.seat().unwrap());
    cast.host_does(Command::SetOrder { order: vec![ben] }).await;
    cast.host_does(Command::NameScribe { seat: Some(cleo) }).await;
    cast.host_does(Command::Start).await;
    let agree = cast.ben.do_(Command::AgreeCharter).await;
    cast.done("Ben agrees", agree);
    let agree = cast.cleo.do_(Command::AgreeCharter).await;
    cast.done("Cleo agrees", agree);
    let agree = cast.eve.do_(Command::AgreeCharter).await;
    cast.done("Eve agrees", agree);
    cast.go_to_part("classic.explore").await;
    cast.host_does(Command::ChoosePresenter { seat: None }).await;
    cast.host_does(Command::ChoosePresenter { seat: Some(ben) }).await;
    let hand = cast.cleo.do_(Command::RaiseHand { kind: None, seat: None }).await;
    cast.done("a hand", hand);
    let lit = |model: &Model| model.shared().is_some_and(|shared| shared.asking.is_some());
    let light = cast.host.wait_for("the light", lit).await;
    cast.right("the light", light.is_ok());
    cast.catch_up().await;
    let turn = cast.cleo.do_(Command::EndTurn).await;
    cast.done("the end of a turn", turn);
    cast.host_does(Command::Pause).await;
    cast.ground.clock.advance(10_000);
    cast.host_does(Command::Resume).await;
    cast.host_does(Command::AddTime { minutes: 2 }).await;
    cast.host_does(Command::Hold).await;
    cast.ground.clock.advance(10_000);
    cast.host_does(Command::Release).await;
    let scribe = cast.cleo.put(TextKind::Scribe, "what was wanted", None).await;
    cast.done("a scribe's line", scribe.map(|(_, answer)| answer));
    cast.go_to_part("classic.act").await;
    let action = cast.ben.put(TextKind::Action, "ask Sam", None).await;
    cast.done("an action", action.map(|(_, answer)| answer));
    // What only Ben may see, written anew and taken back: nobody else is told.
    private(cast).await;
    // Nobody but the facilitators may lock the door.
    let lock = cast.ben.do_(Command::Lock { on: true }).await;
    cast.refused("a member locks", lock, Code::Role);
    cast.host_does(Command::Lock { on: true }).await;
    let unlock = cast.co.do_(Command::Lock { on: false }).await;
    cast.done("the co-facilitator unlocks", unlock);
    cast.catch_up().await;
    // Two facilitators press at once: the second one's screen is an older one.
    let seen = cast.co.model().seq();
    cast.host_does(Command::Next).await;
    let cid = cast.co.fresh_cid();
    let late = match cast.co.ask(cid, seen, Command::Next).await {
        Ok(()) => cast.co.answer_to(cid).await,
        Err(error) => Err(error),
    };
    cast.refused("the second press", late, Code::Stale);
    // The same command again, as after a lost line: it is done once.
    let (cid, seen) = (cast.ben.fresh_cid(), cast.ben.model().seq());
    for _ in 0..2 {
        let tick = match cast.ben.ask(cid, seen, Command::Tick { on: true }).await {
            Ok(()) => cast.ben.answer_to(cid).await,
            Err(error) => Err(error),
        };
        let _ = tick;
    }
    let (cid, seen) = (cast.host.fresh_cid(), cast.host.model().seq());
    for _ in 0..2 {
        let more = match cast.host.ask(cid, seen, Command::AddTime { minutes: 1 }).await {
            Ok(()) => cast.host.answer_to(cid).await,
            Err(error) => Err(error),
        };
        cast.done("a repeat", more);
    }
    cast.catch_up().await;
}

/// Private texts of one person, one of which is let go of and one is for all in the end.
async fn private(cast: &mut Cast) {
    let first = cast.ben.put(TextKind::Action, "ask Kim", None).await;
    let second = cast.ben.put(TextKind::Action, "ask Lee", None).await;
    if let (Ok((first, _)), Ok((second, _))) = (first, second) {
        let again = cast.ben.put_again(first, TextKind::Action, "ask Kim twice", None).await;
        cast.done("an action anew", again);
        let back = cast.ben.do_(Command::WithdrawItem { item: first }).await;
        cast.done("an action taken back", back);
        let open = cast.ben.release(second).await;
        cast.done("an action for all", open);
    }
    cast.catch_up().await;
}

/// Somebody is removed, and somebody else has not heard of the new key yet.
async fn key_changes(cast: &mut Cast) {
    let eve = cast.eve.seat().unwrap();
    let before = cast.ben.keyring().clone();
    let removal = cast.host.remove(eve).await;
    cast.done("the removal", removal);
    cast.catch_up().await;
    // Sealed under the old key, by a browser that has not walked the roster; one that has does not.
    let (shared, seat) = (cast.ben.shared().unwrap(), cast.ben.seat().unwrap());
    let item = setroom_protocol::ItemId::from_bytes(*seat.as_bytes());
    let place = setroom_client::Place {
        meeting: shared.meeting,
        seat,
        kind: TextKind::Name,
        item,
        rev: shared.items.get(&item).map_or(1, |at| at.rev + 1),
        own: false,
    };
    let mut rng: rand::rngs::StdRng = rand::SeedableRng::seed_from_u64(77);
    let put = before.seal(&place, "Ben B", None, &mut rng).unwrap();
    let old = cast.ben.do_(Command::Put(put)).await;
    cast.refused("an old key", old, Code::StaleEpoch);
    let Cast { co, ben, ben_too, cleo, olive, .. } = cast;
    for person in [co, ben, ben_too, cleo, olive] {
        if person.next_key().await.is_err() {
            cast.wrong.push("a new key does not come".to_owned());
        }
    }
    let new = cast.ben.put(TextKind::Name, "Ben B", None).await;
    cast.done("the new key", new.map(|(_, answer)| answer));
    cast.host_does(Command::Lock { on: true }).await;
    cast.host_does(Command::Lock { on: false }).await;
}

/// Lost lines, and more of them than a person may have.
async fn lines(cast: &mut Cast) {
    cast.catch_up().await;
    cast.cleo.cut();
    cast.host_does(Command::Silence { on: true }).await;
    cast.host_does(Command::Silence { on: false }).await;
    let back = cast.cleo.come_back().await;
    cast.right("Cleo comes back", back.is_ok());
    cast.catch_up().await;
    let mut others: Vec<Connection> = Vec::new();
    for _ in 0..3 {
        others.extend(cast.ground.another_line(&cast.cleo).await);
    }
    cast.host_does(Command::Silence { on: true }).await;
    let last = cast.host.model().seq();
    for line in &mut others {
        let until = tokio::time::timeout(cast.ground.dial.waits(), reaches(line, last)).await;
        cast.right("another line gets a change", until == Ok(true));
    }
    // The oldest of four is Cleo's own; she comes back, and another one goes.
    while let Ok(Ok(_)) = tokio::time::timeout(cast.ground.dial.waits(), cast.cleo.next()).await {
        if cast.cleo.model().seq() >= last {
            break;
        }
    }
    drop(others);
    let back = cast.cleo.come_back().await;
    cast.right("Cleo comes back again", back.is_ok());
}

/// Reads until a change is there; false when the line ends first.
async fn reaches(line: &mut Connection, seq: Seq) -> bool {
    while let Ok(text) = line.next_text().await {
        let frame: serde_json::Value = serde_json::from_str(&text).unwrap_or_default();
        if frame["t"] == "change" && frame["seq"].as_u64() >= Some(seq.0) {
            return true;
        }
    }
    false
}

/// Whoever is outside reads all that is theirs, everybody else has everything, and the room tells
/// each of them all of it afresh.
async fn settle(cast: &mut Cast) -> Seq {
    let removed = cast.eve.until_ended().await;
    cast.right("Eve is out", removed.is_ok());
    let device = cast.dora.device();
    cast.host_does(Command::Refuse { device }).await;
    let sent_away = cast.dora.until_ended().await;
    cast.right("Dora is sent away", sent_away.is_ok());
    cast.catch_up().await;
    for person in [&cast.host, &cast.co, &cast.ben, &cast.cleo, &cast.olive] {
        drop(cast.ground.another_line(person).await);
    }
    cast.host.model().seq()
}

/// One last command, which the journal never gets; then all is cut off.
async fn end(mut cast: Cast, last: Seq) -> Played {
    // What belongs to nobody's screen may still be on its way; a question and its answer is not.
    let Cast { ground, host, co, ben, ben_too, cleo, olive, .. } = &mut cast;
    for person in [host, co, ben, ben_too, cleo, olive] {
        let ping = ClientFrame::Ping { sent: 1 };
        if let Ok(connection) = person.connection() {
            let _ = connection.send(&ping).await;
        }
        let pong = async {
            while !matches!(person.next().await, Ok(ServerFrame::Pong { .. }) | Err(_)) {}
        };
        let _ = tokio::time::timeout(ground.dial.waits(), pong).await;
    }
    let mut arrived = cast.ground.journal.arrived();
    let before = *arrived.borrow_and_update();
    cast.ground.journal.hold();
    let cid = cast.host.fresh_cid();
    if cast.host.ask(cid, last, Command::Silence { on: false }).await.is_ok() {
        let wait = arrived.wait_for(|count| *count > before);
        let _ = tokio::time::timeout(cast.ground.dial.waits(), wait).await;
        // Whatever the room would say of it by now is on its way when it has let this one in.
        drop(cast.ground.another_line(&cast.host).await);
    }
    let Cast { ground, mut host, wrong, .. } = cast;
    let left = ground.cut();
    while host.next().await.is_ok() {}
    drop(host);
    Played { wrong, evidence: left.evidence().await }
}
