/** The form at the end: seven statements, sixty seconds, nobody's name. */

import type { JSX } from 'preact';
import { useEffect, useState } from 'preact/hooks';
import { t } from '../../i18n';
import type { ItemId, Sealed } from '../../wire.gen';
import { attempt } from '../attempt';
import { Btn, Late } from '../components';
import { plain, word } from '../messages';
import { observes, useAsk, useRoom } from '../room/room-context';
import { type Rating, type Ratings, readRatings, spread, STATEMENTS } from './rules';

const SCALE: readonly Rating[] = [1, 2, 3];

export function FormCard(): JSX.Element | null {
  const room = useRoom();
  const shown = Object.entries(room.shared.form ?? {}) as [ItemId, Sealed][];
  if (shown.length > 0) return <Spread boxes={shown} />;
  return observes(room) ? null : <Answer />;
}

function Answer(): JSX.Element {
  const { own, session } = useRoom();
  const ask = useAsk();
  const [given, give] = useState<Ratings>({});
  const [sent, setSent] = useState(false);
  const [busy, setBusy] = useState(false);
  const send = async (event: Event): Promise<void> => {
    event.preventDefault();
    if (busy || Object.keys(given).length === 0) return;
    setBusy(true);
    const answer = await session.answerForm(JSON.stringify(given));
    setBusy(false);
    setSent(answer.ok);
  };
  return (
    <details class="card" data-keep>
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
                  id={`form-${is}-${rating}`}
                  name={`form-${is}`}
                  checked={given[is] === rating}
                  onChange={() => give({ ...given, [is]: rating })}
                />
                <label for={`form-${is}-${rating}`}>{word(`form-scale-${rating}`)}</label>
              </div>
            ))}
          </fieldset>
        ))}
        <p class="row"><Btn submit look="main" off={busy}>{t(sent ? 'form-again' : 'form-send')}</Btn></p>
        <Late waits={busy} />
      </form>
      {sent && <output>{t('form-sent')}</output>}
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
  const [answers, setAnswers] = useState<readonly Ratings[]>([]);
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
  return (
    <section class="card" aria-labelledby="form-shown-title">
      <h2 id="form-shown-title">{t('form-title')}</h2>
      <p class="hint">{plain('form-shown-about', { count: boxes.length })}</p>
      <div class="wide">
        <table>
          <thead>
            <tr>
              <th scope="col">{t('form-statement')}</th>
              {SCALE.map((rating) => <th key={rating} scope="col">{word(`form-scale-${rating}`)}</th>)}
            </tr>
          </thead>
          <tbody>
            {STATEMENTS.map((is) => (
              <tr key={is}>
                <th scope="row">{word(`form-${is}`)}</th>
                {spread(answers, is).map((count, at) => <td key={SCALE[at]}>{count}</td>)}
              </tr>
            ))}
          </tbody>
        </table>
      </div>
      {answers.length < boxes.length && <p class="hint">{plain('form-shut', { count: boxes.length - answers.length })}</p>}
    </section>
  );
}
