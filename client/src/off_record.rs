//! A client in a round off the record: a fresh pair in memory, the round's key, and the lines.

use std::collections::BTreeMap;

use rand::RngExt as _;
use setroom_protocol::off_record::{OffRecordLine, OffRecordRound};
use setroom_protocol::{
    Blob, Command, DeviceId, ItemId, RoundGrant, RoundKey, Sealed, SeatId, UnrecordedLine,
};

use super::{Answer, Client, ClientError};
use crate::seal::{self, DeviceKeys, PublicKey, SealError, Secret, open_text, seal_text};

/// The round as this browser was told of it.
#[derive(Clone, Debug, Default)]
pub struct OffRecordModel {
    /// The round, as everybody is told of it.
    pub round: Option<OffRecordRound>,
    /// Announced pairs that the key is to be handed to.
    pub wanted: BTreeMap<DeviceId, Sealed>,
    /// The key, sealed to this browser's pair.
    pub grant: Option<Blob>,
    /// The lines, in the order in which they came.
    pub lines: Vec<OffRecordLine>,
}

impl OffRecordModel {
    pub(crate) fn follow(&mut self, round: Option<OffRecordRound>) {
        if round.map(|round| round.id) != self.round.map(|round| round.id) {
            *self = Self { round, ..Self::default() };
        }
    }

    pub(crate) fn take_keys(&mut self, wanted: &BTreeMap<DeviceId, Sealed>, grant: Option<&Blob>) {
        self.wanted.clone_from(wanted);
        self.grant = grant.cloned();
    }

    pub(crate) fn take_lines(&mut self, lines: &[OffRecordLine]) {
        for line in lines {
            if self.lines.iter().all(|known| known.item != line.item) {
                self.lines.push(line.clone());
            }
        }
    }
}

/// What a page holds for one round, in memory alone.
#[derive(Clone, Debug)]
pub struct OffRecordKeys {
    /// The pair that it made for the round.
    pub pair: DeviceKeys,
    /// The round's key, once it has it.
    pub key: Option<Secret>,
}

impl Client {
    /// Begins a round, with a key of this browser's making.
    ///
    /// # Errors
    /// As [`Client::do_`].
    pub async fn begin_off_record(&mut self) -> Result<(Answer, OffRecordKeys), ClientError> {
        let round = ItemId::from_bytes(self.rng.random());
        let key = Some(Secret::generate(&mut self.rng));
        let pair = DeviceKeys::generate(&mut self.rng);
        Ok((self.do_(Command::BeginOffRecord { round }).await?, OffRecordKeys { pair, key }))
    }

    /// Announces a fresh pair, as a page does that finds itself in a round.
    ///
    /// # Errors
    /// [`ClientError::Missing`] where there is no round, and as [`Client::do_`].
    pub async fn announce_off_record(&mut self) -> Result<(Answer, OffRecordKeys), ClientError> {
        let pair = DeviceKeys::generate(&mut self.rng);
        let (at, key) = (self.off_record_at()?, self.epoch_key()?);
        let context = at.announces(*self.seat()?.as_bytes(), *self.device().as_bytes());
        let public = seal::b64u(pair.public().as_bytes());
        let sealed = seal_text(&key, &context, &public, &mut self.rng)?;
        let key = Sealed::from_bytes(&sealed).map_err(|_| SealError::Length)?;
        // What was handed to a pair before this one is of no use to it.
        self.model.off_record.grant = None;
        let announced = RoundKey { round: ItemId::from_bytes(at.round), key };
        Ok((self.do_(Command::OffRecordKey(announced)).await?, OffRecordKeys { pair, key: None }))
    }

