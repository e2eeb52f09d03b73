//! Whether it can be told, from anything that somebody is sent, that somebody else has written for
//! themselves alone: the same meeting is played with and without, and looks the same to everybody else.

use std::collections::BTreeMap;

use serde_json::{Value, json};
use setroom_client::{Client, Tape};
use setroom_protocol::command::BidTerms;
use setroom_protocol::limits::COMMANDS_REMEMBERED;
use setroom_protocol::{Code, Command, CommandId, ItemId, LinkRole, Role, Seq, TextKind};
use setroom_server::journal::MemoryJournal;

use super::review::reached;
use crate::support::people::{Set, dial_to, frames, roomy, set_with};
use crate::support::{as_journal, start_with};

/// Whoever looks on, with all that they were sent.
type Seen = BTreeMap<&'static str, Vec<Value>>;

struct Tale {
    set: Set,
    people: Vec<(&'static str, Client, Tape)>,
    hosts: Tape,
}

const BEN: usize = 0;
/// A member who asks what the room still knows of their own commands.
const PROBER: usize = 1;
/// A member who learns to facilitate, is scribe and has the controls.
const LEAD: usize = 4;
/// How often Ben may write for himself in each part, so that the clock goes the same way in all tales.
const TIMES: usize = 4;

impl Tale {
    async fn begin(template: &str) -> Self {
        let hosts = Tape::default();
        let journal = MemoryJournal::new();
        let kept = journal.clone();
        let server = start_with(roomy, |deps| deps.journal = Some(as_journal(journal))).await;
        let dial = dial_to(&server).tape(&hosts);
        let mut set = Set::made(server, kept, template, &dial).await;
        let mut people = Vec::new();
        for (name, role) in [
            ("Ben", LinkRole::Member),
            ("member", LinkRole::Member),
            ("observer", LinkRole::Observer),
            ("co-facilitator", LinkRole::CoFacilitator),
            ("lead", LinkRole::Member),
        ] {
            let (person, tape) = set.taped(role, name).await;
            people.push((name, person, tape));
        }
        Self { set, people, hosts }
    }

    async fn agree(&mut self) {
        let mut all: Vec<_> = self.people.iter_mut().map(|(_, person, _)| person).collect();
        self.set.agree(&mut all).await;
    }

    async fn host_does(&mut self, command: Command) {
        let seq = self.set.host_does(command).await;
        for (_, person, _) in &mut self.people {
            person.catch_up(seq).await.unwrap();
        }
    }

    fn ben(&mut self) -> &mut Client {
        &mut self.people[BEN].1
    }

    /// To that part, with Ben as its presenter.
    async fn goes_to(&mut self, id: &str) {
        let agenda = self.set.host.shared().unwrap().agenda;
        let part = agenda.iter().position(|part| part.id == id).unwrap();
        self.host_does(Command::GoTo { part: u32::try_from(part).unwrap() }).await;
        let ben = self.ben().seat().unwrap();
        if self.set.host.shared().unwrap().presenter != Some(ben) {
            let answer = self.set.host.do_(Command::ChoosePresenter { seat: Some(ben) }).await;
            if let Some(seq) = answer.unwrap().done() {
                for (_, person, _) in &mut self.people {
                    person.catch_up(seq).await.unwrap();
                }
            }
        }
    }

    /// Ben writes for himself so many times out of [`TIMES`]: new texts, more revisions of them, and
    /// every third one he takes back.
    async fn writes_alone(&mut self, kind: TextKind, times: usize) {
        let mut written: Vec<ItemId> = Vec::new();
        for n in 0..TIMES {
            self.set.server.clock.advance(1000);
            if n >= times {
                continue;
            }
            let (item, answer) = self.ben().put(kind, "alone", None).await.unwrap();
            assert!(answer.done().is_some(), "{answer:?}");
            written.push(item);
            let again = self.ben().put_again(item, kind, "alone, and longer", None).await.unwrap();
            assert!(again.done().is_some(), "{again:?}");
            if n == 2 {
                let item = written[0];
                self.ben().must("back", Command::WithdrawItem { item }).await.unwrap();
            }
        }
    }

