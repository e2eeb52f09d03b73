/**
 * Whose device is whose, as far as a facilitator can vouch for it.
 *
 * The server's list of devices never decides who gets a key. A device gets one when a facilitator
 * admitted it (the roster says so, under seal), or when it has sealed something under the present
 * key.
 */

import { sameBytes } from '../seal/bytes';
import type { Device } from '../seal/device';
import type { RosterEntry } from '../seal/keylist';
import type { Link, LinkRole } from '../seal/link';
import { asNamed } from '../seal/mirror';
import type { DeviceId, Role } from '../wire.gen';
import type { Desk } from './desk';
import { isLinkDevice } from './keys';
import { linkDevice, sameDevice } from './lists';
import type { RoomState } from './model';
import { bytesOf } from './texts';

const LINKS: Readonly<Record<Role, LinkRole>> = {
  host: 'h', co_facilitator: 'c', trainee: 'm', member: 'm', observer: 'o',
};

/** What is known of a device: from the roster, or else as if it came by the link in force. */
export function entryFor({ keys }: Desk, { shared }: RoomState, device: DeviceId): RosterEntry {
  const id = bytesOf(device);
  const known = keys.roster.find((at) => sameBytes(at.device, id));
  if (known !== undefined) return known;
  const seat = shared.devices[device]?.seat;
  const role = LINKS[(seat && shared.seats[seat]?.role) ?? 'member'];
  return { device: id, member: bytesOf(seat ?? ''), role, link: keys.newest(role)?.link ?? 0 };
}

/** Whether a facilitator admitted this device, or it has shown that it holds the present key. */
export function trusted({ keys, texts }: Desk, { shared }: RoomState, device: DeviceId): boolean {
  const id = bytesOf(device);
  return keys.roster.some((at) => sameBytes(at.device, id)) || texts.holds(device, shared.epoch);
}

/** The roster with this browser in it, and with members who have shown that they hold the key. */
export async function fullRoster(desk: Desk, room: RoomState): Promise<RosterEntry[]> {
  const { keys } = desk;
  const self = {
    ...entryFor(desk, room, room.own.device),
    role: keys.role,
    member: bytesOf(room.own.seat),
  };
  const all = [self, ...keys.roster.filter((at) => !sameDevice(at, self))];
  const add = (entry: RosterEntry): void => {
    if (!all.some((at) => sameDevice(at, entry))) all.push(entry);
  };
  if (keys.role === 'h') {
    const { id } = await hostDevice(desk);
    add({ device: id, member: new Uint8Array(16), role: 'h', link: 0 });
  }
  for (const device of Object.keys(room.shared.devices) as DeviceId[]) {
    const entry = entryFor(desk, room, device);
    // Whoever is to be named as a facilitator must have been named under seal before.
    const member = entry.role === 'm' || entry.role === 'o';
    if (member && trusted(desk, room, device)) add(entry);
  }
  return all;
}

/**
 * Who signs later grants: for a host the host link's pair, which everybody was told of from the start,
 * however long they were away and whatever browsers the host has used since.
 */
export async function senderOf(desk: Desk): Promise<Device> {
  const { device, role, roster } = desk.keys;
  if (role !== 'h') return device;
  return asNamed(await hostDevice(desk), roster.filter(isLinkDevice).map((at) => at.device));
}

function hostDevice({ keys }: Desk): Promise<Device> {
  const link = keys.link('h', 0);
  if (link === undefined) throw new Error('no host link');
  return linkDevice(link);
}

/** The link that a grant to this device is made under. */
export function linkFor({ keys }: Desk, { role, link }: RosterEntry): Link {
  // A co-facilitator does not hold the host link: its grants to the host go under its own kind.
  const kind = role === 'h' && keys.role !== 'h' ? 'c' : role;
  const own = kind === role ? keys.link(role, link) : undefined;
  if (own !== undefined) return own;
  const newest = keys.newest(kind);
  if (newest === undefined) throw new Error('no link');
  return { set: keys.set, role: kind, secret: newest.secret };
}
