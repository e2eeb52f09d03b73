//! OPERATIONS, typed: its own blocks are the script, from top to bottom, and the service runs after
//! each. Here without systemd, which a few lines of shell stand for; `cargo xtask operate` types them
//! in a system that was booted.

use std::fs::{self, Permissions};
use std::os::unix::fs::{PermissionsExt as _, chown};
use std::path::Path;
use std::process::{Command, Stdio};

use setroom_client::Dial;

use crate::support::{Service, a_set, left_out, repository};

/// The user that the service runs as.
const SERVICE: u32 = 12_345;

/// Starts, stops and asks the service as systemd does, as far as the document uses it. Its folder is
/// `$PLACE`; `$AS` runs it as the service's user.
const SYSTEMCTL: &str = r#"#!/bin/bash
set -eu
pid() { cat "$PLACE/pid"; }
start() {
    rm -f "$PLACE/out"; mkfifo "$PLACE/out"
    SETROOM_DATA="$PLACE/data" SETROOM_LISTEN=127.0.0.1:0 SETROOM_METRICS=127.0.0.1:0 \
        SETROOM_CONFIG="$PLACE/setroom.toml" \
        setsid $AS "$PLACE/bin/setroom" serve > "$PLACE/out" 2>> "$PLACE/log" < /dev/null &
    echo $! > "$PLACE/pid"
    read -r line < "$PLACE/out" || { cat "$PLACE/log" >&2; exit 1; }
    case "$line" in "Setroom is ready. "*) ;; *) echo "not ready: $line" >&2; exit 1 ;; esac
}
stop() { kill -TERM "$(pid)"; tail --pid="$(pid)" -f /dev/null; }
case "$*" in
    daemon-reload | "--no-pager status setroom") ;;
    "start setroom" | "enable --now setroom") start ;;
    "stop setroom") stop ;;
    "restart setroom") stop; start ;;
    "reload setroom") kill -HUP "$(pid)" ;;
    "is-active setroom") kill -0 "$(pid)" ;;
    *) echo "systemctl $*: not known here" >&2; exit 1 ;;
esac
"#;

/// The blocks of shell under these headings of the document, in its order.
fn blocks(headings: &[&str]) -> Vec<String> {
    let text = fs::read_to_string(repository().join("docs/OPERATIONS.md")).unwrap();
    let sections = text.split("\n## ").filter(|section| {
        headings.iter().any(|heading| section.starts_with(&format!("{heading}\n")))
    });
    let blocks: Vec<String> = sections
        .flat_map(|section| section.split("```sh\n").skip(1))
        .map(|rest| rest.split("```").next().unwrap().to_owned())
        .collect();
    assert!(blocks.len() >= headings.len(), "{blocks:?}");
    blocks
}

