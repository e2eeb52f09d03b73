//! Whether a request was made by one of our own pages.

use axum::http::{HeaderMap, HeaderName, header};

use super::problem::Problem;
use crate::config::Origin;

const SEC_FETCH_SITE: HeaderName = HeaderName::from_static("sec-fetch-site");

/// For everything that changes something or opens a socket: the `Origin` must be there once and
/// be, byte for byte, one of `origins`. There are no cookies, so this is not what keeps a room
/// shut; it keeps other people's pages from using a visitor's browser against it.
///
/// # Errors
/// [`Problem::WRONG_ORIGIN`].
pub fn check_origin(headers: &HeaderMap, origins: &[Origin]) -> Result<(), Problem> {
    let mut sent = headers.get_all(header::ORIGIN).iter();
    let (Some(origin), None) = (sent.next(), sent.next()) else {
        return Err(Problem::WRONG_ORIGIN);
    };
    if !origins.iter().any(|ours| ours.to_string().as_bytes() == origin.as_bytes()) {
        return Err(Problem::WRONG_ORIGIN);
    }
    match headers.get(SEC_FETCH_SITE) {
        Some(site) if site != "same-origin" => Err(Problem::WRONG_ORIGIN),
        Some(_) | None => Ok(()),
    }
}

/// For a link that only clears the visitor's own browser: anything but a page elsewhere may ask.
/// Browsers that know `Clear-Site-Data` also send `Sec-Fetch-Site`.
pub(crate) fn is_from_elsewhere(headers: &HeaderMap) -> bool {
    headers.get(SEC_FETCH_SITE).is_some_and(|site| site != "same-origin" && site != "none")
}
