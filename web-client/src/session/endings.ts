/** Why it is over, in the words that screens have sentences for. */

import type { Code } from '../wire.gen';
import type { CloseReason } from './socket';
import type { Ended } from './types';

const AT_THE_DOOR: Partial<Record<Code, Ended>> = {
  locked: 'locked',
  people: 'full',
  devices: 'full',
  lobby: 'full',
  stage: 'closed',
  lobby_stay: 'lobby_stay',
  link_changed: 'link_changed',
  knock_refused: 'refused',
};

const CLOSED: Partial<Record<CloseReason, Ended>> = {
  auth: 'auth',
  set_closed: 'erased',
  damaged: 'damaged',
  old_client: 'old_client',
  replaced: 'elsewhere',
  bad_frame: 'bad_frame',
  too_large: 'bad_frame',
};

/** How a close is told. `code` is the refusal before it, `seated` whether there was a seat. */
export function endedBy(reason: CloseReason, code: Code | undefined, seated: boolean): Ended {
  if (reason === 'not_allowed') {
    return seated ? 'removed' : ((code && AT_THE_DOOR[code]) ?? 'refused');
  }
  if (seated && reason === 'auth') return 'no_place';
  return (code && AT_THE_DOOR[code]) ?? CLOSED[reason] ?? 'bad_frame';
}
