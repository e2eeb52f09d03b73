//! Whatever one line sends, however small, is counted, and costs nobody else anything.

use setroom_client::Client;
use setroom_protocol::{ClientFrame, Command, CommandId, LinkRole, Seq, ServerFrame};
use tokio::io::AsyncWriteExt as _;
use tokio::net::TcpStream;

use crate::support::bare::{self, Got, frame, until_closed};
use crate::support::people::{Set, knocking, rng, set_with};
use crate::support::soon;

/// Frames that complete no message, each with a name.
fn kinds() -> Vec<(&'static str, Vec<u8>, Vec<u8>)> {
    let begun = frame(0x01, b"");
    vec![
        ("pings", vec![], frame(0x89, b"")),
        ("long pings", vec![], frame(0x89, &[7; 125])),
        ("pongs", vec![], frame(0x8a, b"")),
        ("empty pieces", begun.clone(), frame(0x00, b"")),
        ("pieces of one byte", begun, frame(0x00, b" ")),
    ]
}

/// A set in which everything is counted, with a clock that stands: so many are too many.
async fn counted() -> Set {
    set_with(|config| {
        config.limits.loopback_exempt = false;
        config.limits.inbound_messages_per_second = 10;
        config.limits.inbound_messages_burst = 40;
        config.limits.inbound_kib_per_second = 64;
        config.limits.inbound_frames_per_second = 40;
        config.limits.inbound_frames_burst = 160;
    })
    .await
}

/// A line at one of the three stages: nothing said yet, at the door, in the room.
async fn line_at(set: &mut Set, stage: &str) -> TcpStream {
    let mut line = bare::open(set.server.running.addr(), "127.0.0.5").await;
    let first = match stage {
        "silent" => return line,
        "door" => {
            let knocker = set.knock(LinkRole::Member, "Eve").await;
            let challenge = loop {
                if let Got::Text(text) = bare::next(&mut line).await
                    && let Ok(ServerFrame::Hello { challenge, .. }) = serde_json::from_str(&text)
                {
                    break challenge;
                }
            };
            knocker.keyring().knock("Eve", &challenge, &mut rng(3)).unwrap()
        }
        _ => set.host.keyring().come_back(None),
    };
    let text = serde_json::to_string(&first).unwrap();
    line.write_all(&frame(0x81, text.as_bytes())).await.unwrap();
    loop {
        match bare::next(&mut line).await {
            Got::Text(text) if text.contains("\"lobby\"") || text.contains("\"snapshot\"") => {
                return line;
            }
            Got::Text(_) | Got::Ping(_) => {}
            other @ (Got::Pong(_) | Got::Close(_) | Got::End) => panic!("{stage}: {other:?}"),
        }
    }
}

// fault: F17 — frames of every kind are counted at every stage, and their line is cut
#[tokio::test]
async fn frames_of_every_kind_are_counted_at_every_stage() {
    for stage in ["silent", "door", "room"] {
        for (what, first, again) in kinds() {
            let mut set = counted().await;
            let mut line = line_at(&mut set, stage).await;
            // Too many for any pace, and fewer than are ever too long for a message.
            let flood = [first, again.repeat(1500)].concat();
            // A line that is cut takes no more.
            let _ = line.write_all(&flood).await;
            let (got, code) = until_closed(&mut line).await;
            assert_eq!(code, Some(4429), "{what}, {stage}");
            let pongs = got.iter().filter(|got| matches!(got, Got::Pong(_))).count();
            assert!(pongs < 50, "{what}, {stage}: {pongs} pongs");
            // Nobody else is touched.
            set.host_does(Command::Lock { on: true }).await;
        }
    }
}

