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

import { type Bytes, fromB64u, pae, type RandomBytes, readU32, toB64u, u32, utf8 } from './bytes';
import { type Binding, lock, unlock } from './box';
import { hkdf, hkdfKey } from './derive';
import { SealFault } from './fault';
import { type KeyList, readKeyList, writeKeyList } from './keylist';
import { type Link, linkKey, type LinkRole } from './link';
import { BOX_OVERHEAD } from './padding';

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

function bindingOf(set: Bytes, role: WrapRole, epoch: number): Binding {
  return { version: VERSION, epoch, label: LABEL, aad: pae(LABEL, set, utf8(role), u32(epoch)) };
}

/** Locks `list`. Throws `SealFault` `too_long` when it is over 8 kB. */
export async function makeWrap(
  recover: Bytes,
  set: Bytes,
  role: WrapRole,
  list: KeyList,
  random?: RandomBytes,
): Promise<string> {
  const newest = [...list.keys.map((key) => key.epoch), ...(list.own ?? []).map(({ gen }) => gen)];
  const to = bindingOf(set, role, Math.max(0, ...newest));
  return toB64u(await lock(await hkdfKey(recover), to, writeKeyList(list), random));
}

/** Opens a wrap. Throws `SealFault`; `commit` means another link, another set or another code. */
export async function openWrap(
  recover: Bytes,
  set: Bytes,
  role: WrapRole,
  wrap: string,
): Promise<KeyList & { readonly epoch: number }> {
  const bytes = fromB64u(wrap);
  if (bytes === undefined || bytes.length < BOX_OVERHEAD) throw new SealFault('length');
  const epoch = readU32(bytes, 1);
  const text = await unlock(await hkdfKey(recover), bindingOf(set, role, epoch), bytes);
  return { ...readKeyList(text), epoch };
}
