//! The text form of Prometheus, read as a collector reads it.

use std::collections::BTreeMap;
use std::time::Duration;

use setroom_loadtest::measure::verdict::Thresholds;
use setroom_loadtest::report::Report;

use super::merging::outcome;

/// Name, labels and value of each sample, after a look at every line.
fn samples(text: &str) -> BTreeMap<String, f64> {
    assert!(text.ends_with('\n'));
    let (mut types, mut samples) = (BTreeMap::new(), BTreeMap::new());
    let mut helped = String::new();
    for line in text.lines() {
        if let Some(help) = line.strip_prefix("# HELP ") {
            let (name, words) = help.split_once(' ').unwrap();
            assert!(words.ends_with('.'), "{line}");
            helped = name.to_owned();
        } else if let Some(of) = line.strip_prefix("# TYPE ") {
            let (name, kind) = of.split_once(' ').unwrap();
            assert_eq!(name, helped, "HELP and TYPE belong together");
            assert!(["counter", "gauge", "summary"].contains(&kind), "{line}");
            assert_eq!(kind == "counter", name.ends_with("_total"), "{line}");
            assert!(
                types.insert(name.to_owned(), kind.to_owned()).is_none(),
                "{name} is told twice"
            );
        } else {
            let (series, value) = line.rsplit_once(' ').unwrap();
            let name = series.split('{').next().unwrap();
            let plain = |c: char| c.is_ascii_lowercase() || c == '_' || c.is_ascii_digit();
            assert!(name.starts_with("setroom_loadtest_") && name.chars().all(plain), "{line}");
            let family = name.trim_end_matches("_sum").trim_end_matches("_count");
            assert!(types.contains_key(name) || types[family] == "summary", "{line}");
            if let Some(labels) = series.strip_prefix(name).filter(|labels| !labels.is_empty()) {
                let labels = labels.strip_prefix('{').and_then(|rest| rest.strip_suffix('}'));
                assert!(labels.is_some_and(|labels| labels.contains("=\"")), "{line}");
            }
            let value = value.parse::<f64>().unwrap();
            assert!(samples.insert(series.to_owned(), value).is_none(), "{series} is told twice");
        }
    }
    samples
}

#[test]
fn a_collector_can_read_it() {
    let mut outcome = outcome(2, 10, Duration::from_millis(5));
    outcome.commands.refused.insert("a \"b\" \\ c\nd".into(), 3);
    let text = Report::of(&outcome, &Thresholds::default()).prometheus();
    let samples = samples(&text);
    let at = |name: &str| samples[&format!("setroom_loadtest_{name}")];
    // A refusal of a name that nobody knows kept somebody from working.
    assert_eq!((at("passed"), at("judged"), at("server_gone")), (0.0, 1.0, 0.0));
    assert_eq!(at("seats"), 20.0);
    // Seconds, not milliseconds.
    assert!((at("latency_seconds{quantile=\"0.99\"}") - 0.005).abs() < 1e-5);
    assert_eq!(at("latency_seconds_count"), 100.0);
    assert!((at("latency_seconds_sum") - 0.5).abs() < 1e-3);
    assert!(at("join_seconds{quantile=\"0.5\"}").is_nan(), "nobody joined");
    assert_eq!(at("deliveries_wrong_total{kind=\"lost\"}"), 0.0);
    assert_eq!(at("refusals_total{code=\"a \\\"b\\\" \\\\ c\\nd\"}"), 3.0);
}