    /// Hands the key to every pair that waits for it.
    ///
    /// # Errors
    /// [`ClientError::Seal`] when what was announced does not open, and as [`Client::do_`].
    pub async fn grant_off_record(&mut self, keys: &OffRecordKeys) -> Result<(), ClientError> {
        let (at, epoch_key) = (self.off_record_at()?, self.epoch_key()?);
        let key = keys.key.clone().ok_or(ClientError::Missing("key of the round"))?;
        for (device, to) in std::mem::take(&mut self.model.off_record.wanted) {
            let shared = self.shared()?;
            let seat = shared.devices.get(&device).ok_or(ClientError::Missing("browser"))?.seat;
            let context = at.announces(*seat.as_bytes(), *device.as_bytes());
            let public = open_text(&epoch_key, &context, &to.decode())?;
            let public = PublicKey::from_bytes(&seal::from_b64u(&public)?)?;
            let sender = self.keyring.device.clone();
            let grant = at.grant(&epoch_key, &key, &sender, &public, &mut self.rng)?;
            let round = ItemId::from_bytes(at.round);
            let grant = RoundGrant { round, device, to, grant: Blob::encode(&grant) };
            self.must("a grant", Command::OffRecordGrant(grant)).await?;
        }
        Ok(())
    }

    /// Opens what was handed to this browser.
    ///
    /// # Errors
    /// [`ClientError::Missing`] where nothing was, [`ClientError::Seal`] when it does not open, or is
    /// from nobody who is in the room.
    pub fn open_off_record(&self, keys: &mut OffRecordKeys) -> Result<(), ClientError> {
        let grant = self.model.off_record.grant.as_ref().ok_or(ClientError::Missing("grant"))?;
        let at = self.off_record_at()?;
        let (sender, key) = at.open(&self.epoch_key()?, &grant.decode(), &keys.pair)?;
        let holders = self.keyring.roster().holders();
        let known = holders.values().any(|holder| holder.public.0 == *sender.as_bytes());
        if !known {
            return Err(SealError::Grant.into());
        }
        keys.key = Some(key);
        Ok(())
    }

    /// The command that writes a line.
    ///
    /// # Errors
    /// [`ClientError::Missing`] without the round's key.
    pub fn off_record_line(
        &mut self,
        keys: &OffRecordKeys,
        text: &str,
    ) -> Result<Command, ClientError> {
        let at = self.off_record_at()?;
        let key = keys.key.as_ref().ok_or(ClientError::Missing("key of the round"))?;
        let item: [u8; 16] = self.rng.random();
        let context = at.line(item, *self.seat()?.as_bytes(), *self.device().as_bytes());
        let sealed = seal_text(key, &context, text, &mut self.rng)?;
        let sealed = Sealed::from_bytes(&sealed).map_err(|_| SealError::Length)?;
        let (round, item) = (ItemId::from_bytes(at.round), ItemId::from_bytes(item));
        Ok(Command::OffRecordLine(UnrecordedLine { round, item, sealed }))
    }

    /// The lines, opened, each with who wrote it.
    ///
    /// # Errors
    /// [`ClientError::Missing`] without the round's key, [`ClientError::Seal`] when one does not open.
    pub fn off_record_lines(
        &self,
        keys: &OffRecordKeys,
    ) -> Result<Vec<(SeatId, String)>, ClientError> {
        let at = self.off_record_at()?;
        let key = keys.key.as_ref().ok_or(ClientError::Missing("key of the round"))?;
        let open = |line: &OffRecordLine| {
            let (seat, device) = (*line.seat.as_bytes(), *line.device.as_bytes());
            let context = at.line(*line.item.as_bytes(), seat, device);
            Ok((line.seat, open_text(key, &context, &line.sealed.decode())?))
        };
        self.model.off_record.lines.iter().map(open).collect()
    }

    fn off_record_at(&self) -> Result<seal::OffRecordRound, ClientError> {
        let shared = self.shared()?;
        let round = self.model.off_record.round.ok_or(ClientError::Missing("round"))?.id;
        Ok(seal::OffRecordRound {
            set: *shared.set.as_bytes(),
            session: *shared.meeting.as_bytes(),
            round: *round.as_bytes(),
            epoch: shared.epoch,
        })
    }

    fn epoch_key(&self) -> Result<Secret, ClientError> {
        let epoch = self.shared()?.epoch;
        self.keyring.keys().key(epoch).cloned().ok_or(ClientError::Missing("key of the set"))
    }
}
