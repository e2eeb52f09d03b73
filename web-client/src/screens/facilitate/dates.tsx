/** The dates of a set: a facilitator sets them, moves them, takes them off, and opens the next meeting. */

import type { JSX } from 'preact';
import { useState } from 'preact/hooks';
import { language, t } from '../../i18n';
import { systemTime } from '../../lib/clock';
import { dateFaultIn, dateTimeText, londonField, londonTime } from '../../lib/dates';
import { LIMITS, type MeetingId, type SeatId, type Shared } from '../../wire.gen';
import { attempt } from '../attempt';
import { Btn, Field, Late } from '../components';
import { useTyped } from '../draft';
import { plain, word } from '../messages';
import { circleOf, nameOf, useAsk, useRoom } from '../room/room-context';
import { datesAhead } from '../series';
import { type Closing, Sheet } from '../sheet';

/** A date as it is typed. */
interface Row {
  readonly id: MeetingId;
  readonly when: string;
}

/** What was typed of each, until it is saved; `null` where it was taken off. */
type Edits = Readonly<Record<string, string | null>>;

/** The dates as they stand, with what was typed since. What another facilitator sets meanwhile is there. */
function rowsOf(shared: Shared, edits: Edits = {}): Row[] {
  const standing = datesAhead(shared).map(([id, { starts_at: at }]) => ({ id, when: londonField(at) }));
  const fresh = Object.keys(edits).filter((id) => standing.every((row) => row.id !== id));
  return [...standing, ...fresh.map((id) => ({ id: id as MeetingId, when: '' }))].flatMap(({ id, when }) => {
    const edit = edits[id];
    return edit === null ? [] : [{ id, when: edit ?? when }];
  });
}

/** The same weekday and hour so many weeks later, also where the clocks change in between. */
function later(when: string, weeks: number): string {
  const at = Date.parse(`${when}Z`);
  return Number.isNaN(at) ? '' : new Date(at + weeks * 7 * 86_400_000).toISOString().slice(0, 16);
}

const WEEKS = [1, 52] as const;

export function DatesSheet({ onClose }: Closing): JSX.Element {
  const { announcer, open, session, shared } = useRoom();
  const [typed, change, sent] = useTyped(session.drafts, 'dates', { edits: {} as Edits, weeks: '8' });
  const [faults, setFaults] = useState(new Map<string, string>());
  const [busy, setBusy] = useState(false);
  const { edits, weeks } = typed;
  const rows = rowsOf(shared, edits);
  const edit = (id: MeetingId, when: string | null): void => change({ ...typed, edits: { ...edits, [id]: when } });
  const present = shared.stage === 'gathering' ? shared.meeting : undefined;
  const number = (shared.series?.number ?? 1) + (present === undefined || rows.every(({ id }) => id !== present) ? 1 : 0);
  const apart = Number(weeks);
  const few = Number.isInteger(apart) && apart >= WEEKS[0] && apart <= WEEKS[1];
  const full = rows.length >= LIMITS.meetings_ahead;

  const add = (): void => {
    const last = rows.at(-1)?.when ?? (shared.starts_at === undefined ? '' : londonField(shared.starts_at));
    // This meeting has the first date, where it has none yet.
    const id = present !== undefined && rows.every((row) => row.id !== present) ? present : session.drawMeeting();
    edit(id, later(last, few ? apart : 8));
  };
  const save = async (event: Event): Promise<void> => {
    event.preventDefault();
    if (busy) return;
    const wrong = new Map<string, string>();
    const dates: Record<string, number> = {};
    for (const { id, when } of rows) {
      const fault = dateFaultIn(`date-${id}`, when, systemTime.wall(), 1);
      const at = londonTime(when);
      if (fault !== undefined || at === undefined) wrong.set(id, word(`date-${fault ?? 'unreadable'}`));
      else if (Object.values(dates).includes(at)) wrong.set(id, t('date-twice'));
      else dates[id] = at;
    }
    setFaults(wrong);
    const [first] = wrong.keys();
    if (first !== undefined) return document.getElementById(`date-${first}`)?.focus();
    setBusy(true);
    const same = JSON.stringify(rows) === JSON.stringify(rowsOf(shared));
    const answer = same ? { ok: true } : await session.ask({ c: 'set_dates', dates: dates as Record<MeetingId, number> });
    setBusy(false);
    if (!answer.ok) return;
    sent(typed);
    announcer.say({ kind: 'dates', text: t('dates-saved') });
    onClose();
  };
  return (
    <Sheet heading={t('dates-title')} onClose={onClose} closing={t('cancel')}>
      <form onSubmit={(event) => attempt(() => save(event))} noValidate>
        <p class="hint">{t('dates-about')}</p>
        {rows.length === 0 && <p>{t('dates-none')}</p>}
        {rows.map(({ id, when }, index) => (
          <div key={id} class="date-row">
            <Field
              id={`date-${id}`}
              type="datetime-local"
              label={plain('date-of-meeting', { number: number + index })}
              fault={faults.get(id)}
              value={when}
              onValue={(is) => edit(id, is)}
            />
            <Btn look="quiet" label={plain('date-drop', { number: number + index })} onPress={() => edit(id, null)}>
              {t('date-drop-short')}
            </Btn>
          </div>
        ))}
        <Field id="dates-weeks" type="number" label={t('dates-weeks')} fault={few ? undefined : t('dates-weeks-fault')} value={weeks} onValue={(is) => change({ ...typed, weeks: is })} />
        <p class="row">
          <Btn off={full || !few} onPress={add}>{t('dates-add')}</Btn>
          <Btn submit look="main" off={busy}>{t('dates-save')}</Btn>
        </p>
        <p class="hint">{t('dates-calendar')}</p>
        <Leads />
        <p><Btn onPress={() => open('ask')}>{t('ask-open')}</Btn></p>
        <Late waits={busy} typed />
      </form>
    </Sheet>
  );
}

