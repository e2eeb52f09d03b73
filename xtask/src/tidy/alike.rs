//! What the simulation's workspace says as the service's does: its lints, and how its own crates and
//! everybody else's are built. Where the latter differs, every crate is built twice.

use super::{Fault, Source};

const OURS: &str = "Cargo.toml";
const SIMULATION: &str = "proof/sim/Cargo.toml";

pub(super) fn check(sources: &[Source], faults: &mut Vec<Fault>) {
    let table = |path: &str| {
        let source = sources.iter().find(|source| source.path == path)?;
        source.text.parse::<toml::Table>().ok()
    };
    let (Some(ours), Some(simulation)) = (table(OURS), table(SIMULATION)) else {
        faults.push(Fault::new(SIMULATION, 0, format!("cannot be laid beside {OURS}")));
        return;
    };
    for (what, theirs) in [("workspace.lints", "lints"), ("profile.dev", "profile.dev")] {
        if at(&ours, what) != at(&simulation, theirs) {
            faults.push(Fault::new(SIMULATION, 0, format!("[{theirs}] is not as in {OURS}")));
        }
    }
}

/// What stands under this name, whose parts are separated by dots.
fn at<'a>(table: &'a toml::Table, name: &str) -> Option<&'a toml::Value> {
    let (first, rest) = name.split_once('.').unwrap_or((name, ""));
    let value = table.get(first)?;
    if rest.is_empty() { Some(value) } else { at(value.as_table()?, rest) }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn faults(ours: &str, simulation: &str) -> Vec<String> {
        let mut faults = Vec::new();
        check(&[Source::new(OURS, ours), Source::new(SIMULATION, simulation)], &mut faults);
        faults.into_iter().map(|fault| fault.rule).collect()
    }

    #[test]
    fn other_lints_and_another_way_to_build_are_found() {
        let ours =
            "[workspace.lints.clippy]\ntodo = 'warn'\n[profile.dev.package.\"*\"]\ndebug = false\n";
        let alike = "[profile.dev.package.\"*\"]\ndebug = false\n[lints.clippy]\ntodo = 'warn'\n";
        assert!(faults(ours, alike).is_empty());
        let lax = alike.replace("warn", "allow");
        assert_eq!(faults(ours, &lax), ["[lints] is not as in Cargo.toml"]);
        let slow = alike.replace("debug = false", "opt-level = 1");
        assert_eq!(faults(ours, &slow), ["[profile.dev] is not as in Cargo.toml"]);
    }

    #[test]
    fn nothing_passes_that_cannot_be_read() {
        assert_eq!(faults("[", "[lints]"), ["cannot be laid beside Cargo.toml"]);
    }
}
