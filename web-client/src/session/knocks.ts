/** Who is at the door: knocks checked and their names opened, in a facilitator's browser. */

import { fitName } from '../lib/names';
import { toB64u } from '../seal/bytes';
import { deviceId } from '../seal/device';
import { type Hello, verifyDevice, verifyHello } from '../seal/knock';
import { linkKey } from '../seal/link';
import { openLobbyName } from '../seal/lobby';
import type { DeviceId, KnockView, Role, Sealed, SeatId } from '../wire.gen';
import type { Keys } from './keys';
import type { RoomState } from './model';
import { bytesOf } from './texts';
import type { Knocker } from './types';

const ROLES = { h: 'host', c: 'co_facilitator', m: 'member', o: 'observer' } as const satisfies Record<string, Role>;

function helloOf(keys: Keys, knock: KnockView): Hello {
  return {
    set: keys.set, role: knock.role, pub: bytesOf(knock.pub), sign: bytesOf(knock.sign), nonce: bytesOf(knock.nonce),
  };
}

/** The seat that a device has on the roster: the server's word for it is not enough. */
export function knownSeat(keys: Keys, device: DeviceId): SeatId | undefined {
  return keys.roster?.holders[device]?.seat;
}

/**
 * Whether a knock proves that its sender holds the link in force and the private keys of the device
 * that it names, and asks for no seat that is somebody's.
 */
export async function verified(
  keys: Keys,
  { shared }: RoomState,
  device: DeviceId,
  knock: KnockView,
): Promise<boolean> {
  const link = keys.newest(knock.role);
  if (link === undefined || (knock.role === 'h' && keys.role !== 'h')) return false;
  const hello = helloOf(keys, knock);
  if (toB64u(await deviceId(hello.pub, hello.sign)) !== device) return false;
  const holders = Object.values(keys.roster?.holders ?? {});
  if (holders.some(({ seat }) => seat === knock.fresh) || knock.fresh in shared.seats) return false;
  if (!(await verifyDevice(bytesOf(knock.challenge), hello, bytesOf(knock.pop)))) return false;
  const admit = await linkKey({ ...link, set: keys.set }, 'admit');
  return verifyHello(admit, hello, bytesOf(knock.mac));
}

async function nameOf(keys: Keys, knock: KnockView): Promise<string | undefined> {
  const link = keys.newest(knock.role);
  if (link === undefined) return undefined;
  try {
    const lobby = await linkKey({ ...link, set: keys.set }, 'lobby');
    return fitName(await openLobbyName({ lobby }, helloOf(keys, knock), knock.name as Sealed));
  } catch {
    return undefined;
  }
}

/** One knock as a facilitator is shown it. */
async function knockerOf(keys: Keys, room: RoomState, device: DeviceId, knock: KnockView): Promise<Knocker> {
  const good = await verified(keys, room, device, knock);
  return {
    device,
    role: ROLES[knock.role],
    // A name that nobody vouches for is not shown: it could be anybody's.
    name: good ? await nameOf(keys, knock) : undefined,
    verified: good,
    at: knock.at,
    seat: good ? knownSeat(keys, device) : undefined,
    claim: knock.claim,
  };
}

/** Everybody at the door, in order of arrival. */
export async function knockers(keys: Keys, room: RoomState): Promise<Knocker[]> {
  const all = Object.entries(room.knocks) as [DeviceId, KnockView][];
  const shown = await Promise.all(all.map(([device, knock]) => knockerOf(keys, room, device, knock)));
  return shown.toSorted((a, b) => a.at - b.at || (a.device < b.device ? -1 : 1));
}
