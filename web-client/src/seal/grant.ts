/**
 * The grant: how a facilitator's Admit hands the set's keys to one device.
 *
 * HPKE, mode auth_psk, P-256, HKDF-SHA256, AES-256-GCM. *Auth*: only a host
 * device that the receiver knows can grant, so a server helped by somebody who
 * has left cannot. *Psk*: the first grant cannot come from anybody without the
 * link. Both public keys in `info`: a grant fits one pair of devices only.
 */

import { type Bytes, concat, fromB64u, pae, toB64u, u32, utf8 } from './bytes';
import { type Device, PUBLIC_KEY_BYTES } from './device';
import { SealFault } from './fault';
import { authPskOpen, authPskSeal } from './hpke';
import { type KeyList, keyListIn, writeKeyList } from './keylist';
import { type LinkRole, pskId } from './link';

/** What both sides must agree on. */
export interface GrantTerms {
  readonly set: Bytes;
  /** The newest epoch in the grant. */
  readonly epoch: number;
  /** The role of the link that the receiving device came in by. */
  readonly role: LinkRole;
  /** The `admit` key of that very link, 32 bytes. */
  readonly admit: Bytes;
}

/** A grant on the wire: base64url of `enc` (65 bytes) and ciphertext. */
export type SealedGrant = string & { readonly __brand: 'Sealed' };

/** `PAE("ALS1-grant", set, u32 epoch, pub_host, pub_joiner)`: both info and aad. */
export function grantInfo(set: Bytes, epoch: number, hostPub: Bytes, joinerPub: Bytes): Bytes {
  return pae(utf8('ALS1-grant'), set, u32(epoch), hostPub, joinerPub);
}

/** Makes a grant of `list` from `host` to the device that holds `joinerPub`. */
export async function makeGrant(
  terms: GrantTerms,
  host: Device,
  joinerPub: Bytes,
  list: KeyList,
): Promise<SealedGrant> {
  const { enc, ct } = await authPskSeal({
    sender: host,
    recipientPub: joinerPub,
    info: grantInfo(terms.set, terms.epoch, host.pub, joinerPub),
    pskId: pskId(terms.role, terms.set),
    psk: terms.admit,
    plain: utf8(writeKeyList(list)),
  });
  return toB64u(concat(enc, ct)) as SealedGrant;
}

/** The plain bytes of a grant. Throws `SealFault` `grant`. */
export async function openGrantBytes(
  terms: GrantTerms,
  joiner: Device,
  hostPub: Bytes,
  grant: Bytes,
): Promise<Bytes> {
  try {
    return await authPskOpen({
      recipient: joiner,
      senderPub: hostPub,
      info: grantInfo(terms.set, terms.epoch, hostPub, joiner.pub),
      pskId: pskId(terms.role, terms.set),
      psk: terms.admit,
      enc: grant.slice(0, PUBLIC_KEY_BYTES),
      ct: grant.slice(PUBLIC_KEY_BYTES),
    });
  } catch {
    throw new SealFault('grant');
  }
}

/**
 * Opens a grant. `hostPub` is the pinned host, or on the very first grant the
 * one the server names, which the caller then pins.
 *
 * Throws `SealFault`: `grant` when it is not from that host, for this device
 * and under this link; `grant_form` when it lacks the epoch that it is for.
 */
export async function openGrant(
  terms: GrantTerms,
  joiner: Device,
  hostPub: Bytes,
  grant: string,
): Promise<KeyList> {
  const bytes = fromB64u(grant);
  if (bytes === undefined) throw new SealFault('grant');
  const plain = await openGrantBytes(terms, joiner, hostPub, bytes);
  return keyListIn(plain, terms.epoch);
}
