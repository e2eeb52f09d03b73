//! In, out, and back again.

use std::collections::{BTreeMap, BTreeSet};

use rand::rngs::StdRng;
use setroom_protocol::view::KnockView;
use setroom_protocol::{
    Challenge32, ClientFrame, Command, DeviceId, SeatId, ServerFrame, TextKind,
};

use super::create::Links;
use super::dial::Dial;

use super::keyring::{Keyring, Sealing};
use super::model::Model;
use super::{Answer, Client, ClientError};
use crate::seal::Link;

impl Client {
    /// Knocks with a link and waits for the first frame: the lobby, or for the host's own link the
    /// room. Go on with [`Client::enter`].
    ///
    /// # Errors
    /// [`ClientError::NotAdmitted`] when refused there, [`ClientError::Ended`] when closed instead.
    pub async fn knock(
        dial: &Dial,
        link: &Link,
        name: &str,
        rng: StdRng,
    ) -> Result<Self, ClientError> {
        Self::knock_with(dial, link, name, Sealing::Real, rng).await
    }

    /// As [`Client::knock`], with the choice not to seal anything.
    ///
    /// # Errors
    /// As [`Client::knock`].
    pub async fn knock_with(
        dial: &Dial,
        link: &Link,
        name: &str,
        sealing: Sealing,
        mut rng: StdRng,
    ) -> Result<Self, ClientError> {
        let keyring = Keyring::new(link, sealing, &mut rng);
        let mut client = Self {
            dial: dial.clone(),
            connection: Some(dial.connect().await?),
            model: Model::default(),
            keyring,
            rng,
            answers: BTreeMap::new(),
            granted: (None, None),
            released: BTreeSet::new(),
        };
        client.knock_again(name).await?;
        Ok(client)
    }

    /// Knocks on the connection that it has, once the server has said what is to be signed.
    ///
    /// # Errors
    /// As [`Client::knock`].
    pub async fn knock_again(&mut self, name: &str) -> Result<(), ClientError> {
        self.wait_for("the server's first frame", |model| model.challenge.is_some()).await?;
        let challenge = self.model.challenge.ok_or(ClientError::Missing("challenge"))?;
        let knock = self.keyring.knock(name, &challenge, &mut self.rng)?;
        self.connection()?.send(&knock).await?;
        self.let_in("the door to answer", |model| model.is_in() || model.lobby().is_some()).await
    }

    /// Waits until the server has said so, or refused it.
    async fn let_in(
        &mut self,
        what: &'static str,
        until: impl Fn(&Model) -> bool,
    ) -> Result<(), ClientError> {
        self.wait_for(what, |model| until(model) || model.admission_refused.is_some()).await?;
        self.model.admission_refused.map_or(Ok(()), |code| Err(ClientError::NotAdmitted(code)))
    }

    /// This browser's knock by any link, on a socket with this challenge: for tests of who is let in
    /// by which.
    ///
    /// # Errors
    /// [`ClientError::Seal`].
    pub fn knock_by(
        &mut self,
        link: &Link,
        name: &str,
        challenge: &Challenge32,
    ) -> Result<ClientFrame, ClientError> {
        let mut keyring = self.keyring.clone();
        keyring.link = link.keys();
        Ok(keyring.knock(name, challenge, &mut self.rng)?)
    }

    /// The whole way of a host into a set that was just made: in by the own link, the first key,
    /// the title, the name.
    ///
    /// # Errors
    /// As [`Client::knock`], and [`ClientError::Refused`].
    pub async fn host(
        dial: &Dial,
        links: &Links,
        title: &str,
        name: &str,
        rng: StdRng,
    ) -> Result<Self, ClientError> {
        Self::host_with(dial, links, title, name, Sealing::Real, rng).await
    }

    /// As [`Client::host`], with the choice not to seal anything.
    ///
    /// # Errors
    /// As [`Client::host`].
    pub async fn host_with(
        dial: &Dial,
        links: &Links,
        title: &str,
        name: &str,
        sealing: Sealing,
        rng: StdRng,
    ) -> Result<Self, ClientError> {
        let mut host = Self::knock_with(dial, &links.host, name, sealing, rng).await?;
        host.wait_for("the room", Model::is_in).await?;
        host.keyring.learn(links.all().into_iter().cloned());
        host.rekey(&[]).await?.required("the first key")?;
        host.put(TextKind::Title, title, None).await?.1.required("the title")?;
        host.put(TextKind::Name, name, None).await?.1.required("the name")?;
        Ok(host)
    }

