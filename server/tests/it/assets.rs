//! The built-in client, whatever it was built from.

use crate::support::start;

#[tokio::test]
async fn the_first_page_is_there_and_is_never_kept() {
    let server = start(|_| {}).await;
    for path in ["/", "/j", "/index.html"] {
        let answer = server.ask("GET", path, &[]).await;
        assert_eq!(answer.status, 200, "{path}");
        assert_eq!(answer.header("content-type"), Some("text/html; charset=utf-8"));
        assert_eq!(answer.header("cache-control"), Some("no-store"));
        assert_eq!(answer.header("etag"), None);
        assert!(answer.text().to_lowercase().contains("<!doctype html>"), "{path}");
    }
}

#[tokio::test]
async fn hashed_files_are_kept_for_ever_and_known_ones_not_sent_again() {
    let server = start(|_| {}).await;
    let page = server.ask("GET", "/", &[]).await.text();
    // A build without the client has none of them; the page then says so.
    let names: Vec<&str> = page
        .split('"')
        .filter(|text| text.starts_with("/assets/") || text.starts_with("./assets/"))
        .map(|text| text.trim_start_matches('.'))
        .collect();
    assert!(!names.is_empty() || page.contains("setroom-client\" content=\"none"), "{page}");
    for name in names {
        let answer = server.ask("GET", name, &[]).await;
        assert_eq!(answer.status, 200, "{name}");
        assert_eq!(answer.header("cache-control"), Some("public, max-age=31536000, immutable"));
        assert_eq!(answer.header("content-encoding"), None, "nobody said it could be unpacked");
        let tag = answer.header("etag").unwrap().to_owned();
        let again = server.ask("GET", name, &[&format!("if-none-match: {tag}")]).await;
        assert_eq!((again.status, again.body.len()), (304, 0), "{name}");
        let packed = server.ask("GET", name, &["accept-encoding: gzip, deflate, br"]).await;
        assert_eq!(packed.header("content-encoding"), Some("br"), "{name}");
        assert_eq!(packed.header("content-type"), answer.header("content-type"));
        assert!(packed.body.len() < answer.body.len());
        assert_ne!(packed.header("etag"), Some(tag.as_str()));
    }
}

// fault: F32 — a page that asks for a part which is not there any more is told that it is old
#[tokio::test]
async fn a_part_of_an_older_page_says_so_and_is_never_kept() {
    let server = start(|_| {}).await;
    let answer = server.ask("GET", "/assets/create-DjFGBfFk.js", &[]).await;
    assert_eq!(answer.status, 200, "a browser runs no other answer");
    assert_eq!(answer.header("content-type"), Some("text/javascript; charset=utf-8"));
    assert_eq!(answer.header("cache-control"), Some("no-store"));
    assert!(answer.text().starts_with("throw ") && answer.text().contains("code: 'old_client'"));
    for path in ["/assets/create-DjFGBfFk.css", "/assets/.js/none", "/create.js", "/assets/js"] {
        assert_eq!(server.ask("GET", path, &[]).await.status, 404, "{path}");
    }
}
