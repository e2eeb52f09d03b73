//! The headers that every answer carries, whatever it is.

use axum::http::{HeaderMap, HeaderName, HeaderValue, header};

use crate::config::Origin;

/// The same for every deployment. What they forbid, the client does not need.
const FIXED: [(&str, &str); 8] = [
    ("referrer-policy", "no-referrer"),
    ("x-content-type-options", "nosniff"),
    ("cross-origin-opener-policy", "same-origin"),
    ("cross-origin-embedder-policy", "require-corp"),
    ("cross-origin-resource-policy", "same-origin"),
    ("origin-agent-cluster", "?1"),
    (
        "permissions-policy",
        "camera=(), microphone=(), display-capture=(), geolocation=(), usb=(), payment=(), \
         browsing-topics=()",
    ),
    ("x-robots-tag", "noindex, nofollow, noarchive"),
];

/// For two years; only where people come in over TLS, or a test on this machine would be spoilt.
const HSTS: &str = "max-age=63072000; includeSubDomains";

/// The headers of one deployment.
#[derive(Clone, Debug)]
pub(crate) struct HeaderTable {
    headers: Vec<(HeaderName, HeaderValue)>,
}

impl HeaderTable {
    /// The table for a service that is reached at `origins`.
    pub(crate) fn new(origins: &[Origin]) -> Self {
        let mut headers: Vec<(HeaderName, HeaderValue)> = FIXED
            .iter()
            .map(|(name, value)| (HeaderName::from_static(name), HeaderValue::from_static(value)))
            .collect();
        // Origins are letters, digits and a few signs, so this is always a header value.
        if let Ok(policy) = HeaderValue::from_str(&content_security_policy(origins)) {
            headers.push((header::CONTENT_SECURITY_POLICY, policy));
        }
        if origins.iter().any(Origin::is_https) {
            let value = HeaderValue::from_static(HSTS);
            headers.push((header::STRICT_TRANSPORT_SECURITY, value));
        }
        Self { headers }
    }

    /// Puts the table on an answer. Nothing is kept by anybody unless a handler said so.
    pub(crate) fn apply(&self, to: &mut HeaderMap) {
        for (name, value) in &self.headers {
            to.insert(name.clone(), value.clone());
        }
        to.entry(header::CACHE_CONTROL).or_insert(HeaderValue::from_static("no-store"));
    }
}

/// Some browsers do not count a WebSocket to the page's own host as 'self', so those are named.
fn content_security_policy(origins: &[Origin]) -> String {
    let sockets: String =
        origins.iter().map(|origin| format!(" {}", origin.as_websocket())).collect();
    format!(
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; \
         font-src 'self'; connect-src 'self'{sockets}; manifest-src 'self'; worker-src 'self'; \
         base-uri 'none'; form-action 'none'; frame-ancestors 'none'; \
         require-trusted-types-for 'script'; trusted-types 'none'"
    )
}
