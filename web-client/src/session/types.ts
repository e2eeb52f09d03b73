/**
 * What the screens see of a set: signals to draw from, and things to ask for.
 *
 * The session layer (this folder) owns the socket, the sealing and the outbox. Screens never see a
 * frame, a key or a box: texts arrive opened, and what is typed leaves through `write`.
 */
import type { ReadonlySignal } from '@preact/signals';
import type { Drafts } from './drafts';
import type { Link, LinkRole } from '../seal/link';
import type { KeyState } from './keys';
import type {
  Attended, BidTerms, Claim, Code, Command, DeviceId, ItemId, LobbyView, MeetingId, OffRecordRound, OfferView, Own, Replaced, Role, Sealed, SeatId, ServerFrame, Shared, TextKind,
} from '../wire.gen.ts';

/** Where this browser stands with the set. */
export type Place =
  /** Nothing is known yet; the page has just opened. */
  | { at: 'starting' }
  /**
   * A link was opened; the person has not typed a name yet. Nothing has been sent. `anew`: they were
   * in before, with keys that are no longer enough.
   */
  | { at: 'door'; anew?: boolean }
  /** Asked to join; waiting for Admit (or sent back to the lobby: `back`). */
  | { at: 'lobby'; lobby: LobbyView; back: boolean }
  /** Admitted. `shared` and `own` are set; texts open once `keys` is 'ready'. */
  | { at: 'room' }
  /** Over for this browser. `why` is a stable word that has a sentence in the locale files. */
  | { at: 'ended'; why: Ended };

export type Ended =
  | 'auth' | 'no_place' | 'refused' | 'removed' | 'locked' | 'full' | 'closed' | 'erased' | 'link_changed' | 'old_client'
  | 'elsewhere' | 'left' | 'left_keys' | 'lobby_stay' | 'damaged' | 'bad_frame';

/** How the line is. `trouble` begins after 5 seconds without a connection. */
export type Line = 'connecting' | 'live' | 'waiting' | 'trouble';

/**
 * What keeps the line from being live, as far as it can be told from here.
 *
 * - `unknown`: no answer so far, and why is being looked at
 * - `trying`: somebody has asked for one more attempt
 * - `offline`: nothing reaches the service
 * - `refused`: its page does, but the WebSocket is turned away on the way
 * - `silent`: its page does, but nothing comes on the WebSocket
 * - `answers`: the page is answered with a status that is a fault
 * - `full`: the service itself turns the line away for now
 * - `part`: what the page needs for it did not arrive
 * - `late`: the line is live, and an answer is overdue
 */
export interface Trouble {
  readonly is: 'unknown' | 'trying' | 'offline' | 'refused' | 'silent' | 'answers' | 'full' | 'part' | 'late';
  /** The status of HTTP, for `answers`. */
  readonly status?: number;
}

/** A text that has been opened, or why it could not be. */
export interface Text {
  id: ItemId;
  kind: TextKind;
  seat: SeatId;
  rev: number;
  part: number;
  at: number;
  /** Whether all may see it. */
  open: boolean;
  /** The words; undefined while it cannot be opened (`fault` says why). */
  text: string | undefined;
  /** 'key' (no key for its epoch yet), 'broken' (moved, forged or damaged), or undefined. */
  fault: 'key' | 'broken' | undefined;
  bid: BidTerms | undefined;
}

/** A text of this person that the server no longer has. */
export interface LostText {
  readonly id: ItemId;
  readonly seat: SeatId;
  readonly kind: TextKind;
  readonly rev: number;
  /** The meeting that it stood in. */
  readonly meeting: MeetingId;
  readonly text: string;
  readonly bid: BidTerms | undefined;
  /** With a practice: the action that it came from. */
  readonly action: ItemId | undefined;
}

/** Somebody at the door, for those who may admit. */
export interface Knocker {
  device: DeviceId;
  role: Role;
  /** The name they typed, opened and fit to be shown; undefined when it is neither. */
  name: string | undefined;
  /** Whether the hello's MAC was verified: false is shown as "could not be verified". */
  verified: boolean;
  at: number;
  /** The seat this browser had before. */
  seat: SeatId | undefined;
  /** Who is asked whether it is them, and what they answered. */
  claim: Claim | undefined;
}

/** A browser at the door that is said to be this person's own. */
export interface Claimed {
  device: DeviceId;
  at: number;
}

/** What was asked and is not yet on disk. Shown in words: *not sent yet*, *sending*. */
export interface Unsent {
  cid: string;
  command: Command['c'];
  /** Milliseconds (monotonic) when it was asked. */
  since: number;
  /** Whether the service has said that it cannot save it now. */
  notSaved: boolean;
}

/** What happened, for announcements: the change's name, who did it, and the views around it. */
export interface Happening {
  what: string;
  by: SeatId | undefined;
  /** Whether this browser's own command did it. */
  mine: boolean;
  before: Shared;
  after: Shared;
}

/** Links of a set as its facilitator shares them. Only facilitators hold secrets, and only in this browser. */
export interface Links {
  host: string | undefined;
  co_facilitator: string | undefined;
  member: string | undefined;
  observer: string | undefined;
}

