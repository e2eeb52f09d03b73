/**
 * A person's own key, under which texts are sealed that only they may see.
 *
 * It is random. Its generations are wrapped, all together, for each of the person's devices, for
 * those of co-facilitators and for the host link's holder, so that whoever lets the person in again
 * can hand it on.
 */

import { type Bytes, fromUtf8, pae, toB64u, utf8 } from './bytes';
import type { Device } from './device';
import { SealFault } from './fault';
import { type RawOwnKey, readBytes, readOwnKeys, writeOwnKeys } from './keylist';
import { openLetter, recoveryPsk, type Terms, writeLetter } from './letter';

/** Whose own key it is. */
export interface OwnKeyOf {
  readonly set: Bytes;
  /** The seat, 16 bytes. */
  readonly seat: Bytes;
}

async function termsOf({ set, seat }: OwnKeyOf): Promise<Terms> {
  return {
    ...(await recoveryPsk(set)),
    info: (sender, recipient) => pae(utf8('ALS1-own'), set, seat, sender, recipient),
  };
}

/** What a wrap holds. */
export interface OwnList {
  /** Every generation. */
  readonly own: readonly RawOwnKey[];
  /**
   * What follows from the person's return code, 32 bytes, when they want no help: only for browsers
   * of their own, so that each of them knows it, and can wrap a new key under the code.
   */
  readonly code?: Bytes | undefined;
}

/** Wraps the key for the holder of `to`. */
export async function wrapOwnKeys(of: OwnKeyOf, sender: Device, to: Bytes, { own, code }: OwnList): Promise<string> {
  const plain = utf8(JSON.stringify({ v: 1, own: writeOwnKeys(own), ...(code && { code: toB64u(code) }) }));
  return writeLetter(await termsOf(of), sender, to, plain);
}

/** Opens what `wrapOwnKeys` made. Who sent it is for the caller to judge. Throws `SealFault`. */
export async function openOwnKeys(of: OwnKeyOf, recipient: Device, box: string): Promise<OwnList> {
  const plain = await openLetter(await termsOf(of), recipient, box);
  let value: unknown;
  try {
    value = JSON.parse(fromUtf8(plain));
  } catch {
    throw new SealFault('grant_form');
  }
  const { v, own, code } = (value ?? {}) as { v?: unknown; own?: unknown; code?: unknown };
  if (v !== 1 || own === undefined) throw new SealFault('grant_form');
  return { own: readOwnKeys(own), ...(code !== undefined && { code: readBytes(code, 32) }) };
}
