/** When the set meets next: on the page of a closed meeting, and while it gathers. */

import type { JSX } from 'preact';
import { language, t } from '../i18n';
import { dateTimeText } from '../lib/dates';
import type { MeetingId } from '../wire.gen';
import { attempt } from './attempt';
import { Btn } from './components';
import { asked, control, Later } from './lazy';
import { nameOf, useRoom } from './room/room-context';
import { asksDates, datesAhead, saveCalendar } from './series';
import { Here } from './zone';

/** Of a closed meeting: when the next one is, and what leads there. */
export function NextMeeting(): JSX.Element {
  const { own, shared } = useRoom();
  const [next, ...then] = datesAhead(shared);
  return (
    <>
      <section class="card" aria-labelledby="next-title">
        <h2 id="next-title">{t('next-title')}</h2>
        {next === undefined ? (
          <p>{t(own.keys ? 'next-none-host' : 'next-none')}</p>
        ) : (
          <>
            <p class="lead">{dateTimeText(next[1].starts_at, language.value)} <Here at={next[1].starts_at} /></p>
            <LeadOf meeting={next[0]} />
            {then.length > 0 && <p>{t('next-then')}</p>}
            <DateList dates={then} />
            <SaveDates />
          </>
        )}
        {!own.keys && <p class="hint">{t('next-how')}</p>}
        {own.keys && <Later from={control} is="OpenNext" />}
      </section>
      <Asked />
    </>
  );
}

/** Which dates people can make, while that is asked. */
export function Asked(): JSX.Element | null {
  const { shared } = useRoom();
  return asksDates(shared) ? <Later from={asked} is="AskedCard" /> : null;
}

/** Saves the calendar file of all dates. */
function SaveDates(): JSX.Element {
  const { session, shared } = useRoom();
  return (
    <p class="no-print"><Btn onPress={() => attempt(() => saveCalendar(session, shared))}>{t('ics-save')}</Btn></p>
  );
}

/** Who runs a meeting to come, where that was said. */
function LeadOf({ meeting }: { readonly meeting: MeetingId }): JSX.Element | null {
  const room = useRoom();
  const lead = room.shared.series?.leads?.[meeting];
  return lead === undefined ? null : <div>{t('lead-of', { name: nameOf(room, lead) })}</div>;
}

interface DateListProps {
  readonly dates: ReturnType<typeof datesAhead>;
}

function DateList({ dates }: DateListProps): JSX.Element | null {
  if (dates.length === 0) return null;
  return (
    <ul>
      {dates.map(([id, { starts_at: at }]) => (
        <li key={id}>{dateTimeText(at, language.value)} <Here at={at} /><LeadOf meeting={id} /></li>
      ))}
    </ul>
  );
}

/** While the set gathers: dates of the meetings after this one, for everybody's calendar. */
export function Ahead(): JSX.Element | null {
  const { shared } = useRoom();
  const dates = datesAhead(shared);
  if (dates.length === 0) return null;
  const after = dates.filter(([id]) => id !== shared.meeting);
  return (
    <section class="card" aria-labelledby="ahead-title">
      <h2 id="ahead-title">{t('ahead-title')}</h2>
      {after.length === 0 ? <p>{t('ahead-none')}</p> : <DateList dates={after} />}
      <SaveDates />
    </section>
  );
}
