//! What systemd is told where it asked to be: that the service is ready, reads its settings again, or
//! stops. Elsewhere there is nobody to tell.

#[cfg(unix)]
use std::os::unix::net::{SocketAddr, UnixDatagram};
use std::time::Duration;

/// The variable that names the socket.
const SOCKET: &str = "NOTIFY_SOCKET";
/// Whoever does not listen for so long is not waited for.
const PATIENCE: Duration = Duration::from_secs(1);

/// Whoever started the service and wants to know.
#[derive(Debug, Default)]
pub(crate) struct Supervisor {
    #[cfg(unix)]
    to: Option<(UnixDatagram, SocketAddr)>,
}

#[cfg(unix)]
impl Supervisor {
    /// As the environment names it.
    pub(crate) fn named() -> Self {
        let Some(name) = std::env::var_os(SOCKET) else { return Self::default() };
        match reach(&name) {
            Ok(to) => Self { to: Some(to) },
            Err(error) => {
                tracing::warn!(event = "notify", error = %error, "NOTIFY_SOCKET cannot be used");
                Self::default()
            }
        }
    }

    fn tell(&self, words: &str) {
        let Some((socket, address)) = &self.to else { return };
        if let Err(error) = socket.send_to_addr(words.as_bytes(), address) {
            tracing::warn!(event = "notify", error = %error, "NOTIFY_SOCKET does not listen");
        }
    }

    /// The settings are read again; [`Supervisor::ready`] follows.
    pub(crate) fn reloading(&self) {
        let now = rustix::time::clock_gettime(rustix::time::ClockId::Monotonic);
        let (seconds, nanos) = (i128::from(now.tv_sec), i128::from(now.tv_nsec));
        let micros = seconds * 1_000_000 + nanos / 1000;
        self.tell(&format!("RELOADING=1\nMONOTONIC_USEC={micros}"));
    }
}

#[cfg(unix)]
fn reach(name: &std::ffi::OsStr) -> std::io::Result<(UnixDatagram, SocketAddr)> {
    use std::os::unix::ffi::OsStrExt as _;
    let address = match name.as_bytes().strip_prefix(b"@") {
        #[cfg(target_os = "linux")]
        Some(name) => <SocketAddr as std::os::linux::net::SocketAddrExt>::from_abstract_name(name)?,
        _ => SocketAddr::from_pathname(name)?,
    };
    let socket = UnixDatagram::unbound()?;
    socket.set_write_timeout(Some(PATIENCE))?;
    Ok((socket, address))
}

#[cfg(not(unix))]
impl Supervisor {
    pub(crate) fn named() -> Self {
        Self::default()
    }

    fn tell(&self, _: &str) {}

    pub(crate) fn reloading(&self) {}
}

impl Supervisor {
    /// The service answers.
    pub(crate) fn ready(&self) {
        self.tell("READY=1");
    }

    /// It takes nothing new.
    pub(crate) fn stopping(&self) {
        self.tell("STOPPING=1");
    }
}
