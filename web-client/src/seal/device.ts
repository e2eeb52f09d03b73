/**
 * A device: one browser profile in one set. Its private key never leaves the
 * browser's key store, and its id is a hash of its public key, so nobody can
 * claim an id without the key.
 */

import { type Bytes, pae, type RandomBytes, systemRandom, utf8 } from './bytes';
import { sha256 } from './derive';
import type { LinkRole } from './link';

/** Length of an uncompressed P-256 point. */
export const PUBLIC_KEY_BYTES = 65;

/** One browser's key pair in one set. */
export interface Device {
  /** ECDH P-256; the private half is not extractable. */
  readonly pair: CryptoKeyPair;
  /** The public half, uncompressed, 65 bytes. */
  readonly pub: Bytes;
  /** First 16 bytes of SHA-256 of `pub`. */
  readonly id: Bytes;
}

/** The id that belongs to a public key. */
export async function deviceId(pub: Bytes): Promise<Bytes> {
  return (await sha256(pub)).slice(0, 16);
}

/** Completes a key pair with its public bytes and id. */
export async function deviceFromPair(pair: CryptoKeyPair): Promise<Device> {
  const pub = new Uint8Array(await crypto.subtle.exportKey('raw', pair.publicKey));
  return { pair, pub, id: await deviceId(pub) };
}

/** A fresh device. */
export async function newDevice(): Promise<Device> {
  const curve = { name: 'ECDH', namedCurve: 'P-256' };
  return deviceFromPair(await crypto.subtle.generateKey(curve, false, ['deriveBits']));
}

/** The first words of somebody at the door. */
export interface Hello {
  readonly set: Bytes;
  readonly role: LinkRole;
  readonly pub: Bytes;
  /** 16 random bytes, so that two knocks are never the same. */
  readonly nonce: Bytes;
}

/** What `mac` covers: `PAE("ALS1-hello", set, role, pub, nonce)`. */
export function helloBytes(hello: Hello): Bytes {
  return pae(utf8('ALS1-hello'), hello.set, utf8(hello.role), hello.pub, hello.nonce);
}

function macKey(admit: Bytes, usage: 'sign' | 'verify'): Promise<CryptoKey> {
  const params = { name: 'HMAC', hash: 'SHA-256' };
  return crypto.subtle.importKey('raw', admit, params, false, [usage]);
}

/** Proves, with the link's `admit` key, that the knocker holds the link; 32 bytes. */
export async function helloMac(admit: Bytes, hello: Hello): Promise<Bytes> {
  const key = await macKey(admit, 'sign');
  return new Uint8Array(await crypto.subtle.sign('HMAC', key, helloBytes(hello)));
}

/**
 * Whether `mac` proves `hello`. A facilitator's browser asks this before it
 * shows a guest; a `false` is shown as "could not be verified".
 */
export async function verifyHello(admit: Bytes, hello: Hello, mac: Bytes): Promise<boolean> {
  const key = await macKey(admit, 'verify');
  return crypto.subtle.verify('HMAC', key, mac, helloBytes(hello));
}

/** A fresh knock nonce, 16 bytes. */
export function newNonce(random: RandomBytes = systemRandom): Bytes {
  return random(16);
}

/** A token for coming back without the link, and what the server keeps of it. */
export interface Resume {
  /** 32 random bytes; stays in this browser, shown to the server when it comes back. */
  readonly secret: Bytes;
  /** SHA-256 of `secret`: all that the server stores. */
  readonly hash: Bytes;
}

/** Makes a resume token. */
export async function newResume(random: RandomBytes = systemRandom): Promise<Resume> {
  const secret = random(32);
  return { secret, hash: await sha256(secret) };
}
