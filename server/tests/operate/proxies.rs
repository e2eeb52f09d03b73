//! The shipped files of the proxies, before a real process of each: they load, people meet through
//! them, they carry as many as the service allows, and they keep nobody's address.

use std::fs;
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use setroom_client::Dial;
use setroom_server::config::{Flags, load};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpSocket;

use crate::support::{Service, a_set, has, left_out, paper, repository};

/// Whose address must not be found anywhere.
const SOMEBODY: &str = "127.83.21.9";

fn shipped(name: &str) -> String {
    fs::read_to_string(repository().join("deploy").join(name)).unwrap()
}

/// A port that was free a moment ago: a proxy cannot say which one it took.
fn free_address() -> SocketAddr {
    TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap()
}

/// A proxy that runs, and the folder that is all its own.
struct Proxy {
    child: Child,
    folder: PathBuf,
}

impl Proxy {
    /// Starts it, and waits until it takes connections.
    fn start(mut command: Command, folder: &Path, address: SocketAddr) -> Self {
        command.stdin(Stdio::null()).stdout(paper(&folder.join("said")));
        command.stderr(paper(&folder.join("said too")));
        let child = command.spawn().unwrap();
        let mut proxy = Self { child, folder: folder.to_owned() };
        let patience = Duration::from_secs(120);
        while TcpStream::connect_timeout(&address, patience).is_err() {
            assert!(proxy.child.try_wait().unwrap().is_none(), "{}", proxy.written());
            std::thread::yield_now();
        }
        proxy
    }

    /// Everything that it wrote anywhere.
    fn written(&self) -> String {
        let (mut text, mut left) = (String::new(), vec![self.folder.clone()]);
        while let Some(folder) = left.pop() {
            for path in fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()) {
                if path.is_dir() {
                    left.push(path);
                } else if path.is_file() {
                    text.push_str(&String::from_utf8_lossy(&fs::read(path).unwrap()));
                }
            }
        }
        text
    }
}

impl Drop for Proxy {
    fn drop(&mut self) {
        let id = self.child.id().to_string();
        let _ = Command::new("kill").args(["-s", "TERM", &id]).status();
        let _ = self.child.wait();
    }
}

/// What somebody is answered who comes from an address of their own. `asks` is method, path and HTTP
/// version, with fields after it.
async fn from_somebody(to: SocketAddr, asks: &str) -> String {
    let socket = TcpSocket::new_v4().unwrap();
    socket.bind(format!("{SOMEBODY}:0").parse().unwrap()).unwrap();
    let mut line = socket.connect(to).await.unwrap();
    let request = format!("{asks}\r\nhost: {to}\r\nconnection: close\r\n\r\n");
    line.write_all(request.as_bytes()).await.unwrap();
    let mut answer = Vec::new();
    let read = line.read_to_end(&mut answer);
    tokio::time::timeout(Duration::from_secs(120), read).await.unwrap().unwrap();
    String::from_utf8_lossy(&answer).into_owned()
}

/// Whoever writes other addresses into what a proxy goes by is counted as the one that they come from.
async fn is_one_address(address: SocketAddr) {
    let mut refused = 0;
    for n in 0..10 {
        let asks = format!(
            "POST /api/sets HTTP/1.1\r\norigin: http://{address}\r\ncontent-length: 0\r\n\
             x-forwarded-for: 192.0.2.{n}\r\nforwarded: for=192.0.2.{n}\r\nx-real-ip: 192.0.2.{n}"
        );
        let said = from_somebody(address, &asks).await;
        assert!(said.starts_with("HTTP/1.1 4"), "{said}");
        refused += u32::from(said.contains("new_sets_per_address"));
    }
    assert!(refused > 0);
}