/**
 * Why something was not done: the server's words and three of this page's own. `gone`: the session
 * ended first. `own_locked`: the person's own key is under their return code. `failed`: this browser
 * could not do its part of it.
 */
export type Refused = Code | 'gone' | 'own_locked' | 'failed';

export type Answer = { ok: true } | { ok: false; code: Refused };

/**
 * Who can help a person to open again what only they may see: facilitators, or nobody, since they keep
 * a return code. `locked`: they do, and this browser was not told the code yet.
 */
export type OwnHelp = 'facilitators' | 'only_me' | 'locked';

/** What a person can do about it. */
export interface OwnCode {
  /** A new return code, as it is shown once. It changes nothing yet. */
  fresh(): Promise<string>;
  /** From now on only the code that was shown last helps, which is typed once more. */
  onlyMe(code: string): Promise<Answer | 'slip'>;
  /** From now on facilitators can help. Without the code, what stands under it stays shut. */
  helped(): Promise<Answer>;
  /** Opens what is under the code. `slip`: there is no such code; `other`: not the one of this person here. */
  open(code: string): Promise<'opened' | 'slip' | 'other'>;
}

/** A line of a round off the record, opened. */
export interface OpenedLine {
  readonly item: ItemId;
  readonly seat: SeatId;
  /** Undefined where it does not open. */
  readonly text: string | undefined;
}

/** A round off the record, as this page takes part in it. */
export interface OffRecord {
  /** The round that is on. */
  readonly round: ReadonlySignal<OffRecordRound | undefined>;
  /** Whether this page has its key. */
  readonly ready: ReadonlySignal<boolean>;
  readonly lines: ReadonlySignal<readonly OpenedLine[]>;
  /** What is being typed: in memory, as all of it. */
  readonly draft: ReadonlySignal<string>;
  type(text: string): void;
  /** Whether a round has ended here, until that was read. */
  readonly over: ReadonlySignal<boolean>;
  /** The command that begins a round, with a key that this page makes. */
  begins(): Promise<Command & { c: 'begin_off_record' }>;
  /** Writes a line. `gone` without a key, or once the round is over: what waits for the line then goes with it. */
  write(text: string): Promise<Answer>;
  take(frame: ServerFrame): void;
  /** Drops all of it, as where this person is out of the room, or has read that it is over. */
  drop(): void;
}

export interface Session {
  /** Which kind of link this browser came by; a member's until that is known. */
  readonly role: LinkRole;
  readonly place: ReadonlySignal<Place>;
  /** The kind of link that this page was opened by, where it was: it may be another than this browser's own. */
  readonly opened: LinkRole | undefined;
  readonly line: ReadonlySignal<Line>;
  /** What is wrong while the line is in trouble. */
  readonly trouble: ReadonlySignal<Trouble | undefined>;
  /** Tries at once to get the line back, instead of after the present wait. */
  tryNow(): void;
  /** Whether something that nobody waited for has failed in this browser: a reload may help. */
  readonly broken: ReadonlySignal<boolean>;
  readonly shared: ReadonlySignal<Shared | undefined>;
  readonly own: ReadonlySignal<Own | undefined>;
  /** Seats that are connected. */
  readonly here: ReadonlySignal<ReadonlySet<SeatId>>;
  /** Lines to pass on that wait: what this person offered, and what came from them. */
  readonly offers: ReadonlySignal<Readonly<Record<ItemId, OfferView>>>;
  /** The round off the record: whether there is one to be shown, or one that has just ended, and what of it is here. */
  readonly offRecord: { readonly shown: ReadonlySignal<boolean>; open(): Promise<OffRecord> };
  /** How everybody attended the meeting that is closed, for those with the controls. */
  readonly attended: ReadonlySignal<Readonly<Partial<Record<SeatId, Attended>>>>;
  /** Since when (server ms) nobody with the controls is connected. */
  readonly noFacilitatorSince: ReadonlySignal<number | undefined>;
  readonly knocks: ReadonlySignal<readonly Knocker[]>;
  /** Every text this browser may see, opened, by id. */
  readonly texts: ReadonlySignal<ReadonlyMap<ItemId, Text>>;
  /**
   * Names by seat, fit to be shown, each unlike the others; undefined while a name is not there, cannot
   * be opened, or holds nothing that could be shown.
   */
  readonly names: ReadonlySignal<ReadonlyMap<SeatId, string>>;
  /** The set's title, opened. */
  readonly title: ReadonlySignal<string | undefined>;
  /** Whether what is typed can be sealed, and if not, why. */
  readonly keys: ReadonlySignal<KeyState>;
  /** Browsers at the door that are said to be this person's: they are asked. */
  readonly claims: ReadonlySignal<readonly Claimed[]>;
  /** Five words of the present epoch and roster, in the set's one list; asked for on demand. */
  words(): Promise<readonly string[]>;
  readonly unsent: ReadonlySignal<readonly Unsent[]>;
  /** The last refusal that the person should see, until dismissed. */
  readonly refusal: ReadonlySignal<{ code: Refused; command: Command['c'] } | undefined>;
  dismissRefusal(): void;
  /** Whether storage works; false: "reload will ask to be admitted again". */
  readonly stored: ReadonlySignal<boolean>;
  /** Links for sharing, for facilitators. */
  readonly links: ReadonlySignal<Links>;
  /** Whether the server holds less than this page has shown already: an older copy was put back. */
  readonly rolledBack: ReadonlySignal<boolean>;
  /** Own texts that the older copy does not have, and this page still does. */
  readonly lost: ReadonlySignal<readonly LostText[]>;
  /** Writes them again; what is refused stays among them, and is told. */
  writeAgain(): Promise<void>;
  /** They are not wanted any more, and what happened has been read. */
  dropLost(): void;
  /** Whether the server serves a newer page than this one: offer a reload between parts. */
  readonly newBuild: ReadonlySignal<boolean>;
  /** So many days after its end everything of a set is erased; unknown before the service has said it. */
  readonly keptDays: ReadonlySignal<number | undefined>;
  /** Server time now, in ms, by the clock estimate. */
  now(): number;
  /** Called for each change, in order, after the signals have moved. Returns an unsubscribe. */
  onHappening(listener: (happening: Happening) => void): () => void;

