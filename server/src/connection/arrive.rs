//! A connection's first frame, and where it leads.

use std::future::poll_fn;
use std::ops::ControlFlow;
use std::task::Poll;
use std::time::Duration;

use setroom_protocol::{Challenge32, ClientFrame, CloseCode, KnockFrame, ServerFrame, decode};
use setroom_websocket::Message;
use tokio::time::timeout;

use super::serve::{Connection, answer_ping, code_of, other_frame, restart, say_goodbye};
use crate::config::ms;
use crate::limits::{Claim, Share, asked_to_go};
use crate::room::{JoinError, JoinRequest, Joined, Registry};
use crate::socket::text;

impl Connection {
    /// Says what a knock on this socket must be signed over. Without randomness there is none, and no
    /// knock can be right.
    pub(super) fn challenge(&self) -> Option<Challenge32> {
        let challenge = Challenge32(self.services.ids.bytes().ok()?);
        let build = self.services.client_build.to_owned();
        let retention_days = self.services.limits.retention_days;
        self.sink.push(&[text(&ServerFrame::Hello { challenge, build, retention_days })]);
        Some(challenge)
    }

    /// The first frame; `None` when there was none, or none that this protocol knows (then the
    /// socket is closing already).
    pub(super) async fn first_frame(&mut self) -> Option<ClientFrame> {
        let patience = self.services.limits.first_frame_timeout_ms;
        let guest = self.peer.guest.clone();
        let Self { services, sink, reader, rates, .. } = self;
        let next = poll_fn(|cx| {
            if services.shutdown.is_stopping() {
                return Poll::Ready(Err(None));
            }
            let mut newest = None;
            let hear = |bytes: usize, heard: Option<Message<'_>>| match heard {
                // There is but one, so it is never too many.
                Some(Message::Text(text)) => ControlFlow::Break(Some(first_of(&text))),
                Some(Message::Close(payload)) => {
                    say_goodbye(sink, payload);
                    ControlFlow::Break(None)
                }
                other => match other_frame(services, rates, &mut newest, bytes, other) {
                    Ok(()) => ControlFlow::Continue(()),
                    Err(code) => ControlFlow::Break(Some(Err(code))),
                },
            };
            let heard = reader.poll(cx, hear).map_err(Some);
            answer_ping(sink, newest);
            heard
        });
        let next = async {
            tokio::select! {
                biased;
                heard = next => heard,
                _ = asked_to_go(guest.as_deref()) => Ok(Some(Err(CloseCode::TooFast))),
            }
        };
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
                restart(&self.services, &self.sink);
                return None;
            }
            Err(_) => CloseCode::Idle,
        };
        self.sink.close(code);
        None
    }

    /// Brings the first frame to its room. `None` when it does not lead in: then the socket is
    /// closing.
    pub(super) async fn enter(
        &self,
        rooms: &Registry,
        first: Option<ClientFrame>,
        challenge: Option<Challenge32>,
    ) -> Option<(Joined, Option<Share>)> {
        let Self { services, sink, peer, .. } = self;
        let (set, way) = JoinRequest::of(first?, challenge?)?;
        sink.leads_to(set);
        // Nothing of a knock is believed before: a wrong proof is answered as a wrong token is.
        if let JoinRequest::Knock { knock, challenge } = &way
            && !self.proves(knock, challenge).await?
        {
            sink.close(self.wrong_token().await);
            return None;
        }
        let connection_limits = &services.connection_limits;
        let device = way.device();
        let (network, is_newcomer) = (connection_limits.counted(peer.source), way.is_newcomers());
        let claim = Claim { network, set, device, is_newcomer };
        if connection_limits.has_place(claim).is_err() {
            sink.close(CloseCode::Full);
            return None;
        }
        let mut load = None;
        if !rooms.is_live(set) {
            tokio::select! {
                leave = connection_limits.load(peer.source, set) => load = Some(leave),
                _ = asked_to_go(peer.guest.as_deref()) => {
                    sink.close(CloseCode::TooFast);
                    return None;
                }
            }
        }
        let entered = rooms.enter(set, way, sink, peer.source).await;
        if load.take().is_some()
            && matches!(&entered, Err(JoinError::Auth))
            && let Some(bytes) = rooms.loaded_in_vain(set)
        {
            connection_limits.loaded_in_vain(peer.source, set, bytes);
        }
        match entered {
            Ok(entered) => Some((entered, connection_limits.prove(claim, sink.weak()))),
            Err(denied) => {
                let code = match denied {
                    JoinError::Auth => self.wrong_token().await,
                    JoinError::Refused(code, close) => {
                        let temporary = code.temporary();
                        let frame = ServerFrame::Refused { cid: None, code, temporary };
                        sink.push(&[text(&frame)]);
                        close
                    }
                    JoinError::TooFast => CloseCode::TooFast,
                    JoinError::Fault => CloseCode::RoomFault,
                    JoinError::Damaged => CloseCode::Damaged,
                    JoinError::Full => CloseCode::Full,
                };
                sink.close(code);
                None
            }
        }
    }

    /// Whether a knock proves what it says, once it is its turn. `None` when it makes room for others
    /// before that.
    async fn proves(&self, knock: &KnockFrame, challenge: &Challenge32) -> Option<bool> {
        let Self { services, sink, peer, .. } = self;
        let _turn = tokio::select! {
            turn = services.connection_limits.proof(peer.source) => turn,
            _ = asked_to_go(peer.guest.as_deref()) => {
                sink.close(CloseCode::TooFast);
                return None;
            }
        };
        Some(services.rules.proves(knock, challenge))
    }

    /// A wrong token, or one for a set that there is not. Whoever shows one too many is told so after
    /// a while. They keep nothing meanwhile that anybody else of their address may need.
    async fn wrong_token(&self) -> CloseCode {
        let Self { services, peer, .. } = self;
        if services.connection_limits.bad_token(peer.source).is_ok() {
            return CloseCode::Auth;
        }
        tokio::select! {
            () = tokio::time::sleep(ms(services.limits.bad_token_wait_ms)) => {}
            _ = asked_to_go(peer.guest.as_deref()) => {}
            () = services.shutdown.stopping() => {}
        }
        CloseCode::TooFast
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
