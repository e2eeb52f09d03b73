//! How far a run is: a bar on a terminal, a line every few seconds elsewhere. All of it on standard
//! error, so that standard output is the report alone.

mod pulse;

use std::io::{IsTerminal as _, Write as _};
use std::time::Duration;

use indicatif::{ProgressBar, ProgressStyle};
use parking_lot::Mutex;
use serde::{Deserialize, Serialize};
use tokio::sync::watch;
use tokio::time::Instant;

pub(crate) use self::pulse::Pulse;

/// How far lines are apart where there is no terminal.
const APART: Duration = Duration::from_secs(5);

/// Where progress is shown.
#[derive(Debug)]
pub enum Progress {
    /// Nowhere.
    Silent,
    /// As plain lines, one every few seconds.
    Lines(Mutex<ShownStep>),
    /// As a bar.
    Bar(ProgressBar),
    /// Elsewhere, by whoever watches.
    Told(watch::Sender<Told>),
}

/// How far something is, for somebody who is not here.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Told {
    /// The present step.
    pub step: String,
    /// Units of it that are done.
    pub done: u64,
    /// Units in all.
    pub total: u64,
}

/// How far the present step is.
#[derive(Debug, Default)]
pub struct ShownStep {
    name: &'static str,
    total: u64,
    done: u64,
    said: Option<Instant>,
}

impl Progress {
    /// A bar when standard error is a terminal, else lines.
    pub fn for_stderr() -> Self {
        if std::io::stderr().is_terminal() {
            let bar = ProgressBar::no_length();
            let style = ProgressStyle::with_template("{prefix:>6} {bar:24} {percent:>3} %  {msg}");
            bar.set_style(style.unwrap_or_else(|_| ProgressStyle::default_bar()));
            Self::Bar(bar)
        } else {
            Self::Lines(Mutex::default())
        }
    }

    /// Says something that is worth knowing.
    pub fn note(&self, text: &str) {
        match self {
            Self::Silent | Self::Told(_) => {}
            Self::Lines(_) => line(text),
            Self::Bar(bar) => bar.suspend(|| line(text)),
        }
    }

    /// A step of `total` units begins.
    pub fn begin(&self, name: &'static str, total: u64) {
        match self {
            Self::Silent => {}
            Self::Lines(step) => {
                *step.lock() = ShownStep { name, total, done: 0, said: Some(Instant::now()) };
                line(name);
            }
            Self::Told(told) => {
                told.send_replace(Told { step: name.to_owned(), done: 0, total });
            }
            Self::Bar(bar) => {
                // The old step's words go first, so that they never stand beside the new name.
                bar.set_message("");
                bar.set_position(0);
                bar.set_length(total);
                bar.set_prefix(name);
            }
        }
    }

    /// So many units are done; `message` says what else there is to say.
    pub fn at(&self, done: u64, message: &str) {
        match self {
            Self::Silent => {}
            Self::Lines(step) => {
                let mut step = step.lock();
                let now = Instant::now();
                // The end is told whenever it comes.
                let due = step.said.is_none_or(|said| now.duration_since(said) >= APART);
                if step.done < step.total && (due || done >= step.total) {
                    step.said = Some(now);
                    let percent = (done * 100).checked_div(step.total).unwrap_or(100).min(100);
                    line(format!("{} {percent} % {message}", step.name).trim_end());
                }
                step.done = done;
            }
            Self::Told(told) => told.send_modify(|told| told.done = done),
            Self::Bar(bar) => {
                bar.set_position(done);
                bar.set_message(message.to_owned());
            }
        }
    }

    /// Nothing more will be shown.
    pub fn end(&self) {
        if let Self::Bar(bar) = self {
            bar.finish_and_clear();
        }
    }
}

fn line(text: &str) {
    // Nobody to tell is no reason to stop.
    let _ = writeln!(std::io::stderr().lock(), "{text}");
}
