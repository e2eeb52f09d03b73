//! From a name or a file to a scenario. Whatever is wrong is told with its place.

use std::path::Path;

use super::{SHIPPED, Scenario};

/// Why there is no scenario.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum BadScenario {
    /// Neither the name of one nor a file.
    #[error(
        "there is no scenario `{0}`: --list-scenarios names them, and a file's name ends in .toml"
    )]
    Unknown(String),
    /// A file that cannot be read.
    #[error("scenario {file} cannot be read: {why}")]
    Unreadable {
        /// The file.
        file: String,
        /// Why.
        why: String,
    },
    /// Not a scenario; where and why.
    #[error("scenario {file}, line {line}: {why}")]
    Form {
        /// The file.
        file: String,
        /// The line, from 1.
        line: usize,
        /// What is wrong there, naming the key.
        why: String,
    },
    /// A value that makes no sense.
    #[error("scenario {file}: {why}")]
    Value {
        /// The file.
        file: String,
        /// What is wrong, naming the key.
        why: String,
    },
}

impl Scenario {
    /// The scenario of that name, or the one in that file.
    ///
    /// # Errors
    /// [`BadScenario`].
    pub fn find(name_or_file: &str) -> Result<Self, BadScenario> {
        if let Some((name, text)) = SHIPPED.iter().find(|(name, _)| *name == name_or_file) {
            return Self::read(name, text);
        }
        let path = Path::new(name_or_file);
        if path.extension().is_none_or(|end| end != "toml") {
            return Err(BadScenario::Unknown(name_or_file.to_owned()));
        }
        let file = name_or_file.to_owned();
        let text = std::fs::read_to_string(path)
            .map_err(|e| BadScenario::Unreadable { file: file.clone(), why: e.to_string() })?;
        Self::read(&file, &text)
    }

    /// Reads a scenario from the text of `file`.
    ///
    /// # Errors
    /// [`BadScenario::Form`] or [`BadScenario::Value`].
    pub fn read(file: &str, text: &str) -> Result<Self, BadScenario> {
        let mut scenario: Self = toml::from_str(text).map_err(|error| {
            let at = error.span().map_or(0, |span| span.start);
            let line = 1 + text.bytes().take(at).filter(|byte| *byte == b'\n').count();
            let why = error.message().lines().collect::<Vec<_>>().join(", ");
            BadScenario::Form { file: file.to_owned(), line, why }
        })?;
        if scenario.name.is_empty() {
            let stem = Path::new(file).file_stem().unwrap_or_default();
            scenario.name = stem.to_string_lossy().into_owned();
        }
        scenario.check().map_err(|why| BadScenario::Value { file: file.to_owned(), why })?;
        Ok(scenario)
    }
}
