/** Which meeting it is and when the next ones are; and the calendar file, as calendars read it. */

import { parseCalendar } from 'iamcal';
import ICAL from 'ical.js';
import { sync } from 'node-ical';
import { convertIcsCalendar } from 'ts-ics';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { inEnglish } from './catalogues';
import { icsFile } from '../../src/lib/ics';
import { calendarEvents } from '../../src/screens/calendar';
import { datesAhead, fewCan, meetingText } from '../../src/screens/series';
import type { MeetingDate, MeetingId, Shared } from '../../src/wire.gen';

const at = (month: number, day: number, hour: number): number => Date.UTC(2027, month - 1, day, hour, 30);
const id = (of: string): MeetingId => of.padEnd(22, 'x') as MeetingId;
const LINK = 'https://set.example/j#1.AAAAAAAAAAAAAAAAAAAAAA.m.BBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBB';
const TITLE = 'Set dydd Iau; Tŷ, ŵyn \\ a phawb sydd yn y set hon o hyd, ers y dechrau';

function set(dates: Record<string, MeetingDate>, more: Partial<Shared> = {}): Shared {
  const ids = Object.entries(dates).map(([of, date]) => [id(of), date]);
  return {
    meeting: id('one'), stage: 'gathering', starts_at: at(1, 14, 9),
    agenda: [{ id: 'settle', step: 0, minutes: 60 }, { id: 'close', step: 1, minutes: 150 }],
    series: { number: 1, of: 1 + Object.values(dates).filter(({ cancelled }) => cancelled !== true).length, dates: Object.fromEntries(ids) },
    ...more,
  } as unknown as Shared;
}

const DATES = {
  two: { starts_at: at(3, 18, 9), rev: 0 },
  three: { starts_at: at(5, 20, 8), rev: 2 },
  off: { starts_at: at(4, 1, 8), rev: 1, cancelled: true },
};

beforeAll(async () => {
  vi.stubGlobal('location', { origin: 'https://set.example' });
  await inEnglish();
});

afterAll(() => vi.unstubAllGlobals());

describe('the meetings of a set', () => {
  it('are told by number, as far as there are dates', () => {
    expect(meetingText({})).toBeUndefined();
    const of = (number: number, all: number) => meetingText({ series: { number, of: all, dates: {} } })?.replaceAll(/[\u2068\u2069]/g, '');
    expect([of(1, 1), of(1, 4), of(2, 4), of(4, 4)]).toEqual([undefined, 'Meeting 1 of 4', 'Meeting 2 of 4', 'Meeting 4']);
  });

  it('are ahead in order, this one until it begins, and not those that are off', () => {
    const ids = (shared: Shared) => datesAhead(shared).map(([of]) => of.replaceAll('x', ''));
    expect(ids(set(DATES))).toEqual(['one', 'two', 'three']);
    expect(ids(set(DATES, { stage: 'running' }))).toEqual(['two', 'three']);
    expect(ids(set(DATES, { stage: 'closed' }))).toEqual(['two', 'three']);
    expect(datesAhead(set(DATES, { stage: 'closed' }))[0]?.[0]).toBe(id('two'));
    expect(datesAhead(set({}, { stage: 'closed' }))[0]).toBeUndefined();
  });
});

describe('who can come', () => {
  const circle = (members: number, away: number): Pick<Shared, 'seats' | 'away'> => {
    const seats = Object.fromEntries(Array.from({ length: members }, (_, n) => [`seat${n}`, { role: 'member' }]));
    const gone = Object.keys(seats).slice(0, away);
    const shared = { seats: { ...seats, watches: { role: 'observer' } }, away: gone.length > 0 ? { [id('two')]: gone } : {} };
    return shared as unknown as Pick<Shared, 'seats' | 'away'>;
  };

  it('is told where they are fewer than five, or than all of a small set, and not before', () => {
    expect(fewCan(circle(8, 3), id('two'))).toBeUndefined();
    expect(fewCan(circle(8, 4), id('two'))).toEqual({ count: 4, all: 8 });
    expect(fewCan(circle(8, 4), id('three'))).toBeUndefined();
    expect(fewCan(circle(5, 1), id('two'))).toEqual({ count: 4, all: 5 });
    expect(fewCan(circle(4, 0), id('two'))).toBeUndefined();
    expect(fewCan(circle(4, 1), id('two'))).toEqual({ count: 3, all: 4 });
  });
});

/** An entry of a calendar, by whichever parser. */
interface Entry {
  readonly uid: string;
  readonly sequence: number;
  readonly status: string;
  readonly start: number;
  readonly end: number;
  readonly summary: string;
  readonly location: string;
  readonly url: string;
}

function byIcalJs(text: string): Entry[] {
  const root = new ICAL.Component(ICAL.parse(text) as never[]);
  expect(root.getFirstPropertyValue('method')).toBe('PUBLISH');
  return root.getAllSubcomponents('vevent').map((one) => {
    const event = new ICAL.Event(one);
    const text = (name: string) => String(one.getFirstPropertyValue(name));
    return {
      uid: event.uid, sequence: event.sequence, status: text('status'), summary: event.summary, location: event.location,
      url: text('url'), start: event.startDate.toJSDate().getTime(), end: event.endDate.toJSDate().getTime(),
    };
  });
}

