/** Edits of the roster as a facilitator's browser makes them, and who signs and grants for it. */

import { toB64u } from '../seal/bytes';
import type { Device } from '../seal/device';
import { signEdit } from '../seal/edit';
import { hostHolder } from '../seal/holder';
import { follow, isOfHostLink, type Roster } from '../seal/roster';
import type { DeviceId, Hash32, Holder, MeetingId, RosterEdit, SeatId } from '../wire.gen';
import type { Context } from './context';
import type { RoomState } from './model';

/** What an edit is to say. */
export interface Editing {
  readonly epoch: number;
  readonly commit: Hash32;
  /** The meeting that the key is of, with a new one. */
  readonly meeting?: MeetingId;
  readonly add?: readonly Holder[];
  readonly drop?: readonly DeviceId[];
  /** The whole roster anew, at this place. */
  readonly wholeAt?: number;
}

/**
 * Who signs for this browser, and whom its grants come from: for a host the host link's holder,
 * whichever browser the host uses; for a co-facilitator the device.
 */
export async function signerOf({ keys }: Context): Promise<Device> {
  return keys.hostLink === undefined ? keys.device : hostHolder(keys.hostLink);
}

/** Signs an edit, and gives the roster as it is with it. */
export async function editOf(
  { keys }: Context,
  by: Device,
  { epoch, commit, meeting, add = [], drop = [], wholeAt }: Editing,
): Promise<{ edit: RosterEdit; after: Roster }> {
  const { roster, set } = keys;
  const edit = await signEdit(set, by, roster, {
    n: wholeAt ?? (roster?.n ?? 0) + 1,
    epoch,
    commit,
    ...(meeting !== undefined && { meeting }),
    ...(wholeAt !== undefined && { whole: true }),
    ...(add.length > 0 && { add: [...add] }),
    ...(drop.length > 0 && { drop: [...drop] }),
  });
  const after = await follow(set, roster, edit);
  if (typeof after === 'string') throw new Error(`this edit does not follow: ${after}`);
  return { edit, after };
}

/** This browser as a holder of keys. */
export function selfHolder({ keys }: Context, { own }: RoomState): Holder {
  const { device, role } = keys;
  return {
    pub: toB64u(device.pub),
    ...(device.sign !== undefined && { sign: toB64u(device.sign.pub) }),
    seat: own.seat,
    role,
    link: keys.self?.link ?? keys.newest(role)?.link ?? 0,
    ...(keys.self?.came && { came: keys.self.came }),
  };
}

/** A holder as the entry of the host link. */
export function hostEntry({ pub, sign }: Device): Holder {
  const seat = toB64u(new Uint8Array(16)) as SeatId;
  return { pub: toB64u(pub), ...(sign && { sign: toB64u(sign.pub) }), seat, role: 'h', link: 0 };
}

/** Whether this holder's browser is in the room as the roster has it, once `leaves` has gone. */
export function isThere({ shared }: RoomState, id: DeviceId, holder: Holder, leaves?: SeatId): boolean {
  const at = shared.devices[id];
  return at !== undefined && at.seat === holder.seat && at.pub === holder.pub && at.seat !== leaves;
}

/** Who is on the roster and not in the room any more. */
export function goneFrom(room: RoomState, roster: Roster, leaves?: SeatId): DeviceId[] {
  const all = Object.entries(roster.holders) as [DeviceId, Holder][];
  return all.flatMap(([id, at]) => (isOfHostLink(at) || isThere(room, id, at, leaves) ? [] : [id]));
}
