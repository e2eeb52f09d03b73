/**
 * The box: how every typed text is locked (ALS1).
 *
 * ```text
 * ctx = PAE("ALS1-seal", set, session, u32 epoch, member, device, kind, item, u32 rev, u64 n, prev)
 * okm = HKDF(K_epoch, salt, "ALS1-seal" ‖ SHA-256(ctx), 76)  →  key 32, iv 12, commit 32
 * box = 0x01 ‖ u32 epoch ‖ salt 32 ‖ commit 32 ‖ AES-256-GCM(key, iv, aad = ctx, padded text)
 * ```
 *
 * A fresh 256-bit salt makes key and iv one-time, so a reload, a second tab or
 * a lost counter cannot repeat a nonce. The commitment is compared before
 * anything is decrypted: a box opens under one key and one context only.
 *
 * A text that only its author may read is sealed under a key of the author's own. Such a box begins
 * with 0x02, the key's generation stands in the place of the epoch, and the label is
 * `ALS1-own-seal`: neither kind of box ever opens as the other.
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
  u64,
  utf8,
} from './bytes';
import { gcmOpen, gcmSeal, hkdf, sha256 } from './derive';
import { SealFault } from './fault';
import { BOX_OVERHEAD, isBoxLength, pad, unpad } from './padding';

/**
 * A locked box in base64url. Only `seal()` makes one, so the compiler refuses
 * plain text wherever the wire asks for sealed text.
 */
export type Sealed = string & { readonly __brand: 'Sealed' };

/** Everything a box is bound to. Change any part and it will not open. */
export interface SealContext {
  /** 16 bytes. */
  readonly set: Bytes;
  /** Whether it is sealed under a key of the author's own; `epoch` is that key's generation then. */
  readonly own?: boolean;
  /** The meeting, 16 bytes. */
  readonly session: Bytes;
  readonly epoch: number;
  /** The author's seat, 16 bytes. */
  readonly member: Bytes;
  /** The author's device, 16 bytes. */
  readonly device: Bytes;
  /** Which field it is, such as `question` or `name`. */
  readonly kind: string;
  /** The thing it belongs to, 16 bytes. */
  readonly item: Bytes;
  /** Rises with every new text of the same item. */
  readonly rev: number;
  /** Counts this device's boxes in the session, from 0. */
  readonly n: number;
  /** SHA-256 of this device's previous box; 32 zero bytes for the first. */
  readonly prev: Bytes;
}

const SET_BOX = 1;
const OWN_BOX = 2;
const HEADER_BYTES = 5;
const SALT_END = HEADER_BYTES + 32;
const COMMIT_END = SALT_END + 32;
const SET_LABEL = utf8('ALS1-seal');
const OWN_LABEL = utf8('ALS1-own-seal');

const labelOf = ({ own }: SealContext): Bytes => (own === true ? OWN_LABEL : SET_LABEL);
const versionOf = ({ own }: SealContext): number => (own === true ? OWN_BOX : SET_BOX);

/** The context in bytes: the additional data of the cipher. */
export function contextBytes(ctx: SealContext): Bytes {
  return pae(
    labelOf(ctx),
    ctx.set,
    ctx.session,
    u32(ctx.epoch),
    ctx.member,
    ctx.device,
    utf8(ctx.kind),
    ctx.item,
    u32(ctx.rev),
    u64(ctx.n),
    ctx.prev,
  );
}

/** What both kinds of box, and a wrap, have in common: how they begin, and what they are bound to. */
export interface Binding {
  readonly version: number;
  readonly epoch: number;
  readonly label: Bytes;
  /** The context in bytes. */
  readonly aad: Bytes;
}

/** The one-time key, iv and commitment for one salt and one context. */
async function boxKeys(
  key: CryptoKey,
  salt: Bytes,
  { label, aad }: Binding,
): Promise<{ key: Bytes; iv: Bytes; commit: Bytes }> {
  const okm = await hkdf(key, salt, concat(label, await sha256(aad)), 76);
  return { key: okm.slice(0, 32), iv: okm.slice(32, 44), commit: okm.slice(44, 76) };
}

