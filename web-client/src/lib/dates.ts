/**
 * Dates in words. Chromium knows no Welsh dates and silently gives English, so
 * the Welsh names are ours; the reckoning, summer time included, is the
 * browser's in both languages.
 */

import type { Language } from '../i18n';

const WELSH_DAYS: Readonly<Record<string, string>> = {
  Monday: 'dydd Llun',
  Tuesday: 'dydd Mawrth',
  Wednesday: 'dydd Mercher',
  Thursday: 'dydd Iau',
  Friday: 'dydd Gwener',
  Saturday: 'dydd Sadwrn',
  Sunday: 'dydd Sul',
};

const WELSH_MONTHS: Readonly<Record<string, string>> = {
  January: 'Ionawr',
  February: 'Chwefror',
  March: 'Mawrth',
  April: 'Ebrill',
  May: 'Mai',
  June: 'Mehefin',
  July: 'Gorffennaf',
  August: 'Awst',
  September: 'Medi',
  October: 'Hydref',
  November: 'Tachwedd',
  December: 'Rhagfyr',
};

/**
 * Why a date that was typed cannot be meant.
 *
 * - `unreadable`: not whole, or no day of any calendar, such as 31 February, or an hour that the clocks
 *   leave out in spring
 * - `year`: a year of less than four digits, or more
 * - `past`: longer ago than it may be
 * - `far`: later than anybody plans
 */
export type DateFault = 'unreadable' | 'year' | 'past' | 'far';

const ZONE = 'Europe/London';
const HOUR_MS = 3_600_000;
const DAY_MS = 86_400_000;
/** How far ahead anybody plans, in days: five years. */
const AHEAD_DAYS = 5 * 366;

/**
 * What is wrong with `typed`, as a field for dates gives it, `2026-12-03` with or without `T10:00`; nothing
 * when there is nothing. `ago` is how many days it may lie back.
 */
export function dateFault(typed: string, now: number, ago: number): DateFault | undefined {
  if (typed === '') return undefined;
  const [, year, month, day, hour = '12', minute = '00'] = /^(\d+)-(\d\d)-(\d\d)(?:T(\d\d):(\d\d).*)?$/.exec(typed) ?? [];
  if (year === undefined) return 'unreadable';
  if (!/^[12]\d{3}$/.test(year)) return 'year';
  const at = londonTime(`${year}-${month}-${day}T${hour}:${minute}`);
  if (at === undefined) return 'unreadable';
  if (at < now - ago * DAY_MS) return 'past';
  return at > now + AHEAD_DAYS * DAY_MS ? 'far' : undefined;
}

/**
 * The moment at which the clocks of London show what was typed, `2026-12-03T10:00`, whatever zone this
 * machine is set to; nothing when they never do. Of an hour that they show twice it is the first.
 */
export function londonTime(typed: string): number | undefined {
  const guess = Date.parse(`${typed.slice(0, 16)}Z`);
  if (Number.isNaN(guess)) return undefined;
  return [HOUR_MS, 0].map((ahead) => guess - ahead).find((at) => londonField(at) === typed.slice(0, 16));
}

/** The same the other way round: what a field for dates shows for this moment. */
export function londonField(at: number): string {
  const format = new Intl.DateTimeFormat('en-CA', {
    timeZone: ZONE, year: 'numeric', month: '2-digit', day: '2-digit', hour: '2-digit', minute: '2-digit', hourCycle: 'h23',
  });
  const part = Object.fromEntries(format.formatToParts(at).map(({ type, value }) => [type, value]));
  return `${part['year']}-${part['month']}-${part['day']}T${part['hour']}:${part['minute']}`;
}

/** The same for a field of the page, which gives nothing at all for what it cannot read. */
export function dateFaultIn(id: string, typed: string, now: number, ago: number): DateFault | undefined {
  const field = document.getElementById(id);
  if (field instanceof HTMLInputElement && field.validity.badInput) return 'unreadable';
  return dateFault(typed, now, ago);
}

function parts(at: number, zone: string): Record<string, string> {
  const format = new Intl.DateTimeFormat('en-GB', {
    timeZone: zone,
    weekday: 'long',
    day: 'numeric',
    month: 'long',
    year: 'numeric',
    hour: '2-digit',
    minute: '2-digit',
    hourCycle: 'h23',
  });
  return Object.fromEntries(format.formatToParts(at).map(({ type, value }) => [type, value]));
}

/** "Thursday 3 December 2026", "dydd Iau 3 Rhagfyr 2026". `at` in milliseconds since 1970. */
export function dateText(at: number, language: Language, zone = ZONE): string {
  const { weekday = '', day, month = '', year } = parts(at, zone);
  return language === 'cy'
    ? `${WELSH_DAYS[weekday]} ${day} ${WELSH_MONTHS[month]} ${year}`
    : `${weekday} ${day} ${month} ${year}`;
}

/** "10:00" in both languages. */
export function timeText(at: number, zone = ZONE): string {
  const { hour, minute } = parts(at, zone);
  return `${hour}:${minute}`;
}

/** "Thursday 3 December 2026 at 10:00, London time", "dydd Iau 3 Rhagfyr 2026 am 10:00, amser Llundain". */
export function dateTimeText(at: number, language: Language): string {
  const [joint, zone] = language === 'cy' ? ['am', 'amser Llundain'] : ['at', 'London time'];
  return `${dateText(at, language)} ${joint} ${timeText(at)}, ${zone}`;
}