/// People meet through the proxy; and when the service is gone its people are told, and not written
/// down.
async fn people_meet(service: Service, proxy: Proxy, address: SocketAddr) {
    assert!(from_somebody(address, "GET /healthz HTTP/1.1").await.starts_with("HTTP/1.1 200"));
    is_one_address(address).await;
    let dial = Dial::to(&format!("http://{address}/")).unwrap();
    let (_, host) = a_set(&dial, 1).await;
    assert_eq!(service.figure("setroom_room_seats_connected"), 1.0);
    drop(host);
    let (_, log) = service.stop();
    let warned = log.iter().filter(|line| line["level"] == "WARN");
    assert_eq!(warned.count(), 0, "{log:?}");
    assert!(from_somebody(address, "GET / HTTP/1.1").await.starts_with("HTTP/1.1 502"));
    assert!(!proxy.written().contains(SOMEBODY), "{}", proxy.written());
}

fn behind(address: SocketAddr, folder: &Path) -> Service {
    let mut command = crate::support::setroom();
    // The proxy, and nobody else of those who come from this machine.
    command.env("SETROOM_TRUSTED_PROXIES", "127.0.0.1/32");
    command.env("SETROOM_LIMITS_NEW_SETS_PER_ADDRESS_PER_MINUTE", "2");
    let origin = format!("http://{address}");
    Service::start_with(command, &folder.join("data"), &["--origin", &origin])
}

#[tokio::test]
async fn people_meet_through_nginx_and_it_keeps_no_address() {
    let test = "people_meet_through_nginx_and_it_keeps_no_address";
    if !has("nginx") || !has("openssl") {
        return left_out(test, "there is no nginx or openssl (Debian's packages of these names)");
    }
    let folder = tempfile::tempdir().unwrap();
    let own = folder.path().join("nginx");
    fs::create_dir(&own).unwrap();
    let (key, cert) = (folder.path().join("key.pem"), folder.path().join("cert.pem"));
    let made = Command::new("openssl")
        .args(["req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes"])
        .args(["-subj", "/CN=setroom.example.org", "-keyout"])
        .arg(&key)
        .arg("-out")
        .arg(&cert)
        .output()
        .unwrap();
    assert!(made.status.success(), "{}", String::from_utf8_lossy(&made.stderr));
    let swap = |text: &str, from: &str, to: &str| {
        assert!(text.contains(from), "{from} is not in the file");
        text.replace(from, to)
    };
    let mut text = shipped("nginx.conf");
    text = swap(&text, "/etc/ssl/setroom/fullchain.pem", cert.to_str().unwrap());
    text = swap(&text, "/etc/ssl/setroom/privkey.pem", key.to_str().unwrap());
    text = swap(&text, "/run/nginx.pid", own.join("pid").to_str().unwrap());
    text = swap(&text, "/var/log/nginx/error.log", own.join("error.log").to_str().unwrap());
    let nginx = |text: &str, more: &[&str]| {
        let file = folder.path().join("nginx.conf");
        fs::write(&file, text).unwrap();
        let mut command = Command::new("nginx");
        // Debian keeps it where only root looks.
        let path = std::env::var("PATH").unwrap_or_default();
        command.env("PATH", format!("{path}:/usr/sbin:/sbin"));
        command.arg("-c").arg(&file).arg("-p").arg(&own).args(more);
        command
    };
    let judged = nginx(&text, &["-t"]).output().unwrap();
    let said = String::from_utf8_lossy(&judged.stderr);
    assert!(judged.status.success() && said.contains("syntax is ok"), "{said}");
    assert!(!said.contains("[warn]") || said.contains("not running as root"), "{said}");

    // The same without TLS, and on ports that are free.
    let address = free_address();
    let service = behind(address, folder.path());
    text =
        swap(&text, "listen 443 ssl default_server;", &format!("listen {address} default_server;"));
    text = swap(&text, "listen [::]:443 ssl default_server;", "");
    text = swap(&text, "listen 80 default_server;", "");
    text = swap(&text, "listen [::]:80 default_server;", "");
    text = swap(&text, "ssl_reject_handshake on;", "");
    let name = address.ip().to_string();
    text = swap(&text, "server_name setroom.example.org;", &format!("server_name {name};"));
    text = swap(&text, "listen 443 ssl;", &format!("listen {address};"));
    text = swap(&text, "listen [::]:443 ssl;", "");
    text = swap(&text, "listen 80;", "listen unix:nginx-plain;");
    text = swap(&text, "unix:nginx-plain", &format!("unix:{}", own.join("plain").display()));
    text = swap(&text, "listen [::]:80;", "");
    text = swap(&text, "http://127.0.0.1:8787", &format!("http://{}", service.addr));
    let proxy = Proxy::start(nginx(&text, &["-g", "daemon off;"]), &own, address);
    // A scanner that tries other names is told nothing, and the service is not asked.
    let said = asks_for(address, "elsewhere.example");
    assert_eq!(said, "");
    assert!(asks_for(address, &address.to_string()).starts_with("HTTP/1.1 200"));
    let misdirected = service.figure("setroom_http_misdirected_total{named=\"host\"}");
    assert_eq!(misdirected, 0.0);
    people_meet(service, proxy, address).await;
}

