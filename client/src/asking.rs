//! Frames in, commands out, answers back.

use std::time::Duration;

use rand::RngExt as _;
use setroom_protocol::command::BidTerms;
use setroom_protocol::room::Stage;
use setroom_protocol::view::{Own, Shared};
use setroom_protocol::{
    ClientFrame, Command, CommandId, DeviceId, ItemId, SeatId, Seq, ServerFrame, TextKind,
};

use super::boxes::Place;
use super::connection::{Connection, Ended};
use super::keyring::Keyring;
use super::model::Model;
use super::own_key::is_private;
use super::{Answer, Client, ClientError, fit_name};
use crate::seal::SealError;

impl Client {
    /// The view.
    pub fn model(&self) -> &Model {
        &self.model
    }

    /// The secrets.
    pub fn keyring(&self) -> &Keyring {
        &self.keyring
    }

    /// The secrets, for tests that forge something.
    pub fn keyring_mut(&mut self) -> &mut Keyring {
        &mut self.keyring
    }

    /// This browser.
    pub fn device(&self) -> DeviceId {
        self.keyring.device()
    }

    /// This person's seat.
    ///
    /// # Errors
    /// [`ClientError::Missing`] before they are in.
    pub fn seat(&self) -> Result<SeatId, ClientError> {
        self.model.seat().ok_or(ClientError::Missing("seat"))
    }

    /// What all see.
    ///
    /// # Errors
    /// [`ClientError::Missing`] before this person is in.
    pub fn shared(&self) -> Result<Shared, ClientError> {
        self.model.shared().ok_or(ClientError::Missing("view of the room"))
    }

    /// What this browser sees for itself.
    pub(crate) fn own(&self) -> Result<Own, ClientError> {
        self.model.own().ok_or(ClientError::Missing("own view"))
    }

    /// How long this client waits for anything from now on, in all.
    pub fn wait_at_most(&mut self, patience: Duration) {
        self.dial = self.dial.clone().patience(patience);
    }

    /// The connection itself, for tests that send what a client never sends.
    ///
    /// # Errors
    /// [`ClientError::Ended`] when there is none.
    pub fn connection(&mut self) -> Result<&mut Connection, ClientError> {
        self.connection.as_mut().ok_or_else(|| Ended::Lost("not connected".into()).into())
    }

    /// The next frame, already taken into the model.
    ///
    /// # Errors
    /// [`ClientError::Ended`], or [`ClientError::Late`].
    pub async fn next(&mut self) -> Result<ServerFrame, ClientError> {
        self.in_time("a frame", Self::step).await
    }

    async fn step(&mut self) -> Result<ServerFrame, ClientError> {
        let next = self.connection()?.next_text().await;
        let text = match next {
            Ok(text) => text,
            Err(ended) => {
                self.connection = None;
                return Err(ended.into());
            }
        };
        let frame = self.model.take(&text)?;
        if let ServerFrame::Done { cid, seq } = frame {
            self.answers.insert(cid, Answer::Done(seq));
        } else if let ServerFrame::Refused { cid: Some(cid), code, temporary } = frame {
            self.answers.insert(cid, Answer::Refused { code, temporary });
        }
        Ok(frame)
    }

    /// Takes frames until the model is as `until` wants it. `what` is for the error.
    ///
    /// # Errors
    /// [`ClientError::Late`] when that did not come within the whole patience, or
    /// [`ClientError::Ended`].
    pub async fn wait_for(
        &mut self,
        what: &'static str,
        until: impl Fn(&Model) -> bool,
    ) -> Result<(), ClientError> {
        self.in_time(what, async |client: &mut Self| {
            while !until(&client.model) {
                client.step().await?;
            }
            Ok(())
        })
        .await
    }

    async fn in_time<T>(
        &mut self,
        what: &'static str,
        work: impl AsyncFnOnce(&mut Self) -> Result<T, ClientError>,
    ) -> Result<T, ClientError> {
        let patience = self.dial.waits();
        tokio::time::timeout(patience, work(self)).await.map_err(|_| ClientError::Late(what))?
    }

    /// Reads until the server has closed the connection, and says how.
    ///
    /// # Errors
    /// [`ClientError::Late`] when it stays open.
    pub async fn until_ended(&mut self) -> Result<Ended, ClientError> {
        self.in_time("the end of the connection", async |client: &mut Self| {
            loop {
                match client.step().await {
                    Ok(_) => {}
                    Err(ClientError::Ended(ended)) => return Ok(ended),
                    Err(error) => return Err(error),
                }
            }
        })
        .await
    }

    /// Takes frames until the change at `seq` is in the view.
    ///
    /// # Errors
    /// As [`Client::wait_for`].
    pub async fn catch_up(&mut self, seq: Seq) -> Result<(), ClientError> {
        self.wait_for("a change", |model| model.seq() >= seq).await
    }

    /// Asks for something, on the screen as it is now, and waits for the answer.
    ///
    /// # Errors
    /// [`ClientError::Late`] or [`ClientError::Ended`]. A refusal is an answer.
    pub async fn do_(&mut self, command: Command) -> Result<Answer, ClientError> {
        let cid = self.fresh_cid();
        self.ask(cid, self.model.seq(), command).await?;
        self.answer_to(cid).await
    }

    /// As [`Client::do_`], for a command that has to succeed.
    ///
    /// # Errors
    /// [`ClientError::Refused`] too.
    pub async fn must(&mut self, what: &'static str, command: Command) -> Result<Seq, ClientError> {
        self.do_(command).await?.required(what)
    }

