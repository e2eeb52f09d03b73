/**
 * The recovery wrap: a key list locked so that the server can keep it for a
 * facilitator who comes back on a new device with nothing but the link.
 *
 * The same shape as a box, with its own label and context:
 *
 * ```text
 * ctx  = PAE("ALS1-wrap", set, role, u32 epoch)
 * okm  = HKDF(K_recover, salt32 random, "ALS1-wrap" ‖ SHA-256(ctx), 76)  →  key, iv, commit
 * wrap = 0x01 ‖ u32 epoch ‖ salt32 ‖ commit32 ‖ AES-256-GCM(key, iv, aad = ctx, pad(JSON))
 * ```
 *
 * `K_recover` is `K_link(role, "recover")`, or comes from a person's own return code. `epoch` is the newest one in
 * the list: whoever opens a wrap compares it with the room's epoch, so an old
 * wrap cannot pass for the newest.
 */

import {
  type Bytes,
  concat,
  fromB64u,
  fromUtf8,
  pae,
  type RandomBytes,
  readU32,
  sameBytes,
  systemRandom,
  toB64u,
  u32,
  utf8,
} from './bytes';
import { boxKeys } from './box';
import { gcmOpen, gcmSeal, hkdf, hkdfKey } from './derive';
import { SealFault } from './fault';
import { type KeyList, readKeyList, writeKeyList } from './keylist';
import { type Link, linkKey, type LinkRole } from './link';
import { BOX_OVERHEAD, isBoxLength, pad, unpad } from './padding';

/** A wrap on the wire, base64url. */
export type SealedWrap = string & { readonly __brand: 'Sealed' };

const LABEL = utf8('ALS1-wrap');
const VERSION = 1;
/** The 32-byte key that locks a facilitator's wrap. */
export function recoverKey(link: Link): Promise<Bytes> {
  return linkKey(link, 'recover');
}

/** The 32-byte key from a person's own return code (`code.ts`). */
export async function returnKey(set: Bytes, code: Bytes): Promise<Bytes> {
  return hkdf(await hkdfKey(code), set, utf8('recover'), 32);
}

/** Whose wrap it is; `p`, a person's own, holds own keys, and their newest generation is its epoch. */
export type WrapRole = LinkRole | 'p';

function context(set: Bytes, role: WrapRole, epoch: number): Bytes {
  return pae(LABEL, set, utf8(role), u32(epoch));
}

/** Locks `list`. Throws `SealFault` `too_long` when it is over 8 kB. */
export async function makeWrap(
  recover: Bytes,
  set: Bytes,
  role: WrapRole,
  list: KeyList,
  random: RandomBytes = systemRandom,
): Promise<SealedWrap> {
  const newest = [...list.keys.map((key) => key.epoch), ...(list.own ?? []).map(({ gen }) => gen)];
  const epoch = Math.max(0, ...newest);
  const padded = pad(utf8(writeKeyList(list)));
  const aad = context(set, role, epoch);
  const salt = random(32);
  const once = await boxKeys(await hkdfKey(recover), salt, LABEL, aad);
  const locked = await gcmSeal(once.key, once.iv, aad, padded);
  const head = concat(new Uint8Array([VERSION]), u32(epoch));
  return toB64u(concat(head, salt, once.commit, locked)) as SealedWrap;
}

/**
 * Opens a wrap. Throws `SealFault`; `commit` means another link, another set or another code.
 */
export async function openWrap(
  recover: Bytes,
  set: Bytes,
  role: WrapRole,
  wrap: string,
): Promise<KeyList & { readonly epoch: number }> {
  const bytes = fromB64u(wrap);
  if (bytes === undefined || bytes.length < BOX_OVERHEAD) throw new SealFault('length');
  if (bytes[0] !== VERSION) throw new SealFault('version');
  if (!isBoxLength(bytes.length)) throw new SealFault('length');
  const epoch = readU32(bytes, 1);
  const aad = context(set, role, epoch);
  const once = await boxKeys(await hkdfKey(recover), bytes.slice(5, 37), LABEL, aad);
  if (!sameBytes(once.commit, bytes.subarray(37, 69))) throw new SealFault('commit');
  let padded: Bytes;
  try {
    padded = await gcmOpen(once.key, once.iv, aad, bytes.slice(69));
  } catch {
    throw new SealFault('decrypt');
  }
  let text: string;
  try {
    text = fromUtf8(unpad(padded));
  } catch {
    throw new SealFault('padding');
  }
  return { ...readKeyList(text), epoch };
}
