/**
 * The recovery wrap: the key list, sealed to the host link's holder, for a host who comes back with
 * nothing but the link. Its sender must be on the roster, or it is not believed.
 */

import { type Bytes, utf8 } from './bytes';
import type { Device } from './device';
import { grantInfo } from './grant';
import { type KeyList, keyListIn, writeKeyList } from './keylist';
import { openLetter, recoveryPsk, type Terms, writeLetter } from './letter';

async function termsOf(set: Bytes, epoch: number): Promise<Terms> {
  return {
    ...(await recoveryPsk(set)),
    info: (sender, holder) => grantInfo(set, epoch, sender, holder),
  };
}

/** Seals `list`, whose newest key is that of `epoch`, to the holder. */
export async function sealRecovery(
  set: Bytes,
  epoch: number,
  sender: Device,
  holder: Bytes,
  list: KeyList,
): Promise<string> {
  return writeLetter(await termsOf(set, epoch), sender, holder, utf8(writeKeyList(list)));
}

/** Opens what `sealRecovery` made for `epoch`. Throws `SealFault`. */
export async function openRecovery(
  set: Bytes,
  epoch: number,
  holder: Device,
  wrap: string,
): Promise<KeyList> {
  return keyListIn(await openLetter(await termsOf(set, epoch), holder, wrap), epoch);
}
