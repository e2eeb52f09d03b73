/** The form at the end: seven statements, sixty seconds, nobody's name. */

import type { JSX } from 'preact';
import { useEffect, useState } from 'preact/hooks';
import { t } from '../../i18n';
import type { ItemId, Sealed } from '../../wire.gen';
import { attempt } from '../attempt';
import { Btn, Late } from '../components';
import { plain, word } from '../messages';
import { observes, rulesFirst, useAsk, useRoom } from '../room/room-context';
import { heldOf, sends } from './answer';
import { type Opened, openFirst, type Rating, spread, STATEMENTS } from './rules';

const SCALE: readonly Rating[] = [1, 2, 3];

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
  const sent = mine?.sent;
  const send = async (event: Event): Promise<void> => {
    event.preventDefault();
    if (busy || Object.keys(given).length === 0) return;
    setBusy(true);
    await sends(session, meeting, epoch);
    setBusy(false);
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
                  onChange={() => (heldOf(session).value = { meeting, given: { ...given, [is]: rating }, ...(sent && { sent }) })}
                />
                <label for={`form-${is}-${rating}`}>{word(`form-scale-${rating}`)}</label>
              </div>
            ))}
          </fieldset>
        ))}
        <p class="row"><Btn submit look="main" off={busy || Object.keys(given).length === 0}>{t(sent === undefined ? 'form-send' : 'form-again')}</Btn></p>
        <Late waits={busy} />
      </form>
      <output>{sent !== undefined && t(sent.epoch !== epoch ? 'form-new-key' : sent.counts ? 'form-sent' : 'form-unsure')}</output>
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
  const { session, shared } = useRoom();
  const { meeting } = shared;
  const [answers, setAnswers] = useState<Opened>();
  const ready = session.keys.value === 'ready';
  const same = JSON.stringify(boxes);
  useEffect(() => {
    let wanted = ready;
    attempt(async () => {
      const opened = await openFirst(meeting, JSON.parse(same) as typeof boxes, (item, box) => session.answered(item, box));
      if (wanted) setAnswers(opened);
    });
    return () => {
      wanted = false;
    };
  }, [meeting, same, ready, session]);
  const few = answers === 'few';
  const opened = answers === undefined || few ? [] : answers;
  return (
    <section class="card" aria-labelledby="form-shown-title">
      <h2 id="form-shown-title">{t('form-title-shown')}</h2>
      <p class="hint">{few ? t('form-withheld') : plain('form-shown-about', { count: boxes.length })}</p>
      {!few && (
        <dl class="action">
          {STATEMENTS.map((is) => (
            <div key={is}>
              <dt>{word(`form-${is}`)}</dt>
              <dd>{spread(opened, is).map((count, at) => `${word(`form-scale-${SCALE[at] ?? 1}`)}: ${count}`).join(' · ')}</dd>
            </div>
          ))}
        </dl>
      )}
      {answers !== undefined && !few && opened.length < boxes.length && <p class="hint">{plain('form-shut', { count: boxes.length - opened.length })}</p>}
    </section>
  );
}
