//! One connection's task: the first frame, then frames until it ends.

use std::future::{Future, poll_fn};
use std::ops::ControlFlow;
use std::pin::pin;
use std::sync::Arc;
use std::task::Poll;
use std::time::Duration;

use bytes::Bytes;
use setroom_protocol::{
    ClientFrame, CloseCode, Code, DecodeError, ServerFrame, Timestamp, decode, limits,
};
use setroom_websocket::{Fault, Message};
use tokio::time::{Instant, timeout};

use super::heartbeat::{Due, Heartbeat};
use super::rate_limit::RateLimit;
use super::unfinished::Unfinished;
use crate::limits::{Peer, Share, asked_to_go};
use crate::net::{TcpStream, split};
use crate::room::{Asked, Joined};
use crate::services::Services;
use crate::socket::reader::{End, Reader};
use crate::socket::{PING, Sink, echo, pong, text};
use crate::state::AppState;
use crate::telemetry::{GaugeGuard, Outcome};

/// How long a peer may take to answer a close frame.
const FAREWELL: Duration = Duration::from_secs(2);
/// Frames that are read of a peer that has been told goodbye; after that it is only waited for.
const LAST_FRAMES: u32 = 100;
/// The pause between two turns of reading what nobody wants any more.
const UNHEARD_PAUSE: Duration = Duration::from_millis(1);

/// A socket that is open.
#[derive(Debug)]
pub(super) struct Connection {
    pub(super) services: Arc<Services>,
    pub(super) sink: Arc<Sink>,
    pub(super) reader: Reader,
    /// Its place among the connections, which it keeps for as long as it is open.
    pub(super) peer: Peer,
    /// Its place among those who have shown a right token, once it has.
    share: Option<Share>,
    pub(super) rates: RateLimit,
    _open: GaugeGuard,
}

/// A socket whose peer is in a room, or at its door.
#[derive(Debug)]
pub(super) struct JoinedConnection {
    connection: Connection,
    entered: Joined,
}

/// Serves a connection in a task of its own: its bare socket, once that is there, and what came on it
/// by then.
pub(crate) fn start<F>(state: AppState, socket: F, peer: Peer)
where
    F: Future<Output = Option<(TcpStream, Bytes)>> + Send + 'static,
{
    let shutdown = state.shutdown.clone();
    // Staying takes far less memory than coming in, so that goes with a box of its own.
    let joining = Box::pin(join(state, socket, peer));
    shutdown.spawn_with(move || stay(joining));
}

/// To a place in a room; `None` when it does not lead there, and then the connection has ended.
async fn join(
    state: AppState,
    socket: impl Future<Output = Option<(TcpStream, Bytes)>>,
    peer: Peer,
) -> Option<Box<JoinedConnection>> {
    let AppState { services, rooms } = state;
    let mut connection = Connection::open(services, socket.await?, peer, limits::FIRST_FRAME_BYTES);
    let challenge = connection.challenge();
    let first = connection.first_frame().await;
    let entered = connection.enter(&rooms, first, challenge).await;
    match entered {
        Some((entered, share)) => {
            // It has shown what it had to show, and makes room as those do who have.
            if let Some(guest) = connection.peer.guest.take() {
                guest.is_known();
            }
            connection.share = share;
            connection.peer.permit = connection.peer.permit.of_proven();
            connection.reader.allow(limits::FRAME_BYTES);
            Some(Box::new(JoinedConnection { connection, entered }))
        }
        None => {
            connection.finish().await;
            None
        }
    }
}

/// Serves a connection from its place in a room to its end.
async fn stay(joining: impl Future<Output = Option<Box<JoinedConnection>>>) {
    let Some(mut joined) = joining.await else { return };
    joined.frames().await;
    Box::pin(joined.leave()).await;
}

