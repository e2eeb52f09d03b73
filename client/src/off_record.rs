//! A client in a round off the record: a fresh pair in memory, the round's key, and the lines.

use std::collections::BTreeMap;

use rand::RngExt as _;
use setroom_protocol::off_record::{OffRecordLine, OffRecordRound};
use setroom_protocol::room::Stage;
use setroom_protocol::view::Shared;
use setroom_protocol::{
    Blob, Command, DeviceId, ItemId, MeetingId, RoundGrant, RoundKey, Sealed, SeatId, Timestamp,
    UnrecordedLine, limits,
};
use tokio::time::Instant;

use super::{Answer, Client, ClientError};
use crate::seal::{self, DeviceKeys, PublicKey, SealError, Secret, open_text, seal_text};

/// The round as this browser was told of it.
#[derive(Clone, Debug, Default)]
pub struct OffRecordModel {
    /// The round, as everybody is told of it.
    pub round: Option<OffRecordRound>,
    /// Announced pairs that the key is to be handed to.
    pub wanted: BTreeMap<DeviceId, Sealed>,
    /// The key, sealed to this browser's pair, as others have handed it over: not all of it may open.
    pub grants: Vec<Blob>,
    /// The lines, in the order in which they came.
    pub lines: Vec<OffRecordLine>,
    began: Option<Began>,
    /// The last one that has ended here: it does not begin again because the server says so.
    gone: Option<ItemId>,
}

/// Where a round began, as this browser saw it.
#[derive(Clone, Copy, Debug)]
struct Began {
    epoch: u32,
    meeting: MeetingId,
    heard: Instant,
}

impl OffRecordModel {
    pub(crate) fn follow(&mut self, round: Option<OffRecordRound>, shared: Option<Shared>) {
        let round = round.filter(|round| self.gone != Some(round.id));
        if round.map(|round| round.id) == self.round.map(|round| round.id) {
            return;
        }
        self.end();
        let began = |Shared { epoch, meeting, .. }| Began { epoch, meeting, heard: Instant::now() };
        (self.round, self.began) = (round, shared.map(began));
    }

    fn end(&mut self) {
        let gone = self.round.map(|round| round.id).or(self.gone);
        *self = Self { gone, ..Self::default() };
    }

    /// Ends the round by itself, whatever the server says or leaves out: whoever was removed, is in the lobby or
    /// has left may hold its key.
    pub(crate) fn end_unless_it_stands(&mut self, shared: Option<&Shared>, at: Timestamp) {
        if self.round.is_some() && !self.stands(shared, at) {
            self.end();
        }
    }

    /// Whether the round still is what this browser came into.
    fn stands(&self, shared: Option<&Shared>, at: Timestamp) -> bool {
        let (Some(round), Some(began), Some(shared)) = (self.round, self.began, shared) else {
            return false;
        };
        let is_late = at >= round.ends_at
            || began.heard.elapsed().as_millis() >= u128::from(limits::OFF_RECORD_MS);
        shared.epoch == began.epoch
            && shared.meeting == began.meeting
            && shared.stage == Stage::Running
            && shared.seats.get(&round.by).is_some_and(|seat| !seat.in_lobby)
            && !is_late
    }

    pub(crate) fn take_keys(&mut self, wanted: &BTreeMap<DeviceId, Sealed>, grants: &[Blob]) {
        self.wanted.clone_from(wanted);
        // On a new line all of them come again.
        for grant in grants {
            if !self.grants.contains(grant) {
                self.grants.push(grant.clone());
            }
        }
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
        let key = Secret::generate(&mut self.rng);
        let set = self.shared()?.set;
        let round = ItemId::from_bytes(seal::RoundOf::named(set.as_bytes(), &key));
        let keys = OffRecordKeys { pair: DeviceKeys::generate(&mut self.rng), key: Some(key) };
        Ok((self.do_(Command::BeginOffRecord { round }).await?, keys))
    }

