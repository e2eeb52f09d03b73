/**
 * What we compute of the curve P-256 ourselves, because WebCrypto has no word for it. Only ever
 * public values: no private key comes near this arithmetic, so its timing tells nobody anything.
 */

import { type Bytes, concat, fromHex, toHex } from './bytes';
import { PUBLIC_KEY_BYTES } from './device';

const P = 0xffffffff00000001000000000000000000000000ffffffffffffffffffffffffn;
const B = 0x5ac635d8aa3a93e7b3ebbd55769886bc651d06b0cc53b0f63bce3c3e27d2604bn;

/** How many points the curve has; a private key is below it. */
export const ORDER = 0xffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551n;

/** The point that every public key is a multiple of. */
export const BASE_POINT = fromHex(
  '046b17d1f2e12c4247f8bce6e563a440f277037d812deb33a0f4a13945d898c296' +
    '4fe342e2fe1a7f9b8ee7eb4a7c0f9e162bce33576b315ececbb6406837bf51f5',
);

/** The number that these bytes write, big-endian. */
export function numberOf(bytes: Uint8Array): bigint {
  return BigInt(`0x0${toHex(bytes)}`);
}

function bytesOf(number: bigint): Bytes {
  return fromHex(number.toString(16).padStart(64, '0'));
}

function power(base: bigint, exponent: bigint): bigint {
  let result = 1n;
  let square = base;
  for (let left = exponent; left > 0n; left >>= 1n) {
    if ((left & 1n) === 1n) result = (result * square) % P;
    square = (square * square) % P;
  }
  return result;
}

/** The right side of the curve's equation, `x³ - 3x + b`. */
function squareAt(x: bigint): bigint {
  return (((x * x - 3n) * x + B) % P + P) % P;
}

/** Whether these bytes are a point of the curve, uncompressed. */
export function isPoint(bytes: Uint8Array): boolean {
  if (bytes.length !== PUBLIC_KEY_BYTES || bytes[0] !== 4) return false;
  const [x, y] = [numberOf(bytes.subarray(1, 33)), numberOf(bytes.subarray(33))];
  return x < P && y < P && (y * y) % P === squareAt(x);
}

/** One of the two points at `x`, 32 bytes; the other is its `mirrored`. */
export function pointAt(x: Bytes): Bytes {
  // P leaves 3 when divided by 4, so this power is a root wherever there is one.
  const y = power(squareAt(numberOf(x)), (P + 1n) >> 2n);
  return concat(new Uint8Array([4]), x, bytesOf(y));
}

/** The other point with the same x: `(x, y)` becomes `(x, -y)`. */
export function mirrored(point: Bytes): Bytes {
  return concat(point.subarray(0, 33), bytesOf(P - numberOf(point.subarray(33))));
}
