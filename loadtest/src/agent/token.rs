//! The secret that a lead and its agents share, and the keys of one connection.

use std::path::Path;

use hmac::Mac as _;
use zeroize::Zeroizing;

use setroom_client::seal::{Secret, hkdf, hmac_sha256, pae};

/// The shortest token, in characters: as many as 24 random bytes have in base64.
const SHORTEST: usize = 32;
/// The longest that makes sense.
const LONGEST: usize = 1024;

/// What both sides know and neither ever sends. Wiped when dropped, and not shown by `Debug`.
#[derive(Clone)]
pub struct Token(Zeroizing<Vec<u8>>);

/// Why a file does not hold a token.
#[derive(Debug, thiserror::Error)]
pub enum TokenError {
    /// It cannot be read.
    #[error("the token file {0} cannot be read: {1}")]
    Read(String, std::io::Error),
    /// Others may read it.
    #[error("the token file {0} is readable by others: chmod 600 it")]
    Open(String),
    /// It is too short to be hard to guess, or too long to be a token.
    #[error(
        "the token file {0} must hold {SHORTEST} to {LONGEST} characters: make it with \
         `(umask 077; head -c 32 /dev/urandom | base64 > {0})`"
    )]
    Length(String),
}

impl Token {
    /// A token of these bytes.
    #[must_use]
    pub fn new(bytes: &[u8]) -> Self {
        Self(Zeroizing::new(bytes.to_vec()))
    }

    /// Reads a file that only its owner can read; white space around the token is no part of it.
    ///
    /// # Errors
    /// [`TokenError`].
    pub fn from_file(path: &Path) -> Result<Self, TokenError> {
        let name = path.display().to_string();
        let read = |error| TokenError::Read(name.clone(), error);
        if is_open(&std::fs::metadata(path).map_err(read)?) {
            return Err(TokenError::Open(name));
        }
        let text = Zeroizing::new(std::fs::read_to_string(path).map_err(read)?);
        let token = text.trim();
        if !(SHORTEST..=LONGEST).contains(&token.len()) {
            return Err(TokenError::Length(name));
        }
        Ok(Self::new(token.as_bytes()))
    }

    /// The keys of a connection, which its two hellos make different from every other's.
    pub(super) fn keys(&self, lead: &[u8], agent: &[u8]) -> Keys {
        let salt = pae(&[lead, agent]);
        let key = |what: &str| {
            let info = [b"setroom-loadtest agent 1|".as_slice(), what.as_bytes()];
            Secret::from_bytes(hkdf(&self.0, &salt, &info))
        };
        Keys {
            lead_proof: key("lead proof"),
            agent_proof: key("agent proof"),
            from_lead: key("from lead"),
            from_agent: key("from agent"),
        }
    }
}

impl std::fmt::Debug for Token {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Token(…)")
    }
}

/// The keys of one connection.
#[derive(Debug)]
pub(super) struct Keys {
    /// The lead proves itself with a tag under this.
    pub(super) lead_proof: Secret,
    /// The agent proves itself with a tag under this.
    pub(super) agent_proof: Secret,
    /// Authenticates what the lead sends.
    pub(super) from_lead: Secret,
    /// Authenticates what the agent sends.
    pub(super) from_agent: Secret,
}

/// The tag of the message that has this place in its direction.
pub(super) fn tag(key: &Secret, place: u64, message: &[u8]) -> [u8; 32] {
    hmac_sha256(key.as_bytes())
        .chain_update(place.to_be_bytes())
        .chain_update(message)
        .finalize()
        .into_bytes()
        .into()
}

/// Compares a tag in constant time.
pub(super) fn is_tag(key: &Secret, place: u64, message: &[u8], tag: &[u8]) -> bool {
    hmac_sha256(key.as_bytes())
        .chain_update(place.to_be_bytes())
        .chain_update(message)
        .verify_slice(tag)
        .is_ok()
}

#[cfg(unix)]
fn is_open(metadata: &std::fs::Metadata) -> bool {
    use std::os::unix::fs::MetadataExt as _;
    metadata.mode() & 0o077 != 0
}

#[cfg(not(unix))]
fn is_open(_metadata: &std::fs::Metadata) -> bool {
    false
}
