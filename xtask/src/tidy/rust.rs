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

/// Nothing that is built without its tests has any. A manifest says so of what is tested from outside, so
/// that it is not compiled a second time for none.
pub(super) fn tests_are_built(sources: &[Source], faults: &mut Vec<Fault>) {
    for manifest in sources.iter().filter(|source| source.ends_with(&["Cargo.toml"])) {
        let Ok(table) = manifest.text.parse::<toml::Table>() else { continue };
        let folder = manifest.path.trim_end_matches("Cargo.toml");
        let untested =
            |target: &toml::Value| target.get("test").and_then(toml::Value::as_bool) == Some(false);
        let bins = table.get("bin").and_then(toml::Value::as_array).into_iter().flatten();
        let bins: Vec<_> = (bins.filter(|bin| untested(bin)))
            .filter_map(|bin| Some(format!("{folder}{}", bin.get("path")?.as_str()?)))
            .collect();
        let lib = table.get("lib").is_some_and(untested).then(|| format!("{folder}src/"));
        for source in sources.iter().filter(|source| source.ends_with(&[".rs"])) {
            let of_lib = lib.as_ref().is_some_and(|lib| source.path.starts_with(lib));
            if of_lib || bins.contains(&source.path) {
                let tests = source.lines().filter(|(_, text)| text.trim() == "#[cfg(test)]");
                let rule = format!("{} builds no tests here", manifest.path);
                faults.extend(tests.map(|(line, _)| Fault::new(&source.path, line, &*rule)));
            }
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

    #[test]
    fn tests_that_are_not_built_are_found() {
        let found = |manifest: &str| {
            let tested = |path: &str| Source::new(path, "//! X.\n    #[cfg(test)]\n");
            let of = ["a/src/b/c.rs", "a/src/main.rs", "a/tests/it/main.rs", "b/src/d.rs"];
            let mut sources: Vec<_> = of.into_iter().map(tested).collect();
            sources.push(Source::new("a/Cargo.toml", manifest));
            let mut faults = Vec::new();
            tests_are_built(&sources, &mut faults);
            faults.iter().map(ToString::to_string).collect::<Vec<_>>()
        };
        let rule = ":2: a/Cargo.toml builds no tests here";
        assert!(found("[lib]\n[[bin]]\npath = 'src/main.rs'\n").is_empty());
        assert_eq!(
            found("[lib]\ntest = false\n"),
            [format!("a/src/b/c.rs{rule}"), format!("a/src/main.rs{rule}")]
        );
        assert_eq!(
            found("[[bin]]\npath = 'src/main.rs'\ntest = false\n"),
            [format!("a/src/main.rs{rule}")]
        );
    }
}
