//! No circle of modules: whoever reads one from its imports downwards comes to an end.

use std::collections::{BTreeMap, BTreeSet};

use super::{Fault, Source};

/// The crates whose top modules are looked at; their root may use every module, and none uses it.
const CRATES: [&str; 7] = [
    "client/src/",
    "loadtest/src/",
    "proof/bench/src/",
    "proof/checker/src/",
    "proof/sim/src/",
    "server/src/",
    "xtask/src/",
];

/// Which module uses which others, and where it does first.
type Uses = BTreeMap<String, BTreeMap<String, (String, usize)>>;

pub(super) fn check(sources: &[Source], faults: &mut Vec<Fault>) {
    for folder in CRATES {
        let mut uses = uses_in(folder, sources);
        // What uses nothing is at the end of every way; what is left in the end goes round.
        while let Some(last) = uses.iter().find(|(_, used)| used.is_empty()) {
            let last = last.0.clone();
            uses.remove(&last);
            uses.values_mut().for_each(|used| drop(used.remove(&last)));
        }
        faults.extend(circle(&uses));
    }
}

/// Every module's imports of other modules beside it, tests left out.
fn uses_in(folder: &str, sources: &[Source]) -> Uses {
    let of_folder = sources.iter().filter_map(|source| {
        let name = source.path.strip_prefix(folder)?.strip_suffix(".rs")?;
        Some((name, source))
    });
    let tests: BTreeSet<String> = of_folder
        .clone()
        .flat_map(|(name, source)| {
            let home =
                name.strip_suffix("/mod").map_or_else(String::new, |home| format!("{home}/"));
            let declared = source.text.split("#[cfg(test)]\nmod ").skip(1);
            declared.filter_map(move |rest| Some(home.clone() + rest.split_once(';')?.0))
        })
        .collect();
    let mut uses = Uses::new();
    for (name, source) in of_folder {
        let module = name.split('/').next().unwrap_or(name);
        let is_test = tests.iter().any(|test| {
            name.strip_prefix(test.as_str())
                .is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
        });
        if is_test || ["lib", "main"].contains(&name) {
            continue;
        }
        let code = source.text.split("#[cfg(test)]\nmod tests {").next().unwrap_or_default();
        let used = uses.entry(module.to_owned()).or_default();
        for (line, text) in code.lines().enumerate() {
            let code = text.split("//").next().unwrap_or_default();
            // In quotes it is a word.
            for rest in code.split("crate::").skip(1).filter(|rest| !rest.starts_with('"')) {
                let end = rest.find(|c: char| !c.is_alphanumeric() && c != '_');
                let name = rest.get(..end.unwrap_or(rest.len())).unwrap_or_default();
                // What the root itself offers comes from its modules, so it is a way back to all.
                let name = if rest.starts_with(char::is_lowercase) { name } else { "the root" };
                if name != module {
                    used.entry(name.to_owned()).or_insert((source.path.clone(), line + 1));
                }
            }
        }
    }
    let all: Vec<String> = uses.keys().cloned().collect();
    let root = all.into_iter().map(|name| (name, (format!("{folder}lib.rs"), 0))).collect();
    uses.insert("the root".to_owned(), root);
    uses
}

/// One of the circles, at the import that closes it.
fn circle(uses: &Uses) -> Option<Fault> {
    let mut way: Vec<&String> = vec![uses.keys().next()?];
    loop {
        let last = way.last()?;
        let (next, (path, line)) = uses.get(*last)?.iter().next()?;
        if let Some(begin) = way.iter().position(|name| *name == next) {
            let names: Vec<&str> = way.iter().skip(begin).map(|name| name.as_str()).collect();
            let rule = format!("a circle of modules: {} and again {next}", names.join(" uses "));
            return Some(Fault::new(path, *line, rule));
        }
        way.push(next);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn faults(files: &[(&str, &str)]) -> Vec<String> {
        let sources: Vec<_> = files
            .iter()
            .map(|(name, text)| Source::new(&format!("server/src/{name}.rs"), text))
            .collect();
        let mut faults = Vec::new();
        check(&sources, &mut faults);
        faults.iter().map(ToString::to_string).collect()
    }

    #[test]
    fn circles_are_found_and_straight_ways_are_not() {
        let below = ("below", "use std::fmt;\n// crate::above\n");
        assert!(faults(&[("above/mod", "use crate::below::X;\n"), below]).is_empty());
        let found = faults(&[
            ("above/x", "\nuse crate::below::X;\n"),
            ("below", "fn f() { crate::beside::g() }\n"),
            ("beside/mod", "use crate::above::Y;\n"),
        ]);
        assert_eq!(
            found,
            ["server/src/beside/mod.rs:1: a circle of modules: above uses below uses beside and \
              again above"]
        );
    }

    #[test]
    fn what_the_root_offers_is_a_circle_and_tests_are_left_out() {
        assert_eq!(faults(&[("above", "use crate::{AppState, Server};\n")]).len(), 1);
        let above = ("above/mod", "use crate::below::X;\n");
        let below = "x\n#[cfg(test)]\nmod tests {\n    use crate::above::Y;\n}\n";
        assert!(faults(&[above, ("below", below)]).is_empty());
        let below = ("below/mod", "#[cfg(test)]\nmod trials;\nmod trial;\n");
        assert!(faults(&[above, below, ("below/trials/a", "use crate::above::Y;")]).is_empty());
        assert_eq!(faults(&[above, below, ("below/trial", "use crate::above::Y;")]).len(), 1);
    }
}
