//! Somebody who does not read is cut off alone, and a thin line can still come in.

use setroom_client::Client;
use setroom_protocol::{ClientFrame, CloseCode, Command, LinkRole, TextKind};
use tokio::net::TcpSocket;
use tokio_tungstenite::WebSocketStream;
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::tungstenite::client::IntoClientRequest as _;

use crate::support::people::{Set, set_with};
use crate::support::soon;

type Thin = WebSocketStream<tokio::net::TcpStream>;

/// A socket whose own side takes in next to nothing while nobody reads it.
async fn thin_line(set: &Set, first: &ClientFrame) -> Thin {
    let address = set.server.running.addr();
    let socket = TcpSocket::new_v4().unwrap();
    socket.set_recv_buffer_size(4096).unwrap();
    let stream = socket.connect(address).await.unwrap();
    let mut request = format!("ws://{address}/ws").into_client_request().unwrap();
    let headers = request.headers_mut();
    headers.insert("origin", format!("http://{address}").parse().unwrap());
    headers.insert("sec-websocket-protocol", "als1".parse().unwrap());
    let (mut line, _) = tokio_tungstenite::client_async(request, stream).await.unwrap();
    let frame = serde_json::to_string(first).unwrap();
    futures_util::SinkExt::send(&mut line, Message::text(frame)).await.unwrap();
    line
}

async fn next(line: &mut Thin) -> Option<Message> {
    soon(futures_util::StreamExt::next(line)).await.and_then(Result::ok)
}

// fault: F18 — the slow one is closed with 4408, the others lose nothing, and it can come back
#[tokio::test]
async fn who_does_not_read_is_cut_off_and_nobody_else_notices() {
    let mut set = set_with(|config| config.limits.outbox_kib = 64).await;
    let mut ben = set.person(LinkRole::Member, "Ben").await;
    let mut cleo = set.person(LinkRole::Member, "Cleo").await;
    let seat = ben.seat().unwrap();
    let resume = ben.keyring().come_back(None);
    ben.go().await.unwrap();
    set.host.wait_for("his absence", |m| !m.here.contains(&seat)).await.unwrap();
    let mut slow = thin_line(&set, &resume).await;
    set.host.wait_for("Ben", |m| m.here.contains(&seat)).await.unwrap();
    // Texts go round until the line that nobody reads is full, here and in the kernel.
    let long = "x".repeat(4000);
    let (charter, _) = set.host.put(TextKind::Charter, &long, None).await.unwrap();
    let mut written = 1;
    while set.host.model().here.contains(&seat) {
        let answer = set.host.put_again(charter, TextKind::Charter, &long, None).await.unwrap();
        cleo.catch_up(answer.done().unwrap()).await.unwrap();
        written += 1;
        assert!(written < 5_000, "never cut off");
    }
    assert_eq!(set.server.figure("setroom_socket_slow_closes_total").await, Some(1.0));
    let limit = "setroom_limit_refusals_total{limit=\"outbox\"}";
    assert_eq!(set.server.figure(limit).await, Some(1.0));
    // What was on its way is read to the end of a frame, and then the reason.
    let mut frames = 0;
    let code = loop {
        match next(&mut slow).await {
            Some(Message::Text(text)) => {
                serde_json::from_str::<serde_json::Value>(&text).expect("no frame is cut");
                frames += 1;
            }
            Some(Message::Close(Some(close))) => break u16::from(close.code),
            Some(_) => {}
            None => panic!("cut without a reason after {frames} frames"),
        }
    };
    assert_eq!(code, CloseCode::Slow.code());
    assert!(frames > 0 && frames < written);
    set.agree(&mut [&mut cleo]).await;
    assert_eq!((cleo.model().sequence.lost(), cleo.model().sequence.duplicated), (0, 0));
    // And comes back to all of it.
    ben.come_back().await.unwrap();
    set.agree(&mut [&mut ben]).await;
}

#[tokio::test]
async fn a_room_full_of_texts_comes_through_a_thin_line() {
    let mut set = set_with(|config| config.limits.outbox_kib = 16).await;
    let mut people = Vec::new();
    for name in ["Ben", "Cleo", "Dan"] {
        people.push(set.person(LinkRole::Member, name).await);
    }
    // More than the kernel takes in for a line that is not read.
    set.fill(&mut people).await;
    let ben = &people[0];
    let mut thin = thin_line(&set, &ben.keyring().come_back(None)).await;
    // The others go on meanwhile, and he gets that too.
    for on in [true, false, true] {
        set.host_does(Command::Lock { on }).await;
    }
    let mut changes = 0;
    let mut snapshot = 0;
    while changes < 3 {
        match next(&mut thin).await {
            Some(Message::Text(text)) => {
                let frame: serde_json::Value = serde_json::from_str(&text).unwrap();
                snapshot += usize::from(frame["t"] == "snapshot") * text.len();
                changes += usize::from(frame["t"] == "change");
            }
            Some(Message::Close(close)) => panic!("closed with {close:?}"),
            Some(_) => {}
            None => panic!("the line broke"),
        }
    }
    assert!(snapshot > 3_000_000, "{snapshot}");
}

// fault: F18 — who reads no answers cannot fill the memory by asking on
#[tokio::test]
async fn who_is_cut_off_as_slow_cannot_go_on_by_asking() {
    let mut set = set_with(|config| {
        config.limits.outbox_kib = 1;
        // Nothing but the outbox is to end this.
        config.limits.inbound_messages_burst = 1_000_000_000;
    })
    .await;
    let mut ben: Client = set.person(LinkRole::Member, "Ben").await;
    let seat = ben.seat().unwrap();
    let mut slow = thin_line(&set, &ben.keyring().come_back(None)).await;
    ben.go().await.unwrap();
    // He asks and asks, and reads none of the answers.
    let ping = serde_json::to_string(&ClientFrame::Ping { sent: 1 }).unwrap();
    let asking = tokio::spawn(async move {
        while futures_util::SinkExt::send(&mut slow, Message::text(ping.clone())).await.is_ok() {}
    });
    set.host.wait_for("his absence", |m| !m.here.contains(&seat)).await.unwrap();
    soon(asking).await.unwrap();
}
