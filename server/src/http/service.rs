//! What happens to every request before a handler sees it, and to every answer after.

use std::net::{IpAddr, SocketAddr};
use std::panic::AssertUnwindSafe;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use axum::Router;
use axum::body::Body;
use axum::http::{HeaderMap, HeaderValue, Method, Request, StatusCode, header};
use axum::response::{IntoResponse, Response};
use futures_util::FutureExt;
use http_body_util::Limited;
use hyper::body::{Body as _, Incoming};
use parking_lot::Mutex;
use tokio::sync::watch;
use tower_service::Service;

use super::headers::HeaderTable;
use super::hosts::Hosts;
use super::peer;
use super::problem::Problem;
use super::ways::Ways;
use super::{LEAVE, assets, ws};
use crate::config::{Limits, kib, ms};
use crate::limits::{Bucket, Guest, Limit, Peer, Rate, Refused, Source, asked_to_go};
use crate::state::AppState;
use crate::telemetry::Misdirected;

/// Paths that monitors ask under whatever name they have for this machine. They say nothing that
/// a page elsewhere could use.
const FOR_MONITORS: [&str; 2] = ["/healthz", "/readyz"];

/// The connection that a request came on.
#[derive(Clone, Copy, Debug)]
pub(crate) struct On<'a> {
    pub(crate) address: IpAddr,
    /// Whose request it is, is told to this as soon as it is known.
    pub(crate) now_of: &'a watch::Sender<Peer>,
    /// How fast they come on it.
    pub(crate) requests: &'a Mutex<Bucket>,
}

/// Whose request it is, by connection and header.
#[derive(Clone, Copy, Debug)]
struct Whose {
    source: Source,
    is_forwarded: bool,
}

/// One listener's way from request to answer.
#[derive(Debug)]
pub(crate) struct HttpService {
    state: AppState,
    routes: Router,
    hosts: Hosts,
    headers: HeaderTable,
    warned_of_proxy: AtomicBool,
    ways: Ways,
}

impl HttpService {
    /// The way to the public routes, on a listener bound to `bound`.
    pub(crate) fn public(state: AppState, routes: Router, bound: SocketAddr) -> Self {
        let hosts = Hosts::new(&state.origins, bound);
        Self::new(state, routes, hosts)
    }

    /// The way to what only this machine may ask.
    pub(crate) fn private(state: AppState, routes: Router, bound: SocketAddr) -> Self {
        Self::new(state, routes, Hosts::new(&[], bound))
    }

    fn new(state: AppState, routes: Router, hosts: Hosts) -> Self {
        let headers = HeaderTable::new(&state.origins);
        let (warned_of_proxy, ways) = (AtomicBool::new(false), Ways::default());
        Self { state, routes, hosts, headers, warned_of_proxy, ways }
    }

    pub(crate) fn state(&self) -> &AppState {
        &self.state
    }

    /// Whether the address of a connection is a proxy's and not a person's.
    pub(crate) fn is_proxy(&self, address: IpAddr) -> bool {
        self.state.live.now().trusted_proxies.iter().any(|network| network.contains(address))
    }

    /// The answer to one request, always with the whole table of headers.
    pub(crate) async fn answer(
        &self,
        request: Request<Incoming>,
        peer: Peer,
        on: On<'_>,
    ) -> Response {
        let is_hasty = peer.is_hasty;
        let answer = self.try_answer(request, peer, on).await;
        let mut answer = answer.unwrap_or_else(IntoResponse::into_response);
        self.headers.apply(answer.headers_mut());
        if answer.status() != StatusCode::SWITCHING_PROTOCOLS
            && (is_hasty || self.state.connection_limits.is_nearly_full())
        {
            // What is left is for people in their rooms: nobody keeps a place for a next request.
            answer.headers_mut().insert(header::CONNECTION, HeaderValue::from_static("close"));
        }
        self.state.metrics.http_responded(answer.status().as_u16());
        answer
    }

