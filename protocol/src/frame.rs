//! Units on the socket. One JSON object each; `t` names it.

use std::borrow::Cow;
use std::collections::BTreeMap;

use serde::de::IgnoredAny;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::attendance::Attended;
use crate::bytes::{Blob, Challenge32, Hash32, Token32};
use crate::command::Command;
use crate::ids::{BranchId, CommandId, DeviceId, ItemId, MeetingId, SeatId, Seq, SetId, Timestamp};
pub use crate::knock::KnockFrame;
use crate::limits;
use crate::lines::OfferView;
use crate::method::Mode;
use crate::off_record::{OffRecordLine, OffRecordRound};
use crate::refusal::Code;
use crate::role::LinkRole;
use crate::sealed::Sealed;
use crate::view::{ClaimView, KnockView, LobbyView, Own, Shared};

/// Body of `POST /api/sets`: makes a set. Everything secret stays in the browser; only hashes of
/// the link tokens are sent.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS), ts(optional_fields))]
pub struct Founding {
    /// Version of the protocol.
    pub v: u32,
    /// The set's id, drawn by the browser.
    pub set: SetId,
    /// The first meeting's id, drawn by the browser.
    pub meeting: MeetingId,
    /// SHA-256 of each link's token; all four kinds.
    pub links: BTreeMap<LinkRole, Hash32>,
    /// The agreed mode.
    pub mode: Mode,
    /// Name of the plan.
    pub plan: String,
    /// Name of the template.
    pub template: String,
    /// When the meeting is meant to begin.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub starts_at: Option<Timestamp>,
    /// Whether these people have not met before: there are no actions to review then.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    #[cfg_attr(feature = "ts", ts(optional, as = "Option<bool>"))]
    pub first: bool,
}

/// From a client.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "t", rename_all = "snake_case", deny_unknown_fields)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS), ts(optional_fields))]
pub enum ClientFrame {
    /// First frame of somebody with a link: asks to join.
    Knock(Box<KnockFrame>),
    /// First frame of a browser that has been admitted before.
    Resume {
        /// Version of the protocol.
        v: u32,
        /// The set.
        set: SetId,
        /// This browser.
        device: DeviceId,
        /// The token whose hash it gave when it knocked.
        token: Token32,
        /// The place of the last change that it has; absent to begin with a snapshot.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        since: Option<Seq>,
        /// The branch that it stands on, from its last snapshot; absent when it never had one.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        branch: Option<BranchId>,
    },
    /// Asks for something.
    Do {
        /// Made by the client; a repeat gets the same answer.
        cid: CommandId,
        /// The place of the last change on the screen that it was pressed on.
        seen: Seq,
        /// What.
        cmd: Command,
    },
    /// Asks what time it is.
    Ping {
        /// The client's own stamp, sent back as it is.
        sent: u64,
    },
}

