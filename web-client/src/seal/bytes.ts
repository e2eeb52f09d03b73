/**
 * Bytes as ALS1 writes them: hex, base64url without padding, big-endian
 * integers, and PAE, the length-prefixed join that makes every list of fields
 * unambiguous.
 */

/** Bytes over a plain `ArrayBuffer`, which is what WebCrypto takes. */
export type Bytes = Uint8Array<ArrayBuffer>;

/** Gives `length` fresh random bytes. Replaced by a fixed source in tests. */
export type RandomBytes = (length: number) => Bytes;

/** The browser's own cryptographic random source. */
export const systemRandom: RandomBytes = (length) => crypto.getRandomValues(new Uint8Array(length));

const encoder = new TextEncoder();

/** UTF-8 bytes of `text`. */
export function utf8(text: string): Bytes {
  return encoder.encode(text) as Bytes;
}

/** The text of UTF-8 `bytes`. Throws a `TypeError` when they are not UTF-8. */
export function fromUtf8(bytes: Uint8Array): string {
  return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
}

/** `parts` one after the other. */
export function concat(...parts: readonly Uint8Array[]): Bytes {
  const out = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    out.set(part, at);
    at += part.length;
  }
  return out;
}

/** Four bytes, big-endian. `value` must be a whole number from 0 to 2^32-1. */
export function u32(value: number): Bytes {
  if (!Number.isInteger(value) || value < 0 || value > 0xffff_ffff) {
    throw new RangeError('not a 32-bit number');
  }
  const out = new Uint8Array(4);
  new DataView(out.buffer).setUint32(0, value);
  return out;
}

/** Eight bytes, big-endian. `value` must be a whole number that JavaScript holds exactly. */
export function u64(value: number): Bytes {
  if (!Number.isSafeInteger(value) || value < 0) throw new RangeError('not a safe 64-bit number');
  const out = new Uint8Array(8);
  new DataView(out.buffer).setBigUint64(0, BigInt(value));
  return out;
}

/** Reads the big-endian 32-bit number at `at`. */
export function readU32(bytes: Uint8Array, at: number): number {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength).getUint32(at);
}

/** `u32(count)`, then each part as `u32(length)` and its bytes. */
export function pae(...parts: readonly Uint8Array[]): Bytes {
  return concat(u32(parts.length), ...parts.flatMap((part) => [u32(part.length), part]));
}

/** Base64url without padding. */
export function toB64u(bytes: Uint8Array): string {
  let binary = '';
  for (const byte of bytes) binary += String.fromCharCode(byte);
  return btoa(binary).replaceAll('+', '-').replaceAll('/', '_').replace(/=+$/, '');
}

/**
 * Bytes of base64url text without padding, or `undefined` when `text` is not
 * exactly that. Only the one canonical spelling of a value is taken, so that
 * two different strings never mean the same id.
 */
export function fromB64u(text: string): Bytes | undefined {
  if (!/^[A-Za-z0-9_-]*$/.test(text) || text.length % 4 === 1) return undefined;
  const binary = atob(text.replaceAll('-', '+').replaceAll('_', '/'));
  const out = Uint8Array.from(binary, (char) => char.charCodeAt(0));
  return toB64u(out) === text ? out : undefined;
}

/** Lower-case hex. */
export function toHex(bytes: Uint8Array): string {
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');
}

/** Bytes of hex text. Throws a `TypeError` when `text` is not hex. */
export function fromHex(text: string): Bytes {
  if (!/^([0-9a-fA-F]{2})*$/.test(text)) throw new TypeError('not hex');
  return Uint8Array.from(text.match(/../g) ?? [], (pair) => Number.parseInt(pair, 16));
}

/** Whether both are equal. Takes the same time wherever they differ. */
export function sameBytes(a: Uint8Array, b: Uint8Array): boolean {
  if (a.length !== b.length) return false;
  let difference = 0;
  for (let i = 0; i < a.length; i += 1) difference |= (a[i] ?? 0) ^ (b[i] ?? 0);
  return difference === 0;
}

/** Orders byte strings as dictionaries order words. */
export function compareBytes(a: Uint8Array, b: Uint8Array): number {
  const shared = Math.min(a.length, b.length);
  for (let i = 0; i < shared; i += 1) {
    const step = (a[i] ?? 0) - (b[i] ?? 0);
    if (step !== 0) return step;
  }
  return a.length - b.length;
}
