//! Numbers and names that clients know: they are stable, and each is there once.

use std::collections::BTreeSet;

use setroom_protocol::{CloseCode, Code};

const CLOSE: &[(u16, &str, bool)] = &[
    (1012, "restart", true),
    (1013, "full", true),
    (4400, "bad_frame", false),
    (4401, "auth", false),
    (4403, "not_allowed", false),
    (4408, "slow", true),
    (4410, "set_closed", false),
    (4413, "too_large", false),
    (4426, "old_client", false),
    (4429, "too_fast", true),
    (4500, "room_fault", true),
    (4510, "damaged", false),
    (4409, "replaced", false),
    (4440, "idle", true),
];

const REFUSALS: &[&str] = &[
    "role",
    "stage",
    "part",
    "stale",
    "no_seat",
    "no_item",
    "no_part",
    "no_knock",
    "no_device",
    "not_yours",
    "no_hand",
    "no_turn",
    "no_round",
    "no_presenter",
    "nothing_to_undo",
    "already",
    "holding",
    "locked",
    "charter_first",
    "in_lobby",
    "stale_epoch",
    "stale_roster",
    "stale_revision",
    "stale_order",
    "kind",
    "long_text",
    "sealed_own",
    "seat_here",
    "not_them",
    "range",
    "no_template",
    "people",
    "devices",
    "lobby",
    "items",
    "sealed_bytes",
    "meetings",
    "times",
    "lines",
    "few",
    "own_key_chars",
    "roster_edits",
    "knock_refused",
    "lobby_stay",
    "link_changed",
    "busy",
    "not_saved",
    "too_fast",
    "quarantined",
];

#[test]
fn close_codes_are_as_published() {
    let all: Vec<_> =
        CloseCode::ALL.iter().map(|c| (c.code(), c.reason(), c.come_back())).collect();
    assert_eq!(all, CLOSE);
    let numbers: BTreeSet<_> = CLOSE.iter().map(|(number, ..)| number).collect();
    let reasons: BTreeSet<_> = CLOSE.iter().map(|(_, reason, _)| reason).collect();
    assert_eq!((numbers.len(), reasons.len()), (CLOSE.len(), CLOSE.len()));
    // RFC 6455 leaves 4000 to 4999 to applications; a reason has at most 123 bytes.
    assert!(
        CLOSE.iter().all(
            |(n, r, _)| ([1012, 1013].contains(n) || (4000..5000).contains(n)) && r.len() < 123
        )
    );
}

#[test]
fn refusal_codes_are_as_published() {
    let names: Vec<_> = Code::ALL.iter().map(|(code, _)| code.name()).collect();
    assert_eq!(names, REFUSALS);
    assert_eq!(names.iter().collect::<BTreeSet<_>>().len(), names.len());
    assert!(Code::ALL.iter().all(|(_, meaning)| meaning.trim().ends_with('.')));
    let temporary: Vec<_> = Code::ALL
        .iter()
        .filter(|(code, _)| code.temporary())
        .map(|(code, _)| code.name())
        .collect();
    assert_eq!(temporary, ["busy", "not_saved", "too_fast"]);
}
