//! An origin as browsers write it: `https://host` or `https://host:port`.

use std::net::IpAddr;

use serde::{Deserialize, Serialize};

/// A web origin in the form that browsers send: small letters, no default port, no path.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Origin {
    https: bool,
    host: String,
    port: u16,
}

impl Origin {
    /// `http://host:port`, for the address that the server listens on.
    #[must_use]
    pub fn plain(host: &str, port: u16) -> Self {
        Self { https: false, host: host.to_owned(), port }
    }

    /// Whether it is reached over TLS.
    #[must_use]
    pub fn is_https(&self) -> bool {
        self.https
    }

    /// Whether the host is this machine by name, where browsers trust plain HTTP.
    #[must_use]
    pub fn is_loopback(&self) -> bool {
        let bare = self.host.trim_start_matches('[').trim_end_matches(']');
        self.host == "localhost" || bare.parse::<IpAddr>().is_ok_and(|ip| ip.is_loopback())
    }

    /// `host` or `host:port`, as in a `Host` header; a default port is left out.
    #[must_use]
    pub fn authority(&self) -> String {
        if self.port == self.default_port() {
            self.host.clone()
        } else {
            format!("{}:{}", self.host, self.port)
        }
    }

    /// `host:port`, with the port always there.
    #[must_use]
    pub fn authority_with_port(&self) -> String {
        format!("{}:{}", self.host, self.port)
    }

    /// The same place for WebSockets: `ws://…` or `wss://…`.
    #[must_use]
    pub fn as_websocket(&self) -> String {
        format!("{}://{}", if self.https { "wss" } else { "ws" }, self.authority())
    }

    fn default_port(&self) -> u16 {
        if self.https { 443 } else { 80 }
    }
}

impl std::fmt::Display for Origin {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}://{}", if self.https { "https" } else { "http" }, self.authority())
    }
}

impl From<Origin> for String {
    fn from(origin: Origin) -> Self {
        origin.to_string()
    }
}

/// Why a text is not an origin.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "{0:?} is not an origin: write scheme, host and port only, like https://setroom.example.org"
)]
pub struct NotAnOrigin(String);

impl TryFrom<String> for Origin {
    type Error = NotAnOrigin;

    fn try_from(text: String) -> Result<Self, NotAnOrigin> {
        let parsed = (|| {
            let lower = text.to_ascii_lowercase();
            let lower = lower.strip_suffix('/').unwrap_or(&lower);
            let (https, rest) = match lower.strip_prefix("https://") {
                Some(rest) => (true, rest),
                None => (false, lower.strip_prefix("http://")?),
            };
            let (host, port) = split_port(rest, if https { 443 } else { 80 })?;
            Some(Self { https, host: host.to_owned(), port })
        })();
        parsed.ok_or(NotAnOrigin(text))
    }
}

/// Splits `host[:port]`, where an IPv6 host stands in brackets.
fn split_port(text: &str, default: u16) -> Option<(&str, u16)> {
    let end_of_host = if text.starts_with('[') { text.find(']')? + 1 } else { 0 };
    let (host, port) = match text.get(end_of_host..)?.find(':') {
        Some(colon) => {
            let (host, port) = text.split_at_checked(end_of_host + colon)?;
            (host, port.strip_prefix(':')?.parse().ok().filter(|port| *port != 0)?)
        }
        None => (text, default),
    };
    let known = if let Some(bracketed) = host.strip_prefix('[') {
        bracketed.strip_suffix(']')?.parse::<std::net::Ipv6Addr>().is_ok()
    } else {
        !host.is_empty()
            && host.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'.' || b == b'-')
    };
    known.then_some((host, port))
}
