/** In the room, not yet begun: who is here, what is agreed, and what the facilitator prepares. */

import type { JSX } from 'preact';
import { language, t } from '../i18n';
import { dateTimeText } from '../lib/dates';
import { control, Later } from './lazy';
import { Title, Unstored } from './components';
import { plain, word } from './messages';
import { Charter } from './agree';
import { People } from './room/lists';
import { useRoom } from './room/room-context';

export function Gathering(): JSX.Element {
  const { shared, own, session } = useRoom();
  const minutes = shared.agenda.reduce((sum, part) => sum + part.minutes, 0);
  return (
    <main id="content" tabIndex={-1} class="board gathering">
      <div class="main">
        <Title>{t('gathering-title')}</Title>
        {(shared.starts_at !== undefined || !own.controls) && (
          <p class="lead">
            {shared.starts_at === undefined
              ? t('gathering-start-open')
              : t('gathering-start', { when: dateTimeText(shared.starts_at, language.value) })}{' '}
            {own.controls ? '' : t('gathering-nothing')}
          </p>
        )}
        <p>
          {word(`plan-${shared.plan}`)} · {word(`template-${shared.template}`)} · {plain('time-minutes', { minutes })}
        </p>
        {own.keys && <Later from={control} is="Knocks" with={{ session }} />}
        {own.controls && <Later from={control} is="Prepare" />}
        <section class="card" aria-labelledby="kept-title">
          <h2 id="kept-title">{word(`mode-${shared.mode}`)}</h2>
          <p>{word(`mode-${shared.mode}-about`)}</p>
          <p class="hint">{word(`mode-${shared.mode}-kept`)}</p>
          <p class="hint">{t('mode-limit')}</p>
        </section>
        <Charter />
      </div>
      <div class="side">
        <People />
        <p class="tip">{t('gathering-beside')}</p>
        <Unstored session={session} />
      </div>
    </main>
  );
}