    /// Announces a fresh pair, as a page does that finds itself in a round.
    ///
    /// # Errors
    /// [`ClientError::Missing`] where there is no round, and as [`Client::do_`].
    pub async fn announce_off_record(&mut self) -> Result<(Answer, OffRecordKeys), ClientError> {
        self.seals_now()?;
        let pair = DeviceKeys::generate(&mut self.rng);
        let (at, key) = (self.off_record_at()?, self.epoch_key()?);
        let context = at.announces(*self.seat()?.as_bytes(), *self.device().as_bytes());
        let public = seal::b64u(pair.public().as_bytes());
        let sealed = seal_text(&key, &context, &public, &mut self.rng)?;
        let key = Sealed::from_bytes(&sealed).map_err(|_| SealError::Length)?;
        // What was handed to a pair before this one is of no use to it.
        self.model.off_record.grants.clear();
        let announced = RoundKey { round: ItemId::from_bytes(at.round), key };
        Ok((self.do_(Command::OffRecordKey(announced)).await?, OffRecordKeys { pair, key: None }))
    }

    /// Hands the key to every pair that waits for it. What was announced and does not open, or is from a browser
    /// that has gone, keeps nobody out who waits beside it.
    ///
    /// # Errors
    /// [`ClientError::Missing`] without a key, and as [`Client::do_`].
    pub async fn grant_off_record(&mut self, keys: &OffRecordKeys) -> Result<(), ClientError> {
        self.seals_now()?;
        let (at, epoch_key) = (self.off_record_at()?, self.epoch_key()?);
        let key = keys.key.clone().ok_or(ClientError::Missing("key of the round"))?;
        let shared = self.shared()?;
        let announced = |device: DeviceId, to: &Sealed| {
            let seat = shared.devices.get(&device)?.seat;
            let context = at.announces(*seat.as_bytes(), *device.as_bytes());
            let public = open_text(&epoch_key, &context, &to.decode()).ok()?;
            PublicKey::from_bytes(&seal::from_b64u(&public).ok()?).ok()
        };
        for (device, to) in std::mem::take(&mut self.model.off_record.wanted) {
            let Some(public) = announced(device, &to) else { continue };
            let sender = self.keyring.device.clone();
            let grant = at.grant(&epoch_key, &key, &sender, &public, &mut self.rng)?;
            let round = ItemId::from_bytes(at.round);
            let grant = RoundGrant { round, device, to, grant: Blob::encode(&grant) };
            self.must("a grant", Command::OffRecordGrant(grant)).await?;
        }
        Ok(())
    }

    /// Opens what was handed to this browser: the first that opens, from somebody who is in the room.
    ///
    /// # Errors
    /// [`ClientError::Missing`] where nothing was, [`ClientError::Seal`] when none opens, or what does is from
    /// nobody who is in the room.
    pub fn open_off_record(&self, keys: &mut OffRecordKeys) -> Result<(), ClientError> {
        let (at, epoch_key) = (self.off_record_at()?, self.epoch_key()?);
        let holders = self.keyring.roster().holders();
        let mut fault = ClientError::Missing("grant");
        for grant in &self.model.off_record.grants {
            match at.open(&epoch_key, &grant.decode(), &keys.pair) {
                Ok((sender, key))
                    if holders.values().any(|at| at.public.0 == *sender.as_bytes()) =>
                {
                    keys.key = Some(key);
                    return Ok(());
                }
                Ok(_) => fault = SealError::Grant.into(),
                Err(why) => fault = why.into(),
            }
        }
        Err(fault)
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
        self.seals_now()?;
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

    fn off_record_at(&self) -> Result<seal::RoundOf, ClientError> {
        let (shared, known) = (self.shared()?, &self.model.off_record);
        let walked = self.keyring.roster().epoch();
        let stands = known.stands(Some(&shared), self.model.at) && walked <= shared.epoch;
        let round = known.round.filter(|_| stands).ok_or(ClientError::Missing("round"))?.id;
        Ok(seal::RoundOf {
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
