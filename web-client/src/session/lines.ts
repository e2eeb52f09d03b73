/**
 * Lines to pass on. Their box is bound to the set, the meeting and an id drawn at random, and to no seat,
 * no browser and no order: whoever opens it learns the line, and not whose it is.
 */

import { open, seal, type SealContext, sealedUnder } from '../seal/box';
import { toB64u } from '../seal/bytes';
import type { Command, ItemId, SeatId, Sealed } from '../wire.gen';
import type { Context } from './context';
import type { RoomState } from './model';
import { bytesOf } from './texts';

function bound({ shared }: RoomState, item: ItemId, epoch: number): SealContext {
  const nobody = new Uint8Array(16);
  return {
    set: bytesOf(shared.set), session: bytesOf(shared.meeting), epoch,
    member: nobody, device: nobody, kind: 'line', item: bytesOf(item), rev: 1, n: 0, prev: new Uint8Array(32),
  };
}

/** The command that offers a line; undefined where nothing can be sealed now. */
export async function offerOf({ keys, room, world }: Context, text: string, from?: SeatId): Promise<(Command & { c: 'offer_line' }) | undefined> {
  const [now, { sealing }] = [room(), keys];
  if (now === undefined || sealing === undefined) return undefined;
  const item = toB64u(world.random(16)) as ItemId;
  const box = await seal(sealing.key, bound(now, item, sealing.epoch), text, world.random);
  return { c: 'offer_line', item, box, ...(from !== undefined && { from }) };
}

/** A line, opened; undefined where that cannot be. */
export async function opened({ keys, room }: Context, item: ItemId, box: Sealed): Promise<string | undefined> {
  const now = room();
  try {
    const { epoch } = sealedUnder(box);
    const key = keys.key(epoch);
    return now && key && (await open(key, bound(now, item, epoch), box));
  } catch {
    // Says nothing about why, as with every box.
    return undefined;
  }
}
