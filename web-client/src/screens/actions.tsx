/** One's own actions, on a page of their own. */

import type { JSX } from 'preact';
import { t } from '../i18n';
import { Btn, Title } from './components';
import { control, Later, yours } from './lazy';
import { BegunList } from './begun';
import { useRoom } from './room/room-context';
import { OwnActions } from './write';

export function Actions(): JSX.Element {
  const { own, session, show } = useRoom();
  return (
    <main id="content" tabIndex={-1}>
      <Title>{t('my-actions')}</Title>
      <p class="lead">{t('my-actions-lead')}</p>
      {own.keys && <Later from={control} is="Knocks" with={{ session }} />}
      <OwnActions />
      <BegunList />
      <Later from={yours} is="NotesKept" />
      <Later from={yours} is="Preparation" />
      <Later from={yours} is="LearningQuestion" />
      <p class="row">
        <Btn look="main" onPress={() => show('room')}>{t('back-to-room')}</Btn>
      </p>
    </main>
  );
}
