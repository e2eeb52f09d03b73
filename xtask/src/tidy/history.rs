//! The change log begins with what is not released yet.

use super::{Fault, Source};

const FILE: &str = "CHANGELOG.md";

pub(super) fn check(sources: &[Source], faults: &mut Vec<Fault>) {
    let Some(log) = sources.iter().find(|source| source.path == FILE) else {
        faults.push(Fault::new(FILE, 0, "is missing"));
        return;
    };
    let head = log.lines().find(|(_, text)| text.starts_with("## "));
    let unreleased = ["## Unreleased", "## [Unreleased]"];
    if !head.is_some_and(|(_, text)| unreleased.contains(&text.trim_end())) {
        let line = head.map_or(1, |(line, _)| line);
        faults.push(Fault::new(FILE, line, "the first heading is `## Unreleased`"));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn faults(text: &str) -> Vec<usize> {
        let mut faults = Vec::new();
        check(&[Source::new(FILE, text)], &mut faults);
        faults.iter().map(|fault| fault.line).collect()
    }

    #[test]
    fn the_head_is_unreleased() {
        assert!(faults("# Changes\n\n## Unreleased\n\n## 0.1.0\n").is_empty());
        assert!(faults("# Changes\n\n## [Unreleased]\n").is_empty());
        assert_eq!(faults("# Changes\n\n## 0.1.0\n\n## Unreleased\n"), [3]);
        assert_eq!(faults("# Changes\n"), [1]);
        let mut missing = Vec::new();
        check(&[], &mut missing);
        assert_eq!(missing.len(), 1);
    }
}