impl Connection {
    /// On a bare socket, of which `early` is read already; no message may be longer than `most`
    /// bytes.
    pub(super) fn open(
        services: Arc<Services>,
        (stream, early): (TcpStream, Bytes),
        peer: Peer,
        most: usize,
    ) -> Self {
        let (read, write) = split(stream);
        let reader = Reader::new(read, &early, most);
        let sink = Sink::new(write, Arc::clone(&services), peer.source);
        let (_open, rates) = (GaugeGuard::new(&services.metrics.sockets), RateLimit::default());
        Self { _open, services, sink, reader, peer, share: None, rates }
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
    /// the last frames in a reset. It keeps its place for that only while nobody else needs it.
    pub(super) async fn finish(&mut self) {
        if self.sink.ending().is_none() {
            return;
        }
        let Self { services, sink, reader, peer, share, .. } = self;
        if let Some(guest) = &peer.guest {
            guest.leaves();
        }
        let mut farewell = pin!(timeout(FAREWELL, farewell(sink, reader)));
        tokio::select! {
            biased;
            _ = farewell.as_mut() => return,
            _ = asked_to_go(peer.guest.as_deref()) => {}
            () = poll_fn(|cx| sink.poll_gives_way(cx)) => {}
        }
        peer.permit.give_back();
        *share = None;
        if let Some(_turn) = services.connection_limits.farewell() {
            let _ = farewell.await;
        }
    }
}

async fn farewell(sink: &Sink, reader: &mut Reader) {
    poll_fn(|cx| sink.poll_farewell(cx)).await;
    let mut left = LAST_FRAMES;
    let mut close = |_: usize, heard: Option<Message<'_>>| {
        left = left.saturating_sub(1);
        match heard {
            Some(Message::Close(_)) => ControlFlow::Break(true),
            _ if left == 0 => ControlFlow::Break(false),
            _ => ControlFlow::Continue(()),
        }
    };
    if let Ok(true) | Err(End::Gone) = poll_fn(|cx| reader.poll(cx, &mut close)).await {
        return;
    }
    // A frame that was too large to be read, or far too many of them, are still on their way.
    while !poll_fn(|cx| reader.poll_end(cx)).await {
        tokio::time::sleep(UNHEARD_PAUSE).await;
    }
}

/// A frame that completes no message. A ping is answered after all that was read with it, and of
/// several the newest.
pub(super) fn other_frame(
    services: &Services,
    rates: &mut RateLimit,
    newest: &mut Option<Bytes>,
    bytes: usize,
    heard: Option<Message<'_>>,
) -> Result<(), CloseCode> {
    let now_ms = services.clock.now_ms();
    if let Some(limit) = rates.take(&services.limits, now_ms, false, bytes) {
        services.connection_limits.refuse(limit);
        return rates.strike(now_ms);
    }
    if let Some(Message::Ping(payload)) = heard {
        *newest = Some(pong(payload));
    }
    Ok(())
}

pub(super) fn answer_ping(sink: &Sink, newest: Option<Bytes>) {
    if let Some(pong) = newest {
        sink.answer_ping(pong);
    }
}

