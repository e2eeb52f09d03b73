//! Scenario files: the shipped ones are sound, mistakes are told with their place, and the document
//! of the keys says what the program reads.

use std::collections::BTreeSet;
use std::time::Duration;

use setroom_loadtest::scenario::{Break, SHIPPED, Scenario};

const README: &str = include_str!("../../scenarios/README.md");

fn shipped(name: &str) -> &'static str {
    SHIPPED.iter().find(|(known, _)| *known == name).unwrap().1
}

#[test]
fn every_shipped_scenario_is_sound_and_in_its_folder() {
    for (name, _) in SHIPPED {
        let scenario = Scenario::find(name).unwrap_or_else(|error| panic!("{error}"));
        assert_eq!(scenario.name, *name);
        assert!(scenario.about.ends_with('.'));
    }
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/scenarios");
    let files = std::fs::read_dir(folder).unwrap().map(|file| file.unwrap().path());
    let files: BTreeSet<String> = files
        .filter(|path| path.extension().is_some_and(|end| end == "toml"))
        .map(|path| path.file_stem().unwrap().to_string_lossy().into_owned())
        .collect();
    assert_eq!(files, SHIPPED.iter().map(|(name, _)| (*name).to_owned()).collect());
}

#[test]
fn a_file_is_found_by_its_path() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("ours.toml");
    std::fs::write(&path, shipped("wifi_blips")).unwrap();
    let scenario = Scenario::find(path.to_str().unwrap()).unwrap();
    assert_eq!(scenario.name, "ours");
    assert_eq!(scenario.faults[0].what, Break::Drop);
    assert_eq!(scenario.behaviour.away, Duration::from_secs(4));
    let error = Scenario::find("tea_break").unwrap_err();
    assert!(error.starts_with("there is no scenario `tea_break`: "), "{error}");
    let error = Scenario::find("gone.toml").unwrap_err();
    assert!(error.starts_with("scenario gone.toml cannot be read: "), "{error}");
}

#[test]
fn mistakes_name_the_key_and_the_line() {
    let wrong = |from: &str, to: &str| {
        let text = shipped("short_90").replace(from, to);
        Scenario::read("a.toml", &text).unwrap_err()
    };
    let error = wrong("observers = 1", "onlookers = 1");
    assert!(error.starts_with("scenario a.toml, line 9: unknown field `onlookers`"), "{error}");
    let error = wrong("open = \"5s\"", "open = \"5 minutes\"");
    assert!(error.starts_with("scenario a.toml, line 12: must be a time as in"), "{error}");
    let error = wrong("rooms = 20", "rooms = \"many\"");
    assert!(error.starts_with("scenario a.toml, line 5: "), "{error}");
    let error = wrong("plan = \"short_90\"", "plan = \"long_900\"");
    assert!(error.contains("plan `long_900` is not known; there are half_day_210"), "{error}");
    let error = wrong("members = 8", "members = 80");
    assert!(error.contains("over the limit `people`, which is 24"), "{error}");
    let error = wrong("rooms = 20", "rooms = 20\nrepeat = true");
    assert!(error.contains("repeat without duration"), "{error}");
    let error = wrong("[thresholds]", "[[fault]]\nat = \"1s\"\nwhat = \"delay\"\n[thresholds]");
    assert!(error.contains("a delay needs it"), "{error}");
}

#[test]
fn a_scenario_survives_being_sent_elsewhere() {
    for (name, _) in SHIPPED {
        let scenario = Scenario::find(name).unwrap();
        let sent = serde_json::to_string(&scenario).unwrap();
        assert_eq!(serde_json::from_str::<Scenario>(&sent).unwrap(), scenario, "{sent}");
    }
}

/// The keys that the program knows in a table, from what it says about one that it does not know.
fn known(table: &str) -> BTreeSet<String> {
    let text = shipped("wifi_blips");
    let text = if table.is_empty() {
        format!("nonsense = 1\n{text}")
    } else {
        text.replacen(&format!("{table}\n"), &format!("{table}\nnonsense = 1\n"), 1)
    };
    let error = Scenario::read("a.toml", &text).unwrap_err();
    let (_, list) = error.split_once("expected one of ").unwrap_or_else(|| panic!("{error}"));
    list.split('`').skip(1).step_by(2).map(str::to_owned).collect()
}

#[test]
fn the_document_names_exactly_the_keys_that_there_are() {
    let mut sections =
        README.split("\n## Keys\n").nth(1).unwrap().split("\n| --- | --- |\n").skip(1);
    for table in ["", "[people]", "[arrival]", "[behaviour]", "[[fault]]", "[thresholds]"] {
        let rows = sections.next().unwrap().lines().take_while(|line| line.starts_with('|'));
        let keys = rows.map(|row| row.split('|').nth(1).unwrap());
        let told: BTreeSet<String> =
            keys.flat_map(|cell| cell.split('`').skip(1).step_by(2)).map(str::to_owned).collect();
        assert_eq!(told, known(table), "{table}");
    }
}
