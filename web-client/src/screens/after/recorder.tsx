/** Nobody records: everybody is asked as they come, and whoever has something that does is named to all. */

import type { JSX } from 'preact';
import { useEffect } from 'preact/hooks';
import { t } from '../../i18n';
import { Btn } from '../components';
import { plain } from '../messages';
import { nameOf, useAsk, useRoom } from '../room/room-context';
import { recorders, unasked } from './rules';

/**
 * At the gathering always; while the meeting runs, for whoever is still asked, where something records, and for
 * those with the controls while somebody has not said it.
 */
export function RecorderAsk(): JSX.Element | null {
  const room = useRoom();
  const ask = useAsk();
  const { announcer, own, shared, session } = room;
  const mine = shared.seats[own.seat]?.recorder;
  const on = recorders(shared).map((seat) => nameOf(room, seat));
  const open = unasked(shared, session.here.value);
  const named = on.join(', ');
  useEffect(() => {
    if (named !== '') announcer.say({ kind: 'recorder', text: `${t('recorder-on')} ${named}`, assertive: true });
  }, [announcer, named]);
  const asks = mine === undefined || on.length > 0 || (own.controls && open > 0);
  if (!asks && shared.stage !== 'gathering') return null;
  const say = (is: boolean): void => ask({ c: 'say_recorder', on: is });
  return (
    <section class={on.length > 0 ? 'card warn' : 'card'} aria-labelledby="recorder-title">
      <h2 id="recorder-title">{t('recorder-title')}</h2>
      {on.length > 0 && (
        <>
          <p><b>{t('recorder-on')}</b> <bdi>{named}</bdi></p>
          <p>{t('recorder-on-about')}</p>
        </>
      )}
      {mine === undefined ? (
        <>
          <p>{t('recorder-about')}</p>
          <p class="row">
            <Btn onPress={() => say(false)}>{t('recorder-no')}</Btn>
            <Btn onPress={() => say(true)}>{t('recorder-yes')}</Btn>
          </p>
        </>
      ) : (
        <>
          {on.length === 0 && <p>{open === 0 ? t('recorder-none') : plain('recorder-open', { count: open })}</p>}
          {on.length > 0 && open > 0 && <p class="hint">{plain('recorder-open', { count: open })}</p>}
          <p><Btn look="quiet" onPress={() => say(!mine)}>{t(mine ? 'recorder-off-now' : 'recorder-after-all')}</Btn></p>
        </>
      )}
    </section>
  );
}