  /** What was typed and not sent, by place. */
  readonly drafts: Pick<Drafts, 'all' | 'keep' | 'ready'>;
  /** Types a name at the door and asks to join. */
  knock(name: string): Promise<void>;
  /**
   * Asks for something. Resolves when it is done (on disk) or refused; survives reconnects. Of what is `quiet`, since
   * nobody pressed it, neither is said that it waits nor that it was refused.
   */
  ask(command: Exclude<Command, { c: 'put' | 'admit' | 'remove' | 'rekey' | 'next_meeting' | 'grant' | 'own_key' | 'edit_roster' }>, quiet?: boolean): Promise<Answer>;
  /** Seals and writes a text: a new one, or the next revision of `item`. */
  write(kind: TextKind, text: string, extra?: { item?: ItemId; bid?: BidTerms; action?: ItemId; replaces?: Replaced }): Promise<Answer>;
  /** Seals a line to be passed on, bound to nobody, and offers it; `from` when it came from somebody else. */
  offer(text: string, from?: SeatId): Promise<Answer>;
  /** Such a line, opened; undefined where that cannot be. */
  offered(item: ItemId, box: Sealed): Promise<string | undefined>;
  /** Seals an answer of the form, bound to nobody, and sends it; quietly `again` where the service may have forgotten it. */
  answerForm(text: string, again?: boolean): Promise<Answer>;
  /** Such an answer, opened; undefined where that cannot be. */
  answered(item: ItemId, box: Sealed): Promise<string | undefined>;
  /** Who can help with what only this person may see. */
  readonly help: ReadonlySignal<OwnHelp>;
  /** The means to change that. */
  ownCode(): Promise<OwnCode>;
  /** Admits somebody at the door; `seat` when they are back on another device. */
  admit(device: DeviceId, seat?: SeatId): Promise<Answer>;
  /** Removes somebody: new key for those who stay, and a new member link. */
  remove(seat: SeatId): Promise<Answer>;
  /** Makes a member co-facilitator, with keys and links for their browsers; or a co-facilitator a member again. The host alone. */
  setFacilitator(seat: SeatId, on: boolean): Promise<Answer>;
  /** An id for a meeting that has no date yet. */
  drawMeeting(): MeetingId;
  /** Opens the next meeting once the last one is closed. */
  nextMeeting(meeting: MeetingId): Promise<Answer>;
  /** Changes the member link (or another one), and the key with it. */
  rotate(role: 'c' | 'm' | 'o'): Promise<Answer>;
  /** Takes the session over from another tab. */
  takeOver(): Promise<void>;
  /** Forgets keys and tokens in this browser. */
  forget(): Promise<void>;
  close(): void;
}

/** How the screens come to a session. */
export interface Sessions {
  /**
   * Opens a link. A browser that was admitted before goes straight in; any other one stands at the
   * door, and nothing is sent until `knock`, nor stored before something is typed.
   */
  open(link: Link): Promise<Session>;
  /** Makes a set and opens it as its host. Rejects with a `HostFault` when it could not be made. */
  create(setUp: SetUp): Promise<Session>;
  /** What was typed where there is no set yet, as an earlier page left it. */
  begun(): Promise<Session['drafts']>;
  /** The set that this tab showed before it was reloaded; undefined when nothing is kept of one. */
  resume(): Promise<Session | undefined>;
}

/** What the set-up screen gives. */
export interface SetUp {
  title: string;
  plan: string;
  template: string;
  mode: Shared['mode'];
  /** Facilitator's own name. */
  name: string;
  /** Charter lines when they differ from the default ones, one per line. */
  charter: string | undefined;
  starts_at: number | undefined;
  /** Whether these people have not met before. */
  first: boolean;
}
