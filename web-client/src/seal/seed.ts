/**
 * Key pairs that follow from a seed: `DeriveKeyPair` of RFC 9180 for DHKEM(P-256, HKDF-SHA256).
 * Whoever knows the seed has the same pair, in every browser and in every other program.
 *
 * WebCrypto imports a private key without its public half, and has no way to ask for that half:
 * some browsers export it, Firefox refuses. So the x of the public key is what ECDH with the
 * curve's base point gives, and which of the two points at that x it is, a signature shows.
 * The private key stays with WebCrypto in all of this.
 */

import { type Bytes, concat, toB64u, utf8 } from './bytes';
import { BASE_POINT, mirrored, numberOf, ORDER, pointAt } from './curve';
import { hkdf, hkdfKey } from './derive';

/** What a pair is for: to agree on keys, or to sign. Never both with one seed. */
export type PairKind = 'ECDH' | 'ECDSA';

/** The form PKCS#8 of a P-256 private key, up to its 32 bytes; the public half is left out. */
const PKCS8_HEAD = new Uint8Array([
  0x30, 0x41, 0x02, 0x01, 0x00, 0x30, 0x13, 0x06, 0x07, 0x2a, 0x86, 0x48, 0xce, 0x3d, 0x02, 0x01,
  0x06, 0x08, 0x2a, 0x86, 0x48, 0xce, 0x3d, 0x03, 0x01, 0x07, 0x04, 0x27, 0x30, 0x25, 0x02, 0x01,
  0x01, 0x04, 0x20,
]);
/** `HPKE-v1` and the number of this KEM: what every label of RFC 9180 begins with. */
export const KEM_LABEL = concat(utf8('HPKE-v1KEM'), new Uint8Array([0x00, 0x10]));
/** How many numbers may be tried; that the first one does not fit happens once in four thousand million. */
const TRIES = 256;
const SIGNED = utf8('which of the two points');

const curve = (name: PairKind): EcKeyImportParams => ({ name, namedCurve: 'P-256' });
const usages = (kind: PairKind): KeyUsage[] => (kind === 'ECDH' ? ['deriveBits'] : ['sign']);

async function privateBytes(seed: Bytes): Promise<Bytes> {
  const key = await hkdfKey(concat(KEM_LABEL, utf8('dkp_prk'), seed));
  const length = new Uint8Array([0, 32]);
  for (let counter = 0; counter < TRIES; counter += 1) {
    const info = concat(length, KEM_LABEL, utf8('candidate'), new Uint8Array([counter]));
    const candidate = await hkdf(key, new Uint8Array(0), info, 32);
    const number = numberOf(candidate);
    if (number > 0n && number < ORDER) return candidate;
  }
  throw new Error('no key follows from this seed');
}

/** The public half that belongs to a private key in the form PKCS#8, uncompressed. */
async function publicBytes(pkcs8: Bytes): Promise<Bytes> {
  const { subtle } = crypto;
  const load = (kind: PairKind): Promise<CryptoKey> =>
    subtle.importKey('pkcs8', pkcs8, curve(kind), false, usages(kind));
  const base = await subtle.importKey('raw', BASE_POINT, curve('ECDH'), true, []);
  const agreed = await subtle.deriveBits({ name: 'ECDH', public: base }, await load('ECDH'), 256);
  const one = pointAt(new Uint8Array(agreed));
  const signing = { name: 'ECDSA', hash: 'SHA-256' };
  const signature = await subtle.sign(signing, await load('ECDSA'), SIGNED);
  for (const point of [one, mirrored(one)]) {
    const key = await subtle.importKey('raw', point, curve('ECDSA'), true, ['verify']);
    if (await subtle.verify(signing, key, signature, SIGNED)) return point;
  }
  throw new Error('no public key fits');
}

/** The pair that follows from `seed`; its private half is not extractable. */
export async function pairFromSeed(seed: Bytes, kind: PairKind = 'ECDH'): Promise<CryptoKeyPair> {
  const { subtle } = crypto;
  const secret = await privateBytes(seed);
  const point = await publicBytes(concat(PKCS8_HEAD, secret));
  // With its public half beside it: a browser that keeps the key then has the whole of it.
  const [x, y] = [toB64u(point.subarray(1, 33)), toB64u(point.subarray(33))];
  const jwk = { kty: 'EC', crv: 'P-256', d: toB64u(secret), x, y };
  const open: KeyUsage[] = kind === 'ECDH' ? [] : ['verify'];
  return {
    privateKey: await subtle.importKey('jwk', jwk, curve(kind), false, usages(kind)),
    publicKey: await subtle.importKey('raw', point, curve(kind), true, open),
  };
}
