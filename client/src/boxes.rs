//! Texts in and out of boxes, and the chain that one browser's boxes make.

use rand::{CryptoRng, RngExt as _};
use setroom_protocol::command::BidTerms;
use setroom_protocol::view::ItemView;
use setroom_protocol::{Hash32, ItemId, MeetingId, OWN_NUMBERS, Put, Sealed, SeatId, TextKind};

use super::keyring::{Keyring, Sealing};
use crate::seal::{BUCKETS, BoxContext, OVERHEAD, SealError, Secret, open_text, seal_text, sha256};

/// Where a text goes; what its box is bound to.
#[derive(Clone, Copy, Debug)]
pub struct Place {
    /// The meeting that is on.
    pub meeting: MeetingId,
    /// The author's seat.
    pub seat: SeatId,
    /// What the text is for.
    pub kind: TextKind,
    /// Which text.
    pub item: ItemId,
    /// Its revision.
    pub rev: u32,
    /// Whether it is for its author alone, and so under their own key.
    pub own: bool,
}

impl Keyring {
    /// Seals a text as this browser's next box. The chain moves on with [`Keyring::was_put`].
    ///
    /// # Errors
    /// [`SealError::Epoch`] without a key, [`SealError::Meeting`], [`SealError::TooLong`].
    pub fn seal(
        &self,
        place: &Place,
        text: &str,
        bid: Option<BidTerms>,
        rng: &mut impl CryptoRng,
    ) -> Result<Put, SealError> {
        self.is_on(place.meeting)?;
        let (epoch, key) = if place.own {
            let newest = self.own.iter().max_by_key(|(of, _)| *of);
            newest.map(|(of, key)| (*of, key)).ok_or(SealError::Epoch)?
        } else {
            // Never under a key that whoever was removed still has.
            let newest = self.keys.current().ok_or(SealError::Epoch)?;
            Some(newest)
                .filter(|(epoch, _)| *epoch >= self.roster().epoch())
                .ok_or(SealError::Epoch)?
        };
        let kind = name_of(place.kind);
        // Nothing in the order of the boxes that others see tells of one that they do not.
        let (n, prev) = match place.own {
            true => (OWN_NUMBERS + (rng.random::<u64>() >> 16), [0; 32]),
            false => (self.next_n, self.prev),
        };
        let context = BoxContext {
            set: self.link.set,
            session: *place.meeting.as_bytes(),
            epoch,
            own: place.own,
            member: *place.seat.as_bytes(),
            device: self.device.device(),
            kind: &kind,
            item: *place.item.as_bytes(),
            rev: place.rev,
            n,
            prev,
        };
        let bytes = match self.sealing {
            Sealing::Real => seal_text(key, &context, text, rng)?,
            Sealing::Opaque => random_box(if place.own { 2 } else { 1 }, epoch, text.len(), rng)?,
        };
        Ok(Put {
            kind: place.kind,
            item: place.item,
            rev: place.rev,
            n,
            prev: Hash32(prev),
            sealed: Sealed::from_bytes(&bytes).map_err(|_| SealError::Length)?,
            bid,
            action: None,
            replaces: None,
            meeting: place.own.then_some(place.meeting),
        })
    }

    /// The box was taken: the next one follows it.
    pub fn was_put(&mut self, put: &Put) {
        if put.sealed.is_own() {
            return;
        }
        self.next_n = put.n + 1;
        self.prev = sha256(&put.sealed.decode());
    }

    /// The number that the server wants next, after a return on an old device.
    pub fn count_from(&mut self, next_n: u64) {
        self.next_n = self.next_n.max(next_n);
    }

    /// Whether the present key is of this meeting, as far as it says; the server's word is none.
    fn is_on(&self, meeting: MeetingId) -> Result<(), SealError> {
        let fits = self.roster.meeting().is_none_or(|known| known == meeting);
        if fits { Ok(()) } else { Err(SealError::Meeting) }
    }

    /// Opens a text of somebody, as it stands in the view.
    ///
    /// # Errors
    /// [`SealError::Epoch`] when its key was not granted, [`SealError::Meeting`], or another
    /// [`SealError`] of opening.
    pub fn open(
        &self,
        meeting: MeetingId,
        item: ItemId,
        view: &ItemView,
    ) -> Result<String, SealError> {
        let (epoch, own) = (view.sealed.epoch(), view.sealed.is_own());
        let key = if own {
            self.own.iter().find(|(of, _)| *of == epoch).map(|(_, key)| key)
        } else {
            self.keys.key(epoch)
        };
        let key = key.ok_or(SealError::Epoch)?;
        if !view.kind.outlives_meeting() {
            self.is_on(meeting)?;
        }
        self.open_with(key, meeting, item, view)
    }

    /// The same with this key, whatever number it has; for tests, since a browser goes by the number.
    ///
    /// # Errors
    /// A [`SealError`] of opening.
    pub fn open_with(
        &self,
        key: &Secret,
        meeting: MeetingId,
        item: ItemId,
        view: &ItemView,
    ) -> Result<String, SealError> {
        let kind = name_of(view.kind);
        let context = BoxContext {
            set: self.link.set,
            session: *view
                .meeting
                .filter(|_| view.kind.outlives_meeting())
                .unwrap_or(meeting)
                .as_bytes(),
            epoch: view.sealed.epoch(),
            own: view.sealed.is_own(),
            member: *view.seat.as_bytes(),
            device: *view.device.as_bytes(),
            kind: &kind,
            item: *item.as_bytes(),
            rev: view.rev,
            n: view.n,
            prev: view.prev.0,
        };
        open_text(key, &context, &view.sealed.decode())
    }
}

/// The kind as it stands on the wire, which is also how it is bound.
fn name_of(kind: TextKind) -> String {
    match serde_json::to_value(kind) {
        Ok(serde_json::Value::String(name)) => name,
        _ => String::new(),
    }
}

/// Bytes that look like a box of this version, of a text of `length` bytes.
pub(crate) fn random_box(
    version: u8,
    epoch: u32,
    length: usize,
    rng: &mut impl CryptoRng,
) -> Result<Vec<u8>, SealError> {
    let bucket = BUCKETS.into_iter().find(|bucket| length < *bucket).ok_or(SealError::TooLong)?;
    let mut bytes = vec![0; OVERHEAD + bucket];
    rng.fill_bytes(&mut bytes);
    let head = [version].into_iter().chain(epoch.to_be_bytes());
    bytes.iter_mut().zip(head).for_each(|(to, from)| *to = from);
    Ok(bytes)
}
