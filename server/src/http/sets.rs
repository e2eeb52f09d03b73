//! `POST /api/sets`: makes a set. Everything secret has stayed in the browser.

use axum::body::Bytes;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::{Extension, Json};
use setroom_protocol::{Code, Founding, PROTOCOL_VERSION, SetId};

use super::origin::check_origin;
use super::problem::Problem;
use super::service::log_refusal;
use crate::limits::{Peer, Refused};
use crate::room::FoundError;
use crate::state::AppState;

const BAD_SET: Problem = Problem::new(
    StatusCode::BAD_REQUEST,
    "bad_set",
    "This is not a set as this version of the protocol writes it.",
);
const OLD_CLIENT: Problem =
    Problem::new(StatusCode::CONFLICT, "old_client", "The page is of another version: reload it.");
const NO_TEMPLATE: Problem = Problem::new(
    StatusCode::UNPROCESSABLE_ENTITY,
    "no_template",
    "There is no such plan or template.",
);
const TAKEN: Problem =
    Problem::new(StatusCode::CONFLICT, "set_exists", "There is a set with that id already.");
const NOT_SAVED: Problem = Problem::new(
    StatusCode::SERVICE_UNAVAILABLE,
    "not_saved",
    "It could not be written down, so it has not happened.",
);

#[derive(serde::Deserialize)]
struct Version {
    v: u32,
}

/// Makes a set from a `Founding`.
///
/// # Errors
/// A [`Problem`]; then nothing was made.
pub(super) async fn found(
    State(state): State<AppState>,
    Extension(peer): Extension<Peer>,
    headers: HeaderMap,
    body: Bytes,
) -> Result<(StatusCode, Json<serde_json::Value>), Problem> {
    check_origin(&headers, &state.origins)?;
    let limits = &state.connection_limits;
    let logged = |refused: &Refused| log_refusal(&state, refused.0, peer.source);
    match make(&state, &peer, &body).await {
        Ok(set) => Ok((StatusCode::CREATED, Json(serde_json::json!({ "set": set })))),
        // Over the pace: said already.
        Err(problem) if problem.status == StatusCode::TOO_MANY_REQUESTS => Err(problem),
        Err(problem) => {
            limits.found_in_vain(peer.source).inspect_err(logged)?;
            Err(problem)
        }
    }
}

/// Makes it, and counts it for its address if it was made.
async fn make(state: &AppState, peer: &Peer, body: &[u8]) -> Result<SetId, Problem> {
    // The version is looked at before the rest, so that an old page is told so whatever else has
    // changed.
    let Version { v } = serde_json::from_slice(body).map_err(|_| BAD_SET)?;
    if v != PROTOCOL_VERSION {
        return Err(OLD_CLIENT);
    }
    let founding: Founding = serde_json::from_slice(body).map_err(|_| BAD_SET)?;
    let place = state.connection_limits.found(peer.source);
    let place = place.inspect_err(|refused| log_refusal(state, refused.0, peer.source))?;
    let (rooms, set) = (state.rooms.clone(), founding.set);
    // It is made, and counts, also where nobody waits for the answer any more.
    let making = tokio::spawn(async move {
        let made = rooms.found(&founding).await;
        if made.is_ok() {
            place.is_made();
        }
        made
    });
    making.await.map_err(|_| Problem::BROKEN)?.map_err(|error| match error {
        FoundError::Refused(refusal) if refusal.code == Code::NoTemplate => NO_TEMPLATE,
        FoundError::Refused(_) => BAD_SET,
        FoundError::Taken => TAKEN,
        FoundError::NoRoom => NOT_SAVED,
        FoundError::NotSaved => {
            state.metrics.not_saved.inc();
            NOT_SAVED
        }
    })?;
    Ok(set)
}
