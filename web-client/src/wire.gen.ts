// Generated from the protocol crate by `cargo xtask codegen`. Do not edit.
import type { Patch } from './lib/merge.ts';

/** Every limit of a room and of a frame. */
export * as LIMITS from './limits.gen';

/**
 * A set: the stable small group that meets over months.
 */
export type SetId = string & { readonly __brand: 'SetId' };

/**
 * One sitting of a set; the `session` of the sealing context.
 */
export type MeetingId = string & { readonly __brand: 'MeetingId' };

/**
 * A person's place in the circle. It survives devices and reconnects.
 */
export type SeatId = string & { readonly __brand: 'SeatId' };

/**
 * A browser that holds key pairs: the first 16 bytes of SHA-256 of its public keys.
 */
export type DeviceId = string & { readonly __brand: 'DeviceId' };

/**
 * The branch of history that a room's changes stand on. It is another one after an earlier
 * copy of the journal was put back: then the same places hold other changes.
 */
export type BranchId = string & { readonly __brand: 'BranchId' };

/**
 * One text that somebody typed, through all its revisions.
 */
export type ItemId = string & { readonly __brand: 'ItemId' };

/**
 * Made by the client for each command, so that a repeat is known as a repeat.
 */
export type CommandId = string & { readonly __brand: 'CommandId' };

/**
 * Place of a change in its room's one order. The first change is 1; 0 is "nothing yet".
 *
 * Stays below 2^53, so that it is exact in JavaScript.
 */
export type Seq = number;

/**
 * Server time in milliseconds since 1970-01-01T00:00:00Z.
 */
export type Timestamp = number;

/**
 * A secret of 32 bytes that authenticates a knock or a return. Stored only as [`Hash32`].
 */
export type Token32 = string;

/**
 * SHA-256 of something: a token at rest, a box before this one.
 */
export type Hash32 = string;

/**
 * HMAC-SHA256 over a knock's hello.
 */
export type Mac32 = string;

/**
 * Thirty-two fresh random bytes that a knock must be signed over: a recorded one is worth nothing.
 */
export type Challenge32 = string;

/**
 * An ECDSA signature (P-256, SHA-256): r, then s.
 */
export type Signature64 = string;

/**
 * Sixteen random bytes.
 */
export type Nonce16 = string;

/**
 * An uncompressed P-256 public key: 0x04, then x and y.
 */
export type PublicKey = string;

/**
 * Opaque bytes made by one browser for another (a grant, a recovery wrap, a sealed name), kept in
 * their base64url form and bounded by [`limits::BLOB_CHARS`].
 */
export type Blob = string;

/**
 * A box that only admitted browsers can open, in base64url.
 */
export type Sealed = string & { readonly __brand: "Sealed" };

/**
 * What a typed text is for. It is bound into the box, so a text cannot be moved to another field.
 */
export type TextKind = "title" | "name" | "charter" | "headline" | "bid" | "action" | "question" | "scribe" | "skill" | "sentence" | "learning" | "reflection" | "practice" | "learning_question" | "framework";

/**
 * A person's role: that of the link that they came by, until they are given another.
 */
export type Role = "host" | "co_facilitator" | "trainee" | "member" | "observer";

/**
 * The role that a link stands for: one letter in the link.
 */
export type LinkRole = "h" | "c" | "m" | "o";

/**
 * What the set agreed about taking words out of the room.
 */
export type Mode = "set" | "double" | "chatham" | "open_learning";

/**
 * Whose moment it is.
 */
export type Floor = "presenter" | "queue" | "round" | "facilitator" | "open" | "silence";

/**
 * What the presenter does in a phase.
 */
export type Stance = "speaks" | "answers" | "listens" | "chooses" | "member";

/**
 * What a question is for. A hand needs none.
 */
export type Kind = "clarify" | "explore" | "challenge" | "act" | "any" | "process";

/**
 * Whether hands may go up in a part, and what for.
 */
export type HandRule = "off" | "ask" | "turn";

/**
 * Who may write a kind of text in a part.
 */
export type By = "presenter" | "each" | "members" | "scribe";

/**
 * Who sees a text.
 */
export type See = "everyone" | "hidden" | "owner";

/**
 * One permission to write: `{by, kind, see}`.
 */
export type Write = { 
/**
 * Who may write.
 */
by: By, 
/**
 * What kind of text.
 */
kind: TextKind, 
/**
 * Who sees it.
 */
see: See, };

/**
 * A browser that holds the key.
 */
export type Holder = { 
/**
 * What grants are sealed to.
 */
pub: PublicKey, 
/**
 * What its signatures are checked with; a browser of the first form has none.
 */
sign?: PublicKey, 
/**
 * Whose it is; zeros for the host link's own holder.
 */
seat: SeatId, 
/**
 * What it may do, as the kind of link that it came by says.
 */
role: LinkRole, 
/**
 * The number of the link that it came by, among those of its kind; it is below the epoch.
 */
link: number, 
/**
 * The kind of link that it came by, where its role was given to it, or taken, later.
 */
came?: LinkRole, };

/**
 * One signed change of who holds keys.
 */
export type RosterEdit = { 
/**
 * Its place in the chain, from 1.
 */
n: number, 
/**
 * The epoch from here on.
 */
epoch: number, 
/**
 * The commitment of that epoch's key.
 */
commit: Hash32, 
/**
 * The meeting that this key is of. Every new key says it; other edits, and those of
 * earlier pages, do not.
 */
meeting?: MeetingId, 
/**
 * Whether `add` is the whole roster, and the chain begins anew here.
 */
whole?: boolean, 
/**
 * Who holds the key from here on. One who is there already is replaced.
 */
add?: Array<Holder>, 
/**
 * Who does not any more.
 */
drop?: Array<DeviceId>, 
/**
 * Who signed it.
 */
by: DeviceId, 
/**
 * Their signature over [`RosterEdit::signed`].
 */
sig: Signature64, };

/**
 * What is looked at again.
 */
export type LookedAt = "framework" | "charter";

/**
 * What the presenter says without words.
 */
export type Saying = "need_a_moment" | "thinking" | "pass" | "ready";

/**
 * What the set needs to know about a bid in order to agree a running order.
 */
