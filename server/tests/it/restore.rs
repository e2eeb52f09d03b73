//! Copies of the journal: made beside a running service, judged, and put back.

use std::fs;

use setroom_client::{Client, Model};
use setroom_protocol::{Code, Command, LinkRole, Role, Seq, TextKind};
use setroom_server::journal::sqlite::DATABASE_FILE;
use setroom_server::journal::sqlite::maintenance::Manifest;

use crate::maintenance::{Kept, Place, a_set, on};
use crate::support::people::rng;
use crate::support::process::{Process, run};
use crate::support::soon;

fn manifest(place: &Place, copy: &str) -> Manifest {
    let text = fs::read(place.path(copy).join("manifest.json")).unwrap();
    serde_json::from_slice(&text).unwrap()
}

fn text(path: &std::path::Path) -> String {
    path.to_str().unwrap().to_owned()
}

fn backup(place: &Place, copy: &str) -> (Option<i32>, String, String) {
    place.run(&["backup", &text(&place.path(copy))])
}

fn restore(place: &Place, copy: &str, more: &[&str]) -> (Option<i32>, String, String) {
    place.run(&[&["restore", &text(&place.path(copy))], more].concat())
}

#[tokio::test]
async fn a_copy_is_made_while_people_work_and_holds_all_that_was_ticked_before() {
    let place = Place::new();
    let process = place.start();
    let mut kept = a_set(&process, 1).await;
    let set = kept.links.set().to_string();
    let (stop, stopped) = tokio::sync::watch::channel(false);
    let (ticked, mut count) = tokio::sync::watch::channel(Seq(0));
    let work = tokio::spawn(async move {
        let mut on = false;
        while !*stopped.borrow() {
            on = !on;
            let seq = kept.host.must("the lock", Command::Lock { on }).await.unwrap();
            ticked.send_replace(seq);
        }
        kept
    });
    soon(count.wait_for(|seq| seq.0 > 20)).await.unwrap();
    for n in 0..3 {
        let before = *count.borrow();
        let (name, data) = (format!("copy-{n}"), place.data());
        let copy = text(&place.path(&name));
        let words = ["backup".to_owned(), copy.clone()];
        let backed = tokio::task::spawn_blocking(move || {
            on(&data, &words.iter().map(String::as_str).collect::<Vec<_>>())
        });
        let (code, out, err) = soon(backed).await.unwrap();
        assert_eq!((code, err.as_str()), (Some(0), ""), "{out}");
        assert!(out.starts_with(&format!("Copied 1 sets to {copy}: ")), "{out}");
        let (code, out, err) = run(&["journal", "verify", "--data", &copy]);
        assert_eq!(code, Some(0), "{out}{err}");
        let (_, lines, _) = run(&["journal", "export", &set, "--data", &copy]);
        let last = lines.lines().rev().nth(1).unwrap();
        let last: serde_json::Value = serde_json::from_str(last).unwrap();
        let seq = last["content"]["records"][0]["seq"].as_u64().unwrap();
        assert!(seq >= before.0, "what was ticked at {before} is not in the copy ({seq})");
        let manifest = manifest(&place, &name);
        assert_eq!((manifest.sets, manifest.faults), (1, 0));
        let length = fs::metadata(place.path(&name).join(DATABASE_FILE)).unwrap().len();
        assert_eq!(manifest.bytes, length);
    }
    let (code, out, err) = backup(&place, "copy-0");
    assert_eq!((code, out.as_str()), (Some(2), ""));
    assert!(err.contains("is there already, and nothing is written over it"), "{err}");
    stop.send_replace(true);
    soon(work).await.unwrap();
    process.kill();
    let left = fs::read_dir(place.folder.path()).unwrap();
    let partial = left
        .filter(|entry| entry.as_ref().unwrap().file_name().to_string_lossy().contains("partial"));
    assert_eq!(partial.count(), 0);
}

/// Somebody comes by the members' link and is let in.
pub(crate) async fn member(kept: &mut Kept, process: &Process, name: &str, seed: u64) -> Client {
    let link = kept.links.of(LinkRole::Member);
    let mut person = Client::knock(&process.dial, link, name, rng(seed)).await.unwrap();
    assert!(kept.host.admit(person.device()).await.unwrap().done().is_some());
    person.enter(name).await.unwrap();
    person
}

async fn back(person: &mut Client, process: &Process) -> (Seq, bool) {
    person.cut();
    person.redial(&process.dial);
    person.come_back().await.unwrap();
    (person.model().seq(), person.model().restored)
}

