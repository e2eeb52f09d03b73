//! The commands that look after a journal: checking, reading out, erasing.

use std::fs;
use std::path::{Path, PathBuf};

use rusqlite::Connection;
use serde_json::Value;
use setroom_client::{Client, ClientError, Links, create_set};
use setroom_protocol::{Command, Mode, SetId, TextKind};
use setroom_server::journal::sqlite::DATABASE_FILE;

use crate::support::canaries::Canary;
use crate::support::people::rng;
use crate::support::process::{Process, run};

/// A data folder that the program has worked in.
pub(crate) struct Place {
    pub(crate) folder: tempfile::TempDir,
}

/// A set that lives there, with its host.
pub(crate) struct Kept {
    pub(crate) links: Links,
    pub(crate) host: Client,
}

impl Place {
    pub(crate) fn new() -> Self {
        Self { folder: tempfile::tempdir().unwrap() }
    }

    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    pub(crate) fn data(&self) -> PathBuf {
        self.path("data")
    }

    pub(crate) fn start(&self) -> Process {
        Process::start(&self.data(), &self.path("log"))
    }

    /// Runs a command on this folder: exit status, standard output, standard error.
    pub(crate) fn run(&self, words: &[&str]) -> (Option<i32>, String, String) {
        on(&self.data(), words)
    }

    pub(crate) fn database(&self) -> PathBuf {
        self.data().join(DATABASE_FILE)
    }

    /// Everything in the files of the data folder.
    fn bytes(&self) -> Vec<u8> {
        let files = fs::read_dir(self.data()).unwrap().map(|file| file.unwrap().path());
        files.filter(|path| path.is_file()).flat_map(|path| fs::read(path).unwrap()).collect()
    }
}

/// Runs a command on a data folder.
pub(crate) fn on(data: &Path, words: &[&str]) -> (Option<i32>, String, String) {
    run(&[words, &["--data", data.to_str().unwrap()]].concat())
}

/// A new set, in which the host writes a title and a charter.
pub(crate) async fn a_set(process: &Process, seed: u64) -> Kept {
    let dial = &process.dial;
    let links = create_set(dial, "short_90", "classic", Mode::Set, &mut rng(seed)).await.unwrap();
    let mut host =
        Client::host(dial, &links, "canaryTitle", "canaryName", rng(seed + 1)).await.unwrap();
    let (_, answer) = host.put(TextKind::Charter, "canaryCharter", None).await.unwrap();
    assert!(answer.done().is_some());
    for on in [true, false] {
        host.must("the lock", Command::Lock { on }).await.unwrap();
    }
    Kept { links, host }
}

fn id(set: SetId) -> String {
    set.to_string()
}

/// Exit status and words of a command that could not be carried out.
fn not_done((code, out, err): (Option<i32>, String, String)) -> String {
    assert_eq!((code, out.as_str()), (Some(2), ""), "{err}");
    assert_eq!(err.lines().count(), 1, "one sentence: {err}");
    err
}

// fault: F12 — every row that is not what was written is named, and its neighbours are not
#[tokio::test]
async fn every_fault_is_named_and_a_sound_journal_is_said_to_be_sound() {
    let place = Place::new();
    let err = not_done(place.run(&["journal", "verify"]));
    assert!(err.contains("there is no journal in"), "{err}");
    assert!(!place.data().exists(), "looking makes nothing");
    let process = place.start();
    let (one, two) = (a_set(&process, 1).await, a_set(&process, 3).await);
    let err = not_done(place.run(&["journal", "verify"]));
    let expected = format!("in use by process {}: stop it first, or verify a copy", process.id());
    assert!(err.contains(&expected), "{err}");
    process.kill();

    let (code, out, err) = place.run(&["journal", "verify"]);
    assert_eq!((code, err.as_str()), (Some(0), ""), "{out}");
    assert!(out.starts_with("Sound: 2 sets with ") && out.lines().count() == 1, "{out}");

    let database = Connection::open(place.database()).unwrap();
    let rows = |set: &Kept| {
        let of = "SELECT count(*) FROM entry WHERE room = ?";
        database.query_row(of, [set.links.set().as_bytes()], |row| row.get::<_, i64>(0)).unwrap()
    };
    let (rows, others) = (rows(&one), rows(&two));
    assert!(rows >= 6, "{rows}");
    let tamper = |sql: &str| {
        database.execute(sql, [one.links.set().as_bytes()]).unwrap();
    };
    tamper("UPDATE entry SET bytes = x'00' WHERE seq = 2 AND room = ?");
    tamper("UPDATE entry SET form = 9 WHERE seq = 3 AND room = ?");
    tamper("DELETE FROM entry WHERE seq = 4 AND room = ?");
    tamper("UPDATE entry SET chain = zeroblob(32) WHERE seq = 6 AND room = ?");
    tamper("INSERT INTO tombstone SELECT zeroblob(16) WHERE length(?) = 16");
    drop(database);
    let (code, out, err) = place.run(&["journal", "verify"]);
    assert_eq!(code, Some(1), "{out}{err}");
    let set = id(one.links.set());
    let mut expected = vec![
        format!("set {set}, entry 2: the checksum does not match"),
        format!("set {set}, entry 3: row form 9 is not known"),
        format!("set {set}, entry 4: missing, up to entry 4"),
        format!("set {set}, entry 6: the chain is broken: this is not the row that stood here"),
    ];
    if rows > 6 {
        let next = "the chain is broken: this is not the row that stood here";
        expected.push(format!("set {set}, entry 7: {next}"));
    }
    let sound = rows - 3 + others;
    let faults = expected.len();
    expected.push(format!(
        "Damaged, {faults} faults: 2 sets with {sound} entries and 0 snapshots; 1 erased."
    ));
    assert_eq!(out.lines().collect::<Vec<_>>(), expected);
    assert!(err.contains("sets with faults do not open; the others do"), "{err}");

    fs::write(place.database(), b"this is no database, and it is long enough to be one".repeat(99))
        .unwrap();
    let (code, out, _) = place.run(&["journal", "verify"]);
    assert_eq!(code, Some(1), "{out}");
    assert!(out.starts_with("file: "), "{out}");
}

