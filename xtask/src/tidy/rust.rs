//! Rules of the Rust sources.

use super::{Fault, Source};

/// Every module says on its first line what it is for.
pub(super) fn has_module_doc(source: &Source, faults: &mut Vec<Fault>) {
    if source.ends_with(&[".rs"]) && !source.text.starts_with("//! ") {
        faults.push(Fault::new(&source.path, 1, "a module begins with `//!` and what it is for"));
    }
}

/// Every test runs: one that is left out is red somewhere and nobody sees it. Of the client's the linter
/// says so (`web-client/.oxlintrc.json`).
pub(super) fn tests_run(source: &Source, faults: &mut Vec<Fault>) {
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
    use super::*;

    #[test]
    fn modules_without_a_doc_are_found() {
        assert!(faults_of(has_module_doc, "a/b.rs", "//! Rooms.\nuse x;\n").is_empty());
        assert_eq!(faults_of(has_module_doc, "a/b.rs", "use x;\n"), [1]);
        assert_eq!(faults_of(has_module_doc, "a/b.rs", "// Rooms.\n"), [1]);
        assert_eq!(faults_of(has_module_doc, "a/b.rs", ""), [1]);
        assert!(faults_of(has_module_doc, "a/b.ts", "const x = 1;\n").is_empty());
    }

    #[test]
    fn tests_that_do_not_run_are_found() {
        assert_eq!(faults_of(tests_run, "server/src/a.rs", "#[test]\n    #[ignore]\n"), [2]);
        assert_eq!(faults_of(tests_run, "server/src/a.rs", "#[ignore = \"slow\"]"), [1]);
        let child = "#[ignore = \"run by the test above, under a limit\"]";
        assert!(faults_of(tests_run, "server/tests/it/a.rs", child).is_empty());
        assert!(faults_of(tests_run, "server/src/a.rs", "all.iter().skip(1)").is_empty());
    }
}
