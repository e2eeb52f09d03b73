/**
 * The recovery wrap: the key list, sealed to the host link's holder, for a host who comes back with
 * nothing but the link, and to every browser on the roster with each new key. Its sender must be on the
 * roster, or it is not believed. Whoever knows no roster yet, as they were away since they were let in, goes
 * by `by`, which only those can make who hold the link that they came by:
 *
 * ```text
 * by = HMAC-SHA256(K_link(role, "admit"), PAE("ALS1-by", set, u32 epoch, pub_sender, pub_holder))
 * ```
 */

import { type Bytes, pae, u32, utf8 } from './bytes';
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

/** Between whom, and for which key, a link is shown to be held. */
export interface Held {
  readonly set: Bytes;
  readonly epoch: number;
  /** The `admit` key of the link. */
  readonly admit: Bytes;
  /** Public keys. */
  readonly sender: Bytes;
  readonly holder: Bytes;
}

async function proof({ set, epoch, admit, sender, holder }: Held): Promise<[CryptoKey, Bytes]> {
  const params = { name: 'HMAC', hash: 'SHA-256' };
  const key = await crypto.subtle.importKey('raw', admit, params, false, ['sign', 'verify']);
  return [key, pae(utf8('ALS1-by'), set, u32(epoch), sender, holder)];
}

/** Shows that the sender holds the link. */
export async function proveLink(held: Held): Promise<Bytes> {
  const [key, bytes] = await proof(held);
  return new Uint8Array(await crypto.subtle.sign('HMAC', key, bytes));
}

/** Whether it was shown. */
export async function isProven(held: Held, by: Bytes): Promise<boolean> {
  const [key, bytes] = await proof(held);
  return crypto.subtle.verify('HMAC', key, by, bytes);
}
