//! The signed roster as one browser keeps it: what it has walked, and what it has signed itself and
//! the server has not confirmed yet.

use std::collections::BTreeMap;
use std::sync::Arc;

use setroom_protocol::{DeviceId, Hash32, MeetingId, Roster, RosterEdit, SetId};

use crate::seal::{Changes, DeviceKeys, SealError, sign_edit, walk};

/// The edits in a view of the room, by place.
pub type Edits = BTreeMap<u32, Arc<RosterEdit>>;

/// The roster of one browser.
#[derive(Clone, Debug)]
pub(crate) struct RosterBook {
    set: SetId,
    /// Whether the signatures of others are checked, as a browser does.
    checks: bool,
    /// Who the host is, as the link says that this browser came by.
    host: Option<DeviceId>,
    /// Whether that is its own link: then it may begin with a roster that this one signed.
    is_own: bool,
    /// What has been walked.
    pub(crate) confirmed: Roster,
    /// Edits of its own that are on their way, in order.
    ahead: Vec<Arc<RosterEdit>>,
}

impl RosterBook {
    pub(crate) fn new(set: SetId, checks: bool, host: Option<DeviceId>, is_own: bool) -> Self {
        Self { set, checks, host, is_own, confirmed: Roster::default(), ahead: Vec::new() }
    }

    /// Walks what the room shows beyond what is known. Nothing is believed of edits that do not
    /// follow, nor of a beginning that neither a grant nor this browser's own link speaks for.
    ///
    /// # Errors
    /// [`SealError::Roster`].
    pub(crate) fn follow(&mut self, edits: &Edits) -> Result<(), SealError> {
        let begins = edits.values().next().filter(|_| self.checks && self.confirmed.is_empty());
        if begins.is_some_and(|first| !self.is_own || Some(first.by) != self.host) {
            return Err(SealError::Roster);
        }
        self.walk_on(edits)
    }

    fn walk_on(&mut self, edits: &Edits) -> Result<(), SealError> {
        for edit in edits.values() {
            if edit.n <= self.confirmed.n() {
                continue;
            }
            if self.checks {
                walk(&mut self.confirmed, self.set, edit)?;
            } else {
                self.confirmed.vet(self.set, edit).map_err(|_| SealError::Roster)?;
                self.confirmed.take(self.set, edit);
            }
        }
        let known = self.confirmed.n();
        self.ahead.retain(|edit| edit.n > known);
        Ok(())
    }

    /// Takes up the roster of a room that this browser has just come to, which must lead to `head`.
    ///
    /// # Errors
    /// [`SealError::Roster`].
    pub(crate) fn begin(
        &mut self,
        edits: &Edits,
        head: Option<(u32, [u8; 32])>,
    ) -> Result<(), SealError> {
        let mut fresh = Self::new(self.set, self.checks, self.host, self.is_own);
        let (n, hash) = head.ok_or(SealError::Roster)?;
        let up_to = edits.range(..=n).map(|(n, edit)| (*n, Arc::clone(edit))).collect();
        fresh.walk_on(&up_to)?;
        // A whole edit since then has taken the place of what the head stands for.
        let is_past = edits.first_key_value().is_some_and(|(first, _)| *first > n);
        if !is_past && (fresh.confirmed.n(), fresh.confirmed.head()) != (n, Hash32(hash)) {
            return Err(SealError::Roster);
        }
        fresh.walk_on(edits)?;
        if self.host.is_some() && fresh.confirmed.host() != self.host {
            return Err(SealError::Roster);
        }
        *self = fresh;
        Ok(())
    }

    /// The roster as it will be when everything of its own that is on its way is confirmed.
    pub(crate) fn ahead(&self) -> Roster {
        let mut roster = self.confirmed.clone();
        for edit in &self.ahead {
            if roster.vet(self.set, edit).is_err() {
                break;
            }
            roster.take(self.set, edit);
        }
        roster
    }

    /// The meeting that the newest key is of, as far as whoever made it said so.
    pub(crate) fn meeting(&self) -> Option<MeetingId> {
        let newest = self.ahead.iter().rev().find_map(|edit| edit.meeting);
        newest.or_else(|| self.confirmed.meeting())
    }

    /// Signs the next edit; it counts as being on its way from now on.
    pub(crate) fn sign(
        &mut self,
        (epoch, commit): (u32, Hash32),
        changes: Changes,
        signer: &DeviceKeys,
    ) -> Arc<RosterEdit> {
        let roster = self.ahead();
        let place = (roster.n() + 1, epoch, commit);
        let edit = Arc::new(sign_edit(&roster, self.set, place, changes, signer));
        let known = self.confirmed.n();
        self.ahead.retain(|edit| edit.n > known);
        self.ahead.push(Arc::clone(&edit));
        edit
    }

    /// One of its own was refused: none that follow it can be right.
    pub(crate) fn refused(&mut self) {
        self.ahead.clear();
    }
}
