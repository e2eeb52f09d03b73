/** What a facilitator's browser makes for others: grants, and whole new epochs with their wraps. */

import { type Bytes, sameBytes, toB64u } from '../seal/bytes';
import type { Device } from '../seal/device';
import { newEpochKey, rawKeys } from '../seal/epoch';
import { type KeyList, type LinkSecret, type RosterEntry, writeKeyList } from '../seal/keylist';
import { type LinkRole, linkKey, rotateLink, tokenHash } from '../seal/link';
import { makeWrap, recoverKey } from '../seal/wrap';
import { type Blob, type DeviceId, type DeviceView, type KeyChange, LIMITS, type SeatId } from '../wire.gen';
import type { Desk } from './desk';
import { isLinkDevice, type Keys } from './keys';
import { bytesIn, facilitatorsOf, fitted, GRANT_OVERHEAD, grantBlob, sameDevice, wrapRoom } from './lists';
import type { RoomState } from './model';
import { entryFor, fullRoster, linkFor, senderOf, trusted } from './roster';
import { bytesOf } from './texts';

/** What a frame may hold of blobs: the rest is for everything around them. */
const FRAME_ROOM = LIMITS.frame_bytes - 700;
/** A device id, quotes and commas around each blob. */
const AROUND_BLOB = 40;

/** What is to be handed on, before it is cut to what each one may have. */
interface Holdings {
  readonly keys: KeyList['keys'];
  readonly roster: readonly RosterEntry[];
  readonly links: readonly LinkSecret[];
  /** The host link's `recover` key: with it a co-facilitator can renew the host's wrap. */
  readonly hostRecover: Bytes | undefined;
}

async function hostRecover(keys: Keys): Promise<Bytes | undefined> {
  const held = keys.newest('h');
  if (held === undefined) return undefined;
  // A co-facilitator was given the derived key itself.
  return keys.role === 'h' ? recoverKey({ ...held, set: keys.set }) : held.secret;
}

/** What somebody who came by this kind of link may have of it. */
function shareFor(role: LinkRole, { keys, roster, links, hostRecover }: Holdings): KeyList {
  if (role === 'm' || role === 'o') return { keys, roster: facilitatorsOf(roster), links: [] };
  const shared = links.filter((link) => link.role !== 'h');
  const host: LinkSecret[] =
    role === 'h' || hostRecover === undefined ? [] : [{ role: 'h', link: 0, secret: hostRecover }];
  return { keys, roster, links: [...shared, ...host] };
}

/** A grant of the present key to one device, with what its role needs. */
export async function grantNow(
  desk: Desk,
  room: RoomState,
  entry: RosterEntry,
  pub: Bytes,
  sender: Device,
): Promise<Blob> {
  const { keys } = desk;
  const { epoch } = room.shared;
  const roster = await fullRoster(desk, room);
  // A co-facilitator must find itself in it: then others know it by its own device.
  const named = entry.role === 'c' ? [entry, ...roster.filter((at) => !sameDevice(at, entry))] : roster;
  const share = shareFor(entry.role, {
    keys: rawKeys(keys.epochs.filter((key) => key.epoch === epoch)),
    roster: named,
    links: keys.links,
    hostRecover: await hostRecover(keys),
  });
  const list = fitted(share, bytesIn(LIMITS.blob_chars) - GRANT_OVERHEAD);
  return grantOf(desk, entry, pub, epoch, sender, list);
}

async function grantOf(
  desk: Desk,
  entry: RosterEntry,
  pub: Bytes,
  epoch: number,
  sender: Device,
  list: KeyList,
): Promise<Blob> {
  const link = linkFor(desk, entry);
  const terms = { set: link.set, epoch, role: link.role, admit: await linkKey(link, 'admit') };
  return grantBlob(terms, sender, pub, list);
}

/**
 * A new epoch: everything for the one command, and what this browser keeps once it is done. `told`
 * is whether the grants also say who may hand out keys; in a very full set there is no room for it.
 */
