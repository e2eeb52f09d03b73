//! What everybody tells of what they did and saw, besides what their clients log.

use std::cell::{RefCell, RefMut};
use std::collections::BTreeMap;
use std::rc::Rc;

use serde_json::Value;
use setroom_client::Links;
use setroom_protocol::{Code, CommandId, DeviceId, SeatId, Seq};

/// Where somebody stood at the end.
#[derive(Clone, Debug)]
pub struct Final {
    /// Who.
    pub who: String,
    /// Their browser.
    pub device: DeviceId,
    /// The place of the last change in both views.
    pub seq: Seq,
    /// The view of all, as they merged it from everything that came.
    pub shared: Value,
    /// Their own view, likewise.
    pub own: Value,
}

/// The book of one story.
#[derive(Debug, Default)]
pub struct Pages {
    /// The links, once the set is made.
    pub links: Option<Links>,
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
        self.line(format!("{who} asks {what} as {}", short(cid)));
    }

    /// A command was answered with a place.
    pub fn done(&self, cid: CommandId, seq: Seq) {
        self.line(format!("{} is done at {}", short(cid), seq.0));
    }

    /// A command was refused for good.
    pub fn refused(&self, cid: CommandId, code: Code) {
        self.line(format!("{} is refused: {code:?}", short(cid)));
    }
}

/// Enough of a command's id to know it again.
fn short(cid: CommandId) -> String {
    cid.as_bytes().iter().take(3).map(|byte| format!("{byte:02x}")).collect()
}
