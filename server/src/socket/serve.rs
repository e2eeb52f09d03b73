//! One socket's task: the first frame, then frames until it ends.

use std::sync::Arc;
use std::time::Duration;

use futures_util::StreamExt;
use setroom_protocol::{
    ClientFrame, CloseCode, Code, DecodeError, ServerFrame, Timestamp, decode, limits,
};
use tokio::io::AsyncReadExt;
use tokio::time::{Instant, timeout};
use tokio_tungstenite::WebSocketStream;
use tokio_tungstenite::tungstenite::protocol::{Role, WebSocketConfig};
use tokio_tungstenite::tungstenite::{Error, Message, error::CapacityError};

use super::sink::Bound;
use super::wire::Wire;
use super::{PING, Sink, text};
use crate::config::Limits;
use crate::http::{Peer, upgrade::TcpUpgrade};
use crate::limits::{Bucket, Limit, Slot};
use crate::room::{Asked, Denied, Entered, Way};
use crate::state::AppState;

type Socket = WebSocketStream<Wire>;

/// How long a peer may take to answer a close frame.
const FAREWELL: Duration = Duration::from_secs(2);
/// Refusals for haste that are forgiven within ten seconds, before the socket is closed.
const FORGIVEN: u32 = 20;

/// Serves one socket from its first frame to its last.
pub(super) async fn serve(state: AppState, peer: Peer, slot: Option<Slot>, socket: TcpUpgrade) {
    let _open = state.metrics.socket_open();
    let limits = &state.config.limits;
    let bound = Bound {
        frames: usize::try_from(limits.outbox_frames).unwrap_or(usize::MAX),
        bytes: limits.outbox_bytes(),
    };
    let (read, write) = socket.stream.into_split();
    let sink = Arc::new(Sink::new(write, bound, state.metrics.clone()));
    let config = WebSocketConfig::default()
        // The default of 128 KiB would be zeroed on every read and kept for every idle member.
        .read_buffer_size(1024)
        .write_buffer_size(0)
        .max_write_buffer_size(64 * 1024)
        .max_message_size(Some(limits::FRAME_BYTES))
        .max_frame_size(Some(limits::FRAME_BYTES));
    let wire = Wire { half: read, sink: Arc::clone(&sink) };
    let early = socket.early.to_vec();
    let mut socket =
        WebSocketStream::from_partially_read(wire, early, Role::Server, Some(config)).await;

    let first = first_frame(&state, &sink, &mut socket).await;
    if let Some(entered) = enter(&state, &peer, first, &sink).await {
        drop(slot);
        frames(&state, &sink, &mut socket, &entered).await;
        entered.room.gone(entered.conn).await;
    } else {
        drop(slot);
    }
    finish(&sink, &mut socket).await;
    drop(peer);
}

/// The first frame; `None` when there was none, or none that this protocol knows (then the socket
/// is closing already).
async fn first_frame(state: &AppState, sink: &Sink, socket: &mut Socket) -> Option<ClientFrame> {
    let patience = Duration::from_millis(state.config.limits.first_frame_timeout_ms.into());
    let next = async {
        loop {
            match socket.next().await? {
                Ok(Message::Ping(_) | Message::Pong(_)) => {}
                other => return Some(other),
            }
        }
    };
    let read = tokio::select! {
        read = timeout(patience, next) => read,
        () = state.shutdown.stopping() => { restart(state, sink); return None; }
    };
    match read {
        Ok(Some(Ok(Message::Text(text)))) => match decode(&text, true) {
            Ok(frame @ (ClientFrame::Knock { .. } | ClientFrame::Resume { .. })) => {
                return Some(frame);
            }
            Ok(ClientFrame::Do { .. } | ClientFrame::Ping { .. }) => sink.close(CloseCode::Auth),
            Err(error) => sink.close(code_of(error)),
        },
        Ok(Some(Ok(Message::Close(_)) | Err(Error::ConnectionClosed)) | None) => {}
        Ok(Some(Ok(_))) => sink.close(CloseCode::BadFrame),
        Ok(Some(Err(error))) => sink.close(code_of_socket(&error)),
        Err(_) => sink.close(CloseCode::Idle),
    }
    None
}