/// To a client.
///
/// `hello`, `lobby`, `refused`, `pong`, `beat` and `restart` are all that somebody at the door may get.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "t", rename_all = "snake_case")]
#[cfg_attr(feature = "ts", derive(ts_rs::TS), ts(optional_fields))]
pub enum ServerFrame {
    /// The first frame on every socket: what a knock on it must be signed over.
    Hello {
        /// Fresh for each socket.
        challenge: Challenge32,
        /// The build of the client that this server serves.
        #[serde(default)]
        build: String,
        /// So many days after its end everything of a set is erased.
        #[serde(default)]
        retention_days: u32,
    },
    /// You are at the door.
    Lobby {
        /// Server time.
        at: Timestamp,
        /// What you may see.
        lobby: LobbyView,
    },
    /// Everything you may see, as it is after the change with this place.
    Snapshot {
        /// The place.
        seq: Seq,
        /// Server time.
        at: Timestamp,
        /// The part that is the same for all.
        shared: Box<Shared>,
        /// The part that is yours alone.
        own: Box<Own>,
        /// Whether you asked for less, but the room no longer keeps what you missed.
        #[serde(default, skip_serializing_if = "std::ops::Not::not")]
        #[cfg_attr(feature = "ts", ts(optional, as = "Option<bool>"))]
        gap: bool,
        /// The branch of history that the place is on.
        branch: BranchId,
        /// Whether you stand on what is no longer so: an earlier copy of the room was put back, and
        /// some of what you have seen may be gone.
        #[serde(default, skip_serializing_if = "std::ops::Not::not")]
        #[cfg_attr(feature = "ts", ts(optional, as = "Option<bool>"))]
        restored: bool,
        /// The build of the client that this server serves.
        build: String,
    },
    /// Something happened. The same bytes for every seat, but for whoever presents: they are told of no
    /// hand, and of a change that is nothing but hands only its place, under the name `hidden`.
    Change {
        /// Its place; places have no holes.
        seq: Seq,
        /// When it was decided.
        at: Timestamp,
        /// Whose command it follows from; absent for what the room did by itself.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        by: Option<SeatId>,
        /// The command that it completes.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        re: Option<CommandId>,
        /// The change's name, for announcements.
        what: Cow<'static, str>,
        /// Merge patch of the shared view.
        #[cfg_attr(feature = "ts", ts(type = "Patch<Shared>"))]
        shared: Value,
    },
    /// Your own part changed, with the change of this place or after it; that came before this frame.
    Own {
        /// The place.
        seq: Seq,
        /// Merge patch of your own view.
        #[cfg_attr(feature = "ts", ts(type = "Patch<Own>"))]
        own: Value,
        /// Whether `own` is your whole own view, as after a return.
        #[serde(default, skip_serializing_if = "std::ops::Not::not")]
        #[cfg_attr(feature = "ts", ts(optional, as = "Option<bool>"))]
        whole: bool,
    },
    /// Who is connected: the whole of it, each time.
    Presence {
        /// Seats.
        here: Vec<SeatId>,
        /// Since when nobody with the controls has been connected.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        no_facilitator_since: Option<Timestamp>,
        /// The round off the record that the room is in.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        off_record: Option<OffRecordRound>,
    },
    /// Who is at the door: the whole of it, each time, for those who may admit.
    Knocks {
        /// Browsers that knock.
        knocks: BTreeMap<DeviceId, KnockView>,
    },
    /// Who asks to come in as you from another browser: the whole of it, each time.
    Claims {
        /// Browsers at the door.
        claims: BTreeMap<DeviceId, ClaimView>,
    },
    /// Lines that wait and that you offered, or that came from you: the whole of it, each time.
    Lines {
        /// Them.
        lines: BTreeMap<ItemId, OfferView>,
    },
    /// Keys of the round off the record, as far as they are your browser's concern.
    OffRecord {
        /// Which round.
        round: ItemId,
        /// Announced keys that your browser has not handed the round's key to, where it may and can: the whole of it,
        /// each time.
        #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
        #[cfg_attr(feature = "ts", ts(optional, as = "Option<_>"))]
        wanted: BTreeMap<DeviceId, Sealed>,
        /// The round's key, sealed to the pair that this browser announced, from those who have handed it over
        /// since: what it has not been sent on this connection.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        #[cfg_attr(feature = "ts", ts(optional, as = "Option<_>"))]
        grants: Vec<Blob>,
    },
    /// Lines of the round off the record, in the order in which they came, for a browser that has the
    /// round's key: those that it has not been sent on this connection, or for the pair that it has announced.
    OffRecordLines {
        /// Which round.
        round: ItemId,
        /// Them.
        lines: Vec<OffRecordLine>,
    },
    /// How everybody attended the meeting that is closed, for those with the controls to correct: the
    /// whole of it, each time.
    Attendance {
        /// Which meeting.
        meeting: MeetingId,
        /// Everybody who takes part.
        seats: BTreeMap<SeatId, Attended>,
    },
    /// Your command is done: it is on disk, and every change of it came before this frame.
    Done {
        /// The command.
        cid: CommandId,
        /// The place of its last change; for a repeat, the place it had.
        seq: Seq,
    },
    /// A rule said no. Nothing has changed.
    Refused {
        /// The command; absent when you were refused at the door.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        cid: Option<CommandId>,
        /// Why.
        code: Code,
        /// Whether the same again may succeed.
        #[serde(default, skip_serializing_if = "std::ops::Not::not")]
        #[cfg_attr(feature = "ts", ts(optional, as = "Option<bool>"))]
        temporary: bool,
    },
    /// What time it is.
    Pong {
        /// Your own stamp.
        sent: u64,
        /// Server time.
        at: Timestamp,
    },
    /// The server is still there.
    Beat {
        /// Server time.
        at: Timestamp,
    },
    /// The server stops; come back after so many milliseconds.
    Restart {
        /// Milliseconds, different for each client so that nothing stampedes.
        after_ms: u64,
    },
}

