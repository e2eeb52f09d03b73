//! Disks that are full, that fail, and that give back something else, under the program itself.

use std::fs;

use rand::RngExt as _;
use setroom_client::{Answer, ClientError, create_set};
use setroom_protocol::{CloseCode, Code, Command as Wish, Mode, Seq, TextKind};

use crate::journal_share::{goes_where_texts_stay, writes};
use crate::maintenance::{Kept, Place, a_set};
use crate::restore::member;
use crate::support::disk::SmallDisk;
use crate::support::people::{rng, snapshot};
use crate::support::process::{Process, setroom, unset};
use crate::support::shim::Switches;
use crate::support::soon;

const NOT_SAVED: Answer = Answer::Refused { code: Code::NotSaved, temporary: true };

/// Asks until the room says that nothing can be written; gives the command that it said so of.
async fn until_not_saved(kept: &mut Kept) -> (setroom_protocol::CommandId, Seq, Wish) {
    for n in 0..200 {
        let (cid, seen) = (kept.host.fresh_cid(), kept.host.model().seq());
        let wish = Wish::Lock { on: n % 2 == 0 };
        kept.host.ask(cid, seen, wish.clone()).await.unwrap();
        let answer = kept.host.answer_to(cid).await.unwrap();
        if answer == NOT_SAVED {
            return (cid, seen, wish);
        }
        assert!(answer.done().is_some(), "{answer:?}");
    }
    panic!("the disk is full, and everything is written");
}

/// A disk that is full for a while, under a service with two sets.
async fn a_full_disk(process: &Process, full: &dyn Fn(bool)) -> [Kept; 2] {
    let (mut one, mut two) = (a_set(process, 1).await, a_set(process, 3).await);
    let mut ben = member(&mut one, process, "Ben", 10).await;
    one.host.catch_up(ben.model().seq()).await.unwrap();
    full(true);
    let mut asked = Vec::new();
    for kept in [&mut one, &mut two] {
        let before = until_not_saved(kept).await;
        assert_eq!(kept.host.model().seq(), before.1, "nothing of it is seen");
        asked.push(before);
    }
    // Reading goes on: whoever comes back sees the room, and nobody is thrown out.
    ben.cut();
    ben.come_back().await.unwrap();
    ben.catch_up(asked[0].1).await.unwrap();
    assert_eq!(ben.model().shared_value(), one.host.model().shared_value());
    let founded = create_set(&process.dial, "short_90", "classic", Mode::Set, &mut rng(77)).await;
    assert!(founded.is_err(), "no set is made that is not written down");
    assert_eq!(process.status("/healthz").await, 200);
    let ready = async |wanted: u16| {
        while process.status("/readyz").await != wanted {
            tokio::task::yield_now().await;
        }
    };
    soon(ready(503)).await;
    full(false);
    soon(ready(200)).await;
    // The very same commands again, as every client sends them.
    for (kept, (cid, seen, wish)) in [&mut one, &mut two].into_iter().zip(asked) {
        kept.host.ask(cid, seen, wish).await.unwrap();
        let answer = kept.host.answer_to(cid).await.unwrap();
        assert_eq!(answer.done(), Some(seen.next()), "done now, and once");
    }
    assert!(
        create_set(&process.dial, "short_90", "classic", Mode::Set, &mut rng(77)).await.is_ok()
    );
    [one, two]
}

/// After a kill everything that was ticked is there.
async fn all_is_there(process: &Process, sets: &mut [Kept]) {
    for kept in sets {
        let before = (kept.host.model().seq(), kept.host.model().shared_value().clone());
        kept.host.redial(&process.dial);
        let (seq, shared, _) = snapshot(&process.dial, &kept.host).await;
        assert_eq!((seq, shared), before);
    }
}

// fault: F10 — a full disk refuses commands as not saved, shows what is there, and recovers
#[tokio::test]
async fn while_the_disk_is_full_nothing_is_ticked_and_nobody_is_thrown_out() {
    // The disk is full, its owner has had all that they may, or the file may not grow.
    for why in ["full", "quota", "too_big"] {
        let place = Place::new();
        let disk = Switches::new();
        let mut command = setroom(&[]);
        command.envs(disk.variables(&place.data()));
        let process = Process::start_by(command, &place.data(), &place.path("log"));
        let mut sets = Box::pin(a_full_disk(&process, &|full| disk.set(why, full))).await;
        process.kill();
        let process = place.start();
        all_is_there(&process, &mut sets).await;
        process.kill();
        let (code, out, _) = place.run(&["journal", "verify"]);
        assert_eq!(code, Some(0), "{why}: {out}");
    }
}

