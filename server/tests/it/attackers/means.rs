//! The people whom the attackers meet, and every command that there is.

use std::collections::BTreeSet;
use std::path::Path;

use futures_util::future::BoxFuture;
use rand::rngs::StdRng;
use serde_json::{Value, json};
use setroom_checker::permitted::{ever_permitted, permitted};
use setroom_client::seal::{DeviceKeys, Link};
use setroom_client::{Client, Tape};
use setroom_protocol::permission::TABLE;
use setroom_protocol::{Code, Command, ItemId, LinkRole, MeetingId, Role, SeatId, TextKind};
use setroom_server::journal::MemoryJournal;

use crate::support::people::{Set, dial_to, frames, rng, roomy};
use crate::support::{as_journal, start_with};

/// A set in which there is somebody of every role, and an attacker among them.
pub(super) struct Circle {
    pub(super) set: Set,
    pub(super) cora: Client,
    pub(super) ben: Client,
    pub(super) olga: Client,
    /// What Ben was sent.
    pub(super) bens: Tape,
    pub(super) eve: Client,
    /// What the attacker was sent.
    pub(super) tape: Tape,
    /// By which kind of link the attacker came.
    pub(super) came_by: LinkRole,
}

/// The attacker came by a link of this kind.
pub(super) fn circle(
    template: &'static str,
    attacker: LinkRole,
) -> BoxFuture<'static, Box<Circle>> {
    Box::pin(made(template, attacker))
}

async fn made(template: &str, attacker: LinkRole) -> Box<Circle> {
    let journal = MemoryJournal::new();
    let kept = journal.clone();
    let server = start_with(roomy, |deps| deps.journal = Some(as_journal(journal))).await;
    let dial = dial_to(&server);
    let mut set = Set::made(server, kept, template, &dial).await;
    let cora = set.person(LinkRole::CoFacilitator, "Cora").await;
    let (ben, bens) = set.taped(LinkRole::Member, "Ben").await;
    let olga = set.person(LinkRole::Observer, "Olga").await;
    let (eve, tape) = set.taped(attacker, "Eve").await;
    let circle = Circle { set, cora, ben, olga, bens, eve, tape, came_by: attacker };
    let mut circle = Box::new(circle);
    circle.agree().await;
    circle
}

impl Circle {
    pub(super) async fn agree(&mut self) -> Value {
        let Self { set, cora, ben, olga, eve, .. } = self;
        set.agree(&mut [cora, ben, olga, eve]).await
    }

    /// A host's command, which everybody then has seen.
    pub(super) async fn goes_on(&mut self, command: Command) {
        let seq = self.set.host_does(command).await;
        for person in [&mut self.cora, &mut self.ben, &mut self.olga, &mut self.eve] {
            person.catch_up(seq).await.unwrap();
        }
    }

    /// Goes to a part of the agenda, with Ben as presenter.
    pub(super) async fn goes_to(&mut self, part: usize) {
        self.goes_on(Command::GoTo { part: u32::try_from(part).unwrap() }).await;
        let ben = self.ben.seat().unwrap();
        if self.set.host.shared().unwrap().presenter != Some(ben) {
            let answer =
                self.set.host.do_(Command::ChoosePresenter { seat: Some(ben) }).await.unwrap();
            if let Some(seq) = answer.done() {
                for person in [&mut self.cora, &mut self.ben, &mut self.olga, &mut self.eve] {
                    person.catch_up(seq).await.unwrap();
                }
            }
        }
    }

    /// The meeting begins, with Ben as presenter, and everybody has agreed to the charter.
    pub(super) async fn begins(&mut self) {
        let ben = self.ben.seat().unwrap();
        self.goes_on(Command::SetOrder { order: vec![ben] }).await;
        self.goes_on(Command::Start).await;
        let mut seq = self.set.host.model().seq();
        for person in
            [&mut self.set.host, &mut self.cora, &mut self.ben, &mut self.olga, &mut self.eve]
        {
            person.catch_up(seq).await.unwrap();
            seq = person.must("the charter", Command::AgreeCharter).await.unwrap();
        }
        self.agree().await;
    }

