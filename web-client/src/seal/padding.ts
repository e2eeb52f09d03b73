/** Padding: a box shows the server a size class, not how long the text is. */

import type { Bytes } from './bytes';
import { SealFault } from './fault';

/** Bytes that a box holds beside its padded text: version, epoch, salt, commitment, tag. */
export const BOX_OVERHEAD = 85;

/** The sizes that text in a box is padded to, in bytes. */
export const BUCKETS: readonly number[] = [256, 512, 1024, 2048, 4096, 8192];

const END_MARK = 0x80;

/** `text ‖ 0x80 ‖ 0x00…` up to the next of `sizes`. Throws `SealFault` `too_long`. */
export function pad(text: Bytes, sizes: readonly number[] = BUCKETS): Bytes {
  const size = sizes.find((bucket) => text.length + 1 <= bucket);
  if (size === undefined) throw new SealFault('too_long');
  const out = new Uint8Array(size);
  out.set(text);
  out[text.length] = END_MARK;
  return out;
}

/** Undoes `pad`. Throws `SealFault` `padding`. */
export function unpad(padded: Bytes): Bytes {
  let end = padded.length - 1;
  while (end >= 0 && padded[end] === 0) end -= 1;
  if (end < 0 || padded[end] !== END_MARK) throw new SealFault('padding');
  return padded.slice(0, end);
}

/** Whether a box may have this length. The server asks the same. */
export function isBoxLength(length: number, sizes: readonly number[] = BUCKETS): boolean {
  return sizes.includes(length - BOX_OVERHEAD);
}
