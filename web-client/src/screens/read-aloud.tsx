/** One's own text of the part before, where it is read aloud: it opens for the others with one's turn. */

import type { JSX } from 'preact';
import { t } from '../i18n';
import { textsOf, useRoom, wordsOf } from './room/room-context';

export function ReadAloud(): JSX.Element | null {
  const room = useRoom();
  const { now } = room.shared;
  if (now?.floor !== 'round') return null;
  const kinds = ['question', 'sentence'] as const;
  const texts = kinds.flatMap((kind) => textsOf(room, kind, room.own.seat)).filter((text) => text.part + 1 === now.part);
  if (texts.length === 0) return null;
  return (
    <section class="card" aria-labelledby="aloud-title">
      <h2 id="aloud-title">{t('read-aloud')}</h2>
      {texts.map((text) => <p key={text.id} class="headline" dir="auto">{wordsOf(text)}</p>)}
      <p class="hint">{t('read-aloud-hint')}</p>
    </section>
  );
}
