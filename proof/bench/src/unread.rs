//! Memory of the service while hundreds of people of one address come back to rooms that are full of
//! texts, and read nothing of them.

use std::io;
use std::net::{Ipv4Addr, SocketAddr};
use std::time::Duration;

use serde::{Deserialize, Serialize};
use setroom_client::{Client, ClientError};
use setroom_protocol::{Command, TextKind};
use tokio::net::{TcpSocket, TcpStream};
use tokio::runtime::Builder;
use tokio::task::JoinSet;
use tokio::time::{Instant, sleep};

use crate::cores::{Cores, Placing};
use crate::frames::begun;
use crate::servers::{Programs, join};
use crate::usage;

/// Rooms, their people, and the lines of each: 512 and a few.
const ROOMS: usize = 10;
const MEMBERS: usize = 18;
const LINES: usize = 3;
/// Of them so many write as much as they may.
const AUTHORS: usize = 4;
const TEXTS: usize = 199;
/// How long memory is looked at afterwards.
const LOOK: Duration = Duration::from_secs(4);

/// What was measured.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Unread {
    /// Lines that came back, and read nothing.
    pub lines: usize,
    /// Resident memory before, in bytes.
    pub before: u64,
    /// The most of it afterwards.
    pub most: u64,
}

/// Measures it once.
///
/// # Errors
/// When the service cannot be started, or somebody is not let in.
pub fn run(programs: &Programs) -> io::Result<Unread> {
    let cores = Cores::find()?;
    let service = programs.start_counting_addresses(&cores, Placing::Anywhere)?;
    let runtime = Builder::new_multi_thread().worker_threads(2).enable_all().build()?;
    let dial = service.dial()?;
    let mut rooms = Vec::new();
    for _ in 0..ROOMS {
        // One after the other, and from many addresses, as the service counts for each.
        let room = Ipv4Addr::new(127, 0, 1, u8::try_from(rooms.len()).unwrap_or_default() + 1);
        let dial = dial.clone().from(room.into());
        rooms.extend(join::bring_in(&runtime, &dial, 1, MEMBERS)?);
    }
    let rooms = runtime.block_on(fill(rooms)).map_err(io::Error::other)?;
    let before = usage::rss_bytes(service.pid())?;
    let at = service.address();
    let (lines, most) = runtime.block_on(async {
        let mut lines = Vec::new();
        let mut most = before;
        for _ in 0..LINES {
            for person in rooms.iter().flatten() {
                let frame = person.keyring().come_back(None);
                let text = serde_json::to_string(&frame).map_err(io::Error::other)?;
                lines.push(deaf(at, &text).await?);
                most = most.max(usage::rss_bytes(service.pid())?);
            }
        }
        let until = Instant::now() + LOOK;
        while Instant::now() < until {
            most = most.max(usage::rss_bytes(service.pid())?);
            sleep(Duration::from_millis(20)).await;
        }
        io::Result::Ok((lines.len(), most))
    })?;
    Ok(Unread { lines, before, most })
}

/// Everybody who writes fills their share of each room.
async fn fill(rooms: Vec<Vec<Client>>) -> Result<Vec<Vec<Client>>, ClientError> {
    let mut filling = JoinSet::new();
    for room in rooms {
        filling.spawn(Box::pin(write(room)));
    }
    let mut full = Vec::new();
    while let Some(room) = filling.join_next().await {
        full.push(room.map_err(|_| ClientError::Missing("room"))??);
    }
    Ok(full)
}

async fn write(mut room: Vec<Client>) -> Result<Vec<Client>, ClientError> {
    let long = "y".repeat(4000);
    let Some((host, members)) = room.split_first_mut() else { return Ok(room) };
    let parts = host.shared()?.agenda;
    let act = parts.iter().position(|part| part.id == "classic.act");
    let part = act.and_then(|part| u32::try_from(part).ok()).ok_or(ClientError::Missing("part"))?;
    let mut seq = host.must("the move", Command::GoTo { part }).await?;
    let Some((authors, others)) = members.split_at_mut_checked(AUTHORS) else { return Ok(room) };
    for other in others {
        other.go().await?;
    }
    for number in 0..AUTHORS {
        let rest = authors.get_mut(number..).and_then(<[Client]>::split_first_mut);
        let Some((author, later)) = rest else { return Ok(room) };
        // The first one is the presenter from the beginning.
        if number > 0 {
            let seat = Some(author.seat()?);
            seq = host.must("the choice", Command::ChoosePresenter { seat }).await?;
        }
        author.catch_up(seq).await?;
        for _ in 0..TEXTS {
            let (item, _) = author.put(TextKind::Action, &long, None).await?;
            seq = author.release(item).await?.done().ok_or(ClientError::Missing("release"))?;
            host.catch_up(seq).await?;
            for other in &mut *later {
                other.catch_up(seq).await?;
            }
        }
        author.go().await?;
    }
    Ok(room)
}

/// A line that comes back and reads nothing; again, where it is refused.
async fn deaf(at: SocketAddr, first: &str) -> io::Result<TcpStream> {
    loop {
        let socket = TcpSocket::new_v4()?;
        socket.set_recv_buffer_size(4096)?;
        socket.bind((Ipv4Addr::new(127, 0, 0, 9), 0).into())?;
        let line = socket.connect(at).await?;
        match begun(line, at, |_| Ok(first.to_owned())).await {
            Ok(line) => return Ok(line),
            Err(_) => sleep(Duration::from_millis(50)).await,
        }
    }
}

/// It in words, behind the machine.
pub fn markdown(unread: &Unread) -> String {
    let Unread { lines, before, most } = unread;
    let mib = |bytes: &u64| *bytes as f64 / 1024.0 / 1024.0;
    format!(
        " {lines} lines of one address come back to {ROOMS} rooms that are \
         full of texts, and read nothing: resident memory {:.0} MiB before, {:.0} MiB at most.\n",
        mib(before),
        mib(most),
    )
}
