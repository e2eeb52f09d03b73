//! What a room feels of lines that send frames without a message, pings, pongs, pieces of nothing, and
//! of people who knock with a proof that is wrong.
//!
//! The lines wait at the door of another room. In turn there are windows of calm, windows in which
//! they flood another process on the same machine, which is the price of that work wherever it is
//! done, and windows in which they flood this one.

use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use rand::SeedableRng as _;
use rand::rngs::StdRng;
use serde::{Deserialize, Serialize};
use setroom_client::{Client, Keyring, Links, create_set};
use setroom_protocol::{Challenge32, ClientFrame, Mode, ServerFrame};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tokio::runtime::{Builder, Runtime};
use tokio::sync::watch;
use tokio::task::JoinSet;
use tokio::time::sleep;

use crate::cores::{Cores, Placing};
use crate::figures::Spread;
use crate::presses::{MEMBERS, PRESSES, ROOMS, Times, histogram, window};
use crate::servers::{Programs, Running, join};

/// Lines that flood.
const LINES: usize = 4;
/// Frames in one write of theirs.
const TOGETHER: usize = 2000;
/// At the beginning of each window nothing is counted.
const SETTLES: Duration = Duration::from_millis(300);

/// What a line sends again and again, after it has sent the first of the two once.
const KINDS: [(&str, &[u8], &[u8]); 4] = [
    ("pings", &[], &[0x89, 0x80, 0, 0, 0, 0]),
    ("pongs", &[], &[0x8a, 0x80, 0, 0, 0, 0]),
    ("empty pieces", &[0x01, 0x80, 0, 0, 0, 0], &[0x00, 0x80, 0, 0, 0, 0]),
    ("pieces of one byte", &[0x01, 0x80, 0, 0, 0, 0], &[0x00, 0x81, 0, 0, 0, 0, b' ']),
];

/// What comes after the kinds of frames: each line knocks with a wrong proof, and again.
const PROOFS: (&str, usize) = ("wrong proofs", KINDS.len());

/// One kind of window: all presses together, and how windows compare with the one before them, which
/// is calm where others are, and a flood of another process where this one is flooded.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Windows {
    /// What went on.
    pub name: String,
    /// All presses together.
    pub times: Times,
    /// The median of the windows' own 99th percentiles.
    pub p99: f64,
    /// The median of their ratios to the window before, and the largest.
    pub ratio: f64,
    /// The largest of these.
    pub worst: f64,
}

/// What was measured.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Frames {
    /// Windows of each kind.
    pub rounds: usize,
    /// Seconds of each window.
    pub seconds: f64,
    /// Each kind of window, with times of a press in microseconds.
    pub windows: Vec<Windows>,
}

/// Whom the lines flood at the moment, and with what; `None` in calm.
type Aim = Option<(bool, usize)>;

/// Measures so many windows of each kind, each `long`.
///
/// # Errors
/// When the service cannot be started, or the room that is measured loses somebody.
pub fn run(
    programs: &Programs,
    rounds: usize,
    long: Duration,
    tell: impl Fn(&str),
) -> io::Result<Frames> {
    let cores = Cores::find()?;
    let here = programs.start_published(&cores, Placing::Anywhere)?;
    let elsewhere = programs.start_published(&cores, Placing::Anywhere)?;
    let runtime = Builder::new_multi_thread().worker_threads(2).enable_all().build()?;
    let dial = here.dial()?;
    let rooms = join::bring_in(&runtime, &dial, ROOMS, MEMBERS)?;
    let doors = [door(&runtime, &here)?, door(&runtime, &elsewhere)?];
    runtime.block_on(play(rooms, doors, rounds, long, tell))
}

/// A room to knock at.
struct Door {
    at: SocketAddr,
    links: Links,
    _host: Client,
}

