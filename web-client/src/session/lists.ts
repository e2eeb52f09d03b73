/** What facilitators put into grants and wraps, cut to the room that a frame leaves. */

import { utf8 } from '../seal/bytes';
import { PUBLIC_KEY_BYTES } from '../seal/device';
import { type KeyList, type LinkSecret, type RawOwnKey, writeKeyList, writeOwnKeys } from '../seal/keylist';
import type { LinkRole } from '../seal/link';
import { cameBy } from '../seal/roster';
import { LIMITS, type Holder } from '../wire.gen';

/** What a grant or wrap has beside its list: sender, `enc` and the cipher's tag. */
export const GRANT_OVERHEAD = 2 * PUBLIC_KEY_BYTES + 16;

/** Characters that a blob may have, as bytes. */
export function bytesIn(chars: number): number {
  return Math.floor((Math.min(chars, LIMITS.blob_chars) * 3) / 4);
}

/**
 * As much of `list` as fits into `room` bytes, the most needed first: the newest key, where the
 * roster stands, the links in force, the older links that somebody on the roster came by, older keys.
 */
export function fitted(list: KeyList, room: number, holders: readonly Holder[]): KeyList {
  const keys = list.keys.toSorted((a, b) => b.epoch - a.epoch);
  const newest = (role: LinkRole): number =>
    Math.max(-1, ...list.links.filter((at) => at.role === role).map((at) => at.link));
  const inForce = list.links.filter((at) => at.link === newest(at.role));
  const needed = (at: LinkSecret): boolean =>
    !inForce.includes(at) && holders.some((holder) => cameBy(holder) === at.role && holder.link === at.link);
  let fit: KeyList = { ...list, keys: keys.slice(0, 1), links: inForce };
  const add = (more: Partial<Pick<KeyList, 'keys' | 'links'>>): void => {
    const larger = {
      ...fit,
      keys: [...fit.keys, ...(more.keys ?? [])],
      links: [...fit.links, ...(more.links ?? [])],
    };
    if (utf8(writeKeyList(larger)).length <= room) fit = larger;
  };
  for (const link of list.links.filter(needed)) add({ links: [link] });
  for (const key of keys.slice(1)) add({ keys: [key] });
  return fit;
}

/** What a wrap of own keys has beside them: its frame, and what follows from a return code. */
const OWN_FRAME = 80;

/**
 * As many of a person's own keys as leave room for so many wraps of them, the newest first. Texts are
 * sealed again under the newest one, and nobody is kept from writing by how many there were before.
 */
export function fittedOwn(own: readonly RawOwnKey[], wraps: number): RawOwnKey[] {
  const room = bytesIn(Math.floor(LIMITS.own_key_chars / wraps)) - GRANT_OVERHEAD - OWN_FRAME;
  const newest = own.toSorted((a, b) => b.gen - a.gen);
  const fits = (count: number): boolean => utf8(JSON.stringify(writeOwnKeys(newest.slice(0, count)))).length <= room;
  let count = newest.length;
  while (count > 1 && !fits(count)) count -= 1;
  return newest.slice(0, count);
}
