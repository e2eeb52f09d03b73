//! The smoke run: the release binary as an operator starts it, fetched from and loaded.

use std::io::{BufRead as _, BufReader, Read, Write as _};
use std::net::TcpStream;
use std::path::PathBuf;
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::time::Duration;

use anyhow::{Context as _, Result, bail, ensure};

use crate::place::Place;
use crate::run::{Job, say};

const START: Duration = Duration::from_secs(30);
const STOP: Duration = Duration::from_secs(30);
const FETCH: Duration = Duration::from_secs(10);

/// Boots the service on free ports and an empty data folder, fetches the client as a browser
/// would, runs a short load against it, and stops it.
pub(crate) fn run(place: &Place) -> Result<()> {
    let service = Service::start(place)?;
    let page = service.get("/")?;
    ensure!(page.contains("<title>"), "`/` is not the client's page:\n{page}");
    let script = asset(&page, ".js").context("`/` names no script: was the client left out?")?;
    ensure!(!service.get(&script)?.is_empty(), "{script} is empty");
    say(&format!("fetched / and {script}"));

    let url = format!("http://{}", service.address);
    let program = place.release_binary("setroom-loadtest")?;
    let words = ["run", "--url", &url, "--rooms", "5", "--members", "4", "--rate", "20"];
    Job::new(program, &[words.as_slice(), &["--duration", "5s"]].concat()).run()?;
    service.stop()
}

/// The first path in the page that ends in `ending`.
fn asset(page: &str, ending: &str) -> Option<String> {
    page.split('"').find(|part| part.starts_with('/') && part.ends_with(ending)).map(str::to_owned)
}

/// A running service; killed when dropped, whatever happened.
struct Service {
    child: Child,
    address: String,
    output: Receiver<String>,
    _data: TemporaryFolder,
}

impl Service {
    fn start(place: &Place) -> Result<Self> {
        let program = place.release_binary("setroom")?;
        let data = TemporaryFolder::make("setroom-smoke")?;
        let mut child = Command::new(&program)
            .args(["serve", "--listen", "127.0.0.1:0", "--metrics", "127.0.0.1:0", "--data"])
            .arg(&data.0)
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .with_context(|| format!("{} could not be started", program.display()))?;
        let (lines, output) = channel();
        follow(child.stdout.take(), lines.clone());
        follow(child.stderr.take(), lines);
        let mut service = Self { child, address: String::new(), output, _data: data };
        service.address = service.await_address()?;
        say(&format!("the service listens on {}", service.address));
        Ok(service)
    }

    /// The address is in the first line that holds an `http://` link.
    fn await_address(&self) -> Result<String> {
        loop {
            let line = self.output.recv_timeout(START).context("the service printed no link")?;
            if let Some((_, rest)) = line.split_once("http://") {
                let end = rest.find(|c: char| !(c.is_ascii_alphanumeric() || ".:[]-".contains(c)));
                return Ok(rest.get(..end.unwrap_or(rest.len())).unwrap_or(rest).to_owned());
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
                Ok(line) => say(&format!("  {line}")),
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

/// Sends each line of a pipe on, so that the service never blocks on a full one.
fn follow(pipe: Option<impl Read + Send + 'static>, lines: Sender<String>) {
    let Some(pipe) = pipe else { return };
    std::thread::spawn(move || {
        for line in BufReader::new(pipe).lines().map_while(Result::ok) {
            if lines.send(line).is_err() {
                return;
            }
        }
    });
}

/// A folder that is removed when dropped.
struct TemporaryFolder(PathBuf);

impl TemporaryFolder {
    fn make(name: &str) -> Result<Self> {
        let path = std::env::temp_dir().join(format!("{name}-{}", std::process::id()));
        std::fs::create_dir(&path).with_context(|| format!("{} exists", path.display()))?;
        Ok(Self(path))
    }
}

impl Drop for TemporaryFolder {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_script_is_found_in_the_page() {
        let page = r#"<link href="/assets/a.css"><script type="module" src="/assets/b-1.js">"#;
        assert_eq!(asset(page, ".js").as_deref(), Some("/assets/b-1.js"));
        assert_eq!(asset("<p>not built</p>", ".js"), None);
    }
}
