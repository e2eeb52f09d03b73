//! What a mode says, the software does: a meeting is played in each, and disk, lines of everybody and
//! exports are searched for what it forbids.

use serde_json::Value;
use setroom_client::{Client, Tape};
use setroom_protocol::{
    BOX_OVERHEAD, Code, Command, ItemId, LinkRole, MeetingId, Mode, OfferedLine, Sealed, SeatId,
    TextKind, limits,
};

use crate::support::judged::Judge;
use crate::support::people::{Set, frames, snapshot};
use crate::support::soon;

/// What a line was told of changes from a number of frames on, as text.
fn heard(tape: &Tape, from: usize) -> Vec<String> {
    let changes = frames(tape).split_off(from);
    changes.iter().filter(|frame| frame["t"] == "change").map(Value::to_string).collect()
}

async fn missed(of: &mut Client, seat: SeatId) -> bool {
    of.shared().unwrap().seats[&seat].mode_missed
}

#[tokio::test]
async fn another_mode_takes_all_who_are_there_and_the_one_no_is_nobodys() {
    let judge = Judge::new();
    let mut set = judge.set().await;
    let mut co = set.person(LinkRole::CoFacilitator, "Cora").await;
    let (mut ben, tape) = {
        let tape = Tape::default();
        let dial = set.dial.clone().tape(&tape);
        (set.person_by(&dial, LinkRole::Member, "Ben").await, tape)
    };
    let mut cleo = set.person(LinkRole::Member, "Cleo").await;
    let mut olga = set.person(LinkRole::Observer, "Olga").await;
    set.host_does(Command::Start).await;
    set.agree(&mut [&mut co, &mut ben, &mut cleo, &mut olga]).await;
    let propose = Command::ProposeMode { mode: Mode::Double };
    let (yes, no) = (Command::AnswerMode { yes: true }, Command::AnswerMode { yes: false });
    assert_eq!(ben.do_(propose.clone()).await.unwrap().refused(), Some(Code::Role));

    set.host_does(propose.clone()).await;
    set.agree(&mut [&mut co, &mut ben, &mut cleo, &mut olga]).await;
    assert_eq!(olga.do_(yes.clone()).await.unwrap().refused(), Some(Code::Role));
    co.must("a tap", yes.clone()).await.unwrap();
    set.agree(&mut [&mut ben, &mut cleo]).await;
    let (before, disk) = (frames(&tape).len(), set.stored().await);
    cleo.must("the no", no).await.unwrap();
    let view = set.agree(&mut [&mut co, &mut ben, &mut cleo, &mut olga]).await;
    assert_eq!((&view["mode"], &view["proposed"]), (&"set".into(), &Value::Null));
    let whose = cleo.seat().unwrap().to_string();
    let told = heard(&tape, before);
    assert!(told.iter().any(|frame| frame.contains("mode_declined")), "{told:?}");
    assert!(told.iter().all(|frame| !frame.contains(&whose)), "{told:?}");
    let written = set.stored().await.replace(&disk, "");
    assert!(written.contains("mode_declined") && !written.contains(&whose), "{written}");

    // Cleo's line is gone: for a while they are waited for, then not any more.
    set.host_does(propose).await;
    set.agree(&mut [&mut co, &mut ben, &mut cleo, &mut olga]).await;
    let cleo_seat = cleo.seat().unwrap();
    cleo.go().await.unwrap();
    let gone = |model: &setroom_client::Model| !model.here.contains(&cleo_seat);
    set.host.wait_for("them to be gone", gone).await.unwrap();
    co.must("a tap", yes.clone()).await.unwrap();
    ben.must("a tap", yes).await.unwrap();
    let view = set.agree(&mut [&mut co, &mut ben, &mut olga]).await;
    assert_eq!((&view["mode"], &view["mode_taps"]), (&"set".into(), &3.into()));
    set.server.clock.advance(limits::ABSENT_AFTER_MS);
    let double = |model: &setroom_client::Model| {
        model.shared().is_some_and(|shared| shared.mode == Mode::Double)
    };
    set.host.wait_for("the mode", double).await.unwrap();
    cleo.come_back().await.unwrap();
    set.agree(&mut [&mut co, &mut ben, &mut cleo, &mut olga]).await;
    // Told before they take part, and nobody else is.
    for (seat, is) in [(cleo_seat, true), (ben.seat().unwrap(), false), (co.seat().unwrap(), false)]
    {
        assert_eq!(missed(&mut set.host, seat).await, is);
    }
    let tick = Command::Tick { on: true };
    assert_eq!(cleo.do_(tick.clone()).await.unwrap().refused(), Some(Code::CharterFirst));
    cleo.must("the rules", Command::AgreeCharter).await.unwrap();
    assert!(!missed(&mut cleo, cleo_seat).await);
    cleo.must("a tick", tick).await.unwrap();
    judge.finds_nothing(&set).await;
}

