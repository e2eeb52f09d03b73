//! Every test runs: one that is left out is red somewhere and nobody sees it. Of the client's the linter
//! says so (`web-client/.oxlintrc.json`).

use super::{Fault, Source};

pub(super) fn check(source: &Source, faults: &mut Vec<Fault>) {
    if !source.ends_with(&[".rs"]) {
        return;
    }
    for (line, text) in source.lines() {
        // One that another test starts in a process of its own is run, by that test.
        let text = text.trim_start();
        if text.starts_with("#[ignore") && !text.starts_with("#[ignore = \"run by ") {
            let rule = "`#[ignore]` leaves tests out: mend or remove them";
            faults.push(Fault::new(&source.path, line, rule));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::faults_of;
    use super::check;

    #[test]
    fn tests_that_do_not_run_are_found() {
        assert_eq!(faults_of(check, "server/src/a.rs", "#[test]\n    #[ignore]\n"), [2]);
        assert_eq!(faults_of(check, "server/src/a.rs", "#[ignore = \"slow\"]"), [1]);
        let child = "#[ignore = \"run by the test above, under a limit\"]";
        assert!(faults_of(check, "server/tests/it/a.rs", child).is_empty());
        assert!(faults_of(check, "server/src/a.rs", "all.iter().skip(1)").is_empty());
    }
}
