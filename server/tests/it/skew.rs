//! One time on every screen, however wrong a laptop's own clock is.

use setroom_client::Client;
use setroom_protocol::room::Clock;
use setroom_protocol::{ClientFrame, Command, LinkRole, ServerFrame};
use setroom_server::clock::ManualClock;

use crate::support::people::set;

/// A laptop whose clock is wrong, and what it believes about the server's.
struct Laptop {
    skew_ms: i64,
    /// Server time minus own time, from the quickest exchange so far.
    offset: Option<(i64, i64)>,
}

fn now(clock: &ManualClock) -> i64 {
    i64::try_from(setroom_server::clock::Clock::Manual(clock.clone()).now_ms()).unwrap()
}

impl Laptop {
    fn own_time(&self, clock: &ManualClock) -> i64 {
        now(clock) + self.skew_ms
    }

    /// One exchange that takes so long on the way out and on the way back.
    async fn ask_the_time(
        &mut self,
        clock: &ManualClock,
        client: &mut Client,
        out: u64,
        back: u64,
    ) {
        let sent = self.own_time(clock);
        clock.advance(out);
        let stamp = u64::try_from(sent).unwrap();
        client.connection().unwrap().send(&ClientFrame::Ping { sent: stamp }).await.unwrap();
        let at = loop {
            if let ServerFrame::Pong { sent, at } = client.next().await.unwrap() {
                assert_eq!(sent, stamp, "the stamp comes back as it is");
                break i64::try_from(at.0).unwrap();
            }
        };
        clock.advance(back);
        let received = self.own_time(clock);
        let took = received - sent;
        if self.offset.is_none_or(|(best, _)| took < best) {
            self.offset = Some((took, at - (sent + took / 2)));
        }
    }

    fn left(&self, clock: &ManualClock, client: &Client) -> i64 {
        let Clock::Running { ends_at, .. } = client.shared().unwrap().clock else {
            panic!("no time runs")
        };
        let (_, offset) = self.offset.unwrap();
        i64::try_from(ends_at.0).unwrap() - (self.own_time(clock) + offset)
    }
}

// fault: F16 — clocks that are up to a day wrong show times left within 200 ms of each other
#[tokio::test]
async fn eight_wrong_clocks_show_the_same_time_left() {
    let mut set = set().await;
    let clock = set.server.clock.clone();
    let (hour, day) = (3_600_000, 24 * 3_600_000);
    let mut people = Vec::new();
    for skew_ms in [-day, -hour / 2, -61_000, -1, 0, 59_000, hour, day] {
        let client = set.person(LinkRole::Member, "Ben").await;
        people.push((Laptop { skew_ms, offset: None }, client));
    }
    // Slow and lopsided exchanges, as on a bad line, with one good one among them for each.
    let ways = [(900, 20), (15, 700), (40, 90), (2_500, 2_500), (0, 400), (300, 0)];
    for (n, (laptop, client)) in people.iter_mut().enumerate() {
        for k in 0..ways.len() {
            let (out, back) = ways[(n + k) % ways.len()];
            laptop.ask_the_time(&clock, client, out, back).await;
        }
    }
    let seq = set.host_does(Command::Start).await;
    for (_, client) in &mut people {
        client.catch_up(seq).await.unwrap();
    }
    let compare = |people: &[(Laptop, Client)], exact: i64| {
        let left: Vec<_> =
            people.iter().map(|(laptop, client)| laptop.left(&clock, client)).collect();
        let (least, most) = (left.iter().min().unwrap(), left.iter().max().unwrap());
        assert!(most - least <= 200, "{left:?}");
        assert!(left.iter().all(|left| (left - exact).abs() <= 100), "{left:?} of {exact}");
    };
    let total = 5 * 60_000;
    compare(&people, total);
    clock.advance(123_456);
    compare(&people, total - 123_456);
    // Time is added as a duration, so a fast clock cannot add more than a slow one.
    let seq = set.host_does(Command::AddTime { minutes: 3 }).await;
    for (_, client) in &mut people {
        client.catch_up(seq).await.unwrap();
    }
    compare(&people, total - 123_456 + 180_000);
    // An hour's sleep: overrun is counted, and alike.
    clock.advance(3_600_000);
    compare(&people, total - 123_456 + 180_000 - 3_600_000);
    // Without asking the server the screens would differ by days.
    let naive: Vec<_> = people.iter().map(|(laptop, _)| laptop.own_time(&clock)).collect();
    assert_eq!(naive.iter().max().unwrap() - naive.iter().min().unwrap(), 2 * day);
}