/// Types the blocks as this user, or as whoever runs the test, with everything in one folder of the
/// test; gives what was said.
async fn typed(headings: &[&str], service: Option<u32>, typist: Option<u32>) -> String {
    let folder = tempfile::tempdir().unwrap();
    let place = folder.path();
    let at = |name: &str| place.join(name);
    for name in ["bin", "backup", "data"] {
        fs::create_dir(at(name)).unwrap();
        fs::set_permissions(at(name), Permissions::from_mode(0o755)).unwrap();
    }
    fs::set_permissions(at("data"), Permissions::from_mode(0o700)).unwrap();
    fs::set_permissions(place, Permissions::from_mode(0o755)).unwrap();
    let program = Path::new(env!("CARGO_BIN_EXE_setroom"));
    // Put there by another process: while a child that a test beside this one has just made holds what
    // this one writes, nobody could run it (*Text file busy*).
    fs::write(at("systemctl"), SYSTEMCTL).unwrap();
    let installed = Command::new("install").args([program, &at("systemctl"), &at("bin")]).status();
    assert!(installed.unwrap().success());
    fs::write(at("setroom.toml"), "").unwrap();
    std::os::unix::fs::symlink(
        fs::canonicalize(repository().join("deploy")).unwrap(),
        at("deploy"),
    )
    .unwrap();
    // Something is in the journal before, as the service's.
    let before = Service::start(&at("data"), &[]);
    let dial = Dial::to(before.line.split(": ").nth(1).unwrap().trim()).unwrap();
    let (links, _) = a_set(&dial, 1).await;
    a_set(&dial, 3).await;
    assert_eq!(before.stop().0, Some(0));
    if let Some(user) = service {
        let whose = |path: &Path| chown(path, Some(user), Some(user)).unwrap();
        fs::read_dir(at("data")).unwrap().for_each(|entry| whose(&entry.unwrap().path()));
        whose(&at("data"));
        if typist == Some(user) {
            whose(&at("backup"));
            whose(place);
        }
    }
    let to = |name: &str| at(name).to_str().unwrap().to_owned();
    let typed: String = blocks(headings)
        .into_iter()
        .map(|block| format!("{block}systemctl is-active setroom\necho \"BLOCK DONE\"\n"))
        .collect();
    let typed = typed
        .replace("target/release/setroom", program.to_str().unwrap())
        .replace("/usr/local/bin/", &format!("{}/", to("bin")))
        .replace("/etc/systemd/system/", &to("unit-"))
        .replace("/etc/setroom.toml", &to("setroom.toml"))
        .replace("/var/lib/setroom", &to("data"))
        .replace("/backup/", &format!("{}/", to("backup")));
    let end = "trap 'kill -KILL \"$(cat \"$PLACE/pid\")\" 2>/dev/null || true' EXIT\n";
    let begin = if headings.contains(&"systemd") { "" } else { "systemctl start setroom\n" };
    fs::write(at("script"), format!("set -eux\n{end}{begin}{typed}echo ALL DONE\n")).unwrap();

    let as_user = |user: u32| format!("setpriv --reuid={user} --regid={user} --clear-groups");
    let mut words = typist.map(as_user).unwrap_or_default();
    words.push_str(" bash script");
    let path = format!("{}:{}", to("bin"), std::env::var("PATH").unwrap_or_default());
    let runs_as = if typist.is_some() { None } else { service };
    let output = Command::new("sh")
        .args(["-c", &format!("exec {words}")])
        .current_dir(place)
        .env("PATH", path)
        .env("PLACE", place)
        .env("AS", runs_as.map(as_user).unwrap_or_default())
        .env("SET", links.set().to_string())
        // Every file is searched for what was erased.
        .env("SETROOM_LIMITS_JOURNAL_RESERVE_MIB", "1")
        .stdin(Stdio::null())
        .output()
        .unwrap();
    let said = String::from_utf8_lossy(&[output.stdout, output.stderr].concat()).into_owned();
    let log = fs::read_to_string(at("log")).unwrap_or_default();
    assert!(output.status.success() && said.contains("\nALL DONE\n"), "{said}\n{log}");
    said
}

fn is_root() -> bool {
    let output = Command::new("id").arg("-u").output().unwrap();
    output.stdout == b"0\n"
}

const ALL: [&str; 4] =
    ["systemd", "Backup and restore", "Looking after the journal", "Stop and upgrade"];
const JOURNAL: [&str; 2] = ["Backup and restore", "Looking after the journal"];

fn all_was_done(said: &str) {
    for words in ["Copied 2 sets to", "is in place. Sound: 2 sets", "was erased at", "found: 0."] {
        assert!(said.contains(words), "{words} is not in\n{said}");
    }
}

#[tokio::test]
async fn the_document_typed_as_root_leads_to_a_running_service_after_each_block() {
    let test = "the_document_typed_as_root_leads_to_a_running_service_after_each_block";
    if !is_root() {
        return left_out(test, "this is not root");
    }
    let said = typed(&ALL, Some(SERVICE), None).await;
    all_was_done(&said);
    assert!(said.contains("Erased too in journals that a restore had put aside: 1."), "{said}");
}

#[tokio::test]
async fn the_document_typed_as_the_services_user_leads_to_a_running_service_after_each_block() {
    let typist = is_root().then_some(SERVICE);
    all_was_done(&typed(&JOURNAL, typist, typist).await);
}
