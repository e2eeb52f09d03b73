//! The machine's clock is set: while the service runs, and while it is down.

use std::fs;
use std::path::PathBuf;

use rand::RngExt as _;
use setroom_client::{Client, Dial, Links, create_set};
use setroom_protocol::room::Clock;
use setroom_protocol::{ClientFrame, Command, LinkRole, Mode, ServerFrame};
use setroom_server::clock::{Clock as Time, ManualClock};
use setroom_server::config::JournalKind;
use setroom_server::journal::MemoryJournal;
use setroom_server::journal::sqlite::CLOCK_FILE;

use crate::maintenance::{Place, a_set};
use crate::restore::member;
use crate::support::people::{dial_to, rng, roomy};
use crate::support::process::{Process, setroom};
use crate::support::shim::shim;
use crate::support::{as_journal, soon, start_with};

const HOUR: i64 = 3_600_000;
/// What no test takes, and what every jump exceeds.
const A_WHILE: i64 = HOUR / 2;

/// What the server says the time is.
async fn time_at(client: &mut Client) -> i64 {
    let stamp = client.fresh_cid().as_bytes()[..6].iter().fold(0, |n, b| n << 8 | u64::from(*b));
    client.connection().unwrap().send(&ClientFrame::Ping { sent: stamp }).await.unwrap();
    loop {
        if let ServerFrame::Pong { sent, at } = client.next().await.unwrap()
            && sent == stamp
        {
            return i64::try_from(at.0).unwrap();
        }
    }
}

fn ends_at(client: &Client) -> i64 {
    let Clock::Running { ends_at, .. } = client.shared().unwrap().clock else {
        panic!("no time runs")
    };
    i64::try_from(ends_at.0).unwrap()
}

/// The times of a set's entries, as the journal has them.
fn times(place: &Place, links: &Links) -> Vec<u64> {
    let (_, lines, _) = place.run(&["journal", "export", &links.set().to_string()]);
    let lines = lines.lines().map(|line| serde_json::from_str::<serde_json::Value>(line).unwrap());
    let records = lines.filter_map(|line| line["content"]["records"].as_array().cloned());
    records.flatten().map(|record| record["at"].as_u64().unwrap()).collect()
}

fn sound_and_in_order(place: &Place, links: &Links) {
    let (code, out, _) = place.run(&["journal", "verify"]);
    assert_eq!(code, Some(0), "{out}");
    let times = times(place, links);
    assert!(times.len() > 5 && times.is_sorted(), "{times:?}");
}

/// A machine whose clock can be set.
struct Machine {
    place: Place,
    clock: PathBuf,
}

impl Machine {
    fn new() -> Self {
        let place = Place::new();
        let clock = place.path("set-by");
        Self { place, clock }
    }

    /// Sets its clock, by so many milliseconds from the right time.
    fn set_clock(&self, by_ms: i64) {
        let next = self.place.path("set-by-next");
        fs::write(&next, format!("{}", by_ms / 1000)).unwrap();
        fs::rename(next, &self.clock).unwrap();
    }

    fn start(&self) -> Process {
        let mut command = setroom(&[]);
        command.env("LD_PRELOAD", shim("clock")).env("CLOCK_SET_BY", &self.clock);
        Process::start_by(command, &self.place.data(), &self.place.path("log"))
    }
}

// fault: F15 — the clock is set while the service runs: no timer, wait or stamp notices
#[tokio::test]
async fn a_clock_that_is_set_while_the_service_runs_moves_nothing() {
    let machine = Machine::new();
    let process = machine.start();
    let mut kept = a_set(&process, 1).await;
    let mut ben = member(&mut kept, &process, "Ben", 10).await;
    kept.host.must("the start", Command::Start).await.unwrap();
    let link = kept.links.of(LinkRole::Member);
    let waiting = Client::knock(&process.dial, link, "Cai", rng(20)).await.unwrap();
    let mut before = time_at(&mut ben).await;
    let mut ends = ends_at(&kept.host);
    for by in [HOUR, -HOUR, 25 * HOUR, 0] {
        machine.set_clock(by);
        let now = time_at(&mut ben).await;
        assert!(now >= before && now - before < A_WHILE, "{before}, {now}");
        // Whoever comes back is believed as before, and sees the same time left.
        ben.cut();
        ben.come_back().await.unwrap();
        let seq = kept.host.must("time", Command::AddTime { minutes: 2 }).await.unwrap();
        ben.catch_up(seq).await.unwrap();
        assert_eq!(ends_at(&ben), ends + 2 * 60_000, "two minutes are two minutes");
        (before, ends) = (time_at(&mut ben).await, ends_at(&ben));
    }
    // Nobody who waits at the door was sent away.
    let mut waiting = waiting;
    assert!(kept.host.admit(waiting.device()).await.unwrap().done().is_some());
    waiting.enter("Cai").await.unwrap();
    process.kill();
    sound_and_in_order(&machine.place, &kept.links);
}

