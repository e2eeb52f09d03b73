//! The web client, as it was built into the program.

use std::borrow::Cow;
use std::sync::OnceLock;

use axum::body::Body;
use axum::http::{HeaderMap, HeaderValue, Method, StatusCode, Uri, header};
use axum::response::{IntoResponse, Response};
use bytes::Bytes;
use rust_embed::{Embed, EmbeddedFile};

use super::problem::Problem;

#[derive(Embed)]
#[folder = "$OUT_DIR/web"]
struct Client;

/// A name with a hash of its content in it never means anything else.
const IMMUTABLE: &str = "public, max-age=31536000, immutable";
/// A page is fetched anew each time, so that no old client meets a new server.
const NOT_KEPT: &str = "no-store";
/// What a page that is open is given for a part that it has never fetched and that is not served any more:
/// what it began fails by a fault that says why, which pages since the second version tell people in words.
const OF_AN_OLDER_PAGE: &str = "throw Object.assign(new TypeError('this module is of an older \
    page: reload it'), { code: 'old_client' });\n";
/// Everything else may be kept, but is asked about.
const ASK_AGAIN: &str = "no-cache";

/// Forms that the build has packed beforehand, best first.
const ENCODINGS: [(&str, &str); 2] = [("br", ".br"), ("gzip", ".gz")];

/// Names the built client: the same as long as its first page, and so every file that it names by
/// hash, is the same.
pub(crate) fn build() -> &'static str {
    static BUILD: OnceLock<String> = OnceLock::new();
    BUILD.get_or_init(|| {
        Client::get("index.html").map_or_else(String::new, |page| etag(&page).replace('"', ""))
    })
}

/// Answers with a built file, or with "not found".
pub(crate) async fn serve(method: Method, uri: Uri, headers: HeaderMap) -> Response {
    let is_to_read = method == Method::GET || method == Method::HEAD;
    let Some(name) = file_for(uri.path()) else {
        if is_to_read && is_script(uri.path()) {
            let fields =
                [(header::CONTENT_TYPE, media_type(uri.path())), (header::CACHE_CONTROL, NOT_KEPT)];
            return (fields, OF_AN_OLDER_PAGE).into_response();
        }
        return Problem::NOT_FOUND.into_response();
    };
    if !is_to_read {
        let mut answer = Problem::WRONG_METHOD.into_response();
        answer.headers_mut().insert(header::ALLOW, HeaderValue::from_static("GET, HEAD"));
        return answer;
    }
    let Some((file, encoding)) = best_form(&name, &headers) else {
        return Problem::NOT_FOUND.into_response();
    };
    let tag = etag(&file);
    let mut answer = if wants(&headers, &tag) {
        StatusCode::NOT_MODIFIED.into_response()
    } else {
        Body::from(bytes(file)).into_response()
    };
    let fields = answer.headers_mut();
    let set = |fields: &mut HeaderMap, name, value: &'static str| {
        fields.insert(name, HeaderValue::from_static(value));
    };
    set(fields, header::CONTENT_TYPE, media_type(&name));
    set(fields, header::CACHE_CONTROL, keeping(&name));
    set(fields, header::VARY, "accept-encoding");
    if let Some(encoding) = encoding {
        set(fields, header::CONTENT_ENCODING, encoding);
    }
    if let Ok(tag) = HeaderValue::from_str(&tag)
        && keeping(&name) != NOT_KEPT
    {
        fields.insert(header::ETAG, tag);
    }
    answer
}

/// Whether there is such a page, or part of one.
pub(super) fn is_built(path: &str) -> bool {
    file_for(path).is_some()
}

/// Whether a page would load this as a part of itself.
fn is_script(path: &str) -> bool {
    path.strip_prefix("/assets/")
        .and_then(|name| name.rsplit_once('.'))
        .is_some_and(|(_, is)| is == "js")
}

