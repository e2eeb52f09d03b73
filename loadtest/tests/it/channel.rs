//! The connection between a lead and an agent, and what somebody in between can do: nothing.

use serde::{Deserialize, Serialize};
use setroom_loadtest::agent::{ChannelError, Receiver, Sender, Side, Token, open};
use tokio::io::{
    AsyncReadExt as _, AsyncWriteExt as _, DuplexStream, ReadHalf, WriteHalf, duplex, split,
};

#[derive(Debug, PartialEq, Serialize, Deserialize)]
struct Word(String);

fn word(text: &str) -> Word {
    Word(text.to_owned())
}

type End = (Sender<WriteHalf<DuplexStream>>, Receiver<ReadHalf<DuplexStream>>);
type Opened = Result<End, ChannelError>;

const ROOM: usize = 1 << 16;

async fn opened(side: Side, version: &str, token: &str, stream: DuplexStream) -> Opened {
    let (from, to) = split(stream);
    open(side, version, &Token::new(token.as_bytes()), from, to).await
}

/// Both sides, each with its version and token.
async fn both(lead: (&str, &str), agent: (&str, &str)) -> (Opened, Opened) {
    let (one, two) = duplex(ROOM);
    super::soon(async {
        tokio::join!(
            opened(Side::Lead, lead.0, lead.1, one),
            opened(Side::Agent, agent.0, agent.1, two)
        )
    })
    .await
}

#[tokio::test]
async fn who_knows_the_token_is_heard_in_both_directions() {
    let (lead, agent) = both(("1", "token"), ("1", "token")).await;
    let ((mut to_agent, mut from_agent), (mut to_lead, mut from_lead)) =
        (lead.unwrap(), agent.unwrap());
    for text in ["one", "two"] {
        to_agent.send(&word(text)).await.unwrap();
        assert_eq!(from_lead.receive::<Word>().await.unwrap(), word(text));
        to_lead.send(&word(text)).await.unwrap();
        assert_eq!(from_agent.receive::<Word>().await.unwrap(), word(text));
    }
}

#[tokio::test]
async fn another_token_or_version_ends_it_on_both_sides() {
    let (lead, agent) = both(("1", "token"), ("1", "nekot")).await;
    let said = lead.unwrap_err().to_string();
    assert!(said.contains("not the one that this agent was started with"), "{said}");
    assert!(matches!(agent, Err(ChannelError::Token)));
    let (lead, agent) = both(("1", "token"), ("2", "token")).await;
    assert!(lead.unwrap_err().to_string().contains("use the same everywhere"));
    assert!(matches!(agent, Err(ChannelError::Version { .. })));
}

#[tokio::test]
async fn a_stranger_gets_a_sentence_and_no_proof() {
    let (mut stranger, stream) = duplex(ROOM);
    let agent = tokio::spawn(async move { opened(Side::Agent, "1", "token", stream).await });
    stranger.write_all(b"GET / HTTP/1.1\r\nhost: x\r\n\r\n").await.unwrap();
    let mut answer = Vec::new();
    super::soon(stranger.read_to_end(&mut answer)).await.unwrap();
    let answer = String::from_utf8_lossy(&answer);
    assert!(answer.contains("this is a Setroom load test agent") && !answer.contains("proof"));
    assert!(matches!(super::soon(agent).await.unwrap(), Err(ChannelError::Stranger)));
}

/// Everything that goes from the lead to the agent, frame by frame, through hands that may change
/// it. `meddle` is given each frame after the handshake.
async fn through(meddle: impl Fn(usize, Vec<u8>) -> Vec<u8>) -> (End, End) {
    let (one, near) = duplex(ROOM);
    let (far, two) = duplex(ROOM);
    let (mut from_lead, mut to_lead) = split(near);
    let (mut from_agent, mut to_agent) = split(far);
    tokio::spawn(async move { tokio::io::copy(&mut from_agent, &mut to_lead).await });
    let (send, mut frames) = tokio::sync::mpsc::channel::<Vec<u8>>(8);
    tokio::spawn(async move {
        for index in 0.. {
            let Ok(length) = from_lead.read_u32().await else { break };
            // Hello and proof have no tag.
            let rest = length as usize + if index < 2 { 0 } else { 32 };
            let mut frame = length.to_be_bytes().to_vec();
            frame.resize(4 + rest, 0);
            from_lead.read_exact(&mut frame[4..]).await.unwrap();
            send.send(frame).await.unwrap();
        }
    });
    let ends = tokio::spawn(async move {
        tokio::join!(opened(Side::Lead, "1", "token", one), opened(Side::Agent, "1", "token", two))
    });
    for _ in 0..2 {
        let frame = super::soon(frames.recv()).await.unwrap();
        to_agent.write_all(&frame).await.unwrap();
    }
    let (lead, agent) = super::soon(ends).await.unwrap();
    let (mut lead, agent) = (lead.unwrap(), agent.unwrap());
    for (index, text) in ["one", "two"].into_iter().enumerate() {
        lead.0.send(&word(text)).await.unwrap();
        let frame = super::soon(frames.recv()).await.unwrap();
        to_agent.write_all(&meddle(index, frame)).await.unwrap();
    }
    to_agent.shutdown().await.unwrap();
    (lead, agent)
}