    async fn try_answer(
        &self,
        request: Request<Incoming>,
        peer: Peer,
        on: On<'_>,
    ) -> Result<Response, Problem> {
        if let Some(limit) = peer.guest.as_ref().and_then(|guest| guest.is_over()) {
            return Err(self.refused(limit, peer.source));
        }
        let (asks, whose) =
            (RequestPace::of(&request), self.whose(&request, on.address, peer.source));
        let peer = self.peer(asks, whose, peer)?;
        let (guest, source) = (peer.guest.clone(), peer.source);
        on.now_of.send_replace(peer.clone());
        self.comes_in_time(asks, whose, on, guest.as_deref()).await?;
        if !FOR_MONITORS.contains(&request.uri().path()) {
            let checked = self.hosts.check(request.uri(), request.headers());
            self.ways.note(&self.state, Misdirected::Host, checked.is_ok());
            checked?;
        }
        let body_bytes = kib(self.state.config.limits.body_kib);
        let announced = usize::try_from(request.body().size_hint().lower());
        if announced.is_ok_and(|bytes| bytes > body_bytes) {
            return Err(Problem::TOO_LARGE);
        }
        // Only these say which page they come from.
        let acts =
            request.method() == Method::POST || request.headers().contains_key(header::UPGRADE);
        let mut request = request.map(|body| Body::new(Limited::new(body, body_bytes)));
        request.extensions_mut().insert(peer);

        // Calling a router through its clone is what its service interface asks for.
        let handling = AssertUnwindSafe(self.routes.clone().call(request)).catch_unwind();
        let patience = ms(self.state.config.limits.request_timeout_ms);
        let handling = tokio::time::timeout(patience, handling);
        let handled = tokio::select! {
            biased;
            handled = handling => handled,
            // A body that does not come keeps no place that others need.
            limit = asked_to_go(guest.as_deref()) => return Err(self.refused(limit, source)),
        };
        match handled {
            Ok(Ok(Ok(answer))) => {
                if acts {
                    let is_ours = answer.status() != StatusCode::FORBIDDEN;
                    self.ways.note(&self.state, Misdirected::Origin, is_ours);
                }
                Ok(answer)
            }
            // The panic hook has logged where.
            Ok(Err(_)) => Err(Problem::BROKEN),
            Err(_) => Err(Problem::TOO_SLOW),
        }
    }

    /// Whose request it is that came on a connection of this peer's.
    fn whose(&self, request: &Request<Incoming>, address: IpAddr, connected: Source) -> Whose {
        let headers = request.headers();
        let is_proxy = self.is_proxy(address);
        let is_unnamed = !is_proxy
            && connected.is_this_machine()
            && (peer::is_forwarded(headers) || self.names_public(headers));
        if is_unnamed {
            self.warn_of_unnamed_proxy();
        }
        let is_exempt = self.state.connection_limits.counted(connected).is_none();
        let is_forwarded = is_proxy || (is_unnamed && is_exempt);
        let source = if is_forwarded {
            let trusted = self.state.live.now().trusted_proxies.clone();
            Source::forwarded(peer::client_address(address, headers, &trusted))
        } else {
            connected
        };
        Whose { source, is_forwarded }
    }

    /// Whoever comes through a proxy needs leave to enter for each request, since the connection is the
    /// proxy's; a place is made for them as for a connection of their own.
    fn peer(&self, asks: RequestPace, whose: Whose, peer: Peer) -> Result<Peer, Problem> {
        let Whose { source, is_forwarded } = whose;
        let connection_limits = &self.state.connection_limits;
        let refused = |refused: Refused| {
            log_refusal(&self.state, refused.0, source);
            Problem::from(refused)
        };
        match asks {
            RequestPace::ToComeIn | RequestPace::Freely => {}
            RequestPace::ByPost => connection_limits.post(source).map_err(refused)?,
            RequestPace::AtPace if peer.is_hasty => {
                return Err(self.refused(Limit::NewConnectionsPerAddress, source));
            }
            RequestPace::AtPace => {}
        }
        if !is_forwarded {
            return Ok(peer);
        }
        let own = connection_limits.enter(source).map_err(refused)?;
        let guest = Some(Arc::new(connection_limits.guest(source)));
        Ok(Peer { source, permit: peer.permit.and(own), guest, is_hasty: false })
    }

