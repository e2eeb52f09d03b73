//! An erasure reaches, or names, every file below the data folder: journals that a restore put aside,
//! what a restore left that was cut off, and copies that somebody keeps there.

use std::fs;
use std::path::{Path, PathBuf};

use setroom_protocol::TextKind;
use setroom_server::journal::sqlite::DATABASE_FILE;

use crate::maintenance::{Kept, Place, a_set};
use crate::support::canaries::Canary;

fn files(folder: &Path) -> Vec<PathBuf> {
    let (mut found, mut left) = (Vec::new(), vec![folder.to_owned()]);
    while let Some(folder) = left.pop() {
        for path in fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()) {
            if path.is_dir() { left.push(path) } else { found.push(path) }
        }
    }
    found
}

/// How many files below the data folder hold a box of this set.
fn holders(place: &Place, kept: &Kept) -> usize {
    let items = kept.host.shared().unwrap().items.into_values();
    let boxes: Vec<_> = items.map(|item| Canary::exact("a box", item.sealed.as_str())).collect();
    assert!(boxes.len() >= 3);
    let holds = |path: &PathBuf| {
        let bytes = fs::read(path).unwrap();
        boxes.iter().any(|canary| canary.is_in(&bytes))
    };
    files(&place.data()).iter().filter(|path| holds(path)).count()
}

fn words(path: &Path) -> String {
    path.to_str().unwrap().to_owned()
}

/// Two sets; a copy of both; more in one of them; and the copy in place of it all.
async fn put_back() -> (Place, Kept, Kept) {
    let place = Place::new();
    let process = place.start();
    let (mut one, two) = (a_set(&process, 1).await, a_set(&process, 3).await);
    let copy = words(&place.path("copy"));
    assert_eq!(place.run(&["backup", &copy]).0, Some(0));
    let (_, answer) = one.host.put(TextKind::Name, "canaryLater", None).await.unwrap();
    assert!(answer.done().is_some());
    process.kill();
    let (code, out, err) = place.run(&["restore", &copy, "--replace"]);
    assert_eq!(code, Some(0), "{out}{err}");
    (place, one, two)
}

#[tokio::test]
async fn a_set_is_erased_in_the_journals_that_a_restore_put_aside_too() {
    let (place, one, two) = put_back().await;
    assert!(holders(&place, &one) >= 2 && holders(&place, &two) >= 2);
    let set = one.links.set().to_string();
    let (code, out, err) = place.run(&["journal", "erase", &set]);
    assert_eq!((code, err.as_str()), (Some(0), ""), "{out}");
    assert!(out.contains("Erased too in journals that a restore had put aside: 1."), "{out}");
    assert!(out.contains(" pieces of it; found: 0."), "{out}");
    assert_eq!(holders(&place, &one), 0);
    assert!(holders(&place, &two) >= 2, "the other set is whole in both");
    let aside = files(&place.data())
        .into_iter()
        .find(|path| path.ends_with(DATABASE_FILE) && path.to_string_lossy().contains("replaced-"));
    let aside = words(aside.unwrap().parent().unwrap());
    let (code, out, err) = crate::support::process::run(&["journal", "verify", "--data", &aside]);
    assert_eq!(code, Some(0), "{out}{err}");
    assert!(out.contains("1 sets with ") && out.contains("1 erased"), "{out}");
    assert_eq!(place.run(&["journal", "erase", &set]).0, Some(0), "twice is harmless");
}

#[tokio::test]
async fn a_set_that_only_lies_in_what_was_put_aside_is_erased_there() {
    let place = Place::new();
    let process = place.start();
    let copy = words(&place.path("copy"));
    assert_eq!(place.run(&["backup", &copy]).0, Some(0));
    let kept = a_set(&process, 1).await;
    process.kill();
    assert_eq!(place.run(&["restore", &copy, "--replace"]).0, Some(0));
    let (code, out, err) = place.run(&["journal", "erase", &kept.links.set().to_string()]);
    assert_eq!(code, Some(0), "{out}{err}");
    assert_eq!(holders(&place, &kept), 0);
}

#[tokio::test]
async fn what_an_erasure_does_not_reach_is_named_and_its_end_is_not_well() {
    let (place, one, _) = put_back().await;
    let set = one.links.set().to_string();
    let (data, copy) = (place.data(), place.path("copy"));
    // What a restore that was cut off leaves; copies by hand and by `backup`; a link to one; and a
    // journal that was put aside because it cannot be read.
    fs::copy(copy.join(DATABASE_FILE), data.join("journal.sqlite3.incoming")).unwrap();
    fs::copy(place.database(), data.join("journal.old")).unwrap();
    std::os::unix::fs::symlink(copy.join(DATABASE_FILE), data.join("link")).unwrap();
    let inside = data.join("copy");
    assert_eq!(place.run(&["backup", &words(&inside)]).0, Some(0));
    let unread = data.join("replaced-by-hand");
    fs::create_dir(&unread).unwrap();
    fs::write(unread.join(DATABASE_FILE), "no database").unwrap();

    let (code, out, err) = place.run(&["journal", "erase", &set]);
    assert_eq!(code, Some(1), "{out}");
    assert!(err.contains("see to what is named above, and erase again"), "{err}");
    let named = |start: &str, path: &Path| {
        let line = format!("{start} {}", path.display());
        assert!(out.lines().any(|said| said.starts_with(&line)), "{line} is not in\n{out}");
    };
    named("Found in", &data.join("journal.old"));
    named("Found in", &inside.join(DATABASE_FILE));
    named("Not reached:", &inside.join(DATABASE_FILE));
    named("Not reached:", &unread.join(DATABASE_FILE));
    named("Not reached:", &data.join("link"));
    assert!(!out.contains("found: 0."), "{out}");
    assert!(!data.join("journal.sqlite3.incoming").exists());
    // Only what is named still holds anything: two files, and what the link leads to.
    assert_eq!(holders(&place, &one), 3);

    for file in ["journal.old", "link"] {
        fs::remove_file(data.join(file)).unwrap();
    }
    fs::remove_dir_all(inside).unwrap();
    fs::remove_dir_all(unread).unwrap();
    let (code, out, err) = place.run(&["journal", "erase", &set]);
    assert_eq!((code, err.as_str()), (Some(0), ""), "{out}");
}