// fault: F13 — whoever saw more than the copy that was put back has is told so, however late
#[tokio::test]
async fn whoever_is_ahead_of_a_copy_that_was_put_back_is_told_so() {
    let place = Place::new();
    let process = place.start();
    let mut kept = a_set(&process, 1).await;
    let mut ben = member(&mut kept, &process, "Ben", 10).await;
    let mut cleo = member(&mut kept, &process, "Cleo", 11).await;
    let mut dan = member(&mut kept, &process, "Dan", 12).await;
    let copied = kept.host.must("the lock", Command::Lock { on: true }).await.unwrap();
    dan.catch_up(copied).await.unwrap();
    dan.cut();
    assert_eq!(backup(&place, "copy").0, Some(0));
    // What happens now is ticked, and will be gone.
    let (charter, answer) =
        kept.host.put(TextKind::Headline, "after the copy", None).await.unwrap();
    assert!(answer.done().is_none(), "no headline before the start: {charter}");
    let (_, answer) = ben.put(TextKind::Name, "Benjamin", None).await.unwrap();
    let seen = answer.done().unwrap();
    for person in [&mut kept.host, &mut cleo] {
        person.catch_up(seen).await.unwrap();
    }
    assert!(seen > copied);
    let open = kept.host.fresh_cid();
    process.kill();

    let (code, _, err) = restore(&place, "copy", &[]);
    assert_eq!(code, Some(2));
    assert!(err.contains("say --replace to put it aside"), "{err}");
    let (code, out, err) = restore(&place, "copy", &["--replace"]);
    assert_eq!((code, err.as_str()), (Some(0), ""), "{out}");
    assert!(out.contains("is in place. Sound: 1 sets") && out.contains("Erased again"), "{out}");

    let process = place.start();
    assert_eq!(back(&mut kept.host, &process).await, (copied, true));
    assert_eq!(back(&mut ben, &process).await, (copied, true));
    assert!(ben.model().gap, "a snapshot in place of what was asked for");
    let told = ben.model().snapshots;
    back(&mut ben, &process).await;
    assert_eq!(ben.model().snapshots, told, "once is enough: now it stands where the room does");
    // The room goes on past the place where the others stood.
    let mut seq = copied;
    while seq <= seen.next() {
        for on in [false, true] {
            seq = kept.host.must("the lock", Command::Lock { on }).await.unwrap();
        }
    }
    let (at, told) = back(&mut cleo, &process).await;
    assert_eq!((at, told), (seq, true), "the place that it names holds another change now");
    assert_eq!(cleo.model().shared_value(), kept.host.model().shared_value());
    // Somebody who missed nothing of what is gone is told too: others may speak of it.
    assert_eq!(back(&mut dan, &process).await, (seq, true));
    // What was written and is gone can be written again; what was open is asked again.
    let (_, answer) = ben.put(TextKind::Name, "Benjamin", None).await.unwrap();
    assert!(answer.done().is_some());
    let host = &mut kept.host;
    host.ask(open, Seq(seen.0), Command::Lock { on: false }).await.unwrap();
    assert!(host.answer_to(open).await.unwrap().done().is_some());
    process.kill();
}

/// What the host said of Ben is not in the copy, and what the copy has of Dan the host has taken back.
#[tokio::test]
async fn who_is_co_facilitator_is_what_the_host_said_and_no_copy_that_is_put_back() {
    let place = Place::new();
    let process = place.start();
    let mut kept = a_set(&process, 1).await;
    let mut ben = member(&mut kept, &process, "Ben", 10).await;
    let mut dan = member(&mut kept, &process, "Dan", 11).await;
    let seats = [ben.seat().unwrap(), dan.seat().unwrap()];
    let roles = |host: &Client| seats.map(|seat| host.shared().unwrap().seats[&seat].role);
    let (co, member) = (Role::CoFacilitator, Role::Member);
    let sets = async |ben: &mut Client, dan: &mut Client, host: &mut Client, seat, on| {
        let seq = host.set_facilitator(seat, on).await.unwrap().done().unwrap();
        for person in [ben, dan] {
            person.catch_up(seq).await.unwrap();
            person.next_key().await.unwrap();
        }
    };
    sets(&mut ben, &mut dan, &mut kept.host, seats[1], true).await;
    assert_eq!(backup(&place, "copy").0, Some(0));
    sets(&mut ben, &mut dan, &mut kept.host, seats[1], false).await;
    sets(&mut ben, &mut dan, &mut kept.host, seats[0], true).await;
    assert_eq!(roles(&kept.host), [co, member]);
    process.kill();
    assert_eq!(restore(&place, "copy", &["--replace"]).0, Some(0));

    let process = place.start();
    for person in [&mut kept.host, &mut ben, &mut dan] {
        assert!(back(person, &process).await.1);
    }
    assert_eq!(roles(&kept.host), [member, co], "as it stood then");
    // A whole edit first; while the host puts things right, others' edits wait.
    for fresh in [&LinkRole::SHARED[..], &[]] {
        // The copy has grants of its time.
        let before = [&ben, &dan].map(|of| of.model().own().unwrap().grant);
        let seq = kept.host.rekey(fresh).await.unwrap().done().unwrap();
        for (person, before) in [&mut ben, &mut dan].into_iter().zip(before) {
            person.catch_up(seq).await.unwrap();
            let comes = move |model: &Model| model.own().is_some_and(|own| own.grant != before);
            person.wait_for("the new key", comes).await.unwrap();
            person.take_grant().unwrap();
        }
        assert_eq!(roles(&kept.host), [co, member]);
    }
    for person in [&ben, &dan] {
        let may = [&ben, &dan].map(|of| person.keyring().roster().hands_on(of.device()));
        assert_eq!(may, [true, false]);
    }
    assert_eq!(dan.rekey(&[]).await.unwrap().refused(), Some(Code::Role));
    assert!(ben.rekey(&[]).await.unwrap().done().is_some());
    process.kill();
}

