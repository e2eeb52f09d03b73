/**
 * The host link's holder: two key pairs that follow from the host link, and so belong to whoever has
 * it, in whichever browser. It signs for the host, from the first edit of the roster on, and opens
 * what is kept for a host who comes back with nothing but the link.
 */

import { utf8 } from './bytes';
import { hkdf, hkdfKey } from './derive';
import { type Device, deviceFromPair } from './device';
import { type Link, linkKey } from './link';
import { pairFromSeed, type PairKind } from './seed';

/** What the host link's holder has in the place of a seat. */
export const NO_SEAT = new Uint8Array(16);

/** The holder of a host link. */
export async function hostHolder(link: Link): Promise<Device & { readonly sign: NonNullable<Device['sign']> }> {
  const key = await hkdfKey(await linkKey(link, 'holder'));
  const pair = async (label: string, kind: PairKind): Promise<CryptoKeyPair> =>
    pairFromSeed(await hkdf(key, link.set, utf8(label), 32), kind);
  const device = await deviceFromPair(
    await pair('ALS1-holder-kem', 'ECDH'),
    await pair('ALS1-holder-sign', 'ECDSA'),
  );
  const { sign } = device;
  if (sign === undefined) throw new Error('the holder of a link can sign');
  return { ...device, sign };
}
