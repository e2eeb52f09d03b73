//! From a name or a file to a scenario. Whatever is wrong is told with its place.

use std::path::Path;

use super::Scenario;

/// The scenarios that come with the program: name and text of each.
pub const SHIPPED: &[(&str, &str)] = &[
    ("half_day", include_str!("../../scenarios/half_day.toml")),
    ("hpma_150", include_str!("../../scenarios/hpma_150.toml")),
    ("short_90", include_str!("../../scenarios/short_90.toml")),
    ("nine_oclock", include_str!("../../scenarios/nine_oclock.toml")),
    ("rolling_deploy", include_str!("../../scenarios/rolling_deploy.toml")),
    ("wifi_blips", include_str!("../../scenarios/wifi_blips.toml")),
    ("slow_readers", include_str!("../../scenarios/slow_readers.toml")),
    ("series", include_str!("../../scenarios/series.toml")),
    ("soak", include_str!("../../scenarios/soak.toml")),
    ("rollout", include_str!("../../scenarios/rollout.toml")),
];

impl Scenario {
    /// The scenario of that name, or the one in that file.
    ///
    /// # Errors
    /// Why there is none, in one sentence.
    pub fn find(name_or_file: &str) -> Result<Self, String> {
        if let Some((name, text)) = SHIPPED.iter().find(|(name, _)| *name == name_or_file) {
            return Self::read(name, text);
        }
        let path = Path::new(name_or_file);
        if path.extension().is_none_or(|end| end != "toml") {
            return Err(format!(
                "there is no scenario `{name_or_file}`: --list-scenarios names them, and a file's \
                 name ends in .toml"
            ));
        }
        let text = std::fs::read_to_string(path)
            .map_err(|e| format!("scenario {name_or_file} cannot be read: {e}"))?;
        Self::read(name_or_file, &text)
    }

    /// Reads a scenario from the text of `file`.
    ///
    /// # Errors
    /// What is wrong, in a sentence that names the line or the key.
    pub fn read(file: &str, text: &str) -> Result<Self, String> {
        let mut scenario: Self = toml::from_str(text).map_err(|error| {
            let at = error.span().map_or(0, |span| span.start);
            let line = 1 + text.bytes().take(at).filter(|byte| *byte == b'\n').count();
            let why = error.message().lines().collect::<Vec<_>>().join(", ");
            format!("scenario {file}, line {line}: {why}")
        })?;
        if scenario.name.is_empty() {
            let stem = Path::new(file).file_stem().unwrap_or_default();
            scenario.name = stem.to_string_lossy().into_owned();
        }
        scenario.check().map_err(|why| format!("scenario {file}: {why}"))?;
        Ok(scenario)
    }
}
