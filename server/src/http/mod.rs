//! Everything that is asked over HTTP, from the first byte of a connection to the answer's last.

mod accept;
mod assets;
mod clear_site_data;
mod headers;
mod health;
mod hosts;
mod origin;
pub(crate) mod peer;
mod problem;
mod service;
mod sets;
#[cfg(test)]
mod tests;
mod ways;
pub(crate) mod ws;

use axum::Router;
use axum::extract::State;
use axum::http::{HeaderMap, header};
use axum::response::IntoResponse;
use axum::routing::{any, get, post};

pub(crate) use accept::{Accepting, accept};
pub(crate) use assets::build as client_build;
pub use origin::check_origin;
pub use problem::Problem;
pub(crate) use service::HttpService;

use crate::limits::SetJournal;
use crate::state::AppState;
use crate::telemetry::figures_page;

/// Where a browser is told to forget.
const LEAVE: &str = "/leave";

/// The public routes. What is not here is looked for in the built-in client.
pub(crate) fn public_routes(state: AppState) -> Router {
    Router::new()
        .route("/healthz", get(health::healthz))
        .route("/readyz", get(health::readyz))
        .route(LEAVE, any(clear_site_data::leave))
        .route("/api/sets", post(sets::found))
        .route(ws::PATH, get(ws::upgrade))
        .method_not_allowed_fallback(wrong_method)
        .fallback(assets::serve)
        .with_state(state)
}

/// The routes of the second, loopback listener.
pub(crate) fn metrics_routes(state: AppState) -> Router {
    Router::new()
        .route("/metrics", get(figures))
        .method_not_allowed_fallback(wrong_method)
        .fallback(not_found)
        .with_state(state)
}

async fn figures(State(state): State<AppState>, headers: HeaderMap) -> impl IntoResponse {
    let is_ready = health::readyz(State(state.clone())).await.is_ok();
    state.metrics.ready.set(is_ready.into());
    let free = state.journal.free();
    let (sets, most) = (free.map_or(0, |free| free.sets), SetJournal::of(&state.limits).most(free));
    state.metrics.sets_may_take(sets, most);
    let accept = headers.get_all(header::ACCEPT).iter();
    let accept: Vec<&str> = accept.filter_map(|line| line.to_str().ok()).collect();
    let (kind, text) = figures_page(state.metrics.text(), &accept);
    ([(header::CONTENT_TYPE, kind), (header::VARY, "accept")], text)
}

async fn wrong_method() -> Problem {
    Problem::WRONG_METHOD
}

async fn not_found() -> Problem {
    Problem::NOT_FOUND
}
