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
  const role = session.opened;
  if (role === undefined || role === session.role || read) return null;
  // The host may have given them that role since.
  const has = role === 'c' ? own.role === 'co_facilitator' : role === 'm' && own.role === 'member';
  if (has) return null;
  return (
    <p class="message" data-other-link={role}>
      {/* A host who looks at what they share wants no other role. */}
      <span>{t('other-link', { role: word(`role-${own.role}`) })} {own.role !== 'host' && word(`other-link-${role}`)}</span>
      <Btn look="quiet" onPress={() => setRead(true)}>{t('dismiss')}</Btn>
    </p>
  );
}
