//! One story: a server, some people, and a network that breaks as the seed says.

use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::time::Duration;

use rand::rngs::StdRng;
use rand::{RngExt as _, SeedableRng as _};
use setroom_checker::Counts;
use setroom_checker::planted::{self, Bug, Lies};
use setroom_client::Dial;
use setroom_protocol::LinkRole;
use setroom_server::Server;
use setroom_server::clock::Clock;
use setroom_server::config::{Config, Flags, load};
use setroom_server::ids::{Ids, SeededIds};
use setroom_server::journal::sqlite::Fatal;
use turmoil::net::{TcpListener, TcpStream};
use turmoil::{Builder, Sim};

use crate::book::Book;
use crate::clock::now;
use crate::disk::{Disk, Suffered};
use crate::judge::{Judged, judge};
use crate::logs::Kept;
use crate::person::{PATIENCE, Person};

/// Where the server is, in the simulated network.
const SERVER: &str = "server";
const PORT: u16 = 8787;
/// The name that people know it by.
const ORIGIN: &str = "https://server";
/// The longest that a story may take, in simulated time: beyond it something is stuck.
const STUCK: Duration = Duration::from_secs(900);

/// How a story went.
#[derive(Debug)]
pub struct Story {
    /// What is wrong; empty when everything held.
    pub wrong: Vec<String>,
    /// How much the checker looked at.
    pub judged: Counts,
    /// Lines that were made again, and how many of them with a snapshot.
    pub returns: (u64, u64),
    /// What the disk went through.
    pub disk: Suffered,
    /// Breaks of the network.
    pub breaks: u64,
    /// What happened, line by line.
    pub lines: Vec<String>,
}

/// What is wrong on purpose, to be found out.
#[derive(Clone, Copy, Debug, Default)]
pub struct Spoilt {
    /// The disk says that it has synced when it has only written.
    pub disk_lies: bool,
    /// The server has this bug.
    pub bug: Option<Bug>,
}

/// Something that is broken, and until when.
enum Broken {
    /// Nothing passes between these and the server.
    Apart(String),
    /// They hear, and are not heard.
    Mute(String),
    /// They are heard, and hear nothing.
    Deaf(String),
    /// What is sent arrives when it is over.
    Held(String),
    /// The server is down.
    Down,
}

/// Plays the story of a seed.
///
/// # Errors
/// When the simulation itself fails.
pub fn play(seed: u64, spoilt: Spoilt) -> Result<Story, String> {
    let mut rng = StdRng::seed_from_u64(seed);
    let trouble = if rng.random_bool(0.5) { rng.random_range(0.0..0.1) } else { 0.0 };
    // A good disk, a usual one, and one that makes everybody wait; a lie costs most on that one.
    let slow = [3, 30, 600].get(rng.random_range(0..3)).copied().unwrap_or(30);
    let slow = if spoilt.disk_lies { 600 } else { slow };
    let disk = Disk::new(rng.random(), trouble, Duration::from_millis(slow));
    if spoilt.disk_lies {
        disk.lie();
    }
    let (book, kept) = (Book::default(), Kept::default());
    let mut sim = Builder::new()
        .rng_seed(rng.random())
        .simulation_duration(STUCK + Duration::from_secs(60))
        .tick_duration(Duration::from_millis(5))
        .min_message_latency(Duration::from_millis(1))
        .max_message_latency(Duration::from_millis(rng.random_range(2..150)))
        .tcp_capacity(4096)
        .build();
    serve(&mut sim, &disk, seed, spoilt.bug);
    let names = invite(&mut sim, &book, &kept, &mut rng)?;
    let breaks = run(&mut sim, &book, &disk, &names, &mut rng);
    // The server's sockets say goodbye when they are dropped, and outside of its world there is
    // nowhere to say it. The process ends after this story.
    std::mem::forget(sim);
    let quiet = breaks.is_ok();
    let breaks = breaks.unwrap_or_else(|why| {
        book.pages().wrong.push(why);
        0
    });
    let judged = judge(&book.pages(), &kept, &disk, quiet);
    Ok(tell(&book, &kept, &disk, breaks, judged))
}

