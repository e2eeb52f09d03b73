//! The smoke run: the release binary as an operator starts it, fetched from and loaded.

use std::env;
use std::io::{BufRead as _, BufReader, Read, Write as _};
use std::net::TcpStream;
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::time::Duration;

use anyhow::{Context as _, Result, bail, ensure};

use crate::place::{Place, TemporaryFolder};
use crate::run::{Job, say};

const START: Duration = Duration::from_secs(30);
const STOP: Duration = Duration::from_secs(30);
const FETCH: Duration = Duration::from_secs(10);

/// Boots the service on free ports and an empty data folder, fetches the client as a browser
/// would, runs a short load and the example client against it, and stops it.
pub(crate) fn run(place: &Place) -> Result<()> {
    let service = Service::start(place)?;
    let page = service.get("/")?;
    ensure!(page.contains("<title>"), "`/` is not the client's page:\n{page}");
    let script = asset(&page, ".js").context("`/` names no script: was the client left out?")?;
    ensure!(!service.get(&script)?.is_empty(), "{script} is empty");
    say(&format!("fetched / and {script}"));

    let url = format!("http://{}", service.address);
    let program = place.binary("release", "setroom-loadtest")?;
    let words = ["run", "--url", &url, "--rooms", "5", "--members", "4", "--rate", "20"];
    // What is judged is that nothing is lost. How fast it is says nothing on a machine that builds.
    let words = [words.as_slice(), &["--duration", "5s", "--fail-p99-ms", "60000"]].concat();
    Job::new(program, &words).run()?;
    example(place, &url)?;
    service.stop()
}

/// The contract's example client, which must do what it says, against what is shipped.
fn example(place: &Place, url: &str) -> Result<()> {
    let words = ["--experimental-websocket", "docs/example-client.mjs", url];
    Job::new("node", &words).within(&place.root).run()
}

/// The first path in the page that ends in `ending`.
fn asset(page: &str, ending: &str) -> Option<String> {
    page.split('"').find(|part| part.starts_with('/') && part.ends_with(ending)).map(str::to_owned)
}

/// A running service; killed when dropped, whatever happened.
struct Service {
    child: Child,
    address: String,
    output: Receiver<Line>,
    _data: TemporaryFolder,
}

impl Service {
    fn start(place: &Place) -> Result<Self> {
        let program = place.binary("release", "setroom")?;
        let data = TemporaryFolder::make("setroom-smoke")?;
        let mut command = Command::new(&program);
        // Neither settings of this shell nor a file in this folder may decide what is tried.
        for (name, _) in env::vars().filter(|(name, _)| name.starts_with("SETROOM_")) {
            command.env_remove(name);
        }
        let mut child = command
            .current_dir(data.path())
            .args(["serve", "--listen", "127.0.0.1:0", "--metrics", "127.0.0.1:0", "--data"])
            .arg(data.path())
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .with_context(|| format!("{} could not be started", program.display()))?;
        let (lines, output) = channel();
        follow(child.stdout.take(), lines.clone(), Line::Said);
        follow(child.stderr.take(), lines, Line::Logged);
        let mut service = Self { child, address: String::new(), output, _data: data };
        service.address = service.await_address()?;
        say(&format!("the service listens on {}", service.address));
        Ok(service)
    }

    /// The address is in the first line that it says: `… Host a set: http://127.0.0.1:40123/`.
    fn await_address(&self) -> Result<String> {
        let mut log = String::new();
        loop {
            match self.output.recv_timeout(START) {
                Ok(Line::Logged(line)) => log.push_str(&format!("\n  {line}")),
                Ok(Line::Said(line)) => {
                    return address(&line).with_context(|| format!("no address in: {line}"));
                }
                Err(_) => bail!("the service did not say where it listens{log}"),
            }
        }
    }

    /// The body of a page. The service must answer 200.
    fn get(&self, path: &str) -> Result<String> {
        let mut stream = TcpStream::connect(&self.address)
            .with_context(|| format!("nothing answers on {}", self.address))?;
        stream.set_read_timeout(Some(FETCH))?;
        write!(stream, "GET {path} HTTP/1.1\r\nhost: {}\r\n", self.address)?;
        write!(stream, "accept-encoding: identity\r\nconnection: close\r\n\r\n")?;
        let mut answer = Vec::new();
        stream.read_to_end(&mut answer).with_context(|| format!("{path} did not arrive"))?;
        let answer = String::from_utf8_lossy(&answer);
        let (head, body) = answer.split_once("\r\n\r\n").context("not an HTTP answer")?;
        let status = head.lines().next().unwrap_or_default();
        ensure!(status.contains(" 200 "), "{path} answered `{status}`");
        Ok(body.to_owned())
    }

    /// Asks it to stop, as an init system does, and waits for a clean end.
    #[cfg(unix)]
    fn stop(mut self) -> Result<()> {
        let id = self.child.id().to_string();
        Job::new("kill", &["-TERM", &id]).run()?;
        let status = self.await_end()?;
        ensure!(status.success(), "the service ended with {status} when asked to stop");
        Ok(())
    }

    /// Elsewhere there is no such request, and dropping it must do.
    #[cfg(not(unix))]
    fn stop(self) -> Result<()> {
        Ok(())
    }

    /// Both pipes close when it ends, which ends the lines.
    #[cfg(unix)]
    fn await_end(&mut self) -> Result<ExitStatus> {
        use std::sync::mpsc::RecvTimeoutError::{Disconnected, Timeout};
        loop {
            match self.output.recv_timeout(STOP) {
                Ok(Line::Said(line) | Line::Logged(line)) => say(&format!("  {line}")),
                Err(Disconnected) => return Ok(self.child.wait()?),
                Err(Timeout) => bail!("the service did not stop within {} s", STOP.as_secs()),
            }
        }
    }
}

impl Drop for Service {
    fn drop(&mut self) {
        // Both fail only when it has ended already.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// A line of the service's output.
enum Line {
    /// For the person who started it.
    Said(String),
    /// Of its log.
    Logged(String),
}

/// Sends each line of a pipe on, so that the service never blocks on a full one.
fn follow(pipe: Option<impl Read + Send + 'static>, lines: Sender<Line>, form: fn(String) -> Line) {
    let Some(pipe) = pipe else { return };
    std::thread::spawn(move || {
        for line in BufReader::new(pipe).lines().map_while(Result::ok) {
            if lines.send(form(line)).is_err() {
                return;
            }
        }
    });
}

/// Host and port of the first `http://` link in a line.
fn address(line: &str) -> Option<String> {
    let (_, rest) = line.split_once("http://")?;
    let end = rest.find(|c: char| c == '/' || c.is_whitespace()).unwrap_or(rest.len());
    rest.get(..end).map(str::to_owned)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_address_is_found_in_the_line() {
        let line = "Setroom is ready. Host a set: http://127.0.0.1:40123/";
        assert_eq!(address(line).as_deref(), Some("127.0.0.1:40123"));
        assert_eq!(address("http://[::1]:80").as_deref(), Some("[::1]:80"));
        assert_eq!(address("Setroom is ready."), None);
    }

    #[test]
    fn the_script_is_found_in_the_page() {
        let page = r#"<link href="/assets/a.css"><script type="module" src="/assets/b-1.js">"#;
        assert_eq!(asset(page, ".js").as_deref(), Some("/assets/b-1.js"));
        assert_eq!(asset("<p>not built</p>", ".js"), None);
    }
}
