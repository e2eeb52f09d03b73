//! Root looks after the folder of a service that runs as another user, and the service goes on.

use std::fs::{self, Permissions};
use std::io::Write as _;
use std::os::unix::fs::{MetadataExt as _, PermissionsExt as _, chown};
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::maintenance::{Place, a_set};
use crate::support::process::{Process, unset};

/// A user that runs the service, and one that has nothing to do with it.
const SERVICE: u32 = 12_345;
const STRANGER: u32 = 23_456;

/// A place whose data folder is the service's user's, and a copy of the program that every user may
/// start. Where this is not root it says so, for the test of that name, which is then left out.
fn place(test: &str) -> Option<(Place, PathBuf)> {
    let place = Place::new();
    fs::create_dir(place.data()).unwrap();
    if chown(place.data(), Some(SERVICE), Some(SERVICE)).is_err() {
        // Not by a macro: a test's own output is shown only when it fails.
        let _ = writeln!(std::io::stderr(), "\nLEFT OUT {test}: this is not root.");
        return None;
    }
    fs::set_permissions(place.folder.path(), Permissions::from_mode(0o755)).unwrap();
    fs::set_permissions(place.data(), Permissions::from_mode(0o700)).unwrap();
    let program = place.path("setroom");
    // By another process: while a child that a test beside this one has just made holds what this one
    // writes, nobody could run it (*Text file busy*).
    let copied = Command::new("cp").arg(env!("CARGO_BIN_EXE_setroom")).arg(&program).status();
    assert!(copied.unwrap().success());
    Some((place, program))
}

/// The program as this user.
fn by(user: u32, program: &Path) -> Command {
    let mut command = unset(Command::new("setpriv"));
    command.arg(format!("--reuid={user}")).arg(format!("--regid={user}")).arg("--clear-groups");
    command.arg(program);
    command
}

fn start(place: &Place, program: &Path) -> Process {
    Process::start_by(by(SERVICE, program), &place.data(), &place.path("log"))
}

/// Everything in the data folder is the service's, and nobody else may read it.
fn is_all_the_services(place: &Place) {
    let mut left = vec![place.data()];
    while let Some(path) = left.pop() {
        let its = fs::symlink_metadata(&path).unwrap();
        let rights = (its.uid(), its.gid(), its.permissions().mode() & 0o077);
        assert_eq!(rights, (SERVICE, SERVICE, 0), "{}", path.display());
        if its.is_dir() {
            left.extend(fs::read_dir(&path).unwrap().map(|entry| entry.unwrap().path()));
        }
    }
}

#[tokio::test]
async fn whatever_root_does_to_the_journal_the_service_starts_again() {
    let Some((place, program)) = place("whatever_root_does_to_the_journal") else { return };
    let process = start(&place, &program);
    let set = a_set(&process, 1).await.links.set().to_string();
    let copy = place.path("copy").to_str().unwrap().to_owned();
    let (code, _, err) = place.run(&["backup", &copy]);
    assert_eq!(code, Some(0), "{err}");
    process.kill();
    let commands: [&[&str]; 5] = [
        &["journal", "verify"],
        &["journal", "export", &set],
        &["restore", &copy, "--replace"],
        &["journal", "erase", &set],
        &["restore", &copy, "--replace"],
    ];
    for words in commands {
        let (code, out, err) = place.run(words);
        assert_eq!(code, Some(0), "{words:?} {out}{err}");
        is_all_the_services(&place);
        start(&place, &program).kill();
    }
}

#[test]
fn a_journal_that_root_has_taken_is_refused_with_what_to_type_and_mended_by_any_command_of_root() {
    let Some((place, program)) = place("a_journal_that_root_has_taken") else { return };
    start(&place, &program).kill();
    chown(place.database(), Some(0), Some(0)).unwrap();
    let serve = ["serve", "--listen", "127.0.0.1:0", "--metrics", "127.0.0.1:0", "--data"];
    let output = by(SERVICE, &program).args(serve).arg(place.data()).output().unwrap();
    let err = String::from_utf8(output.stderr).unwrap();
    let cure = format!("`chown --no-dereference 12345 {}` as root", place.database().display());
    assert!(output.status.code() == Some(1) && err.contains(&cure), "{err}");
    let (code, out, err) = place.run(&["journal", "verify"]);
    assert_eq!(code, Some(0), "{out}{err}");
    is_all_the_services(&place);
    start(&place, &program).kill();
    // What is neither root's nor the service's is nobody's to give away.
    chown(place.database(), Some(STRANGER), None).unwrap();
    let (code, _, err) = place.run(&["journal", "verify"]);
    assert!(code == Some(2) && err.contains("belongs to user 23456"), "{err}");
}

#[test]
fn whoever_may_not_read_is_told_so_and_not_that_there_is_nothing() {
    let Some((place, program)) = place("whoever_may_not_read_is_told_so") else { return };
    start(&place, &program).kill();
    let to = place.path("copy").to_str().unwrap().to_owned();
    for words in [&["backup", &to][..], &["journal", "verify"], &["journal", "export"]] {
        let mut command = by(STRANGER, &program);
        let output = command.args(words).arg("--data").arg(place.data()).output().unwrap();
        let err = String::from_utf8(output.stderr).unwrap();
        assert_eq!((output.status.code(), err.lines().count()), (Some(2), 1), "{err}");
        let said = "may not be read by this user: run it as root, or as the user that the service";
        assert!(err.contains(said), "{words:?} {err}");
    }
}