    /// A command id that was not used before.
    pub fn fresh_cid(&mut self) -> CommandId {
        CommandId::from_bytes(self.rng.random())
    }

    /// Sends a command and does not wait: for repeats, stale screens and races.
    ///
    /// # Errors
    /// [`ClientError::Ended`].
    pub async fn ask(
        &mut self,
        cid: CommandId,
        seen: Seq,
        command: Command,
    ) -> Result<(), ClientError> {
        // An answer to an earlier use of the same id must not count for this one.
        self.answers.remove(&cid);
        let frame = ClientFrame::Do { cid, seen, cmd: command };
        Ok(self.connection()?.send(&frame).await?)
    }

    /// Waits for the answer to a command that was sent.
    ///
    /// # Errors
    /// [`ClientError::Late`] or [`ClientError::Ended`].
    pub async fn answer_to(&mut self, cid: CommandId) -> Result<Answer, ClientError> {
        self.in_time("an answer", async |client: &mut Self| {
            loop {
                if let Some(answer) = client.answers.remove(&cid) {
                    return Ok(answer);
                }
                client.step().await?;
            }
        })
        .await
    }

    /// Seals and writes a new text, and gives its id with the answer.
    ///
    /// # Errors
    /// As [`Client::do_`], and [`ClientError::Seal`].
    pub async fn put(
        &mut self,
        kind: TextKind,
        text: &str,
        bid: Option<BidTerms>,
    ) -> Result<(ItemId, Answer), ClientError> {
        // A name's id is its seat's.
        let item = if kind == TextKind::Name {
            ItemId::from_bytes(*self.seat()?.as_bytes())
        } else {
            ItemId::from_bytes(self.rng.random())
        };
        let answer = self.put_again(item, kind, text, bid).await?;
        Ok((item, answer))
    }

    /// Seals and writes the next revision of a text, whether or not there is an earlier one.
    ///
    /// # Errors
    /// As [`Client::put`].
    pub async fn put_again(
        &mut self,
        item: ItemId,
        kind: TextKind,
        text: &str,
        bid: Option<BidTerms>,
    ) -> Result<Answer, ClientError> {
        let own = self.own()?;
        // What its author alone may see is sealed under their own key, until it is released.
        // That it is released the server's word is not enough for.
        let is_closed = self.shared()?.stage == Stage::Closed;
        if is_closed || (is_private(kind) && !self.released.contains(&item)) {
            self.seals_now()?;
            let due = self.keyring.own_key(own.seat, own.own_key.as_ref(), &mut self.rng)?;
            if let Some(key) = due {
                self.must("the own key", Command::OwnKey(key)).await?;
            }
            return self.put_as(item, kind, text, bid, true).await;
        }
        self.put_as(item, kind, text, bid, false).await
    }

    /// Nothing is sealed for a room that shows no roster, or names another epoch than its roster does.
    pub(crate) fn seals_now(&mut self) -> Result<(), ClientError> {
        let shared = self.shared()?;
        self.keyring.follow(&shared.roster)?;
        let is_named = self.keyring.roster().epoch() == shared.epoch;
        is_named.then_some(()).ok_or_else(|| SealError::Epoch.into())
    }

    pub(crate) async fn put_as(
        &mut self,
        item: ItemId,
        kind: TextKind,
        text: &str,
        bid: Option<BidTerms>,
        under_own_key: bool,
    ) -> Result<Answer, ClientError> {
        let (shared, own) = (self.shared()?, self.own()?);
        let name = (kind == TextKind::Name).then(|| fit_name(text).ok_or(SealError::Name));
        let name = name.transpose()?;
        let text = name.as_deref().unwrap_or(text);
        self.seals_now()?;
        self.keyring.count_from(own.next_n);
        let stored = shared.items.get(&item).or_else(|| own.items.get(&item));
        let rev = stored.map_or(1, |stored| stored.rev + 1);
        let (meeting, seat) = (shared.meeting, own.seat);
        let place = Place { meeting, seat, kind, item, rev, own: under_own_key };
        let put = self.keyring.seal(&place, text, bid, &mut self.rng)?;
        let answer = self.do_(Command::Put(put.clone())).await?;
        if answer.done().is_some() {
            self.keyring.was_put(&put);
        }
        Ok(answer)
    }

    /// Opens a text in the view, one's own hidden ones included; `None` when it is not there, or is a
    /// name that cannot be shown.
    ///
    /// # Errors
    /// [`ClientError::Missing`] before this person is in, [`ClientError::Seal`].
    pub fn read(&self, item: ItemId) -> Result<Option<String>, ClientError> {
        let (shared, own) = (self.shared()?, self.own()?);
        let view = shared.items.get(&item).or_else(|| own.items.get(&item));
        let Some(view) = view else { return Ok(None) };
        let text = self.keyring.open(shared.meeting, item, view)?;
        // Whoever sealed a name may have had other plans with it than to be called by it.
        Ok(if view.kind == TextKind::Name { fit_name(&text) } else { Some(text) })
    }

    /// Opens the text of that kind by that person which all may see, if there is one.
    ///
    /// # Errors
    /// As [`Client::read`].
    pub fn text(&self, kind: TextKind, seat: SeatId) -> Result<Option<String>, ClientError> {
        let shared = self.shared()?;
        let found = shared.items.iter().find(|(_, at)| at.kind == kind && at.seat == seat);
        found.map_or(Ok(None), |(item, _)| self.read(*item))
    }
}
