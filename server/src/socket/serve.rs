//! One socket's task: the first frame, then frames until it ends.

use std::future::{Future, poll_fn};
use std::ops::ControlFlow;
use std::pin::pin;
use std::sync::Arc;
use std::task::Poll;
use std::time::Duration;

use hyper::upgrade::OnUpgrade;
use setroom_protocol::{
    Challenge32, ClientFrame, CloseCode, Code, DecodeError, ServerFrame, Timestamp, decode, limits,
};
use tokio::time::{Instant, timeout};

use super::frames::{Fault, Heard};
use super::pace::Pace;
use super::pulse::{Due, Pulse};
use super::reader::{End, Reader};
use super::{PING, Sink, echo, pong, text};
use crate::access;
use crate::bugs::Bug;
use crate::http::{Peer, upgrade::tcp};
use crate::limits::Slot;
use crate::net::split;
use crate::room::{Asked, Denied, Entered, Way};
use crate::state::AppState;
use crate::telemetry::Held;

/// How long a peer may take to answer a close frame.
const FAREWELL: Duration = Duration::from_secs(2);

/// A socket that is open.
#[derive(Debug)]
pub(super) struct Line {
    state: AppState,
    pub(super) sink: Arc<Sink>,
    pub(super) reader: Reader,
    /// Its place among the connections, which it keeps for as long as it is open.
    peer: Peer,
    _open: Held,
}

/// A socket whose peer is in a room, or at its door.
#[derive(Debug)]
pub(super) struct Inside {
    line: Line,
    entered: Entered,
    pace: Pace,
}

/// From the upgrade to a place in a room; `None` when it does not lead there, and then the socket
/// has ended. Staying takes far less memory than coming in, so this belongs into a box of its own.
pub(super) async fn come_in(
    state: AppState,
    peer: Peer,
    slot: Option<Slot>,
    on_upgrade: OnUpgrade,
) -> Option<Box<Inside>> {
    let mut line = Line::open(state, peer, on_upgrade, limits::FIRST_FRAME_BYTES).await?;
    let challenge = line.challenge();
    let first = line.first_frame().await;
    let entered = line.enter(first, challenge).await;
    drop(slot);
    match entered {
        Some(entered) => {
            line.reader.allow(limits::FRAME_BYTES);
            Some(Box::new(Inside { line, entered, pace: Pace::default() }))
        }
        None => {
            line.finish().await;
            None
        }
    }
}

/// Serves a socket from its place in a room to its end.
pub(super) async fn stay(coming: impl Future<Output = Option<Box<Inside>>>) {
    let Some(mut inside) = coming.await else { return };
    inside.frames().await;
    Box::pin(inside.leave()).await;
}

impl Line {
    /// The socket behind an upgraded request; no message on it may be longer than `most` bytes.
    /// `None` when the peer went away before the upgrade, which is no news.
    pub(super) async fn open(
        state: AppState,
        peer: Peer,
        on_upgrade: OnUpgrade,
        most: usize,
    ) -> Option<Self> {
        let socket = tcp(on_upgrade).await.ok()?;
        let (read, write) = split(socket.stream);
        let reader = Reader::new(read, &socket.early, most);
        let sink = Arc::new(Sink::new(write, state.clone()));
        Some(Self { _open: state.metrics.socket_open(), state, sink, reader, peer })
    }

    /// Says what a knock on this socket must be signed over. Without randomness there is none, and no
    /// knock can be right.
    fn challenge(&self) -> Option<Challenge32> {
        let challenge = Challenge32(self.state.ids.bytes().ok()?);
        self.sink.push(&[text(&ServerFrame::Hello { challenge })]);
        Some(challenge)
    }

