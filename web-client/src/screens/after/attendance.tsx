/** Who was there, without a word of what was said: as numbers, and by name where everybody has agreed. */

import type { JSX } from 'preact';
import { useState } from 'preact/hooks';
import { language, t } from '../../i18n';
import { dateTimeText } from '../../lib/dates';
import type { Attendance, Attended, MeetingId, SeatId } from '../../wire.gen';
import { attempt } from '../attempt';
import { Btn, Late } from '../components';
import { saveFile } from '../files';
import { control, Later } from '../lazy';
import { plain, word } from '../messages';
import { circleOf, nameOf, observes, type RoomContext, useAsk, useRoom } from '../room/room-context';
import { datesAhead } from '../series';
import { ATTENDED, table } from './rules';

/** All who take part, in the order of the circle. */
const takingPart = ({ shared }: RoomContext): SeatId[] =>
  circleOf(shared).flatMap(([seat, { role }]) => (role === 'observer' ? [] : [seat]));

/** "5 came, 1 late". */
const counted = ({ counts }: Attendance): string =>
  ATTENDED.flatMap((is) => (counts[is] ? [`${word(`attended-${is}`)}: ${counts[is]}`] : [])).join(' · ');

/** Of a closed meeting. */
export function AttendanceCard(): JSX.Element | null {
  const room = useRoom();
  const { own, shared } = room;
  const kept = Object.entries(shared.attendance ?? {}) as [MeetingId, Attendance][];
  if (shared.mode === 'chatham') return null;
  const present = shared.attendance?.[shared.meeting];
  return (
    <section class="card no-print" aria-labelledby="attendance-title">
      <h2 id="attendance-title">{t('attendance-title')}</h2>
      {present !== undefined && <p>{counted(present)}</p>}
      {present?.by !== undefined && (
        <ul>
          {takingPart(room).flatMap((seat) => {
            const is = present.by?.[seat];
            return is === undefined ? [] : [<li key={seat}><bdi>{nameOf(room, seat)}</bdi>: {word(`attended-${is}`)}</li>];
          })}
        </ul>
      )}
      {own.controls && <Correct />}
      {!observes(room) && <Names />}
      {own.controls && kept.length > 0 && (
        <p><Btn onPress={() => saveFile('attendance.csv', 'text/csv', exported(room))}>{t('attendance-save')}</Btn></p>
      )}
    </section>
  );
}

/** All meetings of which something is kept: a row of numbers each, and where there are names a row of each. */
export function exported(room: RoomContext): string {
  const kept = (Object.values(room.shared.attendance ?? {}) as Attendance[]).toSorted((a, b) => a.at - b.at);
  const head = [t('attendance-when'), t('attendance-who'), ...ATTENDED.map((is) => word(`attended-${is}`))];
  const rows: (string | number)[][] = [];
  for (const { at, counts, by } of kept) {
    const row = (who: string, of: (is: Attended) => number): void => {
      rows.push([dateTimeText(at, language.value), who, ...ATTENDED.map(of)]);
    };
    row(t('attendance-all'), (is) => counts[is] ?? 0);
    for (const [seat, attended] of Object.entries(by ?? {}) as [SeatId, Attended][]) {
      row(nameOf(room, seat), (is) => (is === attended ? 1 : 0));
    }
  }
  return table([head, ...rows]);
}

/** Everybody's tap, for this and all later meetings. */
function Names(): JSX.Element {
  const room = useRoom();
  const ask = useAsk();
  const { own, shared } = room;
  const agreed = own.names_agreed === true;
  return (
    <>
      <p class="hint">{plain('attendance-names', { count: shared.names_taps ?? 0, all: takingPart(room).length })}</p>
      <p><Btn look="quiet" onPress={() => ask({ c: 'agree_names', on: !agreed })}>{t(agreed ? 'attendance-names-no' : 'attendance-names-yes')}</Btn></p>
    </>
  );
}

/** What a facilitator puts right. Who it was is not written down where not everybody has agreed to that. */
function Correct(): JSX.Element {
  const room = useRoom();
  const { session, shared } = room;
  const { meeting } = shared;
  const known = { ...shared.attendance?.[shared.meeting]?.by, ...session.attended.value };
  const [edits, edit] = useState<Readonly<Partial<Record<SeatId, Attended>>>>({});
  const [busy, setBusy] = useState(false);
  if (Object.keys(known).length === 0) return <p class="hint">{t('attendance-unknown')}</p>;
  const save = async (event: Event): Promise<void> => {
    event.preventDefault();
    if (busy) return;
    setBusy(true);
    const seats = Object.fromEntries(takingPart(room).map((seat) => [seat, edits[seat] ?? known[seat] ?? 'absent']));
    const answer = await session.ask({ c: 'set_attendance', meeting, seats: seats as Record<SeatId, Attended> });
    setBusy(false);
    if (answer.ok) edit({});
  };
  return (
    <details data-keep>
      <summary>{t('attendance-correct')}</summary>
      <form onSubmit={(event) => attempt(() => save(event))} noValidate>
        <p class="hint">{t('attendance-about')}</p>
        {takingPart(room).map((seat) => (
          <p key={seat} class="field">
            <label for={`attended-${seat}`}><bdi>{nameOf(room, seat)}</bdi></label>
            <select id={`attended-${seat}`} autocomplete="off" value={edits[seat] ?? known[seat] ?? 'absent'} onChange={(event) => edit({ ...edits, [seat]: event.currentTarget.value as Attended })}>
              {ATTENDED.map((is) => <option key={is} value={is}>{word(`attended-${is}`)}</option>)}
            </select>
          </p>
        ))}
        <p class="row"><Btn submit look="main" off={busy}>{t('attendance-keep')}</Btn></p>
        <Late waits={busy} />
      </form>
    </details>
  );
}

/** Who cannot come to the meetings ahead; for oneself, a press without a reason. */
export function CannotCome(): JSX.Element | null {
  const room = useRoom();
  const ask = useAsk();
  const { own, shared } = room;
  const ahead = datesAhead(shared);
  if (ahead.length === 0) return null;
  return (
    <section class="card no-print" aria-labelledby="away-title">
      <h2 id="away-title">{t('away-title')}</h2>
      <p class="hint">{t('away-about')}</p>
      {ahead.map(([id, { starts_at: at }]) => {
        const away = shared.away?.[id] ?? [];
        const mine = away.includes(own.seat);
        const when = dateTimeText(at, language.value);
        return (
          <div key={id}>
            {own.controls && <Later from={control} is="FewCan" with={{ meeting: id }} />}
            <p>{when}{away.length > 0 && <>: {away.map((seat) => nameOf(room, seat)).join(', ')}</>}</p>
            {!observes(room) && (
              <p><Btn look="quiet" label={plain(mine ? 'away-can-on' : 'away-cannot-on', { when })} onPress={() => ask({ c: 'cannot_come', meeting: id, on: !mine })}>{t(mine ? 'away-can' : 'away-cannot')}</Btn></p>
            )}
          </div>
        );
      })}
    </section>
  );
}
