/** A round off the record: what it means, the round itself, and its end. Fetched where there is one. */

import type { JSX } from 'preact';
import { useEffect, useState } from 'preact/hooks';
import { t } from '../../i18n';
import type { OffRecord as Round } from '../../session';
import { LIMITS } from '../../wire.gen';
import { attempt } from '../attempt';
import { Btn, Field, tooLong } from '../components';
import { LINE, useRefuse } from '../draft';
import { word } from '../messages';
import { nameOf, observes, rulesFirst, useRoom } from '../room/room-context';
import { clockText } from '../clock-text';
import { type Closing, Sheet } from '../sheet';

const MINUTE_MS = 60_000;
const MEANS = ['keys', 'memory', 'restart', 'dropped', 'copy', 'time'] as const;

/** What this page holds of it; undefined until that is here. */
function useRound(): Round | undefined {
  const { session } = useRoom();
  const [round, hold] = useState<Round>();
  useEffect(() => attempt(async () => hold(await session.offRecord.open())), [session]);
  return round;
}

/** Before it begins: what it means. While it is on: to end it. */
export function OffRecordSheet({ onClose }: Closing): JSX.Element {
  const { session } = useRoom();
  const round = useRound();
  const [busy, setBusy] = useState(false);
  const on = round?.round.value;
  const press = async (): Promise<void> => {
    if (round === undefined || busy) return;
    setBusy(true);
    const { ok } = await session.ask(on === undefined ? await round.begins() : { c: 'end_off_record', round: on.id });
    setBusy(false);
    if (ok) onClose();
  };
  return (
    <Sheet heading={t(on === undefined ? 'otr-begin-title' : 'otr-end-title')} onClose={onClose} closing={t('otr-not-now')}>
      {on === undefined ? (
        <>
          <p>{t('otr-lead')}</p>
          <ul>
            {MEANS.map((what) => (
              <li key={what}>{what === 'time' ? t('otr-means-time', { minutes: LIMITS.off_record_ms / MINUTE_MS }) : t(`otr-means-${what}`)}</li>
            ))}
          </ul>
        </>
      ) : <p>{t('otr-end-about')}</p>}
      <p class="row">
        <Btn look={on === undefined ? 'main' : 'danger'} off={busy || round === undefined} onPress={press}>
          {t(on === undefined ? 'otr-begin' : 'otr-end')}
        </Btn>
      </p>
    </Sheet>
  );
}

/** The round, and that it is over. */
export function OffRecord(): JSX.Element | null {
  const room = useRoom();
  const round = useRound();
  const { announcer } = room;
  const on = round?.round.value !== undefined;
  const over = round?.over.value === true;
  useEffect(() => {
    if (on) announcer.say({ kind: 'off-record', text: t('otr-said-on') });
    else if (over) announcer.say({ kind: 'off-record', text: t('otr-over') });
  }, [announcer, on, over]);
  if (round === undefined) return null;
  if (on) return <Card round={round} />;
  if (!over) return null;
  return (
    <p class="message no-print">
      <span>{t('otr-over')}</span>
      <Btn look="quiet" onPress={() => round.drop()}>{t('dismiss')}</Btn>
    </p>
  );
}

function Card({ round }: { readonly round: Round }): JSX.Element | null {
  const room = useRoom();
  const { announcer, open, own } = room;
  const is = round.round.value;
  const lines = round.lines.value;
  const last = lines.at(-1);
  const by = last !== undefined && last.seat !== own.seat ? nameOf(room, last.seat) : undefined;
  // Once for each line: two of one person are two.
  const { length } = lines;
  useEffect(() => {
    if (length > 0 && by !== undefined) announcer.say({ kind: 'off-record-line', text: t('otr-said-line', { name: by }) });
  }, [announcer, by, length]);
  if (is === undefined) return null;
  const writes = !observes(room) && !rulesFirst(room);
  const waits = !round.ready.value && !rulesFirst(room);
  return (
    <section class="card off-record no-print" aria-labelledby="otr-title">
      <h2 id="otr-title">{t('otr-title')}</h2>
      <p class="hint">{t('otr-about', { name: nameOf(room, is.by), time: clockText(is.ends_at) })}</p>
      {waits && <output>{t('otr-waits')}</output>}
      {lines.length > 0 && (
        <ul class="stack" aria-label={t('otr-lines')}>
          {lines.map(({ item, seat, text }) => (
            <li key={item}>
              <strong>{seat === own.seat ? t('otr-you') : nameOf(room, seat)}</strong>{' '}
              <span dir="auto">{text ?? t('text-broken')}</span>
            </li>
          ))}
        </ul>
      )}
      {writes && round.ready.value && <LineForm round={round} />}
      {own.keys && <p class="row"><Btn onPress={() => open('off-record')}>{t('otr-end-open')}</Btn></p>}
    </section>
  );
}

function LineForm({ round }: { readonly round: Round }): JSX.Element {
  const refuse = useRefuse();
  const [busy, setBusy] = useState(false);
  const [fault, setFault] = useState<string>();
  const value = round.draft.value;
  const write = async (event: Event): Promise<void> => {
    event.preventDefault();
    if (busy) return;
    const why = tooLong(value, LINE);
    if (value.trim() === '' || why !== undefined) return refuse('otr-line', why);
    setBusy(true);
    const answer = await round.write(value.trim());
    setBusy(false);
    const is = answer.ok || answer.code === 'gone' ? undefined : word(`code-${answer.code}`);
    setFault(is);
    if (is !== undefined) return refuse('otr-line', is);
    // What was typed meanwhile stays.
    if (answer.ok && round.draft.peek() === value) round.type('');
  };
  return (
    <form onSubmit={(event) => attempt(() => write(event))} noValidate>
      <Field
        id="otr-line"
        label={t('otr-line')}
        limit={LINE}
        counts
        fault={fault}
        value={value}
        onValue={(typed) => round.type(typed)}
      />
      <p class="row"><Btn submit look="main" off={busy}>{t('otr-write')}</Btn></p>
    </form>
  );
}
