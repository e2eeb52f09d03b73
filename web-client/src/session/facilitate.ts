/** What only facilitators do: admit, remove, change keys and links. Loaded for them alone. */

import { sameBytes, toB64u } from '../seal/bytes';
import type { LinkRole } from '../seal/link';
import type { Command, DeviceId, SeatId } from '../wire.gen';
import { type Desk, within } from './desk';
import { grantNow, newEpoch } from './keychange';
import { verified } from './knocks';
import { sameDevice } from './lists';
import type { RoomState } from './model';
import type { Errand } from './outbox';
import { entryFor, fullRoster, senderOf, trusted } from './roster';
import { bytesOf } from './texts';
import type { Answer } from './types';

export { knockers } from './knocks';

/** How often a change of keys is made anew because somebody was quicker. */
const TRIES = 4;
/** How long to wait for what is under way. */
const SETTLE_MS = 2_000;
const GONE: Answer = { ok: false, code: 'gone' };

/** What a change of keys is for. */
interface Rekeying {
  /** Who is removed by it. */
  readonly leaves?: SeatId;
  /** Links that get a new secret. */
  readonly rotate: readonly LinkRole[];
  /** The session's own wish, and done once the epoch has moved on, whoever moved it. */
  readonly quiet?: boolean;
}

/** Makes a key that nobody asked for by hand: the first one, or one after somebody left. */
export function freshKey(desk: Desk, rotate: readonly LinkRole[] = []): Promise<Answer> {
  return rekey(desk, { rotate, quiet: true });
}

/** Changes one kind of link, and the key with it. */
export function rotate(desk: Desk, role: LinkRole): Promise<Answer> {
  return rekey(desk, { rotate: [role] });
}

/** Removes somebody. Every link that they know is changed with the key. */
export async function remove(desk: Desk, seat: SeatId): Promise<Answer> {
  const room = desk.room();
  const role = room?.shared.seats[seat]?.role;
  if (room === undefined || role === undefined) return { ok: false, code: 'no_seat' };
  const devices = Object.entries(room.shared.devices).filter(([, at]) => at.seat === seat);
  const cameBy = devices.map(([id]) => entryFor(desk, room, id as DeviceId).role);
  const facilitator = role === 'co_facilitator';
  const known: LinkRole[] = facilitator ? ['c', 'm', 'o'] : [role === 'observer' ? 'o' : 'm', ...cameBy];
  const links = [...new Set(known)].filter((link) => link !== 'h');
  return rekey(desk, { leaves: seat, rotate: links });
}

/** Lets somebody in; `seat` when they are back on another device. */
export async function admit(desk: Desk, device: DeviceId, seat?: SeatId): Promise<Answer> {
  const { keys, outbox } = desk;
  const errand = outbox.take('admit', desk.room()?.seq ?? 0);
  try {
    if (!(await ready(desk))) return GONE;
    const room = desk.room();
    const knock = room?.knocks[device];
    // Nobody is let in whose knock does not prove that they hold the link.
    if (room === undefined || knock === undefined || !(await verified(keys, device, knock))) {
      return { ok: false, code: 'no_knock' };
    }
    const entry = {
      device: bytesOf(device),
      // Not known yet; the server draws it.
      member: new Uint8Array(16),
      role: knock.role,
      link: keys.newest(knock.role)?.link ?? 0,
    };
    const grant = await grantNow(desk, room, entry, bytesOf(knock.pub), keys.device);
    const command: Command = { c: 'admit', device, grant, ...(seat !== undefined && { seat }) };
    const answer = await outbox.send(errand, command);
    if (answer.ok) await admitted(desk, room, device, entry);
    return answer;
  } finally {
    outbox.drop(errand);
  }
}

async function admitted(
  desk: Desk,
  before: RoomState,
  device: DeviceId,
  entry: ReturnType<typeof entryFor>,
): Promise<void> {
  const { keys, memory } = desk;
  const shared = desk.room()?.shared ?? before.shared;
  const seat = shared.devices[device]?.seat;
  if (seat === undefined) return;
  const others = keys.roster.filter((at) => !sameDevice(at, entry));
  await memory.save({ roster: [...others, { ...entry, member: bytesOf(seat) }] });
  // The key was changed while this was under way: the grant says the one before.
  if (shared.epoch !== before.shared.epoch) void grantAgain(desk, [device]);
  if (entry.role === 'c') void spread(desk, device);
}