    /// The first frame; `None` when there was none, or none that this protocol knows (then the
    /// socket is closing already).
    async fn first_frame(&mut self) -> Option<ClientFrame> {
        let patience = self.state.config.limits.first_frame_timeout_ms;
        let Self { state, sink, reader, .. } = self;
        let hear = |heard: Heard<'_>| match heard {
            Heard::Text(text) => ControlFlow::Break(Some(first_of(&text))),
            Heard::Ping(payload) => {
                sink.push(&[pong(payload)]);
                ControlFlow::Continue(())
            }
            Heard::Pong => ControlFlow::Continue(()),
            Heard::Close(payload) => {
                say_goodbye(sink, payload);
                ControlFlow::Break(None)
            }
        };
        let next = poll_fn(|cx| {
            if state.shutdown.is_stopping() {
                return Poll::Ready(Err(None));
            }
            reader.poll(cx, hear).map_err(Some)
        });
        let read = timeout(Duration::from_millis(patience.into()), next).await;
        let code = match read {
            Ok(Ok(Some(Ok(frame)))) => return Some(frame),
            Ok(Ok(Some(Err(code)))) => code,
            Ok(Ok(None)) => return None,
            Ok(Err(Some(end))) => {
                self.ended(end);
                return None;
            }
            Ok(Err(None)) => {
                restart(&self.state, &self.sink);
                return None;
            }
            Err(_) => CloseCode::Idle,
        };
        self.sink.close(code);
        None
    }

    /// Brings the first frame to its room. `None` when it does not lead in: then the socket is
    /// closing.
    async fn enter(
        &self,
        first: Option<ClientFrame>,
        challenge: Option<Challenge32>,
    ) -> Option<Entered> {
        let Self { state, sink, .. } = self;
        let (set, way) = Way::of(first?, challenge?)?;
        let proven = match &way {
            Way::Knock { knock, challenge } => {
                access::proves(knock, challenge) || state.rooms.has(Bug::ProofUnchecked)
            }
            Way::Resume { .. } => true,
        };
        // Nothing of a knock is believed before: a wrong proof is answered as a wrong token is.
        let entered =
            if proven { state.rooms.enter(set, way, sink).await } else { Err(Denied::Auth) };
        match entered {
            Ok(entered) => Some(entered),
            Err(denied) => {
                let code = match denied {
                    Denied::Auth => {
                        // The one too many is told so, and so is everyone after from that address.
                        match state.gate.bad_token(self.peer.address) {
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
                    Denied::Damaged => CloseCode::Damaged,
                    Denied::Full => CloseCode::Full,
                };
                sink.close(code);
                None
            }
        }
    }

    /// No more messages come.
    pub(super) fn ended(&self, end: End) {
        match end {
            End::Gone => self.sink.peer_closed(),
            End::Fault(Fault::TooLarge) => self.sink.close(CloseCode::TooLarge),
            End::Fault(Fault::Broken) => self.sink.close(CloseCode::BadFrame),
        }
    }

    /// Sends what is left, then reads until the peer has closed too: leaving at once would lose
    /// the last frames in a reset.
    pub(super) async fn finish(&mut self) {
        if self.sink.ending().is_none() {
            return;
        }
        let Self { sink, reader, .. } = self;
        let _ = timeout(FAREWELL, async {
            poll_fn(|cx| sink.poll_farewell(cx)).await;
            let close = |heard: Heard<'_>| match heard {
                Heard::Close(_) => ControlFlow::Break(()),
                Heard::Text(_) | Heard::Ping(_) | Heard::Pong => ControlFlow::Continue(()),
            };
            if let Err(End::Fault(_)) = poll_fn(|cx| reader.poll(cx, close)).await {
                // A frame that was too large to be read is still on the line.
                poll_fn(|cx| reader.poll_end(cx)).await;
            }
        })
        .await;
    }
}

/// What the first message says, if that is a way to begin.
fn first_of(text: &str) -> Result<ClientFrame, CloseCode> {
    match decode(text, true) {
        Ok(frame @ (ClientFrame::Knock(_) | ClientFrame::Resume { .. })) => Ok(frame),
        Ok(ClientFrame::Do { .. } | ClientFrame::Ping { .. }) => Err(CloseCode::Auth),
        Err(error) => Err(code_of(error)),
    }
}

fn code_of(error: DecodeError) -> CloseCode {
    match error {
        DecodeError::TooLarge(_) => CloseCode::TooLarge,
        DecodeError::Unknown(_) => CloseCode::BadFrame,
        DecodeError::OldClient => CloseCode::OldClient,
    }
}

/// Answers a goodbye; after that nothing may be sent.
pub(super) fn say_goodbye(sink: &Sink, payload: &[u8]) {
    sink.push(&[echo(payload)]);
    sink.peer_closed();
}

/// Tells the peer when to come back, each at another moment so that nothing stampedes.
fn restart(state: &AppState, sink: &Sink) {
    let spread = state.ids.bytes::<2>().map_or(0, |bytes| u16::from_be_bytes(bytes) % 4_000);
    let after_ms = 500 + u64::from(spread);
    sink.push(&[text(&ServerFrame::Restart { after_ms })]);
    sink.close(CloseCode::Restart);
}