fn serve(sim: &mut Sim<'_>, disk: &Disk, seed: u64, bug: Option<Bug>) {
    let disk = disk.clone();
    let lives = std::cell::Cell::new(0_u64);
    sim.host(SERVER, move || {
        lives.set(lives.get() + 1);
        let (disk, life) = (disk.clone(), lives.get());
        async move {
            let lies = Lies::with(bug);
            let mut config = config()?;
            if lies.is_some() {
                // Whoever comes reaches it by way of lines that lie.
                config.listen = SocketAddr::new(IpAddr::V4(Ipv4Addr::LOCALHOST), PORT + 2);
            }
            let address = config.listen;
            let server = Server {
                clock: Clock::showing(now().0),
                ids: Ids::Seeded(SeededIds::new(seed.wrapping_mul(1_000) + life)),
                rules: planted::rules(bug),
                journal: Some(planted::journal(bug, std::sync::Arc::new(disk))),
                // This disk fails by its answers only.
                fatal: Fatal::new(|_| {}),
            };
            let running = server.start(config).await?;
            match lies {
                Some(lies) => carry(lies, address).await?,
                None => std::future::pending().await,
            }
            drop(running);
            Ok(())
        }
    });
}

/// Carries everybody's connections to the server, on lines that lie.
async fn carry(lies: Lies, server: SocketAddr) -> std::io::Result<()> {
    let listener = TcpListener::bind((Ipv4Addr::UNSPECIFIED, PORT)).await?;
    loop {
        let (client, _) = listener.accept().await?;
        let server = TcpStream::connect(server).await?;
        tokio::spawn(lies.clone().carry(client, server));
    }
}

fn config() -> Result<Config, Box<dyn std::error::Error>> {
    let loaded = load(&Flags::default(), []).map_err(|faults| format!("{faults:?}"))?;
    let mut config = loaded.config;
    config.listen = SocketAddr::new(IpAddr::V4(Ipv4Addr::UNSPECIFIED), PORT);
    config.metrics = SocketAddr::new(IpAddr::V4(Ipv4Addr::LOCALHOST), PORT + 1);
    config.origin = vec![ORIGIN.to_owned().try_into()?];
    // People of a story do in a minute what a set does in an hour.
    config.limits.inbound_messages_per_second = 1_000;
    config.limits.inbound_messages_burst = 1_000;
    config.limits.bad_tokens_per_address_per_minute = 1_000;
    config.limits.new_sets_per_address_per_minute = 1_000;
    Ok(config)
}

/// The people of a story, by name.
fn invite(
    sim: &mut Sim<'_>,
    book: &Book,
    kept: &Kept,
    rng: &mut StdRng,
) -> Result<Vec<String>, String> {
    let server = sim.lookup(SERVER);
    let dial = Dial::to(&format!("http://{server}:{PORT}")).map_err(|e| e.to_string())?;
    let dial = dial.host(SERVER).origin(ORIGIN);
    let dial = dial.patience(PATIENCE).logs(&kept.logs());
    let mut people = vec![("host".to_owned(), LinkRole::Host)];
    people.extend((1..=rng.random_range(2..6)).map(|n| (format!("member-{n}"), LinkRole::Member)));
    if rng.random_bool(0.5) {
        people.push(("co-facilitator".to_owned(), LinkRole::CoFacilitator));
    }
    if rng.random_bool(0.5) {
        people.push(("observer".to_owned(), LinkRole::Observer));
    }
    for (who, role) in &people {
        let person = Person {
            who: who.clone(),
            role: *role,
            dial: dial.clone(),
            book: book.clone(),
            rng: StdRng::seed_from_u64(rng.random()),
            seat: None,
            is_at_rest: false,
        };
        sim.client(who.as_str(), async move {
            person.live().await;
            Ok(())
        });
    }
    Ok(people.into_iter().map(|(who, _)| who).collect())
}

