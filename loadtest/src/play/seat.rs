//! One person of a room: how they stand, what they hold, what they have asked.

use std::collections::VecDeque;

use serde_json::Value;
use setroom_protocol::command::BidTerms;
use setroom_protocol::view::merge;
use setroom_protocol::{CommandId, ItemId, LinkRole, Put, SeatId, TextKind};
use tokio::time::Instant;

use super::ledger::if_any;
use super::ws_client::WsClient;
use setroom_client::Keyring;
use setroom_client::Sequence;

/// How a person stands to the room.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Stand {
    /// Not expected yet.
    Out,
    /// On the way to the door.
    Dialling,
    /// At the door.
    Knocking,
    /// In.
    In,
    /// Was in, and is not connected.
    Away,
    /// Has reached the server again and waits for what was missed.
    Returning,
    /// Does not come back.
    Gone,
}

/// Since when somebody is away, and why.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Down {
    pub(crate) since: Instant,
    /// Which of the run's faults it was, if it was one.
    pub(crate) fault: Option<usize>,
}

/// A command without an answer.
#[derive(Debug)]
pub(crate) struct PendingCommand {
    pub(crate) cid: CommandId,
    pub(crate) frame: Box<str>,
    pub(crate) put: Option<Box<Put>>,
    /// Whether it is the change of keys that the host begins with.
    pub(crate) keys: bool,
    /// Whether it lets somebody in.
    pub(crate) admits: bool,
    /// Whether a refusal for now is an answer too: then it is not asked again.
    pub(crate) once: bool,
    pub(crate) due: Instant,
    /// Whether its way is timed: it was pressed with a connection.
    pub(crate) timed: bool,
    /// Whether it went out on the present connection.
    pub(crate) sent: bool,
    /// Whether it ever went out.
    pub(crate) again: bool,
}

/// A text that waits for the one before it to be answered.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Text {
    pub(crate) due: Instant,
    pub(crate) kind: TextKind,
    pub(crate) item: ItemId,
    pub(crate) bid: Option<BidTerms>,
    /// Which revision of its item it is.
    pub(crate) rev: u32,
    /// Whether it is asked for once, as all of a steady mix.
    pub(crate) once: bool,
}

impl Text {
    /// The first revision of something.
    pub(crate) fn new(due: Instant, kind: TextKind, item: ItemId) -> Self {
        Self { due, kind, item, bid: None, rev: 1, once: false }
    }
}

/// One person.
#[derive(Debug)]
pub(crate) struct Seat {
    pub(crate) role: LinkRole,
    pub(crate) late: bool,
    pub(crate) stand: Stand,
    pub(crate) line: Option<WsClient>,
    pub(crate) keyring: Option<Box<Keyring>>,
    /// Whether there is a key to seal with.
    pub(crate) keyed: bool,
    pub(crate) id: Option<SeatId>,
    /// The own part of the view as merged, lean, as JSON: small, and seldom needed.
    pub(crate) own: Box<str>,
    pub(crate) got: Sequence,
    /// Places that were told by snapshots and not one by one.
    pub(crate) jumped: u64,
    /// The place that this person began at.
    pub(crate) base: u64,
    /// Whether all that arrived was what the others got.
    pub(crate) same: bool,
    /// A snapshot that is older than the room's view, until this person has caught up.
    pub(crate) behind: Option<Box<Value>>,
    /// The hands that they see; `None` while they see none.
    pub(crate) hands: Option<Box<Value>>,
    pub(crate) outbox: VecDeque<PendingCommand>,
    pub(crate) texts: VecDeque<Text>,
    /// When this person was to come; until they are in.
    pub(crate) due: Option<Instant>,
    pub(crate) down: Option<Down>,
    /// Attempts to reach the server since something last came from it.
    pub(crate) attempts: u32,
    /// When the server asked them to come back.
    pub(crate) hint_ms: Option<u64>,
    /// Reads nothing.
    pub(crate) frozen: bool,
    /// Asks the server for the time next, for whoever compares clocks afterwards.
    pub(crate) asks_time: bool,
}

impl Seat {
    pub(crate) fn new(role: LinkRole, late: bool) -> Self {
        Self {
            role,
            late,
            stand: Stand::Out,
            line: None,
            keyring: None,
            keyed: false,
            id: None,
            own: Box::default(),
            got: Sequence::default(),
            jumped: 0,
            base: 0,
            same: true,
            behind: None,
            hands: None,
            outbox: VecDeque::new(),
            texts: VecDeque::new(),
            due: None,
            down: None,
            attempts: 0,
            hint_ms: None,
            frozen: false,
            asks_time: false,
        }
    }

    /// Merges what they were told of hands.
    pub(crate) fn told_of_hands(&mut self, patch: &Value) {
        let mut hands = self.hands.take().map_or(Value::Null, |hands| *hands);
        merge(&mut hands, patch);
        self.hands = if_any(hands);
    }

    /// What came so far was counted, or is not to be.
    pub(crate) fn count_afresh(&mut self) {
        self.same &= self.got.lost() == 0;
        self.base = self.got.last;
        self.jumped = 0;
        self.got = Sequence::after(self.base);
    }

    /// Whether they take part: observers do not.
    pub(crate) fn in_circle(&self) -> bool {
        self.role != LinkRole::Observer
    }

    /// Whether a text of theirs is not answered yet.
    pub(crate) fn writes(&self) -> bool {
        self.outbox.iter().any(|asked| asked.put.is_some())
    }
}
