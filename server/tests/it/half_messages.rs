//! A message of which only a part comes is kept in memory: that is counted, and has an end.

use setroom_client::Client;
use setroom_protocol::{CloseCode, Command, LinkRole};
use tokio::io::AsyncWriteExt as _;
use tokio::net::TcpStream;

use crate::support::bare::{self, Got, frame, until_closed};
use crate::support::people::{Set, set_with};

/// A line on which this one comes back.
async fn in_the_room(set: &Set, who: &Client) -> TcpStream {
    let mut line = bare::open(set.server.running.addr(), "127.0.0.5").await;
    let first = serde_json::to_string(&who.keyring().come_back(None)).unwrap();
    line.write_all(&frame(0x81, first.as_bytes())).await.unwrap();
    loop {
        match bare::next(&mut line).await {
            Got::Text(text) if text.starts_with(r#"{"t":"snapshot""#) => return line,
            Got::Text(_) | Got::Ping(_) => {}
            other @ (Got::Pong(_) | Got::Close(_) | Got::End) => panic!("{other:?}"),
        }
    }
}

/// The first piece of a message, and a frame of which the end does not come; and how many bytes are
/// kept of it.
fn halves() -> [(Vec<u8>, u32); 2] {
    let mut frame_begun = frame(0x81, &[b'x'; 40_000]);
    frame_begun.truncate(39_000);
    [(frame(0x01, &[b'x'; 40_000]), 40_000), (frame_begun, 39_000)]
}

// fault: F17 — what is kept of messages that are not whole counts with what waits, and gives way
#[tokio::test]
async fn halves_of_messages_are_counted_and_the_oldest_line_goes() {
    for (half, kept) in halves() {
        let mut set = set_with(|config| {
            config.limits.loopback_exempt = false;
            config.limits.outbox_mib_per_address = 1;
        })
        .await;
        let mut people = Vec::new();
        for n in 0..14 {
            people.push(set.person(LinkRole::Observer, &format!("Ben {n}")).await);
        }
        let mut first = in_the_room(&set, &people[0]).await;
        first.write_all(&half).await.unwrap();
        let waiting = "setroom_socket_waiting_bytes";
        set.server.until_figure(waiting, kept.into()).await;
        let mut lines = Vec::new();
        // Two beside that which each has, and with these it is a little more than one MiB.
        for who in people[1..].iter().chain(&people[1..]) {
            let mut line = in_the_room(&set, who).await;
            line.write_all(&half).await.unwrap();
            lines.push(line);
        }
        assert_eq!(until_closed(&mut first).await.1, Some(CloseCode::Slow.code()));
        set.server.until_figure(waiting, f64::from(kept) * 26.0).await;
        set.host_does(Command::Lock { on: true }).await;
        // What is whole, or gone, waits no more.
        drop((first, lines));
        set.server.until_figure(waiting, 0.0).await;
    }
}

// Whatever else comes on that line: signs of life between pieces, and single bytes of the rest.
#[tokio::test]
async fn a_message_that_does_not_become_whole_has_an_end() {
    for (half, _) in halves() {
        let set = set_with(|config| {
            config.limits.message_timeout_ms = 500;
            (config.limits.ping_every_ms, config.limits.pong_wait_ms) = (20, 600_000);
        })
        .await;
        let mut line = in_the_room(&set, &set.host).await;
        let is_piece = half[0] == 0x01;
        line.write_all(&half).await.unwrap();
        let code = loop {
            match bare::next(&mut line).await {
                Got::Ping(payload) => {
                    let more = [frame(0x8a, &payload), frame(0x00, b"x")].concat();
                    let _ = line.write_all(if is_piece { &more } else { b"x" }).await;
                }
                Got::Close(code) => break code,
                Got::Text(_) => {}
                other @ (Got::Pong(_) | Got::End) => panic!("{other:?}"),
            }
        };
        assert_eq!(code, CloseCode::Idle.code());
    }
}

#[tokio::test]
async fn messages_that_become_whole_one_after_another_have_no_end() {
    let set = set_with(|config| {
        config.limits.message_timeout_ms = 2_000;
        config.limits.inbound_messages_burst = 1_000_000;
    })
    .await;
    let mut line = in_the_room(&set, &set.host).await;
    let ping = frame(0x81, br#"{"t":"ping","sent":1}"#);
    let (begins, rest) = ping.split_at(9);
    let begun = tokio::time::Instant::now();
    line.write_all(begins).await.unwrap();
    // For longer than one message may take, one is always begun.
    while begun.elapsed().as_millis() < 4_000 {
        line.write_all(&[rest, begins].concat()).await.unwrap();
        loop {
            match bare::next(&mut line).await {
                Got::Text(text) if text.contains("\"pong\"") => break,
                Got::Text(_) | Got::Ping(_) => {}
                other @ (Got::Pong(_) | Got::Close(_) | Got::End) => panic!("{other:?}"),
            }
        }
    }
}
