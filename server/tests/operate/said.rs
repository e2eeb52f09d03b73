//! What the log says at a start, of a proxy that is set wrongly, and again and again.

use setroom_client::Dial;

use crate::support::{Service, a_set, ask, on};

#[tokio::test]
async fn a_start_says_what_runs_on_what_and_how_it_differs() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("data");
    let service = Service::start(&data, &[]);
    let start = service.seen.last().unwrap().clone();
    assert_eq!(start["version"], env!("CARGO_PKG_VERSION"));
    assert_eq!(start["data"], data.to_str().unwrap());
    assert_eq!((&start["sets"], &start["journal"]), (&0.into(), &"sound".into()));
    assert_eq!(start["limits"], "journal_reserve_mib=1", "the test's own");
    let dial = Dial::to(service.line.split(": ").nth(1).unwrap().trim()).unwrap();
    a_set(&dial, 1).await;
    assert_eq!(service.stop().0, Some(0));

    let mut command = crate::support::setroom();
    command.env("SETROOM_LIMITS_ROOMS", "7").env("SETROOM_LIMITS_JOURNAL_MIB", "999");
    let service = Service::start_with(command, &data, &[]);
    let start = service.seen.last().unwrap();
    assert_eq!(start["sets"], 1);
    assert_eq!(start["limits"], "journal_mib=999 journal_reserve_mib=1 rooms=7");

    let service = Service::start(&data, &["--journal", "memory"]);
    let start = service.seen.last().unwrap();
    assert_eq!((&start["journal"], &start["data"]), (&"memory".into(), &serde_json::Value::Null));
}

#[tokio::test]
async fn a_journal_with_damage_does_not_start_as_if_nothing_were() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("data");
    let service = Service::start(&data, &[]);
    assert!(service.line.starts_with("Setroom is ready. Host a set: http"), "{}", service.line);
    let dial = Dial::to(service.line.split(": ").nth(1).unwrap().trim()).unwrap();
    let (links, _) = a_set(&dial, 1).await;
    a_set(&dial, 3).await;
    assert_eq!(service.figure("setroom_journal_checked"), 1.0);
    assert_eq!(service.figure("setroom_journal_damaged_sets"), 0.0);
    assert_eq!(service.stop().0, Some(0));
    let file = data.join("journal.sqlite3");
    let database = rusqlite::Connection::open(&file).unwrap();
    let damage = "UPDATE entry SET bytes = x'00' WHERE seq = 2 AND room = ?";
    assert_eq!(database.execute(damage, [links.set().as_bytes()]).unwrap(), 1);
    database.close().unwrap();

    let service = Service::start(&data, &[]);
    let said =
        "Setroom is ready, but its journal is damaged: `setroom journal verify` says where. ";
    assert!(service.line.starts_with(said), "{}", service.line);
    let damaged = service.seen.iter().find(|line| line["event"] == "journal_damaged").unwrap();
    assert_eq!((&damaged["level"], &damaged["sets"]), (&"ERROR".into(), &1.into()));
    assert_eq!(service.seen.last().unwrap()["journal"], "damaged");
    assert_eq!(service.figure("setroom_journal_damaged_sets"), 1.0);
    assert_eq!(service.stop().0, Some(0));
    let (code, said) = on(&data, &["journal", "verify"]);
    assert!(code == Some(1) && said.contains(&links.set().to_string()), "{said}");
}

#[test]
fn a_proxy_that_is_set_wrongly_leaves_a_line_with_what_to_do() {
    let folder = tempfile::tempdir().unwrap();
    let words = ["--origin", "https://setroom.example.org"];
    let mut service = Service::start(folder.path(), &words);
    let addr = service.addr;
    for _ in 0..3 {
        assert!(ask(addr, "GET / HTTP/1.1", &"127.0.0.1:1").0.starts_with("HTTP/1.1 421"));
    }
    let line = service.event("wrong_host");
    assert_eq!(line["level"], "WARN");
    let message = line["message"].as_str().unwrap();
    assert!(message.contains("(421)") && message.contains("pass `Host` on"), "{message}");
    let post = "POST /api/sets HTTP/1.1\r\ncontent-length: 0\r\norigin:";
    for _ in 0..3 {
        let request = format!("{post} http://setroom.example.org");
        let (head, _) = ask(addr, &request, &"setroom.example.org");
        assert!(head.starts_with("HTTP/1.1 403"), "{head}");
    }
    let line = service.event("wrong_origin");
    let message = line["message"].as_str().unwrap();
    assert!(message.contains("(403)") && message.contains("scheme"), "{message}");
    assert_eq!(service.figure("setroom_http_misdirected_total{named=\"host\"}"), 3.0);
    assert_eq!(service.figure("setroom_http_misdirected_total{named=\"origin\"}"), 3.0);

    // Once each, and what was left out is counted.
    let (_, log) = service.stop();
    for event in ["wrong_host", "wrong_origin"] {
        let lines: Vec<_> = log.iter().filter(|line| line["event"] == event).collect();
        assert_eq!(lines.len(), 2, "{lines:?}");
        assert_eq!(lines[1]["left_out"], 2, "{lines:?}");
    }
}

#[test]
fn somebody_who_tries_other_names_is_no_news_while_others_get_through() {
    let folder = tempfile::tempdir().unwrap();
    let service = Service::start(folder.path(), &["--origin", "https://setroom.example.org"]);
    let addr = service.addr;
    let post = "POST /api/sets HTTP/1.1\r\ncontent-length: 0\r\norigin:";
    let right = format!("{post} https://setroom.example.org");
    assert!(ask(addr, &right, &"setroom.example.org").0.starts_with("HTTP/1.1 400"));
    assert!(ask(addr, "GET / HTTP/1.1", &"192.0.2.7").0.starts_with("HTTP/1.1 421"));
    let wrong = format!("{post} https://elsewhere.example.org");
    assert!(ask(addr, &wrong, &"setroom.example.org").0.starts_with("HTTP/1.1 403"));
    let (_, log) = service.stop();
    let wrong = log.iter().filter(|line| line["event"].as_str().unwrap().starts_with("wrong_"));
    assert_eq!(wrong.count(), 0, "{log:?}");
}