export type BidTerms = { 
/**
 * 1 can wait, 2 soon, 3 pressing.
 */
pressing: number, 
/**
 * Minutes wanted, 5 to 120.
 */
minutes: number, };

/**
 * A text as its successor's author has read it.
 */
export type Replaced = { 
/**
 * Which.
 */
item: ItemId, 
/**
 * At which revision. If it was changed since, it is not replaced.
 */
rev: number, };

/**
 * How the time of the parts that are still to come is shared out.
 */
export type FittedTime = { 
/**
 * Minutes of each of them, in order: the last parts of the agenda.
 */
minutes: Array<number>, };

/**
 * Who has the controls once a meeting to come is opened.
 */
export type PlannedLead = { 
/**
 * Which meeting.
 */
meeting: MeetingId, 
/**
 * Who; absent for those with the keys alone.
 */
seat?: SeatId, };

/**
 * A sealed text on its way in. Author and browser are added by the server.
 */
export type Put = { 
/**
 * What the text is for.
 */
kind: TextKind, 
/**
 * Which text; a name has its seat's id, every other one an id made by its author.
 */
item: ItemId, 
/**
 * Revision: 1 for a new text, then one more each time.
 */
rev: number, 
/**
 * Counts this browser's boxes under the set's key, over all meetings, and must rise. A box under its
 * author's own key has any number from 2^52 up, so that no gap tells of it.
 */
n: number, 
/**
 * SHA-256 of this browser's box before; zeros for the first.
 */
prev: Hash32, 
/**
 * The box.
 */
box: Sealed, 
/**
 * With a bid: how pressing, and the minutes wanted.
 */
bid?: BidTerms, 
/**
 * With a practice: the own action that it comes from.
 */
action?: ItemId, 
/**
 * With ground rules or what the set is for, where somebody else's stand: the text that this takes the
 * place of.
 */
replaces?: Replaced, 
/**
 * Under its author's own key: the meeting that it was sealed in, which no such key tells. Earlier pages
 * do not say it.
 */
meeting?: MeetingId, };

/**
 * A line to be passed on, as it is offered.
 */
export type OfferedLine = { 
/**
 * An id drawn at random, which says nothing of its author.
 */
item: ItemId, 
/**
 * The box. It is bound to no seat, browser or order.
 */
box: Sealed, 
/**
 * Who it came from, when that is somebody else: they are asked.
 */
from?: SeatId, };

/**
 * A line of a round off the record.
 */
export type UnrecordedLine = { 
/**
 * Which round.
 */
round: ItemId, 
/**
 * An id drawn at random.
 */
item: ItemId, 
/**
 * The box, under the round's key.
 */
box: Sealed, };

/**
 * An answer to the form at the end.
 */
export type FormAnswer = { 
/**
 * An id drawn at random, which says nothing of its author.
 */
item: ItemId, 
/**
 * The box. It is bound to no seat, browser or order.
 */
box: Sealed, 
/**
 * Whether it was sent before, and the room may have forgotten it: it takes the place of none.
 */
again?: boolean, };

/**
 * A new epoch: who gets the key, how it is recovered, and which links change with it.
 *
 * All of it in one command, so that removal, rotation and wraps happen together or not at all.
 */
export type KeyChange = { 
/**
 * The present epoch plus one; a higher one with a whole edit.
 */
epoch: number, 
/**
 * One grant for every browser on the roster with this edit, except the one that asks and the
 * host link's own holder.
 */
grants: { [key in DeviceId]: Blob }, 
/**
 * The key list, sealed to the host link's own holder (`h`).
 */
wraps: { [key in LinkRole]?: Blob }, 
/**
 * SHA-256 of the new link tokens, for links that change. The host's own never does (`role`).
 */
links?: { [key in LinkRole]?: Hash32 }, 
/**
 * The roster with it. Only pages of an earlier version leave it out, and are refused.
 */
edit?: RosterEdit, 
/**
 * Whether roles in the room become what a whole edit in `rekey` says of them. Pages of an earlier
 * version leave it out: they know nothing of a role that was given or taken.
 */
roles?: boolean, };

/**
 * A person's own key: what only they may read is sealed under it. Wrapped by their browser, and
 * nothing here can open it.
 */
export type OwnKey = { 
/**
 * Which key it is, from 1; one more when it is another one.
 */
gen: number, 
/**
 * For the person's own browsers, and for those of co-facilitators.
 */
boxes: { [key in DeviceId]: Blob }, 
/**
 * For the host link's own holder; absent when nobody else is to have it.
 */
host?: Blob, 
/**
 * For a return code that the person keeps.
 */
code?: Blob, 
/**
 * Whether these are more wraps of the present key, and not a key that was just made: of two
 * browsers that make one at the same moment, one is taken.
 */
more?: boolean, };

/**
 * A key pair that a browser's page has made for a round off the record, as it announces it.
 */
export type RoundKey = { 
/**
 * Which round.
 */
round: ItemId, 
/**
 * The public key, in a box under the set's key.
 */
key: Sealed, };

/**
 * The key of a round off the record, for a pair that was announced.
 */
export type RoundGrant = { 
/**
 * Which round.
 */
round: ItemId, 
/**
 * Whose pair.
 */
device: DeviceId, 
/**
 * The box that announced it.
 */
to: Sealed, 
/**
 * The round's key, sealed to it.
 */
grant: Blob, };

/**
 * A command. On the wire it is an object whose `c` names it: `{"c":"raise_hand","kind":"explore"}`.
 */
