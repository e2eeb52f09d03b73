/**
 * Epochs: the set's key changes whenever somebody leaves or a link is rotated,
 * so that whoever left can open nothing that comes after.
 */

import { type Bytes, concat, type RandomBytes, systemRandom, u32, utf8 } from './bytes';
import { hkdf, hkdfKey } from './derive';
import type { KeyList, RawEpochKey } from './keylist';
import type { LinkRole } from './link';

/** One epoch's key as this browser holds it. */
export interface EpochKey {
  readonly epoch: number;
  /** For sealing and opening; the browser will not give its bytes back. */
  readonly key: CryptoKey;
  /** The bytes, kept by facilitators alone: they must hand them on. */
  readonly raw?: Bytes;
}

/** Whether this role hands keys on, and so keeps their bytes and may sign edits of the roster. */
export function handsKeysOn(role: LinkRole): boolean {
  return role === 'h' || role === 'c';
}

/** Takes one key in, with its bytes only where the role needs them. */
export async function takeKey(role: LinkRole, { epoch, raw }: RawEpochKey): Promise<EpochKey> {
  const key = await hkdfKey(raw);
  return { epoch, key, ...(handsKeysOn(role) && { raw }) };
}

/** Takes all keys of a grant or wrap in, oldest first. */
export async function takeKeys(role: LinkRole, list: KeyList): Promise<EpochKey[]> {
  const keys = await Promise.all(list.keys.map((raw) => takeKey(role, raw)));
  return keys.toSorted((a, b) => a.epoch - b.epoch);
}

/** A fresh key for `epoch`, made by a facilitator. */
export async function newEpochKey(
  epoch: number,
  random: RandomBytes = systemRandom,
): Promise<EpochKey & { readonly raw: Bytes }> {
  const raw = random(32);
  return { epoch, key: await hkdfKey(raw), raw };
}

/** The bytes of those keys that have them: what a facilitator puts into a grant or wrap. */
export function rawKeys(keys: Iterable<EpochKey>): RawEpochKey[] {
  return [...keys].flatMap(({ epoch, raw }) => (raw === undefined ? [] : [{ epoch, raw }]));
}

/** What everybody can be told of an epoch's key: whoever holds the key can tell that it is the one. */
export function commitment(key: CryptoKey, set: Bytes, epoch: number): Promise<Bytes> {
  return hkdf(key, set, concat(utf8('ALS1-commit'), u32(epoch)), 32);
}