impl Inside {
    /// Reads frames until the socket ends.
    async fn frames(&mut self) {
        let mut pulse = Pulse::new(&self.line.state.config.limits);
        let mut timer = pin!(pulse.timer());
        poll_fn(|cx| {
            let Self { line, entered, pace } = self;
            let Line { state, sink, reader, .. } = line;
            let mut has_heard = false;
            let hear = |heard: Heard<'_>| {
                has_heard = true;
                message_in(state, sink, entered, pace, heard)
            };
            match reader.poll(cx, hear) {
                Poll::Ready(Ok(())) => return Poll::Ready(()),
                Poll::Ready(Err(end)) => {
                    line.ended(end);
                    return Poll::Ready(());
                }
                Poll::Pending => {}
            }
            if has_heard && pulse.heard() {
                pulse.set(timer.as_mut());
            }
            if sink.poll_drain(cx).is_ready() {
                return Poll::Ready(());
            }
            // The task is woken for this by what started it.
            if state.shutdown.is_stopping() {
                restart(state, sink);
                return Poll::Ready(());
            }
            while let Poll::Ready(due) = pulse.poll(cx, timer.as_mut(), || sink.taken()) {
                match due {
                    Due::Silence => {
                        sink.close(CloseCode::Idle);
                        return Poll::Ready(());
                    }
                    Due::Beat => {
                        let at = Timestamp(state.clock.now_ms()).plus(entered.ahead_ms);
                        let frame = ServerFrame::Beat { at };
                        sink.push(&[PING, text(&frame)]);
                        pulse.asked(sink.taken());
                        pulse.set(timer.as_mut());
                    }
                }
            }
            Poll::Pending
        })
        .await;
    }

    /// Leaves the room, and says goodbye where that is due.
    async fn leave(mut self: Box<Self>) {
        self.entered.room.gone(self.entered.conn).await;
        self.line.finish().await;
    }
}

/// One message; breaks off when the socket is closing.
fn message_in(
    state: &AppState,
    sink: &Sink,
    entered: &Entered,
    pace: &mut Pace,
    heard: Heard<'_>,
) -> ControlFlow<()> {
    let done = match heard {
        Heard::Text(words) => frame_in(state, sink, entered, pace, &words),
        Heard::Ping(payload) => {
            sink.push(&[pong(payload)]);
            Ok(())
        }
        Heard::Pong => Ok(()),
        Heard::Close(payload) => {
            say_goodbye(sink, payload);
            return ControlFlow::Break(());
        }
    };
    match done {
        Ok(()) => ControlFlow::Continue(()),
        Err(code) => {
            sink.close(code);
            ControlFlow::Break(())
        }
    }
}

fn frame_in(
    state: &AppState,
    sink: &Sink,
    entered: &Entered,
    pace: &mut Pace,
    words: &str,
) -> Result<(), CloseCode> {
    let now_ms = state.clock.now_ms();
    let hasty = pace.take(&state.config.limits, now_ms, words.len());
    match decode(words, false).map_err(code_of)? {
        ClientFrame::Do { cid, seen, cmd } => {
            if let Some(limit) = hasty {
                state.gate.refuse(limit);
                refuse(sink, cid, Code::TooFast);
                return pace.strike(now_ms);
            }
            let asked = Asked { conn: entered.conn, cid, seen, command: cmd, at: Instant::now() };
            if let Err(code) = entered.room.ask(asked) {
                refuse(sink, cid, code);
            }
        }
        ClientFrame::Ping { sent } => {
            if hasty.is_some() {
                return pace.strike(now_ms);
            }
            let at = Timestamp(now_ms).plus(entered.ahead_ms);
            sink.push(&[text(&ServerFrame::Pong { sent, at })]);
        }
        // Who is in already has no need to enter.
        ClientFrame::Knock(_) | ClientFrame::Resume { .. } => return Err(CloseCode::BadFrame),
    }
    Ok(())
}

fn refuse(sink: &Sink, cid: setroom_protocol::CommandId, code: Code) {
    let frame = ServerFrame::Refused { cid: Some(cid), code, temporary: code.temporary() };
    sink.push(&[text(&frame)]);
}
