/** The foot of the room for whoever holds the controls: always in reach, never in the way. */

import type { JSX } from 'preact';
import { t } from '../../i18n';
import { Btn, Icon } from '../components';
import { partName, plain } from '../messages';
import { Tick, WhereButton } from '../room/dock';
import { lacksPresenter, queueOf, undoable, useAsk, useRoom } from '../room/room-context';

export function ControlDock(): JSX.Element {
  const room = useRoom();
  const { shared, own, open } = room;
  const ask = useAsk();
  const { hold, clock, silence, now, agenda } = shared;
  const next = now && agenda[now.part + 1];
  const queue = queueOf(shared);
  const undo = undoable(room);
  return (
    <footer class="dock controls" id="dock" tabIndex={-1} aria-label={t('dock-controls')} data-keep>
      {hold ? (
        <Btn look="main" onPress={() => ask({ c: 'release' })}>{t('hold-release')}</Btn>
      ) : next ? (
        <Btn look="main" onPress={() => ask({ c: 'next' })}>{plain('next-part', { part: partName(next.id) })}</Btn>
      ) : (
        <Btn look="main" onPress={() => open('close')}>{t('close-meeting')}</Btn>
      )}
      {/* Always there: what comes and goes would move the others under the finger. */}
      <Btn look="quiet" off={!undo} onPress={() => ask({ c: 'undo' })}>{t('undo')}</Btn>
      <Btn off={hold !== undefined || clock.is === 'stopped' || lacksPresenter(shared)} onPress={() => ask({ c: clock.is === 'paused' ? 'resume' : 'pause' })}>
        <Icon is="pause" />
        {t(clock.is === 'paused' ? 'resume' : 'pause')}
      </Btn>
      <Btn off={hold !== undefined} onPress={() => ask({ c: 'add_time', minutes: 2 })}>{t('add-2')}</Btn>
      <Btn off={hold !== undefined} onPress={() => ask({ c: 'silence', on: !silence })}>{t(silence ? 'silence-end' : 'silence')}</Btn>
      <Btn off={hold !== undefined} onPress={() => ask({ c: 'hold' })}>{t('hold')}</Btn>
      <Btn onPress={() => open('more')}>{t('more')}</Btn>
      {own.seat === shared.lead && <Btn look="quiet" onPress={() => ask({ c: 'take_back' })}>{t('give-back')}</Btn>}
      {now?.hand !== 'off' && now?.floor !== 'round' && <p class="place">{plain('hands-waiting', { count: queue.length })}</p>}
      <Tick beside />
      <WhereButton />
    </footer>
  );
}
