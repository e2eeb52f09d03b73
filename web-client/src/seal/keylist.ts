/**
 * What a grant and a recovery wrap carry: the keys of the set's epochs, and where the signed roster
 * stands.
 *
 * ```json
 * {"v":1,"keys":[[epoch,"K"]],"head":[n,"hash"],"links":[["role",link,"secret"]],"own":[[gen,"key"]],"by":"proof"}
 * ```
 *
 * Ids, keys and secrets are base64url. `link` is the number of that role's
 * link; a device's first grant uses the admit key of the link
 * it came in by, and in later ones `by` shows with it that their sender holds that link. `links` goes to
 * facilitators only: they need the join secrets to check knocks and to show the links. `own` is the
 * receiver's own key, for somebody who is back on another browser. Empty lists are left out. Lists of
 * the first form carry a `roster`, which is read and no longer written.
 */

import { type Bytes, fromB64u, fromUtf8, toB64u } from './bytes';
import { SealFault } from './fault';
import { isRole, type LinkRole } from './link';

/** One admitted device. */
export interface RosterEntry {
  /** 16 bytes. */
  readonly device: Bytes;
  /** The seat, 16 bytes. */
  readonly member: Bytes;
  readonly role: LinkRole;
  /** The number of the link that this device came in by; 0 is the first. */
  readonly link: number;
}

/** One link secret that facilitators share. */
export interface LinkSecret {
  readonly role: LinkRole;
  /** Its number, below the epoch: the first is 0, and of a role the highest is the one in force. */
  readonly link: number;
  /** 32 bytes. */
  readonly secret: Bytes;
}

/** One epoch's key in bytes. */
export interface RawEpochKey {
  readonly epoch: number;
  /** 32 bytes. */
  readonly raw: Bytes;
}

/** One generation of a person's own key, in bytes. */
export interface RawOwnKey {
  readonly gen: number;
  /** 32 bytes. */
  readonly raw: Bytes;
}

/** Where the roster stands. */
export interface RosterHead {
  readonly n: number;
  /** 32 bytes. */
  readonly hash: Bytes;
}

export interface KeyList {
  readonly keys: readonly RawEpochKey[];
  readonly head?: RosterHead | undefined;
  readonly own?: readonly RawOwnKey[] | undefined;
  /** Shows whoever knows no roster yet that the sender holds the link that they came by; 32 bytes. */
  readonly by?: Bytes | undefined;
  /** Of lists of the first form. */
  readonly roster?: readonly RosterEntry[] | undefined;
  /** Empty for anybody who is not a facilitator. */
  readonly links: readonly LinkSecret[];
}

/** Generations of an own key as they stand in JSON. */
export function writeOwnKeys(keys: readonly RawOwnKey[]): unknown[] {
  return keys.map(({ gen, raw }) => [gen, toB64u(raw)]);
}

/** The JSON text of `list`. */
export function writeKeyList(list: KeyList): string {
  return JSON.stringify({
    v: 1,
    keys: list.keys.map(({ epoch, raw }) => [epoch, toB64u(raw)]),
    ...(list.head && { head: [list.head.n, toB64u(list.head.hash)] }),
    ...(list.links.length > 0 && {
      links: list.links.map((at) => [at.role, at.link, toB64u(at.secret)]),
    }),
    ...(list.own && { own: writeOwnKeys(list.own) }),
    ...(list.by && { by: toB64u(list.by) }),
  });
}

function wrong(): never {
  throw new SealFault('grant_form');
}

function rows(value: unknown): readonly (readonly unknown[])[] {
  if (value === undefined) return [];
  if (!Array.isArray(value) || !value.every((row) => Array.isArray(row))) return wrong();
  return value as unknown[][];
}

/** Bytes of this length, in base64url. Throws `SealFault` `grant_form`. */
export function readBytes(value: unknown, length: number): Bytes {
  const out = typeof value === 'string' ? fromB64u(value) : undefined;
  return out?.length === length ? out : wrong();
}

function count(value: unknown): number {
  const fits = typeof value === 'number' && Number.isInteger(value);
  return fits && value >= 0 && value <= 0xffff_ffff ? value : wrong();
}

function role(value: unknown): LinkRole {
  return isRole(value) ? value : wrong();
}

/** Reads what `writeOwnKeys` wrote. Throws `SealFault` `grant_form`. */
export function readOwnKeys(value: unknown): RawOwnKey[] {
  return rows(value).map((row) => ({ gen: count(row[0]), raw: readBytes(row[1], 32) }));
}

/** Reads what `writeKeyList` wrote. Throws `SealFault` `grant_form`. */
export function readKeyList(text: string): KeyList {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return wrong();
  }
  if (typeof value !== 'object' || value === null) return wrong();
  const { v, keys, head, own, by, roster, links } = value as Record<string, unknown>;
  if (v !== 1 || keys === undefined) return wrong();
  const [at] = head === undefined ? [] : rows([head]);
  return {
    ...(at && { head: { n: count(at[0]), hash: readBytes(at[1], 32) } }),
    ...(own !== undefined && { own: readOwnKeys(own) }),
    ...(by !== undefined && { by: readBytes(by, 32) }),
    keys: rows(keys).map((row) => ({ epoch: count(row[0]), raw: readBytes(row[1], 32) })),
    ...(roster !== undefined && {
      roster: rows(roster).map((row) => ({
        device: readBytes(row[0], 16),
        member: readBytes(row[1], 16),
        role: role(row[2]),
        link: count(row[3] ?? 0),
      })),
    }),
    links: rows(links).map((row) => ({
      role: role(row[0]),
      link: count(row[1]),
      secret: readBytes(row[2], 32),
    })),
  };
}

/** The key list in what was opened of a grant or wrap, which must have the key of `epoch`. Throws `SealFault` `grant_form`. */
export function keyListIn(plain: Bytes, epoch: number): KeyList {
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
