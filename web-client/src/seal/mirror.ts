/**
 * The two points of a key.
 *
 * ECDH gives the x of what was agreed on and no more, so a private key works with `(x, y)` and with
 * `(x, -y)` alike, and nothing else does: whoever can use the one holds the private key of the other.
 * To take either for the key that was pinned is therefore to believe the same person.
 *
 * It matters because Firefox used to guess the y of the host link's own pair. Half of the sets
 * that it made, or came back to, name the other point.
 */

import { type Bytes, sameBytes } from './bytes';
import { isPoint, mirrored } from './curve';
import { type Device, deviceId } from './device';

/** A public key and its id. */
export type Named = Pick<Device, 'pub' | 'id'>;

/** A public key, and the other point of the same private key. */
export async function bothPoints(pub: Bytes): Promise<Named[]> {
  const pubs = isPoint(pub) ? [pub, mirrored(pub)] : [pub];
  return Promise.all(pubs.map(async (point) => ({ pub: point, id: await deviceId(point) })));
}

/**
 * `device` behind that of its two points which `ids` names first, since whoever was told of it was told
 * of that one; behind its own when `ids` names neither.
 */
export async function asNamed(device: Device, ids: readonly Bytes[]): Promise<Device> {
  const points = await bothPoints(device.pub);
  for (const id of ids) {
    const named = points.find((point) => sameBytes(point.id, id));
    if (named !== undefined) return { ...device, ...named };
  }
  return device;
}
