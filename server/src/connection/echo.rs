//! An echo in place of the room: the whole way of a socket, from the accept loop over the upgrade
//! to reader and sink, with nothing of our own protocol in it, so that a suite for WebSockets can
//! be let loose on it.

use std::future::poll_fn;
use std::ops::ControlFlow;
use std::task::Poll;

use axum::Router;
use axum::extract::State;
use axum::http::{HeaderValue, Request, StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use hyper::upgrade::OnUpgrade;
use setroom_websocket::{Message, TEXT};

use super::serve::{Connection, say_goodbye};
use crate::clock::Clock;
use crate::config::{self, Config, Flags, JournalKind};
use crate::http::Problem;
use crate::http::ws::{tcp, websocket_key};
use crate::ids::{Ids, SeededIds};
use crate::journal::sqlite::Fatal;
use crate::limits::Peer;
use crate::socket::{framed, pong};
use crate::start::{RunningServer, Server};
use crate::state::AppState;

/// Starts a server that answers everything under `/` with itself. No message may be longer than
/// `most` bytes.
pub(super) async fn start(most: usize, change: impl FnOnce(&mut Config)) -> RunningServer {
    let mut config = config::load(&Flags::default(), []).unwrap().config;
    config.listen.set_port(0);
    config.metrics.set_port(0);
    config.journal = JournalKind::Memory;
    config.limits.loopback_exempt = true;
    change(&mut config);
    let server = Server {
        clock: Clock::system(),
        ids: Ids::Seeded(SeededIds::new(1)),
        rules: std::sync::Arc::new(crate::rules::ProtocolRules),
        journal: None,
        fatal: Fatal::new(|what| panic!("{what}")),
    };
    let routes = move |state: AppState| {
        let open = move |state: State<AppState>, request| open(state, request, most);
        Router::new().route("/", get(open)).with_state(state)
    };
    server.start_with(config, routes).await.unwrap()
}

async fn open(
    State(state): State<AppState>,
    mut request: Request<axum::body::Body>,
    most: usize,
) -> Result<Response, Problem> {
    let key = websocket_key(request.headers()).ok_or(Problem::NOT_FOUND)?;
    let accept = HeaderValue::from_str(&key).map_err(|_| Problem::NOT_FOUND)?;
    let peer = request.extensions().get::<Peer>().cloned().ok_or(Problem::BROKEN)?;
    let on_upgrade = request.extensions_mut().remove::<OnUpgrade>().ok_or(Problem::BROKEN)?;
    let shutdown = state.shutdown.clone();
    shutdown.spawn(async move {
        if let Some(socket) = tcp(on_upgrade).await {
            echo(Connection::open(state.services, socket, peer, most)).await;
        }
    });
    let headers = [
        (header::UPGRADE, HeaderValue::from_static("websocket")),
        (header::CONNECTION, HeaderValue::from_static("upgrade")),
        (header::SEC_WEBSOCKET_ACCEPT, accept),
    ];
    Ok((StatusCode::SWITCHING_PROTOCOLS, headers).into_response())
}

/// Says everything back, until the socket ends. Pings, goodbyes and faults are met as they are by
/// the sockets of rooms.
async fn echo(mut connection: Connection) {
    poll_fn(|cx| {
        let Connection { sink, reader, .. } = &mut connection;
        let hear = |_: usize, heard: Option<Message<'_>>| {
            let Some(heard) = heard else { return ControlFlow::Continue(()) };
            match heard {
                Message::Text(words) => {
                    sink.push(&[framed(TEXT, |out| out.extend_from_slice(words.as_bytes()))]);
                }
                Message::Ping(payload) => sink.push(&[pong(payload)]),
                Message::Pong => {}
                Message::Close(payload) => {
                    say_goodbye(sink, payload);
                    return ControlFlow::Break(());
                }
            }
            ControlFlow::Continue(())
        };
        match reader.poll(cx, hear) {
            Poll::Ready(Ok(())) => return Poll::Ready(()),
            Poll::Ready(Err(end)) => {
                connection.ended(end);
                return Poll::Ready(());
            }
            Poll::Pending => {}
        }
        connection.sink.poll_drain(cx)
    })
    .await;
    connection.finish().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "run by hand under the Autobahn suite, as docs/RELIABILITY.md says"]
async fn an_echo_for_the_suite() {
    let server = start(32 * 1024 * 1024, |config| {
        config.limits.outbox_kib = 128 * 1024;
        config.limits.outbox_frames = 100_000;
    })
    .await;
    println!("ws://{}", server.addr());
    std::future::pending::<()>().await;
}