fn door(runtime: &Runtime, server: &Running) -> io::Result<Door> {
    let dial = server.dial()?;
    runtime.block_on(async {
        let mut rng = StdRng::seed_from_u64(7);
        let found = create_set(&dial, "short_90", "classic", Mode::Set, &mut rng).await;
        let links = found.map_err(io::Error::other)?;
        let host = Client::host(&dial, &links, "A set", "Host", rng).await;
        Ok(Door { at: server.address(), links, _host: host.map_err(io::Error::other)? })
    })
}

async fn play(
    mut rooms: Vec<Vec<Client>>,
    doors: [Door; 2],
    rounds: usize,
    long: Duration,
    tell: impl Fn(&str),
) -> io::Result<Frames> {
    let aim = Arc::new(watch::Sender::new(None));
    let mut floods = JoinSet::new();
    for (is_here, door) in [(true, &doors[0]), (false, &doors[1])] {
        for number in 0..LINES {
            let (at, links) = (door.at, door.links.clone());
            floods.spawn(Box::pin(flood(at, links, number as u64, is_here, aim.subscribe())));
        }
    }
    let mut aims: Vec<(String, Aim)> = vec![("calm".to_owned(), None)];
    let frames = KINDS.iter().enumerate().map(|(kind, (name, ..))| (*name, kind));
    for (name, kind) in frames.chain([PROOFS]) {
        aims.push((format!("{name}, another process"), Some((false, kind))));
        aims.push((format!("{name}, this one"), Some((true, kind))));
    }
    let mut all = Vec::new();
    for _ in &aims {
        all.push((histogram()?, Vec::new()));
    }
    for round in 1..=rounds {
        for ((name, now), (whole, p99s)) in aims.iter().zip(&mut all) {
            aim.send_replace(*now);
            let Times { p50, p99, .. } = window(&mut rooms, SETTLES, long, whole).await?;
            tell(&format!("round {round}, {name}: p50 {p50} µs, p99 {p99} µs"));
            p99s.push(p99 as f64);
            aim.send_replace(None);
            sleep(SETTLES).await;
        }
    }
    let calm = all.first().map(|(_, p99s)| p99s.clone()).unwrap_or_default();
    let mut before = calm.clone();
    let mut windows = Vec::new();
    for ((name, aim), (whole, p99s)) in aims.into_iter().zip(all) {
        let beside = if matches!(aim, Some((true, _))) { &before } else { &calm };
        let ratios = p99s.iter().zip(beside).map(|(one, other)| one / other.max(1.0));
        let ratios = Spread::of(ratios).unwrap_or_default();
        let p99 = Spread::of(p99s.iter().copied()).unwrap_or_default().median;
        let (ratio, worst) = (ratios.median, ratios.most);
        windows.push(Windows { name, times: Times::of(&whole), p99, ratio, worst });
        before = p99s;
    }
    Ok(Frames { rounds, seconds: long.as_secs_f64(), windows })
}

/// Knocks, and pours what is wanted into the line while it is aimed at; comes back when it is cut.
async fn flood(
    at: SocketAddr,
    links: Links,
    number: u64,
    is_here: bool,
    mut aim: watch::Receiver<Aim>,
) {
    let mut rng = StdRng::seed_from_u64(number);
    let keyring = Keyring::new(&links.member, setroom_client::Sealing::Opaque, &mut rng);
    let wanted = |aim: &Aim| aim.and_then(|(here, kind)| (here == is_here).then_some(kind));
    loop {
        if aim.wait_for(|aim| wanted(aim).is_some()).await.is_err() {
            return;
        }
        let Some(kind) = wanted(&aim.borrow()) else { continue };
        let knock = |challenge: &Challenge32| {
            let knock = keyring.knock("Eve", challenge, &mut rng).map_err(io::Error::other)?;
            let knock = if kind == PROOFS.1 { wrong(knock) } else { knock };
            serde_json::to_string(&knock).map_err(io::Error::other)
        };
        let Ok(mut line) = opened(at, knock).await else {
            sleep(Duration::from_millis(20)).await;
            continue;
        };
        let (mut read, mut write) = line.split();
        let (_, first, again) = KINDS.get(kind).unwrap_or(&("", &[], &[]));
        let pours = async {
            if again.is_empty() {
                // It has said all that it has to say.
                std::future::pending::<()>().await;
            }
            write.write_all(first).await?;
            let many = again.repeat(TOGETHER);
            loop {
                write.write_all(&many).await?;
            }
        };
        let reads = async {
            let mut unread = vec![0; 64 * 1024];
            while read.read(&mut unread).await.is_ok_and(|bytes| bytes > 0) {}
        };
        tokio::select! {
            _ = aim.wait_for(|aim| wanted(aim).is_none()) => {}
            poured = pours => { let _: io::Result<()> = poured; }
            () = reads => {}
        }
    }
}