/** A host on a new browser tells everybody of it, signed by the host link's own pair. */
export async function introduce(desk: Desk): Promise<void> {
  const { keys, memory, room } = desk;
  const now = room();
  const known = keys.roster.some((at) => sameBytes(at.device, keys.device.id));
  if (now === undefined || keys.role !== 'h' || known) return;
  await spread(desk);
  const roster = await fullRoster(desk, room() ?? now);
  await memory.save({ roster });
}

/**
 * Tells every device who may hand out keys, as after a facilitator came or went. `known` is one
 * that has just been told.
 */
export async function spread(desk: Desk, known?: DeviceId): Promise<void> {
  const devices = Object.keys(desk.room()?.shared.devices ?? {}) as DeviceId[];
  await grantAgain(desk, devices.filter((device) => device !== known));
}

async function grantAgain(desk: Desk, devices: readonly DeviceId[]): Promise<void> {
  const { outbox } = desk;
  const sender = await senderOf(desk);
  for (const device of devices) {
    if (!(await ready(desk))) return;
    const room = desk.room();
    const at = room?.shared.devices[device];
    if (room === undefined || at === undefined) continue;
    if (device === room.own.device || !trusted(desk, room, device)) continue;
    const errand = outbox.take('grant', room.seq, true);
    const entry = entryFor(desk, room, device);
    const grant = await grantNow(desk, room, entry, bytesOf(at.pub), sender);
    await outbox.send(errand, { c: 'grant', device, grant });
    outbox.drop(errand);
  }
}

function ready({ keys, room, until }: Desk): Promise<boolean> {
  return until(() => room() !== undefined && keys.state.value === 'ready');
}

/** A new epoch: key, grants for all who stay, both wraps and new links, in one command. */
async function rekey(desk: Desk, what: Rekeying): Promise<Answer> {
  const { outbox, room } = desk;
  const name = what.leaves === undefined ? 'rekey' : 'remove';
  const errand = outbox.take(name, room()?.seq ?? 0, what.quiet);
  try {
    return await rekeyed(desk, errand, what);
  } finally {
    outbox.drop(errand);
  }
}

async function rekeyed(desk: Desk, errand: Errand, what: Rekeying): Promise<Answer> {
  const { keys, outbox, room, until } = desk;
  await vouched(desk);
  const from = room()?.shared.epoch;
  const can = (): boolean => keys.state.value === 'ready' || room()?.shared.epoch === 0;
  for (let tried = 1; ; tried += 1) {
    await until(() => room() !== undefined && can());
    const now = room();
    if (now === undefined) return GONE;
    if (what.quiet === true && now.shared.epoch !== from) return { ok: true };
    const { change, kept, told } = await newEpoch(desk, now, what.leaves, what.rotate);
    const command: Command =
      what.leaves === undefined
        ? { c: 'rekey', keys: change }
        : { c: 'remove', seat: what.leaves, keys: change };
    const answer = await outbox.send(errand, command);
    if (answer.ok) {
      await keys.adopt(kept);
      // Everybody must learn who may hand out keys from now on.
      if (!told && what.rotate.includes('c')) void spread(desk);
      return answer;
    }
    const stale = answer.code === 'stale_epoch' || answer.code === 'stale_roster';
    if (!stale || tried === TRIES) return answer;
    await caughtUp(desk, now);
  }
}

/** Waits for the change that made a command stale, which is on its way if it is not here. */
function caughtUp(desk: Desk, before: RoomState): Promise<void> {
  const { epoch, devices } = before.shared;
  return within(desk, SETTLE_MS, () => {
    const now = desk.room()?.shared;
    return now?.epoch !== epoch || now.devices !== devices;
  });
}

/** Waits for people who have just come in to seal their names: until then nobody vouches for them. */
function vouched(desk: Desk): Promise<void> {
  return within(desk, SETTLE_MS, () => {
    const room = desk.room();
    if (room === undefined) return true;
    const here = Object.entries(room.shared.devices).filter(([, { seat }]) => room.here.has(seat));
    return here.every(([id]) => id === room.own.device || trusted(desk, room, id as DeviceId));
  });
}

/**
 * Gives the key once more to those whom this browser vouches for, who are here, and who have sealed
 * nothing under it: whoever changed the key did not know them yet.
 */
export async function remind(desk: Desk): Promise<void> {
  const room = desk.room();
  if (room === undefined) return;
  const { shared, here, own } = room;
  const vouchedFor = new Set(desk.keys.roster.map(({ device }) => toB64u(device)));
  const mute = Object.entries(shared.devices).filter(
    ([id, { seat }]) =>
      id !== own.device && here.has(seat) && vouchedFor.has(id) &&
      !desk.texts.holds(id as DeviceId, shared.epoch),
  );
  await grantAgain(desk, mute.map(([id]) => id as DeviceId));
}
