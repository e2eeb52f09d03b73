//! Running other programs, with their output shown as it comes.

use std::ffi::{OsStr, OsString};
use std::io::{BufRead as _, BufReader};
use std::path::Path;
use std::process::{Command, Stdio};
use std::sync::mpsc::{RecvTimeoutError, Sender, channel};
use std::time::Duration;

use anyhow::{Context as _, Result, bail};

use xtask::say::is_aside;
pub(crate) use xtask::say::{aside, say};

/// How often a long step says that it still goes on.
const EVERY: Duration = Duration::from_secs(60);

/// Says each minute what is being done, until it is dropped: a step may be silent for a long time,
/// and nobody can tell that from one that hangs.
#[derive(Debug)]
pub(crate) struct Beat {
    _done: Sender<()>,
}

impl Beat {
    /// Begins for a step of this name.
    pub(crate) fn start(name: &str) -> Self {
        Self::beating(name, EVERY, say)
    }

    fn beating(name: &str, every: Duration, say: impl Fn(&str) + Send + 'static) -> Self {
        let (done, ended) = channel::<()>();
        let name = name.to_owned();
        std::thread::spawn(move || {
            let mut beats = 0_u32;
            while ended.recv_timeout(every) == Err(RecvTimeoutError::Timeout) {
                beats += 1;
                let minutes = every.saturating_mul(beats).as_secs() / 60;
                say(&format!("━━ {name}: goes on, {minutes} min so far"));
            }
        });
        Self { _done: done }
    }
}

/// A program to run and how it is shown to people.
#[derive(Debug)]
pub(crate) struct Job {
    command: Command,
    shown: String,
}

impl Job {
    /// `program` with `words`.
    pub(crate) fn new(program: impl AsRef<OsStr>, words: &[&str]) -> Self {
        let program = program.as_ref();
        // Inside cargo, `CARGO` is the very cargo that was started, `+toolchain` included.
        let actual = match std::env::var_os("CARGO") {
            Some(cargo) if program == "cargo" => cargo,
            _ => OsString::from(program),
        };
        let mut command = Command::new(actual);
        command.args(words);
        let shown = format!("{} {}", program.to_string_lossy(), words.join(" "));
        Self { command, shown }
    }

    /// Runs it in this folder.
    pub(crate) fn within(mut self, folder: &Path) -> Self {
        self.command.current_dir(folder);
        self
    }

    /// Sets a variable of its environment.
    pub(crate) fn with(mut self, name: &str, value: impl AsRef<OsStr>) -> Self {
        self.command.env(name, value);
        self
    }

    /// Takes a variable out of its environment.
    pub(crate) fn without(mut self, name: &str) -> Self {
        self.command.env_remove(name);
        self
    }

    /// Runs it with its output shown.
    ///
    /// # Errors
    /// When it cannot be started or does not end with 0.
    pub(crate) fn run(self) -> Result<()> {
        self.watch(|_| {})
    }

    /// As [`Job::run`], and gives each line of its standard output to `each` as well.
    pub(crate) fn watch(mut self, mut each: impl FnMut(&str)) -> Result<()> {
        say(&format!("$ {}", self.shown));
        let (output, input) = std::io::pipe().context("no pipe")?;
        if is_aside() {
            self.command.stderr(input.try_clone().context("no second end of a pipe")?);
        }
        self.command.stdin(Stdio::null()).stdout(input);
        let mut child = self.command.spawn().with_context(|| self.not_started())?;
        // Our own ends of the pipe: it is over when the program's are closed.
        self.command.stdout(Stdio::null()).stderr(Stdio::null());
        let mut lines = BufReader::new(output);
        let mut line = Vec::new();
        // Bytes, not `lines()`: a test may print what is not UTF-8.
        while lines.read_until(b'\n', &mut line).unwrap_or(0) > 0 {
            let text = String::from_utf8_lossy(&line);
            let text = text.trim_end_matches(['\n', '\r']);
            say(text);
            each(text);
            line.clear();
        }
        let status = child.wait().with_context(|| format!("`{}` was lost", self.shown))?;
        if !status.success() {
            bail!("`{}` failed ({status})", self.shown);
        }
        Ok(())
    }

    /// Runs it quietly and gives its standard output.
    pub(crate) fn read(mut self) -> Result<String> {
        let output = self.command.output().with_context(|| self.not_started())?;
        if !output.status.success() {
            let errors = String::from_utf8_lossy(&output.stderr);
            bail!("`{}` failed ({})\n{}", self.shown, output.status, errors.trim_end());
        }
        Ok(String::from_utf8_lossy(&output.stdout).into_owned())
    }

    fn not_started(&self) -> String {
        format!("`{}` could not be started", self.shown)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_program_says_aside_comes_with_the_result() {
        let work = || Job::new("sh", &["-c", "echo out; echo err >&2; exit 3"]).run();
        let (result, said) = std::thread::scope(|s| s.spawn(|| aside(work)).join().unwrap());
        assert!(result.unwrap_err().to_string().contains("exit status: 3"));
        assert_eq!(said[1..], ["out", "err"]);
    }

    #[test]
    fn a_step_that_is_silent_is_heard_of_until_it_ends() {
        let (lines, said) = channel();
        let say = move |line: &str| drop(lines.send(line.to_owned()));
        let beat = Beat::beating("build", Duration::from_millis(1), say);
        for _ in 0..3 {
            assert_eq!(said.recv().unwrap(), "━━ build: goes on, 0 min so far");
        }
        drop(beat);
        // It ends with the step: the last line is followed by the end of all lines.
        while said.recv().is_ok() {}
    }
}
