/** What the parts of a session share: the room as it is, and ways to wait for it to change. */

import type { ServerClock } from '../lib/clock';
import type { Drafts } from './drafts';
import type { Keys } from './keys';
import type { Memory } from './memory';
import type { RoomState } from './model';
import type { Outbox } from './outbox';
import type { OwnKeys } from './own-keys';
import type { Texts } from './texts';
import type { World } from './world';

export interface Context {
  readonly world: World;
  readonly clock: ServerClock;
  readonly memory: Memory;
  readonly keys: Keys;
  readonly own: OwnKeys;
  readonly texts: Texts;
  readonly outbox: Outbox;
  readonly drafts: Drafts;
  /** The room; undefined outside it. */
  room(): RoomState | undefined;
  /** Tells whoever waits that anything may have changed. */
  turn(): void;
  /** Waits until `test` holds. False when the session ends first. */
  until(test: () => boolean): Promise<boolean>;
  /** Changes of who holds keys, one after the other: each follows from the one before. */
  inTurn<T>(change: () => Promise<T>): Promise<T>;
  /** For what nobody waits for: if it fails, that is told all the same. */
  aside(work: Promise<unknown>): void;
}

/** Runs what it is given one after the other. */
export function oneByOne(): Context['inTurn'] {
  let last: Promise<unknown> = Promise.resolve();
  return (run) => {
    // Whether the one before came off is its caller's affair.
    const done = last.then(run, run);
    last = done;
    return done;
  };
}

/** Waits until `test` holds, but no longer than so many milliseconds. */
export async function within({ until, world }: Context, ms: number, test: () => boolean): Promise<void> {
  if (test()) return;
  let late = (): void => undefined;
  const patience = new Promise<void>((resolve) => {
    late = resolve;
  });
  const cancel = world.after(ms, () => late());
  await Promise.race([until(test), patience]);
  cancel();
}

/** Whoever waits for something to become true. */
export function newWaiters() {
  const waiting = new Map<(held: boolean) => void, () => boolean>();
  return {
    until: async (test: () => boolean): Promise<boolean> => test() || new Promise((answer) => waiting.set(answer, test)),
    turn(): void {
      for (const [answer, test] of waiting) {
        if (test() && waiting.delete(answer)) answer(true);
      }
    },
    /** Nothing will change any more. */
    stop(): void {
      for (const answer of waiting.keys()) answer(false);
      waiting.clear();
    },
  };
}
