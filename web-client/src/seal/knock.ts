/**
 * A knock: how somebody at the door shows that they hold a link, and the private keys of the device
 * that they name.
 *
 * ```text
 * hello = PAE("ALS1-hello2", set, role, pub, sign, nonce16)
 * mac   = HMAC-SHA256(K_link(role, "admit"), hello)
 * pop   = ECDSA(sign, PAE("ALS1-pop", challenge32, hello))
 * ```
 *
 * The server draws a fresh challenge for each socket, so a recorded knock is worth nothing on another.
 */

import { type Bytes, pae, type RandomBytes, systemRandom, utf8 } from './bytes';
import type { Signer } from './device';
import type { LinkRole } from './link';
import { sign, verify } from './sign';

/** The first words of somebody at the door. */
export interface Hello {
  readonly set: Bytes;
  readonly role: LinkRole;
  readonly pub: Bytes;
  /** The public key that the device signs with. */
  readonly sign: Bytes;
  /** 16 random bytes, so that two knocks are never the same. */
  readonly nonce: Bytes;
}

/** What `mac` covers. */
export function helloBytes(hello: Hello): Bytes {
  return pae(utf8('ALS1-hello2'), hello.set, utf8(hello.role), hello.pub, hello.sign, hello.nonce);
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

/** What `pop` is a signature of. */
export function popBytes(challenge: Bytes, hello: Hello): Bytes {
  return pae(utf8('ALS1-pop'), challenge, helloBytes(hello));
}

/** Proves, over the server's challenge, that the knocker holds the device's private key. */
export function proveDevice(signer: Signer, challenge: Bytes, hello: Hello): Promise<Bytes> {
  return sign(signer, popBytes(challenge, hello));
}

/** Whether `pop` proves it. */
export function verifyDevice(challenge: Bytes, hello: Hello, pop: Bytes): Promise<boolean> {
  return verify(hello.sign, pop, popBytes(challenge, hello));
}

/** A fresh knock nonce, 16 bytes. */
export function newNonce(random: RandomBytes = systemRandom): Bytes {
  return random(16);
}
