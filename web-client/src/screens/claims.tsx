/** Somebody at the door is said to be this person: only they know whether that is so. */

import type { JSX } from 'preact';
import { t } from '../i18n';
import { Btn } from './components';
import { useAsk, useRoom } from './room/room-context';
import { clockText } from './clock-text';

export function Claims(): JSX.Element {
  const { session } = useRoom();
  const ask = useAsk();
  return (
    <>
      {session.claims.value.map(({ device, at }) => (
        <section key={device} class="card claim" aria-labelledby={`claim-${device}`} data-keep>
          <h2 id={`claim-${device}`}>{t('claim-title')}</h2>
          <p>{t('claim-about', { time: clockText(at) })}</p>
          <p class="row">
            <Btn onPress={() => ask({ c: 'answer_seat', device, yes: true })}>{t('claim-yes')}</Btn>
            <Btn onPress={() => ask({ c: 'answer_seat', device, yes: false })}>{t('claim-no')}</Btn>
          </p>
        </section>
      ))}
    </>
  );
}