impl ServerFrame {
    /// The text of the frame.
    pub fn encode(&self) -> String {
        let mut out = Vec::new();
        self.encode_into(&mut out);
        // JSON is text.
        String::from_utf8(out).unwrap_or_default()
    }

    /// Writes the text of the frame behind what `out` holds already.
    pub fn encode_into(&self, out: &mut Vec<u8>) {
        // Maps with string keys, numbers, strings, booleans, into a vector that takes everything:
        // this cannot fail.
        let _ = serde_json::to_writer(out, self);
    }
}

/// Why a frame could not be read. It never repeats what was in it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum DecodeError {
    /// Over the limit `frame_bytes`, or `first_frame_bytes` for a first frame; or a knock whose name is
    /// over `knock_name_chars`.
    #[error("a frame over the limit {0}")]
    TooLarge(&'static str),
    /// Not JSON, or not a frame of this protocol.
    #[error("not a frame of this protocol (column {0})")]
    Unknown(usize),
    /// A first frame of another version of the protocol.
    #[error("a frame of another version of the protocol")]
    OldClient,
}

/// Reads a client's frame. `first` is whether it is the first one of its connection.
///
/// # Errors
/// A [`DecodeError`] that says which; it never holds any of the text.
pub fn decode(text: &str, first: bool) -> Result<ClientFrame, DecodeError> {
    let (limit, name) = if first {
        (limits::FIRST_FRAME_BYTES, "first_frame_bytes")
    } else {
        (limits::FRAME_BYTES, "frame_bytes")
    };
    if text.len() > limit {
        return Err(DecodeError::TooLarge(name));
    }
    if first {
        // The version is looked at before the rest, so that an old client is told so whatever
        // else has changed.
        #[derive(Deserialize)]
        struct Version {
            v: Option<u32>,
            t: Option<String>,
        }
        if let Ok(Version { v: Some(v), t }) = serde_json::from_str(text)
            && v != crate::PROTOCOL_VERSION
        {
            // A page that was open when the service was renewed comes back as it knows how.
            let returns = t.as_deref() == Some("resume") && crate::RETURNS.contains(&v);
            if !returns {
                return Err(DecodeError::OldClient);
            }
        }
    }
    let frame = serde_json::from_str(text).map_err(|e| DecodeError::Unknown(e.column()))?;
    match &frame {
        ClientFrame::Do { cmd, .. } if cmd.is_bare() => bare(text)?,
        ClientFrame::Knock(knock) if knock.name.as_str().len() > limits::KNOCK_NAME_CHARS => {
            return Err(DecodeError::TooLarge("knock_name_chars"));
        }
        ClientFrame::Do { .. }
        | ClientFrame::Knock(_)
        | ClientFrame::Resume { .. }
        | ClientFrame::Ping { .. } => {}
    }
    Ok(frame)
}

/// A command that carries nothing must really carry nothing: serde lets unknown fields of such
/// variants pass, and `{"c":"leave","seat":…}` must not make its sender leave.
fn bare(text: &str) -> Result<(), DecodeError> {
    #[derive(Deserialize)]
    struct Keys {
        cmd: BTreeMap<String, IgnoredAny>,
    }
    let keys: Keys = serde_json::from_str(text).map_err(|e| DecodeError::Unknown(e.column()))?;
    if keys.cmd.len() == 1 { Ok(()) } else { Err(DecodeError::Unknown(0)) }
}
