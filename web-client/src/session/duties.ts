/**
 * What a facilitator's browser does for the room unasked: the first key, a key after somebody has
 * left, a roster that says who is there, and a room that is behind brought forward again.
 */

import { type Context, within } from './context';
import { goneFrom, selfHolder } from './edits';
import { editRoster, rekey } from './facilitate';
import { SHARED_LINKS } from './keychange';
import { allTrusted } from './legacy';
import type { Answer } from './types';

/**
 * - `first`: the set has no key yet
 * - `start`: the set has keys, and no roster
 * - `heal`: the room is behind the roster that this host knows, or an earlier copy was put back, or
 *   a co-facilitator has made a key that does not open here, or told this browser of other links than are in force
 * - `renew`: somebody has left
 * - `shorten`: the chain of edits has grown long
 * - `introduce`: this browser of the host's is not on the roster
 * - `tidy`: a browser on the roster is in the room no more
 */
export type Duty = 'first' | 'start' | 'heal' | 'renew' | 'shorten' | 'introduce' | 'tidy';

/** From so many edits on the whole roster is written anew. */
const LONG = 128;
/** Above what this browser knows of a room that was put back: others may know more. */
const LEAP = 64;
/** How long a browser that holds no key of the set waits for one that does. */
const FIRST_MS = 6_000;
/** How long to wait for people who just came to seal their names. */
const SETTLE_MS = 2_000;

/** What is to be done now. */
export function dutyOf({ keys, memory, room }: Context): Duty | undefined {
  const now = room();
  if (now === undefined || !now.own.keys) return undefined;
  const { shared } = now;
  // Between two meetings a key is made where nothing opens otherwise: the next one has a key of its own.
  const closed = shared.stage === 'closed';
  const { roster, state } = keys;
  const host = keys.hostLink !== undefined;
  if (shared.epoch === 0) return host ? 'first' : undefined;
  if (host && roster !== undefined) {
    if (memory.kept.heal === true || keys.stray || ['behind', 'unfit', 'shut'].includes(state.value)) return 'heal';
  }
  if (state.value !== 'ready') return undefined;
  if (roster === undefined) return host && !closed ? 'start' : undefined;
  if (!host && keys.device.sign === undefined) return undefined;
  if (!closed && (shared.key_due ?? []).length > 0) return 'renew';
  if (host && Object.keys(shared.roster).length >= LONG) return 'shorten';
  if (host && keys.self === undefined) return 'introduce';
  return !closed && goneFrom(now, roster).length > 0 ? 'tidy' : undefined;
}

/** Does it. */
export async function doDuty(context: Context, duty: Duty): Promise<Answer> {
  const { keys } = context;
  const quietly = (leap?: number): Promise<Answer> =>
    rekey(context, { rotate: [], quiet: true, ...(leap !== undefined && { leap }) });
  const now = context.room();
  if (now === undefined) return { ok: false, code: 'gone' };
  switch (duty) {
    case 'first':
      return quietly();
    case 'start':
      // Nobody vouches for whoever has not sealed anything yet.
      await within(context, SETTLE_MS, () => allTrusted(context));
      return quietly();
    case 'heal': {
      // Another browser of the host's may hold what this one was never given, and goes first.
      if (keys.epochs.length === 0) await within(context, FIRST_MS, () => keys.state.value !== 'shut');
      if (dutyOf(context) !== 'heal') return { ok: true };
      // With a key that does not open, links may have come that are not known here; a copy that was
      // put back has those of its time, which somebody who was removed since may still hold.
      const anew = keys.stray || keys.state.value === 'shut';
      const answer = await rekey(context, {
        rotate: anew ? SHARED_LINKS : [], restate: anew ? [] : SHARED_LINKS, quiet: true, leap: LEAP,
      });
      if (answer.ok) await context.memory.save({ heal: false });
      return answer;
    }
    case 'renew':
      return quietly();
    case 'shorten':
      return quietly(1);
    case 'introduce':
      return editRoster(context, [selfHolder(context, now)]);
    default:
      return editRoster(context, []);
  }
}
