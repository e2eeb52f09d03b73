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

const ZONE = 'Europe/London';

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

/** "Thursday 3 December 2026 at 10:00", "dydd Iau 3 Rhagfyr 2026 am 10:00". */
export function dateTimeText(at: number, language: Language, zone = ZONE): string {
  const joint = language === 'cy' ? 'am' : 'at';
  return `${dateText(at, language, zone)} ${joint} ${timeText(at, zone)}`;
}
