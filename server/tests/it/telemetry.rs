//! What the log and the figures say, and what they never say.

use std::io::Write;
use std::sync::{Arc, Mutex};

use setroom_protocol::SetId;
use setroom_server::clock::{Clock, ManualClock};
use setroom_server::ids::{Ids, SeededIds};
use setroom_server::journal::RoomKey;
use setroom_server::telemetry::metrics::Outcome;
use setroom_server::telemetry::{GaugeGuard, LogLines, Metrics, RoomPseudonyms};
use tracing_subscriber::EnvFilter;
use tracing_subscriber::layer::SubscriberExt;

use crate::support::{soon, start};

#[derive(Clone, Default)]
struct Paper(Arc<Mutex<Vec<u8>>>);

impl Write for Paper {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0.lock().unwrap().extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

/// Everything that is written while `work` runs, at the level of most words.
fn written(json: bool, work: impl FnOnce()) -> String {
    let paper = Paper::default();
    let clock = Clock::Manual(ManualClock::new(1_750_000_000_123));
    let lines = LogLines::new(paper.clone(), clock, json).filtered(EnvFilter::new("trace"));
    tracing::subscriber::with_default(tracing_subscriber::registry().with(lines), work);
    String::from_utf8(paper.0.lock().unwrap().clone()).unwrap()
}

#[test]
fn only_fields_on_the_list_are_written() {
    let log = || {
        tracing::info!(target: "setroom_server::x", event = "join", count = 3_u64, name = "Megan",
            text = "canary", "somebody joined");
    };
    let line = written(true, log);
    let value: serde_json::Value = serde_json::from_str(&line).unwrap();
    assert_eq!(value["event"], "join");
    assert_eq!(value["count"], 3);
    assert_eq!(value["at"], "2025-06-15T15:06:40.123Z");
    assert!(!line.contains("Megan") && !line.contains("canary"), "{line}");
    let line = written(false, log);
    assert_eq!(line, "2025-06-15T15:06:40.123Z  INFO somebody joined count=3 event=join\n");
}

#[test]
fn what_was_not_saved_is_said_for_each_room() {
    let log = written(false, || {
        for room in ["one", "two", "one", "two", "three"] {
            tracing::warn!(target: "setroom", event = "not_saved", room, count = 1, "nothing was written");
            tracing::warn!(target: "setroom", event = "other", room, "of any room");
        }
    });
    for room in ["one", "two", "three"] {
        let said = log.lines().filter(|line| line.contains("not_saved"));
        assert_eq!(said.filter(|line| line.ends_with(&format!("room={room}"))).count(), 1, "{log}");
    }
    assert_eq!(log.matches("event=other").count(), 1, "{log}");
}

#[tokio::test]
async fn a_wall_clock_that_has_run_away_is_said_once_and_moves_nothing() {
    let paper = Paper::default();
    let clock = Clock::Manual(ManualClock::new(1_750_000_000_123));
    let lines = LogLines::new(paper.clone(), clock, false).filtered(EnvFilter::new("warn"));
    let _log = tracing::subscriber::set_default(tracing_subscriber::registry().with(lines));
    let server = start(|_| {}).await;
    let said = || String::from_utf8(paper.0.lock().unwrap().clone()).unwrap();
    let counts = || said().matches("clock_apart").count();
    let until = async |count| {
        soon(async {
            while counts() < count {
                server.clock.advance(60_000);
                tokio::task::yield_now().await;
            }
        })
        .await;
    };
    let passes = async || {
        for _ in 0..50 {
            server.clock.advance(60_000);
            tokio::task::yield_now().await;
        }
    };
    server.clock.wall_is_ahead_by(59_000);
    passes().await;
    assert_eq!(counts(), 0, "{}", said());
    // A night's suspension.
    server.clock.wall_is_ahead_by(8 * 3_600_000);
    until(1).await;
    assert!(said().contains("count=28800"), "{}", said());
    passes().await;
    assert_eq!(counts(), 1, "once for each time: {}", said());
    server.clock.wall_is_ahead_by(0);
    passes().await;
    assert_eq!(counts(), 1);
}

#[test]
fn what_libraries_say_is_not_written() {
    let line = written(false, || {
        tracing::error!(target: "tungstenite", event = "frame", "canary");
        tracing::trace!(target: "hyper::proto", "canary");
        tracing::trace!(target: "setroom", "ours");
    });
    assert!(line.ends_with("TRACE ours\n") && !line.contains("canary"), "{line}");
}

#[test]
fn one_event_is_one_line() {
    let line = written(false, || {
        tracing::info!(target: "setroom", error = "a\nb\r2026 ERROR forged", "x");
    });
    assert_eq!(line.matches(['\n', '\r']).count(), 1, "{line:?}");
}

#[test]
fn a_room_has_another_name_in_each_run() {
    let room = SetId::from_bytes([7; 16]);
    let run = |seed| RoomPseudonyms::new(&Ids::Seeded(SeededIds::new(seed))).unwrap();
    let (one, two) = (run(1), run(2));
    assert_eq!(one.of(room), one.of(room));
    assert_ne!(one.of(room), one.of(SetId::from_bytes([8; 16])));
    assert_ne!(one.of(room), two.of(room));
    assert_eq!(one.of(room).len(), 12);
    let shown = format!("{:?} {one:?}", RoomKey([7; 16]));
    assert!(!shown.contains('7'), "{shown}");
}

#[test]
fn figures_have_their_names_and_no_names_of_people() {
    let metrics = Metrics::new();
    let held = [&metrics.sockets, &metrics.rooms, &metrics.seats].map(GaugeGuard::new);
    metrics.command(Outcome::Applied);
    metrics.delivered(10, 2650);
    metrics.slow_closes.inc();
    metrics.command_to_flush.observe(0.003);
    metrics.journal_append.observe(0.001);
    metrics.journal_commits.inc();
    let text = metrics.text();
    for line in [
        "setroom_socket_connections_open 1",
        "setroom_room_rooms_live 1",
        "setroom_room_seats_connected 1",
        "setroom_room_commands_total{outcome=\"applied\"} 1",
        "setroom_room_commands_total{outcome=\"refused\"} 0",
        "setroom_socket_frames_delivered_total 10",
        "setroom_socket_delivered_bytes_total 2650",
        "setroom_socket_slow_closes_total 1",
        "setroom_journal_commits_total 1",
        "setroom_journal_append_seconds_count 1",
        "setroom_room_command_to_flush_seconds_count 1",
    ] {
        assert!(text.lines().any(|known| known == line), "{line} is not in\n{text}");
    }
    drop(held);
    assert!(metrics.text().contains("setroom_socket_connections_open 0"));
    for label in text.split(['{', '}']).skip(1).step_by(2) {
        let name = label.split('=').next().unwrap();
        assert!(
            ["outcome", "limit", "class", "le", "fault", "named", "version"].contains(&name),
            "{name}"
        );
    }
}

#[test]
fn a_gauge_goes_down_when_its_task_panics() {
    let metrics = Metrics::new();
    let inside = metrics.clone();
    let panicked = std::thread::spawn(move || {
        let _held = GaugeGuard::new(&inside.sockets);
        panic!("on purpose");
    });
    assert!(panicked.join().is_err());
    assert!(metrics.text().contains("setroom_socket_connections_open 0"));
}
