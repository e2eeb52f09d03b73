/** The form at the end: seven statements, sixty seconds, nobody's name. */

import { type Signal, signal } from '@preact/signals';
import type { JSX } from 'preact';
import { useEffect, useState } from 'preact/hooks';
import { t } from '../../i18n';
import type { Session } from '../../session';
import type { ItemId, MeetingId, Sealed } from '../../wire.gen';
import { attempt } from '../attempt';
import { Btn, Late } from '../components';
import { plain, word } from '../messages';
import { observes, rulesFirst, useAsk, useRoom } from '../room/room-context';
import { type Rating, type Ratings, readRatings, spread, STATEMENTS } from './rules';

const SCALE: readonly Rating[] = [1, 2, 3];

interface Held {
  readonly meeting: MeetingId;
  readonly given: Ratings;
  /** The key under which it was sent; there is another one now where it was taken out. */
  readonly sent?: number;
}

/** What was marked on this page: the close changes the screen and takes no mark away. Nowhere else, and gone with it. */
const HELD = new WeakMap<Session, Signal<Held | undefined>>();

function heldOf(session: Session): Signal<Held | undefined> {
  const known = HELD.get(session) ?? signal<Held | undefined>(undefined);
  HELD.set(session, known);
  return known;
}

function hold(session: Session, held: Held): void {
  heldOf(session).value = held;
}

export function FormCard(): JSX.Element | null {
  const room = useRoom();
  const shown = Object.entries(room.shared.form ?? {}) as [ItemId, Sealed][];
  if (shown.length > 0) return <Spread boxes={shown} />;
  // After the close nobody is asked for the rules first.
  return observes(room) || (room.shared.stage === 'running' && rulesFirst(room)) ? null : <Answer />;
}

function Answer(): JSX.Element {
  const { own, session, shared } = useRoom();
  const ask = useAsk();
  const [busy, setBusy] = useState(false);
  const { epoch, meeting } = shared;
  const held = heldOf(session).value;
  const mine = held?.meeting === meeting ? held : undefined;
  const given = mine?.given ?? {};
  const old = mine?.sent !== undefined && mine.sent !== epoch;
  const send = async (event: Event): Promise<void> => {
    event.preventDefault();
    if (busy || Object.keys(given).length === 0) return;
    setBusy(true);
    const answer = await session.answerForm(JSON.stringify(given));
    setBusy(false);
    if (answer.ok) hold(session, { meeting, given, sent: epoch });
  };
  return (
    <details class="card no-print" data-keep>
      <summary id="form-title">{t('form-title')}</summary>
      <p class="hint">{t('form-about')}</p>
      <form onSubmit={(event) => attempt(() => send(event))} noValidate>
        {STATEMENTS.map((is) => (
          <fieldset key={is} class="choice across">
            <legend>{word(`form-${is}`)}</legend>
            {SCALE.map((rating) => (
              <div key={rating} class="option">
                <input
                  type="radio"
                  autocomplete="off"
                  id={`form-${is}-${rating}`}
                  name={`form-${is}`}
                  checked={given[is] === rating}
                  onChange={() => hold(session, { meeting, given: { ...given, [is]: rating }, ...(mine?.sent !== undefined && { sent: mine.sent }) })}
                />
                <label for={`form-${is}-${rating}`}>{word(`form-scale-${rating}`)}</label>
              </div>
            ))}
          </fieldset>
        ))}
        <p class="row"><Btn submit look="main" off={busy || Object.keys(given).length === 0}>{t(mine?.sent === undefined ? 'form-send' : 'form-again')}</Btn></p>
        <Late waits={busy} />
      </form>
      <output>{mine?.sent !== undefined && t(old ? 'form-new-key' : 'form-sent')}</output>
      {own.controls && (
        <>
          <p class="hint">{t('form-show-about')}</p>
          <p><Btn onPress={() => ask({ c: 'show_form' })}>{t('form-show')}</Btn></p>
        </>
      )}
    </details>
  );
}

function Spread({ boxes }: { readonly boxes: readonly (readonly [ItemId, Sealed])[] }): JSX.Element {
  const { session } = useRoom();
  const [answers, setAnswers] = useState<readonly Ratings[]>();
  const ready = session.keys.value === 'ready';
  const same = JSON.stringify(boxes);
  useEffect(() => {
    let wanted = ready;
    const each = (JSON.parse(same) as typeof boxes).map(([item, box]) => session.answered(item, box));
    attempt(async () => {
      const all = await Promise.all(each);
      if (wanted) setAnswers(all.flatMap((text) => (text === undefined ? [] : [readRatings(text)])));
    });
    return () => {
      wanted = false;
    };
  }, [same, ready, session]);
  const opened = answers ?? [];
  return (
    <section class="card" aria-labelledby="form-shown-title">
      <h2 id="form-shown-title">{t('form-title-shown')}</h2>
      <p class="hint">{plain('form-shown-about', { count: boxes.length })}</p>
      <dl class="action">
        {STATEMENTS.map((is) => (
          <div key={is}>
            <dt>{word(`form-${is}`)}</dt>
            <dd>{spread(opened, is).map((count, at) => `${word(`form-scale-${SCALE[at] ?? 1}`)}: ${count}`).join(' · ')}</dd>
          </div>
        ))}
      </dl>
      {answers !== undefined && opened.length < boxes.length && <p class="hint">{plain('form-shut', { count: boxes.length - opened.length })}</p>}
    </section>
  );
}