export type Command = { "c": "admit", 
/**
 * The browser that knocks.
 */
device: DeviceId, 
/**
 * The key, sealed to that browser; made by the facilitator's browser.
 */
grant: Blob, 
/**
 * The seat they had before, when they are back on another device.
 */
seat?: SeatId, 
/**
 * Puts the browser on the roster. Only pages of an earlier version lack it, and are refused.
 */
edit?: RosterEdit, } | { "c": "ask_seat", 
/**
 * The browser that knocks.
 */
device: DeviceId, 
/**
 * The seat.
 */
seat: SeatId, } | { "c": "answer_seat", 
/**
 * The browser that knocks.
 */
device: DeviceId, 
/**
 * Whether it is this person's own.
 */
yes: boolean, } | { "c": "refuse", 
/**
 * The browser that knocks.
 */
device: DeviceId, } | { "c": "grant", 
/**
 * The browser.
 */
device: DeviceId, 
/**
 * The key, sealed to it.
 */
grant: Blob, } | { "c": "lock", 
/**
 * Whether it is locked.
 */
on: boolean, } | { "c": "send_to_lobby", 
/**
 * Whom.
 */
seat: SeatId, } | { "c": "bring_back", 
/**
 * Whom.
 */
seat: SeatId, } | { "c": "remove", 
/**
 * Whom.
 */
seat: SeatId, 
/**
 * The new epoch.
 */
keys: KeyChange, } | { "c": "rekey", 
/**
 * The new epoch.
 */
keys: KeyChange, } | { "c": "set_role", 
/**
 * Whose role.
 */
seat: SeatId, 
/**
 * The new one: co-facilitator, trainee, member or observer.
 */
role: Role, 
/**
 * The new epoch, where a co-facilitator is made or unmade: its edit says their browsers anew.
 */
keys?: KeyChange, } | { "c": "edit_roster", 
/**
 * The edit.
 */
edit: RosterEdit, } | { "c": "own_key" } & OwnKey | { "c": "drop_other_devices" } | { "c": "leave" } | { "c": "plan", 
/**
 * Name of the plan.
 */
plan: string, 
/**
 * Name of the template.
 */
template: string, } | { "c": "set_mode", 
/**
 * The mode.
 */
mode: Mode, } | { "c": "propose_mode", 
/**
 * The mode.
 */
mode: Mode, } | { "c": "answer_mode", 
/**
 * Whether this person agrees. One no ends the proposal.
 */
yes: boolean, } | { "c": "agree_charter" } | { "c": "say_recorder", 
/**
 * Whether something does.
 */
on: boolean, } | { "c": "start" } | { "c": "next" } | { "c": "go_to", 
/**
 * Index in the agenda, from 0.
 */
part: number, } | { "c": "undo" } | { "c": "pause" } | { "c": "resume" } | { "c": "add_time", 
/**
 * Minutes; negative ones take away.
 */
minutes: number, } | { "c": "fit_time" } & FittedTime | { "c": "hold" } | { "c": "release" } | { "c": "silence", 
/**
 * Whether it is silent.
 */
on: boolean, } | { "c": "close" } | { "c": "set_dates", 
/**
 * When each begins; the present meeting may be among them until it starts.
 */
dates: { [key in MeetingId]: Timestamp }, 
/**
 * Whether these are what people were asked about: at least one of those times is among them,
 * and the asking ends.
 */
fixes?: boolean, } | { "c": "ask_dates", 
/**
 * All of them, each under an id that no meeting has.
 */
times: { [key in MeetingId]: OfferedTime }, } | { "c": "answer_date", 
/**
 * Which of them.
 */
time: MeetingId, 
/**
 * Whether.
 */
answer: Availability, } | { "c": "plan_lead" } & PlannedLead | { "c": "next_meeting", 
/**
 * Its id: one of those that have a date, else one drawn by the browser.
 */
meeting: MeetingId, 
/**
 * The new epoch.
 */
keys: KeyChange, } | { "c": "cannot_come", 
/**
 * Which: the present one, or one that has a date.
 */
meeting: MeetingId, 
/**
 * Whether one cannot.
 */
on: boolean, } | { "c": "agree_names", 
/**
 * Whether it may.
 */
on: boolean, } | { "c": "set_attendance", 
/**
 * Which: the one that is closed.
 */
meeting: MeetingId, 
/**
 * Exactly those who take part.
 */
seats: { [key in SeatId]: Attended }, } | { "c": "answer_form" } & FormAnswer | { "c": "show_form" } | { "c": "erase_set" } | { "c": "set_order", 
/**
 * Seats in order.
 */
order: Array<SeatId>, } | { "c": "choose_presenter", 
/**
 * Who; absent for nobody.
 */
seat?: SeatId, } | { "c": "hand_over", 
/**
 * To whom.
 */
seat: SeatId, } | { "c": "take_back" } | { "c": "name_scribe", 
/**
 * Who; absent for nobody.
 */
seat?: SeatId, } | { "c": "raise_hand", 
/**
 * What for; a hand needs none.
 */
kind?: Kind, 
/**
 * For whom, when the facilitator acts for somebody.
 */
seat?: SeatId, } | { "c": "lower_hand", 
/**
 * Whose, when it is not one's own.
 */
seat?: SeatId, } | { "c": "defer_hand" } | { "c": "move_hand", 
/**
 * Whose hand.
 */
seat: SeatId, 
/**
 * The new place, from 0.
 */
to: number, } | { "c": "clear_queue" } | { "c": "invite", 
/**
 * Whom.
 */
seat: SeatId, } | { "c": "interrupt", 
/**
 * Whom.
 */
seat: SeatId, } | { "c": "end_turn" } | { "c": "let_it_land" } | { "c": "say", 
/**
 * What.
 */
what: Saying, } | { "c": "tick", 
/**
 * Whether it is there.
 */
on: boolean, } | { "c": "start_round", 
/**
 * Who begins.
 */
seat: SeatId, } | { "c": "end_round_turn" } | { "c": "pass_turn" } | { "c": "later_turn" } | { "c": "put" } & Put | { "c": "release_item", 
/**
 * Which.
 */
item: ItemId, } | { "c": "offer_line" } & OfferedLine | { "c": "answer_line", 
/**
 * Which.
 */
item: ItemId, 
/**
 * Whether it may.
 */
yes: boolean, } | { "c": "release_lines" } | { "c": "withdraw_item", 
/**
 * Which.
 */
item: ItemId, } | { "c": "begin_off_record", 
/**
 * The round's id, drawn at random.
 */
round: ItemId, } | { "c": "off_record_key" } & RoundKey | { "c": "off_record_grant" } & RoundGrant | { "c": "off_record_line" } & UnrecordedLine | { "c": "end_off_record", 
/**
 * Which round.
 */
round: ItemId, } | { "c": "answer_practice", 
/**
 * Which.
 */
item: ItemId, 
/**
 * Whether this person agrees.
 */
yes: boolean, } | { "c": "let_practice_go", 
/**
 * Which.
 */
item: ItemId, } | { "c": "set_review", 
/**
 * At which of them.
 */
of: LookedAt, 
/**
 * When; absent for no day.
 */
at?: Timestamp, } | { "c": "look_again", 
/**
 * At what.
 */
of: LookedAt, 
/**
 * Whether one thinks so.
 */
on: boolean, };

