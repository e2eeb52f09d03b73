//! Times as people write them: `500ms`, `30s`, `5m`, `1h`.

use std::time::Duration;

use serde::{Deserialize as _, Deserializer, Serializer};

/// Reads a time; the error is a sentence's end.
pub(crate) fn parse(text: &str) -> Result<Duration, &'static str> {
    let wrong = "must be a time as in \"500ms\", \"60s\", \"5m\" or \"1h\"";
    let digits = text.trim_end_matches(|c: char| c.is_ascii_alphabetic());
    let factor = match text.get(digits.len()..).unwrap_or_default() {
        "ms" => 0.001,
        "s" => 1.0,
        "m" | "min" => 60.0,
        "h" => 3600.0,
        _ => return Err(wrong),
    };
    let seconds = digits.parse::<f64>().map_err(|_| wrong)? * factor;
    if !(0.0..=86_400.0).contains(&seconds) {
        return Err("must be a time between 0 and a day");
    }
    Ok(Duration::from_secs_f64(seconds))
}

pub(super) fn deserialize<'de, D: Deserializer<'de>>(from: D) -> Result<Duration, D::Error> {
    parse(&String::deserialize(from)?).map_err(serde::de::Error::custom)
}

pub(super) fn serialize<S: Serializer>(time: &Duration, to: S) -> Result<S::Ok, S::Error> {
    to.serialize_str(&format!("{}ms", time.as_millis()))
}

/// The same for a time that may be absent.
pub(super) mod maybe {
    use super::{Deserializer, Duration, Serializer};

    pub(in super::super) fn deserialize<'de, D: Deserializer<'de>>(
        from: D,
    ) -> Result<Option<Duration>, D::Error> {
        super::deserialize(from).map(Some)
    }

    pub(in super::super) fn serialize<S: Serializer>(
        time: &Option<Duration>,
        to: S,
    ) -> Result<S::Ok, S::Error> {
        match time {
            Some(time) => super::serialize(time, to),
            None => to.serialize_none(),
        }
    }
}