pub(super) fn code_of(error: DecodeError) -> CloseCode {
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
pub(super) fn restart(services: &Services, sink: &Sink) {
    let spread = services.ids.bytes::<2>().map_or(0, |bytes| u16::from_be_bytes(bytes) % 4_000);
    let after_ms = 500 + u64::from(spread);
    sink.push(&[text(&ServerFrame::Restart { after_ms })]);
    sink.close(CloseCode::Restart);
}

impl JoinedConnection {
    /// Reads frames until the socket ends.
    async fn frames(&mut self) {
        let mut heartbeat = Heartbeat::new(&self.connection.services.limits);
        let mut timer = pin!(heartbeat.timer());
        let mut unfinished = Unfinished::default();
        poll_fn(|cx| {
            let Self { connection, entered, .. } = self;
            let Connection { services, sink, reader, rates, .. } = connection;
            let (mut has_heard, mut newest) = (false, None);
            let hear = |bytes: usize, heard: Option<Message<'_>>| {
                has_heard = true;
                if matches!(heard, Some(Message::Text(_))) {
                    unfinished.is_finished();
                }
                frame_in(services, sink, entered, rates, &mut newest, (bytes, heard))
            };
            let read = reader.poll(cx, hear);
            answer_ping(sink, newest);
            match read {
                Poll::Ready(Ok(())) => return Poll::Ready(()),
                Poll::Ready(Err(end)) => {
                    connection.ended(end);
                    return Poll::Ready(());
                }
                Poll::Pending => {}
            }
            if unfinished.poll(cx, services, sink, reader.unfinished()).is_ready() {
                sink.close(CloseCode::Idle);
                return Poll::Ready(());
            }
            if has_heard && heartbeat.heard() {
                heartbeat.set(timer.as_mut());
            }
            if sink.poll_drain(cx).is_ready() {
                return Poll::Ready(());
            }
            // The task is woken for this by what started it.
            if services.shutdown.is_stopping() {
                restart(services, sink);
                return Poll::Ready(());
            }
            while let Poll::Ready(due) = heartbeat.poll(cx, timer.as_mut(), || sink.taken()) {
                match due {
                    Due::Silence => {
                        sink.close(CloseCode::Idle);
                        return Poll::Ready(());
                    }
                    Due::Beat => {
                        let at = Timestamp(services.clock.now_ms()).plus(entered.ahead_ms);
                        let frame = ServerFrame::Beat { at };
                        sink.push(&[PING, text(&frame)]);
                        heartbeat.asked(sink.taken());
                        heartbeat.set(timer.as_mut());
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
        self.connection.finish().await;
    }
}

/// One frame; breaks off when the socket is closing.
fn frame_in(
    services: &Services,
    sink: &Sink,
    entered: &Joined,
    rates: &mut RateLimit,
    newest: &mut Option<Bytes>,
    (bytes, heard): (usize, Option<Message<'_>>),
) -> ControlFlow<()> {
    let done = match heard {
        Some(Message::Text(words)) => message_in(services, sink, entered, rates, (bytes, &words)),
        Some(Message::Close(payload)) => {
            answer_ping(sink, newest.take());
            say_goodbye(sink, payload);
            return ControlFlow::Break(());
        }
        other => other_frame(services, rates, newest, bytes, other),
    };
    match done {
        Ok(()) => ControlFlow::Continue(()),
        Err(code) => {
            sink.close(code);
            ControlFlow::Break(())
        }
    }
}

fn message_in(
    services: &Services,
    sink: &Sink,
    entered: &Joined,
    rates: &mut RateLimit,
    (bytes, words): (usize, &str),
) -> Result<(), CloseCode> {
    let now_ms = services.clock.now_ms();
    let hasty = rates.take(&services.limits, now_ms, true, bytes);
    match decode(words, false).map_err(code_of)? {
        ClientFrame::Do { cid, seen, cmd } => {
            if let Some(limit) = hasty {
                services.connection_limits.refuse(limit);
                refuse(sink, cid, Code::TooFast);
                return rates.strike(now_ms);
            }
            if !sink.is_inside() {
                // Somebody at the door has nothing to ask for but to come in, and costs those who
                // are in nothing.
                refuse(sink, cid, Code::NoSeat);
                return Ok(());
            }
            sink.is_used(now_ms);
            let (conn, bytes, at) = (entered.conn, words.len(), Instant::now());
            let asked = Asked { conn, cid, seen, command: cmd, bytes, at };
            if let Err(code) = entered.room.ask(asked) {
                services.metrics.command(Outcome::Busy);
                refuse(sink, cid, code);
            }
        }
        ClientFrame::Ping { sent } => {
            if let Some(limit) = hasty {
                services.connection_limits.refuse(limit);
                return rates.strike(now_ms);
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