/**
 * The name of a command, without what it carries.
 */
export type Act = "admit" | "ask_seat" | "answer_seat" | "refuse" | "grant" | "lock" | "send_to_lobby" | "bring_back" | "remove" | "rekey" | "set_role" | "edit_roster" | "own_key" | "drop_other_devices" | "leave" | "plan" | "set_mode" | "propose_mode" | "answer_mode" | "agree_charter" | "say_recorder" | "start" | "next" | "go_to" | "undo" | "pause" | "resume" | "add_time" | "fit_time" | "hold" | "release" | "silence" | "close" | "set_dates" | "ask_dates" | "answer_date" | "plan_lead" | "next_meeting" | "cannot_come" | "agree_names" | "set_attendance" | "answer_form" | "show_form" | "erase_set" | "set_order" | "choose_presenter" | "hand_over" | "take_back" | "name_scribe" | "raise_hand" | "lower_hand" | "defer_hand" | "move_hand" | "clear_queue" | "invite" | "interrupt" | "end_turn" | "let_it_land" | "say" | "tick" | "start_round" | "end_round_turn" | "pass_turn" | "later_turn" | "put" | "release_item" | "offer_line" | "answer_line" | "release_lines" | "withdraw_item" | "begin_off_record" | "off_record_key" | "off_record_grant" | "off_record_line" | "end_off_record" | "answer_practice" | "let_practice_go" | "set_review" | "look_again";

/**
 * How far a meeting is.
 */
export type Stage = "gathering" | "running" | "closed";

/**
 * The timebox of the present part.
 */
export type Clock = { "is": "stopped" } | { "is": "running", 
/**
 * The moment it reaches zero, in server time.
 */
ends_at: Timestamp, 
/**
 * The whole timebox, in milliseconds, with what was added.
 */
total_ms: number, } | { "is": "paused", 
/**
 * Milliseconds left; negative after the end.
 */
left_ms: number, 
/**
 * The whole timebox, in milliseconds, with what was added.
 */
total_ms: number, };

/**
 * Why a room holds.
 */
export type HoldReason = "asked" | "no_facilitator";

/**
 * A hold: clocks are stopped and cues hidden on every screen.
 */
export type Hold = { 
/**
 * Why.
 */
why: HoldReason, 
/**
 * Since when.
 */
since: Timestamp, 
/**
 * Whether the clock runs on when the hold ends.
 */
resumes: boolean, };

/**
 * How a person's turn in a round stands.
 */
export type TurnState = "waiting" | "now" | "done" | "passed" | "later";

/**
 * One turn of a round.
 */
export type Turn = { 
/**
 * Its place, from 0.
 */
rank: number, 
/**
 * How it stands.
 */
is: TurnState, };

/**
 * A hand that is up.
 */
export type Hand = { 
/**
 * Smaller ranks come first; process points come before all others.
 */
rank: number, 
/**
 * What for.
 */
kind?: Kind, };

/**
 * Who has the floor in a queue.
 */
export type Asking = { 
/**
 * Who.
 */
seat: SeatId, 
/**
 * Since when.
 */
since: Timestamp, 
/**
 * What their hand was for.
 */
kind?: Kind, 
/**
 * Who has the floor back afterwards.
 */
returns_to?: SeatId, };

/**
 * What a closed meeting destroyed and kept. What one person alone could see is not counted.
 */
export type Receipt = { 
/**
 * When.
 */
at: Timestamp, 
/**
 * People who had a seat.
 */
people: number, 
/**
 * Texts destroyed, by kind.
 */
destroyed: { [key in TextKind]?: number }, 
/**
 * Texts kept, by kind; actions and headlines only for their owners.
 */
kept: { [key in TextKind]?: number }, 
/**
 * The mode that it was closed in, which says what is kept; absent where that was not written down.
 */
mode?: Mode, 
/**
 * Whether the links stay, for those who come back to the seat that they had.
 */
returns?: boolean, };

/**
 * The date of a meeting to come.
 */
export type MeetingDate = { 
/**
 * When it is meant to begin.
 */
starts_at: Timestamp, 
/**
 * How long people were asked to keep free; else it is as long as its plan.
 */
minutes?: number, 
/**
 * How often the date was changed: what a calendar calls its sequence.
 */
rev: number, 
/**
 * Whether it is off. It stays here for a while, so that calendars are told.
 */
cancelled?: boolean, };

/**
 * What somebody has had in meetings that are over.
 */
export type Presented = { 
/**
 * In how many meetings.
 */
meetings: number, 
/**
 * In which one last, from 1.
 */
last: number, 
/**
 * Minutes that their slots were planned for.
 */
planned_minutes: number, 
/**
 * Minutes that they had, begun ones too. While the clock stood, none went by.
 */
used_minutes: number, };

/**
 * A time that may become a date.
 */
export type OfferedTime = { 
/**
 * When it begins.
 */
starts_at: Timestamp, 
/**
 * How long it is to be kept free.
 */
minutes: number, };

/**
 * Whether somebody can at such a time.
 */
export type Availability = "yes" | "if_need_be" | "no";

/**
 * A time that people are asked about.
 */
export type AskedTime = { 
/**
 * The time.
 */
time: OfferedTime, 
/**
 * Who has said what. Whoever has not answered is not among them.
 */
answers: { [key in SeatId]: Availability }, };

/**
 * The meetings of the set.
 */
export type SeriesView = { 
/**
 * Which meeting this is, from 1.
 */
number: number, 
/**
 * How many there are to be, as far as there are dates.
 */
of: number, 
/**
 * Dates of those to come, with those that are off; the present one's too, once it was set there.
 */
dates: { [key in MeetingId]: MeetingDate }, 
/**
 * Who has the controls once a meeting to come is opened, where that was said.
 */
leads?: { [key in MeetingId]: SeatId }, };

