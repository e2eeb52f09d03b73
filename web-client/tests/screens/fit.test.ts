/** The time of what is to come: what each part would have, before it is done. */

import { describe, expect, it } from 'vitest';
import { agendaOf } from '../../dev/agenda';
import { endsOf, fit, lateBy, proposals, slotsShared, slotsToCome, toCome } from '../../src/screens/fit';
import type { PartView, Shared } from '../../src/wire.gen';

const MINUTE = 60_000;
const AGENDA = agendaOf('classic');
const BEGAN = Date.UTC(2027, 0, 14, 9, 30);
const sum = (minutes: readonly number[]): number => minutes.reduce((all, one) => all + one, 0);
const planned = (parts: readonly PartView[]): number[] => parts.map(({ minutes }) => minutes);

/** A meeting in this part, with so much of its clock left. */
function at(part: number, leftMinutes: number, more: Partial<Shared> = {}): Shared {
  const { id, slot } = AGENDA[part] as PartView;
  return {
    plan: 'of no shipped plan', agenda: AGENDA, started_at: BEGAN, stage: 'running',
    now: { part, id, ...(slot !== undefined && { slot }) },
    clock: { is: 'paused', left_ms: leftMinutes * MINUTE, total_ms: 60 * MINUTE },
    ...more,
  } as unknown as Shared;
}

/** When a meeting that keeps to its plan is so far into this part. */
const onTime = (part: number, left: number): number => BEGAN + (sum(planned(AGENDA.slice(0, part + 1))) - left) * MINUTE;

describe('what is left of a meeting', () => {
  it('ends when it was to while all keep to the plan, and is late by what was added', () => {
    expect(lateBy(at(3, 4), onTime(3, 4))).toBe(0);
    expect(lateBy(at(3, 4 + 5), onTime(3, 4))).toBe(5);
    expect(lateBy(at(3, 4), onTime(3, 4) - 7 * MINUTE)).toBe(-7);
    // Of what was overrun no more is to come.
    expect(lateBy(at(3, -6), onTime(3, 0) + 6 * MINUTE)).toBe(6);
  });

  it('was to end at its date where it began late, unless that date has little to do with it', () => {
    const date = BEGAN - 10 * MINUTE;
    expect(lateBy(at(3, 4, { starts_at: date }), onTime(3, 4))).toBe(10);
    expect(lateBy(at(3, 4, { starts_at: BEGAN - 86_400_000 }), onTime(3, 4))).toBe(0);
    expect(lateBy(at(3, 4, { starts_at: BEGAN + 20 * MINUTE }), onTime(3, 4))).toBe(0);
    // Where people were asked to keep half an hour less free than the plan has, that is when it was to end.
    const series = { dates: { one: { starts_at: BEGAN, rev: 0, minutes: sum(planned(AGENDA)) - 30 } } };
    expect(lateBy(at(3, 4, { meeting: 'one', series } as unknown as Partial<Shared>), onTime(3, 4))).toBe(30);
  });

  it('gives what is missing and no more, from where there is most room, and nothing below its least', () => {
    const shared = at(3, 4);
    const parts = toCome(shared);
    for (const over of [1, 7, 20]) {
      const minutes = proposals(shared, over).get('all') ?? [];
      expect(sum(minutes)).toBe(sum(planned(parts)) - over);
      expect(minutes).toEqual(parts.map(({ bounds: [least, most] }, index) => Math.min(most, Math.max(least, minutes[index] ?? 0))));
    }
    const least = parts.map(({ bounds }) => bounds[0]);
    expect(proposals(shared, 10_000).get('all')).toEqual(least);
    expect(fit([{ minutes: 10, bounds: [4, 12] }, { minutes: 10, bounds: [9, 30] }], 16)).toEqual([6, 10]);
    expect(fit([{ minutes: 10, bounds: [4, 12] }, { minutes: 10, bounds: [9, 30] }], 24)).toEqual([10, 14]);
  });

  it('can be taken from the break alone, or from this presenter alone, where these are to come', () => {
    const slot = AGENDA.findIndex((part) => part.slot === 0);
    const shared = at(slot, 3);
    const parts = toCome(shared);
    const ways = proposals(shared, 4);
    const moved = (way: 'breaks' | 'slot'): PartView[] => parts.filter((part, index) => ways.get(way)?.[index] !== part.minutes);
    expect(moved('breaks').every(({ id }) => ['break', 'slack'].includes(id))).toBe(true);
    expect(moved('slot').every((part) => part.slot === 0)).toBe(true);
    expect([moved('breaks').length, moved('slot').length].every((length) => length > 0)).toBe(true);
    // In a part outside slots there is none.
    expect(proposals(at(slot - 1, 3), 4).has('slot')).toBe(false);
    expect(proposals(at(AGENDA.length - 1, 3), 4).size).toBe(0);
    expect(proposals(shared, 0).size).toBe(0);
  });
});

