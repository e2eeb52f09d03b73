//! Rules of the Rust sources.

use super::{Fault, Source};

/// Every module says on its first line what it is for.
pub(super) fn has_module_doc(source: &Source, faults: &mut Vec<Fault>) {
    if source.ends_with(&[".rs"]) && !source.text.starts_with("//! ") {
        faults.push(Fault::new(&source.path, 1, "a module begins with `//!` and what it is for"));
    }
}

/// The concurrent map is used in one file, whose methods return clones, so that no guard of it
/// can cross an await. The lint against that misses guards inside an `Option`.
pub(super) fn maps_stay_home(source: &Source, faults: &mut Vec<Fault>) {
    // Here the map is only named.
    let allowed = source.path.starts_with("xtask/") || source.ends_with(&["/registry.rs"]);
    if !source.ends_with(&[".rs"]) || allowed {
        return;
    }
    for (line, text) in source.lines() {
        let code = text.split("//").next().unwrap_or_default();
        if code.contains("DashMap") || code.contains("dashmap::") {
            let rule = "DashMap is used in registry.rs only, which returns clones";
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
    fn maps_elsewhere_are_found() {
        let text = "//! x\n// not a DashMap\nlet rooms = DashMap::new();\n";
        assert_eq!(faults_of(maps_stay_home, "server/src/room.rs", text), [3]);
        assert!(faults_of(maps_stay_home, "server/src/registry.rs", text).is_empty());
    }
}
