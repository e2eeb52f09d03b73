//! Values as people write them.

use std::time::Duration;

use crate::scenario::time::parse;

/// A number above 0.
pub(crate) fn positive(text: &str) -> Result<f64, String> {
    match text.parse::<f64>() {
        Ok(number) if number.is_finite() && number > 0.0 => Ok(number),
        _ => Err("must be a number above 0".into()),
    }
}

/// Commands a second.
pub(crate) fn rate(text: &str) -> Result<f64, String> {
    positive(text).and_then(|rate| {
        if rate <= 1e6 { Ok(rate) } else { Err("must be at most 1000000 a second".into()) }
    })
}

/// Reads `60s`, `500ms`, `2m`, `1h`; a bare number is seconds.
pub(crate) fn duration(text: &str) -> Result<Duration, String> {
    let bare = text.ends_with(|c: char| c.is_ascii_digit());
    let time = parse(&if bare { format!("{text}s") } else { text.to_owned() })?;
    if time.is_zero() { Err("must be a time above 0 as in 60s or 2m".into()) } else { Ok(time) }
}
