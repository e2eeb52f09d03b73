//! A room's pseudonym in the log, which does not name it.

use setroom_protocol::SetId;
use sha2::{Digest, Sha256};

use crate::ids::{Ids, NoRandomness};

/// Short names for rooms that hold for one run of the process and lead nowhere outside it.
#[derive(Clone)]
pub struct RoomPseudonyms {
    key: [u8; 32],
}

impl RoomPseudonyms {
    /// Draws the key of this run.
    ///
    /// # Errors
    /// [`NoRandomness`] when there is none to be had.
    pub fn new(ids: &Ids) -> Result<Self, NoRandomness> {
        Ok(Self { key: ids.bytes()? })
    }

    /// The room's name for the field `room`: twelve hexadecimal digits.
    #[must_use]
    pub fn of(&self, set: SetId) -> String {
        // The key is hashed together with an input of fixed length, so nothing can be appended.
        let hash = Sha256::new().chain_update(self.key).chain_update(set.as_bytes()).finalize();
        hash.iter().take(6).map(|byte| format!("{byte:02x}")).collect()
    }
}

impl std::fmt::Debug for RoomPseudonyms {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("RoomPseudonyms")
    }
}