#[tokio::test]
async fn a_full_disk_is_said_a_few_times_and_counted_each_time() {
    let place = Place::new();
    let disk = Switches::new();
    let mut command = setroom(&[]);
    command.envs(disk.variables(&place.data()));
    let process = Process::start_by(command, &place.data(), &place.path("log"));
    let mut sets = [a_set(&process, 1).await, a_set(&process, 3).await];
    disk.set("full", true);
    let (mut refused, mut pressed) = (0, 0);
    while refused < 200 {
        for kept in &mut sets {
            pressed += 1;
            let (cid, seen) = (kept.host.fresh_cid(), kept.host.model().seq());
            kept.host.ask(cid, seen, Wish::Lock { on: pressed % 2 == 0 }).await.unwrap();
            let answer = kept.host.answer_to(cid).await.unwrap();
            refused += u32::from(answer == NOT_SAVED);
        }
        assert!(pressed < 2_000, "the disk is full, and everything is written");
    }
    let figures = String::from_utf8(process.figures().await).unwrap();
    let counted = format!("setroom_room_not_saved_total {refused}");
    assert!(figures.lines().any(|line| line == counted), "{counted} is not in\n{figures}");
    let log = String::from_utf8(process.logged()).unwrap();
    let warnings: Vec<_> = log.lines().filter(|line| line.contains("\"level\":\"WARN\"")).collect();
    assert!(warnings.iter().any(|line| line.contains("\"event\":\"not_saved\"")), "{log}");
    // Of a few kinds, one each; the test may take longer than a minute.
    assert!(warnings.len() <= 20, "{} warnings: {warnings:#?}", warnings.len());
    process.kill();
}

// fault: F10 — the same on a real file system that is really full
#[tokio::test]
async fn on_a_small_disk_that_is_really_full_it_is_the_same() {
    let place = Place::new();
    let test = "on_a_small_disk_that_is_really_full_it_is_the_same";
    let Some(disk) = SmallDisk::mount(&place.data(), 10, test) else { return };
    let process = Process::start_by(disk.setroom(), &place.data(), &place.path("log"));
    let sets = Box::pin(a_full_disk(&process, &|full| disk.fill(full))).await;
    assert!(sets.iter().all(|kept| kept.host.model().seq().0 > 5));
    let log = String::from_utf8(process.logged()).unwrap();
    let lines = |event: &str| log.matches(&format!("\"event\":\"{event}\"")).count();
    // Once that it is full, and one line a minute of each room, however much was refused there.
    assert_eq!([lines("journal_full"), lines("not_saved"), lines("journal_busy")], [1, 2, 0]);
    process.kill();
}

async fn ready(process: &Process) {
    while process.status("/readyz").await != 200 {
        tokio::task::yield_now().await;
    }
}

// fault: F10 — on a full disk whatever makes room or lets somebody out is written all the same
#[tokio::test]
async fn on_a_full_disk_people_leave_meetings_are_closed_and_sets_erased() {
    let place = Place::new();
    let test = "on_a_full_disk_people_leave_meetings_are_closed_and_sets_erased";
    let Some(disk) = SmallDisk::mount(&place.data(), 10, test) else { return };
    let start = || Process::start_by(disk.setroom(), &place.data(), &place.path("log"));
    let process = start();
    let (mut one, mut two) = (a_set(&process, 1).await, a_set(&process, 3).await);
    let mut cleo = member(&mut one, &process, "Cleo", 11).await;
    one.host.must("the start", Wish::Start).await.unwrap();
    let items = one.host.shared().unwrap().items;
    let (item, _) = items.into_iter().find(|(_, it)| it.kind == TextKind::Charter).unwrap();
    disk.fill(true);
    until_not_saved(&mut one).await;
    assert_eq!(process.problem("/readyz").await, (503, "disk_full".to_owned()));
    one.host.must("taking back", Wish::WithdrawItem { item }).await.unwrap();
    let (cid, seen) = (cleo.fresh_cid(), cleo.model().seq());
    cleo.ask(cid, seen, Wish::Leave).await.unwrap();
    assert_eq!(cleo.until_ended().await.unwrap().close_code(), Some(CloseCode::NotAllowed));
    one.host.must("the close", Wish::Close).await.unwrap();
    // That has made room, so everything is written again.
    soon(ready(&process)).await;
    assert!(String::from_utf8(process.logged()).unwrap().contains("\"meeting_erased\""));
    process.kill();

    // The program starts on a full disk, and a whole set can be erased from outside.
    disk.fill(true);
    let process = start();
    two.host.redial(&process.dial);
    two.host.cut();
    two.host.come_back().await.unwrap();
    until_not_saved(&mut two).await;
    assert_eq!(process.problem("/readyz").await, (503, "disk_full".to_owned()));
    process.kill();
    let mut erase = disk.setroom();
    erase.args(["journal", "erase", &two.links.set().to_string(), "--data"]).arg(place.data());
    let done = erase.output().unwrap();
    let out = String::from_utf8([done.stdout, done.stderr].concat()).unwrap();
    assert!(done.status.success() && out.contains("found: 0."), "{out}");
    let process = start();
    one.host.cut();
    one.host.redial(&process.dial);
    one.host.come_back().await.unwrap();
    disk.fill(false);
    soon(ready(&process)).await;
    assert!(
        create_set(&process.dial, "short_90", "classic", Mode::Set, &mut rng(77)).await.is_ok()
    );
    process.kill();
}

