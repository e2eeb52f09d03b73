/** Does unasked what this browser owes the room: one thing at a time, and again a while after it failed. */

import type { Context } from './context';
import { facilitator, holding } from './lazy';
import type { Writer } from './writer';

type Facilitator = typeof import('./facilitator');

/** How long everybody has to seal their names again under a new key; and until a second attempt. */
export const REMIND_MS = 8_000;

/** `again` is called when everything is to be looked at anew. */
export function dutyRunner(context: Context, writer: Writer, again: () => void) {
  const { aside, keys, own, room, world } = context;
  /** The epoch of which this browser has seen to it that everybody has the key. */
  let reminded = 0;
  let unremind: (() => void) | undefined;
  /** A duty that was refused is tried again after a while, not at once. */
  let resting = false;
  let looked = false;
  let keeping = false;
  /** What is under way as a facilitator's. */
  let running: Promise<unknown> | undefined;

  function rest(): void {
    resting = true;
    world.after(REMIND_MS, () => {
      resting = false;
      if (room() !== undefined) again();
    });
  }

  async function inTurn(act: (by: Facilitator) => Promise<unknown>): Promise<void> {
    const before = running ?? Promise.resolve();
    // Where a part of the page did not arrive, what is owed is looked at again after a while.
    const run = before.then(async () => act(await facilitator())).catch(rest);
    running = run;
    await run;
    if (running === run) running = undefined;
  }

  /** Does what this browser owes the room as a facilitator's. */
  async function doDuties(): Promise<void> {
    if (resting || room()?.own.keys !== true) return;
    looked = false;
    if (running !== undefined) return;
    await inTurn(async ({ doDuty, dutyOf }) => {
      let before: string | undefined;
      while (!looked && !resting) {
        looked = true;
        const duty = dutyOf(context);
        if (duty === undefined) continue;
        looked = false;
        const { ok } = await doDuty(context, duty).catch(() => ({ ok: false }));
        // A room that says done and is as it was is not asked again at once.
        if (!ok || duty === before) rest();
        before = duty;
      }
    });
  }

  /** Wraps the own key for browsers that came, and makes it anew after one that went. */
  async function keepOwn(): Promise<void> {
    if (own.newest === 0 || keeping || resting || keys.state.value !== 'ready') return;
    keeping = true;
    try {
      const { keepOwnKey, ownKeyDue } = await holding();
      await keys.followed;
      if (ownKeyDue(context) === undefined) return;
      const kept = await writer.between(async () => {
        await keys.followed;
        // A text that was on its way may have seen to it.
        const due = ownKeyDue(context);
        return due === undefined || due === 'locked' ? { ok: true } : keepOwnKey(context, due);
      });
      if (!kept.ok) rest();
    } catch {
      rest();
    } finally {
      keeping = false;
    }
  }

  /** Some time after the key changed, looks for people who are here and do not have it. */
  function remind(): void {
    const now = room();
    const epoch = now?.shared.epoch ?? 0;
    if (!now?.own.keys || epoch === reminded) return;
    reminded = epoch;
    unremind?.();
    unremind = world.after(REMIND_MS, () => {
      // What came to be owed meanwhile was put off.
      aside(inTurn((by) => by.remind(context)).then(doDuties));
    });
  }

  return {
    /** The room or the keys may be others now. */
    update(): void {
      aside(doDuties());
      aside(keepOwn());
      remind();
    },
    stop: () => unremind?.(),
  };
}
