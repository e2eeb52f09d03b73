//! The program itself: its words, its exit statuses, its signals.

use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Child, Command, Stdio};

use crate::support::process::{run, setroom};

/// Starts the service and returns it with the line that it prints.
fn serving(command: &mut Command) -> (Child, String) {
    let mut child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    let mut line = String::new();
    BufReader::new(child.stdout.as_mut().unwrap()).read_line(&mut line).unwrap();
    (child, line)
}

fn on_free_ports(data: &Path) -> Vec<&str> {
    let data = data.to_str().unwrap();
    vec!["serve", "--listen", "127.0.0.1:0", "--metrics", "127.0.0.1:0", "--data", data]
}

#[test]
fn the_default_settings_are_printed_and_sound() {
    let (code, out, _) = run(&["config", "print", "--default"]);
    assert_eq!((code, out.as_str()), (Some(0), setroom_server::config::DEFAULT_TOML));
    let (code, out, _) = run(&["config", "check"]);
    assert_eq!((code, out.as_str()), (Some(0), "The configuration is sound.\n"));
    let (code, out, _) = run(&["config", "print", "--journal", "memory"]);
    assert_eq!(code, Some(0));
    assert!(out.contains("journal = \"memory\""), "{out}");
}

#[test]
fn bad_settings_and_bad_usage_are_status_two() {
    let (code, out, err) = run(&["serve", "--journal", "paper", "--listen", "x"]);
    assert_eq!((code, out.as_str()), (Some(2), ""));
    assert_eq!(err.lines().count(), 2, "{err}");
    assert!(err.lines().all(|line| line.starts_with("setroom: --")), "{err}");
    assert_eq!(run(&["dance"]).0, Some(2));
    assert_eq!(run(&["serve", "--nonsense"]).0, Some(2));
    let output = setroom(&["config", "check"]).env("SETROOM_LIMITS_ROOMS", "0").output().unwrap();
    assert_eq!(output.status.code(), Some(2));
    let output =
        setroom(&["serve", "--journal", "memory"]).env("RUST_LOG", "=,=").output().unwrap();
    assert_eq!(output.status.code(), Some(2));
}

#[test]
fn what_fails_at_run_time_is_status_one_and_one_sentence() {
    let taken = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let address = taken.local_addr().unwrap().to_string();
    let (code, out, err) = run(&["--listen", &address, "--journal", "memory"]);
    assert_eq!((code, out.as_str()), (Some(1), ""));
    assert!(err.starts_with(&format!("setroom: cannot listen on {address}: ")), "{err}");
}

#[cfg(unix)]
#[test]
fn it_prints_one_line_serves_and_ends_on_a_signal() {
    for signal in ["TERM", "INT"] {
        let folder = tempfile::tempdir().unwrap();
        let data = folder.path().join("data");
        let (child, line) = serving(&mut setroom(&on_free_ports(&data)));
        let link = line.strip_prefix("Setroom is ready. Host a set: ").unwrap().trim_end();
        let address = link.strip_prefix("http://").unwrap().strip_suffix('/').unwrap();
        std::net::TcpStream::connect(address).unwrap();

        let second = setroom(&on_free_ports(&data)).output().unwrap();
        assert_eq!(second.status.code(), Some(1));
        let said = String::from_utf8(second.stderr).unwrap();
        assert!(said.contains(&format!("in use by process {}", child.id())), "{said}");

        let kill = Command::new("kill").args(["-s", signal, &child.id().to_string()]).status();
        assert!(kill.unwrap().success());
        let output = child.wait_with_output().unwrap();
        assert_eq!(output.status.code(), Some(0), "{signal}");
        assert!(output.stdout.is_empty(), "one line and no more");
        let log = String::from_utf8(output.stderr).unwrap();
        for line in log.lines() {
            let line: serde_json::Value = serde_json::from_str(line).unwrap();
            assert!(line["at"].is_string() && line["message"].is_string(), "{line}");
        }
        assert!(log.contains("\"metrics\":\"127.0.0.1:"), "{log}");
    }
}

#[cfg(unix)]
#[test]
fn behind_a_proxy_the_public_address_is_the_link() {
    let folder = tempfile::tempdir().unwrap();
    let mut arguments = on_free_ports(folder.path());
    arguments.extend(["--origin", "https://setroom.example.org"]);
    let (mut child, line) = serving(&mut setroom(&arguments));
    child.kill().unwrap();
    child.wait().unwrap();
    let expected = "Setroom is ready. Host a set: https://setroom.example.org/ \
                    (listening on http://127.0.0.1:";
    assert!(line.starts_with(expected), "{line}");
}

#[cfg(unix)]
#[test]
fn running_out_of_files_is_survived() {
    use std::io::{Read, Write};
    use std::net::TcpStream;

    let few_files = ["-c", "ulimit -n 32; exec \"$0\" \"$@\"", env!("CARGO_BIN_EXE_setroom")];
    let mut command = Command::new("sh");
    command.args(few_files).args(["--listen", "127.0.0.1:0", "--metrics", "127.0.0.1:0"]);
    command.args(["--journal", "memory", "--log-format", "json"]);
    let (mut child, line) = serving(&mut command);
    let address = line.split("http://").nth(1).unwrap().trim_end().trim_end_matches('/');
    let crowd: Vec<TcpStream> = (0..40).map(|_| TcpStream::connect(address).unwrap()).collect();
    let mut log = BufReader::new(child.stderr.take().unwrap()).lines();
    assert!(log.any(|line| line.unwrap().contains("\"event\":\"accept\"")));
    drop(crowd);
    let mut line = TcpStream::connect(address).unwrap();
    write!(line, "GET /healthz HTTP/1.0\r\nhost: {address}\r\n\r\n").unwrap();
    let mut answer = String::new();
    line.read_to_string(&mut answer).unwrap();
    assert!(answer.starts_with("HTTP/1.0 200"), "{answer}");
    child.kill().unwrap();
    child.wait().unwrap();
}
