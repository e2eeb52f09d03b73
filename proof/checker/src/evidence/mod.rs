//! What is judged: the clients' logs and the journal of one set.

mod journal;
mod logs;

pub use journal::{BadJournal, Base, Journal, Row};
pub use logs::{BadLog, ClientLog, read_log, read_logs};

use setroom_protocol::SetId;

/// Which time the server went by.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Time {
    /// The machine's, or that of a simulated world: the same that the clients' logs go by, so what
    /// they are told of it can be compared.
    #[default]
    Machine,
    /// A test's own, which moves when it is told to.
    ByHand,
}

/// Everything about one set.
#[derive(Clone, Debug)]
pub struct Evidence {
    /// The set.
    pub set: SetId,
    /// What each of its browsers logged. All that ever spoke to the server are there.
    pub clients: Vec<ClientLog>,
    /// What the stopped server has of it.
    pub journal: Journal,
    /// Which time the server went by.
    pub time: Time,
    /// Whether everybody had everything when the run ended: then the last views count too.
    pub quiet: bool,
}
