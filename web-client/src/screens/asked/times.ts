/** Times that people are asked about: who can when, which are best, and what becomes of those that are fixed. */

import type { AskedTime, Availability, MeetingId, SeatId, Shared } from '../../wire.gen';
import { plain } from '../messages';
import { circleOf } from '../room/room-context';
import { datesAhead } from '../series';
import { spanText } from '../zone';

/** A morning and an afternoon as sets meet, by London's clocks. */
export const BLOCKS = { morning: ['09:30', '13:00'], afternoon: ['13:30', '17:00'] } as const;

/** How long both are. */
export const BLOCK_MINUTES = 210;

export const ANSWERS: readonly Availability[] = ['yes', 'if_need_be', 'no'];

type Times = readonly (readonly [MeetingId, AskedTime])[];

/** All of them, the first one first. */
export function timesAsked({ dates_asked }: Pick<Shared, 'dates_asked'>): Times {
  const times = Object.entries(dates_asked ?? {}) as [MeetingId, AskedTime][];
  return times.toSorted(([, a], [, b]) => a.time.starts_at - b.time.starts_at);
}

/** "Thursday 14 January 2027, 09:30 to 13:00, London time". */
export const whenText = (starts_at: number, minutes: number): string => plain('asked-when', { when: spanText(starts_at, minutes) });

/** How many can; of as many those first of whom fewer would rather not. */
function worth({ answers }: AskedTime): number {
  const given = Object.values(answers);
  const yes = given.filter((answer) => answer === 'yes').length;
  return (given.filter((answer) => answer !== 'no').length) * 100 + yes;
}

/** Those that most people can make; none while nobody can make any. */
export function bestOf(times: Times): ReadonlySet<MeetingId> {
  const most = Math.max(1, ...times.map(([, time]) => worth(time)));
  return new Set(times.flatMap(([id, time]) => (worth(time) === most ? [id] : [])));
}

/** Who has given each answer, and who none; each in the order of the circle. Observers are not asked. */
export function tallyOf(shared: Shared, { answers }: AskedTime): [Availability | 'none', SeatId[]][] {
  const asked = circleOf(shared).flatMap(([seat, { role }]) => (role === 'observer' ? [] : [seat]));
  return ([...ANSWERS, 'none'] as const).map((is) => [is, asked.filter((seat) => (answers[seat] ?? 'none') === is)]);
}

/**
 * The dates of the set with those that are fixed now. Each keeps the id that people were asked about it
 * under, but for the first one of a meeting that gathers and has no date: that is this meeting's.
 */
export function datesWith(shared: Shared, fixed: ReadonlySet<MeetingId>): Record<MeetingId, number> {
  const dates = new Map(datesAhead(shared).map(([id, { starts_at }]) => [id, starts_at]));
  for (const [id, { time }] of timesAsked(shared)) {
    if (!fixed.has(id) || [...dates.values()].includes(time.starts_at)) continue;
    const own = shared.stage === 'gathering' && !dates.has(shared.meeting);
    dates.set(own ? shared.meeting : id, time.starts_at);
  }
  return Object.fromEntries(dates);
}