/// All that is answered to somebody who asks for the first page under this name.
fn asks_for(address: SocketAddr, host: &str) -> String {
    use std::io::{Read as _, Write as _};
    let mut line = TcpStream::connect(address).unwrap();
    write!(line, "GET / HTTP/1.1\r\nhost: {host}\r\nconnection: close\r\n\r\n").unwrap();
    let mut said = String::new();
    let _ = line.read_to_string(&mut said);
    said
}

#[tokio::test]
async fn people_meet_through_caddy_and_it_keeps_no_address() {
    let test = "people_meet_through_caddy_and_it_keeps_no_address";
    if !has("caddy") {
        return left_out(test, "there is no caddy (Debian's package of that name)");
    }
    let folder = tempfile::tempdir().unwrap();
    let own = folder.path().join("caddy");
    fs::create_dir(&own).unwrap();
    let caddy = |words: &[&str], file: &Path| {
        let mut command = Command::new("caddy");
        command.env("HOME", &own).env("XDG_DATA_HOME", &own).env("XDG_CONFIG_HOME", &own);
        command.args(words).args(["--adapter", "caddyfile", "--config"]).arg(file);
        command
    };
    let judged = caddy(&["validate"], &repository().join("deploy/Caddyfile")).output().unwrap();
    let said = String::from_utf8_lossy(&judged.stderr);
    assert!(judged.status.success(), "{said}");

    let address = free_address();
    let service = behind(address, folder.path());
    let text = shipped("Caddyfile");
    assert!(text.contains("\n{\n") && text.contains("\nsetroom.example.org {\n"), "{text}");
    let text = text
        .replacen("\n{\n", "\n{\n\tadmin off\n", 1)
        .replace("\nsetroom.example.org {\n", &format!("\nhttp://{address} {{\n"))
        .replace("127.0.0.1:8787", &service.addr.to_string());
    let file = folder.path().join("Caddyfile");
    fs::write(&file, text).unwrap();
    let proxy = Proxy::start(caddy(&["run"], &file), &own, address);
    people_meet(service, proxy, address).await;
}

#[test]
fn the_shipped_files_carry_what_the_service_allows() {
    let defaults = load(&Flags::default(), []).unwrap().config;
    let people = u64::from(defaults.limits.connections);
    let number = |text: &str, name: &str| -> u64 {
        let line = text.lines().find_map(|line| line.trim().strip_prefix(name));
        line.unwrap_or_else(|| panic!("no {name}")).trim_matches([' ', ';', '=']).parse().unwrap()
    };
    let nginx = shipped("nginx.conf");
    assert!(number(&nginx, "worker_connections ") >= 2 * people + 64);
    assert!(number(&nginx, "worker_rlimit_nofile ") >= number(&nginx, "worker_connections "));
    let unit = shipped("setroom.service").replace("MemoryMax=7G", "MemoryMax=7168");
    assert!(number(&unit, "LimitNOFILE=") >= people + 64);
    // Whoever is at the limits is refused by their names, and not killed with everybody else.
    let limits = &defaults.limits;
    let of_system = people * 2 * u64::from(limits.send_buffer_kib) / 1024;
    // And 128 KiB of each that it has sent and is not read yet.
    let of_system = of_system + people * 128 / 1024;
    let mib = u64::from(2 * limits.rooms_mib + limits.outbox_mib) + of_system;
    assert!(
        number(&unit, "MemoryMax=") >= mib + 256,
        "{mib} MiB, and what the program itself takes"
    );
}
