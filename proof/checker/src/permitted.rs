//! Who may ask for what, and when: read from the table that was written by hand, and not from the code
//! that asks by `docs/PROTOCOL.md`, section 6.

use setroom_protocol::Role;
use setroom_protocol::room::Stage;

/// One line for each command, a column for each kind of person, and in a cell the stages in which they
/// may: gathering, running, closed, each by its first letter.
const TABLE: &str = include_str!("../../../protocol/tests/data/permissions.txt");

/// The cell of a command for somebody with this role, and with the controls handed over or not.
fn cell(command: &str, role: Role, lead: bool) -> Option<&'static str> {
    let column = match (role, lead) {
        (Role::Host, _) => 0,
        (Role::CoFacilitator, _) => 1,
        (Role::Trainee, false) => 2,
        (Role::Member, false) => 3,
        (Role::Observer, _) => 4,
        (Role::Trainee, true) => 5,
        (Role::Member, true) => 6,
    };
    let mut rows = TABLE.lines().skip(1).map(str::split_whitespace);
    rows.find_map(|mut row| (row.next() == Some(command)).then_some(row))?.nth(column)
}

/// Whether they may ask for the command with this name at any stage.
pub fn ever_permitted(command: &str, role: Role, lead: bool) -> bool {
    cell(command, role, lead).is_some_and(|cell| cell != "-")
}

/// Whether somebody with this role, and with the controls handed over or not, may ask for the
/// command with this name at this stage; why not, if not.
pub fn permitted(command: &str, role: Role, lead: bool, stage: Stage) -> Option<&'static str> {
    let stage = match stage {
        Stage::Gathering => 'g',
        Stage::Running => 'r',
        Stage::Closed => 'c',
    };
    match cell(command, role, lead) {
        None => Some("there is no such command"),
        Some("-") => Some("this role may not ask for it"),
        Some(cell) if cell.contains(stage) => None,
        Some(_) => Some("it may not be asked for at this stage"),
    }
}

/// Whether a command may be done without anything being written down.
pub fn writes_nothing(command: &str) -> bool {
    matches!(
        command,
        "refuse"
            | "ask_seat"
            | "answer_seat"
            | "offer_line"
            | "answer_line"
            | "answer_form"
            // The same numbers of other people are nobody's to know but those who run the meeting.
            | "set_attendance"
    ) || is_off_record(command)
}

/// Whether a command is of a round off the record, of which nothing is ever written down.
pub fn is_off_record(command: &str) -> bool {
    matches!(
        command,
        "begin_off_record"
            | "off_record_key"
            | "off_record_grant"
            | "off_record_line"
            | "end_off_record"
    )
}

/// Whether a command counts only on the screen that it was pressed on: "two presses are one move".
pub fn moves_the_meeting(command: &str) -> bool {
    matches!(
        command,
        "start"
            | "next"
            | "go_to"
            | "undo"
            | "close"
            | "choose_presenter"
            | "next_meeting"
            | "erase_set"
    )
}
