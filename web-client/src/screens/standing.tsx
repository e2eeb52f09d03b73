/** What the set has one of, such as its ground rules, in the form of whoever writes it anew. */

import type { ComponentChildren, JSX } from 'preact';
import { useState } from 'preact/hooks';
import { t } from '../i18n';
import type { Session, Text } from '../session';
import { nameOf, useRoom } from './room/room-context';

/** How a text is written where this one stands: one's own is changed, and somebody else's replaced as it was read. */
export function over({ own }: ReturnType<typeof useRoom>, stands: Text | undefined): Parameters<Session['write']>[2] {
  if (stands === undefined) return {};
  const { id: item, rev } = stands;
  return stands.seat === own.seat ? { item } : { replaces: { item, rev } };
}

interface StandsNowProps {
  readonly stands: Text | undefined;
  /** What stands, as the form would hold it, and what the form holds. */
  readonly is: string;
  readonly typed: string;
  /** Where what was typed is kept. */
  readonly place: string;
  /** What stands, to be read. */
  readonly children: ComponentChildren;
}

/** In the form: that something else stands by now, as where somebody wrote it meanwhile. Nobody replaces it unread. */
export function StandsNow({ stands, is, typed, place, children }: StandsNowProps): JSX.Element | null {
  const room = useRoom();
  // Of what was begun on an earlier page it is not known what stood then.
  const [was] = useState(() => (room.session.drafts.all.peek().has(place) ? undefined : is));
  if (stands === undefined || is === was || is === typed) return null;
  return (
    <div class="message" aria-live="polite" data-stands-now>
      <p>{t('stands-now', { name: nameOf(room, stands.seat) })}</p>
      {children}
    </div>
  );
}