#[tokio::test]
async fn what_stays_closed_is_its_owners_alone_after_the_close() {
    let judge = Judge::new();
    let mut set = judge.set().await;
    let mut co = set.person(LinkRole::CoFacilitator, "Cora").await;
    let tape = Tape::default();
    let dial = set.dial.clone().tape(&tape);
    let mut ben = set.person(LinkRole::Member, "Ben").await;
    let mut cleo = set.person_by(&dial, LinkRole::Member, "Cleo").await;
    let mut olga = set.person(LinkRole::Observer, "Olga").await;
    set.host_does(Command::SetMode { mode: Mode::Double }).await;
    set.host_does(Command::SetOrder { order: vec![ben.seat().unwrap()] }).await;
    set.host_does(Command::Start).await;
    set.agree(&mut [&mut co, &mut ben, &mut cleo, &mut olga]).await;
    ben.must("the rules", Command::AgreeCharter).await.unwrap();
    let mut items = Vec::new();
    for (part, kind, text) in [
        ("classic.present", TextKind::Headline, "canaryHeadline"),
        ("classic.act", TextKind::Action, "canaryAction"),
    ] {
        let agenda = set.host.shared().unwrap().agenda;
        let at = agenda.iter().position(|known| known.id == part).unwrap();
        set.host_does(Command::GoTo { part: u32::try_from(at).unwrap() }).await;
        set.agree(&mut [&mut co, &mut ben, &mut cleo, &mut olga]).await;
        let (item, answer) = ben.put(kind, text, None).await.unwrap();
        assert!(answer.done().is_some(), "{answer:?}");
        items.push((item, kind, text));
    }
    let shown = ben.release(items[1].0).await.unwrap();
    assert!(shown.done().is_some(), "{shown:?}");
    set.agree(&mut [&mut co, &mut ben, &mut cleo, &mut olga]).await;
    let boxes: Vec<_> = {
        let all = cleo.shared().unwrap().items;
        items.iter().map(|(id, ..)| all[id].sealed.as_str().to_owned()).collect()
    };
    for person in [&set.host, &co, &cleo, &olga] {
        assert_eq!(person.read(items[0].0).unwrap().as_deref(), Some("canaryHeadline"));
    }
    set.host_does(Command::Close).await;
    set.agree(&mut [&mut co, &mut ben, &mut cleo, &mut olga]).await;
    let from = frames(&tape).len();
    // Nobody else has it, by role or by a fresh look; its owner does.
    for person in [&set.host, &co, &cleo, &olga] {
        let (_, shared, own) = snapshot(&set.dial, person).await;
        for piece in boxes.iter().cloned().chain(items.iter().map(|(id, ..)| id.to_string())) {
            assert!(!shared.to_string().contains(&piece) && !own.to_string().contains(&piece));
        }
    }
    for (item, kind, text) in &items {
        assert_eq!(ben.read(*item).unwrap().as_deref(), Some(*text));
        let shut = ben.put_again(*item, *kind, text, None).await.unwrap();
        assert!(shut.done().is_some(), "{kind:?} {shut:?}");
        assert_eq!(ben.read(*item).unwrap().as_deref(), Some(*text));
        assert!(ben.model().own().unwrap().items[item].sealed.is_own());
    }
    // What stood under the set's key is nowhere: the room keeps its state anew for these, at its pace.
    set.server.clock.advance(5_000);
    let shut = async {
        loop {
            let disk = set.stored().await;
            if boxes.iter().all(|sealed| !disk.contains(sealed)) {
                break;
            }
            tokio::task::yield_now().await;
        }
    };
    soon(shut).await;
    set.agree(&mut [&mut co, &mut ben, &mut cleo, &mut olga]).await;
    let told = frames(&tape).split_off(from);
    let told: Vec<_> = told.iter().map(Value::to_string).collect();
    assert!(told.iter().all(|frame| !frame.contains("\"written\"")), "{told:?}");
    judge.finds_nothing(&set).await;

    // The next meeting has the action, and no headline: on the disk neither.
    let headline = ben.model().own().unwrap().items[&items[0].0].sealed.as_str().to_owned();
    assert!(set.stored().await.contains(&headline), "the search can find");
    assert!(
        set.host.next_meeting(MeetingId::from_bytes([0x21; 16])).await.unwrap().done().is_some()
    );
    for person in [&mut co, &mut ben, &mut cleo, &mut olga] {
        person.next_key().await.unwrap();
    }
    set.agree(&mut [&mut co, &mut ben, &mut cleo, &mut olga]).await;
    let own = ben.model().own().unwrap().items;
    assert!(!own.contains_key(&items[0].0));
    assert_eq!(ben.read(items[1].0).unwrap().as_deref(), Some("canaryAction"));
    let gone = async {
        while set.stored().await.contains(&headline) {
            tokio::task::yield_now().await;
        }
    };
    soon(gone).await;
}

