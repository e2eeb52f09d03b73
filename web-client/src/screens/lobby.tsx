/** Waiting to be let in, or sent back to wait. There is nothing to do here, and it says so. */

import type { JSX } from 'preact';
import { useEffect } from 'preact/hooks';
import { language, t } from '../i18n';
import type { Announcer } from '../lib/announce';
import { dateTimeText } from '../lib/dates';
import type { Session } from '../session';
import type { LobbyView } from '../wire.gen';
import { Btn, KeptDays, Title, Unstored } from './components';
import { plain, word } from './messages';

interface LobbyProps {
  readonly session: Session;
  readonly announcer: Announcer;
  readonly lobby: LobbyView;
  readonly back: boolean;
}

export function Lobby({ session, announcer, lobby, back }: LobbyProps): JSX.Element {
  // What was true of the facilitator when the line went may be so no more.
  const trouble = session.line.value === 'trouble';
  const { facilitator_here: seen, stage } = lobby;
  const open = seen ? 'lobby-here' : 'lobby-not-here';
  const state = back ? 'lobby-back' : stage === 'closed' ? (seen ? 'lobby-closed-here' : 'lobby-closed') : open;
  useEffect(() => announcer.say({ kind: 'lobby', text: t(state) }), [announcer, state]);
  return (
    <>
      <Title>{t(back ? 'lobby-back-title' : 'lobby-title')}</Title>
      {!trouble && <p class="lead">{t(state)}</p>}
      <Unstored session={session} />
      <section class="card" aria-labelledby="lobby-set">
        <h2 id="lobby-set">{t('lobby-set')}</h2>
        <dl class="facts">
          {lobby.place !== undefined && !back && (
            <>
              <dt>{t('lobby-place')}</dt>
              <dd>{lobby.place}</dd>
            </>
          )}
          <dt>{t('lobby-stage')}</dt>
          <dd>{word(`stage-${lobby.stage}`)}</dd>
          {lobby.starts_at !== undefined && lobby.stage === 'gathering' && (
            <>
              <dt>{t('lobby-starts')}</dt>
              <dd>{dateTimeText(lobby.starts_at, language.value)}</dd>
            </>
          )}
          <dt>{t('lobby-length')}</dt>
          <dd>{plain('time-minutes', { minutes: lobby.minutes })}</dd>
        </dl>
      </section>
      <section class="card" aria-labelledby="lobby-mode">
        <h2 id="lobby-mode">{word(`mode-${lobby.mode}`)}</h2>
        <p>{word(`mode-${lobby.mode}-about`)}</p>
        <p class="hint">{word(`mode-${lobby.mode}-kept`)}</p>
        <KeptDays session={session} />
        <p class="hint">{t('mode-limit')}</p>
      </section>
      <p class="tip">{t('gathering-beside')}</p>
      <p class="row">
        <Btn look="quiet" onPress={() => session.forget()}>{t('lobby-leave')}</Btn>
      </p>
    </>
  );
}
