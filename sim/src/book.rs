//! What everybody did and saw.

use std::cell::{RefCell, RefMut};
use std::collections::BTreeMap;
use std::rc::Rc;

use serde_json::Value;
use setroom_loadtest::client::Links;
use setroom_protocol::{Code, CommandId, DeviceId, SeatId, Seq};

/// A command that somebody sent.
#[derive(Clone, Debug)]
pub struct Sent {
    /// Who.
    pub who: String,
    /// What, by its name.
    pub what: String,
    /// How often it was sent.
    pub times: u32,
    /// The places that its answers named.
    pub done: Vec<Seq>,
    /// The refusals that cannot become a yes.
    pub refused: Vec<Code>,
}

/// Where somebody stood at the end.
#[derive(Clone, Debug)]
pub struct Final {
    /// Who.
    pub who: String,
    /// Their browser.
    pub device: DeviceId,
    /// The place of the last change in both views.
    pub seq: Seq,
    /// The views as merged from everything that came: shared, own.
    pub merged: (Value, Value),
    /// The place of the last change in a fresh snapshot.
    pub fresh_seq: Seq,
    /// The views as it has them.
    pub fresh: (Value, Value),
}

/// The book of one story.
#[derive(Debug, Default)]
pub struct Pages {
    /// The links, once the set is made.
    pub links: Option<Links>,
    /// Every command.
    pub sent: BTreeMap<CommandId, Sent>,
    /// Who was removed, and at which place.
    pub removed: BTreeMap<SeatId, Seq>,
    /// How everybody stood at the end.
    pub finals: Vec<Final>,
    /// People who are still at it.
    pub busy: usize,
    /// The faults are over, and the end may be looked for.
    pub calm: bool,
    /// The place of the last change of the story, once everybody has done what they wished.
    pub last: Option<Seq>,
    /// Connections that were made again.
    pub returns: u64,
    /// Of those, with a snapshot instead of what was missed.
    pub snapshots: u64,
    /// What can never be right, seen on the way.
    pub wrong: Vec<String>,
    /// What happened, in order: the same seed gives the same lines.
    pub lines: Vec<String>,
}

/// Clones are the same book. A simulation has one thread.
#[derive(Clone, Debug, Default)]
pub struct Book(Rc<RefCell<Pages>>);

impl Book {
    /// The pages, to read and write. Not to be held at an await.
    #[must_use]
    pub fn pages(&self) -> RefMut<'_, Pages> {
        self.0.borrow_mut()
    }

    /// One line of the story, with the simulated time.
    pub fn line(&self, line: String) {
        let at = turmoil::sim_elapsed().unwrap_or_default();
        self.pages().lines.push(format!("{:>10.6} {line}", at.as_secs_f64()));
    }

    /// A command is sent, for the first time or again.
    pub fn sends(&self, cid: CommandId, who: &str, what: &str) {
        let mut pages = self.pages();
        let fresh = || Sent {
            who: who.to_owned(),
            what: what.to_owned(),
            times: 0,
            done: Vec::new(),
            refused: Vec::new(),
        };
        pages.sent.entry(cid).or_insert_with(fresh).times += 1;
        drop(pages);
        self.line(format!("{who} asks {what} as {}", short(cid)));
    }

    /// A command was answered with a place.
    pub fn done(&self, cid: CommandId, seq: Seq) {
        if let Some(sent) = self.pages().sent.get_mut(&cid) {
            sent.done.push(seq);
        }
        self.line(format!("{} is done at {}", short(cid), seq.0));
    }

    /// A command was refused for good.
    pub fn refused(&self, cid: CommandId, code: Code) {
        if let Some(sent) = self.pages().sent.get_mut(&cid) {
            sent.refused.push(code);
        }
        self.line(format!("{} is refused: {code:?}", short(cid)));
    }
}

/// Enough of a command's id to know it again.
fn short(cid: CommandId) -> String {
    cid.as_bytes().iter().take(3).map(|byte| format!("{byte:02x}")).collect()
}
