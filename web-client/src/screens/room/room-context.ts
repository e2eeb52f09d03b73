/** What the room's components draw from: the views at hand, and what follows from them. */

import { createContext } from 'preact';
import { useContext } from 'preact/hooks';
import type { ReadonlySignal } from '@preact/signals';
import { t } from '../../i18n';
import { attempt } from '../attempt';
import type { Announcer } from '../../lib/announce';
import type { Session, Text } from '../../session';
import type { Clock, Command, Kind, Own, PartView, SeatId, SeatView, Shared, TextKind, Turn } from '../../wire.gen';

/** The dialogs that a room can open. */
export type SheetName =
  | 'menu' | 'name' | 'agreed' | 'words' | 'help' | 'prompts' | 'own' | 'browsers' | 'leave' | 'asked'
  | 'off-record' | 'more' | 'parts' | 'fit' | 'order' | 'links' | 'dates' | 'ask' | 'close' | { readonly seat: SeatId };

/** One moment of the room. */
export interface RoomContext {
  readonly session: Session;
  readonly announcer: Announcer;
  /** Server time in ms, once a second. */
  readonly second: ReadonlySignal<number>;
  readonly shared: Shared;
  readonly own: Own;
  /** Opens a dialog, or closes the one that is open. */
  open(sheet: SheetName | undefined): void;
  /** Shows a line that stays until it is dismissed, or takes it away. */
  note(text: string | undefined): void;
  /** What one's own hand is for, as chosen before it goes up. */
  readonly kind: Kind | undefined;
  choose(kind: Kind | undefined): void;
  /** Goes to one's own actions, or back. */
  show(view: 'room' | 'actions'): void;
}

export const CurrentRoom = createContext<RoomContext | undefined>(undefined);

export function useRoom(): RoomContext {
  const room = useContext(CurrentRoom);
  if (room === undefined) throw new Error('outside the room');
  return room;
}

/** What is asked as it stands, with nothing sealed into it first. */
export type PlainCommand = Exclude<Command, { c: 'put' | 'admit' | 'remove' | 'rekey' | 'next_meeting' | 'grant' | 'own_key' | 'edit_roster' }>;

/** Asks; refusals come back through `session.refusal`. */
export function useAsk(): (command: PlainCommand) => void {
  const { session } = useRoom();
  return (command) => attempt(() => session.ask(command));
}

/** A person's name; "You" for oneself where the sentence allows it. */
export function nameOf(room: Pick<RoomContext, 'session'>, seat: SeatId): string {
  return room.session.names.value.get(seat) ?? t('somebody');
}

export const presents = ({ shared, own }: RoomContext): boolean => shared.presenter === own.seat;
/** Whether this is a presenter's slot and nobody presents: its clock waits. */
export const lacksPresenter = ({ stage, now, presenter }: Shared): boolean =>
  stage === 'running' && now?.slot !== undefined && presenter === undefined;
/** Whether an undo still takes something back. */
export const undoable = ({ shared, second }: Pick<RoomContext, 'shared' | 'second'>): boolean => (shared.undo_until ?? 0) > second.value;
/** Whether it is quiet: by the part, or because somebody asked for it. */
export const isSilent = ({ silence, now }: Shared): boolean => silence || now?.floor === 'silence';
export const observes = ({ own }: RoomContext): boolean => own.role === 'observer';

/** Whether this person is still asked to agree to the ground rules, and can do nothing else before. */
export const rulesFirst = ({ shared, own }: RoomContext): boolean =>
  (shared.charter_first || missedMode({ shared, own })) && shared.seats[own.seat]?.agreed !== true && !own.controls;

/** Whether lines may be passed on to others, and so are released. */
export const passesOn = ({ mode }: Shared): boolean => mode === 'chatham' || mode === 'open_learning';

/** Whether another mode was agreed while this person was away. */
export const missedMode = ({ shared, own }: Pick<RoomContext, 'shared' | 'own'>): boolean => shared.seats[own.seat]?.mode_missed === true;

/** Hands in the order in which they will be called: process points first. */
export function queueOf({ queue }: Shared): SeatId[] {
  const late = (seat: SeatId): number => (queue[seat]?.kind === 'process' ? 0 : 1);
  const rank = (seat: SeatId): number => queue[seat]?.rank ?? 0;
  return (Object.keys(queue) as SeatId[]).toSorted((a, b) => late(a) - late(b) || rank(a) - rank(b));
}

