//! Values as people write them.

use std::time::Duration;

/// A number above 0.
pub(super) fn positive(text: &str) -> Result<f64, String> {
    match text.parse::<f64>() {
        Ok(number) if number.is_finite() && number > 0.0 => Ok(number),
        _ => Err("must be a number above 0".into()),
    }
}

/// Commands a second.
pub(super) fn rate(text: &str) -> Result<f64, String> {
    positive(text).and_then(|rate| {
        if rate <= 1e6 { Ok(rate) } else { Err("must be at most 1000000 a second".into()) }
    })
}

/// Reads `60s`, `500ms`, `2m`, `1h`; a bare number is seconds.
pub(super) fn duration(text: &str) -> Result<Duration, String> {
    let digits = text.trim_end_matches(|c: char| c.is_ascii_alphabetic());
    let unit = text.get(digits.len()..).unwrap_or_default();
    let factor = match unit {
        "ms" => 0.001,
        "s" | "" => 1.0,
        "m" | "min" => 60.0,
        "h" => 3600.0,
        _ => return Err("must be a time as in 60s, 500ms or 2m".into()),
    };
    let seconds = positive(digits).map_err(|_| "must be a time above 0 as in 60s or 2m")? * factor;
    if seconds <= 86_400.0 {
        Ok(Duration::from_secs_f64(seconds))
    } else {
        Err("must be at most a day".into())
    }
}
