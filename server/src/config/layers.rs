//! Defaults, then the file, then the environment, then flags: the later one wins.

use std::path::{Path, PathBuf};

use clap::Args;
use serde::Deserialize;
use toml::{Table, Value};

use super::{Config, DEFAULT_TOML, Fault};

/// Settings that have a flag. Each is also a variable, SETROOM_ and its name.
// `None` and empty mean "not given".
#[derive(Clone, Debug, Default, PartialEq, Eq, Args)]
pub struct Flags {
    /// Read settings from this file (SETROOM_CONFIG)
    #[arg(long, value_name = "FILE")]
    pub config: Option<PathBuf>,
    /// Where people reach the service; port 0 takes any [default: 127.0.0.1:8787]
    #[arg(long, value_name = "ADDRESS")]
    pub listen: Option<String>,
    /// Where Prometheus reads; loopback only [default: 127.0.0.1:9787]
    #[arg(long, value_name = "ADDRESS")]
    pub metrics: Option<String>,
    /// The folder of the journal [default: ./setroom-data]
    #[arg(long, value_name = "DIR")]
    pub data: Option<String>,
    /// sqlite or memory [default: sqlite]
    #[arg(long, value_name = "KIND")]
    pub journal: Option<String>,
    /// The address that people see in their browser; may be given more than once
    #[arg(long, value_name = "URL")]
    pub origin: Vec<String>,
    /// auto, compact or json [default: auto]
    #[arg(long, value_name = "FORM")]
    pub log_format: Option<String>,
}

/// A configuration that was read whole and makes sense.
#[derive(Clone, Debug, PartialEq)]
pub struct Loaded {
    /// The settings in force.
    pub config: Config,
    /// Things worth a log line, such as variables that look like ours and are not.
    pub notes: Vec<String>,
}

/// One setting from one place.
struct Setting {
    /// Names the place for a fault.
    place: String,
    path: Vec<String>,
    value: Value,
}

/// Variables that begin like a setting and are something else.
const OTHER_VARIABLES: [&str; 2] = ["SETROOM_CONFIG", "SETROOM_WEB_BUILD"];

/// Reads the layers. `env` is the whole environment; only `SETROOM_…` is looked at.
///
/// # Errors
/// Every fault of every layer, each with its place.
pub fn load(
    flags: &Flags,
    env: impl IntoIterator<Item = (String, String)>,
) -> Result<Loaded, Vec<Fault>> {
    let env: Vec<(String, String)> = env.into_iter().collect();
    let mut faults = Vec::new();
    let mut notes = Vec::new();
    let mut merged: Table = DEFAULT_TOML.parse().map_err(|error| vec![bad_default(&error)])?;
    let defaults = merged.clone();

    let from_env = env.iter().find(|(name, _)| name == "SETROOM_CONFIG").map(|(_, path)| path);
    let file = flags.config.clone().or_else(|| from_env.map(PathBuf::from));
    let mut settings = Vec::new();
    if let Some(file) = file {
        match read_file(&file) {
            Ok(table) => flatten(&file.display().to_string(), &[], table, &mut settings),
            Err(fault) => faults.push(fault),
        }
    }
    for (name, text) in env {
        if !name.starts_with("SETROOM_") || OTHER_VARIABLES.contains(&name.as_str()) {
            continue;
        }
        match path_of_variable(&name, &defaults) {
            // Orchestrators put variables of their own beside ours, so this is no fault.
            None => notes.push(format!("{name} is no setting of Setroom and is ignored")),
            Some((path, default)) => match value_from_text(&text, default) {
                Ok(value) => settings.push(Setting { place: name, path, value }),
                Err(what) => faults.push(Fault { place: name, what }),
            },
        }
    }
    settings.extend(from_flags(flags));

    for Setting { place, path, value } in settings {
        match accepted(&defaults, &path, &value) {
            Ok(()) => put(&mut merged, &path, value),
            Err(what) => faults.push(Fault { place, what }),
        }
    }
    let config = match Config::deserialize(merged) {
        Ok(config) => config,
        Err(error) => return Err(vec![bad_default(&error)]),
    };
    faults.extend(config.validate());
    if faults.is_empty() { Ok(Loaded { config, notes }) } else { Err(faults) }
}

fn bad_default(error: &impl ToString) -> Fault {
    Fault { place: "built-in defaults".to_owned(), what: error.to_string() }
}

