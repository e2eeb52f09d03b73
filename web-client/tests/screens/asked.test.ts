/** Which dates people can make: how they are told, by whichever zone, and what is fixed of them. */

import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { chooseLanguage } from '../../src/i18n';
import { londonTime } from '../../src/lib/dates';
import { ANSWERS, bestOf, BLOCK_MINUTES, BLOCKS, datesWith, tallyOf, timesAsked, whenText } from '../../src/screens/asked/times';
import { hereText } from '../../src/screens/zone';
import { inEnglish } from './catalogues';
import type { AskedTime, Availability, MeetingId, Shared } from '../../src/wire.gen';

const id = (of: string): MeetingId => of as MeetingId;
const start = (day: string, hour = '09:30'): number => londonTime(`${day}T${hour}`) ?? Number.NaN;

function time(starts_at: number, answers: Record<string, Availability> = {}): AskedTime {
  return { time: { starts_at, minutes: 210 }, answers } as AskedTime;
}

function room(asked: Record<string, AskedTime>, more: object = {}): Shared {
  const seat = (place: number, role: string) => ({ place, role });
  const seats = { asha: seat(0, 'host'), ben: seat(1, 'member'), cai: seat(2, 'trainee'), dee: seat(3, 'observer') };
  return { meeting: 'now', stage: 'gathering', seats, dates_asked: asked, ...more } as unknown as Shared;
}

beforeAll(inEnglish);
afterEach(() => vi.unstubAllEnvs());
afterAll(() => vi.unstubAllGlobals());

describe('a time that people are asked about', () => {
  it.each(['UTC', 'America/New_York', 'Pacific/Auckland'])('is London time by name, on a machine in %s, through both changes of the clocks', (zone) => {
    vi.stubEnv('TZ', zone);
    const [from, to] = BLOCKS.morning;
    for (const [day, utc] of [['2027-03-26', 9.5], ['2027-03-29', 8.5], ['2027-10-29', 8.5], ['2027-11-01', 9.5]] as const) {
      const at = start(day, from);
      expect(at).toBe(Date.parse(`${day}T00:00:00Z`) + utc * 3_600_000);
      expect(start(day, to) - at).toBe(BLOCK_MINUTES * 60_000);
      expect(whenText(at, BLOCK_MINUTES)).toMatch(/2027, 09:30 to 13:00, London time$/);
      const [half, five] = BLOCKS.afternoon.map((hour) => start(day, hour));
      expect(Number(five) - Number(half)).toBe(BLOCK_MINUTES * 60_000);
    }
  });

  it('is told in the zone of whoever is elsewhere, with its day, and by name', () => {
    const at = start('2027-07-01');
    vi.stubEnv('TZ', 'America/New_York');
    expect(hereText(at, 210)).toBe('Where you are (New York): Thursday 1 July 2027, 04:30 to 08:00');
    vi.stubEnv('TZ', 'Pacific/Auckland');
    expect(hereText(start('2027-07-01', '13:30'), 210)).toBe('Where you are (Auckland): Friday 2 July 2027, 00:30 to 04:00');
    vi.stubEnv('TZ', 'UTC');
    expect(hereText(at)).toBe('Where you are (UTC): Thursday 1 July 2027, 08:30');
  });

  it('is told once to whoever has the same time', () => {
    vi.stubEnv('TZ', 'Europe/London');
    expect(hereText(start('2027-07-01'), 210)).toBeUndefined();
    vi.stubEnv('TZ', 'UTC');
    expect(hereText(start('2027-01-14'), 210)).toBeUndefined();
  });

  it('has Welsh words', async () => {
    await chooseLanguage('cy');
    vi.stubEnv('TZ', 'America/New_York');
    expect(whenText(start('2027-07-01'), 210)).toBe('dydd Iau 1 Gorffennaf 2027, 09:30 tan 13:00, amser Llundain');
    expect(hereText(start('2027-07-01'), 210)).toBe('Lle rydych chi (New York): dydd Iau 1 Gorffennaf 2027, 04:30 tan 08:00');
    await chooseLanguage('en');
  });
});

describe('who can when', () => {
  const asked = {
    b: time(start('2027-07-02'), { asha: 'yes', ben: 'if_need_be', cai: 'no' }),
    a: time(start('2027-07-01'), { asha: 'yes', ben: 'yes', cai: 'no' }),
    c: time(start('2027-07-05'), { asha: 'no' }),
  };

  it('is in the order of the days, with everybody but observers in their places', () => {
    expect(timesAsked(room(asked)).map(([of]) => of)).toEqual(['a', 'b', 'c']);
    expect(timesAsked({})).toEqual([]);
    expect(tallyOf(room(asked), asked.b)).toEqual([['yes', ['asha']], ['if_need_be', ['ben']], ['no', ['cai']], ['none', []]]);
    expect(tallyOf(room(asked), asked.c)).toEqual([['yes', []], ['if_need_be', []], ['no', ['asha']], ['none', ['ben', 'cai']]]);
    expect(ANSWERS).toEqual(['yes', 'if_need_be', 'no']);
  });

  it('marks the times that most can make, and of these those that fewest would rather not', () => {
    const best = (times: Record<string, AskedTime>) => [...bestOf(timesAsked(room(times)))];
    expect(best(asked)).toEqual(['a']);
    expect(best({ ...asked, d: time(start('2027-07-06'), { asha: 'if_need_be', ben: 'if_need_be', cai: 'if_need_be' }) })).toEqual(['d']);
    expect(best({ a: asked.a, e: time(start('2027-07-07'), { asha: 'yes', cai: 'yes' }) })).toEqual(['a', 'e']);
    expect(best({ c: asked.c, f: time(start('2027-07-08')) })).toEqual([]);
  });

  it('becomes dates: the first one is that of a meeting that gathers and has none, the others keep their ids', () => {
    const [a, b, c] = [asked.a, asked.b, asked.c].map((of) => of.time.starts_at);
    const fixed = new Set([id('b'), id('a')]);
    expect(datesWith(room(asked), fixed)).toEqual({ now: a, b });
    expect(datesWith(room(asked, { starts_at: c }), fixed)).toEqual({ now: c, a, b });
    const later = { number: 1, of: 2, dates: { two: { starts_at: b, rev: 0 }, off: { starts_at: 1, rev: 1, cancelled: true } } };
    // What has that date already keeps it.
    expect(datesWith(room(asked, { stage: 'closed', series: later }), fixed)).toEqual({ two: b, a });
    expect(datesWith(room(asked, { stage: 'running', starts_at: c }), new Set([id('a'), id('gone')]))).toEqual({ a });
  });
});
