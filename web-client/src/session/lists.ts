/**
 * What facilitators put into grants and wraps: which keys, whose devices, which links; cut to the
 * room that a frame leaves.
 */

import { type Bytes, concat, fromB64u, sameBytes, toB64u, utf8 } from '../seal/bytes';
import { hkdf, hkdfKey } from '../seal/derive';
import { type Device, deviceFromPair, PUBLIC_KEY_BYTES } from '../seal/device';
import { handsKeysOn } from '../seal/epoch';
import { type GrantTerms, makeGrant } from '../seal/grant';
import { type KeyList, type LinkSecret, type RosterEntry, writeKeyList } from '../seal/keylist';
import type { Link, LinkRole } from '../seal/link';
import { BOX_OVERHEAD, BUCKETS } from '../seal/padding';
import { recoverKey } from '../seal/wrap';
import { LIMITS } from '../wire.gen';

/** What a grant has beside its list: sender, `enc` and the cipher's tag. */
export const GRANT_OVERHEAD = 2 * PUBLIC_KEY_BYTES + 16;

/** Makes a grant as it stands on the wire: the sender's public key first. */
export async function grantBlob(
  terms: GrantTerms,
  sender: Device,
  joinerPub: Bytes,
  list: KeyList,
): Promise<string> {
  const grant = fromB64u(await makeGrant(terms, sender, joinerPub, list)) ?? new Uint8Array(0);
  return toB64u(concat(sender.pub, grant));
}

/**
 * The key pair that follows from the host link. A host grants with it: members were told about it
 * from the start, and about a new browser they were not. Its private half can be made by whoever
 * holds the host link, or its `recover` key, which co-facilitators are given.
 */
export async function linkDevice(link: Link): Promise<Device> {
  const { pairFromSeed } = await import('../seal/seed');
  const seed = await hkdf(await hkdfKey(await recoverKey(link)), link.set, utf8('ALS1-sender'), 32);
  return deviceFromPair(await pairFromSeed(seed));
}

/** Whether both entries are about one device. */
export function sameDevice(a: Pick<RosterEntry, 'device'>, b: Pick<RosterEntry, 'device'>): boolean {
  return sameBytes(a.device, b.device);
}

/** Only those who may hand out keys: all that a member must know. */
export function facilitatorsOf(roster: readonly RosterEntry[]): RosterEntry[] {
  return roster.filter((at) => handsKeysOn(at.role));
}

/** Characters that a blob may have, as bytes. */
export function bytesIn(chars: number): number {
  return Math.floor((Math.min(chars, LIMITS.blob_chars) * 3) / 4);
}

/** The longest text that a wrap of so many characters can hold, in bytes. */
export function wrapRoom(chars: number): number {
  const sizes = BUCKETS.filter((bucket) => bucket + BOX_OVERHEAD <= bytesIn(chars));
  return Math.max(0, ...sizes) - 1;
}

/**
 * As much of `list` as fits into `room` bytes, the most needed first: the newest key, the links in
 * force, facilitators, other devices with the older links that they came by, older keys.
 *
 * A device that is left out is not lost: whoever reads the list takes it for one that came by the
 * link in force, and waits for a box of it before granting to it.
 */
export function fitted(list: KeyList, room: number): KeyList {
  const keys = list.keys.toSorted((a, b) => b.epoch - a.epoch);
  const newest = (role: LinkRole): number =>
    Math.max(-1, ...list.links.filter((at) => at.role === role).map((at) => at.link));
  const inForce = list.links.filter((at) => at.link === newest(at.role));
  const facilitators = facilitatorsOf(list.roster);
  const others = list.roster.filter((at) => !facilitators.includes(at));
  let fit: KeyList = { keys: keys.slice(0, 1), roster: [], links: inForce };
  const size = (of: KeyList): number => utf8(writeKeyList(of)).length;
  const add = (more: Partial<KeyList>): void => {
    const larger = {
      keys: [...fit.keys, ...(more.keys ?? [])],
      roster: [...fit.roster, ...(more.roster ?? [])],
      links: [...fit.links, ...(more.links ?? [])],
    };
    if (size(larger) <= room) fit = larger;
  };
  for (const at of [...facilitators, ...others]) {
    const older = list.links.filter((link) => link.role === at.role && link.link === at.link);
    const needed = older.filter((link: LinkSecret) => !fit.links.includes(link));
    add({ roster: [at], links: needed });
  }
  for (const key of keys.slice(1)) add({ keys: [key] });
  return fit;
}
