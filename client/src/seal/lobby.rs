//! The name of somebody who waits in the lobby.
//!
//! They hold no epoch key yet, so it is a box under the link's `lobby` key: whoever holds the
//! link, and no server, can read it. The knock's nonce stands as the item, so that a name fits
//! one knock only; what does not exist yet is zero.

use rand::CryptoRng;
use setroom_protocol::DeviceId;

use super::{BoxContext, Hello, LinkKeys, SealError, open_text, seal_text};

/// Seals the name that a knock carries.
///
/// # Errors
/// [`SealError::TooLong`].
pub fn seal_lobby_name(
    link: &LinkKeys,
    device: DeviceId,
    hello: &Hello,
    name: &str,
    rng: &mut impl CryptoRng,
) -> Result<Vec<u8>, SealError> {
    seal_text(&link.lobby, &context(link, device, hello), name, rng)
}

/// Opens the name of a knock. Check the knock with [`LinkKeys::check_hello`] first.
///
/// # Errors
/// As [`open_text`].
pub fn open_lobby_name(
    link: &LinkKeys,
    device: DeviceId,
    hello: &Hello,
    sealed: &[u8],
) -> Result<String, SealError> {
    open_text(&link.lobby, &context(link, device, hello), sealed)
}

fn context(link: &LinkKeys, device: DeviceId, hello: &Hello) -> BoxContext<'static> {
    BoxContext {
        set: link.set,
        session: [0; 16],
        epoch: 0,
        member: [0; 16],
        device: *device.as_bytes(),
        own: false,
        kind: "name",
        item: hello.nonce,
        rev: 1,
        n: 0,
        prev: [0; 32],
    }
}