/** `kind` if the present part has it on offer. */
export function fitting({ now }: Shared, kind: Kind | undefined): Kind | undefined {
  return kind !== undefined && (kind === 'process' || now?.kinds.includes(kind)) ? kind : undefined;
}

/** The round in its order. */
export function roundOf({ round }: Shared): [SeatId, Turn][] {
  return (Object.entries(round) as [SeatId, Turn][]).toSorted(([, a], [, b]) => a.rank - b.rank);
}

/** Whose turn it is in the round. */
export function turnOf(shared: Shared): SeatId | undefined {
  return roundOf(shared).find(([, turn]) => turn.is === 'now')?.[0];
}

/** Who comes next, in the queue or in the round. A gone person's hand is skipped. */
export function nextUp({ shared, session }: RoomContext): SeatId | undefined {
  const round = roundOf(shared);
  const waiting = round.find(([, turn]) => turn.is === 'waiting') ?? round.find(([, turn]) => turn.is === 'later');
  return waiting?.[0] ?? queueOf(shared).find((seat) => session.here.value.has(seat));
}

/** Everybody with a seat, in circle order. */
export function circleOf({ seats }: Shared): [SeatId, SeatView][] {
  return (Object.entries(seats) as [SeatId, SeatView][]).toSorted(([, a], [, b]) => a.place - b.place);
}

/** Milliseconds left; negative after the end; undefined when no time runs. */
export function leftMs(clock: Clock, now: number): number | undefined {
  if (clock.is === 'stopped') return undefined;
  // A clock that is a moment behind the server's must not show eight minutes as nine.
  return clock.is === 'paused' ? clock.left_ms : Math.min(clock.ends_at - now, clock.total_ms);
}

/** A run of the agenda that is seen together: one presenter's slot, or what lies between slots. */
export interface Chapter {
  /** Index of its first part. */
  readonly from: number;
  readonly parts: readonly PartView[];
  /** Which presenter's slot it is, from 0. */
  readonly slot: number | undefined;
}

export function chapterOf(agenda: readonly PartView[], part: number): Chapter {
  const slot = agenda[part]?.slot;
  let from = part;
  while (from > 0 && agenda[from - 1]?.slot === slot) from -= 1;
  let to = part;
  while (to + 1 < agenda.length && agenda[to + 1]?.slot === slot) to += 1;
  return { from, parts: agenda.slice(from, to + 1), slot };
}

/** How many presenters the plan has time for. */
export const slotsOf = ({ agenda }: Shared): number => new Set(agenda.flatMap((part) => part.slot ?? [])).size;

/** Texts of a kind, oldest first. */
export function textsOf({ session }: Pick<RoomContext, 'session'>, kind: TextKind, seat?: SeatId): Text[] {
  return [...session.texts.value.values()]
    .filter((text) => text.kind === kind && (seat === undefined || text.seat === seat))
    .toSorted((a, b) => a.at - b.at);
}

/** The words of a text, or why they are not there. */
export function wordsOf(text: Text): string {
  return text.text ?? t(text.fault === 'key' ? 'text-waits' : 'text-broken');
}

/** The presenter's line for this slot. */
export function headlineOf(room: RoomContext): Text | undefined {
  const { presenter } = room.shared;
  if (presenter === undefined) return undefined;
  return textsOf(room, 'headline', presenter).at(-1) ?? textsOf(room, 'bid', presenter).at(-1);
}

/** The charter's lines: the set's own, or the usual ones. */
export function charterOf({ session }: Pick<RoomContext, 'session'>): string[] {
  const own = textsOf({ session }, 'charter').at(-1);
  // One that cannot be read yet is not the usual one: nobody must agree to the wrong words.
  if (own !== undefined) return wordsOf(own).split('\n').filter((line) => line.trim() !== '');
  const { items } = session.shared.value ?? {};
  // Nor is one that is being opened.
  return Object.values(items ?? {}).some(({ kind }) => kind === 'charter') ? [] : usualCharter();
}

/** The charter that a set begins with. */
export function usualCharter(): string[] {
  return Array.from({ length: 12 }, (_, index) => t(`charter-${index + 1}` as 'charter-1'));
}