/// The same knock, signed by somebody else.
fn wrong(mut knock: ClientFrame) -> ClientFrame {
    if let ClientFrame::Knock(knock) = &mut knock {
        knock.pop.0.reverse();
    }
    knock
}

async fn opened(
    at: SocketAddr,
    first: impl FnOnce(&Challenge32) -> io::Result<String>,
) -> io::Result<TcpStream> {
    begun(TcpStream::connect(at).await?, at, first).await
}

/// A bare socket with its first frame, so that frames can be sent that no library sends.
pub(crate) async fn begun(
    mut line: TcpStream,
    at: SocketAddr,
    first: impl FnOnce(&Challenge32) -> io::Result<String>,
) -> io::Result<TcpStream> {
    let request = format!(
        "GET /ws HTTP/1.1\r\nhost: {at}\r\norigin: http://{at}\r\nupgrade: websocket\r\n\
         connection: upgrade\r\nsec-websocket-version: 13\r\n\
         sec-websocket-key: dGhlIHNhbXBsZSBub25jZQ==\r\nsec-websocket-protocol: als1\r\n\r\n"
    );
    line.write_all(request.as_bytes()).await?;
    let mut head = Vec::new();
    while !head.ends_with(b"\r\n\r\n") {
        head.push(line.read_u8().await?);
    }
    if !head.starts_with(b"HTTP/1.1 101 ") {
        return Err(io::Error::other("no socket"));
    }
    // What the server begins with is short: its length is one byte.
    let [_, length] = [line.read_u8().await?, line.read_u8().await?];
    let mut hello = vec![0; length.into()];
    line.read_exact(&mut hello).await?;
    let ServerFrame::Hello { challenge, .. } = serde_json::from_slice(&hello)? else {
        return Err(io::Error::other("no challenge"));
    };
    let first = first(&challenge)?;
    let mut frame = Vec::new();
    setroom_websocket::write(setroom_websocket::TEXT, first.as_bytes(), Some([0; 4]), &mut frame);
    line.write_all(&frame).await?;
    Ok(line)
}

/// It in words, behind the machine.
pub fn markdown(frames: &Frames) -> String {
    let Frames { rounds, seconds, windows } = frames;
    let rows: String = windows
        .iter()
        .map(|Windows { name, times: Times { count, p50, p99: whole }, p99, ratio, worst }| {
            format!("| {name} | {count} | {p50} | {whole} | {p99:.0} | {ratio:.2} | {worst:.2} |\n")
        })
        .collect();
    format!(
        " {ROOMS} rooms of {MEMBERS} people with {PRESSES} presses a second each, and \
         {LINES} lines at the door of another that send as fast as they can; {rounds} windows of \
         {seconds} s of each kind, in turn. Each window's p99 is put over that of the one before of its \
         round: of calm, or where this process is flooded of the flood of another.\n\n\
         | | presses | p50 µs | p99 µs | median p99 | median ratio | worst |\n\
         |---|---|---|---|---|---|---|\n{rows}"
    )
}