function byNodeIcal(text: string): Entry[] {
  return Object.values(sync.parseICS(text)).flatMap((one) => {
    if (one?.type !== 'VEVENT') return [];
    const { uid, status, start, end, summary, location, url } = one;
    return [{
      uid, sequence: Number(one.sequence), status: String(status), start: start.getTime(), end: Number(end?.getTime()),
      summary: String(summary), location: String(location), url: String(url),
    }];
  });
}

function byTsIcs(text: string): Entry[] {
  const { events = [], method } = convertIcsCalendar(undefined, text);
  expect(method).toBe('PUBLISH');
  return events.map(({ uid, sequence = 0, status, start, end, summary, location, url }) => ({
    uid, sequence, status: String(status), start: start.date.getTime(), end: Number(end?.date.getTime()),
    summary, location: String(location), url: String(url),
  }));
}

/** It gives values as they are written, and so their escapes and their times too. */
function byIamcal(text: string): Entry[] {
  const plain = (written: string | undefined) => String(written).replaceAll(/\\([\\;,])/g, '$1');
  const at = (written: string | undefined) => Date.parse(String(written).replace(/^(....)(..)(..T..)(..)(..Z)$/, '$1-$2-$3:$4:$5'));
  const events = parseCalendar(text).getEvents();
  return events.map((event) => {
    const value = (name: string) => event.getProperty(name)?.value;
    return {
      uid: String(value('UID')), sequence: Number(value('SEQUENCE')), status: String(value('STATUS')), summary: plain(value('SUMMARY')),
      location: plain(value('LOCATION')), url: String(value('URL')), start: at(value('DTSTART')), end: at(value('DTEND')),
    };
  });
}

const READERS = [['ical.js', byIcalJs], ['node-ical', byNodeIcal], ['ts-ics', byTsIcs], ['iamcal', byIamcal]] as const;

describe.each(READERS)('the calendar file, read by %s', (_, read) => {
  const file = (shared: Shared, link?: string) => read(icsFile(calendarEvents(shared, TITLE, link), at(1, 2, 3)));
  const of = (entries: Entry[], uid: string) => entries.find((entry) => entry.uid === `${id(uid)}@setroom`);

  it('holds every meeting with its own id, its length and where it is', () => {
    const entries = file(set(DATES), LINK);
    expect(entries).toHaveLength(4);
    expect(of(entries, 'one')).toEqual({
      uid: `${id('one')}@setroom`, sequence: 0, status: 'CONFIRMED', summary: TITLE, location: LINK, url: LINK,
      start: at(1, 14, 9), end: at(1, 14, 9) + 210 * 60_000,
    });
    expect(of(entries, 'three')).toMatchObject({ sequence: 2, start: at(5, 20, 8) });
    // Who has no link is sent to the service, and told which link to take.
    expect(file(set(DATES))[0]?.location).toBe('https://set.example');
  });

  it('moves what was moved and takes out what is off, by ids that stay', () => {
    const before = file(set({ two: { starts_at: at(3, 18, 9), rev: 0 } }), LINK);
    const after = file(set({ two: { starts_at: at(3, 25, 9), rev: 1 } }), LINK);
    const off = file(set({ two: { starts_at: at(3, 25, 9), rev: 2, cancelled: true } }), LINK);
    const two = [before, after, off].map((entries) => of(entries, 'two'));
    expect(two.map((entry) => entry?.sequence)).toEqual([0, 1, 2]);
    expect(two.map((entry) => entry?.status)).toEqual(['CONFIRMED', 'CONFIRMED', 'CANCELLED']);
    expect(two[1]?.start).toBe(at(3, 25, 9));
  });

  it('is as long as people were asked to keep free, on both sides of a change of the clocks', () => {
    // Mornings of London, 09:30 to 13:00: the last one of winter time and the first one of summer time.
    const [winter, summer] = [Date.UTC(2027, 2, 26, 9, 30), Date.UTC(2027, 2, 29, 8, 30)];
    const entries = file(set({ two: { starts_at: winter, minutes: 210, rev: 0 }, three: { starts_at: summer, minutes: 210, rev: 0 } }), LINK);
    expect(of(entries, 'two')).toMatchObject({ start: winter, end: Date.UTC(2027, 2, 26, 13, 0) });
    expect(of(entries, 'three')).toMatchObject({ start: summer, end: Date.UTC(2027, 2, 29, 12, 0) });
    // A morning is not as long as the plan by chance.
    expect(of(file(set({ two: { starts_at: winter, minutes: 90, rev: 0 } })), 'two')?.end).toBe(winter + 90 * 60_000);
  });

  it('says nothing any more of a meeting that is over', () => {
    const entries = file(set({ ...DATES, one: { starts_at: at(1, 14, 9), rev: 3 } }, { stage: 'closed' }), LINK);
    expect(of(entries, 'one')).toBeUndefined();
    expect(entries).toHaveLength(3);
  });
});
