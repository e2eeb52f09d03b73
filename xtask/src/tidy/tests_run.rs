//! Every test runs: one that is left out is red somewhere and nobody sees it.

use super::{Fault, Source};

const LEFT_OUT: [&str; 6] = [".only(", ".skip(", ".todo(", ".skipIf(", ".runIf(", ".fails("];

pub(super) fn check(source: &Source, faults: &mut Vec<Fault>) {
    let rust = source.ends_with(&[".rs"]);
    let web = source.ends_with(&[".ts", ".tsx"])
        && (source.ends_with(&[".test.ts", ".test.tsx", ".e2e.ts"])
            || ["web-client/tests/", "web-client/e2e/"]
                .iter()
                .any(|folder| source.path.starts_with(folder)));
    for (line, text) in source.lines() {
        // In Rust `skip` is a method of iterators, and only the attribute leaves a test out.
        let found = if rust {
            // One that another test starts in a process of its own is run, by that test.
            let text = text.trim_start();
            (text.starts_with("#[ignore") && !text.starts_with("#[ignore = \"run by "))
                .then_some("#[ignore]")
        } else if web {
            LEFT_OUT.into_iter().find(|word| text.contains(word))
        } else {
            None
        };
        if let Some(word) = found {
            let rule = format!("`{word}` leaves tests out: mend or remove them");
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
        assert_eq!(faults_of(check, "web-client/tests/a.test.ts", "x\nit.only('a')"), [2]);
        assert_eq!(faults_of(check, "web-client/e2e/a.e2e.ts", "describe.skip('a')"), [1]);
        assert_eq!(faults_of(check, "server/src/a.rs", "#[test]\n    #[ignore]\n"), [2]);
        assert_eq!(faults_of(check, "server/src/a.rs", "#[ignore = \"slow\"]"), [1]);
        let child = "#[ignore = \"run by the test above, under a limit\"]";
        assert!(faults_of(check, "server/tests/it/a.rs", child).is_empty());
        assert!(faults_of(check, "server/src/a.rs", "all.iter().skip(1)").is_empty());
        assert!(faults_of(check, "web-client/src/a.ts", "list.skip(1)").is_empty());
    }
}
