/** Lines to pass on, in the modes that have them: offered, agreed to, released, and saved. Fetched where one is set. */

import type { JSX } from 'preact';
import { useEffect, useState } from 'preact/hooks';
import { t } from '../../i18n';
import type { ItemId, OfferView, Sealed, SeatId } from '../../wire.gen';
import { attempt } from '../attempt';
import { Btn, Field, tooLong } from '../components';
import { LINE, useRefuse, useTyped } from '../draft';
import { saveFile } from '../files';
import { plain, word } from '../messages';
import { circleOf, nameOf, observes, rulesFirst, useAsk, useRoom } from '../room/room-context';

/** Lines, opened, in the order of their ids; those that cannot be opened are left out. */
function useOpened(boxes: readonly (readonly [ItemId, Sealed])[]): ReadonlyMap<ItemId, string> {
  const { session } = useRoom();
  const [opened, setOpened] = useState<ReadonlyMap<ItemId, string>>(new Map());
  // The same boxes are not opened anew at every second.
  const same = JSON.stringify(boxes);
  const ready = session.keys.value === 'ready';
  useEffect(() => {
    let wanted = ready;
    const each = (JSON.parse(same) as typeof boxes).map(async ([item, box]) => [item, await session.offered(item, box)] as const);
    attempt(async () => {
      const all = await Promise.all(each);
      if (wanted) setOpened(new Map(all.flatMap(([item, text]) => (text === undefined ? [] : [[item, text] as const]))));
    });
    return () => {
      wanted = false;
    };
  }, [same, ready, session]);
  return opened;
}

/** While the meeting runs: what one offers, what one is asked about, and what was released. */
export function PassOn(): JSX.Element {
  const room = useRoom();
  const ask = useAsk();
  const { own, session, shared } = room;
  const released = shared.lines ?? {};
  const waiting = (Object.entries(session.offers.value) as [ItemId, OfferView][]).filter(([item]) => !(item in released));
  const texts = useOpened(waiting.map(([item, { box }]) => [item, box]));
  const mine = waiting.filter(([, line]) => line.mine);
  const asked = waiting.filter(([, line]) => !line.mine && !line.agreed);
  return (
    <details class="card" open={asked.length > 0 || Object.keys(released).length > 0} data-keep>
      <summary id="pass-title">{t('pass-title')}</summary>
      <p class="hint">{word(`pass-about-${shared.mode}`)}</p>
      {asked.map(([item]) => (
        <div key={item} class="tip">
          <p>{t('pass-asked')}</p>
          <p dir="auto">{texts.get(item)}</p>
          <p class="row">
            <Btn look="main" onPress={() => ask({ c: 'answer_line', item, yes: true })}>{t('pass-yes')}</Btn>
            <Btn onPress={() => ask({ c: 'answer_line', item, yes: false })}>{t('pass-no')}</Btn>
          </p>
        </div>
      ))}
      {!observes(room) && !rulesFirst(room) && <OfferForm />}
      {mine.length > 0 && (
        <>
          <h3>{t('pass-waiting')}</h3>
          <ul class="stack">
            {mine.map(([item, { from, agreed }]) => (
              <li key={item}>
                <span dir="auto">{texts.get(item)}</span>{' '}
                {from !== undefined && <span class="hint">{t(agreed ? 'pass-agreed' : 'pass-open', { name: nameOf(room, from) })}</span>}
                <Btn look="quiet" onPress={() => ask({ c: 'answer_line', item, yes: false })}>{t('write-withdraw')}</Btn>
              </li>
            ))}
          </ul>
        </>
      )}
      {own.controls && (
        <>
          <p class="hint">{word(`pass-release-${shared.mode}`)}</p>
          <p><Btn onPress={() => ask({ c: 'release_lines' })}>{t('pass-release')}</Btn></p>
        </>
      )}
      <List />
    </details>
  );
}

/** One line, and where lessons may be shared, who it came from. */
function OfferForm(): JSX.Element {
  const room = useRoom();
  const { own, session, shared } = room;
  const refuse = useRefuse();
  const [value, setValue, sent] = useTyped(session.drafts, 'line to pass on', '');
  const [from, setFrom] = useState<string>('');
  const [busy, setBusy] = useState(false);
  const others = circleOf(shared).filter(([seat, { role, in_lobby }]) => seat !== own.seat && role !== 'observer' && in_lobby !== true);
  const offer = async (event: Event): Promise<void> => {
    event.preventDefault();
    if (busy) return;
    const why = tooLong(value, LINE);
    if (value.trim() === '' || why !== undefined) return refuse('pass-line', why);
    setBusy(true);
    const answer = await session.offer(value.trim(), from === '' ? undefined : (from as SeatId));
    setBusy(false);
    if (!answer.ok) return;
    sent(value, '');
    setFrom('');
  };
  return (
    <form onSubmit={(event) => attempt(() => offer(event))} noValidate>
      <Field id="pass-line" label={t('pass-line')} limit={LINE} counts value={value} onValue={setValue} />
      {shared.mode === 'open_learning' && (
        <p class="field">
          <label for="pass-from">{t('pass-from')}</label>
          <select id="pass-from" autocomplete="off" value={from} onChange={(event) => setFrom(event.currentTarget.value)}>
            <option value="">{t('pass-from-me')}</option>
            {others.map(([seat]) => <option key={seat} value={seat}>{nameOf(room, seat)}</option>)}
          </select>
        </p>
      )}
      <p class="row"><Btn submit look="main" off={busy}>{t('pass-offer')}</Btn></p>
    </form>
  );
}

/** What was released, and a file of that and nothing else. */
function List(): JSX.Element | null {
  const { shared } = useRoom();
  const boxes = (Object.entries(shared.lines ?? {}) as [ItemId, Sealed][]).toSorted(([a], [b]) => (a < b ? -1 : 1));
  const texts = useOpened(boxes);
  if (boxes.length === 0) return null;
  const lines = boxes.flatMap(([item]) => texts.get(item) ?? []);
  return (
    <>
      <h3>{t('pass-released')}</h3>
      <ul>
        {lines.map((line) => <li key={line} dir="auto">{line}</li>)}
      </ul>
      {lines.length < boxes.length && <p class="hint">{plain('pass-shut', { count: boxes.length - lines.length })}</p>}
      <p class="no-print"><Btn onPress={() => saveFile('lines.txt', 'text/plain', `${lines.join('\n\n')}\n`)}>{t('pass-save')}</Btn></p>
    </>
  );
}

/** After the close: what was released. */
export function Passed(): JSX.Element | null {
  const { shared } = useRoom();
  if (Object.keys(shared.lines ?? {}).length === 0) return null;
  return (
    <section class="card" aria-labelledby="passed-title">
      <h2 id="passed-title">{t('pass-title')}</h2>
      <p class="hint">{t('passed-about')}</p>
      <List />
    </section>
  );
}
