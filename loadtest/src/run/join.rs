//! The joins: a set is made, its facilitator comes in, its members knock and are let in, and the
//! meeting is brought to the part in which people ask questions.

use std::collections::BTreeSet;
use std::sync::Arc;

use futures_util::future::{join_all, try_join};
use rand::SeedableRng as _;
use rand::rngs::StdRng;
use setroom_protocol::{Command, MeetingId, Mode};
use tokio::time::Instant;

use super::ledger::Ledger;
use super::room::{Hand, Room};
use super::source::Sources;
use crate::measure::recorder::Recorder;
use crate::schedule::{Load, mixed};
use setroom_client::{Client, ClientError, Dial, Links, Receiver, Sealing, found_set};

/// The plan that is played: half a day, as most sets meet.
const PLAN: &str = "half_day_210";
/// The template of its slots.
const TEMPLATE: &str = "classic";
/// The part that the load belongs to.
const PART: &str = "classic.explore";

/// What all joins of a run need.
#[derive(Debug)]
pub(crate) struct Joins {
    pub(crate) dial: Dial,
    pub(crate) sources: Sources,
    pub(crate) load: Load,
    pub(crate) salt: u64,
    pub(crate) sealing: Sealing,
    pub(crate) recorder: Arc<Recorder>,
}

/// A room whose people are all there.
#[derive(Debug)]
pub(crate) struct Ready {
    pub(crate) room: Arc<Room>,
    pub(crate) hands: Vec<Hand>,
    pub(crate) receivers: Vec<Receiver>,
    pub(crate) meeting: MeetingId,
}

impl Joins {
    fn dial(&self) -> Dial {
        match self.sources.next() {
            Some(address) => self.dial.clone().from(address),
            None => self.dial.clone(),
        }
    }

    fn rng(&self, room: usize, of: u64) -> StdRng {
        StdRng::seed_from_u64(mixed(self.salt, ((room as u64) << 16) | of))
    }

    fn joined(&self, room: usize, started: Instant) {
        let now = Instant::now();
        self.recorder.opened();
        self.recorder.joined(room, now.saturating_duration_since(started), now);
    }

    /// Brings one room to the start of the measured part.
    pub(crate) async fn room(&self, index: usize) -> Result<Ready, ClientError> {
        let mut rng = self.rng(index, u64::from(u16::MAX));
        let links = found_set(&self.dial(), PLAN, TEMPLATE, Mode::Set, &mut rng).await?;
        let (dial, started) = (self.dial(), Instant::now());
        let rng = self.rng(index, 0);
        let mut host =
            Client::host_with(&dial, &links, "A set", "Person 0", self.sealing, rng).await?;
        self.joined(index, started);

        let members = async {
            let all = (1..self.load.members).map(|seat| self.member(index, seat, &links));
            join_all(all).await.into_iter().collect::<Result<Vec<_>, _>>()
        };
        let (members, ()) = try_join(members, admit_all(&mut host, self.load.members - 1)).await?;
        let (dials, mut clients): (Vec<_>, Vec<_>) =
            [(dial, host)].into_iter().chain(members).unzip();
        begin(&mut clients).await?;
        self.books(index, dials, clients)
    }

    async fn member(
        &self,
        room: usize,
        seat: usize,
        links: &Links,
    ) -> Result<(Dial, Client), ClientError> {
        let (dial, started, name) = (self.dial(), Instant::now(), format!("Person {seat}"));
        let rng = self.rng(room, seat as u64);
        let mut member = Client::knock_with(&dial, &links.member, &name, self.sealing, rng).await?;
        member.wait_for("to be let in", setroom_client::Model::is_in).await?;
        self.joined(room, started);
        member.enter(&name).await?;
        member.must("the charter", Command::AgreeCharter).await?;
        Ok((dial, member))
    }

    fn books(
        &self,
        index: usize,
        dials: Vec<Dial>,
        clients: Vec<Client>,
    ) -> Result<Ready, ClientError> {
        let (mut seats, mut hands, mut receivers, mut owns) = (vec![], vec![], vec![], vec![]);
        let mut first = None;
        for (dial, client) in dials.into_iter().zip(clients) {
            seats.push(client.seat()?);
            let (connection, model, keyring) = client.into_parts();
            let connection = connection.ok_or(ClientError::Missing("connection"))?;
            let (sender, receiver) = connection.split();
            hands.push(Hand { sender, keyring, dial });
            receivers.push(receiver);
            let (seq, (shared, own)) = (model.seq(), model.into_views());
            let (of, view) = first.get_or_insert_with(|| (seq, shared.clone()));
            owns.push((own, *of == seq && *view == shared));
        }
        let (seq, shared) = first.ok_or(ClientError::Missing("seat"))?;
        let meeting = shared.get("meeting").and_then(|id| id.as_str()?.parse().ok());
        let meeting = meeting.ok_or(ClientError::Missing("meeting"))?;
        let ledger = Ledger::new(seq.0, shared, owns);
        let room = Room::new(index, seats, ledger, Arc::clone(&self.recorder));
        Ok(Ready { room: Arc::new(room), hands, receivers, meeting })
    }
}

/// Lets everybody in as they knock.
async fn admit_all(host: &mut Client, count: usize) -> Result<(), ClientError> {
    let mut admitted = BTreeSet::new();
    while admitted.len() < count {
        let fresh = |model: &setroom_client::Model| {
            model.knocks().keys().copied().find(|device| !admitted.contains(device))
        };
        host.wait_for("a knock", |model| fresh(model).is_some()).await?;
        let Some(device) = fresh(host.model()) else { continue };
        if let Some(code) = host.admit(device).await?.refused() {
            return Err(ClientError::Refused { what: "an admission", code });
        }
        admitted.insert(device);
    }
    Ok(())
}

/// Starts the meeting, goes to the part that is played, and lets everybody see that.
async fn begin(clients: &mut [Client]) -> Result<(), ClientError> {
    let presenter = clients.get(1).map(Client::seat).transpose()?;
    let Some((host, members)) = clients.split_first_mut() else { return Ok(()) };
    let agenda = host.shared()?.agenda;
    let part = agenda.iter().position(|part| part.id == PART);
    let part = part.and_then(|part| u32::try_from(part).ok()).ok_or(ClientError::Missing(PART))?;
    host.must("the start", Command::Start).await?;
    host.must("the move", Command::GoTo { part }).await?;
    let last = host.must("the choice", Command::ChoosePresenter { seat: presenter }).await?;
    host.catch_up(last).await?;
    for member in members {
        member.catch_up(last).await?;
    }
    Ok(())
}
