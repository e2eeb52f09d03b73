//! What happens to every request before a handler sees it, and to every answer after.

use std::net::{IpAddr, SocketAddr};
use std::panic::AssertUnwindSafe;
use std::sync::atomic::{AtomicBool, Ordering};

use axum::Router;
use axum::body::Body;
use axum::http::{Method, Request, header};
use axum::response::{IntoResponse, Response};
use futures_util::FutureExt;
use http_body_util::Limited;
use hyper::body::{Body as _, Incoming};
use tower_service::Service;

use super::Problem;
use super::headers::HeaderTable;
use super::hosts::Hosts;
use super::peer::{self, Peer};
use crate::limits::{Limit, Pass};
use crate::state::AppState;

/// Paths that monitors ask under whatever name they have for this machine. They say nothing that
/// a page elsewhere could use.
const FOR_MONITORS: [&str; 2] = ["/healthz", "/readyz"];

/// One listener's way from request to answer.
#[derive(Debug)]
pub(crate) struct Edge {
    state: AppState,
    routes: Router,
    hosts: Hosts,
    headers: HeaderTable,
    warned_of_proxy: AtomicBool,
}

/// One connection, as the accept loop knows it.
#[derive(Clone, Debug)]
pub(crate) struct Connection {
    pub(crate) address: IpAddr,
    pub(crate) pass: Pass,
}

impl Edge {
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
        Self { state, routes, hosts, headers, warned_of_proxy: AtomicBool::new(false) }
    }

    pub(crate) fn state(&self) -> &AppState {
        &self.state
    }

    /// Whether the address of a connection is a proxy's and not a person's.
    pub(crate) fn is_proxy(&self, address: IpAddr) -> bool {
        self.state.config.trusted_proxies.iter().any(|network| network.contains(address))
    }

    /// The answer to one request, always with the whole table of headers.
    pub(crate) async fn answer(
        &self,
        request: Request<Incoming>,
        connection: Connection,
    ) -> Response {
        let answer = self.try_answer(request, connection).await;
        let mut answer = answer.unwrap_or_else(IntoResponse::into_response);
        self.headers.apply(answer.headers_mut());
        self.state.metrics.http_responded(answer.status().as_u16());
        answer
    }

    async fn try_answer(
        &self,
        request: Request<Incoming>,
        connection: Connection,
    ) -> Result<Response, Problem> {
        if !FOR_MONITORS.contains(&request.uri().path()) {
            self.hosts.check(request.uri(), request.headers())?;
        }
        let body_bytes = self.state.config.limits.body_bytes();
        let announced = usize::try_from(request.body().size_hint().lower());
        if announced.is_ok_and(|bytes| bytes > body_bytes) {
            return Err(Problem::TOO_LARGE);
        }
        let peer = self.peer(&request, connection)?;
        let mut request = request.map(|body| Body::new(Limited::new(body, body_bytes)));
        request.extensions_mut().insert(peer);

        // Calling a router through its clone is what its service interface asks for.
        let handling = AssertUnwindSafe(self.routes.clone().call(request)).catch_unwind();
        let patience = self.state.config.limits.request_timeout();
        match tokio::time::timeout(patience, handling).await {
            Ok(Ok(Ok(answer))) => Ok(answer),
            // The panic hook has logged where.
            Ok(Err(_)) => Err(Problem::BROKEN),
            Err(_) => Err(Problem::TOO_SLOW),
        }
    }

    /// Whose request it is. On a proxy's connection each request needs its own leave to enter.
    fn peer(&self, request: &Request<Incoming>, connection: Connection) -> Result<Peer, Problem> {
        let Connection { address, pass } = connection;
        let headers = request.headers();
        if !self.is_proxy(address) {
            self.warn_of_unnamed_proxy(address, peer::is_forwarded(headers));
            return Ok(Peer { address, pass });
        }
        let trusted = &self.state.config.trusted_proxies;
        let client = peer::client_address(address, headers, trusted);
        let arrives = headers.contains_key(header::UPGRADE) || request.method() == Method::POST;
        let own = self.state.gate.enter(client, arrives).inspect_err(|refused| {
            log_refusal(&self.state, refused.0, client);
        })?;
        Ok(Peer { address: client, pass: pass.and(own) })
    }

    /// A proxy on this machine that nobody named would make everybody exempt from the limits.
    fn warn_of_unnamed_proxy(&self, address: IpAddr, forwarded: bool) {
        if forwarded
            && address.is_loopback()
            && self.state.config.limits.loopback_exempt
            && !self.warned_of_proxy.swap(true, Ordering::Relaxed)
        {
            tracing::warn!(
                event = "unnamed_proxy",
                "a proxy on this machine is not in trusted_proxies: limits per address are off"
            );
        }
    }

    /// The whole answer, as bytes, to a connection that is turned away unread.
    pub(crate) fn farewell(&self, limit: Limit) -> Vec<u8> {
        let problem = Problem::from(limit);
        let mut headers = axum::http::HeaderMap::new();
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

/// One line for a refusal; with the network it came from only where the operator wants that.
pub(crate) fn log_refusal(state: &AppState, limit: Limit, address: IpAddr) {
    let limit = limit.name();
    if state.config.log_addresses {
        let address = peer::cut_for_log(address);
        tracing::info!(event = "refused", limit, address, "a limit was met");
    } else {
        tracing::debug!(event = "refused", limit, "a limit was met");
    }
}
