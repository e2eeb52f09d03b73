//! ALS1: everything a person types is locked before it leaves the client.
//!
//! This is the Rust half of the sealing that the web client does with WebCrypto. The load
//! tester and the server's tests use it to be real clients; the service itself never links it,
//! because it has nothing to open.
//!
//! ```text
//! link ─▶ LinkKeys ─▶ token            (the server keeps its SHA-256)
//!                  ├▶ admit  ─▶ hello mac, grant psk
//!                  ├▶ lobby  ─▶ the display name in the lobby
//!                  └▶ holder ─▶ the host link's own pairs
//! DeviceKeys ─▶ knock ─▶ Grant (HPKE auth_psk) ─▶ epoch key ─▶ boxes
//!            └▶ signed edits of the roster
//! ```
//!
//! Randomness is always an argument, so that a test or a load run can be repeated from a seed.
//! `protocol/tests/data/als1.json` holds the vectors that every implementation must agree with.

mod bytes;
mod code;
mod device;
mod envelope;
mod error;
mod grant;
mod key_list;
mod link;
mod lobby;
mod off_record;
mod own;
mod recovery;
mod roster;
mod secret;
mod text_box;
mod words;

pub use bytes::{b64u, from_b64u, hkdf, hmac_sha256, pae, sha256};
pub use code::{code_key, lock_by_code, open_by_code, read_code, write_code};
pub use device::{DEVICE_ID_LEN, DeviceKeys, PUBLIC_KEY_LEN, PublicKey, verifies};
pub use error::SealError;
pub use grant::{Grant, GrantContext};
pub use key_list::{KeyList, LinkSecret, RosterEntry};
pub use link::{Hello, Link, LinkKeys};
pub use lobby::{open_lobby_name, seal_lobby_name};
pub use off_record::RoundOf;
pub use own::{OwnKeyOf, unwrap_for, wrap_for};
pub use recovery::{unwrap_keys, wrap_keys};
pub use roster::{Changes, commitment, sign_edit, walk};
pub use secret::Secret;
pub use setroom_protocol::LinkRole;
pub use text_box::{BUCKETS, BoxContext, MAX_TEXT_LEN, OVERHEAD, open_text, seal_text};
pub use words::spoken_words;
