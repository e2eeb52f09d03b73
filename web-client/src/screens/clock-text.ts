/** An hour in words, with the zone that it is of. */

import { timeText } from '../lib/dates';
import { plain } from './messages';

/** The town that a zone is named after. */
export const placeOf = (zone: string): string => zone.split('/').at(-1)?.replaceAll('_', ' ') ?? zone;

/** "10:42 London time", and what its owner's clock shows where that is another. */
export function clockText(at: number): string {
  const zone = new Intl.DateTimeFormat().resolvedOptions().timeZone;
  const [time, here] = [timeText(at), timeText(at, zone)];
  return here === time ? plain('time-clock', { time }) : plain('time-clock-here', { time, here, zone: placeOf(zone) });
}
