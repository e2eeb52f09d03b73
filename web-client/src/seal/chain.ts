/** The hash chain of one device: each of its boxes bears a number and names the one before. */

import type { Bytes } from './bytes';
import { type Sealed, sealedHash } from './box';

/** Where one device's chain stands. */
export interface ChainHead {
  /** The newest box's number. */
  readonly n: number;
  /** SHA-256 of the newest box. */
  readonly hash: Bytes;
}

/** A box's place in its device's chain. */
export interface ChainPlace {
  readonly n: number;
  readonly prev: Bytes;
}

/** The place of the next box after `head`; `undefined` before the first. */
export function nextPlace(head: ChainHead | undefined): ChainPlace {
  return head === undefined
    ? { n: 0, prev: new Uint8Array(32) }
    : { n: head.n + 1, prev: head.hash };
}

/** Boxes under their author's own key have numbers from here up. */
const OWN_NUMBERS = 2 ** 52;

/**
 * The place of a box under its author's own key: outside the chain, where a gap between the boxes that
 * others see would tell them how many there are that they do not see.
 */
export function placeOutside(random: (length: number) => Bytes): ChainPlace {
  const number = random(6).reduce((sum, byte) => sum * 256 + byte, 0);
  return { n: OWN_NUMBERS + number, prev: new Uint8Array(32) };
}

/** The head once `sealed`, box number `n`, stands in the chain. */
export async function headAt(n: number, sealed: Sealed): Promise<ChainHead> {
  return { n, hash: await sealedHash(sealed) };
}
