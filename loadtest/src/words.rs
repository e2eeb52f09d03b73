//! Numbers as people read them: with their unit, thousands apart, and no more digits than mean
//! something.

use setroom_protocol::Timestamp;

/// A number that has no fraction any more and is not negative, as a whole one.
#[allow(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "whole and not negative, and what is beyond 2^64 ends there"
)]
pub(crate) fn whole(number: f64) -> u64 {
    number as u64
}

/// A whole number with its thousands apart: `16,000`.
pub fn count(number: u64) -> String {
    indicatif::HumanCount(number).to_string()
}

/// So many of something: `1 set`, `1,600 sets`.
pub fn several(number: u64, one: &str, many: &str) -> String {
    format!("{} {}", count(number), if number == 1 { one } else { many })
}

/// Three figures that mean something: `0.42`, `4.2`, `42`, `4,200`.
pub fn number(value: f64) -> String {
    let size = value.abs();
    if size >= 100.0 {
        let whole = count(whole(size.round()));
        return if value < 0.0 { format!("-{whole}") } else { whole };
    }
    let digits = if size >= 10.0 {
        1
    } else if size >= 0.1 {
        2
    } else if size > 0.0 {
        3
    } else {
        0
    };
    let text = format!("{value:.digits$}");
    if text.contains('.') {
        text.trim_end_matches('0').trim_end_matches('.').to_owned()
    } else {
        text
    }
}

/// Milliseconds, or seconds when that reads better: `41 ms`, `2.5 s`.
pub fn ms(value: f64) -> String {
    if value >= 1000.0 { seconds(value / 1000.0) } else { format!("{} ms", number(value)) }
}

/// Seconds, minutes or hours: `2.5 s`, `12 min`, `1 h 30 min`.
pub fn seconds(value: f64) -> String {
    if value < 120.0 {
        return format!("{} s", number(value));
    }
    let whole = whole(value.round());
    let (hours, minutes, rest) = (whole / 3600, whole / 60 % 60, whole % 60);
    match (hours, minutes, rest) {
        (0, minutes, 0) => format!("{minutes} min"),
        (0, minutes, rest) => format!("{minutes} min {rest} s"),
        (hours, 0, _) => format!("{hours} h"),
        (hours, minutes, _) => format!("{hours} h {minutes} min"),
    }
}

/// Bytes in the unit that reads best: `512 B`, `1.5 KiB`, `24 MiB`, `2 GiB`.
pub fn bytes(value: f64) -> String {
    let units = ["B", "KiB", "MiB", "GiB", "TiB"];
    let mut value = value;
    let mut units = units.iter().peekable();
    while let Some(unit) = units.next() {
        if value.abs() < 1024.0 || units.peek().is_none() {
            return format!("{} {unit}", number(value));
        }
        value /= 1024.0;
    }
    String::new()
}

/// A measured value in its unit, which may be none.
pub fn in_unit(value: f64, unit: &str) -> String {
    match unit {
        "ms" => ms(value),
        "s" => seconds(value),
        "B" => bytes(value),
        "" => number(value),
        unit => format!("{} {unit}", number(value)),
    }
}

/// A moment as people write it, in UTC: `22 November 2026, 08:15 UTC`.
pub fn date(since_1970: u64) -> String {
    let moment = Timestamp(since_1970.saturating_mul(1000)).to_string();
    let parts: Vec<_> = moment.split(['-', 'T', ':']).collect();
    let [year, month, day, hour, minute, ..] = parts.as_slice() else { return moment };
    // The first month is number 1.
    let mut months =
        " January February March April May June July August September October November \
                      December"
            .split(' ');
    let month = month.parse().ok().and_then(|month| months.nth(month)).unwrap_or_default();
    format!("{} {month} {year}, {hour}:{minute} UTC", day.trim_start_matches('0'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_read_well() {
        assert_eq!(count(0), "0");
        assert_eq!(count(1_600), "1,600");
        assert_eq!(count(1_234_567), "1,234,567");
        assert_eq!(several(1, "set", "sets"), "1 set");
        let all = [0.0, 0.004, 0.5, 4.26, 42.0, 42.26, 420.4, 4200.0, -1234.0];
        let read = ["0", "0.004", "0.5", "4.26", "42", "42.3", "420", "4,200", "-1,234"];
        assert_eq!(all.map(number), read);
        assert_eq!([ms(41.26), ms(1_300.0), ms(12_500.0)], ["41.3 ms", "1.3 s", "12.5 s"]);
        assert_eq!(
            [seconds(0.25), seconds(90.0), seconds(150.0)],
            ["0.25 s", "90 s", "2 min 30 s"]
        );
        assert_eq!(
            [seconds(1800.0), seconds(3600.0), seconds(5400.0)],
            ["30 min", "1 h", "1 h 30 min"]
        );
        assert_eq!(
            [bytes(512.0), bytes(1536.0), bytes(2147483648.0)],
            ["512 B", "1.5 KiB", "2 GiB"]
        );
        assert_eq!([in_unit(2.0, "%"), in_unit(2.0, "")], ["2 %", "2"]);
    }

    #[test]
    fn days_are_the_calendars() {
        assert_eq!(date(0), "1 January 1970, 00:00 UTC");
        assert_eq!(date(951_782_400), "29 February 2000, 00:00 UTC");
        assert_eq!(date(1_795_335_300), "22 November 2026, 08:15 UTC");
    }
}