// fault: F15 — the clock is set back over a restart: time left never grows, stamps never fall back
#[tokio::test]
async fn a_clock_that_is_set_back_over_a_restart_gives_no_time_back() {
    let machine = Machine::new();
    let process = machine.start();
    let mut kept = a_set(&process, 1).await;
    let mut ben = member(&mut kept, &process, "Ben", 10).await;
    let seq = kept.host.must("the start", Command::Start).await.unwrap();
    ben.catch_up(seq).await.unwrap();
    let (mut before, ends) = (time_at(&mut ben).await, ends_at(&ben));
    process.kill();
    for by in [-HOUR, -2 * HOUR, 0] {
        machine.set_clock(by);
        let process = machine.start();
        for client in [&mut kept.host, &mut ben] {
            client.cut();
            client.redial(&process.dial);
            client.come_back().await.unwrap();
        }
        assert_eq!(ends_at(&ben), ends, "the moment of the end stands in the journal");
        let now = time_at(&mut ben).await;
        // What the room was last known to have reached is at most one note of the clock ago.
        assert!(now + 5_000 >= before && now - before < A_WHILE, "{before}, {now}");
        before = now.max(before);
        for on in [true, false] {
            kept.host.must("the lock", Command::Lock { on }).await.unwrap();
        }
        // A new set goes by the machine, so the clock was really set.
        let seed = 30 + by.unsigned_abs();
        let new = a_set(&process, seed).await;
        let there = time_at(&mut { new.host }).await;
        assert!((there - by - before).abs() < A_WHILE, "{there}, {before}");
        process.kill();
    }
    sound_and_in_order(&machine.place, &kept.links);
}

/// A room that listens, on a server that notes the time down; then the same after a restart.
#[tokio::test]
async fn what_passed_while_nobody_wrote_is_not_given_back_either() {
    let place = Place::new();
    let start = async |now| {
        let clock = ManualClock::new(now);
        let server = start_with(
            |config| {
                roomy(config);
                config.journal = JournalKind::Sqlite;
                config.data = place.data();
            },
            |deps| deps.clock = Time::Manual(clock.clone()),
        );
        (server.await.running, clock)
    };
    let noted = || fs::read_to_string(place.data().join(CLOCK_FILE)).unwrap();
    let begin = 1_750_000_000_000;
    let (server, clock) = start(begin).await;
    let dial = Dial::to(&format!("http://{}", server.addr())).unwrap();
    let links = create_set(&dial, "short_90", "classic", Mode::Set, &mut rng(1)).await.unwrap();
    let mut host = Client::host(&dial, &links, "Tuesday", "Asha", rng(2)).await.unwrap();
    host.must("the start", Command::Start).await.unwrap();
    let ends = ends_at(&host);
    for minute in 1..=4 {
        clock.advance(60_000);
        let now = format!("{:020}\n", begin + minute * 60_000);
        let has_noted = async {
            while noted() != now {
                tokio::task::yield_now().await;
            }
        };
        soon(has_noted).await;
    }
    host.cut();
    assert!(server.stop().await);
    for set_back_by in [3_600_000, 0] {
        let (server, _) = start(begin + 4 * 60_000 + 1 - set_back_by).await;
        host.cut();
        host.redial(&Dial::to(&format!("http://{}", server.addr())).unwrap());
        host.come_back().await.unwrap();
        let left = ends_at(&host) - time_at(&mut host).await;
        assert_eq!(ends_at(&host), ends);
        assert!((59_999..=60_000).contains(&left), "four of five minutes are gone: {left}");
        host.cut();
        assert!(server.stop().await);
    }
}

#[tokio::test]
async fn whatever_the_clock_shows_at_each_start_times_only_rise() {
    let journal = MemoryJournal::new();
    let mut chance = rng(5);
    let begin: u64 = 1_750_000_000_000;
    let (mut last, mut left) = (0, i64::MAX);
    let mut people: Option<(Links, Client)> = None;
    let mut on = false;
    for round in 0..40 {
        let clock = ManualClock::new(begin + chance.random_range(0..20) * 60_000);
        let server = start_with(roomy, |deps| {
            deps.journal = Some(as_journal(journal.clone()));
            deps.clock = Time::Manual(clock.clone());
        });
        let server = server.await;
        let dial = dial_to(&server);
        let (_, host) = match &mut people {
            Some(people) => {
                people.1.cut();
                people.1.redial(&dial);
                people.1.come_back().await.unwrap();
                people
            }
            none => {
                let links =
                    create_set(&dial, "short_90", "classic", Mode::Set, &mut rng(1)).await.unwrap();
                let mut host =
                    Client::host(&dial, &links, "Tuesday", "Asha", rng(2)).await.unwrap();
                host.must("the start", Command::Start).await.unwrap();
                none.insert((links, host))
            }
        };
        for _ in 0..chance.random_range(1..4) {
            clock.advance(chance.random_range(0..2_000));
            on = !on;
            host.must("the lock", Command::Lock { on }).await.unwrap();
            let now = time_at(host).await;
            let still_left = ends_at(host) - now;
            assert!(
                now >= last && still_left <= left,
                "round {round}: {last}, {now}; {left}, {still_left}"
            );
            (last, left) = (now, still_left);
        }
    }
}