    /// What everybody sees of the prober, and can be asked about later.
    async fn leaves_a_mark(&mut self) -> CommandId {
        let prober = &mut self.people[PROBER].1;
        let cid = prober.fresh_cid();
        prober.ask(cid, Seq(0), Command::Tick { on: true }).await.unwrap();
        let seq = prober.answer_to(cid).await.unwrap().done().unwrap();
        self.set.host.catch_up(seq).await.unwrap();
        cid
    }

    /// Whether the room still knows that mark: then it is no second tick.
    async fn knows(&mut self, mark: CommandId) -> bool {
        let prober = &mut self.people[PROBER].1;
        prober.ask(mark, Seq(0), Command::Tick { on: true }).await.unwrap();
        prober.answer_to(mark).await.unwrap().done().is_some()
    }

    /// As many commands that all see as a room remembers, but for the mark: one more that nobody saw
    /// would have pushed the mark out.
    async fn asks_what_is_known_of(&mut self, mark: CommandId) {
        for n in 1..COMMANDS_REMEMBERED {
            self.host_does(Command::Lock { on: n % 2 == 1 }).await;
        }
        assert!(self.knows(mark).await, "commands that nobody saw are counted with the others");
        self.host_does(Command::Lock { on: false }).await;
        assert!(!self.knows(mark).await, "so many are remembered and no more");
    }

    fn seen(&self) -> Seen {
        let hosts = ("host", looks(&self.hosts));
        let others = self.people.iter().skip(BEN + 1).map(|(name, _, tape)| (*name, looks(tape)));
        others.chain([hosts]).collect()
    }

