/** An hour in words: London's, and this browser's where that is another. */

import { afterEach, beforeAll, expect, it } from 'vitest';
import { clockText, hourText } from '../../src/screens/clock-text';
import { inEnglish } from './catalogues';

const ZONE = process.env['TZ'];
const WINTER = Date.UTC(2027, 0, 14, 9, 30);
const SUMMER = Date.UTC(2027, 6, 14, 9, 30);

beforeAll(inEnglish);
afterEach(() => {
  if (ZONE === undefined) delete process.env['TZ'];
  else process.env['TZ'] = ZONE;
});

it.each([
  ['Europe/London', WINTER, '09:30 London time', '09:30'],
  ['UTC', WINTER, '09:30 London time', '09:30'],
  ['UTC', SUMMER, '10:30 London time (09:30 in UTC)', '10:30 (09:30 in UTC)'],
  ['America/New_York', SUMMER, '10:30 London time (05:30 in New York)', '10:30 (05:30 in New York)'],
])('in %s at %d it is %s', (zone, at, clock, hour) => {
  process.env['TZ'] = zone;
  expect([clockText(at), hourText(at)]).toEqual([clock, hour]);
});
