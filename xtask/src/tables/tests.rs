//! The parser against the stored frames, and the tables against blanks.

use std::collections::BTreeSet;

use super::*;

#[test]
fn markers_are_filled_and_everything_else_stays() {
    let old = format!("a\n<!-- generated: x -->\nold\n{END}\nb\n");
    let new = fill(&old, |name| Ok(format!("[{name}]\n"))).unwrap();
    assert_eq!(new, format!("a\n<!-- generated: x -->\n\n[x]\n\n{END}\nb\n"));
    assert_eq!(fill(&new, |name| Ok(format!("[{name}]\n"))).unwrap(), new);
    assert!(fill("<!-- generated: x -->\n", |_| Ok(String::new())).is_err(), "no end mark");
}

/// What the source parser finds is what the stored frames hold.
#[test]
fn the_shapes_are_those_of_the_stored_frames() {
    let place = Place::find().unwrap();
    let from = shapes(&place).unwrap();
    for (folder, tag, all) in [
        ("client", "t", from.variants("ClientFrame").unwrap()),
        ("server", "t", from.variants("ServerFrame").unwrap()),
        ("command", "c", from.variants("Command").unwrap()),
        ("change", "c", from.variants("Change").unwrap()),
    ] {
        let folder = place.root.join("protocol/tests/data/wire").join(folder);
        let mut stored = BTreeSet::new();
        for file in fs::read_dir(&folder).unwrap() {
            let text = fs::read_to_string(file.unwrap().path()).unwrap();
            let sample: Value = serde_json::from_str(&text).unwrap();
            let frame = sample["frame"].as_object().unwrap();
            let name = frame[tag].as_str().unwrap();
            stored.insert(name.to_owned());
            let variant = all.iter().find(|variant| variant.name == name).unwrap();
            assert!(!variant.docs.is_empty(), "{name} has a meaning");
            // A tuple variant lays its payload's fields beside the tag.
            let carried = match variant.fields.as_slice() {
                [Field { name, kind, .. }] if name.is_empty() => from.fields(kind).unwrap(),
                own => own.to_vec(),
            };
            for field in frame.keys().filter(|key| *key != tag) {
                assert!(carried.iter().any(|known| known.name == *field), "{name}.{field}");
            }
            for known in carried.iter().filter(|known| !known.optional) {
                assert!(frame.contains_key(&known.name), "{name}.{} is missing", known.name);
            }
        }
        let named: BTreeSet<_> = all.iter().map(|variant| variant.name.clone()).collect();
        assert_eq!(named, stored, "{}", folder.display());
    }
}

#[test]
fn no_cell_is_unknown() {
    let from = shapes(&Place::find().unwrap()).unwrap();
    for name in ["commands", "closes", "kinds", "values", "parts", "shared", "own", "refusals"] {
        let text = table(&from, name).unwrap();
        assert!(!text.contains("| ? |") && !text.contains("|  |\n"), "{name}\n{text}");
    }
    assert!(table(&from, "nothing").is_err());
}
