/** Over for this browser: what happened, and what to do. */

import type { JSX } from 'preact';
import { t } from '../i18n';
import type { Ended as Why, Session } from '../session';
import { Btn, Title } from './components';
import { word } from './messages';

/** Where the same page may do better the next time. */
const AGAIN: ReadonlySet<Why> = new Set(['full', 'locked', 'closed', 'lobby_stay', 'old_client', 'damaged', 'bad_frame']);

/** Who was not let in, and may want nothing of it to stay here. */
const OUT: ReadonlySet<Why> = new Set(['auth', 'no_place', 'refused', 'locked', 'full', 'closed', 'link_changed', 'lobby_stay']);

interface EndedProps {
  readonly session: Session;
  readonly why: Why;
  readonly onHome: () => void;
}

export function Ended({ session, why, onHome }: EndedProps): JSX.Element {
  return (
    <>
      <Title>{word(`ended-${why}`)}</Title>
      <p class="lead">{word(`ended-${why}-do`)}</p>
      <p class="row">
        {why === 'elsewhere' && <Btn look="main" onPress={() => session.takeOver()}>{t('take-over')}</Btn>}
        {AGAIN.has(why) && <Btn look="main" onPress={() => location.reload()}>{t('reload')}</Btn>}
        {OUT.has(why) && <Btn look="quiet" onPress={() => session.forget()}>{t('forget')}</Btn>}
        <Btn onPress={onHome}>{t('go-home')}</Btn>
      </p>
      {OUT.has(why) && <p class="hint">{t('forget-about')}</p>}
    </>
  );
}
