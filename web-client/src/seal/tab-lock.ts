/**
 * One tab holds a device. Two tabs with one device would number their boxes
 * twice, which looks like a server that tells two stories.
 */

import { type Bytes, toB64u } from './bytes';

/** This tab holds the device. */
export interface Here {
  readonly state: 'here';
  /** Resolves when another tab has taken over; then stop sealing and say so. */
  readonly lost: Promise<void>;
  /** Lets the device go. */
  release(): void;
}

/** Another tab of this browser holds it. */
export interface Elsewhere {
  readonly state: 'elsewhere';
  /** Moves the device here; the other tab's `lost` resolves. */
  takeOver(): Promise<Here>;
}

type Locks = Pick<LockManager, 'request'>;

function ask(locks: Locks, name: string, options: LockOptions): Promise<Here | undefined> {
  return new Promise((resolve, reject) => {
    let release = (): void => undefined;
    const held = new Promise<void>((done) => {
      release = done;
    });
    let granted = false;
    const lost = new Promise<void>((taken) => {
      locks
        .request(name, options, (lock) => {
          if (lock === null) {
            resolve(undefined);
            return undefined;
          }
          granted = true;
          resolve({ state: 'here', lost, release });
          return held;
        })
        // A lock that is stolen rejects; one that was never granted is a real fault.
        .catch((error: unknown) => (granted ? taken() : reject(error)));
    });
  });
}

/**
 * Asks for the device of `set`. Where the browser has no Web Locks it is
 * simply given, and never lost.
 */
export async function lockDevice(
  set: Bytes,
  locks: Locks | undefined = globalThis.navigator?.locks,
): Promise<Here | Elsewhere> {
  if (locks === undefined) {
    return { state: 'here', lost: new Promise(() => undefined), release: () => undefined };
  }
  const name = `setroom-device-${toB64u(set)}`;
  const here = await ask(locks, name, { ifAvailable: true });
  if (here !== undefined) return here;
  return {
    state: 'elsewhere',
    async takeOver() {
      const taken = await ask(locks, name, { steal: true });
      if (taken === undefined) throw new Error('lock not given');
      return taken;
    },
  };
}