/// Sets in a part in which texts are written that stay.
async fn in_meetings(process: &Process, count: u64) -> Vec<Kept> {
    let mut sets = Vec::new();
    for n in 0..count {
        let mut kept = a_set(process, 1 + 2 * n).await;
        goes_where_texts_stay(&mut kept.host).await;
        sets.push(kept);
    }
    sets
}

/// Writes such texts in all of them by turns, until one is refused; how many were written.
async fn write_until_not_saved(sets: &mut [Kept]) -> usize {
    for written in 0..100 * sets.len() {
        let of = written % sets.len();
        let answer = writes(&mut sets[of].host).await;
        if answer.done().is_none() {
            assert_eq!(answer, NOT_SAVED);
            return written;
        }
    }
    panic!("everything is written, so nothing is full");
}

// fault: F10 — also where the journal takes the last byte, so that nothing comes from outside
#[tokio::test]
async fn a_disk_that_the_journal_fills_recovers_when_meetings_are_closed() {
    let place = Place::new();
    let test = "a_disk_that_the_journal_fills_recovers_when_meetings_are_closed";
    let Some(disk) = SmallDisk::mount(&place.data(), 20, test) else { return };
    let process = Process::start_by(disk.setroom(), &place.data(), &place.path("log"));
    let mut sets = in_meetings(&process, 8).await;
    // Others take, for good, what these sets were promised.
    disk.leave(2 << 20);
    let written = write_until_not_saved(&mut sets).await;
    assert!(written > 100, "{written}");
    assert_eq!(process.problem("/readyz").await, (503, "disk_full".to_owned()));
    let (closed, open) = sets.split_at_mut(6);
    for kept in closed {
        kept.host.must("the close", Wish::Close).await.unwrap();
    }
    soon(ready(&process)).await;
    for n in 0..20 {
        let answer = writes(&mut open[n % 2].host).await;
        assert!(answer.done().is_some(), "{n}: {answer:?}");
    }
    all_is_there(&process, open).await;
    process.kill();
}

/// A command of which no file may be longer than so many blocks of 512 bytes.
fn limited(blocks: u32) -> std::process::Command {
    let program = setroom(&[]);
    let mut command = unset(std::process::Command::new("sh"));
    command.args(["-c", &format!("ulimit -f {blocks}; exec \"$0\" \"$@\"")]);
    command.arg(program.get_program()).stdin(std::process::Stdio::null());
    command.env("SETROOM_LIMITS_JOURNAL_RESERVE_MIB", "1");
    command
}

// fault: F10 — where the system lets no file grow on, that is a full disk too, and no end
#[tokio::test]
async fn a_file_that_may_not_grow_is_a_full_disk() {
    let place = Place::new();
    // Room for what is kept back, and less than four sets may take.
    let process = Process::start_by(limited(3400), &place.data(), &place.path("log"));
    let mut sets = in_meetings(&process, 4).await;
    write_until_not_saved(&mut sets).await;
    assert_eq!(process.problem("/readyz").await, (503, "disk_full".to_owned()));
    all_is_there(&process, &mut sets).await;
    process.kill();
    let process = place.start();
    all_is_there(&process, &mut sets).await;
    process.kill();
}

// fault: F10 — a sync that finds no room ends the process, and the next one has what was kept back
#[tokio::test]
async fn a_sync_that_finds_no_room_gives_up_what_was_kept_back() {
    let place = Place::new();
    let disk = Switches::new();
    let mut command = setroom(&[]);
    command.envs(disk.variables(&place.data()));
    let mut process = Process::start_by(command, &place.data(), &place.path("log"));
    let mut kept = a_set(&process, 1).await;
    let reserve = place.data().join("reserve");
    assert!(reserve.exists());
    let (cid, seen) = (kept.host.fresh_cid(), kept.host.model().seq());
    disk.set("late", true);
    kept.host.ask(cid, seen, Wish::Lock { on: true }).await.unwrap();
    assert!(kept.host.answer_to(cid).await.is_err());
    assert_eq!(process.ended(), Some(1));
    assert!(!reserve.exists());
}

