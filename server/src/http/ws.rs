//! From `GET /ws` to an open WebSocket: the upgrade.

use axum::body::Body;
use axum::extract::{Extension, State};
use axum::http::{HeaderMap, HeaderValue, Request, StatusCode, header};
use axum::response::{IntoResponse, Response};
use bytes::Bytes;
use hyper::upgrade::OnUpgrade;
use hyper_util::rt::TokioIo;
use setroom_protocol::SUBPROTOCOL;
use tokio_tungstenite::tungstenite::handshake::derive_accept_key;

use super::origin::check_origin;
use super::problem::Problem;
use crate::connection;
use crate::limits::Peer;
use crate::net::TcpStream;
use crate::state::AppState;

/// Where sockets are opened.
pub(crate) const PATH: &str = "/ws";

const NO_WEBSOCKET: Problem = Problem::new(
    StatusCode::UPGRADE_REQUIRED,
    "no_websocket",
    "This address takes WebSocket connections of version 13 only.",
);
const NO_QUERY: Problem = Problem::new(
    StatusCode::BAD_REQUEST,
    "no_query",
    "Nothing may stand in the address: secrets do not belong into it.",
);
const WRONG_SUBPROTOCOL: Problem = Problem::new(
    StatusCode::BAD_REQUEST,
    "wrong_subprotocol",
    "Only the subprotocol als1 is spoken here: reload the page.",
);

/// Opens a socket for one of our own pages.
///
/// # Errors
/// A [`Problem`] that says which of the demands of `docs/PROTOCOL.md` was not met.
pub(super) async fn upgrade(
    State(state): State<AppState>,
    Extension(peer): Extension<Peer>,
    mut request: Request<Body>,
) -> Result<Response, Problem> {
    check_origin(request.headers(), &state.origins)?;
    if request.uri().query().is_some() {
        return Err(NO_QUERY);
    }
    let key = websocket_key(request.headers()).ok_or(NO_WEBSOCKET)?;
    if !names(request.headers(), header::SEC_WEBSOCKET_PROTOCOL, SUBPROTOCOL) {
        return Err(WRONG_SUBPROTOCOL);
    }
    if state.shutdown.is_stopping() {
        return Err(Problem::UNAVAILABLE);
    }
    let on_upgrade = request.extensions_mut().remove::<OnUpgrade>().ok_or(NO_WEBSOCKET)?;
    let accept = HeaderValue::from_str(&key).map_err(|_| NO_WEBSOCKET)?;
    if let Some(guest) = &peer.guest {
        state.connection_limits.socket(guest);
    }
    connection::start(state, tcp(on_upgrade), peer);
    let headers = [
        (header::UPGRADE, HeaderValue::from_static("websocket")),
        (header::CONNECTION, HeaderValue::from_static("upgrade")),
        (header::SEC_WEBSOCKET_ACCEPT, accept),
        (header::SEC_WEBSOCKET_PROTOCOL, HeaderValue::from_static(SUBPROTOCOL)),
    ];
    Ok((StatusCode::SWITCHING_PROTOCOLS, headers).into_response())
}

/// Waits for the answer with status 101 to be sent, then takes the bare socket, and what the peer has
/// sent on it already. `None` when the peer went away in between, which is no news.
pub(crate) async fn tcp(on_upgrade: OnUpgrade) -> Option<(TcpStream, Bytes)> {
    let parts = on_upgrade.await.ok()?.downcast::<TokioIo<TcpStream>>().ok()?;
    Some((parts.io.into_inner(), parts.read_buf))
}

/// The answer to the peer's key, if this is a WebSocket request of version 13.
pub(crate) fn websocket_key(headers: &HeaderMap) -> Option<String> {
    let asks = names(headers, header::UPGRADE, "websocket")
        && names(headers, header::CONNECTION, "upgrade")
        && headers.get(header::SEC_WEBSOCKET_VERSION)? == "13";
    let key = headers.get(header::SEC_WEBSOCKET_KEY)?;
    asks.then(|| derive_accept_key(key.as_bytes()))
}

/// Whether a header with a list in it names this word.
fn names(headers: &HeaderMap, header: header::HeaderName, word: &str) -> bool {
    headers
        .get_all(header)
        .iter()
        .filter_map(|line| line.to_str().ok())
        .flat_map(|line| line.split(','))
        .any(|part| part.trim().eq_ignore_ascii_case(word))
}