/**
 * A seat as everybody sees it.
 */
export type SeatView = { 
/**
 * Their role.
 */
role: Role, 
/**
 * Their place in the circle.
 */
place: number, 
/**
 * Whether they have agreed to the charter.
 */
agreed: boolean, 
/**
 * Whether another mode was agreed while they were away, to which they have not agreed since.
 */
mode_missed?: boolean, 
/**
 * Whether anything of theirs records the meeting; absent until they have said it. Whoever has not is
 * asked until the meeting is closed.
 */
recorder?: boolean, 
/**
 * Sent back to the lobby for now.
 */
in_lobby?: boolean, 
/**
 * Whether they have written a text in this part that is hidden for now.
 */
written?: boolean, 
/**
 * Whether they have put a tick in this part.
 */
tick?: boolean, 
/**
 * Place in the running order of presenters, from 0.
 */
presents?: number, };

/**
 * A browser as everybody sees it: what boxes and words are checked against.
 */
export type DeviceView = { 
/**
 * Whose.
 */
seat: SeatId, 
/**
 * Its public key.
 */
pub: PublicKey, };

/**
 * A part of the agenda as everybody sees it.
 */
export type PartView = { 
/**
 * `check_in`, or `classic.explore`.
 */
id: string, 
/**
 * Index of the plan's step.
 */
step: number, 
/**
 * Which presenter's slot, from 0.
 */
slot?: number, 
/**
 * Minutes planned.
 */
minutes: number, 
/**
 * Minutes that it can do with, and those that it can use.
 */
bounds: [number, number], };

/**
 * The present part.
 */
export type Now = { 
/**
 * Index in the agenda.
 */
part: number, 
/**
 * `check_in`, or `classic.explore`.
 */
id: string, 
/**
 * Which presenter's slot, from 0.
 */
slot?: number, 
/**
 * Whose moment it is.
 */
floor: Floor, 
/**
 * What the presenter does.
 */
stance: Stance, 
/**
 * Kinds of question on offer.
 */
kinds: Array<Kind>, 
/**
 * Whether hands may go up.
 */
hand: HandRule, 
/**
 * Who may write what.
 */
writes: Array<Write>, 
/**
 * Key of the cue texts.
 */
cue: string, };

/**
 * A text as everybody sees it: a box with what binds it.
 */
export type ItemView = { 
/**
 * What it is for.
 */
kind: TextKind, 
/**
 * Its author.
 */
seat: SeatId, 
/**
 * The browser that sealed it.
 */
device: DeviceId, 
/**
 * Revision.
 */
rev: number, 
/**
 * Number among its browser's boxes.
 */
n: number, 
/**
 * SHA-256 of its browser's box before.
 */
prev: Hash32, 
/**
 * The box.
 */
box: Sealed, 
/**
 * When it was written.
 */
at: Timestamp, 
/**
 * Index of the part in which it was written.
 */
part: number, 
/**
 * Whether all may see it; absent in one's own hidden or private texts.
 */
open?: boolean, 
/**
 * With a bid, its terms.
 */
bid?: BidTerms, 
/**
 * The meeting that it was sealed in, where that is not the present one.
 */
meeting?: MeetingId, };

/**
 * A practice as everybody sees it, beside its text.
 */
export type PracticeView = { 
/**
 * When the set adopted it; absent while it is proposed.
 */
adopted_at?: Timestamp, 
/**
 * How many have agreed to what the set is asked: to adopt it, or to let it go.
 */
taps?: number, };

/**
 * When the set means to look again at what it agreed.
 */
export type ReviewView = { 
/**
 * When.
 */
at?: Timestamp, 
/**
 * How many think that it is time.
 */
asked?: number, };

/**
 * What every admitted seat sees, in the same bytes.
 */
export type Shared = { 
/**
 * The set.
 */
set: SetId, 
/**
 * The meeting: the `session` of the sealing context.
 */
meeting: MeetingId, 
/**
 * The present epoch; 0 until there is a key.
 */
epoch: number, 
/**
 * How far the meeting is.
 */
stage: Stage, 
/**
 * When it is meant to begin.
 */
starts_at?: Timestamp, 
/**
 * When it began.
 */
started_at?: Timestamp, 
/**
 * Name of the plan.
 */
plan: string, 
/**
 * Name of the template.
 */
template: string, 
/**
 * The agenda.
 */
agenda: Array<PartView>, 
/**
 * The present part; absent before the start.
 */
now?: Now, 
/**
 * The last change that moved the meeting: what commands that move it are checked against.
 */
moved: Seq, 
/**
 * The clock of the present part.
 */
clock: Clock, 
/**
 * The hold, when the room holds.
 */
hold?: Hold, 
/**
 * Whether it is silent.
 */
silence: boolean, 
/**
 * Until when the last move can be undone.
 */
undo_until?: Timestamp, 
/**
 * The agreed mode.
 */
mode: Mode, 
/**
 * A proposed mode.
 */
proposed?: Mode, 
/**
 * How many have agreed to the proposed mode.
 */
mode_taps?: number, 
/**
 * Whether the charter must be agreed before one takes part.
 */
charter_first: boolean, 
/**
 * Whether the door is locked.
 */
locked: boolean, 
/**
 * Everybody with a seat.
 */
seats: { [key in SeatId]: SeatView }, 
/**
 * Their browsers.
 */
devices: { [key in DeviceId]: DeviceView }, 
/**
 * The signed edits of who holds keys, by place, since the last whole one.
 */
roster: { [key in number]: RosterEdit }, 
/**
 * By which kinds of link those came who have left since the last key: a new one is due. A `c` stays
 * until its three links are changed.
 */
key_due?: Array<LinkRole>, 
/**
 * Who presents.
 */
presenter?: SeatId, 
/**
 * What the presenter said: a moment, thinking, pass.
 */
says?: Saying, 
/**
 * Who holds the controls by hand-over.
 */
lead?: SeatId, 
/**
 * Who takes down what the presenter wants.
 */
scribe?: SeatId, 
/**
 * Hands that are up. Nobody's for whoever presents, unless they hold the controls.
 */
queue: { [key in SeatId]: Hand }, 
/**
 * Who has the floor.
 */
asking?: Asking, 
/**
 * When the next asker may light up.
 */
gap_until?: Timestamp, 
/**
 * The round.
 */
round: { [key in SeatId]: Turn }, 
/**
 * Since when the present turn of it is somebody's.
 */
turn_since?: Timestamp, 
/**
 * Texts that all may see.
 */
items: { [key in ItemId]: ItemView }, 
/**
 * Lines that were released to be passed on, each without an author.
 */
lines?: { [key in ItemId]: Sealed }, 
/**
 * Practices of the set, with those that are proposed.
 */
practices?: { [key in ItemId]: PracticeView }, 
/**
 * When the set means to look again at what it agreed.
 */
reviews?: { [key in LookedAt]?: ReviewView }, 
/**
 * The answers of the form, once they are shown, each without an author.
 */
form?: { [key in ItemId]: Sealed }, 
/**
 * Who cannot come to this meeting, or to one of those to come.
 */
away?: { [key in MeetingId]: Array<SeatId> }, 
/**
 * How many have agreed that who was there is kept by name.
 */
names_taps?: number, 
/**
 * Who was there, in meetings that are over.
 */
attendance?: { [key in MeetingId]: Attendance }, 
/**
 * What closing destroyed and kept.
 */
receipt?: Receipt, 
/**
 * The meetings of the set; absent while there is one, and none has a date of its own.
 */
series?: SeriesView, 
/**
 * Times that people are asked about, and what each has answered.
 */
dates_asked?: { [key in MeetingId]: AskedTime }, 
/**
 * Whether the set is over: everything of it is being erased.
 */
erased?: boolean, };

