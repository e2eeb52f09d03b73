/**
 * Lines to pass on, and answers of the form. Their box is bound to the set, the meeting and an id drawn at
 * random, and to no seat, no browser and no order: whoever opens it learns what it says, and not whose it is.
 */

import { open, seal, type SealContext, sealedUnder } from '../seal/box';
import { toB64u } from '../seal/bytes';
import type { Command, ItemId, MeetingId, SeatId, Sealed } from '../wire.gen';
import type { Context } from './context';
import type { RoomState } from './model';
import { bytesOf } from './texts';

type Kind = 'line' | 'form';

function bound({ shared }: RoomState, kind: Kind, item: ItemId, epoch: number): SealContext {
  const nobody = new Uint8Array(16);
  return {
    set: bytesOf(shared.set), session: bytesOf(shared.meeting), epoch,
    member: nobody, device: nobody, kind, item: bytesOf(item), rev: 1, n: 0, prev: new Uint8Array(32),
  };
}

/** A box of nobody's under an id drawn at random, or earlier; undefined where nothing can be sealed now. */
async function boxOf({ keys, room, world }: Context, kind: Kind, text: string, id?: ItemId): Promise<{ item: ItemId; box: Sealed } | undefined> {
  const [now, { sealing }] = [room(), keys];
  if (now === undefined || sealing === undefined) return undefined;
  const item = id ?? (toB64u(world.random(16)) as ItemId);
  return { item, box: await seal(sealing.key, bound(now, kind, item, sealing.epoch), text, world.random) };
}

/** The command that offers a line. */
export async function offerOf(context: Context, text: string, from?: SeatId): Promise<(Command & { c: 'offer_line' }) | undefined> {
  const sealed = await boxOf(context, 'line', text);
  return sealed && { c: 'offer_line', ...sealed, ...(from !== undefined && { from }) };
}

/** The name of this page's answer, in one meeting. */
const ANSWER = new WeakMap<Context, { readonly meeting: MeetingId; readonly item: ItemId }>();

/**
 * The command that answers the form. However often this page answers, it is under one name, so nobody can show two
 * of its answers as two people's. `again` where the service may have forgotten one.
 */
export async function answerOf(context: Context, text: string, again?: boolean): Promise<(Command & { c: 'answer_form' }) | undefined> {
  const meeting = context.room()?.shared.meeting;
  const known = ANSWER.get(context);
  const sealed = await boxOf(context, 'form', text, known?.meeting === meeting ? known?.item : undefined);
  if (sealed === undefined || meeting === undefined) return undefined;
  ANSWER.set(context, { meeting, item: sealed.item });
  return { c: 'answer_form', ...sealed, ...(again && { again }) };
}

/** Such a box, opened; undefined where that cannot be. */
export async function opened({ keys, room }: Context, kind: Kind, item: ItemId, box: Sealed): Promise<string | undefined> {
  const now = room();
  try {
    const { epoch } = sealedUnder(box);
    const key = keys.key(epoch);
    return now && key && (await open(key, bound(now, kind, item, epoch), box));
  } catch {
    // Says nothing about why, as with every box.
    return undefined;
  }
}
