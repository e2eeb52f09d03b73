//! Who may ask for what, and when: the tables of `docs/PROTOCOL.md`, section 6, written out by hand.

use setroom_protocol::Role;
use setroom_protocol::room::Stage;

/// Who: those who hold the keys; those with the controls; everyone but observers; everyone.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Who {
    Keys,
    Controls,
    Circle,
    All,
}

/// When: before the start; during the meeting; either; always.
#[derive(Clone, Copy, PartialEq, Eq)]
enum When {
    Before,
    During,
    Open,
    Always,
}

const TABLE: &[(Who, When, &str)] = &[
    (
        Who::Keys,
        When::Open,
        "admit ask_seat refuse lock send_to_lobby bring_back rekey set_role hand_over",
    ),
    (Who::Keys, When::Always, "grant remove edit_roster"),
    (Who::Controls, When::Before, "plan set_mode start"),
    (
        Who::Controls,
        When::During,
        "propose_mode next go_to undo pause resume add_time hold release silence close \
         choose_presenter move_hand clear_queue invite interrupt let_it_land start_round",
    ),
    (Who::Controls, When::Open, "set_order take_back name_scribe"),
    (
        Who::Circle,
        When::During,
        "answer_mode raise_hand lower_hand defer_hand end_turn say tick end_round_turn pass_turn \
         later_turn",
    ),
    (Who::Circle, When::Open, "release_item"),
    (Who::Circle, When::Always, "withdraw_item"),
    (Who::All, When::Open, "agree_charter put answer_seat"),
    (Who::All, When::Always, "leave own_key"),
];

/// Whether somebody with this role, and with the controls handed over or not, may ask for the
/// command with this name at this stage; why not, if not.
#[must_use]
pub fn permitted(command: &str, role: Role, lead: bool, stage: Stage) -> Option<&'static str> {
    let row = TABLE.iter().find(|(_, _, names)| names.split_whitespace().any(|n| n == command));
    let Some((who, when, _)) = row else { return Some("there is no such command") };
    let keys = matches!(role, Role::Host | Role::CoFacilitator);
    let may = match who {
        Who::Keys => keys,
        Who::Controls => keys || lead,
        Who::Circle => role != Role::Observer,
        Who::All => true,
    };
    let now = match when {
        When::Before => stage == Stage::Gathering,
        When::During => stage == Stage::Running,
        When::Open => stage != Stage::Closed,
        When::Always => true,
    };
    match (may, now) {
        (false, _) => Some("this role may not ask for it"),
        (_, false) => Some("it may not be asked for at this stage"),
        (true, true) => None,
    }
}

/// Whether a command may be done without anything being written down.
#[must_use]
pub fn writes_nothing(command: &str) -> bool {
    matches!(command, "refuse" | "ask_seat" | "answer_seat")
}

/// Whether a command counts only on the screen that it was pressed on: "two presses are one move".
#[must_use]
pub fn moves_the_meeting(command: &str) -> bool {
    matches!(command, "start" | "next" | "go_to" | "undo" | "close" | "choose_presenter")
}
