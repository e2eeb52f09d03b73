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
use tokio::sync::watch;
use tower_service::Service;

use super::headers::HeaderTable;
use super::hosts::Hosts;
use super::peer;
use super::problem::Problem;
use super::ways::Ways;
use super::{LEAVE, assets, ws};
use crate::config::{kib, ms};
use crate::limits::{Limit, Peer, Refused, Source, asked_to_go};
use crate::state::AppState;
use crate::telemetry::Misdirected;

/// Paths that monitors ask under whatever name they have for this machine. They say nothing that
/// a page elsewhere could use.
const FOR_MONITORS: [&str; 2] = ["/healthz", "/readyz"];

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

    /// The answer to one request on a connection from `address`, always with the whole table of
    /// headers. Whose request it is, is told to `now_of` as soon as it is known.
    pub(crate) async fn answer(
        &self,
        request: Request<Incoming>,
        address: IpAddr,
        peer: Peer,
        now_of: &watch::Sender<Peer>,
    ) -> Response {
        let is_hasty = peer.is_hasty;
        let answer = self.try_answer(request, address, peer, now_of).await;
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
        address: IpAddr,
        peer: Peer,
        now_of: &watch::Sender<Peer>,
    ) -> Result<Response, Problem> {
        if let Some(limit) = peer.guest.as_ref().and_then(|guest| guest.is_over()) {
            return Err(self.refused(limit, peer.source));
        }
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
        let peer = self.peer(&request, address, peer)?;
        let (guest, source) = (peer.guest.clone(), peer.source);
        now_of.send_replace(peer.clone());
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

    /// Whose request it is. Whoever comes through a proxy needs leave to enter for each request,
    /// since the connection is the proxy's; a place is made for them as for a connection of their own.
    fn peer(
        &self,
        request: &Request<Incoming>,
        address: IpAddr,
        peer: Peer,
    ) -> Result<Peer, Problem> {
        let headers = request.headers();
        let connection_limits = &self.state.connection_limits;
        let is_proxy = self.is_proxy(address);
        let is_unnamed = !is_proxy
            && peer.source.is_this_machine()
            && (peer::is_forwarded(headers) || self.names_public(headers));
        if is_unnamed {
            self.warn_of_unnamed_proxy();
        }
        let is_exempt = connection_limits.counted(peer.source).is_none();
        let is_forwarded = is_proxy || (is_unnamed && is_exempt);
        let source = if is_forwarded {
            let trusted = self.state.live.now().trusted_proxies.clone();
            Source::forwarded(peer::client_address(address, headers, &trusted))
        } else {
            peer.source
        };
        let refused = |refused: Refused| {
            log_refusal(&self.state, refused.0, source);
            Problem::from(refused)
        };
        match RequestPace::of(request) {
            RequestPace::Freely => {}
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
    /// Never refused for how fast others of its address come: a socket, on which a right token may be
    /// shown; the page and its parts, without which nobody comes back, and which cost no more than their
    /// bytes, of which as many may be asked on one connection; and to have this browser forget, which
    /// knows nobody and keeps nothing.
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
        if path == LEAVE || (is_to_read && (is_socket || assets::is_built(path))) {
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
