/** The card in the middle: time, who presents and what about, what you do now, who has the floor. */

import type { JSX } from 'preact';
import { t } from '../../i18n';
import type { Saying } from '../../wire.gen';
import { initials } from '../../lib/names';
import { Btn, Icon } from '../components';
import { control, Later } from '../lazy';
import { bare, cueText, partName, word } from '../messages';
import { headlineOf, nameOf, nextUp, observes, presents, turnOf, useAsk, useRoom, wordsOf } from './room-context';
import { Ring, TimeChip } from './ring';

export function NowCard(): JSX.Element {
  const room = useRoom();
  const { shared, own } = room;
  const { now, presenter } = shared;
  const mine = presents(room);
  const headline = headlineOf(room);
  return (
    <section class="card now-card" aria-labelledby="now-title">
      <div class="now-top">
        <Ring />
        <div>
          <h2 id="now-title">
            {presenter === undefined
              ? partName(now?.id ?? '')
              : mine
                ? t('you-present')
                : t('presents', { name: nameOf(room, presenter) })}
          </h2>
          {headline && (
            <p class="headline" dir="auto">
              {wordsOf(headline)}
            </p>
          )}
          <TimeChip />
        </div>
      </div>
      <p class="cue">
        <Icon is="ear" />
        <span>
          {observes(room) && <span class="hint">{t('observer-cue')} </span>}
          {now && cueText(now.cue, mine ? 'p' : own.controls ? 'f' : 'm')}
        </span>
      </p>
      <Floor />
      {mine && <Sayings />}
    </section>
  );
}

/** A slot whose presenter is not known: it is asked before its clock runs. */
export function NobodyYet(): JSX.Element {
  const { own } = useRoom();
  return (
    <section class="card" aria-labelledby="who-title" data-keep>
      <h2 id="who-title" tabIndex={-1}>{t('who-presents')}</h2>
      {own.controls ? <Later from={control} is="WhoPresents" /> : <p>{t('who-presents-waits')}</p>}
    </section>
  );
}

/** Whose moment it is, and who comes next. */
function Floor(): JSX.Element | null {
  const room = useRoom();
  const ask = useAsk();
  const { shared, own, session, second } = room;
  const turn = turnOf(shared);
  const seat = turn ?? shared.asking?.seat;
  const next = nextUp(room);
  const nextName = next === undefined ? undefined : next === own.seat ? t('you') : nameOf(room, next);
  const settling = (shared.gap_until ?? 0) > second.value && shared.now?.hand === 'ask';
  const line = shared.says && word(`says-${shared.says}`, { name: presents(room) ? t('you') : nameOf(room, shared.presenter ?? own.seat) });
  if (seat === undefined) {
    if (!settling && line === undefined) return null;
    return <p class="floor quiet">{line ?? t('settling')}</p>;
  }
  const name = nameOf(room, seat);
  const me = seat === own.seat;
  const kind = shared.asking?.kind;
  return (
    <div class="floor" data-floor={seat}>
      <span class="seat lit" aria-hidden="true">
        {initials(session.names.value.get(seat) ?? '')}
      </span>
      <div>
        <p>
          <b>
            {turn === undefined
              ? me ? t('you-ask') : t('asks', { name })
              : me ? t('your-turn') : t('turn-of', { name })}
          </b>
          {kind && <span class="chip">{word(`kind-${kind}`)}</span>}
        </p>
        {nextName && <p>{t('next-is', { name: nextName })}</p>}
        {line && <p>{line}</p>}
      </div>
      {own.controls && (
        <p class="row">
          {turn === undefined ? (
            <Btn onPress={() => ask({ c: 'end_turn' })}>{t(me ? 'ask-end' : 'end-turn')}</Btn>
          ) : (
            <>
              <Btn label={me ? undefined : bare(t('round-done-for', { name }))} onPress={() => ask({ c: 'end_round_turn' })}>
                {t(me ? 'turn-end' : 'round-done')}
              </Btn>
              <Btn label={me ? undefined : bare(t('round-pass-for', { name }))} onPress={() => ask({ c: 'pass_turn' })}>
                {t(me ? 'turn-pass' : 'round-pass')}
              </Btn>
            </>
          )}
        </p>
      )}
    </div>
  );
}

/** What the presenter can say without words. */
function Sayings(): JSX.Element {
  const { shared } = useRoom();
  const ask = useAsk();
  const say = (what: Saying) => () => ask({ c: 'say', what });
  const { says, asking, now } = shared;
  const waits = says === 'need_a_moment' || says === 'thinking';
  return (
    <fieldset class="row">
      <legend class="sr-only">{t('presenter-says')}</legend>
      <Btn off={says === 'need_a_moment'} onPress={say('need_a_moment')}>{t('say-moment')}</Btn>
      {now?.hand === 'ask' && (
        <>
          <Btn off={says === 'thinking'} onPress={say('thinking')}>{t('say-thinking')}</Btn>
          <Btn look={waits ? 'main' : undefined} onPress={say('ready')}>{t('say-ready')}</Btn>
          <Btn look="quiet" off={asking === undefined} onPress={say('pass')}>{t('say-pass')}</Btn>
        </>
      )}
      {now?.hand !== 'ask' && waits && <Btn look="main" onPress={say('ready')}>{t('say-go-on')}</Btn>}
    </fieldset>
  );
}
