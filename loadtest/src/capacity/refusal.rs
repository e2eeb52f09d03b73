//! The names of refusals: a limit is called by the name that the server gives it.

use serde::Deserialize;
use setroom_protocol::{CloseCode, Code};

use crate::client::{ClientError, DialError, Ended};

/// What somebody who did not get in was told, as short as it can be said.
pub(crate) fn name(error: &ClientError) -> String {
    match error {
        ClientError::Dial(DialError::Status { status, body }) => named(*status, body),
        ClientError::Founding { status, body } => named(*status, body),
        ClientError::Dial(DialError::Late(_)) | ClientError::Late(_) => "late".into(),
        ClientError::Dial(DialError::Network(error)) => of_system(error),
        ClientError::Door(code) | ClientError::Refused { code, .. } => code.name(),
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

/// Whether a refused command tells of too much load, rather than of a rule of the meeting.
pub(crate) fn is_of_load(code: &str) -> bool {
    [Code::Busy, Code::NotSaved, Code::TooFast].into_iter().any(|known| known.name() == code)
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