#[tokio::test]
async fn the_newest_of_many_pings_is_answered() {
    let mut set = counted().await;
    let mut line = line_at(&mut set, "room").await;
    let pings: Vec<u8> = (0..50_u8).flat_map(|n| frame(0x89, &[n])).collect();
    line.write_all(&pings).await.unwrap();
    let mut pongs = Vec::new();
    while pongs.last() != Some(&vec![49]) {
        match bare::next(&mut line).await {
            Got::Pong(payload) => pongs.push(payload),
            Got::Text(_) | Got::Ping(_) => {}
            other @ (Got::Close(_) | Got::End) => panic!("{other:?}"),
        }
    }
    assert!(pongs.is_sorted(), "{pongs:?}");
}

// Whoever answers our own pings, and whose messages come in a few pieces, meets no limit.
#[tokio::test]
async fn signs_of_life_and_a_few_pieces_are_no_flood() {
    let mut set = set_with(|config| {
        config.limits.inbound_frames_per_second = 40;
        config.limits.inbound_frames_burst = 160;
        (config.limits.ping_every_ms, config.limits.pong_wait_ms) = (20, 10_000);
    })
    .await;
    let mut line = line_at(&mut set, "room").await;
    let mut answered = 0;
    while answered < 30 {
        match bare::next(&mut line).await {
            Got::Ping(payload) => {
                line.write_all(&frame(0x8a, &payload)).await.unwrap();
                answered += 1;
            }
            Got::Text(_) => {}
            other @ (Got::Pong(_) | Got::Close(_) | Got::End) => panic!("{other:?}"),
        }
    }
    let ask = ClientFrame::Do {
        cid: CommandId::from_bytes([5; 16]),
        seen: Seq(0),
        cmd: Command::Lock { on: true },
    };
    let text = serde_json::to_string(&ask).unwrap();
    let pieces: Vec<_> = text.as_bytes().chunks(text.len().div_ceil(50)).collect();
    for (place, piece) in pieces.iter().enumerate() {
        let last = if place + 1 == pieces.len() { 0x80 } else { 0 };
        let opcode = u8::from(place == 0);
        line.write_all(&frame(last | opcode, piece)).await.unwrap();
    }
    loop {
        match bare::next(&mut line).await {
            Got::Text(text) if text.contains("\"done\"") => break,
            Got::Text(_) | Got::Ping(_) => {}
            other @ (Got::Pong(_) | Got::Close(_) | Got::End) => panic!("{other:?}"),
        }
    }
}

// A peer that pings and reads nothing lets nothing grow, and is not cut off for what it did not ask.
#[tokio::test]
async fn who_pings_and_does_not_read_waits_for_one_answer() {
    let mut set = set_with(|config| {
        config.limits.inbound_frames_burst = 1_000_000_000;
        config.limits.inbound_kib_per_second = 4_000_000;
        config.limits.outbox_kib = 4;
        config.limits.outbox_frames = 8;
    })
    .await;
    let address = set.server.running.addr();
    let mut line = bare::try_open(address, [127, 0, 0, 5].into(), true, "").await.unwrap();
    let text = serde_json::to_string(&set.host.keyring().come_back(None)).unwrap();
    line.write_all(&frame(0x81, text.as_bytes())).await.unwrap();
    let ping = frame(0x89, &[7; 125]);
    // More than the kernel keeps for a line that is not read.
    for _ in 0..2_000 {
        soon(line.write_all(&ping.repeat(64))).await.unwrap();
    }
    line.write_all(&frame(0x89, b"last")).await.unwrap();
    loop {
        match bare::next(&mut line).await {
            Got::Pong(payload) if payload == b"last" => break,
            Got::Text(_) | Got::Ping(_) | Got::Pong(_) => {}
            other @ (Got::Close(_) | Got::End) => panic!("{other:?}"),
        }
    }
    set.host_does(Command::Lock { on: true }).await;
}