/// A box that says nothing of its author: of this set's key, and of nobody's seat or browser.
fn line(of: &Client, fill: u8) -> Sealed {
    let mut bytes = vec![fill; BOX_OVERHEAD + 256];
    bytes[0] = 1;
    bytes[1..5].copy_from_slice(&of.shared().unwrap().epoch.to_be_bytes());
    Sealed::from_bytes(&bytes).unwrap()
}

struct Meeting {
    set: Set,
    /// Co-facilitator, presenter, member, observer: each with what their line was told.
    people: Vec<(Client, Tape)>,
    host: Tape,
}

/// A running meeting in this mode, in which everybody's line is heard.
async fn meeting(judge: &Judge, mode: Mode) -> Meeting {
    let host = Tape::default();
    let mut set = judge.taped(&host).await;
    let mut people = Vec::new();
    for (role, name) in [
        (LinkRole::CoFacilitator, "Cora"),
        (LinkRole::Member, "Ben"),
        (LinkRole::Member, "Cleo"),
        (LinkRole::Observer, "Olga"),
    ] {
        people.push(set.taped(role, name).await);
    }
    set.host_does(Command::SetMode { mode }).await;
    let ben = people[1].0.seat().unwrap();
    set.host_does(Command::SetOrder { order: vec![ben] }).await;
    set.host_does(Command::Start).await;
    set.agree(&mut people.iter_mut().map(|(person, _)| person).collect::<Vec<_>>()).await;
    Meeting { set, people, host }
}

impl Meeting {
    /// What everybody was told so far.
    fn heard(&self) -> Vec<usize> {
        let all = std::iter::once(&self.host).chain(self.people.iter().map(|(_, tape)| tape));
        all.map(|tape| frames(tape).len()).collect()
    }

    async fn agree(&mut self) -> Value {
        let all: Vec<_> = self.people.iter_mut().map(|(person, _)| person).collect();
        let mut all = all;
        self.set.agree(&mut all).await
    }
}

