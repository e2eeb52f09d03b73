/** The same moment where this browser is: beside London time, where its clock shows another. */

import type { JSX } from 'preact';
import { language } from '../i18n';
import { dateText, timeText } from '../lib/dates';
import { placeOf } from './clock-text';
import { plain } from './messages';

const MINUTE_MS = 60_000;

/** "Thursday 14 January 2027, 09:30 to 13:00", or the first time alone. */
export function spanText(at: number, minutes?: number, zone?: string): string {
  const [day, from] = [dateText(at, language.value, zone), timeText(at, zone)];
  return minutes === undefined
    ? plain('time-point', { day, from })
    : plain('time-span', { day, from, to: timeText(at + minutes * MINUTE_MS, zone) });
}

/** What its owner's clock shows then, and by which zone; nothing where that is what London's shows. */
export function hereText(at: number, minutes?: number): string | undefined {
  const zone = new Intl.DateTimeFormat().resolvedOptions().timeZone;
  const when = spanText(at, minutes, zone);
  if (when === spanText(at, minutes)) return undefined;
  return plain('time-here', { when, zone: placeOf(zone) });
}

interface HereProps {
  readonly at: number;
  readonly minutes?: number | undefined;
}

export function Here({ at, minutes }: HereProps): JSX.Element | null {
  const text = hereText(at, minutes);
  return text === undefined ? null : <span class="hint elsewhere">{text}</span>;
}
