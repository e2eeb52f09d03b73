//! Answers that say no: a status, a stable code for programs, one sentence for people.

use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};

use crate::limits::{Limit, Refused};

/// Why a request got no better answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Problem {
    /// The HTTP status.
    pub status: StatusCode,
    /// Stable; programs may depend on it.
    pub code: &'static str,
    /// For whoever reads the answer; may change.
    pub message: &'static str,
}

impl Problem {
    /// There is no such thing here.
    pub const NOT_FOUND: Self =
        Self::new(StatusCode::NOT_FOUND, "not_found", "There is nothing at this address.");
    /// The address is right and the method is not.
    pub const WRONG_METHOD: Self = Self::new(
        StatusCode::METHOD_NOT_ALLOWED,
        "wrong_method",
        "This address does not take that method.",
    );
    /// The request names another host than this service.
    pub const WRONG_HOST: Self = Self::new(
        StatusCode::MISDIRECTED_REQUEST,
        "wrong_host",
        "This service does not answer under that host name.",
    );
    /// The request comes from a page that is not ours.
    pub const WRONG_ORIGIN: Self = Self::new(
        StatusCode::FORBIDDEN,
        "wrong_origin",
        "Only this service's own pages may do this.",
    );
    /// The body is larger than allowed.
    pub const TOO_LARGE: Self =
        Self::new(StatusCode::PAYLOAD_TOO_LARGE, "too_large", "The request is too large.");
    /// The request as a whole took too long.
    pub const TOO_SLOW: Self =
        Self::new(StatusCode::REQUEST_TIMEOUT, "too_slow", "The request took too long.");
    /// The process cannot do it now.
    pub const UNAVAILABLE: Self = Self::new(
        StatusCode::SERVICE_UNAVAILABLE,
        "unavailable",
        "The service cannot do this at the moment.",
    );
    /// Something broke here. What it was stands in the log, not in the answer.
    pub const BROKEN: Self = Self::new(
        StatusCode::INTERNAL_SERVER_ERROR,
        "broken",
        "Something went wrong in the service.",
    );

    /// A problem of one's own.
    #[must_use]
    pub const fn new(status: StatusCode, code: &'static str, message: &'static str) -> Self {
        Self { status, code, message }
    }

    /// The answer's body.
    #[must_use]
    pub fn body(&self) -> String {
        serde_json::json!({ "error": self.code, "message": self.message }).to_string()
    }
}

impl From<Limit> for Problem {
    fn from(limit: Limit) -> Self {
        if limit.is_of_process() {
            let message = "The service is full at the moment.";
            Self::new(StatusCode::SERVICE_UNAVAILABLE, limit.name(), message)
        } else {
            let message = "Too much from this address; please wait.";
            Self::new(StatusCode::TOO_MANY_REQUESTS, limit.name(), message)
        }
    }
}

impl From<Refused> for Problem {
    fn from(Refused(limit): Refused) -> Self {
        limit.into()
    }
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        let json = HeaderValue::from_static("application/json");
        (self.status, [(header::CONTENT_TYPE, json)], self.body()).into_response()
    }
}