#[tokio::test]
async fn where_people_may_not_travel_nothing_tells_whose_a_line_is() {
    let judge = Judge::new();
    let mut all = meeting(&judge, Mode::Chatham).await;
    let disk = all.set.stored().await;
    let before = all.heard();
    let (a, b, c) = (id(0x93), id(0x91), id(0x92));
    for (who, item, fill) in [(1, a, 1), (2, b, 2), (1, c, 3)] {
        let sealed = line(&all.people[who].0, fill);
        let offered = Command::OfferLine(OfferedLine { item, sealed, from: None });
        all.people[who].0.must("an offer", offered).await.unwrap();
    }
    // Nothing is written down.
    assert_eq!(all.set.stored().await, disk);
    let theirs = frames(&all.people[1].1).split_off(before[2]);
    assert!(theirs.iter().any(|frame| frame["t"] == "lines"), "{theirs:?}");

    all.set.host_does(Command::ReleaseLines).await;
    let view = all.agree().await;
    assert_eq!(view["lines"].as_object().unwrap().len(), 3);
    // Nobody but whoever offers was told anything at all before that.
    for (tape, before) in
        [(&all.host, before[0]), (&all.people[0].1, before[1]), (&all.people[3].1, before[4])]
    {
        let told = frames(tape).split_off(before);
        // Who looks anew and goes again is told to everybody, and is no line's doing.
        let first = told.iter().find(|frame| frame["t"] == "change").unwrap();
        assert_eq!(first["what"], "lines_released", "{told:?}");
        assert!(told.iter().all(|frame| frame["t"] != "lines"), "{told:?}");
    }
    let written = all.set.stored().await.replace(&disk, "");
    let authors: Vec<_> = [1, 2]
        .iter()
        .flat_map(|who| {
            let person = &all.people[*who].0;
            [person.seat().unwrap().to_string(), person.device().to_string()]
        })
        .collect();
    assert!(written.contains("lines_released"), "{written}");
    for tape in std::iter::once(&all.host).chain(all.people.iter().map(|(_, tape)| tape)) {
        let told = frames(tape);
        let told = told.iter().rfind(|frame| frame["what"] == "lines_released").unwrap();
        for who in &authors {
            assert!(!told.to_string().contains(who) && !written.contains(who), "{told}");
        }
    }
    // Also after the close, in what a fresh look shows and on the disk.
    all.set.host_does(Command::Close).await;
    let view = all.agree().await;
    assert_eq!(view["lines"].as_object().unwrap().len(), 3);
    judge.finds_nothing(&all.set).await;
}

#[tokio::test]
async fn where_lessons_may_be_shared_only_what_was_agreed_to_is_on_the_disk() {
    let judge = Judge::new();
    let mut all = meeting(&judge, Mode::OpenLearning).await;
    let (yes, no, open) = (id(0x91), id(0x92), id(0x93));
    let from = all.people[2].0.seat().unwrap();
    let mut boxes = Vec::new();
    for (item, fill) in [(yes, 1), (no, 2), (open, 3)] {
        let sealed = line(&all.people[1].0, fill);
        boxes.push(sealed.as_str().to_owned());
        let offer = Command::OfferLine(OfferedLine { item, sealed, from: Some(from) });
        all.people[1].0.must("an offer", offer).await.unwrap();
    }
    let cleo = &mut all.people[2].0;
    cleo.wait_for("the question", |model| model.offers.len() == 3).await.unwrap();
    cleo.must("a yes", Command::AnswerLine { item: yes, yes: true }).await.unwrap();
    cleo.must("a no", Command::AnswerLine { item: no, yes: false }).await.unwrap();
    all.set.host_does(Command::ReleaseLines).await;
    let view = all.agree().await;
    assert_eq!(view["lines"].as_object().unwrap().len(), 1);
    all.set.host_does(Command::Close).await;
    all.agree().await;
    let disk = all.set.stored().await;
    assert!(disk.contains(&boxes[0]), "the search can find");
    for sealed in &boxes[1..] {
        assert!(!disk.contains(sealed));
        // The two whom it concerns alone were ever sent it.
        for tape in [&all.host, &all.people[0].1, &all.people[3].1] {
            assert!(frames(tape).iter().all(|frame| !frame.to_string().contains(sealed)));
        }
    }
    judge.finds_nothing(&all.set).await;
}

fn id(n: u8) -> ItemId {
    ItemId::from_bytes([n; 16])
}
