//! What a measurement is stored and shown with: what was typed for it, and the machine it ran on.

use serde::{Deserialize, Serialize};

/// Something that was measured, where and how.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Report<T> {
    /// What was typed to get this.
    pub command: String,
    /// The machine it ran on.
    pub machine: String,
    /// What was measured.
    #[serde(flatten)]
    pub found: T,
}

impl<T> Report<T> {
    /// It in words: `body` goes on behind the machine's full stop.
    pub fn markdown(&self, body: impl Fn(&T) -> String) -> String {
        format!("`{}`\n\n{}.{}", self.command, self.machine, body(&self.found))
    }
}
