//! Which host names this service answers to.
//!
//! A page elsewhere can point its own name at this machine and then talk to it as "same origin"
//! (DNS rebinding). It cannot change the name in the request, so that is looked at.

use std::collections::HashSet;
use std::net::SocketAddr;

use axum::http::{HeaderMap, Uri, header};

use super::problem::Problem;
use crate::config::{Origin, loopback_origins};

/// The names that are answered, with their ports.
#[derive(Clone, Debug)]
pub(crate) struct Hosts {
    allowed: HashSet<String>,
}

impl Hosts {
    /// The hosts of `origins`, and those of the listener where it can be reached on this machine.
    pub(crate) fn new(origins: &[Origin], bound: SocketAddr) -> Self {
        let local = if bound.ip().is_loopback() || bound.ip().is_unspecified() {
            loopback_origins(bound)
        } else {
            vec![Origin::plain(&bound.ip().to_string(), bound.port())]
        };
        let allowed = origins
            .iter()
            .chain(&local)
            .flat_map(|origin| [origin.authority(), origin.authority_with_port()])
            .collect();
        Self { allowed }
    }

    /// Exactly one host, and one of ours. A request in absolute form must agree with itself.
    pub(crate) fn check(&self, uri: &Uri, headers: &HeaderMap) -> Result<(), Problem> {
        let mut hosts = headers.get_all(header::HOST).iter();
        let (Some(host), None) = (hosts.next(), hosts.next()) else {
            return Err(Problem::WRONG_HOST);
        };
        let host = host.to_str().map_err(|_| Problem::WRONG_HOST)?;
        let named = uri.authority().map(axum::http::uri::Authority::as_str).into_iter();
        for host in named.chain([host]) {
            if !self.allowed.contains(&host.to_ascii_lowercase()) {
                return Err(Problem::WRONG_HOST);
            }
        }
        Ok(())
    }
}
