/** Where what is typed belongs: which forms this person has now, and what was begun and stands in none. */

import type { TextKind, Write } from '../wire.gen';
import { FIELDS, readAction } from './action-text';
import { placeOf } from './draft';
import { observes, presents, textsOf, type RoomContext } from './room/room-context';

/** Kinds of which one person may write several. */
const SEVERAL: ReadonlySet<TextKind> = new Set(['question', 'scribe']);

/** Whether one person writes several of these here. */
export const several = ({ kind, see }: Pick<Write, 'kind' | 'see'>): boolean => SEVERAL.has(kind) && see === 'everyone';

/** Whether this person may write it in this part. The server decides; this only keeps forms away. */
export function mayWrite(room: RoomContext, { by }: Write): boolean {
  if (observes(room)) return false;
  if (by === 'presenter') return presents(room);
  if (by === 'scribe') return room.shared.scribe === room.own.seat;
  return by === 'each' || !presents(room);
}

/** What this person may write now. */
export function writesOf(room: RoomContext): Write[] {
  return room.shared.stage === 'running' ? (room.shared.now?.writes ?? []).filter((write) => mayWrite(room, write)) : [];
}

/** Whether this person may change the ground rules now. */
export function mayChangeRules({ own, shared }: RoomContext): boolean {
  return own.controls && (shared.stage === 'gathering' || (shared.stage === 'running' && shared.now?.id === 'charter'));
}

/** One's own texts of this kind that have a form now. */
export function mineOf(room: RoomContext, kind: TextKind): ReturnType<typeof textsOf> {
  const part = room.shared.now?.part;
  const always = kind === 'headline' || kind === 'action' || kind === 'bid';
  return textsOf(room, kind, room.own.seat).filter((text) => always || text.part === part);
}

/** The places of all forms that this person has now, on hold and beside one's own actions too. */
function homesOf(room: RoomContext): ReadonlySet<string> {
  const part = room.shared.now?.part;
  const homes = new Set<string>();
  if (mayChangeRules(room)) homes.add(placeOf(part, 'charter'));
  for (const { kind } of writesOf(room)) {
    homes.add(placeOf(part, kind));
    for (const { id } of mineOf(room, kind)) homes.add(placeOf(part, kind, id));
  }
  return homes;
}

/** Something that was begun. */
export interface Begun {
  readonly place: string;
  readonly kind: TextKind;
  /** The text that it changes. */
  readonly item: string | undefined;
  /** Kept on purpose, to be used later. */
  readonly kept: boolean;
  /** What was typed, as it can be read. */
  readonly words: string;
}

const KINDS: ReadonlySet<string> = new Set([
  'title', 'charter', 'headline', 'bid', 'action', 'question', 'scribe', 'skill', 'sentence', 'learning', 'reflection',
]);
const PLACE = /^(kept \d+|\d*) (\w+)(?: (\S+))?$/;

function wordsIn(kind: string, value: unknown): string {
  if (typeof value === 'string') return value;
  if (kind !== 'action') return String((value as { value?: unknown } | null)?.value ?? '');
  const action = readAction(JSON.stringify(value));
  return FIELDS.map((field) => action[field]).filter((answer) => answer !== '').join('\n');
}

/** What was begun and stands in no form that this person has now, oldest first. */
export function begunOf(room: RoomContext): Begun[] {
  const homes = homesOf(room);
  return [...room.session.drafts.all.value].flatMap(([place, text]) => {
    const [, where = '', kind = '', item] = PLACE.exec(place) ?? [];
    if (!KINDS.has(kind) || homes.has(place)) return [];
    const value = JSON.parse(text) as unknown;
    const words = wordsIn(kind, value);
    // The answer to it got lost: it was written all the same.
    const sent = kind === 'action' ? JSON.stringify(value) : words.trim();
    if (textsOf(room, kind as TextKind, room.own.seat).some((mine) => mine.text === sent)) return [];
    return [{ place, kind: kind as TextKind, item, kept: where.startsWith('kept'), words }];
  });
}

/** Moves what was begun to another place. */
export function move({ session }: RoomContext, from: string, to: string): void {
  session.drafts.keep(to, session.drafts.all.peek().get(from));
  session.drafts.keep(from, undefined);
}

/** Keeps it: in the form that there is for it now, else to be used later. False then. */
export function keepBegun(room: RoomContext, { place, kind, item }: Begun): boolean {
  const all = room.session.drafts.all.peek();
  const here = placeOf(room.shared.now?.part, kind);
  const takes = homesOf(room).has(here) && !all.has(here);
  const mark = item === undefined ? kind : `${kind} ${item}`;
  let n = 0;
  while (all.has(`kept ${n} ${mark}`)) n += 1;
  move(room, place, takes ? here : `kept ${n} ${mark}`);
  return takes;
}
