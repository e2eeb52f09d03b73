/** Who is at the door: knocks checked and their names opened, in a facilitator's browser. */

import { toB64u } from '../seal/bytes';
import { deviceId, type Hello, verifyHello } from '../seal/device';
import { linkKey } from '../seal/link';
import { openLobbyName } from '../seal/lobby';
import type { DeviceId, KnockView, Role, Sealed } from '../wire.gen';
import type { Keys } from './keys';
import { bytesOf } from './texts';
import type { Knocker } from './types';

const ROLES = { h: 'host', c: 'co_facilitator', m: 'member', o: 'observer' } as const satisfies Record<string, Role>;

function helloOf(keys: Keys, knock: KnockView): Hello {
  return { set: keys.set, role: knock.role, pub: bytesOf(knock.pub), nonce: bytesOf(knock.nonce) };
}

/** Whether a knock proves that its sender holds the link in force, and is the device that it says. */
export async function verified(keys: Keys, device: DeviceId, knock: KnockView): Promise<boolean> {
  const link = keys.newest(knock.role);
  if (link === undefined || (knock.role === 'h' && keys.role !== 'h')) return false;
  const hello = helloOf(keys, knock);
  if (toB64u(await deviceId(hello.pub)) !== device) return false;
  const admit = await linkKey({ ...link, set: keys.set }, 'admit');
  return verifyHello(admit, hello, bytesOf(knock.mac));
}

async function nameOf(keys: Keys, knock: KnockView): Promise<string | undefined> {
  const link = keys.newest(knock.role);
  if (link === undefined) return undefined;
  try {
    const lobby = await linkKey({ ...link, set: keys.set }, 'lobby');
    return await openLobbyName({ lobby }, helloOf(keys, knock), knock.name as Sealed);
  } catch {
    return undefined;
  }
}

/** One knock as a facilitator is shown it. */
async function knockerOf(keys: Keys, device: DeviceId, knock: KnockView): Promise<Knocker> {
  const good = await verified(keys, device, knock);
  return {
    device,
    role: ROLES[knock.role],
    // A name that nobody vouches for is not shown: it could be anybody's.
    name: good ? await nameOf(keys, knock) : undefined,
    verified: good,
    at: knock.at,
    seat: knock.seat,
  };
}

/** Everybody at the door, in order of arrival. */
export async function knockers(
  keys: Keys,
  knocks: Readonly<Record<DeviceId, KnockView>>,
): Promise<Knocker[]> {
  const all = Object.entries(knocks) as [DeviceId, KnockView][];
  const shown = await Promise.all(all.map(([device, knock]) => knockerOf(keys, device, knock)));
  return shown.toSorted((a, b) => a.at - b.at || (a.device < b.device ? -1 : 1));
}
