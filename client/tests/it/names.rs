//! Names are made fit to be shown as in the web client: one file of vectors serves both.

use proptest::prelude::*;
use serde::Deserialize;
use setroom_client::fit_name;

#[derive(Deserialize)]
struct Vector {
    why: String,
    typed: String,
    shown: Option<String>,
}

#[test]
fn every_name_of_the_vectors() {
    let file = include_str!("../../../protocol/tests/data/names.json");
    let vectors: Vec<Vector> = serde_json::from_str(file).unwrap();
    assert!(vectors.len() > 40);
    for Vector { why, typed, shown } in vectors {
        assert_eq!(fit_name(&typed), shown, "{why}");
    }
}

proptest! {
    #[test]
    fn what_is_fit_stays_as_it_is(typed in "\\PC{0,12}|[a·\u{200d}\u{200c}\u{301}\u{fe0f}♀😀 /म्شa-c\u{202e}\u{200b}]{0,12}") {
        if let Some(name) = fit_name(&typed) {
            prop_assert_eq!(fit_name(&name), Some(name.clone()));
            prop_assert!(!name.chars().any(char::is_control));
            prop_assert_eq!(name.trim(), &name);
        }
    }
}
