/**
 * HPKE (RFC 9180) as grants use it, and nothing more of it: mode auth_psk, one message,
 * DHKEM(P-256, HKDF-SHA256), HKDF-SHA256, AES-256-GCM. The names are those of the RFC. Every
 * public key is given in bytes, so that none is ever worked out from a private one here.
 */

import { type Bytes, concat, utf8 } from './bytes';
import { isPoint } from './curve';
import { gcmOpen, gcmSeal, hkdf, hkdfKey } from './derive';
import { KEM_LABEL } from './seed';

/** A private key, and the public key that it stands behind. */
interface KeyHolder {
  readonly pair: Pick<CryptoKeyPair, 'privateKey'>;
  readonly pub: Bytes;
}

/** Both sides of one message. */
interface Message {
  readonly info: Bytes;
  readonly pskId: Bytes;
  readonly psk: Bytes;
}

const CURVE = { name: 'ECDH', namedCurve: 'P-256' };
/** `HPKE-v1` and the numbers of KEM, KDF and cipher. */
const SUITE_LABEL = concat(utf8('HPKE-v1HPKE'), new Uint8Array([0, 0x10, 0, 0x01, 0, 0x02]));
const AUTH_PSK = new Uint8Array([0x03]);
const NONE = new Uint8Array(0);

const expanded = (suite: Bytes, label: string, info: Bytes, length: number): Bytes =>
  concat(new Uint8Array([0, length]), suite, utf8(label), info);

/** `LabeledExtract("", label, ikm)`. */
async function hash(label: string, ikm: Bytes): Promise<Bytes> {
  // HMAC fills a short key up with zeros, so this is the empty salt, which browsers refuse as a key.
  const salt = { name: 'HMAC', hash: 'SHA-256' };
  const key = await crypto.subtle.importKey('raw', new Uint8Array(32), salt, false, ['sign']);
  const data = concat(SUITE_LABEL, utf8(label), ikm);
  return new Uint8Array(await crypto.subtle.sign('HMAC', key, data));
}

async function agree({ privateKey }: KeyHolder['pair'], pub: Bytes): Promise<Bytes> {
  // A point beside the curve could be made to betray the private key bit by bit.
  if (!isPoint(pub)) throw new RangeError('not a public key');
  const key = await crypto.subtle.importKey('raw', pub, CURVE, true, []);
  return new Uint8Array(
    await crypto.subtle.deriveBits({ name: 'ECDH', public: key }, privateKey, 256),
  );
}

/** `KeySchedule` after `ExtractAndExpand` of what was agreed on: the cipher's key and nonce. */
async function schedule(
  agreed: Bytes,
  parties: Bytes,
  { info, pskId, psk }: Message,
): Promise<{ key: Bytes; nonce: Bytes }> {
  const eae = await hkdfKey(concat(KEM_LABEL, utf8('eae_prk'), agreed));
  const shared = await hkdf(eae, NONE, expanded(KEM_LABEL, 'shared_secret', parties, 32), 32);
  const context = concat(AUTH_PSK, await hash('psk_id_hash', pskId), await hash('info_hash', info));
  const secret = await hkdfKey(concat(SUITE_LABEL, utf8('secret'), psk));
  const part = (label: string, length: number): Promise<Bytes> =>
    hkdf(secret, shared, expanded(SUITE_LABEL, label, context, length), length);
  return { key: await part('key', 32), nonce: await part('base_nonce', 12) };
}

/** Seals `plain` from `sender` to the holder of `recipientPub`; info is also the aad. */
export async function authPskSeal(
  message: Message & { sender: KeyHolder; recipientPub: Bytes; plain: Bytes },
): Promise<{ enc: Bytes; ct: Bytes }> {
  const { sender, recipientPub, info } = message;
  const once = await crypto.subtle.generateKey(CURVE, false, ['deriveBits']);
  const enc = new Uint8Array(await crypto.subtle.exportKey('raw', once.publicKey));
  const agreed = concat(await agree(once, recipientPub), await agree(sender.pair, recipientPub));
  const { key, nonce } = await schedule(agreed, concat(enc, recipientPub, sender.pub), message);
  return { enc, ct: await gcmSeal(key, nonce, info, message.plain) };
}

/** Undoes `authPskSeal`. Rejects when anything differs. */
export async function authPskOpen(
  message: Message & { recipient: KeyHolder; senderPub: Bytes; enc: Bytes; ct: Bytes },
): Promise<Bytes> {
  const { recipient, senderPub, enc, info } = message;
  const agreed = concat(await agree(recipient.pair, enc), await agree(recipient.pair, senderPub));
  const { key, nonce } = await schedule(agreed, concat(enc, recipient.pub, senderPub), message);
  return gcmOpen(key, nonce, info, message.ct);
}
