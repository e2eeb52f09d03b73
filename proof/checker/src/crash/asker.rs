//! One person who asks as fast as they can, keeps what was not answered, and sends it again.

use std::collections::VecDeque;

use rand::RngExt as _;
use rand::rngs::StdRng;
use setroom_client::{Answer, Client, ClientError, Place};
use setroom_protocol::{ClientFrame, Command, CommandId, ItemId, Put, Seq, ServerFrame, TextKind};
use tokio::sync::watch;

/// Commands that are under way at the same time.
const WINDOW: usize = 4;

/// A command without an answer.
struct Open {
    cid: CommandId,
    seen: Seq,
    command: Command,
}

/// A person.
pub(super) struct Asker {
    pub(super) client: Client,
    facilitates: bool,
    random: StdRng,
    /// What was sent and not answered yet, in order.
    open: VecDeque<Open>,
    /// How much of that there was whenever the line broke.
    pub(super) unanswered: u64,
    /// How much of that had been done all the same.
    pub(super) committed: u64,
}

impl Asker {
    pub(super) fn new(client: Client, facilitates: bool, random: StdRng) -> Self {
        let open = VecDeque::new();
        Self { client, facilitates, random, open, unanswered: 0, committed: 0 }
    }

    /// Asks until the line breaks, and counts what was acknowledged.
    pub(super) async fn work(&mut self, acknowledged: &watch::Sender<u64>) {
        while let Ok(done) = self.step().await {
            acknowledged.send_modify(|count| *count += u64::from(done));
        }
    }

    /// Keeps the window full, and waits for one answer.
    async fn step(&mut self) -> Result<bool, ClientError> {
        while self.open.len() < WINDOW {
            let command = self.command()?;
            let (cid, seen) = (self.client.fresh_cid(), self.client.model().seq());
            // Noted before it is sent: whatever happens from here on, it may have been done.
            self.open.push_back(Open { cid, seen, command: command.clone() });
            self.client.ask(cid, seen, command).await?;
        }
        Ok(self.answer().await?.is_some())
    }

    /// Waits for the answer to the oldest command; the place, when it is done.
    async fn answer(&mut self) -> Result<Option<Seq>, ClientError> {
        let Some(Open { cid, seen, command }) = self.open.front() else { return Ok(None) };
        let (cid, seen, command) = (*cid, *seen, command.clone());
        let answer = self.client.answer_to(cid).await?;
        if let Answer::Refused { temporary: true, .. } = answer {
            self.client.ask(cid, seen, command).await?;
            return Ok(None);
        }
        self.open.pop_front();
        if let (Command::Put(put), Answer::Done(_)) = (&command, answer) {
            self.client.keyring_mut().was_put(put);
        }
        Ok(answer.done())
    }

    /// What somebody in a meeting presses, at random. Each box names the one before it, so only one
    /// text is under way.
    fn command(&mut self) -> Result<Command, ClientError> {
        let on = self.random.random();
        let writes = self.open.iter().any(|open| matches!(open.command, Command::Put(_)));
        Ok(match self.random.random_range(0..if self.facilitates { 10 } else { 5 }) {
            0 => Command::RaiseHand { kind: None, seat: None },
            1 => Command::LowerHand { seat: None },
            2 => Command::Tick { on },
            3 => Command::DeferHand,
            4 if !writes => Command::Put(self.name()?),
            5 => Command::Lock { on },
            6 => Command::AddTime { minutes: self.random.random_range(1..4) },
            7 => Command::Silence { on },
            8 => Command::Undo,
            _ if !self.facilitates => Command::EndTurn,
            _ if on => Command::Pause,
            _ => Command::Resume,
        })
    }

    fn name(&mut self) -> Result<Put, ClientError> {
        let shared = self.client.shared()?;
        let own = self.client.model().own().ok_or(ClientError::Missing("own view"))?;
        let item = ItemId::from_bytes(*own.seat.as_bytes());
        let rev = shared.items.get(&item).map_or(1, |item| item.rev + 1);
        let kind = TextKind::Name;
        let place = Place { meeting: shared.meeting, seat: own.seat, kind, item, rev, own: false };
        let keyring = self.client.keyring_mut();
        keyring.count_from(own.next_n);
        Ok(keyring.seal(&place, "Somebody", None, &mut self.random)?)
    }

    /// The line has broken, and there is a server again.
    pub(super) async fn come_back(&mut self) -> Result<(), ClientError> {
        self.unanswered += self.open.len() as u64;
        self.client.cut();
        self.client.come_back().await
    }

    /// Sends again what was not answered, under the same ids, and waits for all answers.
    pub(super) async fn send_again(&mut self) -> Result<(), ClientError> {
        let back_at = self.client.model().seq();
        for Open { cid, seen, command } in &self.open {
            self.client.ask(*cid, *seen, command.clone()).await?;
        }
        while !self.open.is_empty() {
            let done = self.answer().await?;
            self.committed += u64::from(done.is_some_and(|seq| seq <= back_at));
        }
        Ok(())
    }

    /// Waits for an answer that comes after all that was sent before.
    pub(super) async fn until_quiet(&mut self) -> Result<(), ClientError> {
        let ping = ClientFrame::Ping { sent: self.random.random_range(0..1 << 50) };
        self.client.connection()?.send(&ping).await?;
        while !matches!(self.client.next().await?, ServerFrame::Pong { .. }) {}
        Ok(())
    }
}
