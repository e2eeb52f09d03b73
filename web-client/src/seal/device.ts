/**
 * A device: one browser profile in one set. Its private keys never leave the browser's key store,
 * and its id is a hash of its public keys, so nobody can claim an id without the keys.
 *
 * One pair agrees on keys, the other signs. Devices of the first form have only the one that
 * agrees; they live on in the sets that they are in.
 */

import { type Bytes, concat } from './bytes';
import { sha256 } from './derive';

/** Length of an uncompressed P-256 point. */
export const PUBLIC_KEY_BYTES = 65;

/** What a device signs with. */
export interface Signer {
  /** ECDSA P-256; the private half is not extractable. */
  readonly pair: CryptoKeyPair;
  /** The public half, uncompressed, 65 bytes. */
  readonly pub: Bytes;
}

/** One browser's keys in one set. */
export interface Device {
  /** ECDH P-256; the private half is not extractable. */
  readonly pair: CryptoKeyPair;
  /** The public half, uncompressed, 65 bytes. */
  readonly pub: Bytes;
  /** What it signs with; a device of the first form cannot. */
  readonly sign?: Signer | undefined;
  /** First 16 bytes of SHA-256 of `pub`, followed by the public half of `sign`. */
  readonly id: Bytes;
}

/** The id that belongs to public keys. */
export async function deviceId(pub: Bytes, sign?: Bytes): Promise<Bytes> {
  return (await sha256(sign === undefined ? pub : concat(pub, sign))).slice(0, 16);
}

async function publicBytes({ publicKey }: CryptoKeyPair): Promise<Bytes> {
  return new Uint8Array(await crypto.subtle.exportKey('raw', publicKey));
}

/** Completes key pairs with their public bytes and id. */
export async function deviceFromPair(pair: CryptoKeyPair, signing?: CryptoKeyPair): Promise<Device> {
  const pub = await publicBytes(pair);
  if (signing === undefined) return { pair, pub, id: await deviceId(pub) };
  const sign = { pair: signing, pub: await publicBytes(signing) };
  return { pair, pub, sign, id: await deviceId(pub, sign.pub) };
}

/** A fresh device. */
export async function newDevice(): Promise<Device> {
  const curve = (name: string): EcKeyGenParams => ({ name, namedCurve: 'P-256' });
  const { subtle } = crypto;
  const [pair, signing] = await Promise.all([
    subtle.generateKey(curve('ECDH'), false, ['deriveBits']),
    subtle.generateKey(curve('ECDSA'), false, ['sign', 'verify']),
  ]);
  return deviceFromPair(pair, signing);
}
