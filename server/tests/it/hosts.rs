//! Which names the service answers to, and whose pages may use it.

use axum::http::HeaderMap;
use setroom_server::config::Origin;
use setroom_server::http::{Problem, check_origin};

use crate::support::http::Line;
use crate::support::start;

fn origin(text: &str) -> Origin {
    Origin::try_from(text.to_owned()).unwrap()
}

#[tokio::test]
async fn only_our_own_hosts_are_answered() {
    let server = start(|config| {
        config.origin = vec![origin("https://setroom.example.org"), origin("http://localhost:99")];
    })
    .await;
    let port = server.running.addr().port();
    for (host, status) in [
        ("setroom.example.org", 200),
        ("SETROOM.example.org", 200),
        ("setroom.example.org:443", 200),
        ("localhost:99", 200),
        (&format!("127.0.0.1:{port}"), 200),
        (&format!("localhost:{port}"), 200),
        ("setroom.example.org:8443", 421),
        ("setroom.example.org.evil.example", 421),
        ("evil.example", 421),
        ("localhost", 421),
        ("127.0.0.1", 421),
        ("", 421),
    ] {
        let mut line = Line::open(server.running.addr()).await;
        assert_eq!(line.ask("GET", "/", host, &[]).await.status, status, "{host:?}");
    }
}

#[tokio::test]
async fn a_request_with_no_host_two_hosts_or_a_contradiction_is_refused() {
    let server = start(|_| {}).await;
    let host = server.host();
    for head in [
        "GET / HTTP/1.1\r\n\r\n".to_owned(),
        "GET / HTTP/1.0\r\n\r\n".to_owned(),
        format!("GET / HTTP/1.1\r\nhost: {host}\r\nhost: evil.example\r\n\r\n"),
        format!("GET http://evil.example/ HTTP/1.1\r\nhost: {host}\r\n\r\n"),
    ] {
        let mut line = Line::open(server.running.addr()).await;
        line.send(&head).await;
        let answer = line.answer().await;
        assert_eq!((answer.status, answer.code().as_str()), (421, "wrong_host"), "{head}");
    }
    // Monitors may use whatever name they have for the machine.
    let mut line = Line::open(server.running.addr()).await;
    assert_eq!(line.ask("GET", "/healthz", "10.1.2.3:8787", &[]).await.status, 200);
}

#[test]
fn only_our_own_pages_pass_the_origin_check() {
    let ours = [origin("https://setroom.example.org"), origin("http://localhost:8787")];
    let check = |fields: &[(&'static str, &str)]| {
        let mut headers = HeaderMap::new();
        for (name, value) in fields {
            headers.append(*name, value.parse().unwrap());
        }
        check_origin(&headers, &ours)
    };
    for good in ["https://setroom.example.org", "http://localhost:8787"] {
        assert_eq!(check(&[("origin", good)]), Ok(()), "{good}");
        assert_eq!(check(&[("origin", good), ("sec-fetch-site", "same-origin")]), Ok(()));
        for site in ["cross-site", "same-site", "none"] {
            let refused = check(&[("origin", good), ("sec-fetch-site", site)]);
            assert_eq!(refused, Err(Problem::WRONG_ORIGIN), "{site}");
        }
    }
    for bad in [
        "null",
        "",
        "https://setroom.example.org.evil.example",
        "https://evil-setroom.example.org",
        "https://sub.setroom.example.org",
        "https://setroom.example.org:8443",
        "https://setroom.example.org/",
        "https://SETROOM.example.org",
        "http://setroom.example.org",
        "http://localhost",
        "http://localhost:87870",
        "https://localhost:8787",
    ] {
        assert_eq!(check(&[("origin", bad)]), Err(Problem::WRONG_ORIGIN), "{bad:?}");
    }
    assert_eq!(check(&[]), Err(Problem::WRONG_ORIGIN), "missing");
    let twice = [("origin", "http://localhost:8787"), ("origin", "http://localhost:8787")];
    assert_eq!(check(&twice), Err(Problem::WRONG_ORIGIN));
}

#[tokio::test]
async fn without_a_configured_origin_this_machine_is_the_origin() {
    let server = start(|_| {}).await;
    let port = server.running.addr().port();
    let origins: Vec<String> =
        server.running.state().origins.iter().map(Origin::to_string).collect();
    assert_eq!(origins, [format!("http://127.0.0.1:{port}"), format!("http://localhost:{port}")]);
    assert_eq!(server.running.host_link(), format!("http://127.0.0.1:{port}/"));
}
