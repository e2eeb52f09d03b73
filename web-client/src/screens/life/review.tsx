/** When the set means to look again at what it agreed, and how many think that it is time. */

import type { JSX } from 'preact';
import { useState } from 'preact/hooks';
import { language, t } from '../../i18n';
import { dateText } from '../../lib/dates';
import type { LookedAt } from '../../wire.gen';
import { Btn, Field } from '../components';
import { useRefuse } from '../draft';
import { plain, word } from '../messages';
import { observes, rulesFirst, useAsk, useRoom } from '../room/room-context';

/** A day, as a moment at which it is that day everywhere in Europe. */
const momentOf = (day: string): number => Date.parse(`${day}T12:00:00Z`);

export function LookAgain({ of }: { readonly of: LookedAt }): JSX.Element {
  const room = useRoom();
  const ask = useAsk();
  const { own, second, shared } = room;
  const { at, asked = 0 } = shared.reviews?.[of] ?? {};
  const mine = own.looks?.includes(of) === true;
  const day = at !== undefined && dateText(at, language.value);
  return (
    <div class="stack no-print">
      <p class={at !== undefined && at < second.value ? 'tip' : 'hint'}>
        {day === false ? t('review-none') : t(at !== undefined && at < second.value ? 'review-due' : 'review-on', { when: day })}{' '}
        {asked > 0 && plain('look-count', { count: asked })}
      </p>
      {!observes(room) && !rulesFirst(room) && (
        <p class="row">
          <Btn look="quiet" onPress={() => ask({ c: 'look_again', of, on: !mine })}>{word(mine ? 'look-undo' : `look-again-${of}`)}</Btn>
        </p>
      )}
      {own.controls && <Day of={of} />}
    </div>
  );
}

/** For those with the controls: another day. */
function Day({ of }: { readonly of: LookedAt }): JSX.Element {
  const ask = useAsk();
  const refuse = useRefuse();
  const { second } = useRoom();
  const [day, setDay] = useState('');
  const [wrong, setWrong] = useState(false);
  const id = `review-${of}`;
  const set = (): void => {
    const at = momentOf(day);
    const unfit = Number.isNaN(at) || at < second.value;
    setWrong(unfit);
    if (unfit) return refuse(id, t('review-fault'));
    ask({ c: 'set_review', of, at });
    setDay('');
  };
  return (
    <details>
      <summary>{t('review-open')}</summary>
      <div class="stack">
        <Field id={id} type="date" label={word(`review-day-${of}`)} hint={t('review-hint')} fault={wrong ? t('review-fault') : undefined} value={day} onValue={setDay} />
        <p class="row">
          <Btn onPress={set}>{t('review-set')}</Btn>
          <Btn look="quiet" onPress={() => ask({ c: 'set_review', of })}>{t('review-clear')}</Btn>
        </p>
      </div>
    </details>
  );
}

/** The same for the ground rules, which stand in a card of their own. */
export function CharterReview(): JSX.Element {
  return (
    <section class="card" aria-labelledby="charter-review-title" data-keep>
      <h2 id="charter-review-title" tabIndex={-1}>{t('charter-review-title')}</h2>
      <LookAgain of="charter" />
    </section>
  );
}