async fn heard(agent: &mut End) -> Vec<Result<Word, ChannelError>> {
    let mut all = Vec::new();
    loop {
        all.push(super::soon(agent.1.receive::<Word>()).await);
        if all.last().is_some_and(Result::is_err) {
            return all;
        }
    }
}

#[tokio::test]
async fn a_replayed_a_changed_and_a_missing_message_are_all_found() {
    let (_lead, mut agent) = through(|_, frame| frame).await;
    let all = heard(&mut agent).await;
    assert!(matches!(all.as_slice(), [Ok(_), Ok(_), Err(ChannelError::Lost(_))]), "{all:?}");

    // The first one twice.
    let replay = |index, frame: Vec<u8>| if index == 0 { frame.repeat(2) } else { frame };
    let (_lead, mut agent) = through(replay).await;
    let all = heard(&mut agent).await;
    assert!(matches!(all.as_slice(), [Ok(_), Err(ChannelError::Forged)]), "{all:?}");

    let drop_first = |index, frame: Vec<u8>| if index == 0 { Vec::new() } else { frame };
    let (_lead, mut agent) = through(drop_first).await;
    let all = heard(&mut agent).await;
    assert!(matches!(all.as_slice(), [Err(ChannelError::Forged)]), "{all:?}");

    let change = |_, mut frame: Vec<u8>| {
        frame[6] ^= 1;
        frame
    };
    let (_lead, mut agent) = through(change).await;
    let all = heard(&mut agent).await;
    assert!(matches!(all.as_slice(), [Err(ChannelError::Forged)]), "{all:?}");

    let huge = |_, mut frame: Vec<u8>| {
        frame[0] = 0xff;
        frame
    };
    let (_lead, mut agent) = through(huge).await;
    assert!(matches!(heard(&mut agent).await.as_slice(), [Err(ChannelError::Large)]));
}

/// What a lead recorded of one connection opens no other: the agent's nonce is another.
#[tokio::test]
async fn a_recorded_conversation_is_worth_nothing() {
    let (one, near) = duplex(ROOM);
    let (far, two) = duplex(ROOM);
    let (mut from_lead, mut to_lead) = split(near);
    let (mut from_agent, mut to_agent) = split(far);
    tokio::spawn(async move { tokio::io::copy(&mut from_agent, &mut to_lead).await });
    let recording = tokio::spawn(async move {
        let mut tape = Vec::new();
        for _ in 0..2 {
            let length = from_lead.read_u32().await.unwrap();
            let mut frame = length.to_be_bytes().to_vec();
            frame.resize(4 + length as usize, 0);
            from_lead.read_exact(&mut frame[4..]).await.unwrap();
            to_agent.write_all(&frame).await.unwrap();
            tape.extend(frame);
        }
        tape
    });
    let ends = super::soon(async {
        tokio::join!(opened(Side::Lead, "1", "token", one), opened(Side::Agent, "1", "token", two))
    });
    let (lead, agent) = ends.await;
    assert!(lead.is_ok() && agent.is_ok());
    let tape = super::soon(recording).await.unwrap();

    let (mut thief, stream) = duplex(ROOM);
    let agent = tokio::spawn(async move { opened(Side::Agent, "1", "token", stream).await });
    thief.write_all(&tape).await.unwrap();
    assert!(matches!(super::soon(agent).await.unwrap(), Err(ChannelError::Token)));
}