#[tokio::test]
async fn a_copy_that_is_not_what_was_made_is_not_put_back() {
    let place = Place::new();
    let process = place.start();
    a_set(&process, 1).await;
    assert_eq!(backup(&place, "copy").0, Some(0));
    let (code, _, err) = restore(&place, "copy", &["--replace"]);
    assert_eq!(code, Some(2));
    assert!(err.contains(&format!("in use by process {}: stop it first", process.id())), "{err}");
    process.kill();
    let before = fs::read(place.database()).unwrap();
    let file = place.path("copy").join(DATABASE_FILE);
    let whole = fs::read(&file).unwrap();
    for damage in [whole.len() / 2, whole.len() - 1] {
        let mut copy = whole.clone();
        copy[damage] ^= 0x10;
        fs::write(&file, &copy).unwrap();
        let (code, out, err) = restore(&place, "copy", &["--replace"]);
        assert_eq!((code, out.as_str()), (Some(2), ""));
        assert!(err.contains("its checksum is not the one in its manifest"), "{err}");
    }
    fs::write(&file, &whole[..whole.len() - 4096]).unwrap();
    assert_eq!(restore(&place, "copy", &["--replace"]).0, Some(2));
    fs::remove_file(place.path("copy").join("manifest.json")).unwrap();
    assert_eq!(restore(&place, "copy", &["--replace"]).0, Some(2));
    assert_eq!(fs::read(place.database()).unwrap(), before, "what was there is as it was");
    assert!(!place.data().join("journal.sqlite3.incoming").exists());
}

#[tokio::test]
async fn what_was_erased_after_the_copy_stays_erased() {
    let place = Place::new();
    let process = place.start();
    let (one, two) = (a_set(&process, 1).await, a_set(&process, 3).await);
    assert_eq!(backup(&place, "copy").0, Some(0));
    process.kill();
    let (one, two) = (one.links.set().to_string(), two.links.set().to_string());
    assert_eq!(place.run(&["journal", "erase", &one]).0, Some(0));
    // A restore that is cut off in the middle: the service does not start on half of it.
    let unfinished = place.data().join("journal.sqlite3.restoring");
    fs::rename(place.database(), &unfinished).unwrap();
    let (code, _, err) = place.run(&["serve", "--listen", "127.0.0.1:0"]);
    assert_eq!(code, Some(1));
    assert!(err.contains("was not finished: run `setroom restore` again"), "{err}");
    let (code, out, err) = restore(&place, "copy", &[]);
    assert_eq!((code, err.as_str()), (Some(0), ""), "{out}");
    assert!(!unfinished.exists());
    let (code, out, _) = place.run(&["journal", "verify"]);
    assert_eq!(code, Some(0), "{out}");
    assert!(out.contains("1 sets") && out.contains("1 erased"), "{out}");
    let (_, out, _) = place.run(&["journal", "export"]);
    assert!(out.contains(&format!("{{\"line\":\"set\",\"set\":\"{two}\"}}")), "{out}");
    let lines: Vec<&str> = out.lines().collect();
    let at = lines.iter().position(|line| line.contains(&one)).unwrap();
    assert_eq!(lines[at + 1], "{\"line\":\"erased\"}");
}
