/** One tab holds a device: who gets it, who waits, and who is told that another tab has it. */

import { expect, it } from 'vitest';
import { lockDevice } from '../../src/seal/tab-lock';
import { settled } from '../settled';

type Locks = Pick<LockManager, 'request'>;
type Callback = (lock: Lock | null) => unknown;

/** The locks of one browser, first come first served, as the standard has them. */
function browserLocks(): Locks {
  let tail = Promise.resolve<unknown>(undefined);
  let holders = 0;
  const steals = new Set<() => void>();
  const request = async (_: string, { signal, steal, ifAvailable }: LockOptions, callback: Callback): Promise<unknown> => {
    if (ifAvailable && holders > 0) return callback(null);
    if (steal) for (const stolen of steals) stolen();
    const before = steal ? Promise.resolve() : tail;
    const gone = new Promise<never>((_, reject) => {
      signal?.addEventListener('abort', () => reject(signal.reason as Error));
    });
    await Promise.race([before, gone]);
    const stolen = new Promise<never>((_, reject) => {
      steals.add(() => reject(new DOMException('stolen', 'AbortError')));
    });
    holders += 1;
    const held = Promise.race([callback({} as Lock), stolen]).finally(() => {
      holders -= 1;
    });
    tail = held.catch(() => undefined);
    return held;
  };
  return { request: request as Locks['request'] };
}

const throws = (): never => {
  throw new DOMException('no', 'SecurityError');
};
const set = new Uint8Array(16);
const patient = (): AbortSignal => new AbortController().signal;

it('is held by the first tab, until it lets it go: whoever comes meanwhile waits for a moment, and has it then', async () => {
  const locks = browserLocks();
  const first = await lockDevice(set, patient(), locks);
  if (first.state !== 'here') throw new Error('nobody has it');
  const second = lockDevice(set, patient(), locks);
  expect(await Promise.race([second, settled()])).toBeUndefined();
  first.release();
  expect((await second).state).toBe('here');
});

it('is elsewhere once that moment is over, and is taken over by hand: then the first tab has lost it', async () => {
  const locks = browserLocks();
  const first = await lockDevice(set, patient(), locks);
  const patience = new AbortController();
  const second = lockDevice(set, patience.signal, locks);
  patience.abort();
  const told = await second;
  if (told.state !== 'elsewhere' || first.state !== 'here') throw new Error('not elsewhere');
  expect((await told.takeOver()).state).toBe('here');
  expect(await first.lost).toBeUndefined();
});

it('is elsewhere at once for whoever does not wait: two tabs never seal with one device', async () => {
  const locks = browserLocks();
  const first = await lockDevice(set, undefined, locks);
  expect([first.state, (await lockDevice(set, undefined, locks)).state]).toEqual(['here', 'elsewhere']);
});

it('gives the device where there are no locks', async () => {
  const hold = await lockDevice(set, patient(), undefined);
  expect(hold.state).toBe('here');
});

it.each([
  ['throw', throws],
  ['reject', () => Promise.reject(new DOMException('no', 'SecurityError'))],
])('gives the device where locks %s', async (_, request) => {
  const hold = await lockDevice(set, patient(), { request } as Locks);
  expect(hold.state).toBe('here');
});

it('moves the device where another tab has it and the lock cannot be stolen', async () => {
  let asked = 0;
  const request = async (_: string, __: LockOptions, granted: (lock: null) => unknown): Promise<unknown> => {
    asked += 1;
    return asked === 1 ? granted(null) : throws();
  };
  const hold = await lockDevice(set, undefined, { request } as unknown as Locks);
  expect(hold.state === 'elsewhere' && (await hold.takeOver()).state).toBe('here');
});
