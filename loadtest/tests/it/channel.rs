//! What a lead and an agent say to each other, and what is no such talk.

use serde::{Deserialize, Serialize};
use setroom_loadtest::agent::{ChannelError, FromAgent, FromLead, Receiver, Sender, serve};
use tokio::io::{AsyncWriteExt as _, DuplexStream, duplex, split};
use tokio::sync::watch;

#[derive(Debug, PartialEq, Serialize, Deserialize)]
struct Word(String);

fn ends() -> (Sender<DuplexStream>, Receiver<DuplexStream>) {
    let (one, two) = duplex(1 << 16);
    (Sender(one), Receiver(two))
}

/// What a receiver makes of these bytes as the first that it hears.
async fn first(bytes: &[u8]) -> ChannelError {
    let (mut sender, mut receiver) = ends();
    sender.0.write_all(bytes).await.unwrap();
    receiver.greeted().await.unwrap_err()
}

#[tokio::test]
async fn messages_come_as_they_were_sent() {
    let (mut sender, mut receiver) = ends();
    sender.greet().await.unwrap();
    receiver.greeted().await.unwrap();
    for text in ["one", "two", ""] {
        sender.send(&Word(text.to_owned())).await.unwrap();
        assert_eq!(receiver.receive::<Word>().await.unwrap(), Word(text.to_owned()));
    }
    // One that breaks off in the middle is none.
    sender.0.write_all(&[0, 0, 0, 9, b'"']).await.unwrap();
    drop(sender);
    assert!(matches!(receiver.receive::<Word>().await, Err(ChannelError::Lost(_))));
}

#[tokio::test]
async fn strangers_and_other_versions_are_told_apart() {
    let hello = br#"{"setroom_loadtest_agent":"0.0"}"#;
    let other = [&u32::try_from(hello.len()).unwrap().to_be_bytes(), hello.as_slice()].concat();
    let said = first(&other).await.to_string();
    assert!(said.contains("it is version 0.0 and this is"), "{said}");
    let said = first(b"Welcome to this machine!\n").await.to_string();
    assert!(said.contains("its shell speaks first: \"Welc\""), "{said}");
    let said = first(&[0, 0, 0, 2, b'{', b'}']).await.to_string();
    assert!(said.contains("no Setroom load test agent"), "{said}");
}

#[tokio::test]
async fn nothing_is_kept_for_a_message_that_is_too_large() {
    let (mut sender, mut receiver) = ends();
    sender.0.write_all(&u32::MAX.to_be_bytes()).await.unwrap();
    assert!(matches!(receiver.receive::<Word>().await, Err(ChannelError::Large)));
    let large = Word("x".repeat(64 << 20));
    assert!(matches!(sender.send(&large).await, Err(ChannelError::Large)));
}

/// An agent whose lead is gone loads nobody for it: it ends, whatever it was doing.
#[tokio::test]
async fn an_agent_ends_with_its_lead() {
    let (lead, agent) = duplex(1 << 16);
    let (from, to) = split(agent);
    let (_stop, stopped) = watch::channel(false);
    let agent = tokio::spawn(serve(from, to, false, stopped));
    let (from, to) = split(lead);
    let (mut sender, mut receiver) = (Sender(to), Receiver(from));
    receiver.greeted().await.unwrap();
    sender.send(&FromLead::Ping).await.unwrap();
    assert!(matches!(receiver.receive().await.unwrap(), FromAgent::Pong { .. }));
    drop((sender, receiver));
    let said = crate::soon(agent).await.unwrap();
    assert!(said.starts_with("the lead is gone: "), "{said}");
}
