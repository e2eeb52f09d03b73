//! A whole client of Setroom, as the browser is one: it knocks with a link, is admitted with a
//! real grant, keeps the view by merging patches, seals what it writes, and comes back where it
//! left off.
//!
//! The layers, each usable alone: [`Dial`] reaches a server, [`Connection`] carries typed frames,
//! [`Model`] is the view, [`Keyring`] holds the secrets, and [`Client`] is all of them together.
//! Nothing here sleeps: whatever is waited for is waited for as a frame, with one patience for
//! the whole wait.
//!
//! Beside it stands what whoever uses the client would need next: [`OwnServer`] starts the service as
//! a process of its own, [`Sequence`] tells whether what arrives has holes. With the feature `sim`
//! the client speaks over the TCP of a simulated network.

mod admission;
mod asking;
mod belief;
mod boxes;
mod connection;
mod create;
mod dial;
mod epochs;
mod fit_name;
mod keyring;
mod keys;
mod logs;
mod model;
mod net;
mod off_record;
mod own_key;
mod program;
mod roster_book;
pub mod seal;
mod sequence;
mod tape;

use std::collections::{BTreeMap, BTreeSet};

use rand::rngs::StdRng;
use setroom_protocol::{Blob, Code, CommandId, ItemId, Seq};

pub use boxes::Place;
pub use connection::{Connection, Ended};
pub use create::{Links, create_set};
pub use dial::{Answered, Dial, DialError};
pub use epochs::Rekeying;
pub use fit_name::fit_name;
pub use keyring::{Keyring, Sealing};
pub use logs::{Event, First, Header, LOG_FORM, LineLog, Logs, Shown, What};
pub use model::Model;
pub use off_record::{OffRecordKeys, OffRecordModel};
pub use own_key::is_private;
pub use program::{OwnServer, ServerProgram, Stop};
pub use roster_book::Edits;
pub use sequence::Sequence;
pub use tape::Tape;

use crate::seal::SealError;

/// What a command led to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Answer {
    /// It is done; the place of its last change.
    Done(Seq),
    /// A rule said no.
    Refused {
        /// Why.
        code: Code,
        /// Whether the same again may succeed.
        temporary: bool,
    },
}

impl Answer {
    /// The place, when it is done.
    pub fn done(self) -> Option<Seq> {
        match self {
            Self::Done(seq) => Some(seq),
            Self::Refused { .. } => None,
        }
    }

    /// The place of something that has to succeed; `what` is for the error.
    pub(crate) fn required(self, what: &'static str) -> Result<Seq, ClientError> {
        match self {
            Self::Done(seq) => Ok(seq),
            Self::Refused { code, .. } => Err(ClientError::Refused { what, code }),
        }
    }

    /// Why not, when it is refused.
    pub fn refused(self) -> Option<Code> {
        match self {
            Self::Done(_) => None,
            Self::Refused { code, .. } => Some(code),
        }
    }
}

/// Why a client cannot go on.
#[derive(Debug, thiserror::Error)]
pub enum ClientError {
    /// The server was not reached.
    #[error(transparent)]
    Dial(#[from] DialError),
    /// The connection is over. Come back with [`Client::come_back`] when its close code allows.
    #[error(transparent)]
    Ended(#[from] Ended),
    /// What was waited for did not come in time.
    #[error("waited in vain for {0}")]
    Late(&'static str),
    /// Refused at the door.
    #[error("refused at the door: {0:?}")]
    NotAdmitted(Code),
    /// A command that had to succeed was refused.
    #[error("{what} was refused: {code:?}")]
    Refused {
        /// Which.
        what: &'static str,
        /// Why.
        code: Code,
    },
    /// The set was not made.
    #[error("the set was not made: status {status}, {body}")]
    NotCreated {
        /// The HTTP status.
        status: u16,
        /// The body, as text.
        body: String,
    },
    /// Something locked could not be made or opened.
    #[error(transparent)]
    Seal(#[from] SealError),
    /// The view does not hold what the call needs.
    #[error("the view holds no {0}")]
    Missing(&'static str),
}

/// A client with a connection, a view and keys.
///
/// ```no_run
/// use rand::{SeedableRng as _, rngs::StdRng};
/// use setroom_client::{Client, ClientError, Dial, create_set};
/// use setroom_protocol::{Command, Mode, TextKind};
///
/// # async fn meet() -> Result<(), ClientError> {
/// let dial = Dial::to("http://127.0.0.1:8787")?;
/// let mut rng = StdRng::seed_from_u64(7);
/// let links = create_set(&dial, "half_day_210", "classic", Mode::Set, &mut rng).await?;
///
/// // The host makes the keys, the title and a name; a member knocks and is let in.
/// let mut host = Client::host(&dial, &links, "Tuesday set", "Asha", StdRng::seed_from_u64(8)).await?;
/// let mut member = Client::knock(&dial, &links.member, "Ben", StdRng::seed_from_u64(9)).await?;
/// host.admit(member.device()).await?;
/// member.enter("Ben").await?;
///
/// let answer = host.do_(Command::Start).await?;
/// assert!(answer.done().is_some());
/// member.wait_for("the start", |model| model.shared().is_some_and(|view| view.now.is_some())).await?;
///
/// // Text is sealed on the way out and opened on the way in.
/// let seat = host.seat()?;
/// assert_eq!(member.text(TextKind::Name, seat)?.as_deref(), Some("Asha"));
///
/// // A dropped line: back where it was, with what happened meanwhile.
/// member.cut();
/// host.do_(Command::Pause).await?;
/// member.come_back().await?;
/// # Ok(())
/// # }
/// ```
#[derive(Debug)]
pub struct Client {
    dial: Dial,
    connection: Option<Connection>,
    model: Model,
    keyring: Keyring,
    rng: StdRng,
    answers: BTreeMap<CommandId, Answer>,
    /// Grant and wrap in the own view when a key was last taken or made.
    granted: (Option<Blob>, Option<Blob>),
    /// Texts of this person's that they have released themselves.
    released: BTreeSet<ItemId>,
}
