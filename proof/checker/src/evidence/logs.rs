//! Reading what clients logged. The form is that of [`setroom_client::Logs`].

use std::collections::BTreeMap;
use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};

use setroom_client::{Event, Header, LOG_FORM};
use setroom_protocol::{DeviceId, SetId};

/// What one browser logged, in order.
#[derive(Clone, Debug, PartialEq)]
pub struct ClientLog {
    /// The browser.
    pub device: DeviceId,
    /// What happened.
    pub events: Vec<Event>,
}

/// Why logs cannot be read. Nothing of their content is in it.
#[derive(Debug, thiserror::Error)]
pub enum BadLog {
    /// The file system failed.
    #[error("{path}: {error}")]
    Io {
        /// Which file or folder.
        path: PathBuf,
        /// What it said.
        error: std::io::Error,
    },
    /// A line is not what it should be.
    #[error("{path}, line {line}: not a line of a client's log ({what})")]
    Line {
        /// Which file.
        path: PathBuf,
        /// Which line, from 1.
        line: usize,
        /// What is wrong with it.
        what: String,
    },
    /// Another form than this program reads.
    #[error("{path}: a client's log of form {found}; this program reads form {LOG_FORM}")]
    Form {
        /// Which file.
        path: PathBuf,
        /// Its form.
        found: u32,
    },
}

/// Reads every client's log in a folder, by set.
///
/// # Errors
/// [`BadLog`]; a log of which a part is missing says less than it should.
pub fn read_logs(folder: &Path) -> Result<BTreeMap<SetId, Vec<ClientLog>>, BadLog> {
    let failed = |path: &Path| {
        let path = path.to_owned();
        move |error| BadLog::Io { path, error }
    };
    let mut sets: BTreeMap<SetId, Vec<ClientLog>> = BTreeMap::new();
    let mut paths = Vec::new();
    for entry in std::fs::read_dir(folder).map_err(failed(folder))? {
        let path = entry.map_err(failed(folder))?.path();
        if path.extension().is_some_and(|extension| extension == "jsonl") {
            paths.push(path);
        }
    }
    // The same order on every machine.
    paths.sort();
    for path in paths {
        let file = std::fs::File::open(&path).map_err(failed(&path))?;
        let (set, log) = read_log(BufReader::new(file), &path)?;
        sets.entry(set).or_default().push(log);
    }
    Ok(sets)
}

/// Reads one client's log, and says of which set it is. `path` is what a complaint calls it.
///
/// # Errors
/// [`BadLog`].
pub fn read_log(log: impl BufRead, path: &Path) -> Result<(SetId, ClientLog), BadLog> {
    let (mut header, mut events) = (None, Vec::new());
    for (index, line) in log.lines().enumerate() {
        let line = line.map_err(|error| BadLog::Io { path: path.to_owned(), error })?;
        let bad = |error: serde_json::Error| BadLog::Line {
            path: path.to_owned(),
            line: index + 1,
            what: format!("{:?} at column {}", error.classify(), error.column()),
        };
        // Whoever goes on with the logs of an earlier run writes the head once more.
        if line.starts_with("{\"log\":") {
            let head: Header = serde_json::from_str(&line).map_err(bad)?;
            if head.log != LOG_FORM {
                return Err(BadLog::Form { path: path.to_owned(), found: head.log });
            }
            header = Some(head);
        } else {
            events.push(serde_json::from_str(&line).map_err(bad)?);
        }
    }
    let none = || BadLog::Line { path: path.to_owned(), line: 1, what: "no header".to_owned() };
    let Header { set, device, .. } = header.ok_or_else(none)?;
    Ok((set, ClientLog { device, events }))
}
