/**
 * The grant: how a facilitator's Admit hands the set's keys to one device.
 *
 * HPKE, mode auth_psk, P-256, HKDF-SHA256, AES-256-GCM. *Auth*: only a host
 * device that the receiver knows can grant, so a server helped by somebody who
 * has left cannot. *Psk*: the first grant cannot come from anybody without the
 * link. Both public keys in `info`: a grant fits one pair of devices only. It stands on the wire as a
 * letter (`letter.ts`).
 */

import { type Bytes, pae, u32, utf8 } from './bytes';
import type { Device } from './device';
import { type KeyList, keyListIn, writeKeyList } from './keylist';
import { openLetter, type Terms, writeLetter } from './letter';
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

/** `PAE("ALS1-grant", set, u32 epoch, pub_host, pub_joiner)`: both info and aad. */
export function grantInfo(set: Bytes, epoch: number, hostPub: Bytes, joinerPub: Bytes): Bytes {
  return pae(utf8('ALS1-grant'), set, u32(epoch), hostPub, joinerPub);
}

function termsOf({ set, epoch, role, admit }: GrantTerms): Terms {
  return { psk: admit, pskId: pskId(role, set), info: (host, joiner) => grantInfo(set, epoch, host, joiner) };
}

/** Makes a grant of `list` from `host` to the device that holds `joinerPub`. */
export function makeGrant(terms: GrantTerms, host: Device, joinerPub: Bytes, list: KeyList): Promise<string> {
  return writeLetter(termsOf(terms), host, joinerPub, utf8(writeKeyList(list)));
}

/** The plain bytes of a grant. Throws `SealFault` `grant`. */
export function openGrantBytes(terms: GrantTerms, joiner: Device, grant: string): Promise<Bytes> {
  return openLetter(termsOf(terms), joiner, grant);
}

/**
 * Opens a grant. Whether its sender may make one is for the caller to judge.
 *
 * Throws `SealFault`: `grant` when it is not from whom it says, for this device
 * and under this link; `grant_form` when it lacks the epoch that it is for.
 */
export async function openGrant(terms: GrantTerms, joiner: Device, grant: string): Promise<KeyList> {
  return keyListIn(await openGrantBytes(terms, joiner, grant), terms.epoch);
}