/// Lets time go by and breaks things, until everybody is done. Says how much was broken.
fn run(
    sim: &mut Sim<'_>,
    book: &Book,
    disk: &Disk,
    names: &[String],
    rng: &mut StdRng,
) -> Result<u64, String> {
    let over = Duration::from_secs(rng.random_range(8..30));
    let mut next = Duration::from_millis(rng.random_range(500..5_000));
    let mut broken: Vec<(Duration, Broken)> = Vec::new();
    let mut breaks = 0;
    loop {
        let now = sim.elapsed();
        let calm = now >= over;
        for (until, what) in std::mem::take(&mut broken) {
            if calm || until <= now {
                mend(sim, &what, book);
            } else {
                broken.push((until, what));
            }
        }
        if calm && !book.pages().calm {
            disk.heal();
            book.pages().calm = true;
        }
        if !calm && now >= next {
            next = now + Duration::from_millis(rng.random_range(200..6_000));
            let long = Duration::from_millis(rng.random_range(50..12_000));
            if let Some(what) = pick(rng, names, &broken) {
                breaks += 1;
                start(sim, disk, &what, book);
                broken.push((now + long, what));
            }
        }
        if sim.step().map_err(|e| e.to_string())? {
            return Ok(breaks);
        }
        if now > STUCK {
            return Err(format!("stuck with {} people not done", book.pages().busy));
        }
    }
}

/// Something to break that is not broken yet.
fn pick(rng: &mut StdRng, names: &[String], broken: &[(Duration, Broken)]) -> Option<Broken> {
    let who = names.get(rng.random_range(0..names.len()))?.clone();
    let taken = broken.iter().any(|(_, what)| match what {
        Broken::Apart(of) | Broken::Mute(of) | Broken::Deaf(of) | Broken::Held(of) => *of == who,
        Broken::Down => false,
    });
    let down = broken.iter().any(|(_, what)| matches!(what, Broken::Down));
    match rng.random_range(0..8) {
        0..=2 if !down => Some(Broken::Down),
        _ if taken => None,
        3 | 4 => Some(Broken::Apart(who)),
        5 => Some(Broken::Mute(who)),
        6 => Some(Broken::Deaf(who)),
        _ => Some(Broken::Held(who)),
    }
}

fn start(sim: &mut Sim<'_>, disk: &Disk, what: &Broken, book: &Book) {
    let line = match what {
        Broken::Apart(who) => {
            sim.partition(who.as_str(), SERVER);
            format!("{who} is cut off")
        }
        Broken::Mute(who) => {
            sim.partition_oneway(who.as_str(), SERVER);
            format!("{who} is not heard")
        }
        Broken::Deaf(who) => {
            sim.partition_oneway(SERVER, who.as_str());
            format!("{who} hears nothing")
        }
        Broken::Held(who) => {
            sim.hold(who.as_str(), SERVER);
            format!("{who} is held back")
        }
        Broken::Down => {
            sim.crash(SERVER);
            disk.crash();
            "the server crashes".to_owned()
        }
    };
    book.pages().lines.push(format!("{:>10.6} {line}", sim.elapsed().as_secs_f64()));
}

fn mend(sim: &mut Sim<'_>, what: &Broken, book: &Book) {
    let line = match what {
        Broken::Apart(who) => {
            sim.repair(who.as_str(), SERVER);
            format!("{who} is reached again")
        }
        Broken::Mute(who) => {
            sim.repair_oneway(who.as_str(), SERVER);
            format!("{who} is heard again")
        }
        Broken::Deaf(who) => {
            sim.repair_oneway(SERVER, who.as_str());
            format!("{who} hears again")
        }
        Broken::Held(who) => {
            sim.release(who.as_str(), SERVER);
            format!("{who} gets everything at once")
        }
        Broken::Down => {
            sim.bounce(SERVER);
            "the server starts".to_owned()
        }
    };
    book.pages().lines.push(format!("{:>10.6} {line}", sim.elapsed().as_secs_f64()));
}

fn tell(book: &Book, kept: &Kept, disk: &Disk, breaks: u64, judged: Judged) -> Story {
    let pages = book.pages();
    let mut lines = pages.lines.clone();
    lines.extend(judged.verdict.notes.iter().map(|note| format!("note: {note}")));
    let (length, hash) = kept.digest();
    lines.push(format!("what everybody logged: {length} bytes, {hash:016x}"));
    Story {
        wrong: judged.wrong,
        judged: judged.verdict.counts,
        returns: (pages.returns, pages.snapshots),
        disk: disk.suffered(),
        breaks,
        lines,
    }
}
