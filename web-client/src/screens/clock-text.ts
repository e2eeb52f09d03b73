/** An hour in words, with the zone that it is of. */

import { timeText } from '../lib/dates';
import { plain } from './messages';

/** The town that a zone is named after. */
export const placeOf = (zone: string): string => zone.split('/').at(-1)?.replaceAll('_', ' ') ?? zone;

/** What this browser's clock shows then, and of which town, where that is not what London's shows. */
function hereOf(at: number): { here: string; zone: string } | undefined {
  const zone = new Intl.DateTimeFormat().resolvedOptions().timeZone;
  const here = timeText(at, zone);
  return here === timeText(at) ? undefined : { here, zone: placeOf(zone) };
}

/** "10:42 London time", and what its owner's clock shows where that is another. */
export function clockText(at: number): string {
  const [time, here] = [timeText(at), hereOf(at)];
  return here === undefined ? plain('time-clock', { time }) : plain('time-clock-here', { time, ...here });
}

/** The same under a heading that names London. */
export function hourText(at: number): string {
  const [time, here] = [timeText(at), hereOf(at)];
  return here === undefined ? time : plain('time-hour-here', { time, ...here });
}
