/**
 * The return code of somebody who wants no help with their own key: 16 random bytes, in a form that
 * can be read aloud, written on paper and typed.
 *
 * ```text
 * code = 28 signs, seven groups of four: 128 random bits ‖ the first 12 bits of SHA-256(PAE("ALS1-code", bytes))
 * ```
 *
 * The signs are Crockford's 32: no I, L, O or U. Whoever types an I or L means 1, and an O means 0.
 */

import { type Bytes, pae, type RandomBytes, systemRandom, utf8 } from './bytes';
import { sha256 } from './derive';

const SIGNS = '0123456789ABCDEFGHJKMNPQRSTVWXYZ';
const BYTES = 16;
const LENGTH = 28;
/** Bits of a sign. */
const BITS = 5;

/** The bytes and their check, as bits in a row: 17 bytes and a half. */
async function checked(bytes: Bytes): Promise<number[]> {
  const [first = 0, second = 0] = await sha256(pae(utf8('ALS1-code'), bytes));
  return [...bytes, first, second];
}

function signsOf(bytes: readonly number[]): string {
  const bits = bytes.map((byte) => byte.toString(2).padStart(8, '0')).join('');
  return Array.from({ length: LENGTH }, (_, at) => SIGNS[Number.parseInt(bits.slice(at * BITS, (at + 1) * BITS), 2)]).join('');
}

/** A code as it is shown: seven groups of four. */
export async function writeCode(bytes: Bytes): Promise<string> {
  return signsOf(await checked(bytes)).replaceAll(/(.{4})(?!$)/g, '$1-');
}

/** A new code's bytes. */
export function newCode(random: RandomBytes = systemRandom): Bytes {
  return random(BYTES);
}

/** The bytes of a code that somebody typed; undefined when it has a slip in it. */
export async function readCode(typed: string): Promise<Bytes | undefined> {
  const plain = typed.toUpperCase().replaceAll(/[\s\p{Pd}.·]/gu, '').replaceAll(/[IL]/g, '1').replaceAll('O', '0');
  const values = [...plain].map((sign) => SIGNS.indexOf(sign));
  if (values.length !== LENGTH || values.includes(-1)) return undefined;
  const bits = values.map((value) => value.toString(2).padStart(BITS, '0')).join('');
  const bytes = Uint8Array.from({ length: BYTES }, (_, at) => Number.parseInt(bits.slice(at * 8, (at + 1) * 8), 2));
  return signsOf(await checked(bytes)) === plain ? bytes : undefined;
}
