//! Names are made fit to be shown as in the web client: one file of vectors serves both.

use proptest::prelude::*;
use rand::SeedableRng as _;
use rand::rngs::StdRng;
use serde::Deserialize;
use setroom_client::seal::{Hello, Link, SealError, open_lobby_name};
use setroom_client::{Keyring, Sealing, fit_name};
use setroom_protocol::{Challenge32, ClientFrame, LinkRole, decode, limits};

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

/// The longest names that people may type, of characters that take most bytes once they are NFC.
#[test]
fn the_longest_names_fit_into_a_knock_and_are_shown_at_the_door() {
    let mut rng = StdRng::seed_from_u64(1);
    let link = Link::generate([1; 16], LinkRole::Member, &mut rng);
    let keys = Keyring::new(&link, Sealing::Real, &mut rng);
    for letter in ["x", "ŵ", "漢", "😀", "\u{958}", "\u{fb2c}", "\u{1d160}"] {
        let typed = format!("a{}", letter.repeat(limits::NAME_CHARS - 1));
        let knock = keys.knock(&typed, &Challenge32([7; 32]), &mut rng).unwrap();
        let text = serde_json::to_string(&knock).unwrap();
        let ClientFrame::Knock(read) = decode(&text, true).unwrap() else { panic!("a knock") };
        let hello = Hello { nonce: read.nonce.0, mac: read.mac.0 };
        let name = open_lobby_name(&link.keys(), read.device(), &hello, &read.name.decode());
        let name = fit_name(&name.unwrap()).unwrap();
        let whole = fit_name(&typed).unwrap();
        assert!(whole.starts_with(&name) && name.chars().count() > 30, "{letter}: {name}");
        assert!(name == whole || letter == "\u{1d160}", "{letter}");
    }
    let endless = keys.knock(&"x".repeat(8192), &Challenge32([7; 32]), &mut rng);
    assert_eq!(endless.unwrap_err(), SealError::TooLong);
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
