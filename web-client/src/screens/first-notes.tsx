/** What somebody in the room is asked, or told, before anything else: it needs an answer, or is about their place. */

import type { JSX } from 'preact';
import { Claims } from './claims';
import { OtherLink } from './other-link';
import { OwnLocked } from './own-help';
import { useRoom } from './room/room-context';

export function FirstNotes(): JSX.Element {
  const { session } = useRoom();
  return (
    <>
      {session.claims.value.length > 0 && <Claims />}
      {session.help.value === 'locked' && <OwnLocked />}
      <OtherLink />
    </>
  );
}
