/** A facilitator asks about times: mornings, afternoons, or any other. */

import type { JSX } from 'preact';
import { useState } from 'preact/hooks';
import { t } from '../../i18n';
import { systemTime } from '../../lib/clock';
import { dateFaultIn, londonTime } from '../../lib/dates';
import { LIMITS, type MeetingId, type OfferedTime } from '../../wire.gen';
import { attempt } from '../attempt';
import { Btn, Field, Late } from '../components';
import { useTyped } from '../draft';
import { planMinutes } from '../fit';
import { plain, word } from '../messages';
import { useRoom } from '../room/room-context';
import { type Closing, Sheet } from '../sheet';
import { BLOCK_MINUTES, BLOCKS, timesAsked, whenText } from './times';

/** What was chosen since: `null` where a time was taken off. */
type Edits = Readonly<Record<string, OfferedTime | null>>;

/** What a field for a time gives, where there is such a time. */
const HOUR = /^\d\d:\d\d$/;

export function AskSheet({ onClose }: Closing): JSX.Element {
  const { announcer, session, shared } = useRoom();
  const [typed, change, sent] = useTyped(session.drafts, 'ask dates', { edits: {} as Edits, day: '', hour: '' });
  const [fault, setFault] = useState<readonly [field: string, text: string]>();
  const [busy, setBusy] = useState(false);
  const { edits, day, hour } = typed;
  // As they stand, so that what another facilitator asks meanwhile is there.
  const standing = Object.fromEntries(timesAsked(shared).map(([id, { time }]) => [id, time]));
  const all = Object.entries<OfferedTime | null>({ ...standing, ...edits });
  const rows = all.flatMap(([id, time]) => (time === null ? [] : [[id, time] as const])).toSorted(([, a], [, b]) => a.starts_at - b.starts_at);
  const minutes = Math.min(LIMITS.meeting_minutes, planMinutes(shared));
  const edit = (id: string, time: OfferedTime | null): void => change({ ...typed, edits: { ...edits, [id]: time } });
  const refuse = (field: string, text: string): void => {
    setFault([field, text]);
    document.getElementById(field)?.focus();
  };
  const faultOf = (field: string): string | undefined => (fault?.[0] === field ? fault[1] : undefined);

  const add = (field: string, from: string, lasts: number): void => {
    const wrong = day === '' ? 'unreadable' : dateFaultIn('ask-day', day, systemTime.wall(), 1);
    if (wrong !== undefined) return refuse('ask-day', word(`date-${wrong}`));
    const starts_at = HOUR.test(from) ? londonTime(`${day}T${from}`) : undefined;
    if (starts_at === undefined) return refuse(field, t('ask-hour-fault'));
    if (rows.some(([, time]) => time.starts_at === starts_at)) return refuse(field, t('ask-twice'));
    if (rows.length >= LIMITS.times_asked) return refuse(field, t('code-times'));
    setFault(undefined);
    edit(session.drawMeeting(), { starts_at, minutes: lasts });
    announcer.say({ kind: 'dates', text: plain('ask-added', { when: whenText(starts_at, lasts) }) });
  };
  const block = (is: keyof typeof BLOCKS): JSX.Element => {
    const [from, to] = BLOCKS[is];
    return <Btn onPress={() => add('ask-day', from, BLOCK_MINUTES)}>{plain(`ask-${is}`, { from, to })}</Btn>;
  };
  const send = async (): Promise<void> => {
    if (rows.length === 0) return refuse('ask-day', t('ask-none'));
    setBusy(true);
    const times = Object.fromEntries(rows) as Record<MeetingId, OfferedTime>;
    const same = JSON.stringify(rows) === JSON.stringify(timesAsked(shared).map(([id, { time }]) => [id, time]));
    const answer = same ? { ok: true } : await session.ask({ c: 'ask_dates', times });
    setBusy(false);
    if (!answer.ok) return;
    sent(typed);
    announcer.say({ kind: 'dates', text: t('ask-done') });
    onClose();
  };
  return (
    <Sheet heading={t('ask-title')} onClose={onClose} closing={t('cancel')}>
      <p class="hint">{t('ask-about')}</p>
      <form
        noValidate
        onSubmit={(event) => {
          event.preventDefault();
          if (!busy) attempt(send);
        }}
      >
        <Field id="ask-day" type="date" label={t('ask-day')} fault={faultOf('ask-day')} value={day} onValue={(is) => change({ ...typed, day: is })} />
        <p class="row">{block('morning')}{block('afternoon')}</p>
        <div class="date-row">
          <Field id="ask-hour" type="time" label={t('ask-hour')} fault={faultOf('ask-hour')} value={hour} onValue={(is) => change({ ...typed, hour: is })} />
          <Btn onPress={() => add('ask-hour', hour, minutes)}>{plain('ask-free', { minutes })}</Btn>
        </div>
        <h3>{t('ask-list')}</h3>
        {rows.length === 0 && <p>{t('ask-none')}</p>}
        {rows.length > 0 && (
          <ul class="asked">
            {rows.map(([id, { starts_at, minutes: lasts }]) => {
              const when = whenText(starts_at, lasts);
              return (
                <li key={id} class="date-row">
                  <span>{when}</span>
                  <Btn look="quiet" label={plain('asked-answer', { answer: t('date-drop-short'), when })} onPress={() => edit(id, null)}>
                    {t('date-drop-short')}
                  </Btn>
                </li>
              );
            })}
          </ul>
        )}
        <p class="hint">{t('ask-keeps')}</p>
        <p><Btn submit look="main" off={busy}>{t('ask-do')}</Btn></p>
        <Late waits={busy} typed />
      </form>
    </Sheet>
  );
}
