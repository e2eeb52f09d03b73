/**
 * A letter: a message from one key pair to another, as it stands on the wire.
 *
 * ```text
 * letter = sender's public key 65 ‖ enc 65 ‖ ciphertext of HPKE auth_psk, info = aad
 * ```
 */

import { type Bytes, concat, fromB64u, pae, toB64u, utf8 } from './bytes';
import { sha256 } from './derive';
import { type Device, PUBLIC_KEY_BYTES } from './device';
import { SealFault } from './fault';
import { authPskOpen, authPskSeal } from './hpke';

type Party = Pick<Device, 'pub' | 'pair'>;

/** What both sides must agree on, besides who they are. */
export interface Terms {
  readonly psk: Bytes;
  readonly pskId: Bytes;
  /** What it is, and between which public keys. */
  info(sender: Bytes, recipient: Bytes): Bytes;
}

/** The psk of letters that need no link: their sender is known from the roster. */
export async function recoveryPsk(set: Bytes): Promise<Pick<Terms, 'psk' | 'pskId'>> {
  const psk = await sha256(pae(utf8('ALS1-recovery'), set));
  return { psk, pskId: concat(utf8('ALS1|r|'), set) };
}

/** Who says that they wrote a letter; undefined when it is none. */
export function letterSender(letter: string): Bytes | undefined {
  const bytes = fromB64u(letter);
  return bytes !== undefined && bytes.length > 2 * PUBLIC_KEY_BYTES
    ? bytes.slice(0, PUBLIC_KEY_BYTES)
    : undefined;
}

/** Writes a letter. */
export async function writeLetter(terms: Terms, sender: Party, to: Bytes, plain: Bytes): Promise<string> {
  const { psk, pskId } = terms;
  const info = terms.info(sender.pub, to);
  const { enc, ct } = await authPskSeal({ sender, recipientPub: to, info, psk, pskId, plain });
  return toB64u(concat(sender.pub, enc, ct));
}

/** Opens a letter to `recipient`. Throws `SealFault` `grant`. */
export async function openLetter(terms: Terms, recipient: Party, letter: string): Promise<Bytes> {
  const senderPub = letterSender(letter);
  const bytes = fromB64u(letter);
  if (senderPub === undefined || bytes === undefined) throw new SealFault('grant');
  const { psk, pskId } = terms;
  const enc = bytes.slice(PUBLIC_KEY_BYTES, 2 * PUBLIC_KEY_BYTES);
  const ct = bytes.slice(2 * PUBLIC_KEY_BYTES);
  const info = terms.info(senderPub, recipient.pub);
  try {
    return await authPskOpen({ recipient, senderPub, info, psk, pskId, enc, ct });
  } catch {
    throw new SealFault('grant');
  }
}
