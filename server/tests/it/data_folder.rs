//! The data folder is its owner's alone, and nothing in it leads elsewhere.

use std::fs::{self, Permissions};
use std::io::{BufRead as _, BufReader, Write as _};
use std::os::unix::fs::{PermissionsExt as _, chown, symlink};
use std::path::Path;
use std::process::Stdio;

use crate::maintenance::Place;
use crate::support::process::{Process, setroom};

fn mode(path: &Path) -> u32 {
    fs::metadata(path).unwrap().permissions().mode() & 0o777
}

fn open_up(path: &Path, mode: u32) {
    fs::set_permissions(path, Permissions::from_mode(mode)).unwrap();
}

/// What the program says when it does not start. One that starts says so in a line, and is stopped.
fn refused(place: &Place) -> String {
    let mut program =
        setroom(&["serve", "--listen", "127.0.0.1:0", "--metrics", "127.0.0.1:0", "--data"]);
    program.arg(place.data()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = program.spawn().unwrap();
    let mut line = String::new();
    BufReader::new(child.stdout.take().unwrap()).read_line(&mut line).unwrap();
    if !line.is_empty() {
        child.kill().unwrap();
    }
    let ended = child.wait_with_output().unwrap();
    let err = String::from_utf8(ended.stderr).unwrap();
    assert_eq!((ended.status.code(), line.as_str()), (Some(1), ""), "{err}");
    err
}

#[test]
fn a_folder_of_ours_that_is_open_to_others_is_mended_and_it_is_said() {
    let place = Place::new();
    fs::create_dir(place.data()).unwrap();
    open_up(&place.data(), 0o755);
    place.start().kill();
    assert_eq!(mode(&place.data()), 0o700);
    open_up(&place.data(), 0o777);
    open_up(&place.database(), 0o644);
    let process = place.start();
    let log = String::from_utf8(process.logged()).unwrap();
    assert_eq!(log.matches("\"event\":\"data_mended\"").count(), 2, "{log}");
    process.kill();
    for file in fs::read_dir(place.data()).unwrap().map(|file| file.unwrap().path()) {
        assert_eq!(mode(&file), 0o600, "{}", file.display());
    }
    assert_eq!(mode(&place.data()), 0o700);
}

#[test]
fn a_folder_that_holds_other_things_is_not_shut_but_refused_with_what_to_type() {
    let place = Place::new();
    fs::create_dir(place.data()).unwrap();
    fs::write(place.data().join("letters"), "").unwrap();
    open_up(&place.data(), 0o755);
    let err = refused(&place);
    let expected = format!("`chmod 700 {}`", place.data().display());
    assert!(err.contains("its rights are 755") && err.contains(&expected), "{err}");
    assert_eq!(mode(&place.data()), 0o755);
    open_up(&place.data(), 0o700);
    place.start().kill();
}

#[test]
fn no_link_in_the_folder_is_followed() {
    let place = Place::new();
    place.start().kill();
    let elsewhere = place.path("elsewhere");
    fs::write(&elsewhere, "somebody else's").unwrap();
    for name in [
        "setroom.lock",
        "journal.sqlite3",
        "journal.sqlite3-wal",
        "journal.sqlite3-shm",
        "reserve",
        "clock",
    ] {
        let path = place.data().join(name);
        let aside = place.path("aside");
        // The clock is noted down a moment after the start.
        let was_there = fs::rename(&path, &aside).is_ok();
        symlink(&elsewhere, &path).unwrap();
        let err = refused(&place);
        assert!(err.contains(&format!("/{name} is a link or no file")), "{name}: {err}");
        // Nor by who only reads.
        let to = place.path("copy");
        let set = "AAAAAAAAAAAAAAAAAAAAAA";
        for words in [
            &["backup", to.to_str().unwrap()][..],
            &["journal", "export"],
            &["journal", "verify"],
            &["journal", "erase", set],
        ] {
            let (code, _, err) = place.run(words);
            let says = err.contains(&format!("/{name} is a link or no file"));
            assert!(code == Some(2) && says, "{name}, {words:?}: {err}");
        }
        assert!(!to.exists());
        assert_eq!(fs::read_to_string(&elsewhere).unwrap(), "somebody else's", "{name}");
        fs::remove_file(&path).unwrap();
        if was_there {
            fs::rename(&aside, &path).unwrap();
        }
    }
    // The folder itself may be one, as systemd makes it.
    let link = place.path("link");
    symlink(place.data(), &link).unwrap();
    Process::start(&link, &place.path("log")).kill();

    // Nor is a copy written by way of one.
    let to = place.path("copy");
    symlink(place.path("nowhere"), &to).unwrap();
    let (code, _, err) = place.run(&["backup", to.to_str().unwrap()]);
    assert!(code == Some(2) && err.contains("nothing is written over it"), "{err}");
    assert!(!place.path("nowhere").exists());
}

#[test]
fn what_belongs_to_another_user_is_refused_with_who_to_be() {
    let place = Place::new();
    place.start().kill();
    if chown(place.database(), Some(12_345), None).is_err() {
        // Only root can give a file away. Not by a macro: a test's own output is shown only when it
        // fails.
        let _ = writeln!(
            std::io::stderr(),
            "\nLEFT OUT what_belongs_to_another_user_is_refused_with_who_to_be: this is not root."
        );
        return;
    }
    let err = refused(&place);
    assert!(err.contains("belongs to user 12345, and this is user 0: if it is Setroom's"), "{err}");
    chown(place.database(), Some(0), None).unwrap();
    chown(place.data(), Some(12_345), None).unwrap();
    // The service is not root's where the folder is not.
    let err = refused(&place);
    assert!(err.contains("belongs to user 12345") && err.contains("--reuid=12345"), "{err}");
    chown(place.data(), Some(0), None).unwrap();
    place.start().kill();
}

#[test]
fn the_program_says_that_a_copys_sum_proves_nothing_to_who_keeps_it_beside() {
    let place = Place::new();
    place.start().kill();
    let to = place.path("copy");
    let (code, out, err) = place.run(&["backup", to.to_str().unwrap()]);
    assert_eq!(code, Some(0), "{err}");
    assert!(
        out.contains("The sum has no key: whoever can change the copy can change it too."),
        "{out}"
    );
    assert!(out.contains("Keep it elsewhere"), "{out}");
}