fn code_of(error: DecodeError) -> CloseCode {
    match error {
        DecodeError::TooLarge(_) => CloseCode::TooLarge,
        DecodeError::Unknown(_) => CloseCode::BadFrame,
        DecodeError::OldClient => CloseCode::OldClient,
    }
}

fn code_of_socket(error: &Error) -> CloseCode {
    if matches!(error, Error::Capacity(CapacityError::MessageTooLong { .. })) {
        CloseCode::TooLarge
    } else {
        CloseCode::BadFrame
    }
}

/// Brings the first frame to its room. `None` when it does not lead in: then the socket is closing.
async fn enter(
    state: &AppState,
    peer: &Peer,
    first: Option<ClientFrame>,
    sink: &Arc<Sink>,
) -> Option<Entered> {
    let (set, way) = Way::of(first?)?;
    match state.rooms.enter(set, way, sink).await {
        Ok(entered) => Some(entered),
        Err(denied) => {
            let code = match denied {
                Denied::Auth => {
                    // The one too many is told so, and so is everyone after from that address.
                    match state.gate.bad_token(peer.address) {
                        Ok(()) => CloseCode::Auth,
                        Err(_) => CloseCode::TooFast,
                    }
                }
                Denied::Refused(code, close) => {
                    let temporary = code.temporary();
                    let frame = ServerFrame::Refused { cid: None, code, temporary };
                    sink.push(&[text(&frame)]);
                    close
                }
                Denied::Fault => CloseCode::RoomFault,
                Denied::Full => CloseCode::Full,
            };
            sink.close(code);
            None
        }
    }
}

/// Reads frames until the socket ends.
async fn frames(state: &AppState, sink: &Sink, socket: &mut Socket, entered: &Entered) {
    let limits = &state.config.limits;
    let every = Duration::from_millis(limits.ping_every_ms.into());
    let wait = Duration::from_millis(limits.pong_wait_ms.into());
    let mut pace = Pace::default();
    let mut beat = Instant::now() + every;
    // Until when something must have been heard; `None` while nothing was asked for.
    let mut silent_until: Option<Instant> = None;
    let mut taken = None;
    loop {
        tokio::select! {
            biased;
            read = socket.next() => match read {
                Some(Ok(message)) => {
                    silent_until = None;
                    if let Err(code) = message_in(state, sink, entered, &mut pace, message) {
                        sink.close(code);
                        return;
                    }
                }
                Some(Err(Error::ConnectionClosed)) | None => {
                    sink.peer_closed();
                    return;
                }
                Some(Err(error)) => {
                    sink.close(code_of_socket(&error));
                    return;
                }
            },
            () = sink.drain() => return,
            () = state.shutdown.stopping() => {
                restart(state, sink);
                return;
            }
            () = tokio::time::sleep_until(silent_until.unwrap_or(beat)), if silent_until.is_some() => {
                let before = std::mem::replace(&mut taken, sink.taken());
                if taken.is_none() || taken == before {
                    // Nothing since the last ping: half-open, or a lid that was closed.
                    sink.close(CloseCode::Idle);
                    return;
                }
                // The ping is still behind a long snapshot, which a thin line takes bit by bit.
                silent_until = Some(Instant::now() + wait);
            }
            () = tokio::time::sleep_until(beat) => {
                let frame = ServerFrame::Beat { at: Timestamp(state.clock.now_ms()) };
                sink.push(&[PING, text(&frame)]);
                beat += every;
                if silent_until.is_none() {
                    silent_until = Some(Instant::now() + wait);
                    taken = sink.taken();
                }
            }
        }
    }
}