/// The built file behind a path. Pages go without their ending, and `/j`, which invitations
/// point at, is the first page unless the client has one of its own for it.
fn file_for(path: &str) -> Option<String> {
    let name = path.strip_prefix('/')?;
    if name.is_empty() {
        return Some("index.html".to_owned());
    }
    let page = format!("{name}.html");
    let candidates = [name, &page, if name == "j" { "index.html" } else { name }];
    candidates.into_iter().find(|name| Client::get(name).is_some()).map(str::to_owned)
}

/// The file as it is, or packed if the browser can unpack it.
fn best_form(name: &str, headers: &HeaderMap) -> Option<(EmbeddedFile, Option<&'static str>)> {
    for (encoding, ending) in ENCODINGS {
        if accepts(headers, encoding)
            && let Some(packed) = Client::get(&format!("{name}{ending}"))
        {
            return Some((packed, Some(encoding)));
        }
    }
    Client::get(name).map(|file| (file, None))
}

fn accepts(headers: &HeaderMap, encoding: &str) -> bool {
    headers.get_all(header::ACCEPT_ENCODING).iter().filter_map(|line| line.to_str().ok()).any(
        |line| {
            line.split(',').any(|item| {
                let (name, weight) = item.split_once(';').unwrap_or((item, ""));
                let refused = weight.trim().strip_prefix("q=").is_some_and(|weight| {
                    weight.trim().parse::<f32>().is_ok_and(|weight| weight <= 0.0)
                });
                name.trim().eq_ignore_ascii_case(encoding) && !refused
            })
        },
    )
}

fn etag(file: &EmbeddedFile) -> String {
    let hash: String =
        file.metadata.sha256_hash().iter().take(16).map(|byte| format!("{byte:02x}")).collect();
    format!("\"{hash}\"")
}

fn wants(headers: &HeaderMap, tag: &str) -> bool {
    headers
        .get_all(header::IF_NONE_MATCH)
        .iter()
        .filter_map(|line| line.to_str().ok())
        .flat_map(|line| line.split(','))
        .any(|known| known.trim().trim_start_matches("W/") == tag)
}

fn bytes(file: EmbeddedFile) -> Bytes {
    match file.data {
        Cow::Borrowed(data) => Bytes::from_static(data),
        Cow::Owned(data) => Bytes::from(data),
    }
}

fn keeping(name: &str) -> &'static str {
    match name.rsplit_once('.') {
        Some((_, "html")) => NOT_KEPT,
        _ if name.starts_with("assets/") => IMMUTABLE,
        _ => ASK_AGAIN,
    }
}

fn media_type(name: &str) -> &'static str {
    match name.rsplit_once('.').map(|(_, ending)| ending) {
        Some("html") => "text/html; charset=utf-8",
        Some("js" | "mjs") => "text/javascript; charset=utf-8",
        Some("css") => "text/css; charset=utf-8",
        Some("json" | "map") => "application/json",
        Some("webmanifest") => "application/manifest+json",
        Some("svg") => "image/svg+xml",
        Some("png") => "image/png",
        Some("ico") => "image/x-icon",
        Some("woff2") => "font/woff2",
        Some("wasm") => "application/wasm",
        Some("txt" | "ftl") => "text/plain; charset=utf-8",
        Some(_) | None => "application/octet-stream",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_hashed_names_are_kept_for_ever() {
        assert_eq!(keeping("index.html"), NOT_KEPT);
        assert_eq!(keeping("assets/inside.html"), NOT_KEPT);
        assert_eq!(keeping("assets/room-3f2a.js"), IMMUTABLE);
        assert_eq!(keeping("favicon.svg"), ASK_AGAIN);
    }

    #[test]
    fn a_packed_form_is_sent_only_to_who_can_unpack_it() {
        let mut headers = HeaderMap::new();
        assert!(!accepts(&headers, "br"));
        headers.insert(header::ACCEPT_ENCODING, HeaderValue::from_static("gzip, br;q=0, zstd"));
        assert!(accepts(&headers, "gzip") && !accepts(&headers, "br"));
    }
}
