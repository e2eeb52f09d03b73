/** The meetings of a set as the screens tell of them: which this is, and what is ahead. */

import { t } from '../i18n';
import type { Session } from '../session';
import type { MeetingDate, MeetingId, Shared } from '../wire.gen';
import { plain } from './messages';

/** "Meeting 2 of 4"; nothing while there is one meeting, and no date of another. */
export function meetingText({ series }: Pick<Shared, 'series'>): string | undefined {
  if (series === undefined || series.of === 1) return undefined;
  const { number, of } = series;
  return plain(of > number ? 'meeting-of' : 'meeting-n', { number, of });
}

type Dated = readonly [id: MeetingId, date: MeetingDate];

/** All dates that calendars are told of: of this meeting until it is closed, and of those to come. */
export function datesOf({ meeting, series, stage, starts_at }: Shared): Dated[] {
  const dates = new Map(Object.entries(series?.dates ?? {}) as [MeetingId, MeetingDate][]);
  if (stage === 'closed') dates.delete(meeting);
  else if (starts_at !== undefined && !dates.has(meeting)) dates.set(meeting, { starts_at, rev: 0 });
  return [...dates].toSorted(([, a], [, b]) => a.starts_at - b.starts_at);
}

/** Meetings to come, the next one first; this one is among them until it begins. */
export function datesAhead(shared: Shared): Dated[] {
  const begun = shared.stage !== 'gathering';
  return datesOf(shared).filter(([id, date]) => date.cancelled !== true && !(begun && id === shared.meeting));
}

/** With fewer than so many there is little to ask one another. */
const FEW = 5;

/** How many of the set can come to a meeting, where these are fewer than a set needs, or all that it has. */
export function fewCan({ away, seats }: Pick<Shared, 'away' | 'seats'>, meeting: MeetingId): { count: number; all: number } | undefined {
  const all = Object.values(seats).filter(({ role }) => role !== 'observer').length;
  const count = all - (away?.[meeting]?.length ?? 0);
  return count < Math.min(FEW, all) ? { count, all } : undefined;
}

/** Whether people are asked which dates they can make. */
export const asksDates = ({ dates_asked = {} }: Pick<Shared, 'dates_asked'>): boolean => Object.keys(dates_asked).length > 0;

/** Saves a calendar file of all of them; what makes it is fetched then. */
export async function saveCalendar(session: Session, shared: Shared, title = session.title.value ?? t('product-name')): Promise<void> {
  const { saveEvents } = await import('./calendar');
  saveEvents(shared, title, session.links.value.member);
}
