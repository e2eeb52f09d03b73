/**
 * The recovery wrap: the key list, sealed to the host link's holder, for a host who comes back with
 * nothing but the link. Its sender must be on the roster, or it is not believed.
 */

import { type Bytes, fromUtf8, utf8 } from './bytes';
import type { Device } from './device';
import { SealFault } from './fault';
import { grantInfo } from './grant';
import { type KeyList, readKeyList, writeKeyList } from './keylist';
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
  const plain = await openLetter(await termsOf(set, epoch), holder, wrap);
  let text: string;
  try {
    text = fromUtf8(plain);
  } catch {
    throw new SealFault('grant_form');
  }
  const list = readKeyList(text);
  if (!list.keys.some((key) => key.epoch === epoch)) throw new SealFault('grant_form');
  return list;
}