fn read_file(path: &Path) -> Result<Table, Fault> {
    let place = path.display().to_string();
    let text = std::fs::read_to_string(path).map_err(|error| Fault {
        place: place.clone(),
        what: format!("cannot be read: {error}"),
    })?;
    text.parse::<Table>().map_err(|error| {
        let line = error.span().map_or(1, |span| {
            1 + text.bytes().take(span.start).filter(|byte| *byte == b'\n').count()
        });
        Fault { place: format!("{place} line {line}"), what: error.message().to_owned() }
    })
}

/// Turns a file into single settings, so that each can be judged by itself.
fn flatten(file: &str, above: &[String], table: Table, into: &mut Vec<Setting>) {
    for (key, value) in table {
        let mut path = above.to_vec();
        path.push(key);
        if let Value::Table(inner) = value {
            flatten(file, &path, inner, into);
        } else {
            into.push(Setting { place: format!("{file}, {}", path.join(".")), path, value });
        }
    }
}

/// Finds the setting of a variable: SETROOM_LIMITS_ROOMS is `limits.rooms`.
fn path_of_variable<'a>(name: &str, defaults: &'a Table) -> Option<(Vec<String>, &'a Value)> {
    let wanted = name.strip_prefix("SETROOM_")?.to_ascii_lowercase();
    defaults.iter().find_map(|(key, value)| match value {
        Value::Table(inner) => {
            let rest = wanted.strip_prefix(key.as_str())?.strip_prefix('_')?;
            let (inner_key, value) = inner.get_key_value(rest)?;
            Some((vec![key.clone(), inner_key.clone()], value))
        }
        Value::String(_)
        | Value::Integer(_)
        | Value::Float(_)
        | Value::Boolean(_)
        | Value::Datetime(_)
        | Value::Array(_) => (*key == wanted).then(|| (vec![key.clone()], value)),
    })
}

/// Reads a variable as the kind of value that the default is.
fn value_from_text(text: &str, default: &Value) -> Result<Value, String> {
    match default {
        Value::Integer(_) => text
            .trim()
            .parse()
            .map(Value::Integer)
            .map_err(|_| format!("{text:?} is not a whole number")),
        Value::Boolean(_) => text
            .trim()
            .parse()
            .map(Value::Boolean)
            .map_err(|_| format!("{text:?} is neither true nor false")),
        Value::Array(_) => Ok(Value::Array(
            text.split(',')
                .map(str::trim)
                .filter(|item| !item.is_empty())
                .map(|item| Value::String(item.to_owned()))
                .collect(),
        )),
        Value::String(_) | Value::Float(_) | Value::Datetime(_) | Value::Table(_) => {
            Ok(Value::String(text.to_owned()))
        }
    }
}

fn from_flags(flags: &Flags) -> Vec<Setting> {
    let one = |flag: &str, key: &str, value: &Option<String>| {
        value.as_ref().map(|text| Setting {
            place: flag.to_owned(),
            path: vec![key.to_owned()],
            value: Value::String(text.clone()),
        })
    };
    let mut settings: Vec<Setting> = [
        one("--listen", "listen", &flags.listen),
        one("--metrics", "metrics", &flags.metrics),
        one("--data", "data", &flags.data),
        one("--journal", "journal", &flags.journal),
        one("--log-format", "log_format", &flags.log_format),
    ]
    .into_iter()
    .flatten()
    .collect();
    if !flags.origin.is_empty() {
        let origins = flags.origin.iter().cloned().map(Value::String).collect();
        settings.push(Setting {
            place: "--origin".to_owned(),
            path: vec!["origin".to_owned()],
            value: Value::Array(origins),
        });
    }
    settings
}

/// Judges one setting alone, by putting it into the defaults. So every fault is found in one go.
fn accepted(defaults: &Table, path: &[String], value: &Value) -> Result<(), String> {
    let mut alone = defaults.clone();
    put(&mut alone, path, value.clone());
    Config::deserialize(alone).map(drop).map_err(|error| {
        let text = error.message().to_owned();
        // A list of forty known names does not help; the printed defaults do.
        match text.split_once(", expected one of") {
            Some((first, _)) if first.starts_with("unknown field") => {
                format!("{first}; see `setroom config print --default`")
            }
            Some(_) | None => text,
        }
    })
}

fn put(table: &mut Table, path: &[String], value: Value) {
    match path {
        [] => {}
        [key] => drop(table.insert(key.clone(), value)),
        [key, below @ ..] => {
            let inner = table.entry(key.clone()).or_insert_with(|| Value::Table(Table::new()));
            // A value where a table belongs is replaced, so that its fault is reported.
            if !inner.is_table() {
                *inner = Value::Table(Table::new());
            }
            if let Value::Table(inner) = inner {
                put(inner, below, value);
            }
        }
    }
}
