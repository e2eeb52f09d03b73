//! No source file over 400 lines: one that is holds more than one idea.

use super::{Fault, Source};

const MOST: usize = 400;

pub(super) fn check(source: &Source, faults: &mut Vec<Fault>) {
    if source.ends_with(&[".gen.ts"]) {
        return;
    }
    if !source.ends_with(&[".rs", ".ts", ".tsx", ".mjs", ".js", ".css"]) {
        return;
    }
    let lines = source.text.lines().count();
    if lines > MOST {
        let rule = format!("{lines} lines; a file has at most {MOST}, so split it by idea");
        faults.push(Fault::new(&source.path, MOST + 1, rule));
    }
}

#[cfg(test)]
mod tests {
    use super::super::faults_of;
    use super::check;

    #[test]
    fn long_sources_are_found() {
        let (fits, long) = ("x\n".repeat(400), "x\n".repeat(401));
        assert!(faults_of(check, "server/src/room.rs", &fits).is_empty());
        assert_eq!(faults_of(check, "server/src/room.rs", &long), [401]);
        assert_eq!(faults_of(check, "web-client/src/room.css", &long), [401]);
        assert!(faults_of(check, "web-client/src/wire.gen.ts", &long).is_empty());
        assert!(faults_of(check, "docs/PROTOCOL.md", &long).is_empty());
    }
}
