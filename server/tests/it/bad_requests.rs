//! Requests that come from elsewhere, or are not what they should be, reach no room and make no set.

use serde_json::{Value, json};
use setroom_client::{Client, Keyring, Links};
use setroom_protocol::{MeetingId, Mode, SetId};

use crate::support::people::{door_of, rng, set};

#[tokio::test]
async fn sockets_are_opened_by_our_own_pages_alone() {
    let mut set = set().await;
    let before = set.agree(&mut []).await;
    let host = set.server.host();
    let own = format!("origin: http://{host}");
    let upgrade = [
        "upgrade: websocket",
        "connection: upgrade",
        "sec-websocket-version: 13",
        "sec-websocket-key: dGhlIHNhbXBsZSBub25jZQ==",
    ];
    let protocol = "sec-websocket-protocol: als1";
    let port = set.server.running.addr().port();
    let origins = [
        String::new(),
        "origin: null".into(),
        "origin: https://evil.example".into(),
        format!("origin: https://{host}"),
        format!("origin: http://{host}.evil.example"),
        format!("origin: http://127.0.0.1:{}", port.wrapping_add(1)),
        format!("origin: http://{host}/"),
        format!("{own}\r\n{own}"),
    ];
    for origin in origins {
        let mut fields = upgrade.to_vec();
        fields.push(protocol);
        if !origin.is_empty() {
            fields.push(&origin);
        }
        let answer = set.server.ask("GET", "/ws", &fields).await;
        assert_eq!((answer.status, answer.code().as_str()), (403, "wrong_origin"), "{origin}");
    }
    let ask = async |path: &str, fields: &[&str]| {
        let answer = set.server.ask("GET", path, fields).await;
        (answer.status, answer.code())
    };
    let whole = [&upgrade[..], &[protocol, &own]].concat();
    assert_eq!(ask("/ws?token=secret", &whole).await, (400, "no_query".into()));
    assert_eq!(
        ask("/ws", &[&upgrade[..], &[&own]].concat()).await,
        (400, "wrong_subprotocol".into())
    );
    let other = "sec-websocket-protocol: chat";
    assert_eq!(
        ask("/ws", &[&upgrade[..], &[other, &own]].concat()).await,
        (400, "wrong_subprotocol".into())
    );
    assert_eq!(ask("/ws", &[own.as_str()]).await, (426, "no_websocket".into()));
    let fetched = [&whole[..], &["sec-fetch-site: cross-site"]].concat();
    assert_eq!(ask("/ws", &fetched).await, (403, "wrong_origin".into()));
    let answer = set.server.ask("GET", "/ws", &whole).await;
    assert_eq!((answer.status, answer.header("sec-websocket-protocol")), (101, Some("als1")));
    assert_eq!(set.agree(&mut []).await, before);
}

#[tokio::test]
async fn sets_are_made_from_sound_requests_alone() {
    let set = set().await;
    let links = Links::generate(SetId::from_bytes([8; 16]), &mut rng(6));
    let sound = links.founding(MeetingId::from_bytes([9; 16]), "short_90", "classic", Mode::Set);
    let sound = serde_json::to_value(sound).unwrap();
    let with = |key: &str, value: Value| {
        let mut changed = sound.clone();
        changed[key] = value;
        changed.to_string()
    };
    let without_host = {
        let mut links = sound["links"].clone();
        links.as_object_mut().unwrap().remove("h");
        links
    };
    let evil = set.dial.clone().origin("https://evil.example");
    assert_eq!(evil.post("/api/sets", &sound.to_string()).await.unwrap().status, 403);
    let cases = [
        ("not JSON", "{".to_owned(), 400, "bad_set"),
        ("nothing", String::new(), 400, "bad_set"),
        ("an unknown field", with("title", json!("Tuesday")), 400, "bad_set"),
        ("a short id", with("set", json!("AAAA")), 400, "bad_set"),
        ("an unknown mode", with("mode", json!("loud")), 400, "bad_set"),
        ("no host link", with("links", without_host), 400, "bad_set"),
        ("the first version", with("v", json!(1)), 409, "old_client"),
        ("the version before", with("v", json!(2)), 409, "old_client"),
        ("a later version", with("v", json!(4)), 409, "old_client"),
        ("another version's form", r#"{"v":1,"more":true}"#.into(), 409, "old_client"),
        ("an unknown template", with("template", json!("chaos")), 422, "no_template"),
        ("an unknown plan", with("plan", json!("x".repeat(1000))), 422, "no_template"),
        ("too large", with("plan", json!("x".repeat(65 * 1024))), 413, "too_large"),
        ("too large for anything", with("plan", json!("x".repeat(8 * 1024))), 413, "too_large"),
    ];
    for (what, body, status, code) in cases {
        let answer = set.dial.post("/api/sets", &body).await.unwrap();
        assert_eq!(answer.status, status, "{what}: {}", answer.body);
        assert!(answer.body.contains(&format!("\"{code}\"")), "{what}: {}", answer.body);
    }
    // None of them made it.
    let keys = Keyring::new(&links.member, Default::default(), &mut rng(4));
    assert_eq!(door_of(&set.dial, &keys, "Ben").await, (vec![], 4401));
    assert_eq!(set.dial.post("/api/sets", &sound.to_string()).await.unwrap().status, 201);
    let again = set.dial.post("/api/sets", &with("mode", json!("double"))).await.unwrap();
    assert_eq!(again.status, 409);
    assert!(again.body.contains("\"set_exists\""), "{}", again.body);
    let ben = Client::knock(&set.dial, &links.member, "Ben", rng(7)).await.unwrap();
    assert_eq!(ben.model().lobby().unwrap().mode, Mode::Set, "the first one stands");
}
