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
      // Asynchronous, so that what throws at once rejects as well.
      const asked = async (): Promise<void> =>
        locks.request(name, options, (lock) => {
          if (lock === null) {
            resolve(undefined);
            return undefined;
          }
          granted = true;
          resolve({ state: 'here', lost, release });
          return held;
        });
      // A lock that is stolen rejects; one that was never granted is a real fault.
      asked().catch((error: unknown) => (granted ? taken() : reject(error)));
    });
  });
}

/** Where there are no locks the device is simply given, and never lost. */
const unlocked = (): Here => ({ state: 'here', lost: new Promise(() => undefined), release: () => undefined });

/** The browser's locks, or none where even asking for them is forbidden. */
function systemLocks(): Locks | undefined {
  try {
    return globalThis.navigator?.locks;
  } catch {
    return undefined;
  }
}

/**
 * Asks for the device of `set`. Never rejects: a browser that has no Web Locks, or forbids this site
 * to use them, keeps nothing that two tabs could share either. With `signal` it waits until that is
 * aborted: some browsers are slow to drop what a page held that this very tab has left.
 */
export async function lockDevice(
  set: Bytes,
  signal?: AbortSignal,
  locks: Locks | undefined = systemLocks(),
): Promise<Here | Elsewhere> {
  if (locks === undefined) return unlocked();
  const name = `setroom-device-${toB64u(set)}`;
  const options = signal ? { signal } : { ifAvailable: true };
  const here = await ask(locks, name, options).catch(() => (signal?.aborted ? undefined : unlocked()));
  if (here !== undefined) return here;
  return {
    state: 'elsewhere',
    takeOver: async () => (await ask(locks, name, { steal: true }).catch(unlocked)) ?? unlocked(),
  };
}
