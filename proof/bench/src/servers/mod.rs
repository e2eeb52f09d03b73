//! The servers that are measured, and how each is started. Every one listens on a port of its own
//! choice on this machine and prints its address.

pub mod join;

use std::io::{self, BufRead as _, BufReader, Write as _};
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdout, Command, Stdio};

use clap::ValueEnum;
use serde::{Deserialize, Serialize};
use setroom_client::Dial;

use crate::cores::{Cores, Placing};
use crate::generator::{Generator, Opening, Way};

/// More connections than any workload makes.
const MOST_CONNECTIONS: u32 = 1_000_000;

/// A server.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, ValueEnum)]
#[serde(rename_all = "kebab-case")]
pub enum Server {
    /// The least that a delivery can cost.
    Floor,
    /// The service, with the journal that forgets.
    SetroomMemory,
    /// The service as it is deployed: every change is on disk before anybody sees it.
    SetroomSqlite,
    /// Bun's own WebSockets and publish/subscribe, uWebSockets inside.
    Bun,
    /// Node with `ws`.
    NodeWs,
    /// socketioxide, in Rust.
    Socketioxide,
}

impl Server {
    /// As it is named on the command line and in results.
    pub fn name(self) -> String {
        name(self)
    }

    fn way(self) -> Way {
        match self {
            Self::SetroomMemory | Self::SetroomSqlite => Way::Setroom,
            Self::Floor | Self::Bun | Self::NodeWs => Way::Plain,
            Self::Socketioxide => Way::SocketIo,
        }
    }
}

/// A value's name on the command line, which is the one in results too.
pub(crate) fn name(value: impl ValueEnum) -> String {
    // None of ours is hidden, so each has one.
    value.to_possible_value().map(|shown| shown.get_name().to_owned()).unwrap_or_default()
}

/// Where the programs are.
#[derive(Clone, Debug)]
pub struct Programs {
    /// This very program, which is the floor too.
    pub own: PathBuf,
    /// The service.
    pub setroom: PathBuf,
    /// The service with its allocations counted.
    pub counted: PathBuf,
    /// The folder of the other servers.
    pub peers: PathBuf,
    /// The folder that criterion writes into.
    pub criterion: PathBuf,
    /// The folder that journals are made in. It has to be on a real disk.
    pub scratch: PathBuf,
}

impl Programs {
    fn command(&self, server: Server, data: &Path) -> Command {
        let script = |program: PathBuf, script: &str| {
            let mut command = Command::new(program);
            command.arg(self.peers.join(script));
            command
        };
        match server {
            Server::Floor => {
                let mut command = Command::new(&self.own);
                command.arg("floor");
                command
            }
            Server::SetroomMemory => self.setroom(&self.setroom, data, "memory"),
            Server::SetroomSqlite => self.setroom(&self.setroom, data, "sqlite"),
            Server::Bun => {
                let arch = if cfg!(target_arch = "aarch64") { "aarch64" } else { "x64" };
                let bun = format!("node/node_modules/@oven/bun-linux-{arch}/bin/bun");
                script(self.peers.join(bun), "node/bun.mjs")
            }
            Server::NodeWs => script("node".into(), "node/ws.mjs"),
            Server::Socketioxide => {
                Command::new(self.peers.join("socketioxide/target/release/socketioxide-peer"))
            }
        }
    }

    /// The service with its rates lifted: thousands of people of one address, and rooms that do in
    /// a second what a set does in an hour.
    fn setroom(&self, program: &Path, data: &Path, journal: &str) -> Command {
        let connections = MOST_CONNECTIONS.to_string();
        let mut command = Command::new(program);
        command.env("SETROOM_DATA", data).env("RUST_LOG", "error");
        for (setting, value) in [
            ("LISTEN", "127.0.0.1:0"),
            ("METRICS", "127.0.0.1:0"),
            ("JOURNAL", journal),
            ("LIMITS_CONNECTIONS", connections.as_str()),
            ("LIMITS_CONNECTIONS_PER_ADDRESS", connections.as_str()),
            ("LIMITS_ROOMS", "100000"),
            ("LIMITS_INBOUND_MESSAGES_PER_SECOND", "1000000"),
            ("LIMITS_INBOUND_MESSAGES_BURST", "1000000"),
            ("LIMITS_INBOUND_KIB_PER_SECOND", "1000000"),
            ("LIMITS_INBOUND_ROOM_MESSAGES_PER_SECOND", "1000000"),
            // While others come in, nobody answers signs of life.
            ("LIMITS_PONG_WAIT_MS", "600000"),
        ] {
            command.env(format!("SETROOM_{setting}"), value);
        }
        command
    }

    /// Starts a server.
    ///
    /// # Errors
    /// When it cannot be started, or ends without an address.
    pub fn start(&self, server: Server, cores: &Cores, placing: Placing) -> io::Result<Running> {
        self.launch(server, cores, placing, |data| self.command(server, data))
    }

    /// Starts the service as it is deployed, with its limits as they are published; only this
    /// machine's address is exempt from those of addresses.
    ///
    /// # Errors
    /// As [`Programs::start`].
    pub fn start_published(&self, cores: &Cores, placing: Placing) -> io::Result<Running> {
        self.launch(Server::SetroomSqlite, cores, placing, |data| {
            let mut command = Command::new(&self.setroom);
            command.env("SETROOM_DATA", data).env("RUST_LOG", "error");
            command.env("SETROOM_LISTEN", "127.0.0.1:0").env("SETROOM_METRICS", "127.0.0.1:0");
            command
        })
    }

