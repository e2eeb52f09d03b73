//! Keys that change while people are in the room.

use setroom_protocol::{Command, Hash32, ItemId, KeyChange, LinkRole, MeetingId, Role, SeatId};

use super::epochs::Rekeying;
use super::keyring::Keyring;
use super::{Answer, Client, ClientError};

impl Client {
    /// Removes a person: a new key for those who stay, in the same command.
    ///
    /// # Errors
    /// As [`Client::do_`], and [`ClientError::Seal`].
    pub async fn remove(&mut self, seat: SeatId) -> Result<Answer, ClientError> {
        let before = self.keyring.clone();
        let keys = self.key_change(Some(seat), &[])?;
        self.change_keys(before, Command::Remove { seat, keys }).await
    }

    /// Changes the key, and the links that are named.
    ///
    /// # Errors
    /// As [`Client::do_`], and [`ClientError::Seal`].
    pub async fn rekey(&mut self, fresh: &[LinkRole]) -> Result<Answer, ClientError> {
        let before = self.keyring.clone();
        let keys = self.key_change(None, fresh)?;
        self.change_keys(before, Command::Rekey { keys }).await
    }

    /// Makes a member co-facilitator, or a co-facilitator a member again: as a removal does, that changes
    /// the links that they know.
    ///
    /// # Errors
    /// As [`Client::do_`], and [`ClientError::Seal`].
    pub async fn set_facilitator(&mut self, seat: SeatId, on: bool) -> Result<Answer, ClientError> {
        let before = self.keyring.clone();
        let role = if on { Role::CoFacilitator } else { Role::Member };
        let fresh = if on { &[] } else { &LinkRole::SHARED[..] };
        let (meeting, takes) = (self.shared()?.meeting, Some((seat, role.link())));
        let keys = Some(self.key_change_of(meeting, None, fresh, takes)?);
        self.change_keys(before, Command::SetRole { seat, role, keys }).await
    }

    /// Opens the next meeting of a set whose last one is closed, as [`Client::next_meeting_command`].
    ///
    /// # Errors
    /// As [`Client::do_`], and [`ClientError::Seal`].
    pub async fn next_meeting(&mut self, meeting: MeetingId) -> Result<Answer, ClientError> {
        let before = self.keyring.clone();
        let command = self.next_meeting_command(meeting)?;
        self.change_keys(before, command).await
    }

    /// What opens the next meeting, with a new key. The links of members and observers open again, as
    /// far as this browser holds them.
    ///
    /// # Errors
    /// As [`Client::key_change`].
    pub fn next_meeting_command(&mut self, meeting: MeetingId) -> Result<Command, ClientError> {
        // A co-facilitator who has left knew three links.
        let due = self.shared()?.key_due.contains(&LinkRole::CoFacilitator);
        let fresh = if due { &LinkRole::SHARED[..] } else { &[] };
        let mut keys = self.key_change_of(meeting, None, fresh, None)?;
        for role in [LinkRole::Member, LinkRole::Observer] {
            if let Some(link) = self.keyring.links().get(&role) {
                keys.links.insert(role, Hash32(link.keys().token.hash()));
            }
        }
        Ok(Command::NextMeeting { meeting, keys })
    }

    /// Puts this browser on the roster: a host's, who came with nothing but their link.
    ///
    /// # Errors
    /// As [`Client::do_`], and [`ClientError::Seal`].
    pub async fn take_place(&mut self) -> Result<Answer, ClientError> {
        let (shared, seat) = (self.shared()?, self.seat()?);
        let edit = self.keyring.own_place(seat, &shared.roster)?;
        let answer = self.do_(Command::EditRoster { edit }).await?;
        if answer.refused().is_some() {
            self.keyring.edit_was_refused();
        }
        Ok(answer)
    }

    async fn change_keys(
        &mut self,
        before: Keyring,
        command: Command,
    ) -> Result<Answer, ClientError> {
        let answer = self.do_(command).await?;
        if answer.refused().is_some() {
            self.keyring = before;
        } else if let Some(own) = self.model.own() {
            self.granted = (own.grant, own.wrap);
        }
        Ok(answer)
    }

    /// The next epoch for everybody who stays.
    ///
    /// # Errors
    /// [`ClientError::Missing`] before this person is in, [`ClientError::Seal`].
    pub fn key_change(
        &mut self,
        leaves: Option<SeatId>,
        fresh: &[LinkRole],
    ) -> Result<KeyChange, ClientError> {
        self.key_change_of(self.shared()?.meeting, leaves, fresh, None)
    }

    fn key_change_of(
        &mut self,
        meeting: MeetingId,
        leaves: Option<SeatId>,
        fresh: &[LinkRole],
        takes: Option<(SeatId, LinkRole)>,
    ) -> Result<KeyChange, ClientError> {
        let (shared, seat) = (self.shared()?, self.seat()?);
        let stay = shared.devices.iter().filter(|(_, device)| Some(device.seat) != leaves);
        let what = Rekeying {
            epoch: shared.epoch,
            edits: &shared.roster,
            stay: stay.map(|(id, _)| *id).collect(),
            seat,
            fresh: fresh.iter().copied().collect(),
            takes,
            meeting: Some(meeting),
        };
        Ok(self.keyring.new_epoch(&what, &mut self.rng)?)
    }

    /// Waits for the key of the present epoch and takes it, as after a removal: the own view that
    /// carries it follows the change that it belongs to.
    ///
    /// # Errors
    /// [`ClientError::Late`] when there is no new grant, [`ClientError::Seal`] when it is not one to
    /// be believed.
    pub async fn next_key(&mut self) -> Result<(), ClientError> {
        if self.keyring.keys().key(self.shared()?.epoch).is_some() {
            return Ok(());
        }
        let last = self.granted.clone();
        self.wait_for("a grant", |model| {
            model.own().is_some_and(|own| (own.grant, own.wrap) != last)
        })
        .await?;
        self.take_grant()
    }

    /// Takes the key from the own view as it is now.
    ///
    /// # Errors
    /// [`ClientError::Missing`] when there is no grant, [`ClientError::Seal`].
    pub fn take_grant(&mut self) -> Result<(), ClientError> {
        let shared = self.shared()?;
        let own = self.own()?;
        self.granted = (own.grant.clone(), own.wrap.clone());
        self.keyring.in_force = own.links.clone().unwrap_or_default();
        if let Some(grant) = &own.grant {
            self.keyring.take_grant(grant, shared.epoch, &shared.roster)?;
        } else {
            let wrap = own.wrap.as_ref().ok_or(ClientError::Missing("grant"))?;
            self.keyring.take_wrap(wrap, shared.epoch, &shared.roster)?;
        }
        if let Some(key) = &own.own_key {
            self.keyring.take_own_key(own.seat, key)?;
        }
        Ok(())
    }

    /// Lets others see a text of this person's: it is sealed for the set, and released.
    ///
    /// # Errors
    /// As [`Client::put`].
    pub async fn release(&mut self, item: ItemId) -> Result<Answer, ClientError> {
        let own = self.own()?;
        let view = own.items.get(&item).ok_or(ClientError::Missing("own text"))?;
        if view.sealed.is_own() {
            let text = self.read(item)?.unwrap_or_default();
            let answer = self.put_as(item, view.kind, &text, view.bid, false).await?;
            if answer.refused().is_some() {
                return Ok(answer);
            }
        }
        let answer = self.do_(Command::ReleaseItem { item }).await?;
        if answer.done().is_some() {
            self.released.insert(item);
        }
        Ok(answer)
    }
}
