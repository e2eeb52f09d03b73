//! Our own accept loop, because header time-outs are needed: without one, a few thousand silent
//! connections hold the service for ever.

use std::convert::Infallible;
use std::io::ErrorKind;
use std::net::IpAddr;
use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;

use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::sync::watch;

use super::service::{HttpService, On, log_refusal};
use crate::config::{kib, ms};
use crate::limits::{ConnectionPermit, Limit, Peer, Source, asked_to_go};
use crate::net::{TcpListener, TcpStream, has_spoken, prepare};

/// The most that a request's head may take.
const HEAD_BYTES: usize = 16 * 1024;
const HEAD_FIELDS: usize = 64;
/// After a failed accept (no file handles left, say), the pause before the next; it doubles.
const FIRST_PAUSE: Duration = Duration::from_millis(10);
const LONGEST_PAUSE: Duration = Duration::from_secs(1);
const FAREWELL_TIME: Duration = Duration::from_secs(1);

/// Whether a listener counts connections.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Accepting {
    /// From everybody, within the limits.
    Public,
    /// From this machine only.
    Private,
}

/// Takes connections until the server stops.
pub(crate) async fn accept(listener: TcpListener, service: Arc<HttpService>, accepting: Accepting) {
    let shutdown = service.state().shutdown.clone();
    let limits = service.state().connection_limits.clone();
    let mut pause = FIRST_PAUSE;
    loop {
        let accepted = tokio::select! {
            biased;
            () = shutdown.stopping() => return,
            accepted = listener.accept() => accepted,
        };
        match accepted {
            Ok((stream, from)) => {
                pause = FIRST_PAUSE;
                let address = from.ip().to_canonical();
                match admit(&service, address, accepting) {
                    Ok(peer) => {
                        prepare(&stream, kib(service.state().config.limits.send_buffer_kib));
                        let (service, limits) = (Arc::clone(&service), limits.clone());
                        shutdown.spawn(async move {
                            let Some((stream, limit)) =
                                serve(stream, &service, address, peer).await
                            else {
                                return;
                            };
                            if let Some(_turn) = limits.farewell() {
                                turn_away(stream, &service, limit, address).await;
                            }
                        });
                    }
                    Err(limit) => {
                        let service = Arc::clone(&service);
                        if let Some(turn) = limits.farewell() {
                            shutdown.spawn(async move {
                                turn_away(stream, &service, limit, address).await;
                                drop(turn);
                            });
                        }
                    }
                }
            }
            // That one peer went away; the next may be well.
            Err(error) if is_of_peer(error.kind()) => {}
            Err(error) => {
                tracing::error!(event = "accept", error = %error, "no connection can be taken");
                tokio::select! {
                    () = shutdown.stopping() => return,
                    () = tokio::time::sleep(pause) => {}
                }
                pause = LONGEST_PAUSE.min(pause * 2);
            }
        }
    }
}

fn is_of_peer(kind: ErrorKind) -> bool {
    matches!(
        kind,
        ErrorKind::ConnectionAborted | ErrorKind::ConnectionReset | ErrorKind::ConnectionRefused
    )
}

/// Behind a trusted proxy the connection counts for the process only; its requests count for the
/// people who make them.
fn admit(service: &HttpService, address: IpAddr, accepting: Accepting) -> Result<Peer, Limit> {
    let source = Source::from(address);
    if accepting == Accepting::Private {
        let permit = ConnectionPermit::free();
        return Ok(Peer { source, permit, guest: None, is_hasty: false });
    }
    let connection_limits = &service.state().connection_limits;
    let process = connection_limits.open().map_err(|refused| refused.0)?;
    if service.is_proxy(address) {
        return Ok(Peer { source, permit: process, guest: None, is_hasty: false });
    }
    let own = connection_limits.enter(source).map_err(|refused| refused.0)?;
    Ok(Peer {
        source,
        permit: process.and(own),
        guest: Some(Arc::new(connection_limits.guest(source))),
        is_hasty: !connection_limits.is_at_pace(source),
    })
}

/// One connection, from its first request to its last or to its upgrade. Gives it back when it has
/// said nothing and others need its place.
async fn serve(
    stream: TcpStream,
    service: &Arc<HttpService>,
    address: IpAddr,
    peer: Peer,
) -> Option<(TcpStream, Limit)> {
    let state = service.state().clone();
    let limits = &state.config.limits;
    let guest = peer.guest.clone();
    if let Some(guest) = &guest {
        tokio::select! {
            ready = tokio::time::timeout(ms(limits.header_timeout_ms), has_spoken(&stream)) => {
                ready.ok()?.ok()?;
            }
            () = state.shutdown.stopping() => return None,
            () = guest.asked_to_go() => return guest.is_over().map(|limit| (stream, limit)),
        }
    }
    // On a proxy's connection one request follows another, each somebody else's. Whose it was keeps
    // their place until the next one: an answer may wait to be read.
    let (now_of, whose) = watch::channel(peer.clone());
    let (service, requests) = (Arc::clone(service), Arc::default());
    let answer = service_fn(move |request| {
        let (service, peer, now_of) = (Arc::clone(&service), peer.clone(), now_of.clone());
        let requests = Arc::clone(&requests);
        async move {
            let on = On { address, now_of: &now_of, requests: &requests };
            Ok::<_, Infallible>(service.answer(request, peer, on).await)
        }
    });
    let mut serving = pin!(
        http1::Builder::new()
            .timer(TokioTimer::new())
            .header_read_timeout(ms(limits.header_timeout_ms))
            .max_buf_size(HEAD_BYTES)
            .max_headers(HEAD_FIELDS)
            .serve_connection(TokioIo::new(stream), answer)
            .with_upgrades()
    );
    // How a plain connection ends is the peer's business: an error here is no news.
    let mut turn = None;
    let patience = tokio::select! {
        biased;
        _ = serving.as_mut() => return None,
        () = state.shutdown.stopping() => ms(limits.request_timeout_ms),
        // A peer that asks for a large answer and never reads it must go some day.
        () = tokio::time::sleep(Duration::from_secs(limits.http_connection_seconds.into())) => ms(limits.request_timeout_ms),
        // Others have the place from now on. The answer that is under way may come to its end, for a
        // few at a time.
        goes = served_is_asked_to_go(whose) => {
            goes.permit.give_back();
            turn = Some(state.connection_limits.farewell()?);
            FAREWELL_TIME
        }
    };
    serving.as_mut().graceful_shutdown();
    let _ = tokio::time::timeout(patience, serving).await;
    drop(turn);
    None
}

/// Whoever the connection serves when they are to make room for others.
async fn served_is_asked_to_go(mut whose: watch::Receiver<Peer>) -> Peer {
    loop {
        let peer = whose.borrow_and_update().clone();
        tokio::select! {
            _ = asked_to_go(peer.guest.as_deref()) => return peer,
            changed = whose.changed() => if changed.is_err() { std::future::pending().await },
        }
    }
}

/// Says why, and reads what the peer has sent, so that the words are not lost in a reset.
async fn turn_away(mut stream: TcpStream, service: &HttpService, limit: Limit, address: IpAddr) {
    log_refusal(service.state(), limit, address.into());
    let words = service.farewell(limit);
    let say = async {
        stream.write_all(&words).await?;
        stream.shutdown().await?;
        let mut unread = [0; 1024];
        while stream.read(&mut unread).await? > 0 {}
        std::io::Result::Ok(())
    };
    let _ = tokio::time::timeout(FAREWELL_TIME, say).await;
}
