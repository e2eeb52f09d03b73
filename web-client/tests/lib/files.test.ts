/** What is handed out of the page: dates in words, calendar files, QR codes. */

import { describe, expect, it } from 'vitest';
import { dateText, dateTimeText, timeText } from '../../src/lib/dates';
import { fold, icsFile } from '../../src/lib/ics';
import { qrModules, qrPath } from '../../src/lib/qr';
import { takeFragment } from '../../src/lib/address';
import { vectors } from '../vectors';

const winter = Date.UTC(2026, 11, 3, 10, 0);
const summer = Date.UTC(2026, 6, 1, 23, 30);

describe('dates', () => {
  it('in English', () => {
    expect(dateText(winter, 'en')).toBe('Thursday 3 December 2026');
    expect(dateTimeText(winter, 'en')).toBe('Thursday 3 December 2026 at 10:00, London time');
  });

  it('in Welsh', () => {
    expect(dateText(winter, 'cy')).toBe('dydd Iau 3 Rhagfyr 2026');
    expect(dateTimeText(winter, 'cy')).toBe('dydd Iau 3 Rhagfyr 2026 am 10:00, amser Llundain');
  });

  it('know summer time, and that midnight is 00', () => {
    expect(dateTimeText(summer, 'en')).toBe('Thursday 2 July 2026 at 00:30, London time');
    expect(timeText(summer, 'UTC')).toBe('23:30');
  });

  it('have a Welsh name for every day and month', () => {
    const names = new Set<string>();
    for (let day = 0; day < 365; day += 1) {
      const text = dateText(Date.UTC(2026, 0, 1 + day, 12), 'cy');
      expect(text).not.toMatch(/undefined|day\b|ber\b/);
      names.add(text.replaceAll(/[0-9 ]+/g, ' '));
    }
    expect(new Set([...names].map((name) => name.split(' ')[1])).size).toBe(7);
    expect(new Set([...names].map((name) => name.split(' ')[2])).size).toBe(12);
  });
});

describe('calendar files', () => {
  const file = icsFile(
    [
      {
        uid: 'a@setroom',
        sequence: 2,
        cancelled: false,
        start: winter,
        end: winter + 10_800_000,
        summary: 'Set dydd Iau; Tŷ, ŵyn',
        description: `Line one\nC:\\two ${vectors.link}`,
        location: vectors.link,
        url: vectors.link,
      },
    ],
    summer,
  );

  it('hold what went in', () => {
    const lines = file.replaceAll('\r\n ', '').split('\r\n');
    expect(lines).toEqual([
      'BEGIN:VCALENDAR',
      'VERSION:2.0',
      'PRODID:-//Setroom//Setroom//EN',
      'METHOD:PUBLISH',
      'BEGIN:VEVENT',
      'UID:a@setroom',
      'DTSTAMP:20260701T233000Z',
      'DTSTART:20261203T100000Z',
      'DTEND:20261203T130000Z',
      'SEQUENCE:2',
      'STATUS:CONFIRMED',
      'SUMMARY:Set dydd Iau\\; Tŷ\\, ŵyn',
      `DESCRIPTION:Line one\\nC:\\\\two ${vectors.link}`,
      `LOCATION:${vectors.link}`,
      `URL:${vectors.link}`,
      'END:VEVENT',
      'END:VCALENDAR',
      '',
    ]);
  });

  it('have no line over 75 octets', () => {
    for (const line of file.split('\r\n')) {
      expect(Buffer.byteLength(line)).toBeLessThanOrEqual(75);
    }
  });

  it('fold at exactly 75 and never inside a character', () => {
    expect(fold('x'.repeat(75))).toBe('x'.repeat(75));
    expect(fold('x'.repeat(76))).toBe(`${'x'.repeat(75)}\r\n x`);
    const folded = fold(`${'x'.repeat(74)}ŷ${'🌱'.repeat(40)}`);
    expect(folded.replaceAll('\r\n ', '')).toBe(`${'x'.repeat(74)}ŷ${'🌱'.repeat(40)}`);
    for (const line of folded.split('\r\n')) expect(Buffer.byteLength(line)).toBeLessThan(76);
  });

  it('let nobody add a line', () => {
    const evil = icsFile(
      [{
        uid: 'u', sequence: 0, cancelled: true, start: 0, end: 0, summary: 'x\r\nATTACH:evil',
        description: '\nX:y', location: '\r\nX:y', url: 'https://a\r\nX:y',
      }],
      0,
    );
    expect(evil).not.toMatch(/^(ATTACH|X:)/m);
  });
});

describe('QR codes', () => {
  it('cover the dark modules and no other', async () => {
    const modules = await qrModules(vectors.link);
    const drawn = new Set<string>();
    for (const [, x, y, width] of qrPath(modules).matchAll(/M(\d+) (\d+)h(\d+)v1h-\d+z/g)) {
      for (let i = 0; i < Number(width); i += 1) drawn.add(`${Number(x) + i - 4} ${Number(y) - 4}`);
    }
    let dark = 0;
    for (let y = 0; y < modules.size; y += 1) {
      for (let x = 0; x < modules.size; x += 1) {
        expect(drawn.has(`${x} ${y}`)).toBe(Boolean(modules.get(x, y)));
        dark += modules.get(x, y) ? 1 : 0;
      }
    }
    expect(drawn.size).toBe(dark);
    expect(dark).toBeGreaterThan(400);
  });
});

describe('the address', () => {
  it('loses its fragment and keeps the rest', () => {
    const seen: unknown[] = [];
    const history = { state: 7, replaceState: (...args: unknown[]) => void seen.push(args) };
    const location = { hash: '#1.a.m.b', pathname: '/j', search: '?x' };
    expect(takeFragment({ location, history })).toBe('1.a.m.b');
    expect(seen).toEqual([[7, '', '/j?x']]);
  });

  it('is left alone without one', () => {
    const history = { state: null, replaceState: () => expect.unreachable() };
    const location = { hash: '', pathname: '/', search: '' };
    expect(takeFragment({ location, history })).toBe('');
  });
});
