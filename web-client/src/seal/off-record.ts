/**
 * Off the record: the round's key, handed to a pair that a page made for the round and keeps in memory
 * alone. Once the pairs are gone nothing opens what was recorded, whoever holds the set's keys.
 *
 * A grant is a letter like others; its pre-shared key follows from the set's, so that who wrote it is on
 * the roster and knows the present key. The round is named after its key, so that nobody can hand over
 * another one. What is written are boxes under it.
 */

import type { SealContext } from './box';
import { type Bytes, concat, pae, sameBytes, u32, utf8 } from './bytes';
import { hkdf, hkdfKey } from './derive';
import type { Device } from './device';
import { SealFault } from './fault';
import { openLetter, type Terms, writeLetter } from './letter';

const LABEL = utf8('ALS1-otr');
const NAME = utf8('ALS1-otr-id');

/** A round, and where it is held. */
export interface RoundOf {
  readonly set: Bytes;
  /** The meeting, 16 bytes. */
  readonly session: Bytes;
  /** The round, 16 bytes. */
  readonly round: Bytes;
  /** The set's present epoch. */
  readonly epoch: number;
}

/** One end of a grant. */
export type Party = Pick<Device, 'pub' | 'pair'>;

/** A pair of one page, for one round. */
export async function roundPair(): Promise<Party> {
  const { subtle } = crypto;
  const pair = await subtle.generateKey({ name: 'ECDH', namedCurve: 'P-256' }, false, ['deriveBits']);
  return { pair, pub: new Uint8Array(await subtle.exportKey('raw', pair.publicKey)) };
}

/** The round that this is the key of, 16 bytes. */
export const roundOf = async (set: Bytes, key: Bytes): Promise<Bytes> => hkdf(await hkdfKey(key), set, NAME, 16);

/** What a grant is bound to. */
export function roundInfo({ set, session, round, epoch }: RoundOf, sender: Bytes, recipient: Bytes): Bytes {
  return pae(LABEL, set, session, round, u32(epoch), sender, recipient);
}

/** The pre-shared key of grants, under the set's key of this epoch. */
export const roundPsk = ({ set, round }: RoundOf, epochKey: CryptoKey): Promise<Bytes> =>
  hkdf(epochKey, set, concat(LABEL, round), 32);

async function termsOf(of: RoundOf, epochKey: CryptoKey): Promise<Terms> {
  return {
    psk: await roundPsk(of, epochKey),
    pskId: concat(utf8('ALS1|x|'), of.set),
    info: (sender, recipient) => roundInfo(of, sender, recipient),
  };
}

/** Locks the round's key for the holder of `to`. */
export async function writeRoundGrant(of: RoundOf, epochKey: CryptoKey, sender: Party, to: Bytes, key: Bytes): Promise<string> {
  return writeLetter(await termsOf(of, epochKey), sender, to, key);
}

/** Opens a grant of this round's key. Who sent it is for the caller to judge. Throws `SealFault`. */
export async function openRoundGrant(of: RoundOf, epochKey: CryptoKey, recipient: Party, grant: string): Promise<Bytes> {
  const key = await openLetter(await termsOf(of, epochKey), recipient, grant);
  if (key.length !== 32 || !sameBytes(await roundOf(of.set, key), of.round)) throw new SealFault('grant_form');
  return key;
}

/** What a box of the round is bound to; it stands in no order and follows no other box. */
function bound({ set, session, epoch }: RoundOf, kind: string, item: Bytes, member: Bytes, device: Bytes): SealContext {
  return { set, session, epoch, member, device, kind, item, rev: 1, n: 0, prev: new Uint8Array(32) };
}

/** The context of the box that announces a pair, under the set's key. */
export const announcement = (of: RoundOf, member: Bytes, device: Bytes): SealContext =>
  bound(of, 'otr-key', of.round, member, device);

/** The context of a line, under the round's key. */
export const lineContext = (of: RoundOf, item: Bytes, member: Bytes, device: Bytes): SealContext =>
  bound(of, 'otr:line', item, member, device);
