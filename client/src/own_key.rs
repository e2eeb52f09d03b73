//! A person's own key in their browser: made at their first private text, wrapped for their browsers
//! and for those who may help them back to it.

use std::collections::BTreeSet;
use std::collections::btree_map::Entry;

use rand::{CryptoRng, RngExt as _};
use setroom_protocol::view::OwnKeyView;
use setroom_protocol::{Blob, Holder, LinkRole, OwnKey, SeatId, TextKind};

use super::keyring::{Keyring, Sealing};
use crate::seal::{OwnKeyOf, PublicKey as CheckedKey, SealError, Secret};

/// Bytes of a wrap of one generation: sender, HPKE's `enc`, the list, the tag.
const WRAP_BYTES: usize = 65 + 65 + 70 + 16;

/// Whether a text of this kind is for its author alone until it is released.
pub fn is_private(kind: TextKind) -> bool {
    matches!(
        kind,
        TextKind::Action | TextKind::Learning | TextKind::Reflection | TextKind::LearningQuestion
    )
}

impl Keyring {
    /// Whether there is an own key already.
    pub fn has_own_key(&self) -> bool {
        !self.own.is_empty()
    }

    /// The own key, wrapped for whoever is to have it: the first one, the next one when somebody has a
    /// wrap of this one who is not to have it any more, or this one for somebody who has none. `None`
    /// when the room has all of that. Follow the room's roster first.
    ///
    /// # Errors
    /// A [`SealError`] of sealing.
    pub fn own_key(
        &mut self,
        seat: SeatId,
        view: Option<&OwnKeyView>,
        rng: &mut impl CryptoRng,
    ) -> Result<Option<OwnKey>, SealError> {
        if let Some(view) = view {
            // Another browser of this person's may have been first: its key is the one that counts.
            // A wrap that is not from one of them says nothing.
            self.take_own_key(seat, view).ok();
        }
        let roster = self.roster.ahead();
        let shares = |at: &Holder| {
            !at.is_of_host_link() && (at.seat == seat || at.role == LinkRole::CoFacilitator)
        };
        let wanted = roster.holders().iter().filter(|(_, at)| shares(at)).map(|(id, _)| *id);
        let wanted: BTreeSet<_> = wanted.chain([self.device()]).collect();
        let (newest, said) = (self.newest_own(), view.map_or(0, |view| view.generation));
        let has: BTreeSet<_> = view.iter().flat_map(|view| &view.wrapped_for).copied().collect();
        let is_stale = newest == 0 || newest < said || !has.is_subset(&wanted);
        if newest == said && !is_stale && wanted.is_subset(&has) {
            return Ok(None);
        }
        // One that was refused is asked for again as it is.
        if newest <= said && is_stale {
            self.own.push((said + 1, Secret::generate(rng)));
        }
        let generation = self.newest_own();
        let mut key = OwnKey { generation, more: generation == said, ..OwnKey::default() };
        for (device, holder) in roster.holders() {
            let recipient = CheckedKey::from_bytes(&holder.public.0)?;
            if holder.is_of_host_link() {
                key.host = Some(self.own_wrap(seat, &recipient, rng)?);
            } else if wanted.contains(device) {
                key.boxes.insert(*device, self.own_wrap(seat, &recipient, rng)?);
            }
        }
        // Its maker has it in any case, also before anybody has put them on the roster.
        if let Entry::Vacant(own) = key.boxes.entry(self.device()) {
            own.insert(self.own_wrap(seat, self.device.public(), rng)?);
        }
        Ok(Some(key))
    }

    fn newest_own(&self) -> u32 {
        self.own.iter().map(|(of, _)| *of).max().unwrap_or_default()
    }

    /// Takes own keys in, and never fewer than were known.
    pub(crate) fn learn_own(&mut self, keys: Vec<(u32, Secret)>) {
        if keys.iter().any(|(of, _)| *of >= self.newest_own()) {
            self.own = keys;
        }
    }

    fn own_wrap(
        &self,
        seat: SeatId,
        recipient: &CheckedKey,
        rng: &mut impl CryptoRng,
    ) -> Result<Blob, SealError> {
        let bytes = match self.sealing {
            Sealing::Real => self.of(seat).wrap(&self.own, &self.device, recipient, rng)?,
            Sealing::Opaque => (0..WRAP_BYTES).map(|_| rng.random()).collect(),
        };
        Ok(Blob::encode(&bytes))
    }

    fn of(&self, seat: SeatId) -> OwnKeyOf {
        OwnKeyOf { set: self.link.set, seat: *seat.as_bytes() }
    }

    /// Takes the own key from the own view, as on a second browser.
    ///
    /// # Errors
    /// A [`SealError`] of opening; [`SealError::Grant`] when it is not from one of this person's
    /// browsers.
    pub fn take_own_key(&mut self, seat: SeatId, view: &OwnKeyView) -> Result<(), SealError> {
        let Some(wrap) = view.wrap.as_ref().filter(|_| self.sealing == Sealing::Real) else {
            return Ok(());
        };
        let (sender, keys) = self.of(seat).unwrap(&wrap.decode(), &self.device)?;
        if !self.is_of(seat, &sender) && &sender != self.device.public() {
            return Err(SealError::Grant);
        }
        self.learn_own(keys);
        Ok(())
    }

    /// Somebody's own key, as a facilitator may open it to put it into a grant for them: nothing when
    /// it does not open, or when it is not from one of their own browsers.
    pub(crate) fn recover(&self, seat: SeatId, wrap: &Blob) -> Vec<(u32, Secret)> {
        if self.sealing == Sealing::Opaque {
            return Vec::new();
        }
        let opener = self.host_holder.as_ref().unwrap_or(&self.device);
        let opened = self.of(seat).unwrap(&wrap.decode(), opener).ok();
        let theirs = opened.filter(|(sender, _)| self.is_of(seat, sender));
        theirs.map(|(_, keys)| keys).unwrap_or_default()
    }

    /// Whether a key pair is that of a browser of this seat, by the roster.
    fn is_of(&self, seat: SeatId, sender: &CheckedKey) -> bool {
        let mut holders = self.roster().holders().values();
        holders.any(|at| at.seat == seat && &at.public.0 == sender.as_bytes())
    }
}
