//! Every limit of a room and of a frame, in one place. Refusals name them; the client imports them.
//!
//! Limits of a deployment (connections, addresses, rates) are in the server's configuration.

macro_rules! limits {
    ($($(#[doc = $doc:literal])* $name:ident: $ty:ty = $value:expr;)*) => {
        $($(#[doc = $doc])* pub const $name: $ty = $value;)*

        /// Name and value of every limit, for the client and for the documents.
        #[allow(clippy::unnecessary_cast, reason = "one table for constants of two widths")]
        pub const ALL: &[(&str, u64, &str)] = &[$((stringify!($name), $name as u64, concat!($($doc),*))),*];
    };
}

limits! {
    /// Bytes of one frame from a client. The largest is a change of keys: a grant for each browser of
    /// a full set, the wrap, and the whole roster.
    FRAME_BYTES: usize = 48 * 1024;
    /// Bytes of the first frame of a connection (a knock or a return).
    FIRST_FRAME_BYTES: usize = 2 * 1024;
    /// Characters of a grant or a wrap. The largest box, and so the largest wrap, is 11,036 characters.
    BLOB_CHARS: usize = 11_036;
    /// Characters of a knock's sealed name: sixty characters, however many bytes each takes, are padded
    /// to 256 or 512.
    KNOCK_NAME_CHARS: usize = 796;
    /// People in a set: members, facilitators, trainees and observers.
    PEOPLE: usize = 24;
    /// Browsers in a set.
    DEVICES: usize = 40;
    /// Browsers of one person.
    DEVICES_PER_SEAT: usize = 4;
    /// Edits of the roster that are kept since the last whole one.
    ROSTER_EDITS: usize = 1024;
    /// How far a host's browser goes beyond the place and the epoch that it has walked to, whatever it is
    /// told: so there is room for all that are to come.
    ROSTER_LEAP: u32 = 65_536;
    /// The last place and the last epoch of a roster.
    ROSTER_NUMBERS: u32 = 0x7fff_ffff;
    /// Characters of one person's own key, wrapped for all who are to have it.
    OWN_KEY_CHARS: usize = 16 * 1024;
    /// Open connections of one person.
    CONNECTIONS_PER_SEAT: usize = 3;
    /// People who wait in the lobby.
    LOBBY: usize = 24;
    /// Milliseconds that somebody may wait in the lobby.
    LOBBY_STAY_MS: u64 = 60 * 60 * 1000;
    /// Texts in a set.
    ITEMS: usize = 5000;
    /// Texts of one person.
    ITEMS_PER_SEAT: usize = 200;
    /// Bytes of sealed text in a room, as far as one person can see.
    SEALED_BYTES: usize = 4 * 1024 * 1024;
    /// Bytes of one person's sealed texts that others do not see.
    UNSEEN_BYTES_PER_SEAT: usize = 96 * 1024;
    /// Command ids that a room remembers, so that a repeat is known as one.
    COMMANDS_REMEMBERED: usize = 1024;
    /// Parts of an agenda.
    PARTS: usize = 80;
    /// Minutes that one part may last.
    PART_MINUTES: u32 = 240;
    /// Minutes that one press may add or take away.
    ADD_MINUTES: i32 = 60;
    /// Milliseconds between an asker's end and the next asker's light, unless the presenter is ready.
    SETTLE_GAP_MS: u64 = 8_000;
    /// Milliseconds in which a move can be undone.
    UNDO_MS: u64 = 30_000;
    /// Milliseconds without a facilitator after which the room holds.
    HOLD_AFTER_MS: u64 = 15_000;
    /// Milliseconds after which somebody who is not connected is not waited for any more when all who
    /// are there agree on another mode, or about a practice.
    ABSENT_AFTER_MS: u64 = 60_000;
    /// Milliseconds of silence after which a client gives a connection up.
    SILENCE_MS: u64 = 45_000;
    /// Frames that a room keeps for those who come back.
    RING_FRAMES: usize = 512;
    /// Milliseconds for which a room keeps such a frame at least, while there are not too many: longer
    /// than a client takes to give a connection up and come back.
    RING_MS: u64 = 60_000;
    /// Meetings that a set can hold.
    MEETINGS: usize = 120;
    /// Meetings to come that have a date, and as many that are off.
    MEETINGS_AHEAD: usize = 24;
    /// Days that a meeting may lie ahead: five years.
    MEETING_AHEAD_DAYS: u32 = 1830;
    /// Hours that a date may lie back when it is set.
    MEETING_BACK_HOURS: u32 = 24;
    /// Times that people are asked about at once.
    TIMES_ASKED: usize = 24;
    /// Minutes that such a time may last.
    MEETING_MINUTES: u32 = 720;
    /// Lines to pass on that one person may have waiting.
    LINES_PER_SEAT: usize = 8;
    /// Lines that were released in a meeting, after which no other is offered.
    LINES: usize = 200;
    /// Milliseconds that a round off the record may last.
    OFF_RECORD_MS: u64 = 90 * 60 * 1000;
    /// Lines of a round off the record.
    OFF_RECORD_LINES: usize = 200;
    /// Lines of one person in a round off the record.
    OFF_RECORD_LINES_PER_SEAT: usize = 40;
    /// Bytes of all boxes of a round off the record.
    OFF_RECORD_BYTES: usize = 128 * 1024;
    /// Key pairs that are announced in a round off the record: one for each browser of a set.
    OFF_RECORD_KEYS: usize = DEVICES;
    /// Characters of a grant of a round's key; it is 238.
    OFF_RECORD_GRANT_CHARS: usize = 256;
    /// Answers of the form at the end from which on they are shown, all at once.
    FORM_ANSWERS: usize = 5;
    /// Milliseconds after the start from which on somebody has come late.
    LATE_AFTER_MS: u64 = 10 * 60_000;
    /// Milliseconds before the close since which somebody is gone who has left early.
    LEFT_EARLY_MS: u64 = 10 * 60_000;
    /// Meetings of which a set keeps who was there.
    ATTENDANCE_MEETINGS: usize = 40;
    /// Characters of a room line (headline, bid, question).
    LINE_CHARS: usize = 140;
    /// Characters of a name.
    NAME_CHARS: usize = 60;
    /// Characters of one answer of an action.
    ANSWER_CHARS: usize = 200;
    /// Bytes of ground rules, or of an action with all its answers.
    FORM_BYTES: usize = 4_095;
    /// Bytes of one part of a learning question.
    LEARNING_BYTES: usize = 8_191;
    /// Parts of one person's learning question.
    LEARNING_PARTS: usize = 6;
    /// Practices of a set, with those that are proposed.
    PRACTICES: usize = 60;
}
