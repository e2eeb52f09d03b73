//! Every byte that a connection received, for tests of what the server lets out.

use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};

/// Keeps what connections receive: the payload of every message, control messages included, in
/// order of arrival. Clones share the same tape.
#[derive(Clone, Default)]
pub struct Tape(Arc<Mutex<Vec<Vec<u8>>>>);

impl Tape {
    /// What was received so far, one element for each message.
    pub fn frames(&self) -> Vec<Vec<u8>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Whether these bytes are anywhere in what was received, within one message.
    pub fn holds(&self, bytes: &[u8]) -> bool {
        !bytes.is_empty()
            && self.frames().iter().any(|frame| frame.windows(bytes.len()).any(|at| at == bytes))
    }

    pub(crate) fn keep(&self, bytes: &[u8]) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).push(bytes.to_vec());
    }
}

impl fmt::Debug for Tape {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Tape(…)")
    }
}