#[tokio::test]
async fn a_set_is_read_out_as_lines_of_json_and_what_is_sealed_stays_sealed() {
    let place = Place::new();
    let process = place.start();
    let (one, two) = (a_set(&process, 1).await, a_set(&process, 3).await);
    // Beside a running service.
    let set = id(one.links.set());
    let (code, out, err) = place.run(&["journal", "export", &set]);
    assert_eq!((code, err.as_str()), (Some(0), ""));
    let lines: Vec<Value> = out.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let kinds: Vec<_> = lines.iter().map(|line| line["line"].as_str().unwrap()).collect();
    assert_eq!(kinds[..3], ["export", "set", "entry"]);
    assert_eq!(kinds.last(), Some(&"end"));
    assert_eq!((&lines[0]["form"], &lines[0]["journal"]), (&1.into(), &2.into()));
    assert_eq!(lines[1]["set"].as_str(), Some(set.as_str()));
    assert_eq!(lines[2]["content"]["records"][0]["c"], "founded");
    let seqs: Vec<_> = lines.iter().filter_map(|line| line["seq"].as_u64()).collect();
    assert!(seqs.iter().copied().eq(1..=seqs.len() as u64), "{seqs:?}");
    for word in ["canaryTitle", "canaryName", "canaryCharter"] {
        assert!(!Canary::word(word).is_in(out.as_bytes()), "{word}");
    }
    let (_, item) = one.host.shared().unwrap().items.into_iter().next().unwrap();
    assert!(out.contains(item.sealed.as_str()), "its box is there");

    let file = place.path("all.jsonl");
    let name = file.to_str().unwrap();
    assert_eq!(place.run(&["journal", "export", "--to", name]).0, Some(0));
    let all = fs::read_to_string(&file).unwrap();
    assert!(all.contains(&set) && all.contains(&id(two.links.set())));
    let err = not_done(place.run(&["journal", "export", "--to", name]));
    assert!(err.contains("exists"), "{err}");
    let err = not_done(place.run(&["journal", "export", "AAAAAAAAAAAAAAAAAAAAAA"]));
    assert!(err.contains("there is no set AAAAAAAAAAAAAAAAAAAAAA"), "{err}");
    process.kill();
}

#[tokio::test]
async fn an_erased_set_is_gone_from_the_files_and_there_is_a_receipt() {
    let place = Place::new();
    let process = place.start();
    let (mut one, mut two) = (a_set(&process, 1).await, a_set(&process, 3).await);
    let set = id(one.links.set());
    let err = not_done(place.run(&["journal", "erase", &set]));
    assert!(err.contains(&format!("process {}: stop it, erase, and", process.id())), "{err}");
    process.kill();
    let sealed = |kept: &Kept| {
        let items = kept.host.shared().unwrap().items.into_values();
        items.map(|item| Canary::exact("a box", item.sealed.as_str())).collect::<Vec<_>>()
    };
    let (gone, stays) = (sealed(&one), sealed(&two));
    let before = place.bytes();
    assert!(gone.len() >= 3 && gone.iter().all(|canary| canary.is_in(&before)));

    let (code, out, err) = place.run(&["journal", "erase", &set]);
    assert_eq!((code, err.as_str()), (Some(0), ""), "{out}");
    assert!(out.starts_with(&format!("Set {set} was erased at 2")), "{out}");
    assert!(out.contains(" pieces of it; found: 0."), "{out}");
    let after = place.bytes();
    assert!(gone.iter().all(|canary| !canary.is_in(&after)), "something is left");
    assert!(stays.iter().all(|canary| canary.is_in(&after)), "the other set is whole");
    let (code, out, _) = place.run(&["journal", "verify"]);
    assert_eq!(code, Some(0), "{out}");
    assert!(out.starts_with("Sound: 1 sets with ") && out.contains("1 erased"), "{out}");
    assert_eq!(place.run(&["journal", "erase", &set]).0, Some(0), "twice is harmless");
    let err = not_done(place.run(&["journal", "erase", "AAAAAAAAAAAAAAAAAAAAAA"]));
    assert!(err.contains("there is no set"), "{err}");

    let process = place.start();
    for kept in [&mut one, &mut two] {
        kept.host.redial(&process.dial);
        kept.host.cut();
    }
    two.host.come_back().await.unwrap();
    let ended = one.host.come_back().await.unwrap_err();
    let ClientError::Ended(ended) = ended else { panic!("{ended:?}") };
    assert_eq!(crate::support::people::closed(&ended), 4401);
    process.kill();
}