    /// Waits where requests come faster on one connection than they may. Through a proxy, from one address,
    /// whatever is neither a way in nor a part of the page is refused.
    async fn comes_in_time(
        &self,
        asks: RequestPace,
        whose: Whose,
        on: On<'_>,
        guest: Option<&Guest>,
    ) -> Result<(), Problem> {
        let (connection_limits, now_ms) =
            (&self.state.connection_limits, self.state.clock.now_ms());
        let at_ms = if whose.is_forwarded {
            // They are counted, too, but whoever waited would hold a place.
            let is_free = matches!(asks, RequestPace::ToComeIn | RequestPace::Freely);
            if connection_limits.asks_at_pace(whose.source) || is_free {
                return Ok(());
            }
            return Err(self.refused(Limit::RequestsPerAddress, whose.source));
        } else if connection_limits.counted(whose.source).is_some() {
            let Limits {
                requests_per_connection_per_second: per,
                requests_per_connection_burst,
                ..
            } = self.state.config.limits;
            let rate = Rate::per_second(per, requests_per_connection_burst);
            let mut requests = on.requests.lock();
            requests.overdraw(now_ms, 1, rate);
            requests.ready_ms(now_ms, rate)
        } else {
            return Ok(());
        };
        if at_ms <= now_ms {
            return Ok(());
        }
        tokio::select! {
            () = self.state.clock.sleep_until(at_ms) => Ok(()),
            limit = asked_to_go(guest) => Err(self.refused(limit, whose.source)),
            () = self.state.shutdown.stopping() => Ok(()),
        }
    }

    fn refused(&self, limit: Limit, source: Source) -> Problem {
        log_refusal(&self.state, limit, source);
        self.state.connection_limits.refuse(limit).into()
    }

    /// Whether a request names this service as people elsewhere do.
    fn names_public(&self, headers: &HeaderMap) -> bool {
        let host = headers.get(header::HOST).and_then(|host| host.to_str().ok());
        let public = self.state.origins.iter().filter(|origin| !origin.is_loopback());
        host.is_some_and(|host| {
            let names = public.map(|origin| [origin.authority(), origin.authority_with_port()]);
            names.flatten().any(|name| name.eq_ignore_ascii_case(host))
        })
    }

    /// Without its name in the settings its people cannot be told apart, and count as one.
    fn warn_of_unnamed_proxy(&self) {
        if self.state.live.now().trusted_proxies.is_empty()
            && !self.warned_of_proxy.swap(true, Ordering::Relaxed)
        {
            tracing::warn!(
                event = "unnamed_proxy",
                "a proxy on this machine is not in trusted_proxies: all its people count as one"
            );
        }
    }

    /// The whole answer, as bytes, to a connection that is turned away unread.
    pub(crate) fn farewell(&self, limit: Limit) -> Vec<u8> {
        let problem = Problem::from(limit);
        let mut headers = HeaderMap::new();
        self.headers.apply(&mut headers);
        let body = problem.body();
        let mut text = format!("HTTP/1.1 {}\r\n", problem.status).into_bytes();
        for (name, value) in &headers {
            text.extend_from_slice(name.as_str().as_bytes());
            text.extend_from_slice(b": ");
            text.extend_from_slice(value.as_bytes());
            text.extend_from_slice(b"\r\n");
        }
        let rest = format!(
            "content-type: application/json\r\ncontent-length: {}\r\nconnection: close\r\n\r\n{body}",
            body.len()
        );
        text.extend_from_slice(rest.as_bytes());
        text
    }
}

/// Which pace a request counts for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum RequestPace {
    /// Never refused or held up for how fast others of its address come: a socket, on which a right token
    /// may be shown.
    ToComeIn,
    /// Never refused for that: the page and its parts, without which nobody comes back and which cost no
    /// more than their bytes; and to have this browser forget, which knows nobody and keeps nothing.
    Freely,
    /// At the pace of posts.
    ByPost,
    /// At the pace of connections.
    AtPace,
}

impl RequestPace {
    fn of<B>(request: &Request<B>) -> Self {
        let (method, path) = (request.method(), request.uri().path());
        let is_to_read = [Method::GET, Method::HEAD].contains(method);
        let is_socket = path == ws::PATH && ws::websocket_key(request.headers()).is_some();
        if is_to_read && is_socket {
            Self::ToComeIn
        } else if path == LEAVE || (is_to_read && assets::is_built(path)) {
            Self::Freely
        } else if method == Method::POST {
            Self::ByPost
        } else {
            Self::AtPace
        }
    }
}

/// One line for a refusal; with the network it came from only where the operator wants that.
pub(crate) fn log_refusal(state: &AppState, limit: Limit, source: Source) {
    let limit = limit.name();
    if state.live.now().log_addresses {
        let address = peer::cut_for_log(source.network());
        tracing::info!(event = "refused", limit, address, "a limit was met");
    } else {
        tracing::debug!(event = "refused", limit, "a limit was met");
    }
}
