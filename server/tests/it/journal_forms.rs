//! Journals that older programs wrote: each form ever shipped is kept as a file, and always opens.
//!
//! The files lie in `tests/data/journal` and are never written again. Each holds a set that was
//! closed (a snapshot), a set in the middle of things (entries), and one that was erased.

use std::fs;
use std::path::Path;

use rusqlite::Connection;
use setroom_protocol::{Entry, Room, Seq, SetId};
use setroom_server::journal::sqlite::{DATABASE_FILE, Fatal, SqliteOptions};
use setroom_server::journal::{
    Branch, FollowError, Followed, Head, Journal, RoomKey, SqliteJournal,
};
use setroom_server::telemetry::Metrics;

use crate::maintenance::on;
use crate::support::soon;
use crate::support::writer::append;

/// What a file holds.
struct Form {
    name: &'static str,
    /// The set that was closed, and the place of its snapshot.
    closed: (&'static str, u64),
    /// The set in the middle, and its entries.
    open: (&'static str, u64),
    erased: &'static str,
}

const FORMS: [Form; 2] = [
    Form {
        name: "form1.sqlite3",
        closed: ("FLcg-8PNt5H82nR2ZFebnw", 303),
        open: ("JGMFlQLs5kvOC_PNtJmN4g", 19),
        erased: "Yvm3qcGgk9quQM0MHERQbA",
    },
    Form {
        name: "form2.sqlite3",
        closed: ("ZtVRvCvE1Ae8iinu-FEmFw", 347),
        open: ("DUHoZD7hBOAdKEfhP8NxqA", 17),
        erased: "uein7lpVaCB-Uv1wUaNOFg",
    },
];

fn key(set: &str) -> RoomKey {
    RoomKey(*set.parse::<SetId>().unwrap().as_bytes())
}

fn open(data: &Path) -> SqliteJournal {
    let fatal = Fatal::new(|what| panic!("the journal gave up: {what}"));
    let options =
        SqliteOptions { folder: data.to_owned(), max_bytes: None, reserve_bytes: 0, fatal };
    SqliteJournal::open(&options, Metrics::new()).unwrap()
}

/// The room that a log comes to.
fn replayed(followed: &Followed) -> Room {
    let mut room =
        followed.snapshot.as_ref().map(|snapshot| Room::from_snapshot(&snapshot.bytes).unwrap());
    for entry in &followed.entries {
        for record in &Entry::decode(&entry.bytes).unwrap().records {
            match &mut room {
                Some(room) => room.apply(record),
                None => room = Room::found(record),
            }
        }
    }
    let room = room.unwrap();
    assert_eq!(room.faults(), Vec::<String>::new());
    room
}

#[tokio::test]
async fn every_form_ever_shipped_opens_and_goes_on() {
    for form in FORMS {
        let folder = tempfile::tempdir().unwrap();
        let data = folder.path().join("data");
        let stored =
            Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data/journal").join(form.name);
        fs::create_dir(&data).unwrap();
        fs::copy(&stored, data.join(DATABASE_FILE)).unwrap();
        // Looking at it changes nothing.
        let (code, out, err) = on(&data, &["journal", "verify"]);
        assert_eq!(code, Some(0), "{}: {out}{err}", form.name);
        assert!(out.starts_with("Sound: 2 sets with ") && out.contains("1 erased"), "{out}");
        let (code, out, _) = on(&data, &["journal", "export", form.open.0]);
        assert_eq!((code, out.lines().count() as u64), (Some(0), form.open.1 + 3));
        assert_eq!(fs::read(data.join(DATABASE_FILE)).unwrap(), fs::read(&stored).unwrap());

        let journal = open(&data);
        let closed = soon(journal.follow(key(form.closed.0))).await.unwrap();
        assert_eq!(closed.snapshot.as_ref().unwrap().at.stored, form.closed.1);
        assert!(replayed(&closed).meeting().receipt.is_some());
        let followed = soon(journal.follow(key(form.open.0))).await.unwrap();
        assert_eq!(followed.entries.len() as u64, form.open.1);
        let room = replayed(&followed);
        assert_eq!(room.set().to_string(), form.open.0);
        assert!(room.seq() >= Seq(form.open.1));
        assert_ne!(followed.branch, Branch::default(), "it stands on a branch from now on");
        let gone = soon(journal.follow(key(form.erased))).await.unwrap_err();
        assert_eq!(gone, FollowError::Gone);
        let (stored, accepted) = (form.open.1, form.open.1);
        let bytes = followed.entries[0].bytes.clone();
        let head = Head { stored, accepted };
        let seq = append(&journal, &key(form.open.0), head, 1, bytes).await.unwrap();
        assert_eq!(seq, form.open.1 + 1);
        soon(journal.close()).await;

        let again = open(&data);
        let kept = soon(again.follow(key(form.open.0))).await.unwrap();
        assert_eq!((kept.branch, kept.entries.len() as u64), (followed.branch, seq));
        soon(again.close()).await;
    }
}

#[test]
fn there_is_a_file_of_every_form_up_to_the_one_that_is_written() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("data");
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    runtime.block_on(async { open(&data).close().await });
    let form = |file: &Path| -> i64 {
        let file = Connection::open(file).unwrap();
        file.query_row("PRAGMA user_version", [], |row| row.get(0)).unwrap()
    };
    let written = form(&data.join(DATABASE_FILE));
    let mut kept: Vec<i64> = FORMS
        .iter()
        .map(|at| Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data/journal").join(at.name))
        .map(|stored| {
            let copy = folder.path().join("copy");
            fs::copy(stored, &copy).unwrap();
            form(&copy)
        })
        .collect();
    kept.sort_unstable();
    assert!(kept.into_iter().eq(1..=written), "a form that was shipped has no file");
}