/**
 * Quiet hints for those with the controls. Nothing of it is ever in the shared part.
 */
export type Hints = { 
/**
 * How often each member has had the floor in this part; who is missing was not asked yet.
 */
asked: { [key in SeatId]: number }, };

/**
 * A person's own key as one of their browsers sees it.
 */
export type OwnKeyView = { 
/**
 * Which key it is.
 */
gen: number, 
/**
 * The key, wrapped for this browser; absent when it has not been yet.
 */
box?: Blob, 
/**
 * The key, wrapped under the person's return code.
 */
code?: Blob, 
/**
 * For which browsers it is wrapped.
 */
for: Array<DeviceId>, 
/**
 * Whether it is wrapped for the host link's own holder.
 */
host: boolean, };

/**
 * What one browser sees for itself.
 */
export type Own = { 
/**
 * This person's seat.
 */
seat: SeatId, 
/**
 * This browser.
 */
device: DeviceId, 
/**
 * This person's role.
 */
role: Role, 
/**
 * Whether this person holds the facilitator's controls.
 */
controls: boolean, 
/**
 * Whether this person holds the keys, and so may admit and remove.
 */
keys: boolean, 
/**
 * The key, sealed to this browser.
 */
grant?: Blob, 
/**
 * The key list, sealed to the host link's own holder, for the host alone; in a set of the first
 * form, wrapped for this facilitator's link.
 */
wrap?: Blob, 
/**
 * For those who hold the keys: the links that are in force, but the host's, each as the hash of its
 * token.
 */
links?: { [key in LinkRole]?: Hash32 }, 
/**
 * The number that this browser's next box must reach.
 */
next_n: number, 
/**
 * Whether this person has agreed to the proposed mode.
 */
mode_agreed?: boolean, 
/**
 * Practices of which this person has agreed to what the set is asked.
 */
practice_taps?: Array<ItemId>, 
/**
 * This person's practices, each with the action that it comes from.
 */
practice_of?: { [key in ItemId]: ItemId }, 
/**
 * What this person thinks that it is time to look at again.
 */
looks?: Array<LookedAt>, 
/**
 * Whether this person has agreed that who was there is kept by name.
 */
names_agreed?: boolean, 
/**
 * Own texts that the others do not see.
 */
items: { [key in ItemId]: ItemView }, 
/**
 * Hints for those with the controls.
 */
hints?: Hints, 
/**
 * For those with the controls: what each has had as a presenter in earlier meetings.
 */
presented?: { [key in SeatId]: Presented }, 
/**
 * This person's own key.
 */
own_key?: OwnKeyView, 
/**
 * Others' own keys, for a facilitator who lets them in again on another browser.
 */
recover?: { [key in SeatId]: Blob }, };

/**
 * What somebody at the door may see.
 */
export type LobbyView = { 
/**
 * Place in the lobby, from 1; absent for somebody who was sent back to it.
 */
place?: number, 
/**
 * Whether a facilitator is connected who can admit.
 */
facilitator_here: boolean, 
/**
 * The meeting's id, which sealing needs.
 */
meeting: MeetingId, 
/**
 * How far the meeting is.
 */
stage: Stage, 
/**
 * The mode that was agreed: shown before anyone goes in.
 */
mode: Mode, 
/**
 * Name of the plan.
 */
plan: string, 
/**
 * Minutes of the whole plan.
 */
minutes: number, 
/**
 * When it is meant to begin.
 */
starts_at?: Timestamp, 
/**
 * People the set has room for.
 */
people_max: number, };

/**
 * How somebody attended.
 */
export type Attended = "came" | "late" | "left_early" | "apologies" | "absent";

/**
 * Who was at a meeting.
 */
export type Attendance = { 
/**
 * When it was closed.
 */
at: Timestamp, 
/**
 * How many, of those who take part.
 */
counts: { [key in Attended]?: number }, 
/**
 * Who: only where everybody had agreed to it.
 */
by?: { [key in SeatId]: Attended }, };

/**
 * Somebody at the door who is said to be a person that is connected already.
 */
export type Claim = { 
/**
 * The person's seat.
 */
seat: SeatId, 
/**
 * What they answered; absent until they do.
 */
yes?: boolean, };

/**
 * A line that waits, as whoever offered it sees it, or whoever it came from.
 */
export type OfferView = { 
/**
 * The box.
 */
box: Sealed, 
/**
 * Whether they offered it.
 */
mine: boolean, 
/**
 * Who it came from, where that is somebody else.
 */
from?: SeatId, 
/**
 * Whether whoever it came from agrees.
 */
agreed: boolean, };

/**
 * That there is a round: all that everybody inside is told of it.
 */
