//! Keys that change while people are in the room.

use std::collections::BTreeMap;

use setroom_protocol::{Command, DeviceId, KeyChange, LinkRole, PublicKey, Role, SeatId};

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

    async fn change_keys(
        &mut self,
        before: Keyring,
        command: Command,
    ) -> Result<Answer, ClientError> {
        let answer = self.do_(command).await?;
        if answer.refused().is_some() {
            self.keyring = before;
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
        let shared = self.shared()?;
        let link_of = |seat: &SeatId| match shared.seats.get(seat).map(|seat| seat.role) {
            Some(Role::Host) => LinkRole::Host,
            Some(Role::CoFacilitator) => LinkRole::CoFacilitator,
            Some(Role::Observer) => LinkRole::Observer,
            Some(Role::Trainee | Role::Member) | None => LinkRole::Member,
        };
        let me = self.device();
        let stay: BTreeMap<DeviceId, (PublicKey, LinkRole)> = (shared.devices.iter())
            .filter(|(id, device)| **id != me && Some(device.seat) != leaves)
            .map(|(id, device)| (*id, (device.public, link_of(&device.seat))))
            .collect();
        let fresh = fresh.iter().copied().collect();
        Ok(self.keyring.new_epoch(shared.epoch + 1, &stay, &fresh, &mut self.rng)?)
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
            let own = model.own();
            own.is_some_and(|own| own.grant.map_or(own.wrap.is_some(), |at| Some(at) != last))
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
        let own = self.model.own().ok_or(ClientError::Missing("own view"))?;
        self.granted.clone_from(&own.grant);
        let facilitator = |device: DeviceId| {
            let seat = shared.devices.get(&device).map(|device| device.seat);
            let role = seat.and_then(|seat| shared.seats.get(&seat)).map(|seat| seat.role);
            role.is_some_and(Role::holds_keys)
        };
        if let Some(grant) = &own.grant {
            return Ok(self.keyring.take_grant(grant, shared.epoch, facilitator)?);
        }
        let wrap = own.wrap.as_ref().ok_or(ClientError::Missing("grant"))?;
        Ok(self.keyring.take_wrap(wrap, shared.epoch)?)
    }
}