    /// Everybody else: who they are, and their client.
    pub(super) fn others(&self) -> [(&'static str, &Client); 4] {
        let Self { set, cora, ben, olga, .. } = self;
        [("host", &set.host), ("co-facilitator", cora), ("member", ben), ("observer", olga)]
    }

    /// The link that the attacker holds.
    pub(super) fn link(&self) -> Link {
        self.set.links.of(self.came_by).clone()
    }

    /// Everybody is there, nobody waits at the door, and the list of who holds keys is as it was.
    pub(super) async fn is_unmoved(&mut self, before: &Before) {
        let view = self.agree().await;
        assert_eq!(view, before.view, "nothing has changed for anybody");
        assert_eq!(self.set.written().await, before.written, "nothing was written down");
        assert!(self.set.host.model().knocks.is_empty(), "nobody is at the door");
        let here: BTreeSet<_> = self.set.host.model().here.iter().copied().collect();
        assert_eq!(here, before.here, "everybody is still there");
    }

    pub(super) async fn before(&mut self) -> Before {
        let view = self.agree().await;
        let written = self.set.written().await;
        let here = self.others().map(|(_, person)| person.seat().unwrap());
        let here = here.into_iter().chain([self.eve.seat().unwrap()]).collect();
        Before { view, written, here }
    }
}

/// A room as it was.
pub(super) struct Before {
    pub(super) view: Value,
    pub(super) written: usize,
    here: BTreeSet<SeatId>,
}

/// A pair of keys of one's own.
pub(super) fn own_pair(seed: u64) -> DeviceKeys {
    DeviceKeys::generate(&mut rng(seed))
}

/// Links as somebody has to make them up who does not hold them.
pub(super) fn made_up_links(link: &Link, rng: &mut StdRng) -> Vec<Link> {
    let others = LinkRole::ALL.into_iter().filter(|role| *role != link.role);
    others.map(|role| Link::generate(link.set, role, rng)).collect()
}

/// One command of every kind: the stored samples of the wire, about this person.
pub(super) fn every_command(about: &Client) -> Vec<(String, Command)> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../protocol/tests/data/wire/command");
    let mut all = Vec::new();
    for entry in std::fs::read_dir(folder).unwrap() {
        let text = std::fs::read_to_string(entry.unwrap().path()).unwrap();
        let mut sample: Value = serde_json::from_str(&text).unwrap();
        for (field, id) in
            [("seat", json!(about.seat().unwrap())), ("device", json!(about.device()))]
        {
            if let Some(place) = sample["frame"].get_mut(field).filter(|place| place.is_string()) {
                *place = id;
            }
        }
        let name = sample["name"].as_str().unwrap().to_owned();
        all.push((name, serde_json::from_value(sample["frame"].take()).unwrap()));
    }
    assert_eq!(all.len(), TABLE.len(), "a sample of every command");
    all
}

/// Sends everything that this role may not ask for at all, about everybody, and is refused by role each
/// time.
pub(super) async fn is_refused_all_else(circle: &mut Circle, role: Role) {
    let mut commands = Vec::new();
    for (_, person) in circle.others() {
        commands.extend(every_command(person));
    }
    let mut tried = 0;
    for (name, command) in commands {
        if ever_permitted(&name, role, false) {
            continue;
        }
        let answer = circle.eve.do_(command).await.unwrap();
        assert_eq!(answer.refused(), Some(Code::Role), "{name}");
        tried += 1;
    }
    assert!(tried > 30 * 4, "{tried} were tried");
}

/// Sends everything that somebody with this role may not ask for at this stage, and is refused each time: by
/// role what they never may, by stage what they may at another one. The table is the one written by hand.
pub(super) async fn is_refused_by_the_table(circle: &mut Circle, role: Role, leads: bool) {
    let before = circle.before().await;
    let stage = circle.set.host.shared().unwrap().stage;
    let mut tried = 0;
    let commands: Vec<_> =
        circle.others().iter().flat_map(|(_, person)| every_command(person)).collect();
    for (name, command) in commands {
        if permitted(&name, role, leads, stage).is_none() {
            continue;
        }
        let code = if ever_permitted(&name, role, leads) { Code::Stage } else { Code::Role };
        let answer = circle.eve.do_(command).await.unwrap();
        assert_eq!(answer.refused(), Some(code), "{name} by {role:?}, {leads}, {stage:?}");
        tried += 1;
    }
    assert!(tried > 15 * 4, "{tried} were tried");
    circle.is_unmoved(&before).await;
}

/// Once the meeting is closed: another one is opened, with a key that everybody takes.
pub(super) async fn meets_again(circle: &mut Circle, meeting: MeetingId) {
    let opened = circle.set.host.next_meeting(meeting).await.unwrap().done().unwrap();
    let Circle { cora, ben, olga, eve, .. } = circle;
    for person in [cora, ben, olga, eve] {
        person.catch_up(opened).await.unwrap();
        person.next_key().await.unwrap();
    }
    circle.agree().await;
}

/// A text of Ben's that is for him alone, and outlives the meeting.
pub(super) async fn bens_alone(circle: &mut Circle) -> ItemId {
    let parts = circle.set.host.shared().unwrap().agenda;
    let review = parts.iter().position(|part| part.id == "action_review").unwrap();
    circle.goes_to(review).await;
    let (alone, answer) = circle.ben.put(TextKind::Action, "alone", None).await.unwrap();
    assert!(answer.done().is_some());
    circle.agree().await;
    alone
}

/// Everything in one's own part that is no id: boxes, grants, wraps, as far as nothing of it has been
/// shown to everybody.
pub(super) fn for_them_alone(tape: &Tape) -> BTreeSet<String> {
    let (mut own, mut shared) = (BTreeSet::new(), BTreeSet::new());
    for frame in frames(tape) {
        long_strings(&frame["own"], &mut own);
        long_strings(&frame["shared"], &mut shared);
    }
    own.difference(&shared).cloned().collect()
}

fn long_strings(value: &Value, into: &mut BTreeSet<String>) {
    match value {
        Value::String(text) if text.len() >= 60 => drop(into.insert(text.clone())),
        Value::Array(all) => all.iter().for_each(|one| long_strings(one, into)),
        Value::Object(all) => all.values().for_each(|one| long_strings(one, into)),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
    }
}

/// A classic set is enough for most.
pub(super) fn classic(attacker: LinkRole) -> BoxFuture<'static, Box<Circle>> {
    circle("classic", attacker)
}