export type OffRecordRound = { 
/**
 * Its id, drawn by the browser that began it.
 */
id: ItemId, 
/**
 * Who began it.
 */
by: SeatId, 
/**
 * When it ends by itself.
 */
ends_at: Timestamp, };

/**
 * A line of a round, as it goes to those who have its key.
 */
export type OffRecordLine = { 
/**
 * Its id, drawn by its author's browser.
 */
item: ItemId, 
/**
 * Who wrote it.
 */
seat: SeatId, 
/**
 * With which browser.
 */
device: DeviceId, 
/**
 * The box, under the round's own key.
 */
box: Sealed, };

/**
 * A browser at the door that asks to come in as somebody who is connected, as they see it.
 */
export type ClaimView = { 
/**
 * When it knocked.
 */
at: Timestamp, };

/**
 * One person at the door, as facilitators see them.
 */
export type KnockView = { 
/**
 * The link that they hold.
 */
role: LinkRole, 
/**
 * What a grant to their browser is sealed to.
 */
pub: PublicKey, 
/**
 * What its signatures are checked with.
 */
sign: PublicKey, 
/**
 * Random part of the hello.
 */
nonce: Nonce16, 
/**
 * HMAC over the hello, for the facilitator's browser to check.
 */
mac: Mac32, 
/**
 * What the server asked them to sign.
 */
challenge: Challenge32, 
/**
 * Their signature over it and the hello, for the facilitator's browser to check as well.
 */
pop: Signature64, 
/**
 * Their name, sealed under the link's lobby key.
 */
name: Blob, 
/**
 * When they knocked.
 */
at: Timestamp, 
/**
 * The seat that they get if they are admitted as somebody new.
 */
fresh: SeatId, 
/**
 * The seat that this browser had before, if it had one.
 */
seat?: SeatId, 
/**
 * Whose seat they are said to have, and what that person answered.
 */
claim?: Claim, };

/**
 * Why a command was refused. The names are stable; clients put them into words.
 */
export type Code = "role" | "stage" | "part" | "stale" | "no_seat" | "no_item" | "no_part" | "no_knock" | "no_device" | "not_yours" | "no_hand" | "no_turn" | "no_round" | "no_presenter" | "nothing_to_undo" | "already" | "holding" | "locked" | "charter_first" | "in_lobby" | "stale_epoch" | "stale_roster" | "stale_revision" | "stale_order" | "kind" | "long_text" | "sealed_own" | "seat_here" | "not_them" | "range" | "no_template" | "people" | "devices" | "lobby" | "items" | "sealed_bytes" | "meetings" | "times" | "lines" | "few" | "own_key_chars" | "roster_edits" | "knock_refused" | "lobby_stay" | "link_changed" | "busy" | "not_saved" | "too_fast" | "quarantined";

/**
 * Body of `POST /api/sets`: makes a set. Everything secret stays in the browser; only hashes of
 * the link tokens are sent.
 */
export type Founding = { 
/**
 * Version of the protocol.
 */
v: number, 
/**
 * The set's id, drawn by the browser.
 */
set: SetId, 
/**
 * The first meeting's id, drawn by the browser.
 */
meeting: MeetingId, 
/**
 * SHA-256 of each link's token; all four kinds.
 */
links: { [key in LinkRole]?: Hash32 }, 
/**
 * The agreed mode.
 */
mode: Mode, 
/**
 * Name of the plan.
 */
plan: string, 
/**
 * Name of the template.
 */
template: string, 
/**
 * When the meeting is meant to begin.
 */
starts_at?: Timestamp, 
/**
 * Whether these people have not met before: there are no actions to review then.
 */
first?: boolean, };

/**
 * What somebody with a link says of themselves.
 */
export type KnockFrame = { 
/**
 * Version of the protocol.
 */
v: number, 
/**
 * The set.
 */
set: SetId, 
/**
 * The kind of link.
 */
role: LinkRole, 
/**
 * The link's token.
 */
token: Token32, 
/**
 * What a grant to this browser is sealed to; its device id follows from both public keys.
 */
pub: PublicKey, 
/**
 * What this browser's signatures are checked with.
 */
sign: PublicKey, 
/**
 * Random part of the hello.
 */
nonce: Nonce16, 
/**
 * HMAC over the hello under the link's admit key.
 */
mac: Mac32, 
/**
 * Signature over the server's challenge and the hello.
 */
pop: Signature64, 
/**
 * The name, sealed under the link's lobby key.
 */
name: Blob, 
/**
 * SHA-256 of the token that this browser will come back with.
 */
resume: Hash32, };

/**
 * From a client.
 */
export type ClientFrame = { "t": "knock" } & KnockFrame | { "t": "resume", 
/**
 * Version of the protocol.
 */
v: number, 
/**
 * The set.
 */
set: SetId, 
/**
 * This browser.
 */
device: DeviceId, 
/**
 * The token whose hash it gave when it knocked.
 */
token: Token32, 
/**
 * The place of the last change that it has; absent to begin with a snapshot.
 */
since?: Seq, 
/**
 * The branch that it stands on, from its last snapshot; absent when it never had one.
 */
branch?: BranchId, } | { "t": "do", 
/**
 * Made by the client; a repeat gets the same answer.
 */
cid: CommandId, 
/**
 * The place of the last change on the screen that it was pressed on.
 */
seen: Seq, 
/**
 * What.
 */
cmd: Command, } | { "t": "ping", 
/**
 * The client's own stamp, sent back as it is.
 */
sent: number, };

/**
 * To a client.
 *
 * `hello`, `lobby`, `refused`, `pong`, `beat` and `restart` are all that somebody at the door may get.
 */
