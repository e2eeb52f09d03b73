/** A second link of the same set was opened in this browser: what it is, and what to do. */

import type { JSX } from 'preact';
import { useState } from 'preact/hooks';
import { t } from '../i18n';
import { Btn } from './components';
import { useRoom } from './room/room-context';
import { word } from './messages';

export function OtherLink(): JSX.Element | null {
  const { session, own } = useRoom();
  const [read, setRead] = useState(false);
  const role = session.otherLink.value;
  if (role === undefined || read) return null;
  // The host may have made them co-facilitator since.
  if (role === 'c' && own.keys) return null;
  return (
    <p class="message" data-other-link={role}>
      <span>{t('other-link', { role: word(`role-${own.role}`) })} {word(`other-link-${role}`)}</span>
      <Btn look="quiet" onPress={() => setRead(true)}>{t('dismiss')}</Btn>
    </p>
  );
}
