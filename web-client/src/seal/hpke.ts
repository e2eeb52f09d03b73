/** HPKE (RFC 9180) as grants use it. Loaded on demand: only an admission needs it. */

import { Aes256Gcm, CipherSuite, DhkemP256HkdfSha256, HkdfSha256 } from '@hpke/core';
import type { Bytes } from './bytes';

const suite = new CipherSuite({
  kem: new DhkemP256HkdfSha256(),
  kdf: new HkdfSha256(),
  aead: new Aes256Gcm(),
});

/** Both sides of one message in mode auth_psk. */
interface Message {
  readonly info: Bytes;
  readonly pskId: Bytes;
  readonly psk: Bytes;
}

const exact = (data: Bytes): ArrayBuffer => data.slice().buffer;

/** Seals `plain` from `sender` to the holder of `recipientPub`; info is also the aad. */
export async function authPskSeal(
  message: Message & { sender: CryptoKeyPair; recipientPub: Bytes; plain: Bytes },
): Promise<{ enc: Bytes; ct: Bytes }> {
  const context = await suite.createSenderContext({
    recipientPublicKey: await suite.kem.deserializePublicKey(exact(message.recipientPub)),
    senderKey: message.sender,
    info: exact(message.info),
    psk: { id: exact(message.pskId), key: exact(message.psk) },
  });
  const ct = await context.seal(exact(message.plain), exact(message.info));
  return { enc: new Uint8Array(context.enc), ct: new Uint8Array(ct) };
}

/** Undoes `authPskSeal`. Rejects when anything differs. */
export async function authPskOpen(
  message: Message & { recipient: CryptoKeyPair; senderPub: Bytes; enc: Bytes; ct: Bytes },
): Promise<Bytes> {
  const context = await suite.createRecipientContext({
    recipientKey: message.recipient,
    senderPublicKey: await suite.kem.deserializePublicKey(exact(message.senderPub)),
    enc: exact(message.enc),
    info: exact(message.info),
    psk: { id: exact(message.pskId), key: exact(message.psk) },
  });
  return new Uint8Array(await context.open(exact(message.ct), exact(message.info)));
}

/** A key pair from fixed bytes. Only published test vectors use it. */
export function pairFromSeed(seed: Bytes): Promise<CryptoKeyPair> {
  return suite.kem.deriveKeyPair(exact(seed));
}
