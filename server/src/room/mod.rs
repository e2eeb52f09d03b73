//! A live room: one task that owns a set's state, and the way to reach it.
//!
//! A command is decided on the state, appended to the journal, and comes back on the tail. Only
//! then is it applied, and only then does anybody see it.

mod actor;
mod admission;
mod board;
mod coming_back;
mod commit;
mod deciding;
mod door_rate_limit;
mod ending;
mod entry;
mod fanout;
mod host_first;
mod idle;
mod inputs;
mod load;
mod making_small;
mod member;
mod pace;
mod panics;
mod places;
mod presence;
mod registry;
mod replay_buffer;
mod replies;
mod saving;
mod snapshot;

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, AtomicUsize};

use parking_lot::Mutex;
use setroom_protocol::{
    BranchId, Challenge32, ClientFrame, CloseCode, Code, Command, CommandId, DeviceId, KnockFrame,
    LinkRole, PROTOCOL_VERSION, Seq, SetId, Token32,
};
use tokio::sync::{OwnedSemaphorePermit, Semaphore, mpsc, oneshot};
use tokio::time::Instant;

pub use registry::{FoundError, Registry};

use crate::limits::Source;
use crate::socket::Sink;

/// Inputs that may wait for one room. Beyond that it is busy, at once.
const MAILBOX: usize = 256;
/// Of those, at most so many that knock, and so many that come back. The others wait before it.
const KNOCKS: usize = 16;
const RETURNS: usize = 48;

/// A socket within its room; never used twice in one life of a room.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct ConnId(u64);

/// How somebody comes in: the first frame, without its set and version.
#[derive(Debug)]
pub(crate) enum JoinRequest {
    /// By a link. Whoever knocks has shown that they hold their private key.
    Knock {
        knock: Box<KnockFrame>,
        challenge: Challenge32,
    },
    Resume {
        device: DeviceId,
        token: Token32,
        since: Option<Seq>,
        branch: Option<BranchId>,
    },
}

impl JoinRequest {
    /// The way that a first frame asks for on a socket with this challenge; `None` for frames that
    /// are not first ones.
    pub(crate) fn of(frame: ClientFrame, challenge: Challenge32) -> Option<(SetId, Self)> {
        match frame {
            ClientFrame::Knock(knock) => Some((knock.set, Self::Knock { knock, challenge })),
            ClientFrame::Resume { v, set, device, token, since, branch } => {
                // A page of an earlier version gets the whole view, and with it the build of the
                // present one: that is how it knows to tell its person that there is a newer page.
                let since = since.filter(|_| v == PROTOCOL_VERSION);
                Some((set, Self::Resume { device, token, since, branch }))
            }
            ClientFrame::Do { .. } | ClientFrame::Ping { .. } => None,
        }
    }

    /// The browser that comes.
    pub(crate) fn device(&self) -> DeviceId {
        match self {
            Self::Knock { knock, .. } => knock.device(),
            Self::Resume { device, .. } => *device,
        }
    }

    /// Whether it is of somebody new: no member's, and not the host's.
    pub(crate) fn is_newcomers(&self) -> bool {
        matches!(self, Self::Knock { knock, .. } if knock.role != LinkRole::Host)
    }
}

/// Why somebody does not come in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum JoinError {
    /// No such set, or the token does not open it: one answer for both.
    Auth,
    /// A rule said no.
    Refused(Code, CloseCode),
    /// The room met a fault, or is just ending; come back.
    Fault,
    /// What is stored of the set does not hold, so it does not open.
    Damaged,
    /// There are as many rooms as the process, or one address, may hold.
    Full,
    /// More knocks than may come, or more returns of one person.
    TooFast,
}

/// A socket's place in its room.
#[derive(Debug)]
pub(crate) struct Joined {
    pub(crate) conn: ConnId,
    pub(crate) room: RoomHandle,
    /// By how many milliseconds its room's time is ahead of the process's; 0 for nearly all.
    pub(crate) ahead_ms: u64,
}

/// A command on its way to the room.
#[derive(Debug)]
pub(crate) struct Asked {
    pub(crate) conn: ConnId,
    pub(crate) cid: CommandId,
    pub(crate) seen: Seq,
    pub(crate) command: Command,
    /// How long the message was that it came in: what it carries is in that.
    pub(crate) bytes: usize,
    /// When it came in.
    pub(crate) at: Instant,
}