    /// Starts the service with its rates lifted, and its limits of addresses for this machine too.
    ///
    /// # Errors
    /// As [`Programs::start`].
    pub fn start_counting_addresses(&self, cores: &Cores, placing: Placing) -> io::Result<Running> {
        self.launch(Server::SetroomMemory, cores, placing, |data| {
            let mut command = self.setroom(&self.setroom, data, "memory");
            command.env("SETROOM_LIMITS_LOOPBACK_EXEMPT", "false");
            command
        })
    }

    /// Starts the service with its allocations counted.
    ///
    /// # Errors
    /// As [`Programs::start`].
    pub fn start_counted(&self, cores: &Cores) -> io::Result<Running> {
        let command = |data: &Path| self.setroom(&self.counted, data, "memory");
        self.launch(Server::SetroomMemory, cores, Placing::Apart, command)
    }

    fn launch(
        &self,
        server: Server,
        cores: &Cores,
        placing: Placing,
        command: impl FnOnce(&Path) -> Command,
    ) -> io::Result<Running> {
        std::fs::create_dir_all(&self.scratch)?;
        let data = tempfile::tempdir_in(&self.scratch)?;
        let mut command = command(data.path());
        command.stdin(Stdio::piped()).stdout(Stdio::piped());
        let mut child = cores.as_server(placing, || command.spawn())?.map_err(|error| {
            let program = command.get_program().to_string_lossy().into_owned();
            io::Error::new(error.kind(), format!("{program} cannot be started: {error}"))
        })?;
        let output = child.stdout.take().ok_or_else(|| io::Error::other("no standard output"))?;
        let mut running = Running {
            server,
            child,
            address: SocketAddr::from(([127, 0, 0, 1], 0)),
            output: BufReader::new(output),
            _data: data,
        };
        running.find_address()?;
        Ok(running)
    }
}

/// A server that runs. It is ended when this is dropped.
#[derive(Debug)]
pub struct Running {
    server: Server,
    child: Child,
    address: SocketAddr,
    /// Held, so that the server can go on printing.
    output: BufReader<ChildStdout>,
    _data: tempfile::TempDir,
}

impl Running {
    fn find_address(&mut self) -> io::Result<()> {
        let mut line = String::new();
        loop {
            line.clear();
            if self.output.read_line(&mut line)? == 0 {
                let name = self.server.name();
                return Err(io::Error::other(format!("{name} ended before it listened")));
            }
            if let Some(address) = address_in(&line) {
                self.address = address;
                return Ok(());
            }
        }
    }

    /// Asks a server that counts its allocations how many there were so far.
    ///
    /// # Errors
    /// When it does not count, or has ended.
    pub fn allocations(&mut self) -> io::Result<u64> {
        let input = self.child.stdin.as_mut().ok_or_else(|| io::Error::other("no input"))?;
        input.write_all(b"\n")?;
        let mut line = String::new();
        self.output.read_line(&mut line)?;
        line.trim().parse().map_err(|_| io::Error::other("this server does not count"))
    }

    /// Whether it writes to the disk before it answers.
    pub fn is_durable(&self) -> bool {
        self.server == Server::SetroomSqlite
    }

    /// Its process.
    pub fn pid(&self) -> u32 {
        self.child.id()
    }

    /// Where it listens.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// The way there for real clients.
    ///
    /// # Errors
    /// None, as it is an address that somebody listens on.
    pub fn dial(&self) -> io::Result<Dial> {
        Dial::to(&format!("http://{}", self.address)).map_err(io::Error::other)
    }

    /// Fills rooms with people, each with a raw socket.
    ///
    /// # Errors
    /// When somebody is not let in.
    pub fn fill(&self, rooms: usize, members: usize) -> io::Result<Generator> {
        let way = self.server.way();
        let mut generator = Generator::new(way)?;
        match way {
            Way::Setroom => join::fill(&mut generator, self.address, rooms, members)?,
            Way::Plain | Way::SocketIo => {
                for room in 0..rooms {
                    let people: Vec<_> =
                        (0..members).map(|seat| self.opening(way, room, seat)).collect();
                    generator.room(&people)?;
                }
            }
        }
        generator.settle()?;
        Ok(generator)
    }

    fn opening(&self, way: Way, room: usize, seat: usize) -> Opening {
        let name = format!("seat-{seat:02}-{room:014}");
        let (path, first) = match way {
            Way::SocketIo => {
                let first = format!(r#"{{"room":"{room}","seat":"{name}"}}"#);
                ("/socket.io/?EIO=4&transport=websocket".to_owned(), Some(first))
            }
            Way::Setroom | Way::Plain => (format!("/{room}/{name}"), None),
        };
        Opening { to: self.address, path, first }
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        // Gone already is as good.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// The address in what a server says of itself.
fn address_in(line: &str) -> Option<SocketAddr> {
    let (_, rest) = line.split_once("127.0.0.1:")?;
    let digits: String = rest.chars().take_while(char::is_ascii_digit).collect();
    Some(SocketAddr::from(([127, 0, 0, 1], digits.parse().ok()?)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_server_says_where_it_listens() {
        let port = |line| address_in(line).map(|address| address.port());
        assert_eq!(port("Setroom is ready. Host a set: http://127.0.0.1:4711/new\n"), Some(4711));
        assert_eq!(port("listening on 127.0.0.1:80"), Some(80));
        assert_eq!(port("listening on 0.0.0.0:80"), None);
        assert_eq!(port("127.0.0.1:\n"), None);
    }
}
