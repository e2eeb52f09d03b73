/** How the time of the parts that are still to come is shared out: what each would have, before it is done. */

import { PLANS } from '../names.gen';
import type { PartView, Shared } from '../wire.gen';
import { leftMs } from './room/room-context';

const MINUTE = 60_000;

type Timed = Pick<PartView, 'minutes' | 'bounds'>;

const sum = (minutes: readonly number[]): number => minutes.reduce((all, one) => all + one, 0);

/** The parts that have not begun. */
export const toCome = ({ agenda, now }: Shared): readonly PartView[] => agenda.slice(now === undefined ? 0 : now.part + 1);

/**
 * Minutes for each, so that together they come as near to `minutes` as their bounds allow. From what is planned one
 * minute at a time is given or taken where there is most room, so that none is squeezed while another has plenty.
 */
export function fit(parts: readonly Timed[], minutes: number): number[] {
  const planned = parts.map((part) => part.minutes);
  for (let over = minutes - sum(planned); over !== 0; over -= Math.sign(over)) {
    const room = parts.map(({ bounds: [least, most] }, at) => {
      const has = planned[at] ?? 0;
      return over > 0 ? most - has : has - least;
    });
    const most = Math.max(0, ...room);
    if (most === 0) break;
    const at = room.indexOf(most);
    planned[at] = (planned[at] ?? 0) + Math.sign(over);
  }
  return planned;
}

/** What gives way: all that is to come, only what is between the slots, or what is left of this slot. */
export type Gives = 'all' | 'breaks' | 'slot';

const BETWEEN: ReadonlySet<string> = new Set(['break', 'slack']);

function gives(from: Gives, part: PartView, { now }: Shared): boolean {
  if (from === 'slot') return now?.slot !== undefined && part.slot === now.slot;
  return from === 'all' || BETWEEN.has(part.id);
}

/** What can give way at all, and what each part to come would have then. */
export function proposals(shared: Shared, over: number): ReadonlyMap<Gives, readonly number[]> {
  const parts = toCome(shared);
  const planned = parts.map(({ minutes }) => minutes);
  const all = (['all', 'breaks', 'slot'] as const).map((from) => {
    const timed = parts.map((part): Timed => (gives(from, part, shared) ? part : { minutes: part.minutes, bounds: [part.minutes, part.minutes] }));
    return [from, fit(timed, sum(planned) - over)] as const;
  });
  return new Map(all.filter(([, minutes]) => minutes.some((one, at) => one !== planned[at])));
}

/**
 * By how many minutes the meeting ends later than it was to, if all goes on as planned; negative when earlier. It was
 * to end its plan's minutes after it began, or after its date where it began late.
 */
export function lateBy(shared: Shared, now: number): number {
  const { meeting, series, started_at: began, starts_at: date } = shared;
  // People may have been asked to keep another time free than the plan has.
  const planned = series?.dates[meeting]?.minutes ?? planMinutes(shared);
  const begins = Math.min(began ?? now, date ?? Infinity);
  // Nobody is held to a date that a meeting had little to do with.
  const from = (began ?? now) - begins > (planned / 2) * MINUTE ? (began ?? now) : begins;
  return Math.round((endsOf(shared, now).meeting - from - planned * MINUTE) / MINUTE);
}

/** How long a meeting of this plan is, whatever was fitted in the present one. */
export function planMinutes({ agenda, plan }: Pick<Shared, 'agenda' | 'plan'>): number {
  return PLANS.find(({ id }) => id === plan)?.minutes ?? sum(agenda.map(({ minutes }) => minutes));
}

interface Ends {
  readonly meeting: number;
  /** Of slots that have not ended, in order. */
  readonly slots: ReadonlyMap<number, number>;
}

/** When the meeting ends, and each slot of it, if all goes on as planned from here; before the start from its date. */
export function endsOf(shared: Shared, now: number): Ends {
  const { clock, now: part, starts_at: date } = shared;
  const slots = new Map<number, number>();
  let at = part === undefined ? Math.max(now, date ?? now) : now + Math.max(0, leftMs(clock, now) ?? 0);
  if (part?.slot !== undefined) slots.set(part.slot, at);
  for (const { slot, minutes } of toCome(shared)) {
    at += minutes * MINUTE;
    if (slot !== undefined) slots.set(slot, at);
  }
  return { meeting: at, slots };
}

/** How presenters' time is shared: as planned, the same for each, or as each has asked for. */
export type Shares = 'planned' | 'equal' | 'asked';

/**
 * Minutes of each part to come, when the slots that have not begun share their time as said; `asked` is what each
 * slot's presenter has asked for. What slots have together stays.
 */
export function slotsShared(shared: Shared, shares: Shares, asked: readonly (number | undefined)[]): number[] {
  const parts = toCome(shared);
  const whole = slotsToCome(shared);
  const all = sum(whole.map(({ minutes }) => minutes));
  const usual = all / Math.max(1, whole.length);
  const wanted = whole.map(({ slot }) => (shares === 'asked' ? (asked[slot] ?? usual) : usual));
  const scale = all / Math.max(1, sum(wanted));
  const near = whole.map(({ bounds }, at): Timed => {
    const [least, most] = bounds;
    return { bounds, minutes: Math.min(most, Math.max(least, Math.round((wanted[at] ?? usual) * scale))) };
  });
  const minutes = new Map(fit(near, all).map((has, at) => [whole[at]?.slot, has]));
  const of = (slot: number): number[] => {
    const phases = parts.filter((part) => part.slot === slot);
    return fit(phases, minutes.get(slot) ?? sum(phases.map((part) => part.minutes)));
  };
  const fitted = new Map(whole.map(({ slot }) => [slot, of(slot)]));
  return parts.map((part) => (shares === 'planned' ? undefined : fitted.get(part.slot ?? -1)?.shift()) ?? part.minutes);
}

/** The slots that have not begun. */
export function slotsToCome(shared: Shared, minutes?: readonly number[]): Slot[] {
  return slotsIn(toCome(shared), minutes).filter(({ slot }) => slot !== shared.now?.slot);
}

interface Slot extends Timed {
  readonly slot: number;
}

/** The slots among some parts, as wholes; with other `minutes` for the parts than are planned. */
function slotsIn(parts: readonly PartView[], minutes: readonly number[] = []): Slot[] {
  const slots = new Map<number, Slot>();
  for (const [at, { slot, minutes: planned, bounds: [least, most] }] of parts.entries()) {
    if (slot === undefined) continue;
    const has = slots.get(slot) ?? { slot, minutes: 0, bounds: [0, 0] };
    const [low, high] = has.bounds;
    slots.set(slot, { slot, minutes: has.minutes + (minutes[at] ?? planned), bounds: [low + least, high + most] });
  }
  return [...slots.values()];
}
