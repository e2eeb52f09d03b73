/** "Who presents?": names to press, before the clock of a slot runs. */

import type { JSX } from 'preact';
import { t } from '../../i18n';
import { Btn } from '../components';
import { bare } from '../messages';
import { circleOf, nameOf, textsOf, useAsk, useRoom, wordsOf } from '../room/room-context';

export function WhoPresents(): JSX.Element {
  const room = useRoom();
  const ask = useAsk();
  const circle = circleOf(room.shared).filter(([, { role, in_lobby }]) => role !== 'observer' && in_lobby !== true);
  const facilitates = (role: string): number => (role === 'host' || role === 'co_facilitator' ? 1 : 0);
  const names = circle.toSorted(([, a], [, b]) => facilitates(a.role) - facilitates(b.role));
  return (
    <>
      <p class="hint">{t('who-presents-hint')}</p>
      <ul class="rows">
        {names.map(([seat]) => {
          const bid = textsOf(room, 'bid', seat).at(-1);
          const name = nameOf(room, seat);
          return (
            <li key={seat} data-seat={seat}>
              <Btn label={bare(t('who-presents-name', { name }))} onPress={() => ask({ c: 'choose_presenter', seat })}>
                <bdi>{name}</bdi>
              </Btn>
              <span class="who hint">
                {bid && <span dir="auto">{wordsOf(bid)} </span>}
                {!room.session.here.value.has(seat) && `(${t('away')})`}
              </span>
            </li>
          );
        })}
      </ul>
    </>
  );
}
