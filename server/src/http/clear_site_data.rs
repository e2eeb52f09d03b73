//! Leaving for good: the browser forgets this service, its keys included.

use axum::http::{HeaderMap, HeaderValue, Method, header};
use axum::response::{IntoResponse, Response};

use super::origin::is_from_elsewhere;
use super::problem::Problem;

/// Answers with the order to forget. A page elsewhere must not be able to make a visitor's
/// browser forget, or a picture with this address would throw people out of their sets.
pub(crate) async fn leave(method: Method, headers: HeaderMap) -> Result<Response, Problem> {
    if ![Method::GET, Method::HEAD, Method::POST].contains(&method) {
        return Err(Problem::WRONG_METHOD);
    }
    if is_from_elsewhere(&headers) {
        return Err(Problem::WRONG_ORIGIN);
    }
    let mut answer = "This browser has forgotten the set.\n".into_response();
    answer.headers_mut().insert(
        header::HeaderName::from_static("clear-site-data"),
        HeaderValue::from_static("\"cache\", \"storage\""),
    );
    Ok(answer)
}