export type ServerFrame = { "t": "hello", 
/**
 * Fresh for each socket.
 */
challenge: Challenge32, 
/**
 * The build of the client that this server serves.
 */
build: string, 
/**
 * So many days after its end everything of a set is erased.
 */
retention_days: number, } | { "t": "lobby", 
/**
 * Server time.
 */
at: Timestamp, 
/**
 * What you may see.
 */
lobby: LobbyView, } | { "t": "snapshot", 
/**
 * The place.
 */
seq: Seq, 
/**
 * Server time.
 */
at: Timestamp, 
/**
 * The part that is the same for all.
 */
shared: Shared, 
/**
 * The part that is yours alone.
 */
own: Own, 
/**
 * Whether you asked for less, but the room no longer keeps what you missed.
 */
gap?: boolean, 
/**
 * The branch of history that the place is on.
 */
branch: BranchId, 
/**
 * Whether you stand on what is no longer so: an earlier copy of the room was put back, and
 * some of what you have seen may be gone.
 */
restored?: boolean, 
/**
 * The build of the client that this server serves.
 */
build: string, } | { "t": "change", 
/**
 * Its place; places have no holes.
 */
seq: Seq, 
/**
 * When it was decided.
 */
at: Timestamp, 
/**
 * Whose command it follows from; absent for what the room did by itself.
 */
by?: SeatId, 
/**
 * The command that it completes.
 */
re?: CommandId, 
/**
 * The change's name, for announcements.
 */
what: string, 
/**
 * Merge patch of the shared view.
 */
shared: Patch<Shared>, } | { "t": "own", 
/**
 * The place.
 */
seq: Seq, 
/**
 * Merge patch of your own view.
 */
own: Patch<Own>, 
/**
 * Whether `own` is your whole own view, as after a return.
 */
whole?: boolean, } | { "t": "presence", 
/**
 * Seats.
 */
here: Array<SeatId>, 
/**
 * Since when nobody with the controls has been connected.
 */
no_facilitator_since?: Timestamp, 
/**
 * The round off the record that the room is in.
 */
off_record?: OffRecordRound, } | { "t": "knocks", 
/**
 * Browsers that knock.
 */
knocks: { [key in DeviceId]: KnockView }, } | { "t": "claims", 
/**
 * Browsers at the door.
 */
claims: { [key in DeviceId]: ClaimView }, } | { "t": "lines", 
/**
 * Them.
 */
lines: { [key in ItemId]: OfferView }, } | { "t": "off_record", 
/**
 * Which round.
 */
round: ItemId, 
/**
 * Announced keys that your browser has not handed the round's key to, where it may and can: the whole of it,
 * each time.
 */
wanted?: { [key in DeviceId]: Sealed }, 
/**
 * The round's key, sealed to the pair that this browser announced, from those who have handed it over
 * since: what it has not been sent on this connection.
 */
grants?: Array<Blob>, } | { "t": "off_record_lines", 
/**
 * Which round.
 */
round: ItemId, 
/**
 * Them.
 */
lines: Array<OffRecordLine>, } | { "t": "attendance", 
/**
 * Which meeting.
 */
meeting: MeetingId, 
/**
 * Everybody who takes part.
 */
seats: { [key in SeatId]: Attended }, } | { "t": "done", 
/**
 * The command.
 */
cid: CommandId, 
/**
 * The place of its last change; for a repeat, the place it had.
 */
seq: Seq, } | { "t": "refused", 
/**
 * The command; absent when you were refused at the door.
 */
cid?: CommandId, 
/**
 * Why.
 */
code: Code, 
/**
 * Whether the same again may succeed.
 */
temporary?: boolean, } | { "t": "pong", 
/**
 * Your own stamp.
 */
sent: number, 
/**
 * Server time.
 */
at: Timestamp, } | { "t": "beat", 
/**
 * Server time.
 */
at: Timestamp, } | { "t": "restart", 
/**
 * Milliseconds, different for each client so that nothing stampedes.
 */
after_ms: number, };

export const PROTOCOL_VERSION = 3;
export const SUBPROTOCOL = 'als1';

/** Close codes: their reasons, and whether to come back. */
export const CLOSE = {
  1012: { reason: 'restart', come_back: true },
  1013: { reason: 'full', come_back: true },
  4400: { reason: 'bad_frame', come_back: false },
  4401: { reason: 'auth', come_back: false },
  4403: { reason: 'not_allowed', come_back: false },
  4408: { reason: 'slow', come_back: true },
  4410: { reason: 'set_closed', come_back: false },
  4413: { reason: 'too_large', come_back: false },
  4426: { reason: 'old_client', come_back: false },
  4429: { reason: 'too_fast', come_back: true },
  4500: { reason: 'room_fault', come_back: true },
  4510: { reason: 'damaged', come_back: false },
  4409: { reason: 'replaced', come_back: false },
  4440: { reason: 'idle', come_back: true },
} as const;

/** Every refusal code. */
export const CODES = [
  'role',
  'stage',
  'part',
  'stale',
  'no_seat',
  'no_item',
  'no_part',
  'no_knock',
  'no_device',
  'not_yours',
  'no_hand',
  'no_turn',
  'no_round',
  'no_presenter',
  'nothing_to_undo',
  'already',
  'holding',
  'locked',
  'charter_first',
  'in_lobby',
  'stale_epoch',
  'stale_roster',
  'stale_revision',
  'stale_order',
  'kind',
  'long_text',
  'sealed_own',
  'seat_here',
  'not_them',
  'range',
  'no_template',
  'people',
  'devices',
  'lobby',
  'items',
  'sealed_bytes',
  'meetings',
  'times',
  'lines',
  'few',
  'own_key_chars',
  'roster_edits',
  'knock_refused',
  'lobby_stay',
  'link_changed',
  'busy',
  'not_saved',
  'too_fast',
  'quarantined',
] as const satisfies readonly Code[];

/** Kinds of text that are there after the close, and so in later meetings. */
export const LASTING: readonly TextKind[] = ["title","name","charter","action","practice","learning_question","framework"];

/** Kinds of text that only their author may see until they show them. */
export const PRIVATE: readonly TextKind[] = ["action","learning","reflection","learning_question"];

/** Kinds of text of which there is one for each author, or for the set. */
export const SINGLE: readonly TextKind[] = ["title","charter","headline","bid","framework"];

/** Kinds of text that are kept when a meeting of this mode is closed, for all or for their owner. */
export const KEPT: Readonly<Record<Mode, readonly TextKind[]>> = {
  "set": ["title","name","charter","action","practice","learning_question","framework"],
  "double": ["title","name","charter","headline","action","practice","learning_question","framework"],
  "chatham": ["title","name","charter","action","practice","learning_question","framework"],
  "open_learning": ["title","name","charter","action","practice","learning_question","framework"],
};