/// A message of more bytes than this carries what the room would keep. Moves of a meeting are shorter.
const CARRIES: usize = 256;

impl Asked {
    /// What the room would hold more, in bytes; nothing where people and parts of the meeting bound it.
    fn weight(&self) -> usize {
        if self.bytes > CARRIES { self.bytes } else { 0 }
    }
}

/// Somebody's wish to come in.
#[derive(Debug)]
struct Entering {
    way: JoinRequest,
    sink: Arc<Sink>,
    /// Its place among those who come in at the same time.
    _place: OwnedSemaphorePermit,
    answer: oneshot::Sender<Result<ConnId, JoinError>>,
}

/// Everything that a room hears from sockets. Time and the journal it hears by itself.
///
/// In boxes: a mailbox keeps room for dozens of these for as long as its room lives.
#[derive(Debug)]
enum Event {
    Enter(Box<Entering>),
    Ask(Box<Asked>),
    Gone(ConnId),
    /// Others need the place: if nobody is in, or even so.
    GiveWay {
        even_so: bool,
    },
}

/// The way to a room's task. Cheap to clone; when the task has ended, everything says so.
#[derive(Clone, Debug)]
pub(crate) struct RoomHandle {
    mailbox: mpsc::Sender<Event>,
    porch: Arc<Porch>,
}

/// What is known of a room from outside.
#[derive(Debug)]
struct Porch {
    /// Places in the mailbox for those who knock, and for those who come back: however many do,
    /// there is room for what the people inside ask.
    knocks: Arc<Semaphore>,
    returns: Arc<Semaphore>,
    set: SetId,
    /// Whom the room counts for: whoever first came in, and until then whoever had it loaded.
    opened_by: Mutex<Source>,
    /// Nobody is in, and nothing is under way.
    is_empty: AtomicBool,
    /// Sockets that are in or at the door, and when the last of them came or did something.
    people: AtomicUsize,
    used_ms: AtomicU64,
    /// What was read of the journal for it, in bytes.
    loaded: AtomicU64,
    /// About what it holds in memory, in bytes.
    held: AtomicU64,
    /// Nobody has come in yet, and whether its place is another's until somebody has.
    is_new: AtomicBool,
    is_lent: AtomicBool,
    /// It was told to end though somebody is in.
    is_going: AtomicBool,
}

impl Porch {
    fn new(set: SetId, opened_by: Source, is_lent: bool) -> Self {
        let places = |most| Arc::new(Semaphore::new(most));
        Self {
            knocks: places(KNOCKS),
            returns: places(RETURNS),
            set,
            opened_by: Mutex::new(opened_by),
            is_empty: AtomicBool::new(false),
            people: AtomicUsize::new(0),
            used_ms: AtomicU64::new(0),
            loaded: AtomicU64::new(0),
            held: AtomicU64::new(0),
            is_new: AtomicBool::new(true),
            is_lent: AtomicBool::new(is_lent),
            is_going: AtomicBool::new(false),
        }
    }

    fn opened_by(&self) -> Source {
        *self.opened_by.lock()
    }
}

impl RoomHandle {
    /// Brings a command to the room; never waits.
    ///
    /// # Errors
    /// [`Code::Busy`] when the room's mailbox is full or the room is just ending: the same again.
    pub(crate) fn ask(&self, asked: Asked) -> Result<(), Code> {
        self.mailbox.try_send(Event::Ask(Box::new(asked))).map_err(|_| Code::Busy)
    }

    /// The socket has ended. This one waits for a place: a ghost must not stay.
    pub(crate) async fn gone(&self, conn: ConnId) {
        // A room that has ended has no ghosts.
        let _ = self.mailbox.send(Event::Gone(conn)).await;
    }

    /// Whether the room's task is still there.
    fn is_live(&self) -> bool {
        !self.mailbox.is_closed()
    }

    /// Whether both lead to the same task.
    fn is_same(&self, other: &Self) -> bool {
        self.mailbox.same_channel(&other.mailbox)
    }
}
