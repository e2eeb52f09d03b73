/** Nobody records: everybody is asked once, and whoever has something that does is named to all. */

import type { JSX } from 'preact';
import { t } from '../../i18n';
import type { SeatId } from '../../wire.gen';
import { Btn } from '../components';
import { plain } from '../messages';
import { nameOf, useAsk, useRoom } from '../room/room-context';
import { recorders } from './rules';

export function RecorderAsk(): JSX.Element {
  const room = useRoom();
  const ask = useAsk();
  const { own, shared } = room;
  const mine = shared.seats[own.seat]?.recorder;
  const on = recorders(shared);
  const open = Object.values(shared.seats).filter(({ recorder, in_lobby }) => recorder === undefined && in_lobby !== true).length;
  const say = (is: boolean): Promise<void> => ask({ c: 'say_recorder', on: is });
  return (
    <>
      {on.length > 0 && (
        <section class="tip warn" aria-labelledby="recorder-on-title">
          <p id="recorder-on-title"><b>{t('recorder-on')}</b></p>
          <ul>{on.map((seat: SeatId) => <li key={seat}><bdi>{nameOf(room, seat)}</bdi></li>)}</ul>
          <p class="hint">{t('recorder-on-about')}</p>
          {mine === true && <p><Btn onPress={() => say(false)}>{t('recorder-off-now')}</Btn></p>}
        </section>
      )}
      {mine === undefined && (
        <section class="card" aria-labelledby="recorder-title">
          <h2 id="recorder-title">{t('recorder-title')}</h2>
          <p>{t('recorder-about')}</p>
          <p class="row">
            <Btn onPress={() => say(false)}>{t('recorder-no')}</Btn>
            <Btn onPress={() => say(true)}>{t('recorder-yes')}</Btn>
          </p>
        </section>
      )}
      {own.controls && mine !== undefined && open > 0 && <p class="hint">{plain('recorder-open', { count: open })}</p>}
    </>
  );
}
