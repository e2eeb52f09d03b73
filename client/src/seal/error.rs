//! What can go wrong when something locked is made or opened.

/// Why a link, box, grant or wrap was not accepted.
///
/// None of them carries any of the text or key bytes, so all are safe to log.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum SealError {
    /// Not base64url without padding, or of the wrong length. Drop the frame.
    #[error("not base64url of the expected length")]
    Encoding,
    /// Not a `1.<set>.<role>.<secret>` link. Ask for the whole link again.
    #[error("not a Setroom link")]
    Link,
    /// The first byte is not a version this client knows. Ask the person to reload.
    #[error("unknown version")]
    Version,
    /// Not a header plus one of the padding buckets. Drop it.
    #[error("wrong length")]
    Length,
    /// The box says another epoch than its context. Fetch the keys of that epoch.
    #[error("another epoch")]
    Epoch,
    /// Another key, or any field of the context differs. Treat as forged.
    #[error("commitment does not match key and context")]
    Commitment,
    /// The cipher refused the bytes. Treat as forged.
    #[error("cipher refused")]
    Cipher,
    /// The padding is not text, `0x80`, zeros. Only a faulty sealer makes this.
    #[error("bad padding")]
    Padding,
    /// The text is longer than the largest bucket holds. Shorten it.
    #[error("text is too long")]
    TooLong,
    /// The opened bytes are not the text or JSON that they must be.
    #[error("opened bytes have the wrong form")]
    Form,
    /// Not a point of P-256 in uncompressed form. Refuse the device.
    #[error("not a P-256 public key")]
    PublicKey,
    /// Nothing is left of a name that could be shown. Ask for another.
    #[error("no name that can be shown")]
    Name,
    /// The `mac` of a knock is wrong: show the guest as *could not be verified*.
    #[error("the knock could not be verified")]
    Mac,
    /// An edit of the roster does not follow, or is not signed by whoever may. Believe nothing after
    /// it.
    #[error("the list of who holds keys does not fit")]
    Roster,
    /// The server names another meeting than the present key is of. Seal and show nothing of it.
    #[error("another meeting than the key's")]
    Meeting,
    /// The grant is not from the pinned host, not for this device, set or epoch, or not made
    /// with this link's secret.
    #[error("the grant could not be verified")]
    Grant,
}
