//! A stand-in for `ssh`: what it starts "on another machine" runs on this one. Some names of
//! machines are those of machines on which something is wrong.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::Duration;

use setroom_loadtest::agent::Shell;

/// `-o OPTION MACHINE COMMAND …`, or without an option; leaves the process id of each agent.
const SCRIPT: &str = r#"
[ "$1" = -o ] && shift 2
machine=$1; shift
case $machine in
    nowhere) echo 'ssh: Could not resolve hostname nowhere' >&2; exit 255;;
    chatty) echo 'Welcome to this machine!'; exec sleep 600;;
    silent) exec sleep 600;;
    older) printf '\000\000\000\040{"setroom_loadtest_agent":"0.0"} '; exec sleep 600;;
esac
echo $$ > "${0%/*}/$machine.pid"
exec "$@"
"#;

/// The folder of a stand-in.
pub(crate) struct Remote(tempfile::TempDir);

impl Remote {
    pub(crate) fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("ssh");
        // By another process: while this one has it open for writing nobody could run it.
        let mut write = Command::new("sh")
            .args(["-c", "cat > \"$0\" && chmod +x \"$0\"", file.to_str().unwrap()])
            .stdin(Stdio::piped())
            .spawn()
            .unwrap();
        let script = format!("#!/bin/sh{SCRIPT}");
        std::io::Write::write_all(&mut write.stdin.take().unwrap(), script.as_bytes()).unwrap();
        assert!(write.wait().unwrap().success());
        Self(folder)
    }

    /// Where programs are looked for, this one first.
    pub(crate) fn path(&self) -> String {
        format!("{}:{}", self.0.path().display(), std::env::var("PATH").unwrap())
    }

    pub(crate) fn shell(&self) -> Shell {
        Shell {
            command: self.0.path().join("ssh").display().to_string(),
            program: env!("CARGO_BIN_EXE_setroom-loadtest").into(),
            patience: Duration::from_secs(60),
            i_own_this_server: false,
        }
    }

    /// Sends the agent on this machine a signal.
    pub(crate) fn signal(&self, machine: &str, signal: &str) {
        let pid = std::fs::read_to_string(self.pid_file(machine)).unwrap();
        assert!(Command::new("kill").args([signal, pid.trim()]).status().unwrap().success());
    }

    /// The file that says which process the agent on this machine is.
    pub(crate) fn pid_file(&self, machine: &str) -> PathBuf {
        Path::join(self.0.path(), format!("{machine}.pid"))
    }
}