/** Locks `text`. `key` is an HKDF key. Throws `SealFault` `too_long`. */
export async function lock(key: CryptoKey, to: Binding, text: string, random: RandomBytes = systemRandom): Promise<Bytes> {
  const padded = pad(utf8(text));
  const salt = random(32);
  const once = await boxKeys(key, salt, to);
  const locked = await gcmSeal(once.key, once.iv, to.aad, padded);
  return concat(new Uint8Array([to.version]), u32(to.epoch), salt, once.commit, locked);
}

/** Undoes `lock`. Throws `SealFault`. */
export async function unlock(key: CryptoKey, to: Binding, box: Bytes): Promise<string> {
  if (box.length < BOX_OVERHEAD) throw new SealFault('length');
  if (box[0] !== to.version) throw new SealFault('version');
  if (!isBoxLength(box.length)) throw new SealFault('length');
  if (readU32(box, 1) !== to.epoch) throw new SealFault('epoch');
  const once = await boxKeys(key, box.slice(HEADER_BYTES, SALT_END), to);
  if (!sameBytes(once.commit, box.subarray(SALT_END, COMMIT_END))) throw new SealFault('commit');
  let padded: Bytes;
  try {
    padded = await gcmOpen(once.key, once.iv, to.aad, box.slice(COMMIT_END));
  } catch {
    throw new SealFault('decrypt');
  }
  try {
    return fromUtf8(unpad(padded));
  } catch {
    throw new SealFault('padding');
  }
}

const bindingOf = (ctx: SealContext): Binding => ({
  version: versionOf(ctx),
  epoch: ctx.epoch,
  label: labelOf(ctx),
  aad: contextBytes(ctx),
});

/** Locks `text` in a box. `key` is an HKDF key. Throws `SealFault` `too_long`. */
export async function sealBytes(key: CryptoKey, ctx: SealContext, text: string, random?: RandomBytes): Promise<Bytes> {
  return lock(key, bindingOf(ctx), text, random);
}

/** Unlocks a box. Throws `SealFault`. */
export async function openBytes(key: CryptoKey, ctx: SealContext, box: Bytes): Promise<string> {
  return unlock(key, bindingOf(ctx), box);
}

/** Locks `text` for the wire. Throws `SealFault` `too_long`. */
export async function seal(
  key: CryptoKey,
  ctx: SealContext,
  text: string,
  random?: RandomBytes,
): Promise<Sealed> {
  return toB64u(await sealBytes(key, ctx, text, random)) as Sealed;
}

/** Unlocks what came over the wire. Throws `SealFault`. */
export async function open(key: CryptoKey, ctx: SealContext, sealed: Sealed): Promise<string> {
  const box = fromB64u(sealed);
  if (box === undefined) throw new SealFault('length');
  return openBytes(key, ctx, box);
}

/** Which key a box says it is under. */
export interface Under {
  /** Whether it is its author's own key, and not the set's. */
  readonly own: boolean;
  /** The set's epoch, or the generation of the own key. */
  readonly epoch: number;
}

/** Which key a box says it is under, to choose it by. Throws `SealFault`. */
export function sealedUnder(sealed: Sealed): Under {
  const box = fromB64u(sealed);
  if (box === undefined || box.length < BOX_OVERHEAD) throw new SealFault('length');
  if (box[0] !== SET_BOX && box[0] !== OWN_BOX) throw new SealFault('version');
  return { own: box[0] === OWN_BOX, epoch: readU32(box, 1) };
}

/** SHA-256 of a box: what the author's next box names as `prev`. */
export async function sealedHash(sealed: Sealed): Promise<Bytes> {
  const box = fromB64u(sealed);
  if (box === undefined) throw new SealFault('length');
  return sha256(box);
}
