//! People in the service's own rooms: they come in by the real client, with links, knocks and
//! admissions, and then leave their sockets to the generator, which comes back as they would.

use std::collections::BTreeSet;
use std::io;
use std::net::SocketAddr;

use rand::rngs::StdRng;
use rand::{RngExt as _, SeedableRng as _};
use setroom_client::{Client, ClientError, Dial, Links, Model, Sealing, create_set};
use setroom_protocol::{Command, Mode};
use tokio::runtime::{Builder, Runtime};
use tokio::task::JoinSet;

use crate::generator::{Generator, Opening};

/// The plan, the template and the part that are played: people ask questions.
const PLAN: &str = "half_day_210";
const TEMPLATE: &str = "classic";
const PART: &str = "classic.explore";
/// Rooms that are filled at the same time.
const AT_ONCE: usize = 8;

/// Founds rooms, brings their people in, and connects the generator in their place.
///
/// # Errors
/// When somebody is not let in.
pub fn fill(
    generator: &mut Generator,
    to: SocketAddr,
    rooms: usize,
    members: usize,
) -> io::Result<()> {
    let runtime = Builder::new_current_thread().enable_all().build()?;
    let dial = Dial::to(&format!("http://{to}")).map_err(io::Error::other)?;
    let mut left = rooms;
    while left > 0 {
        let now = left.min(AT_ONCE);
        left -= now;
        for people in bring_in(&runtime, &dial, now, members)? {
            let openings: Vec<_> = people.iter().map(|client| opening(to, client)).collect();
            generator.room(&openings)?;
            // Now they are here twice, and nobody is missed when the first goes.
            drop(people);
        }
    }
    Ok(())
}

fn opening(to: SocketAddr, client: &Client) -> Opening {
    let frame = client.keyring().come_back(Some(client.model().seq()));
    let first = serde_json::to_string(&frame).ok();
    Opening { to, path: "/ws".to_owned(), first }
}

/// Makes so many rooms of so many people each.
pub(crate) fn bring_in(
    runtime: &Runtime,
    dial: &Dial,
    rooms: usize,
    members: usize,
) -> io::Result<Vec<Vec<Client>>> {
    runtime.block_on(async {
        let mut coming = JoinSet::new();
        for _ in 0..rooms {
            coming.spawn(Box::pin(room(dial.clone(), rand::rng().random(), members)));
        }
        let mut all = Vec::new();
        while let Some(people) = coming.join_next().await {
            all.push(people.map_err(io::Error::other)?.map_err(io::Error::other)?);
        }
        Ok(all)
    })
}

/// One room with a facilitator and members, in the part that people ask questions in.
async fn room(dial: Dial, seed: u64, members: usize) -> Result<Vec<Client>, ClientError> {
    let mut rng = StdRng::seed_from_u64(seed);
    let links = create_set(&dial, PLAN, TEMPLATE, Mode::Set, &mut rng).await?;
    let sealing = Sealing::Opaque;
    let own = StdRng::from_rng(&mut rng);
    let mut host = Client::host_with(&dial, &links, "A set", "Person 0", sealing, own).await?;
    let mut coming = JoinSet::new();
    for seat in 1..members {
        let (dial, links, own) = (dial.clone(), links.clone(), StdRng::from_rng(&mut rng));
        coming.spawn(Box::pin(member(dial, links, seat, own)));
    }
    admit_all(&mut host, members.saturating_sub(1)).await?;
    let mut people = vec![host];
    while let Some(member) = coming.join_next().await {
        people.push(member.map_err(|_| ClientError::Missing("member"))??);
    }
    begin(&mut people).await?;
    Ok(people)
}

async fn member(dial: Dial, links: Links, seat: usize, rng: StdRng) -> Result<Client, ClientError> {
    let name = format!("Person {seat}");
    let mut member = Client::knock_with(&dial, &links.member, &name, Sealing::Opaque, rng).await?;
    member.enter(&name).await?;
    member.must("the charter", Command::AgreeCharter).await?;
    Ok(member)
}

async fn admit_all(host: &mut Client, count: usize) -> Result<(), ClientError> {
    let mut admitted = BTreeSet::new();
    while admitted.len() < count {
        let fresh =
            |model: &Model| model.knocks.keys().copied().find(|device| !admitted.contains(device));
        host.wait_for("a knock", |model| fresh(model).is_some()).await?;
        let Some(device) = fresh(host.model()) else { continue };
        host.admit(device).await?;
        admitted.insert(device);
    }
    Ok(())
}

/// Starts the meeting, goes to the part that is played, and lets everybody see that.
async fn begin(people: &mut [Client]) -> Result<(), ClientError> {
    let presenter = people.get(1).map(Client::seat).transpose()?;
    let Some((host, members)) = people.split_first_mut() else { return Ok(()) };
    let agenda = host.shared()?.agenda;
    let part = agenda.iter().position(|part| part.id == PART);
    let part = part.and_then(|part| u32::try_from(part).ok()).ok_or(ClientError::Missing(PART))?;
    host.must("the start", Command::Start).await?;
    let mut last = host.must("the move", Command::GoTo { part }).await?;
    if presenter.is_some() {
        last = host.must("the choice", Command::ChoosePresenter { seat: presenter }).await?;
    }
    host.catch_up(last).await?;
    for member in members {
        member.catch_up(last).await?;
    }
    Ok(())
}
