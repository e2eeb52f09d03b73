//! From `GET /ws` to an open socket.

use axum::extract::State;
use axum::http::{HeaderMap, HeaderValue, Request, StatusCode, header};
use axum::response::{IntoResponse, Response};
use hyper::upgrade::OnUpgrade;
use setroom_protocol::SUBPROTOCOL;
use tokio_tungstenite::tungstenite::handshake::derive_accept_key;

use super::serve;
use crate::http::{Peer, Problem, check_origin};
use crate::state::AppState;

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
pub(crate) async fn upgrade<B>(
    State(state): State<AppState>,
    mut request: Request<B>,
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
    let peer = request.extensions().get::<Peer>().cloned().ok_or(Problem::BROKEN)?;
    let on_upgrade = request.extensions_mut().remove::<OnUpgrade>().ok_or(NO_WEBSOCKET)?;
    let accept = HeaderValue::from_str(&key).map_err(|_| NO_WEBSOCKET)?;
    if let Some(guest) = &peer.guest {
        state.gate.socket(guest);
    }
    let coming = Box::pin(serve::come_in(state.clone(), peer, on_upgrade));
    state.shutdown.spawn_with(move || serve::stay(coming));
    let headers = [
        (header::UPGRADE, HeaderValue::from_static("websocket")),
        (header::CONNECTION, HeaderValue::from_static("upgrade")),
        (header::SEC_WEBSOCKET_ACCEPT, accept),
        (header::SEC_WEBSOCKET_PROTOCOL, HeaderValue::from_static(SUBPROTOCOL)),
    ];
    Ok((StatusCode::SWITCHING_PROTOCOLS, headers).into_response())
}

/// The answer to the peer's key, if this is a WebSocket request of version 13.
pub(super) fn websocket_key(headers: &HeaderMap) -> Option<String> {
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
