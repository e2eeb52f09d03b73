/**
 * Sets that were made before there was a signed roster: whose word a browser takes there, and whose
 * devices a host puts on the first roster.
 *
 * A browser pinned whoever gave it the first key, with the facilitators named in it. It goes by that
 * once more, when it is told of the roster; from then on the roster alone counts.
 */

import { type Bytes, sameBytes, toB64u, utf8 } from '../seal/bytes';
import { hkdf, hkdfKey } from '../seal/derive';
import { type Device, deviceFromPair, deviceId } from '../seal/device';
import { handsKeysOn } from '../seal/epoch';
import type { KeyList } from '../seal/keylist';
import type { Link, LinkRole } from '../seal/link';
import { asNamed, bothPoints } from '../seal/mirror';
import { pairFromSeed } from '../seal/seed';
import { recoverKey } from '../seal/wrap';
import type { DeviceId, Holder, Role } from '../wire.gen';
import type { Context } from './context';
import type { Kept } from './memory';
import type { RoomState } from './model';
import { bytesOf } from './texts';

const LINKS: Readonly<Record<Role, LinkRole>> = {
  host: 'h', co_facilitator: 'c', trainee: 'm', member: 'm', observer: 'o',
};

/** Whether this sender may hand out keys here, by either point of its key. */
export async function trusts({ hosts, roster }: Kept, sender: Bytes): Promise<boolean> {
  const points = await bothPoints(sender);
  return (
    hosts?.some((host) => points.some(({ pub }) => sameBytes(host, pub))) === true ||
    roster?.some((at) => handsKeysOn(at.role) && points.some(({ id }) => sameBytes(at.device, id))) === true
  );
}

/** What a browser pins once it has taken `list` from `sender`. */
export function pinned({ hosts = [] }: Kept, { roster = [] }: KeyList, sender: Bytes): Kept {
  // The newest roster is the whole truth about who may hand out keys.
  if (roster.length > 0) return { hosts: [sender], roster };
  return { hosts: [sender, ...hosts.filter((host) => !sameBytes(host, sender))] };
}

/** Whether a facilitator admitted this device, or it has shown that it holds the present key. */
function trusted({ memory, texts }: Context, { shared }: RoomState, device: DeviceId): boolean {
  const id = bytesOf(device);
  const known = memory.kept.roster?.some((at) => sameBytes(at.device, id)) === true;
  return known || texts.holds(device, shared.epoch);
}

/** Whether everybody who is here has shown that they hold the key, as people do who just came. */
export function allTrusted(context: Context): boolean {
  const room = context.room();
  if (room === undefined) return true;
  const here = Object.entries(room.shared.devices).filter(([, { seat }]) => room.here.has(seat));
  return here.every(([id]) => id === room.own.device || trusted(context, room, id as DeviceId));
}

/** Whom a host puts on the first roster, besides itself. */
export async function trustedHolders(context: Context, room: RoomState): Promise<Holder[]> {
  const { devices, seats } = room.shared;
  const all = await Promise.all(
    Object.entries(devices).map(async ([id, { seat, pub }]) => {
      if (id === room.own.device || !trusted(context, room, id as DeviceId)) return [];
      // Another browser of the host that can sign says itself that it is there.
      if (toB64u(await deviceId(bytesOf(pub))) !== id) return [];
      const known = context.memory.kept.roster?.find((at) => toB64u(at.device) === id);
      const role = LINKS[seats[seat]?.role ?? 'member'];
      const link = known?.role === role ? known.link : (context.keys.newest(role)?.link ?? 0);
      return [{ pub, seat, role, link }];
    }),
  );
  return all.flat();
}

/**
 * The key pair that followed from the host link in the first form: browsers that pinned it know no
 * other word of their host.
 */
export async function linkDevice(link: Link): Promise<Device> {
  const seed = await hkdf(await hkdfKey(await recoverKey(link)), link.set, utf8('ALS1-sender'), 32);
  return deviceFromPair(await pairFromSeed(seed));
}

/** That pair, behind the one of its two points that this set was told of. */
export async function firstSender(link: Link, { roster = [] }: Kept): Promise<Device> {
  const named = roster.filter(({ member }) => member.every((byte) => byte === 0));
  return asNamed(await linkDevice(link), named.map(({ device }) => device));
}
