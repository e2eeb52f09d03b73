/** Signatures: ECDSA on P-256 with SHA-256, r and s as WebCrypto writes them, 64 bytes. */

import type { Bytes } from './bytes';
import type { Signer } from './device';

const CURVE = { name: 'ECDSA', namedCurve: 'P-256' };
const HASH = { name: 'ECDSA', hash: 'SHA-256' };

/** Signs `data`. */
export async function sign({ pair }: Signer, data: Bytes): Promise<Bytes> {
  return new Uint8Array(await crypto.subtle.sign(HASH, pair.privateKey, data));
}

/** Whether the holder of `pub` signed `data`. What is no key at all has signed nothing. */
export async function verify(pub: Bytes, signature: Bytes, data: Bytes): Promise<boolean> {
  try {
    const key = await crypto.subtle.importKey('raw', pub, CURVE, false, ['verify']);
    return await crypto.subtle.verify(HASH, key, signature, data);
  } catch {
    return false;
  }
}