// fault: F11 — an error of the disk while syncing ends the process; what was ticked is there after
#[tokio::test]
async fn an_error_while_syncing_ends_the_process_and_nothing_ticked_is_lost() {
    let place = Place::new();
    let disk = Switches::new();
    let mut command = setroom(&[]);
    command.envs(disk.variables(&place.data()));
    let mut process = Process::start_by(command, &place.data(), &place.path("log"));
    let mut sets = [a_set(&process, 1).await, a_set(&process, 3).await];
    let (cid, seen) = (sets[0].host.fresh_cid(), sets[0].host.model().seq());
    disk.set("eio", true);
    sets[0].host.ask(cid, seen, Wish::Lock { on: true }).await.unwrap();
    let answer = sets[0].host.answer_to(cid).await;
    assert!(answer.is_err(), "nothing is answered that nobody knows: {answer:?}");
    assert_eq!(process.ended(), Some(1));
    let log = String::from_utf8(process.logged()).unwrap();
    assert!(log.contains("\"event\":\"journal_fatal\""), "{log}");
    drop(process);

    let process = place.start();
    for kept in &mut sets {
        let before = kept.host.model().seq();
        kept.host.cut();
        kept.host.redial(&process.dial);
        kept.host.come_back().await.unwrap();
        assert!(kept.host.model().seq() >= before && !kept.host.model().restored);
    }
    // What was asked may have been written or not; asked again it is done once.
    let host = &mut sets[0].host;
    host.ask(cid, seen, Wish::Lock { on: true }).await.unwrap();
    assert_eq!(host.answer_to(cid).await.unwrap().done(), Some(seen.next()));
    process.kill();
    let (code, out, _) = place.run(&["journal", "verify"]);
    assert_eq!(code, Some(0), "{out}");
}

// fault: F12 — a set whose stored bytes were changed does not open and says so; others open
#[tokio::test]
async fn one_flipped_bit_shuts_one_set_and_is_named() {
    let place = Place::new();
    let process = place.start();
    let mut sets = [a_set(&process, 1).await, a_set(&process, 3).await];
    process.kill();
    // Into the main file, and without a log.
    assert_eq!(place.run(&["journal", "erase", &sets[1].links.set().to_string()]).0, Some(0));
    let process = place.start();
    sets[1] = a_set(&process, 5).await;
    process.kill();
    let process = place.start();
    process.kill();
    let (_, item) = sets[0].host.shared().unwrap().items.into_iter().next().unwrap();
    let canary = item.sealed.as_str().as_bytes().to_vec();
    let mut bytes = fs::read(place.database()).unwrap();
    let places: Vec<usize> = (bytes.windows(canary.len()).enumerate())
        .filter(|(_, window)| *window == canary.as_slice())
        .map(|(at, _)| at)
        .collect();
    assert!(!places.is_empty(), "the box is in the file");
    let bit = 1 << rng(9).random_range(0..3);
    places.iter().for_each(|at| bytes[at + 40] ^= bit);
    fs::write(place.database(), bytes).unwrap();

    let process = place.start();
    for kept in &mut sets {
        kept.host.cut();
        kept.host.redial(&process.dial);
    }
    sets[1].host.come_back().await.unwrap();
    // Told so, and not to come again and again.
    for _ in 0..2 {
        let Err(ClientError::Ended(ended)) = sets[0].host.come_back().await else {
            panic!("it opens")
        };
        assert_eq!(ended.close_code(), Some(CloseCode::Damaged));
    }
    assert!(!CloseCode::Damaged.come_back());
    sets[1].host.must("the lock", Wish::Lock { on: true }).await.unwrap();
    let log = String::from_utf8(process.logged()).unwrap();
    let damaged = log.lines().find(|line| line.contains("\"event\":\"room_damaged\"")).unwrap();
    assert!(damaged.contains("checksum of entry"), "{damaged}");
    process.kill();
    let (code, out, _) = place.run(&["journal", "verify"]);
    assert_eq!(code, Some(1));
    let lines: Vec<&str> = out.lines().collect();
    assert_eq!(lines.len(), 2, "{out}");
    let named = format!("set {}, entry ", sets[0].links.set());
    assert!(lines[0].starts_with(&named) && lines[0].contains("the checksum does not"), "{out}");
}
