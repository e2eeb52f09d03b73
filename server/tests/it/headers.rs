//! The whole table of headers, on every kind of answer.

use setroom_server::config::Origin;

use crate::support::http::{Answer, Line};
use crate::support::people::{Set, set_with};
use crate::support::{TestServer, soon, start};

const PERMISSIONS: &str = "camera=(), microphone=(), display-capture=(), geolocation=(), usb=(), \
                           payment=(), browsing-topics=()";

/// Written out once more, from the design and not from the code.
fn assert_table(what: &str, answer: &Answer, sockets: &str, https: bool) {
    let policy = format!(
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; \
         font-src 'self'; connect-src 'self'{sockets}; manifest-src 'self'; worker-src 'self'; \
         base-uri 'none'; form-action 'none'; frame-ancestors 'none'; \
         require-trusted-types-for 'script'; trusted-types 'none'"
    );
    for (name, value) in [
        ("content-security-policy", policy.as_str()),
        ("referrer-policy", "no-referrer"),
        ("x-content-type-options", "nosniff"),
        ("cross-origin-opener-policy", "same-origin"),
        ("cross-origin-embedder-policy", "require-corp"),
        ("cross-origin-resource-policy", "same-origin"),
        ("origin-agent-cluster", "?1"),
        ("permissions-policy", PERMISSIONS),
        ("x-robots-tag", "noindex, nofollow, noarchive"),
    ] {
        assert_eq!(answer.header(name), Some(value), "{what}: {name}");
    }
    let hsts = https.then_some("max-age=63072000; includeSubDomains");
    assert_eq!(answer.header("strict-transport-security"), hsts, "{what}");
    assert!(answer.header("cache-control").is_some(), "{what}");
    assert_eq!(answer.header("set-cookie"), None, "{what}: there are no cookies");
    assert_eq!(answer.header("server"), None, "{what}");
}

/// Every route, by every outcome that a request can bring about, with the status it must have.
async fn crawl(server: &TestServer) -> Vec<(String, Answer)> {
    let mut found = Vec::new();
    for (method, path, fields, status) in [
        ("GET", "/", &[][..], 200),
        ("HEAD", "/", &[], 200),
        ("GET", "/j", &[], 200),
        ("GET", "/index.html", &[], 200),
        ("POST", "/", &[], 405),
        ("GET", "/healthz", &[], 200),
        ("GET", "/readyz", &[], 200),
        ("DELETE", "/readyz", &[], 405),
        ("GET", "/leave", &[], 200),
        ("POST", "/leave", &[], 200),
        ("DELETE", "/leave", &[], 405),
        ("GET", "/leave", &["sec-fetch-site: cross-site"], 403),
        ("GET", "/no-such-page", &[], 404),
        ("POST", "/no-such-page", &[], 404),
        ("GET", "/../etc/passwd", &[], 404),
        ("GET", "/assets/none.css", &[], 404),
        ("GET", "/assets/none.js", &[], 200),
        ("POST", "/assets/none.js", &[], 404),
        ("POST", "/", &["content-length: 99999"], 413),
        ("BREW", "/", &[], 405),
        ("GET", "/metrics", &[], 404),
    ] {
        let answer = server.ask(method, path, fields).await;
        assert_eq!(answer.status, status, "{method} {path} {fields:?}");
        found.push((format!("{method} {path} {fields:?}"), answer));
    }
    let mut line = Line::open(server.running.addr()).await;
    let answer = line.ask("GET", "/", "elsewhere.example", &[]).await;
    assert_eq!(answer.status, 421);
    found.push(("wrong host".to_owned(), answer));
    found
}

#[tokio::test]
async fn every_answer_carries_the_table() {
    let server = start(|_| {}).await;
    let port = server.running.addr().port();
    let sockets = format!(" ws://127.0.0.1:{port} ws://localhost:{port}");
    for (what, answer) in crawl(&server).await {
        assert_table(&what, &answer, &sockets, false);
    }
    let address = server.running.metrics_addr();
    for (path, status) in [("/metrics", 200), ("/", 404)] {
        let mut line = Line::open(address).await;
        let answer = line.ask("GET", path, &address.to_string(), &[]).await;
        assert_eq!(answer.status, status, "{path}");
        assert_table(path, &answer, &sockets, false);
    }
}

#[tokio::test]
async fn over_tls_browsers_are_told_to_stay_there() {
    let server = start(|config| {
        let origin = "https://setroom.example.org".to_owned();
        config.origin = vec![Origin::try_from(origin).unwrap()];
    })
    .await;
    for (what, answer) in crawl(&server).await {
        assert_table(&what, &answer, " wss://setroom.example.org", true);
    }
}

#[tokio::test]
async fn a_refused_connection_carries_the_table_and_names_its_limit() {
    // Somebody in their room: whoever has shown no token would give way.
    let Set { server, host: _kept, .. } = set_with(|config| {
        config.limits.connections = 1;
        config.limits.connections_per_address = 1;
    })
    .await;
    server.until_figure("setroom_http_connections_open", 1.0).await;
    let mut refused = Line::open(server.running.addr()).await;
    let answer = refused.answer().await;
    let port = server.running.addr().port();
    let sockets = format!(" ws://127.0.0.1:{port} ws://localhost:{port}");
    assert_table("refused", &answer, &sockets, false);
    assert_eq!((answer.status, answer.code().as_str()), (503, "connections"));
    assert_eq!(soon(refused.until_closed()).await, b"");
}

#[tokio::test]
async fn leaving_orders_the_browser_to_forget_unless_another_page_asks() {
    let server = start(|_| {}).await;
    let order = Some("\"cache\", \"storage\"");
    for (method, fields) in [
        ("GET", &[][..]),
        ("POST", &[]),
        ("GET", &["sec-fetch-site: none"]),
        ("POST", &["sec-fetch-site: same-origin"]),
    ] {
        let answer = server.ask(method, "/leave", fields).await;
        assert_eq!(answer.header("clear-site-data"), order, "{method} {fields:?}");
    }
    for site in ["cross-site", "same-site"] {
        let answer = server.ask("GET", "/leave", &[&format!("sec-fetch-site: {site}")]).await;
        assert_eq!((answer.status, answer.header("clear-site-data")), (403, None), "{site}");
    }
}
