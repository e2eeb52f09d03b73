//! What was refused: by which name, as the server gives it, and what that says of a run.

use serde::Deserialize;
use setroom_protocol::{CloseCode, Code};

use setroom_client::{ClientError, DialError, Ended};

/// What somebody who did not get in was told, as short as it can be said.
pub(crate) fn name(error: &ClientError) -> String {
    match error {
        ClientError::Dial(DialError::Status { status, body }) => named(*status, body),
        ClientError::NotCreated { status, body } => named(*status, body),
        ClientError::Dial(DialError::Late(_)) | ClientError::Late(_) => "late".into(),
        ClientError::Dial(DialError::Network(error)) => of_system(error),
        ClientError::NotAdmitted(code) | ClientError::Refused { code, .. } => code.name(),
        ClientError::Ended(ended) => limit_of_close(&closed(ended)),
        ClientError::Dial(error) => error.to_string(),
        ClientError::Seal(error) => error.to_string(),
        ClientError::Missing(what) => format!("no {what}"),
    }
}

/// What the tester's own system could not give, or else the network's doing.
fn of_system(error: &std::io::Error) -> String {
    use std::io::ErrorKind::{AddrInUse, AddrNotAvailable};
    if error.raw_os_error() == Some(TOO_MANY_FILES) {
        "open files of this tester".into()
    } else if matches!(error.kind(), AddrInUse | AddrNotAvailable) {
        "ports of this machine".into()
    } else {
        "lost".into()
    }
}

/// `EMFILE`, the same number on every Unix.
const TOO_MANY_FILES: i32 = 24;

/// How a connection ended, as a name.
pub(crate) fn closed(ended: &Ended) -> String {
    match ended {
        Ended::Closed { code, reason } => format!("{code} {reason}").trim_end().to_owned(),
        Ended::Lost(_) => "lost".into(),
        Ended::Unreadable(_) => "unreadable".into(),
    }
}

/// The server's own name of the limit stands in the body of its answer.
fn named(status: u16, body: &str) -> String {
    #[derive(Deserialize)]
    struct Problem {
        error: String,
    }
    let problem = serde_json::from_str::<Problem>(body);
    problem.map_or_else(|_| format!("status {status}"), |problem| problem.error)
}

/// What a refused command says of a run.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    /// The meeting had moved on when it came: a hand cannot be lowered twice. That belongs to a
    /// real meeting, and nobody is kept from anything.
    TooLate,
    /// The service could not or would not: somebody was kept from working.
    Service,
    /// Whoever presses only what their screen offers can never be refused so: then the tester or
    /// the server is wrong.
    Nobodys,
}

/// Of which kind a refusal is. One of a name that is not known here, from a later server, kept
/// somebody from working until somebody has said otherwise.
pub(crate) fn kind(name: &str) -> Kind {
    let code = serde_json::from_value::<Code>(name.into());
    // No arm for the rest: a new code does not compile until its kind has been decided.
    match code {
        Err(_) => Kind::Service,
        Ok(code) => match code {
            Code::Stage
            | Code::Part
            | Code::Stale
            | Code::NoKnock
            | Code::NotYours
            | Code::NoHand
            | Code::NoTurn
            | Code::NoRound
            | Code::NoPresenter
            | Code::NothingToUndo
            | Code::Already
            | Code::Holding
            | Code::Locked
            | Code::CharterFirst
            | Code::InLobby
            | Code::StaleEpoch
            | Code::StaleRoster
            | Code::Kind
            | Code::Lines
            | Code::Few
            | Code::SealedOwn
            | Code::SeatHere
            | Code::NotThem => Kind::TooLate,
            Code::Lobby
            | Code::People
            | Code::Devices
            | Code::Items
            | Code::SealedBytes
            | Code::OwnKeyChars
            | Code::Meetings
            | Code::Times
            | Code::RosterEdits
            | Code::KnockRefused
            | Code::LobbyStay
            | Code::Busy
            | Code::NotSaved
            | Code::TooFast
            | Code::Quarantined => Kind::Service,
            Code::Role
            | Code::NoSeat
            | Code::NoItem
            | Code::NoPart
            | Code::NoDevice
            | Code::StaleRevision
            | Code::StaleOrder
            | Code::LongText
            | Code::Range
            | Code::NoTemplate
            | Code::LinkChanged => Kind::Nobodys,
        },
    }
}

/// Whether a service that has too little processor time says so, or one that is sent in one moment
/// what a tester was late with: on a busy machine it proves nothing.
pub(crate) fn is_of_time(name: &str) -> bool {
    [Code::Busy, Code::TooFast].into_iter().any(|known| known.name() == name)
}

/// Whether a disk did not take it.
pub(crate) fn is_of_disk(name: &str) -> bool {
    Code::NotSaved.name() == name
}

/// A refusal's name within a sentence.
pub(crate) fn in_words(name: &str) -> String {
    name.replace('_', " ")
}

/// The server's limit behind a refused command.
pub(crate) fn limit_of_code(code: &str) -> String {
    if code == Code::TooFast.name() {
        "inbound_messages or inbound_room_messages".into()
    } else {
        code.to_owned()
    }
}

/// The server's limit behind a connection that it closed.
pub(crate) fn limit_of_close(name: &str) -> String {
    let code = name.split(' ').next().and_then(|code| code.parse().ok());
    let limits = [
        (CloseCode::Full, "rooms"),
        (CloseCode::Slow, "outbox"),
        (CloseCode::TooFast, "inbound_messages"),
    ];
    let limit = limits.into_iter().find(|(known, _)| Some(known.code()) == code);
    limit.map_or_else(|| name.to_owned(), |(_, limit)| limit.to_owned())
}