// fault: F17 — whoever is at the door may ask as they like: those inside have all of their pace
#[tokio::test]
async fn who_is_not_in_spends_nothing_of_what_those_inside_may_do() {
    let mut set = set_with(|config| config.limits.inbound_room_messages_per_second = 20).await;
    let mut lines = Vec::new();
    for _ in 0..12 {
        let knocker = set.knock(LinkRole::Member, "Eve").await;
        lines.push(knocking(&set.dial, knocker.keyring(), "Eve").await);
        drop(knocker);
    }
    for line in &mut lines {
        for n in 0..10 {
            let cid = CommandId::from_bytes([n; 16]);
            let cmd = Command::Lock { on: true };
            line.send(&ClientFrame::Do { cid, seen: Seq(0), cmd }).await.unwrap();
        }
    }
    for line in &mut lines {
        let mut refused = 0;
        while refused < 10 {
            let text = soon(line.next_text()).await.unwrap();
            if text.contains("\"refused\"") {
                assert!(text.contains("no_seat"), "{text}");
                refused += 1;
            }
        }
    }
    // What a room may do in a second; twice as much is what it may do at once.
    for n in 0..20 {
        set.host_does(Command::Lock { on: n % 2 == 0 }).await;
    }
}

/// Asks `times` for something that nobody gets; says how often that was too fast.
async fn asks(line: &mut TcpStream, times: u8) -> usize {
    let mut asked = Vec::new();
    for n in 0..times {
        let cid = CommandId::from_bytes([n; 16]);
        let ask = ClientFrame::Do { cid, seen: Seq(0), cmd: Command::Lock { on: true } };
        asked.extend(frame(0x81, serde_json::to_string(&ask).unwrap().as_bytes()));
    }
    line.write_all(&asked).await.unwrap();
    let (mut answers, mut hasty) = (0, 0);
    while answers < times {
        match bare::next(line).await {
            Got::Text(text) if text.contains("\"refused\"") => {
                answers += 1;
                hasty += usize::from(text.contains("too_fast"));
            }
            Got::Text(_) | Got::Ping(_) => {}
            other @ (Got::Pong(_) | Got::Close(_) | Got::End) => panic!("{other:?}"),
        }
    }
    hasty
}

/// A line on which somebody comes back.
async fn back(set: &Set, who: &Client) -> TcpStream {
    let mut line = bare::open(set.server.running.addr(), "127.0.0.5").await;
    let text = serde_json::to_string(&who.keyring().come_back(None)).unwrap();
    line.write_all(&frame(0x81, text.as_bytes())).await.unwrap();
    loop {
        match bare::next(&mut line).await {
            Got::Text(text) if text.contains("\"snapshot\"") => return line,
            Got::Text(_) | Got::Ping(_) => {}
            other @ (Got::Pong(_) | Got::Close(_) | Got::End) => panic!("{other:?}"),
        }
    }
}

// fault: F17 — a new line is no new pace: one person spends what one person may
#[tokio::test]
async fn who_comes_back_again_and_again_spends_no_more_of_the_rooms_pace() {
    let mut set = counted().await;
    let (eve, ben) =
        (set.person(LinkRole::Observer, "Eve").await, set.person(LinkRole::Member, "Ben").await);
    let mut hasty = 0;
    for _ in 0..12 {
        hasty += asks(&mut back(&set, &eve).await, 20).await;
    }
    assert!(hasty >= 200, "{hasty} of 240");
    assert_eq!(asks(&mut back(&set, &ben).await, 20).await, 0);
}

// fault: F17 — whatever all others ask, whoever has the controls can use them
#[tokio::test]
async fn part_of_a_rooms_pace_is_for_whoever_has_the_controls() {
    let mut set = set_with(|config| config.limits.inbound_room_messages_per_second = 100).await;
    let mut people = Vec::new();
    for n in 0..6 {
        people.push(set.person(LinkRole::Member, &format!("Ben {n}")).await);
    }
    let mut hasty = 0;
    for one in &people {
        hasty += asks(&mut back(&set, one).await, 40).await;
    }
    assert!(hasty > 0, "all of the pace is spent");
    for n in 0..20 {
        set.host_does(Command::Lock { on: n % 2 == 0 }).await;
    }
}
