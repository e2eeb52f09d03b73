/** In the room, not yet begun: who is here, what is agreed, and what the facilitator prepares. */

import type { JSX } from 'preact';
import { language, t } from '../i18n';
import { dateTimeText } from '../lib/dates';
import { after, control, Later, life, yours } from './lazy';
import { KeptDays, Title, Unstored } from './components';
import { plain, word } from './messages';
import { ActionCard } from './action';
import { readAction } from './action-text';
import { Charter, ModeMissed } from './agree';
import { Ends } from './ends';
import { People } from './room/lists';
import { Ahead, Asked } from './next-meeting';
import { missedMode, textsOf, useRoom, wordsOf } from './room/room-context';
import { meetingText } from './series';
import { Here } from './zone';

/** What oneself said one would do, before the meeting asks what became of it. */
function LastTime(): JSX.Element | null {
  const room = useRoom();
  const mine = textsOf(room, 'action', room.own.seat).flatMap((text) => {
    const action = text.text === undefined ? undefined : readAction(text.text);
    // What is done, or was let go, is nothing to come back to.
    return action?.outcome === 'done' || action?.outcome === 'let_go' ? [] : [{ text, action }];
  });
  if (mine.length === 0) return null;
  return (
    <section class="card" aria-labelledby="last-title">
      <h2 id="last-title">{t('last-title')}</h2>
      <p class="hint">{t('last-about')}</p>
      {mine.map(({ text, action }) => (action === undefined ? <p key={text.id}>{wordsOf(text)}</p> : <ActionCard key={text.id} action={action} />))}
    </section>
  );
}

export function Gathering(): JSX.Element {
  const room = useRoom();
  const { shared, own, session } = room;
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
            {own.controls ? '' : t('gathering-nothing')}{' '}
            {shared.starts_at !== undefined && <Here at={shared.starts_at} />}
          </p>
        )}
        {meetingText(shared) !== undefined && <p><b>{meetingText(shared)}</b></p>}
        <p>
          {word(`plan-${shared.plan}`)} · {word(`template-${shared.template}`)} · {plain('time-minutes', { minutes })}
        </p>
        {own.keys && <Later from={control} is="Knocks" with={{ session }} />}
        <Later from={after} is="RecorderAsk" />
        <LastTime />
        {own.controls && <Later from={control} is="Prepare" />}
        <Asked />
        <Later from={yours} is="Preparation" />
        <section class="card" aria-labelledby="kept-title">
          <h2 id="kept-title">{word(`mode-${shared.mode}`)}</h2>
          <p>{word(`mode-${shared.mode}-about`)}</p>
          <p class="hint">{word(`mode-${shared.mode}-kept`)}</p>
          <p class="hint">{t(shared.mode === 'chatham' ? 'kept-attendance-none' : 'kept-attendance')}</p>
          <KeptDays session={session} />
          <p class="hint">{t('mode-limit')}</p>
        </section>
        <Later from={life} is="Framework" />
        <Later from={life} is="Practices" />
        {missedMode(room) && <ModeMissed />}
        <Charter />
        <Later from={life} is="CharterReview" />
        <Ahead />
        <Later from={after} is="CannotCome" />
      </div>
      <div class="side">
        <People />
        <Ends />
        <p class="tip">{t('gathering-beside')}</p>
        <Unstored session={session} />
      </div>
    </main>
  );
}