describe('when it ends', () => {
  it('is told from its date before the start, and from where the meeting is after it', () => {
    const gathering = { agenda: AGENDA, stage: 'gathering', clock: { is: 'stopped' }, starts_at: BEGAN } as unknown as Shared;
    const whole = sum(planned(AGENDA)) * MINUTE;
    expect(endsOf(gathering, BEGAN - 86_400_000).meeting).toBe(BEGAN + whole);
    // Who is late begins late.
    expect(endsOf(gathering, BEGAN + 5 * MINUTE).meeting).toBe(BEGAN + 5 * MINUTE + whole);
    const last = AGENDA.findLastIndex(({ slot }) => slot === 0);
    const first = endsOf(gathering, BEGAN).slots;
    expect(first.get(0)).toBe(BEGAN + sum(planned(AGENDA.slice(0, last + 1))) * MINUTE);
    // In the first slot's last part its time is that part's; the other slots follow, and what has been is not told.
    const shared = at(last, 3);
    const { meeting, slots } = endsOf(shared, BEGAN);
    expect(slots.get(0)).toBe(BEGAN + 3 * MINUTE);
    expect([...slots.keys()]).toEqual([...first.keys()]);
    expect(meeting).toBe(BEGAN + (3 + sum(planned(toCome(shared)))) * MINUTE);
    expect([...endsOf(at(last + 1, 3), BEGAN).slots.keys()]).not.toContain(0);
    // What runs over is not given back.
    expect(endsOf(at(last, -4), BEGAN).slots.get(0)).toBe(BEGAN);
    expect(endsOf(at(AGENDA.length - 1, 2), BEGAN)).toEqual({ meeting: BEGAN + 2 * MINUTE, slots: new Map() });
  });
});

describe('the time of presenters', () => {
  const gathering = { agenda: AGENDA, stage: 'gathering' } as unknown as Shared;
  const has = (shared: Shared, minutes: readonly number[]): number[] => slotsToCome(shared, minutes).map((slot) => slot.minutes);

  it('is as planned, the same for each, or as each asked, and together what it was', () => {
    const slots = has(gathering, planned(AGENDA));
    expect(slots.length).toBeGreaterThan(1);
    expect(has(gathering, slotsShared(gathering, 'planned', []))).toEqual(slots);
    const equal = has(gathering, slotsShared(gathering, 'equal', []));
    expect(Math.max(...equal) - Math.min(...equal)).toBeLessThanOrEqual(1);
    const asked = slotsShared(gathering, 'asked', [60, 30]);
    const [first = 0, second = 0] = has(gathering, asked);
    expect(first).toBeGreaterThan(second);
    for (const minutes of [equal, has(gathering, asked)]) expect(sum(minutes)).toBe(sum(slots));
    const within = AGENDA.map(({ bounds: [least, most] }, index) => Math.min(most, Math.max(least, asked[index] ?? 0)));
    expect(asked).toEqual(within);
    const others = AGENDA.flatMap(({ slot, minutes }, index) => (slot === undefined ? [minutes - (asked[index] ?? 0)] : []));
    expect(new Set(others)).toEqual(new Set([0]));
  });

  it('of whoever has begun stays, and who asked for nothing has a usual share', () => {
    const shared = at(AGENDA.findIndex((part) => part.slot === 0), 3);
    const minutes = slotsShared(shared, 'asked', [120, undefined]);
    expect(minutes).toEqual(planned(toCome(shared)));
  });
});
