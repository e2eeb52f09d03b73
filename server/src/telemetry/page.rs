//! The page of figures, in the form that was asked for.
//!
//! Prometheus asks for OpenMetrics when it wants that; whatever else reads the page gets the plain
//! text form, which everything can read.

use std::collections::HashSet;

/// OpenMetrics 1.0.
const OPEN: &str = "application/openmetrics-text; version=1.0.0; charset=utf-8";
/// The text form of Prometheus, 0.0.4.
const PLAIN: &str = "text/plain; version=0.0.4; charset=utf-8";

/// What is answered: the page's kind, and its text.
pub(crate) fn answer(open_metrics: String, accept: &[&str]) -> (&'static str, String) {
    if wants_open_metrics(accept) { (OPEN, open_metrics) } else { (PLAIN, plain(&open_metrics)) }
}

/// Whether OpenMetrics is named, and nothing else is wanted more.
fn wants_open_metrics(accept: &[&str]) -> bool {
    let weight = |kind: &str| {
        let ranges = accept.iter().flat_map(|line| line.split(','));
        ranges.filter_map(|range| weight_of(range, kind)).max().unwrap_or(0)
    };
    let open = weight("application/openmetrics-text");
    open > 0 && open >= weight("text/plain")
}

/// How much a range of kinds weighs, in thousandths, if it is of this kind.
fn weight_of(range: &str, kind: &str) -> Option<u32> {
    let mut parts = range.split(';').map(str::trim);
    if !parts.next()?.eq_ignore_ascii_case(kind) {
        return None;
    }
    let q = parts.find_map(|part| part.strip_prefix("q=").or_else(|| part.strip_prefix("Q=")));
    let Some(q) = q else { return Some(1000) };
    let (whole, rest) = q.split_once('.').unwrap_or((q, ""));
    let thousandths: String = rest.chars().chain("000".chars()).take(3).collect();
    Some((whole.parse::<u32>().ok()? * 1000 + thousandths.parse::<u32>().ok()?).min(1000))
}

/// The same figures in the plain form: there a counter's family has the name of its samples, and
/// there are no units and no end.
fn plain(open_metrics: &str) -> String {
    let counters: HashSet<&str> = open_metrics
        .lines()
        .filter_map(|line| line.strip_prefix("# TYPE ")?.strip_suffix(" counter"))
        .collect();
    let mut text = String::with_capacity(open_metrics.len());
    for line in open_metrics.lines() {
        let mut words = line.splitn(4, ' ');
        let (mark, what, name, rest) = (words.next(), words.next(), words.next(), words.next());
        let line = match (mark, what, name) {
            (Some("#"), Some("UNIT" | "EOF"), _) => continue,
            (Some("#"), Some(what), Some(name)) if counters.contains(name) => {
                format!("# {what} {name}_total {}", rest.unwrap_or_default())
            }
            _ => line.to_owned(),
        };
        text.push_str(&line);
        text.push('\n');
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn open_metrics_is_for_whoever_asks_for_it() {
        let prometheus = "application/openmetrics-text;version=1.0.0,\
                          application/openmetrics-text;version=0.0.1;q=0.75,\
                          text/plain;version=0.0.4;q=0.5,*/*;q=0.1";
        let open: [&[&str]; 4] = [
            &[prometheus],
            &["application/openmetrics-text"],
            &["text/html", "Application/OpenMetrics-Text; q=0.3"],
            &["text/plain;q=0.2, application/openmetrics-text;q=0.2"],
        ];
        let plain: [&[&str]; 8] = [
            &[],
            &["*/*"],
            &["text/plain"],
            &["text/html,application/xhtml+xml,*/*;q=0.8"],
            &["application/openmetrics-text;q=0"],
            &["application/openmetrics-text;q=0.000, */*"],
            &["application/openmetrics-text;q=0.5,text/plain;q=0.7"],
            &["application/openmetrics-text;q=x"],
        ];
        assert!(open.iter().all(|accept| wants_open_metrics(accept)));
        for accept in plain {
            assert!(!wants_open_metrics(accept), "{accept:?}");
        }
    }

    #[test]
    fn a_counter_has_one_name_in_the_plain_form() {
        let open = "# HELP a Of a.\n# TYPE a counter\na_total 1\n# HELP b_seconds Of b.\n\
                    # TYPE b_seconds gauge\n# UNIT b_seconds seconds\nb_seconds 2\n# EOF\n";
        let expected = "# HELP a_total Of a.\n# TYPE a_total counter\na_total 1\n\
                        # HELP b_seconds Of b.\n# TYPE b_seconds gauge\nb_seconds 2\n";
        assert_eq!(plain(open), expected);
    }
}