export async function newEpoch(
  desk: Desk,
  room: RoomState,
  leaves: SeatId | undefined,
  rotate: readonly LinkRole[],
): Promise<{ change: KeyChange; kept: KeyList; told: boolean }> {
  const { keys, world } = desk;
  const epoch = room.shared.epoch + 1;
  const key = await newEpochKey(epoch, world.random);
  const fresh = rotate.flatMap((role): LinkSecret[] => {
    const before = keys.newest(role);
    if (before === undefined) return [];
    const { secret } = rotateLink({ set: keys.set, role, secret: before.secret }, world.random);
    return [{ role, link: before.link + 1, secret }];
  });
  const stay = (Object.entries(room.shared.devices) as [DeviceId, DeviceView][]).filter(
    ([, at]) => at.seat !== leaves,
  );
  const staying = new Set<string>(stay.map(([id]) => id));
  const roster = (await fullRoster(desk, room)).filter(
    (at) => isLinkDevice(at) || staying.has(toB64u(at.device)),
  );
  const holdings = {
    keys: [key, ...rawKeys(keys.epochs)],
    roster,
    links: [...fresh, ...keys.links],
    hostRecover: await hostRecover(keys),
  };
  const others = stay.filter(([id]) => id !== room.own.device);
  const { grants, each, told } = await grantsFor(desk, room, epoch, others, holdings);
  const wraps = await wrapsFor(desk, epoch, holdings, wrapRoom(each));
  const links: KeyChange['links'] = {};
  for (const { role, secret } of fresh) {
    const token = await linkKey({ set: keys.set, role, secret }, 'token');
    links[role] = toB64u(await tokenHash(token));
  }
  // Others take this browser's word once it has been named to them.
  const named = told || others.length === 0 || keys.roster.some((at) => sameBytes(at.device, keys.device.id));
  const kept = named ? roster : roster.filter((at) => !sameBytes(at.device, keys.device.id));
  return {
    change: { epoch, grants, wraps, ...(fresh.length > 0 && { links }) },
    kept: { keys: [key], roster: kept, links: fresh },
    told,
  };
}

async function grantsFor(
  desk: Desk,
  room: RoomState,
  epoch: number,
  others: readonly (readonly [DeviceId, DeviceView])[],
  holdings: Holdings,
): Promise<{ grants: KeyChange['grants']; each: number; told: boolean }> {
  const sender = others.length === 0 ? undefined : await senderOf(desk);
  const grants: KeyChange['grants'] = {};
  const newest = { ...holdings, keys: holdings.keys.slice(0, 1) };
  const full = shareFor('m', newest);
  const roomEach = bytesIn(FRAME_ROOM / 2 / Math.max(1, others.length) - AROUND_BLOB) - GRANT_OVERHEAD;
  // Half a roster would be worse than none: whoever is not in it is believed no more.
  const told = writeKeyList(full).length <= roomEach;
  const share = told ? full : { ...full, roster: [] };
  const facilitators: [DeviceId, DeviceView, RosterEntry][] = [];
  for (const [id, at] of others) {
    const entry = entryFor(desk, room, id);
    if (sender === undefined || !trusted(desk, room, id)) {
      // The server wants something for every device. Nobody vouches for this one.
      grants[id] = toB64u(desk.world.random(GRANT_OVERHEAD + writeKeyList(share).length));
    } else if (entry.role === 'h' || entry.role === 'c') {
      facilitators.push([id, at, entry]);
    } else {
      grants[id] = await grantOf(desk, entry, bytesOf(at.pub), epoch, sender, share);
    }
  }
  const used = JSON.stringify(grants).length;
  const each = Math.floor((FRAME_ROOM - used) / (facilitators.length + 2)) - AROUND_BLOB;
  for (const [id, at, entry] of facilitators) {
    if (sender === undefined) break;
    const list = fitted(shareFor(entry.role, newest), bytesIn(each) - GRANT_OVERHEAD);
    grants[id] = await grantOf(desk, entry, bytesOf(at.pub), epoch, sender, list);
  }
  return { grants, each, told };
}

async function wrapsFor(
  { keys, world }: Desk,
  epoch: number,
  holdings: Holdings,
  room: number,
): Promise<KeyChange['wraps']> {
  const host = holdings.hostRecover;
  const newest = holdings.links
    .filter((link) => link.role === 'c')
    .reduce<LinkSecret | undefined>((a, b) => (a === undefined || b.link > a.link ? b : a), undefined);
  if (host === undefined || newest === undefined) throw new Error(`no link to wrap epoch ${epoch} for`);
  const recover = { h: host, c: await recoverKey({ ...newest, set: keys.set }) };
  const wrap = (role: 'h' | 'c'): Promise<string> =>
    makeWrap(recover[role], keys.set, role, fitted(shareFor(role, holdings), room), world.random);
  return { h: await wrap('h'), c: await wrap('c') };
}
