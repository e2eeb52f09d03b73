//! Ending in order.

use std::sync::{Arc, Weak};
use std::time::Duration;

use setroom_client::Client;
use setroom_protocol::LinkRole;
use setroom_server::Services;
use setroom_server::journal::{Head, Journal, MemoryJournal, RoomKey};
use setroom_server::shutdown::Shutdown;
use tokio::net::TcpStream;
use tokio::sync::oneshot::error::TryRecvError;

use crate::support::http::Line;
use crate::support::people::{Set, roomy};
use crate::support::writer::append;
use crate::support::{as_journal, soon, start, start_with};

#[tokio::test]
async fn a_stop_lets_tasks_finish_and_takes_nothing_new() {
    let server = start(|_| {}).await;
    let address = server.running.addr();
    let mut idle = Line::open(address).await;
    server.until_figure("setroom_http_connections_open", 1.0).await;
    let shutdown = server.running.state().shutdown.clone();
    let (said_goodbye, goodbye) = tokio::sync::oneshot::channel();
    shutdown.spawn({
        let shutdown = shutdown.clone();
        async move {
            shutdown.stopping().await;
            said_goodbye.send(()).unwrap();
        }
    });
    assert!(soon(server.running.stop()).await, "all ended by themselves");
    soon(goodbye).await.unwrap();
    assert_eq!(idle.until_closed().await, b"");
    assert!(TcpStream::connect(address).await.is_err(), "nobody listens any more");
}

#[tokio::test]
async fn who_does_not_end_is_cut_off_at_the_deadline() {
    let shutdown = Shutdown::default();
    let (held, mut dropped) = tokio::sync::oneshot::channel::<()>();
    shutdown.spawn(async move {
        let _held = held;
        std::future::pending::<()>().await;
    });
    assert!(!soon(shutdown.stop(Duration::from_millis(1))).await);
    assert_eq!(dropped.try_recv(), Err(TryRecvError::Closed), "the task is gone by now");
}

#[tokio::test]
async fn a_stop_closes_the_journal_after_the_tasks() {
    let journal = MemoryJournal::new();
    let server = start_with(|_| {}, |deps| deps.journal = Some(as_journal(journal.clone()))).await;
    let state = server.running.state().clone();
    state.shutdown.spawn({
        let state = state.clone();
        async move {
            state.shutdown.stopping().await;
            let (journal, at) = (state.journal.as_ref(), Head::default());
            let last = append(journal, &RoomKey([1; 16]), at, 1, "x").await;
            last.expect("the journal is still open for last words");
        }
    });
    assert!(soon(server.running.stop()).await);
    soon(journal.check()).await.expect_err("closed");
}

#[tokio::test]
async fn a_server_whose_journal_cannot_be_written_is_not_ready() {
    let server = start(|_| {}).await;
    let host = server.host();
    let mut line = Line::open(server.running.addr()).await;
    assert_eq!(line.ask("GET", "/readyz", &host, &[]).await.status, 200);
    let closed =
        start_with(|_| {}, |deps| deps.journal = Some(as_journal(MemoryJournal::new()))).await;
    closed.running.state().journal.close().await;
    let answer = closed.ask("GET", "/readyz", &[]).await;
    assert_eq!((answer.status, answer.code().as_str()), (503, "journal_busy"));
    assert_eq!(closed.ask("GET", "/healthz", &[]).await.status, 200);
}

/// A server with people in a room, somebody at its door, and a visitor who asks nothing; and what all
/// of its parts hold.
async fn lived_in() -> (Set, [Client; 2], Line, Weak<Services>) {
    let kept = MemoryJournal::new();
    let journal = as_journal(kept.clone());
    let server = start_with(roomy, |deps| deps.journal = Some(journal)).await;
    let held = Arc::downgrade(&server.running.state().services);
    let visitor = Line::open(server.running.addr()).await;
    let mut set = Set::on(server, kept).await;
    let ben = set.person(LinkRole::Member, "Ben").await;
    let knocks = set.knock(LinkRole::Member, "Cleo").await;
    (set, [ben, knocks], visitor, held)
}

#[tokio::test]
async fn a_server_that_stopped_or_was_dropped_lets_go_of_everything() {
    let (set, people, _visitor, held) = lived_in().await;
    assert!(held.strong_count() > 0);
    assert!(soon(set.server.running.stop()).await);
    assert_eq!(held.strong_count(), 0, "stopped with {} people in", people.len());

    let (set, _people, _visitor, held) = lived_in().await;
    drop(set.server.running);
    soon(async {
        while held.strong_count() > 0 {
            tokio::task::yield_now().await;
        }
    })
    .await;
}
