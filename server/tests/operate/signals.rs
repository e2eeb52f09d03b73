//! What the program does when it is asked to read its settings again, and what it tells systemd.

use std::fs;
use std::io::{BufRead as _, BufReader};
use std::os::unix::net::UnixDatagram;
use std::path::Path;
use std::process::Stdio;
use std::time::Duration;

use crate::support::{Service, ask, setroom};

fn status(service: &Service, path: &str) -> String {
    let (head, _) = ask(service.addr, &format!("GET {path} HTTP/1.1"), &service.addr);
    head.lines().next().unwrap().to_owned()
}

/// Two requests for a set, of which the limit refuses the second.
fn meet_a_limit(service: &Service) {
    let addr = service.addr;
    let request = format!("POST /api/sets HTTP/1.1\r\norigin: http://{addr}\r\ncontent-length: 0");
    let answers = [(); 2].map(|()| ask(addr, &request, &addr).0);
    assert!(answers[1].starts_with("HTTP/1.1 429"), "{answers:?}");
}

#[test]
fn a_hang_up_reads_the_settings_again_and_never_ends_the_process() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("setroom.toml");
    let limits = "[limits]\nloopback_exempt = false\nnew_sets_per_address_per_minute = 1\n";
    fs::write(&file, limits).unwrap();
    let words = ["--config", file.to_str().unwrap()];
    let mut service = Service::start(&folder.path().join("data"), &words);
    meet_a_limit(&service);

    let changed = format!("log_addresses = true\n{limits}rooms = 7\n");
    fs::write(&file, changed).unwrap();
    service.signal("HUP");
    assert_eq!(service.event("reload")["changed"], "log_addresses");
    let named = service.event("not_reloaded");
    assert_eq!((&named["changed"], &named["level"]), (&"limits.rooms".into(), &"WARN".into()));
    assert!(service.seen.iter().all(|line| line["event"] != "refused"), "{:?}", service.seen);
    meet_a_limit(&service);
    assert_eq!(service.event("refused")["address"], "127.0.0.0/24", "it is in force");

    let wrong = [
        ("log_addresses = 7\n", "setroom.toml, log_addresses: "),
        ("trusted_proxies = [\"0.0.0.0/0\"]\n", "trusted_proxies: "),
        ("=\n", "setroom.toml line 1: "),
    ];
    for (wrong, place) in wrong {
        fs::write(&file, wrong).unwrap();
        service.signal("HUP");
        let line = service.event("reload");
        assert_eq!(line["level"], "ERROR", "{line}");
        assert_eq!(line["message"], "the settings stay as they were");
        assert!(line["error"].as_str().unwrap().contains(place), "{line}");
    }
    fs::remove_file(&file).unwrap();
    service.signal("HUP");
    assert!(service.event("reload")["error"].as_str().unwrap().contains("cannot be read"));
    meet_a_limit(&service);
    assert_eq!(service.event("refused")["address"], "127.0.0.0/24", "still");
    assert!(status(&service, "/healthz").ends_with("200 OK"));

    fs::write(&file, limits).unwrap();
    service.signal("HUP");
    assert_eq!(service.event("reload")["changed"], "log_addresses", "and back");
    assert_eq!(service.stop().0, Some(0));
}

fn listen(path: &Path) -> UnixDatagram {
    let socket = UnixDatagram::bind(path).unwrap();
    socket.set_read_timeout(Some(Duration::from_secs(120))).unwrap();
    socket
}

fn told(socket: &UnixDatagram) -> String {
    let mut words = [0; 256];
    let length = socket.recv(&mut words).unwrap();
    String::from_utf8(words[..length].to_vec()).unwrap()
}

#[test]
fn systemd_is_told_when_it_answers_reads_its_settings_again_and_stops() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("notify");
    let socket = listen(&path);
    let mut command = setroom();
    command.env("NOTIFY_SOCKET", &path);
    let mut service = Service::start_with(command, &folder.path().join("data"), &[]);
    assert_eq!(told(&socket), "READY=1");
    assert!(status(&service, "/readyz").ends_with("200 OK"));
    service.signal("HUP");
    let reloading = told(&socket);
    let since = reloading.strip_prefix("RELOADING=1\nMONOTONIC_USEC=").unwrap();
    assert!(since.parse::<u64>().unwrap() > 0, "{reloading}");
    assert_eq!(told(&socket), "READY=1");
    service.event("reload");
    assert_eq!(service.stop().0, Some(0));
    assert_eq!(told(&socket), "STOPPING=1");
}

#[cfg(target_os = "linux")]
#[test]
fn a_socket_without_a_file_is_told_too_and_one_that_is_not_there_stops_nobody() {
    use std::os::linux::net::SocketAddrExt as _;
    let folder = tempfile::tempdir().unwrap();
    let name = format!("setroom-test-{}", std::process::id());
    let address = std::os::unix::net::SocketAddr::from_abstract_name(&name).unwrap();
    let socket = UnixDatagram::bind_addr(&address).unwrap();
    socket.set_read_timeout(Some(Duration::from_secs(120))).unwrap();
    let mut command = setroom();
    command.env("NOTIFY_SOCKET", format!("@{name}"));
    let service = Service::start_with(command, &folder.path().join("data"), &[]);
    assert_eq!(told(&socket), "READY=1");
    assert_eq!(service.stop().0, Some(0));

    let mut command = setroom();
    command.env("NOTIFY_SOCKET", folder.path().join("nobody"));
    let mut service = Service::start_with(command, &folder.path().join("data"), &[]);
    assert_eq!(service.event("notify")["level"], "WARN");
    assert!(status(&service, "/readyz").ends_with("200 OK"));
}

#[test]
fn a_start_that_fails_is_never_said_to_be_ready() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("notify");
    let socket = listen(&path);
    let taken = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let address = taken.local_addr().unwrap().to_string();
    let wrong = [(1, ["--listen", address.as_str()]), (2, ["--listen", "nowhere"])];
    for (code, words) in wrong {
        let mut command = setroom();
        command.env("NOTIFY_SOCKET", &path).args(words).arg("--journal=memory");
        let mut child = command.stdout(Stdio::piped()).stderr(Stdio::null()).spawn().unwrap();
        let mut line = String::new();
        BufReader::new(child.stdout.take().unwrap()).read_line(&mut line).unwrap();
        assert_eq!((child.wait().unwrap().code(), line.as_str()), (Some(code), ""));
    }
    socket.set_nonblocking(true).unwrap();
    assert!(socket.recv(&mut [0; 9]).is_err());
}