    /// Lets somebody in who waits at the door: checks their knock, and hands them the key.
    ///
    /// # Errors
    /// [`ClientError::Late`] when they do not knock, [`ClientError::Seal`] when the knock is not
    /// genuine, and as [`Client::do_`].
    pub async fn admit(&mut self, device: DeviceId) -> Result<Answer, ClientError> {
        self.admit_as(device, None).await
    }

    /// As [`Client::admit`], into a seat that they had before.
    ///
    /// # Errors
    /// As [`Client::admit`].
    pub async fn admit_as(
        &mut self,
        device: DeviceId,
        seat: Option<SeatId>,
    ) -> Result<Answer, ClientError> {
        self.wait_for("a knock", |model| model.knocks.contains_key(&device)).await?;
        let knock = self.model.knocks.get(&device).ok_or(ClientError::Missing("knock"))?.clone();
        self.keyring.check_knock(device, &knock)?;
        let command = self.admission(device, &knock, seat)?;
        let answer = self.do_(command).await?;
        if answer.refused().is_some() {
            self.keyring.edit_was_refused();
        }
        Ok(answer)
    }

    /// The command that lets somebody in.
    ///
    /// # Errors
    /// [`ClientError::Missing`] before this person is in, [`ClientError::Seal`].
    pub fn admission(
        &mut self,
        device: DeviceId,
        knock: &KnockView,
        seat: Option<SeatId>,
    ) -> Result<Command, ClientError> {
        let (shared, own) = (self.shared()?, self.own()?);
        let recover = seat.and_then(|seat| own.recover.get(&seat));
        let (grant, edit) =
            self.keyring.admit(knock, seat, &shared.roster, recover, &mut self.rng)?;
        Ok(Command::Admit { device, grant, seat, edit: Some(edit) })
    }

    /// Waits to be admitted, takes the key, and writes the name.
    ///
    /// # Errors
    /// [`ClientError::NotAdmitted`] when turned away, [`ClientError::Late`], [`ClientError::Seal`],
    /// [`ClientError::Refused`].
    pub async fn enter(&mut self, name: &str) -> Result<(), ClientError> {
        self.let_in("to be let in", Model::is_in).await?;
        self.take_grant()?;
        self.put(TextKind::Name, name, None).await?.1.required("the name")?;
        Ok(())
    }

    /// Drops the connection without a word, as a cable does.
    pub fn cut(&mut self) {
        self.connection = None;
    }

    /// Says goodbye and goes; the seat stays.
    ///
    /// # Errors
    /// [`ClientError::Ended`] when it was over already.
    pub async fn go(&mut self) -> Result<(), ClientError> {
        match self.connection.take() {
            Some(connection) => Ok(connection.close().await?),
            None => Ok(()),
        }
    }

    /// Reaches the service by another way from now on, as when it was started again elsewhere.
    pub fn redial(&mut self, dial: &Dial) {
        self.dial = dial.clone();
    }

    /// Comes back with what it last saw, and has caught up, as far as the server says at once,
    /// when the first frame about the room is in.
    ///
    /// # Errors
    /// [`ClientError::Dial`], [`ClientError::NotAdmitted`], [`ClientError::Ended`], [`ClientError::Late`].
    pub async fn come_back(&mut self) -> Result<(), ClientError> {
        let since = self.model.is_in().then(|| self.model.seq());
        self.resume(since).await
    }

    /// Comes back as if it had seen nothing.
    ///
    /// # Errors
    /// As [`Client::come_back`].
    pub async fn come_back_anew(&mut self) -> Result<(), ClientError> {
        self.resume(None).await
    }

    async fn resume(&mut self, since: Option<setroom_protocol::Seq>) -> Result<(), ClientError> {
        self.connection = Some(self.dial.connect().await?);
        let frame = self.keyring.come_back_on(since, self.model.branch);
        self.connection()?.send(&frame).await?;
        loop {
            let frame = self.next().await?;
            if let ServerFrame::Refused { cid: None, code, .. } = frame {
                return Err(ClientError::NotAdmitted(code));
            }
            // A return is answered by a snapshot, or by what was missed and the own view whole.
            if matches!(
                frame,
                ServerFrame::Snapshot { .. }
                    | ServerFrame::Own { whole: true, .. }
                    | ServerFrame::Lobby { .. }
            ) {
                return Ok(());
            }
        }
    }
}
