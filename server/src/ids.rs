//! Randomness, as an argument: ids, tokens and keys come from here.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use sha2::{Digest, Sha256};

/// Where the server gets its randomness from.
#[derive(Clone, Debug)]
pub enum Ids {
    /// The operating system's generator. The only one fit for tokens.
    System,
    /// A fixed sequence for tests: the same seed gives the same ids.
    Seeded(SeededIds),
}

/// A repeatable sequence. Clones go on with the same sequence.
#[derive(Clone, Debug)]
pub struct SeededIds {
    seed: u64,
    drawn: Arc<AtomicU64>,
}

impl SeededIds {
    /// The sequence that belongs to `seed`.
    #[must_use]
    pub fn new(seed: u64) -> Self {
        Self { seed, drawn: Arc::new(AtomicU64::new(0)) }
    }
}

/// The operating system gave no randomness; whatever needed it must not go on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the operating system gave no randomness")]
pub struct NoRandomness;

impl Ids {
    /// `N` random bytes.
    ///
    /// # Errors
    /// [`NoRandomness`] when the operating system's generator fails.
    pub fn bytes<const N: usize>(&self) -> Result<[u8; N], NoRandomness> {
        let mut out = [0; N];
        match self {
            Self::System => getrandom::fill(&mut out).map_err(|_| NoRandomness)?,
            Self::Seeded(ids) => {
                for chunk in out.chunks_mut(32) {
                    let nth = ids.drawn.fetch_add(1, Ordering::Relaxed);
                    let block = Sha256::new()
                        .chain_update(ids.seed.to_be_bytes())
                        .chain_update(nth.to_be_bytes())
                        .finalize();
                    for (to, from) in chunk.iter_mut().zip(block) {
                        *to = from;
                    }
                }
            }
        }
        Ok(out)
    }

    /// A random 128-bit number, such as the id of a journal entry.
    ///
    /// # Errors
    /// [`NoRandomness`] when the operating system's generator fails.
    pub fn number(&self) -> Result<u128, NoRandomness> {
        self.bytes().map(u128::from_be_bytes)
    }
}
