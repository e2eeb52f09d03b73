//! Writes that fail and processes that are killed: what was acknowledged stays.

use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Command, Output, Stdio};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, mpsc};

use bytes::Bytes;
use setroom_server::journal::sqlite::{Fatal, SqliteOptions};
use setroom_server::journal::{AppendError, Journal, RoomKey, SqliteJournal};
use setroom_server::telemetry::Metrics;

use crate::journal_sqlite::{Disk, head};
use crate::support::writer::{Writer, append};

const ROOM: RoomKey = RoomKey([9; 16]);

/// One of the tests below, as a process of its own that works in `folder`.
fn child(mut command: Command, test: &str, folder: &Path) -> Command {
    command.args(["--exact", test, "--ignored", "--nocapture"]);
    command.env("FAILING_DISK_FOLDER", folder).stdin(Stdio::null());
    command
}

/// Runs it with files that cannot grow past 2 MiB: the system then fails its writes for real.
#[cfg(unix)]
fn with_failing_disk(test: &str, folder: &Path) -> Output {
    let limited = "trap '' XFSZ; ulimit -f 4096; exec \"$0\" \"$@\"";
    let mut shell = Command::new("sh");
    shell.args(["-c", limited]).arg(std::env::current_exe().unwrap());
    child(shell, test, folder).output().unwrap()
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

#[cfg(unix)]
// fault: F11 — a write that fails ends the process, and what was acknowledged is there after
#[tokio::test]
async fn a_failed_write_ends_the_process_and_loses_nothing_acknowledged() {
    let disk = Disk::new();
    let folder = disk.folder.path().join("data");
    let output = with_failing_disk("journal_faults::child_appends_until_the_end", &folder);
    let said = String::from_utf8_lossy(&output.stdout).into_owned();
    assert_eq!(output.status.code(), Some(1), "{said}");
    let acknowledged = said.lines().filter(|line| line.contains("acknowledged")).count();
    assert!(acknowledged > 5, "{said}");
    let entries = disk.open().follow(ROOM).await.unwrap().entries;
    let after = entries.len() - acknowledged;
    assert!(after <= 1, "one may have been written without an answer");
}

#[cfg(unix)]
#[test]
fn a_failed_write_is_unknown_to_its_writer() {
    let disk = Disk::new();
    let folder = disk.folder.path().join("data");
    let output = with_failing_disk("journal_faults::child_sees_unknown", &folder);
    let said = String::from_utf8_lossy(&output.stdout).into_owned();
    assert!(output.status.success() && said.contains("1 passed"), "{said}");
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
            Some(Ok(seq)) => at = seq,
            other => break other,
        }
    };
    assert_eq!(end, None, "nobody knows, so nothing is said, and the tail closes");
    assert!(called.load(Ordering::SeqCst));
    assert!(fatal.recv().unwrap().contains("could not be written"));
    let refused = append(&journal, &ROOM, head(at), 1, Bytes::new()).await;
    assert_eq!(refused, Err(AppendError::Busy), "nothing goes on after that");
}
