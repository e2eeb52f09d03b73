//! Starts an agent on another machine, through a remote shell, and knows what it said last.

use std::process::Stdio;
use std::time::Duration;

use serde::de::DeserializeOwned;
use tokio::io::{AsyncBufReadExt as _, AsyncReadExt as _, BufReader};
use tokio::process::{Child, ChildStderr, ChildStdin, ChildStdout, Command};
use tokio::task::JoinHandle;

use super::channel::{ChannelError, Receiver, Sender};

/// The usual patience: a remote shell may have a long way.
pub(crate) const PATIENCE: Duration = Duration::from_secs(20);
/// How long the last words of something that ended may take to come.
const LAST_WORDS: Duration = Duration::from_secs(2);
/// As much of a line is read at a time.
const LINE: u64 = 400;

/// How agents are started elsewhere.
#[derive(Clone, Debug)]
pub struct Shell {
    /// The remote shell and its options, in words; a machine's name and a command follow.
    pub command: String,
    /// The program there.
    pub program: String,
    /// How long an agent may take to be there, and may say nothing afterwards.
    pub patience: Duration,
    /// Whether agents may load a server that is not on their own machine.
    pub i_own_this_server: bool,
}

/// What is heard of an agent.
#[derive(Debug)]
pub(super) struct Ear {
    receiver: Receiver<ChildStdout>,
    last_words: Option<JoinHandle<String>>,
}

/// Starts one. It ends with the child, and the child when it is dropped.
pub(super) fn start(
    shell: &Shell,
    machine: &str,
) -> Result<(Child, Sender<ChildStdin>, Ear), ChannelError> {
    // A name like an option would be one.
    if machine.is_empty() || machine.starts_with('-') {
        return Err(ChannelError::Refused("that is not the name of a machine".into()));
    }
    let mut words = shell.command.split_ascii_whitespace();
    let program = words.next().unwrap_or_default().to_owned();
    let mut command = Command::new(&program);
    command.args(words).arg(machine).args([shell.program.as_str(), "agent", "--stdio"]);
    if shell.i_own_this_server {
        command.arg("--i-own-this-server");
    }
    command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).kill_on_drop(true);
    // Ctrl-C is for the lead, which tells its agents.
    #[cfg(unix)]
    command.process_group(0);
    let unstartable = |error| ChannelError::Unstartable(program.clone(), error);
    let mut child = command.spawn().map_err(unstartable)?;
    let (to, from, says) = (child.stdin.take(), child.stdout.take(), child.stderr.take());
    let ((to, from), says) = to.zip(from).zip(says).ok_or(ChannelError::Late)?;
    let ear = Ear { receiver: Receiver(from), last_words: Some(tokio::spawn(last_words(says))) };
    Ok((child, Sender(to), ear))
}

impl Ear {
    /// Waits for an agent of this version.
    pub(super) async fn greeted(&mut self) -> Result<(), ChannelError> {
        let greeted = self.receiver.greeted().await;
        self.or_last_words(greeted).await
    }

    pub(super) async fn receive<T: DeserializeOwned>(&mut self) -> Result<T, ChannelError> {
        let received = self.receiver.receive().await;
        self.or_last_words(received).await
    }

    /// What ended has mostly said why.
    async fn or_last_words<T>(&mut self, it: Result<T, ChannelError>) -> Result<T, ChannelError> {
        let Err(ChannelError::Lost(_)) = &it else { return it };
        let Some(words) = self.last_words.take() else { return it };
        let words = tokio::time::timeout(LAST_WORDS, words).await;
        let words = words.ok().and_then(Result::ok).filter(|words| !words.is_empty());
        Err(ChannelError::Ended(words.unwrap_or_else(|| "it did not say why".into())))
    }
}

/// The last line that is said, when all has been said.
async fn last_words(says: ChildStderr) -> String {
    let (mut says, mut last, mut line) = (BufReader::new(says), String::new(), Vec::new());
    while (&mut says).take(LINE).read_until(b'\n', &mut line).await.is_ok_and(|count| count > 0) {
        let said: String =
            String::from_utf8_lossy(&line).chars().filter(|c| !c.is_control()).collect();
        if !said.trim().is_empty() {
            last = said.trim().to_owned();
        }
        line.clear();
    }
    last
}
