/**
 * Words that are locked in the moment a page goes. Nothing that takes time is finished then, and
 * locking takes time: so a stream of bytes is made under the key while there is time, and laid over
 * the words at once. Each stream is used once.
 */

import { type Bytes, fromB64u, toB64u, utf8 } from '../seal/bytes';

export const AES = 'AES-GCM';
const IV = 12;
/** So many bytes of it are there before anything is typed. */
const LEAST = 16_384;

export interface Stream {
  readonly iv: Bytes;
  readonly bytes: Bytes;
}

/** A stream for at least so many bytes. `iv` is 12 bytes that this key has never had. */
export async function streamFor(key: CryptoKey, iv: Bytes, length: number): Promise<Stream> {
  const zeros = new Uint8Array(Math.max(LEAST, length));
  // Zeros under the key are the stream itself. The tag behind them is not for what is laid over them.
  return { iv, bytes: new Uint8Array(await crypto.subtle.encrypt({ name: AES, iv }, key, zeros)).subarray(0, zeros.length) };
}

const laid = (stream: Bytes, over: Bytes): Bytes => over.map((byte, at) => byte ^ (stream[at] ?? 0));

/** The words, locked, base64url; undefined where the stream is too short for them. */
export function locked({ iv, bytes }: Stream, words: string): string | undefined {
  const plain = utf8(words);
  if (plain.length > bytes.length) return undefined;
  return toB64u(new Uint8Array([...iv, ...laid(bytes, plain)]));
}

/** What `locked` was given. Rejects what it never gave; under another key it is nothing that can be read. */
export async function unlocked(key: CryptoKey, box: string): Promise<string> {
  const all = fromB64u(box) ?? new Uint8Array();
  const { bytes } = await streamFor(key, all.slice(0, IV), all.length - IV);
  return new TextDecoder().decode(laid(bytes, all.slice(IV)));
}