/** Who runs each meeting to come: a set in which people take turns says so ahead. */
function Leads(): JSX.Element | null {
  const room = useRoom();
  const ask = useAsk();
  const { meeting, series } = room.shared;
  const dates = datesAhead(room.shared).filter(([id]) => id !== meeting && series?.dates[id] !== undefined);
  if (dates.length === 0) return null;
  const circle = circleOf(room.shared).filter(([, seat]) => seat.role !== 'observer' && seat.in_lobby !== true);
  const plan = (of: MeetingId, seat: string): void => ask({ c: 'plan_lead', meeting: of, ...(seat !== '' && { seat: seat as SeatId }) });
  return (
    <>
      <h3>{t('leads-title')}</h3>
      <p class="hint">{t('leads-about')}</p>
      {dates.map(([id, { starts_at: at }]) => (
        <p key={id} class="field">
          <label for={`lead-${id}`}>{dateTimeText(at, language.value)}</label>
          <select id={`lead-${id}`} autocomplete="off" value={series?.leads?.[id] ?? ''} onChange={(event) => plan(id, event.currentTarget.value)}>
            <option value="">{t('leads-open')}</option>
            {circle.map(([seat]) => <option key={seat} value={seat}>{nameOf(room, seat)}</option>)}
          </select>
        </p>
      ))}
    </>
  );
}

/** For the page of a closed meeting. */
export function OpenNext(): JSX.Element {
  const { open, session, shared } = useRoom();
  const [sure, setSure] = useState(false);
  const [busy, setBusy] = useState(false);
  const begin = async (): Promise<void> => {
    setBusy(true);
    await session.nextMeeting(datesAhead(shared)[0]?.[0] ?? session.drawMeeting());
    setBusy(false);
    setSure(false);
  };
  return (
    <div class="no-print" data-keep>
      <p class="row">
        <Btn onPress={() => open('dates')}>{t('dates-open')}</Btn>
        <Btn onPress={() => open('ask')}>{t('ask-open')}</Btn>
        {!sure && <Btn look="main" onPress={() => setSure(true)}>{t('next-open')}</Btn>}
      </p>
      {sure && (
        <div class="tip">
          <p>{t('next-open-about')}</p>
          <p class="row">
            <Btn look="main" off={busy} onPress={() => attempt(begin)}>{t('next-open-do')}</Btn>
            <Btn look="quiet" onPress={() => setSure(false)}>{t('close-not-yet')}</Btn>
          </p>
        </div>
      )}
      <Late waits={busy} />
    </div>
  );
}