/// Tells the peer when to come back, each at another moment so that nothing stampedes.
fn restart(state: &AppState, sink: &Sink) {
    let spread = state.ids.bytes::<2>().map_or(0, |bytes| u16::from_be_bytes(bytes) % 4_000);
    let after_ms = 500 + u64::from(spread);
    sink.push(&[text(&ServerFrame::Restart { after_ms })]);
    sink.close(CloseCode::Restart);
}

fn message_in(
    state: &AppState,
    sink: &Sink,
    entered: &Entered,
    pace: &mut Pace,
    message: Message,
) -> Result<(), CloseCode> {
    let words = match message {
        Message::Text(words) => words,
        // Pings are answered by the reader; a close is answered too, and then the stream ends.
        Message::Ping(_) | Message::Pong(_) | Message::Close(_) => return Ok(()),
        Message::Binary(_) | Message::Frame(_) => return Err(CloseCode::BadFrame),
    };
    let hasty = pace.take(&state.config.limits, state.clock.now_ms(), words.len());
    let frame = decode(&words, false).map_err(code_of)?;
    match frame {
        ClientFrame::Do { cid, seen, cmd } => {
            if let Some(limit) = hasty {
                state.gate.refuse(limit);
                refuse(sink, cid, Code::TooFast);
                return pace.strike(state.clock.now_ms());
            }
            let asked = Asked { conn: entered.conn, cid, seen, command: cmd, at: Instant::now() };
            if let Err(code) = entered.room.ask(asked) {
                refuse(sink, cid, code);
            }
        }
        ClientFrame::Ping { sent } => {
            if hasty.is_some() {
                return pace.strike(state.clock.now_ms());
            }
            let at = Timestamp(state.clock.now_ms());
            sink.push(&[text(&ServerFrame::Pong { sent, at })]);
        }
        // Who is in already has no need to enter.
        ClientFrame::Knock { .. } | ClientFrame::Resume { .. } => return Err(CloseCode::BadFrame),
    }
    Ok(())
}

fn refuse(sink: &Sink, cid: setroom_protocol::CommandId, code: Code) {
    let frame = ServerFrame::Refused { cid: Some(cid), code, temporary: code.temporary() };
    sink.push(&[text(&frame)]);
}

/// How much this one socket sends.
#[derive(Default)]
struct Pace {
    messages: Bucket,
    bytes: Bucket,
    strikes: Bucket,
}

impl Pace {
    /// The limit that this message is over, if it is.
    fn take(&mut self, limits: &Limits, now_ms: u64, bytes: usize) -> Option<Limit> {
        let rate = limits.inbound_messages_per_second;
        if !self.messages.take(now_ms, 1, rate, 1000, limits.inbound_messages_burst.into()) {
            return Some(Limit::InboundMessages);
        }
        let per_second = limits.inbound_kib_per_second.saturating_mul(1024);
        let burst = u64::from(per_second);
        (!self.bytes.take(now_ms, bytes as u64, per_second, 1000, burst))
            .then_some(Limit::InboundBytes)
    }

    /// One refusal for haste more. A peer that goes on all the same is not a person.
    fn strike(&mut self, now_ms: u64) -> Result<(), CloseCode> {
        let forgiven = self.strikes.take(now_ms, 1, FORGIVEN, 10_000, FORGIVEN.into());
        if forgiven { Ok(()) } else { Err(CloseCode::TooFast) }
    }
}

/// Sends what is left, then reads until the peer has closed too: leaving at once would lose the
/// last frames in a reset.
async fn finish(sink: &Sink, socket: &mut Socket) {
    if sink.ending().is_none() {
        return;
    }
    let _ = timeout(FAREWELL, async {
        sink.farewell().await;
        while let Some(Ok(message)) = socket.next().await {
            if matches!(message, Message::Close(_)) {
                return;
            }
        }
        // A frame that was too large to be read is still on the line.
        let mut rest = [0; 4096];
        let half = &mut socket.get_mut().half;
        while half.read(&mut rest).await.is_ok_and(|read| read > 0) {}
    })
    .await;
}
