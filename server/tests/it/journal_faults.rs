//! Writes that fail and processes that are killed: what was acknowledged stays.

use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Command, Stdio};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, mpsc};

use bytes::Bytes;
use setroom_server::journal::sqlite::{Fatal, SqliteOptions};
use setroom_server::journal::{AppendError, Journal, RoomKey, SqliteJournal};
use setroom_server::telemetry::Metrics;

use crate::journal_sqlite::{Disk, head};
#[cfg(target_os = "linux")]
use crate::support::shim::Switches;
use crate::support::writer::{Writer, append};

const ROOM: RoomKey = RoomKey([9; 16]);

/// One of the tests below, as a process of its own that works in `folder`.
fn child(mut command: Command, test: &str, folder: &Path) -> Command {
    command.args(["--exact", test, "--ignored", "--nocapture"]);
    command.env("FAILING_DISK_FOLDER", folder).stdin(Stdio::null());
    command
}

/// Runs it on a disk that fails a write after six were acknowledged: how it ended, and what it said.
#[cfg(target_os = "linux")]
fn with_failing_disk(test: &str, folder: &Path) -> (Option<i32>, String) {
    let disk = Switches::new();
    let mut command = child(Command::new(std::env::current_exe().unwrap()), test, folder);
    command.envs(disk.variables(folder)).stdout(Stdio::piped()).stderr(Stdio::null());
    let mut running = command.spawn().unwrap();
    let mut said = String::new();
    for line in BufReader::new(running.stdout.take().unwrap()).lines() {
        said.push_str(&line.unwrap());
        said.push('\n');
        if said.matches("acknowledged").count() == 6 {
            disk.set("broken", true);
        }
    }
    (running.wait().unwrap().code(), said)
}

// fault: F7 — a journal whose process is killed has every entry that was acknowledged
#[tokio::test]
async fn a_killed_process_loses_nothing_acknowledged() {
    let disk = Disk::new();
    let folder = disk.folder.path().join("data");
    let exe = Command::new(std::env::current_exe().unwrap());
    let mut command = child(exe, "journal_faults::child_appends_until_the_end", &folder);
    let mut running = command.stdout(Stdio::piped()).stderr(Stdio::null()).spawn().unwrap();
    let mut lines = BufReader::new(running.stdout.take().unwrap()).lines();
    let acknowledged = |line: std::io::Result<String>| line.unwrap().contains("acknowledged");
    let mut count = 0;
    while count < 100 {
        count += u64::from(acknowledged(lines.next().expect("it still runs")));
    }
    running.kill().unwrap();
    running.wait().unwrap();
    count += lines.map(acknowledged).map(u64::from).sum::<u64>();
    let entries = disk.open().follow(ROOM).await.unwrap().entries;
    let after = entries.len() as u64 - count;
    assert!(after <= 1, "{} stored, {count} acknowledged", entries.len());
}

#[cfg(target_os = "linux")]
// fault: F11 — a write that fails ends the process, and what was acknowledged is there after
#[tokio::test]
async fn a_failed_write_ends_the_process_and_loses_nothing_acknowledged() {
    let disk = Disk::new();
    let folder = disk.folder.path().join("data");
    let (code, said) = with_failing_disk("journal_faults::child_appends_until_the_end", &folder);
    assert_eq!(code, Some(1), "{said}");
    let acknowledged = said.lines().filter(|line| line.contains("acknowledged")).count();
    assert!(acknowledged > 5, "{said}");
    let entries = disk.open().follow(ROOM).await.unwrap().entries;
    let after = entries.len() - acknowledged;
    assert!(after <= 1, "one may have been written without an answer");
}

#[cfg(target_os = "linux")]
#[test]
fn a_failed_write_is_unknown_to_its_writer() {
    let disk = Disk::new();
    let folder = disk.folder.path().join("data");
    let (code, said) = with_failing_disk("journal_faults::child_sees_unknown", &folder);
    assert!(code == Some(0) && said.contains("1 passed"), "{said}");
}

#[tokio::test]
#[ignore = "run by the test above, under a limit"]
async fn child_appends_until_the_end() {
    let mut config = crate::support::test_config();
    config.journal = setroom_server::config::JournalKind::Sqlite;
    config.limits.journal_reserve_mib = 1;
    config.data = std::env::var_os("FAILING_DISK_FOLDER").unwrap().into();
    let server = setroom_server::Server::system().start(config).await.unwrap();
    let journal = &server.state().journal;
    let mut writer = Writer::of(journal.as_ref(), &ROOM).await.unwrap();
    for at in 0..10_000 {
        let bytes = Bytes::from(vec![0; 3000]);
        writer.send(head(at), 1, bytes, false);
        if writer.outcome(1).await.is_some_and(|outcome| outcome.is_ok()) {
            println!("acknowledged {at}");
        }
    }
}

#[tokio::test]
#[ignore = "run by the test above, under a limit"]
async fn child_sees_unknown() {
    let (told, fatal) = mpsc::channel();
    let called = Arc::new(AtomicBool::new(false));
    let seen = Arc::clone(&called);
    let options = SqliteOptions {
        folder: std::env::var_os("FAILING_DISK_FOLDER").unwrap().into(),
        max_bytes: None,
        reserve_bytes: 0,
        fatal: Fatal::new(move |what| {
            assert!(!seen.swap(true, Ordering::SeqCst), "once is enough");
            told.send(what.to_owned()).unwrap();
        }),
    };
    let journal = SqliteJournal::open(&options, Metrics::new()).unwrap();
    let mut at = 0;
    let mut writer = Writer::of(&journal, &ROOM).await.unwrap();
    let end = loop {
        writer.send(head(at), 1, Bytes::from(vec![0; 3000]), false);
        match writer.outcome(1).await {
            Some(Ok(seq)) => {
                at = seq;
                println!("acknowledged {at:?}");
            }
            other => break other,
        }
    };
    assert_eq!(end, None, "nobody knows, so nothing is said, and the tail closes");
    assert!(called.load(Ordering::SeqCst));
    assert!(fatal.recv().unwrap().contains("could not be written"));
    let refused = append(&journal, &ROOM, head(at), 1, Bytes::new()).await;
    assert_eq!(refused, Err(AppendError::Busy), "nothing goes on after that");
}
