// Generated from the protocol crate by `cargo xtask codegen`. Do not edit.

/** Bytes of one frame from a client. The largest is a change of keys: a grant for each browser of a full set, the wrap, and the whole roster. */
export const frame_bytes = 49152;
/** Bytes of the first frame of a connection (a knock or a return). */
export const first_frame_bytes = 2048;
/** Characters of a grant or a wrap. The largest box, and so the largest wrap, is 11,036 characters. */
export const blob_chars = 11036;
/** Characters of a knock's sealed name: sixty characters, however many bytes each takes, are padded to 256 or 512. */
export const knock_name_chars = 796;
/** People in a set: members, facilitators, trainees and observers. */
export const people = 24;
/** Browsers in a set. */
export const devices = 40;
/** Browsers of one person. */
export const devices_per_seat = 4;
/** Edits of the roster that are kept since the last whole one. */
export const roster_edits = 1024;
/** How far a host's browser goes beyond the place and the epoch that it has walked to, whatever it is told: so there is room for all that are to come. */
export const roster_leap = 65536;
/** The last place and the last epoch of a roster. */
export const roster_numbers = 2147483647;
/** Characters of one person's own key, wrapped for all who are to have it. */
export const own_key_chars = 16384;
/** Open connections of one person. */
export const connections_per_seat = 3;
/** People who wait in the lobby. */
export const lobby = 24;
/** Milliseconds that somebody may wait in the lobby. */
export const lobby_stay_ms = 3600000;
/** Texts in a set. */
export const items = 5000;
/** Texts of one person. */
export const items_per_seat = 200;
/** Bytes of sealed text in a room, as far as one person can see. */
export const sealed_bytes = 4194304;
/** Bytes of one person's sealed texts that others do not see. */
export const unseen_bytes_per_seat = 98304;
/** Command ids that a room remembers, so that a repeat is known as one. */
export const commands_remembered = 1024;
/** Parts of an agenda. */
export const parts = 80;
/** Minutes that one part may last. */
export const part_minutes = 240;
/** Minutes that one press may add or take away. */
export const add_minutes = 60;
/** Milliseconds between an asker's end and the next asker's light, unless the presenter is ready. */
export const settle_gap_ms = 8000;
/** Milliseconds in which a move can be undone. */
export const undo_ms = 30000;
/** Milliseconds without a facilitator after which the room holds. */
export const hold_after_ms = 15000;
/** Milliseconds after which somebody who is not connected is not waited for any more when all who are there agree on another mode, or about a practice. */
export const absent_after_ms = 60000;
/** Milliseconds of silence after which a client gives a connection up. */
export const silence_ms = 45000;
/** Frames that a room keeps for those who come back. */
export const ring_frames = 512;
/** Milliseconds for which a room keeps such a frame at least, while there are not too many: longer than a client takes to give a connection up and come back. */
export const ring_ms = 60000;
/** Meetings that a set can hold. */
export const meetings = 120;
/** Meetings to come that have a date, and as many that are off. */
export const meetings_ahead = 24;
/** Days that a meeting may lie ahead: five years. */
export const meeting_ahead_days = 1830;
/** Hours that a date may lie back when it is set. */
export const meeting_back_hours = 24;
/** Times that people are asked about at once. */
export const times_asked = 24;
/** Minutes that such a time may last. */
export const meeting_minutes = 720;
/** Lines to pass on that one person may have waiting. */
export const lines_per_seat = 8;
/** Lines that were released in a meeting, after which no other is offered. */
export const lines = 200;
/** Milliseconds that a round off the record may last. */
export const off_record_ms = 5400000;
/** Lines of a round off the record. */
export const off_record_lines = 200;
/** Lines of one person in a round off the record. */
export const off_record_lines_per_seat = 40;
/** Bytes of all boxes of a round off the record. */
export const off_record_bytes = 131072;
/** Key pairs that are announced in a round off the record: one for each browser of a set. */
export const off_record_keys = 40;
/** Characters of a grant of a round's key; it is 238. */
export const off_record_grant_chars = 256;
/** Answers of the form at the end from which on they are shown, all at once. */
export const form_answers = 5;
/** Milliseconds after the start from which on somebody has come late. */
export const late_after_ms = 600000;
/** Milliseconds before the close since which somebody is gone who has left early. */
export const left_early_ms = 600000;
/** Meetings of which a set keeps who was there. */
export const attendance_meetings = 40;
/** Characters of a room line (headline, bid, question). */
export const line_chars = 140;
/** Characters of a name. */
export const name_chars = 60;
/** Characters of one answer of an action. */
export const answer_chars = 200;
/** Bytes of ground rules, or of an action with all its answers. */
export const form_bytes = 4095;
/** Bytes of one part of a learning question. */
export const learning_bytes = 8191;
/** Parts of one person's learning question. */
export const learning_parts = 6;
/** Practices of a set, with those that are proposed. */
export const practices = 60;
