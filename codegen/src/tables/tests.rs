//! The parser against the stored frames, and the tables against blanks.

use std::collections::BTreeSet;

use super::*;

/// What the source parser finds is what the stored frames hold.
#[test]
fn the_shapes_are_those_of_the_stored_frames() {
    let root = crate::root().unwrap();
    let from = shapes(&root).unwrap();
    for (folder, tag, all) in [
        ("client", "t", from.variants("ClientFrame").unwrap()),
        ("server", "t", from.variants("ServerFrame").unwrap()),
        ("command", "c", from.variants("Command").unwrap()),
        ("change", "c", from.variants("Change").unwrap()),
    ] {
        let folder = root.join("protocol/tests/data/wire").join(folder);
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
    let from = shapes(&crate::root().unwrap()).unwrap();
    for name in ["commands", "closes", "kinds", "values", "parts", "shared", "own", "refusals"] {
        let text = table(&from, name).unwrap();
        assert!(!text.contains("| ? |") && !text.contains("|  |\n"), "{name}\n{text}");
    }
    assert!(table(&from, "nothing").is_err());
}

/// Fields of a command stand in its row, unless they have a table that the row can name.
#[test]
fn a_shape_without_a_table_is_shown_where_it_is_carried() {
    let from = shapes(&crate::root().unwrap()).unwrap();
    let text = table(&from, "commands").unwrap();
    let row = |name: &str| text.lines().find(|row| row.starts_with(name)).unwrap().to_owned();
    assert!(row("| `put` |").contains("| … `Put` |"), "{text}");
    let line = row("| `offer_line` |");
    assert!(line.contains("| `item: ItemId`, `box: Sealed`, `from?: SeatId` |"), "{line}");
}