    /// Something that everybody sees, right after it.
    async fn says(&mut self, kind: TextKind, bid: Option<BidTerms>) {
        let id = match kind == TextKind::Name {
            true => *self.ben().seat().unwrap().as_bytes(),
            false => [kind as u8 + 1; 16],
        };
        let item = ItemId::from_bytes(id);
        let answer = self.ben().put_again(item, kind, "for all", bid).await.unwrap();
        assert!(answer.done().is_some(), "{kind:?}: {answer:?}");
        self.agree().await;
    }
}

/// One meeting, in which Ben writes so much for himself alone.
async fn tale(times: usize) -> Seen {
    let mut tale = Box::pin(Tale::begin("classic")).await;
    tale.agree().await;
    tale.writes_alone(TextKind::LearningQuestion, times).await;
    tale.says(TextKind::Name, None).await;
    let ben = tale.ben().seat().unwrap();
    tale.host_does(Command::SetOrder { order: vec![ben] }).await;
    tale.host_does(Command::Start).await;
    let lead = tale.people[LEAD].1.seat().unwrap();
    let learns = Command::SetRole { seat: lead, role: Role::Trainee, keys: None };
    for command in
        [learns, Command::NameScribe { seat: Some(lead) }, Command::HandOver { seat: lead }]
    {
        tale.host_does(command).await;
    }
    for n in 0..tale.people.len() {
        let seq = tale.people[n].1.must("the charter", Command::AgreeCharter).await.unwrap();
        tale.set.host.catch_up(seq).await.unwrap();
    }
    tale.goes_to("action_review").await;
    let mark = tale.leaves_a_mark().await;
    tale.writes_alone(TextKind::Action, times).await;
    tale.asks_what_is_known_of(mark).await;
    tale.says(TextKind::Name, None).await;
    tale.goes_to("bids").await;
    tale.says(TextKind::Bid, Some(BidTerms { pressing: 2, minutes: 30 })).await;
    tale.goes_to("classic.present").await;
    tale.says(TextKind::Headline, None).await;
    tale.goes_to("process_review").await;
    tale.writes_alone(TextKind::Reflection, times).await;
    tale.says(TextKind::Name, None).await;
    // Somebody who comes late, and somebody who comes back.
    let (mut late, tape) = tale.set.taped(LinkRole::Member, "late").await;
    late.go().await.unwrap();
    late.come_back_anew().await.unwrap();
    tale.people.push(("latecomer", late, tape));
    tale.agree().await;
    tale.goes_to("close").await;
    tale.writes_alone(TextKind::Action, times).await;
    // One of them is for everybody after all; it is written once, whatever was written before.
    let (item, answer) = tale.ben().put(TextKind::Action, "for all", None).await.unwrap();
    assert!(answer.done().is_some());
    assert!(tale.ben().release(item).await.unwrap().done().is_some());
    tale.says(TextKind::Name, None).await;
    tale.host_does(Command::Close).await;
    tale.agree().await;
    tale.seen()
}

/// One of another kind, where there is something to learn.
async fn learning(times: usize) -> Seen {
    let mut tale = Box::pin(Tale::begin("wial")).await;
    tale.agree().await;
    let ben = tale.ben().seat().unwrap();
    tale.host_does(Command::SetOrder { order: vec![ben] }).await;
    tale.host_does(Command::Start).await;
    tale.ben().must("the charter", Command::AgreeCharter).await.unwrap();
    tale.goes_to("wial.learn").await;
    tale.writes_alone(TextKind::Learning, times).await;
    tale.says(TextKind::Name, None).await;
    tale.host_does(Command::Close).await;
    tale.agree().await;
    tale.seen()
}

/// What somebody was sent, without what is random anyway, and without what is about lines and not about
/// the room.
fn looks(tape: &Tape) -> Vec<Value> {
    let about_the_room = ["snapshot", "change", "own", "done", "refused", "claims"];
    let all = frames(tape).into_iter();
    all.filter(|frame| about_the_room.contains(&frame["t"].as_str().unwrap())).map(plain).collect()
}

/// Ids, keys and boxes as their length; where they name something, as a list in an order of its own.
fn plain(value: Value) -> Value {
    match value {
        Value::String(text) if text.len() >= 20 => json!(format!("{} characters", text.len())),
        Value::Array(all) => all.into_iter().map(plain).collect(),
        Value::Object(all) => {
            let mut named = serde_json::Map::new();
            let mut listed = Vec::new();
            for (key, value) in all {
                if key.len() >= 20 {
                    listed.push(plain(value));
                } else {
                    named.insert(key, plain(value));
                }
            }
            listed.sort_by_key(Value::to_string);
            if !listed.is_empty() {
                named.insert("each".into(), listed.into());
            }
            named.into()
        }
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => value,
    }
}

fn compare(seen: &Seen, other: &Seen, who: &[&str]) {
    for who in who {
        let (one, two) = (&seen[who], &other[who]);
        assert!(one.len() >= 5, "{who} was sent something");
        for (n, (one, two)) in one.iter().zip(two).enumerate() {
            assert_eq!(one, two, "frame {n} to the {who} tells");
        }
        assert_eq!(one.len(), two.len(), "how many frames the {who} is sent tells");
    }
}

/// Whoever spent the whole pace of the room could count what others sent in that moment.
#[tokio::test]
async fn private_texts_take_nothing_of_the_pace_that_all_share() {
    let mut set = set_with(|config| config.limits.inbound_room_messages_per_second = 15).await;
    let mut ben = set.person(LinkRole::Member, "Ben").await;
    reached(&mut set, &mut [&mut ben]).await;
    set.server.clock.advance(5_000);
    for _ in 0..10 {
        let (_, answer) = ben.put(TextKind::Reflection, "alone", None).await.unwrap();
        assert!(answer.done().is_some(), "{answer:?}");
    }
    // The clock stands: what a room may do at once, and not one more.
    for n in 0..30 {
        let answer = set.host.do_(Command::Lock { on: n % 2 == 0 }).await.unwrap();
        assert!(answer.done().is_some(), "{n}: {answer:?}");
    }
    let answer = set.host.do_(Command::Lock { on: true }).await.unwrap();
    assert_eq!(answer.refused(), Some(Code::TooFast));
}

// Neither how many private texts somebody wrote nor when can be told by anybody else
#[tokio::test]
async fn private_texts_leave_no_trace_for_others() {
    let [none, one, many] = [0, 1, TIMES].map(|times| Box::pin(tale(times)));
    let (none, one, many) = (none.await, one.await, many.await);
    compare(&none, &many, &["member", "observer", "latecomer", "lead"]);
    compare(&none, &one, &["member", "observer", "latecomer", "lead"]);
    // A facilitator is handed the wrap of somebody's own key when that is made, and so can tell when
    // somebody wrote for themselves for the first time; nothing after that.
    compare(&one, &many, &["member", "observer", "latecomer", "lead", "co-facilitator", "host"]);
    let [none, one, many] = [0, 1, TIMES].map(|times| Box::pin(learning(times)));
    let (none, one, many) = (none.await, one.await, many.await);
    compare(&none, &many, &["member", "observer", "lead"]);
    compare(&one, &many, &["member", "observer", "lead", "co-facilitator", "host"]);
}
