/** The calendar file of a set's meetings. */

import { language, t } from '../i18n';
import { systemTime } from '../lib/clock';
import { dateTimeText } from '../lib/dates';
import { type CalendarEvent, icsFile } from '../lib/ics';
import type { Shared } from '../wire.gen';
import { saveFile } from './files';
import { planMinutes } from './fit';
import { datesOf } from './series';

/**
 * Entries for a calendar. A facilitator's have the members' link, which stays the same over the meetings;
 * others' browsers do not keep it.
 */
export function calendarEvents(shared: Shared, title: string, link: string | undefined): CalendarEvent[] {
  const minutes = planMinutes(shared);
  const place = link ?? location.origin;
  return datesOf(shared).map(([id, { starts_at: start, minutes: asked, rev, cancelled = false }]) => ({
    uid: `${id}@setroom`,
    sequence: rev,
    cancelled,
    start,
    // As long as people were asked to keep free, else as its plan takes.
    end: start + (asked ?? minutes) * 60_000,
    summary: title,
    description: [dateTimeText(start, language.value), t('ics-about'), ...(link === undefined ? [t('ics-own-link')] : [])].join('\n'),
    location: place,
    url: place,
  }));
}

/** Saves one file of all of them. */
export function saveEvents(shared: Shared, title: string, link: string | undefined): void {
  saveFile('setroom.ics', 'text/calendar', icsFile(calendarEvents(shared, title, link), systemTime.wall()));
}
