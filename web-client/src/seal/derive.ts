/** The hash, key derivation and authenticated cipher that ALS1 is made of, all from WebCrypto. */

import type { Bytes } from './bytes';

/** SHA-256 of `data`, 32 bytes. */
export async function sha256(data: Bytes): Promise<Bytes> {
  return new Uint8Array(await crypto.subtle.digest('SHA-256', data));
}

/**
 * `secret` as a key that can only be derived from. The browser will not give
 * its bytes back, not even to our own code.
 */
export function hkdfKey(secret: Bytes): Promise<CryptoKey> {
  return crypto.subtle.importKey('raw', secret, 'HKDF', false, ['deriveBits']);
}

/** HKDF (RFC 5869) with SHA-256; `length` in bytes. */
export async function hkdf(
  key: CryptoKey,
  salt: Bytes,
  info: Bytes,
  length: number,
): Promise<Bytes> {
  const params = { name: 'HKDF', hash: 'SHA-256', salt, info };
  return new Uint8Array(await crypto.subtle.deriveBits(params, key, length * 8));
}

/** PBKDF2 with SHA-256; `length` in bytes. */
export async function pbkdf2(
  password: Bytes,
  salt: Bytes,
  iterations: number,
  length: number,
): Promise<Bytes> {
  const key = await crypto.subtle.importKey('raw', password, 'PBKDF2', false, ['deriveBits']);
  const params = { name: 'PBKDF2', hash: 'SHA-256', salt, iterations };
  return new Uint8Array(await crypto.subtle.deriveBits(params, key, length * 8));
}

/** AES-256-GCM; the 16-byte tag stands at the end. */
export async function gcmSeal(key: Bytes, iv: Bytes, aad: Bytes, plain: Bytes): Promise<Bytes> {
  const aes = await crypto.subtle.importKey('raw', key, 'AES-GCM', false, ['encrypt']);
  const params = { name: 'AES-GCM', iv, additionalData: aad };
  return new Uint8Array(await crypto.subtle.encrypt(params, aes, plain));
}

/** Undoes `gcmSeal`. Rejects when key, iv, aad or any byte differ. */
export async function gcmOpen(key: Bytes, iv: Bytes, aad: Bytes, sealed: Bytes): Promise<Bytes> {
  const aes = await crypto.subtle.importKey('raw', key, 'AES-GCM', false, ['decrypt']);
  const params = { name: 'AES-GCM', iv, additionalData: aad };
  return new Uint8Array(await crypto.subtle.decrypt(params, aes, sealed));
}
