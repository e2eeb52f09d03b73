/** The store where a browser allows none. What it does with one is tested in Chromium. */

import { describe, expect, it, vi } from 'vitest';
import { systemRandom } from '../../src/seal/bytes';
import { newDevice } from '../../src/seal/device';
import { openStorage } from '../../src/seal/storage';

const throws = (): never => {
  throw new DOMException('no', 'SecurityError');
};
const refusing = { open: throws, deleteDatabase: throws } as unknown as IDBFactory;

/** Answers each request with an error, as a policy does in some browsers. */
const failing = (): EventTarget => {
  const request = Object.assign(new EventTarget(), { error: new DOMException('no', 'SecurityError') });
  queueMicrotask(() => request.dispatchEvent(new Event('error')));
  return request;
};
const rejecting = { open: failing, deleteDatabase: failing } as unknown as IDBFactory;

describe.each([
  ['no IndexedDB', undefined],
  ['an IndexedDB that is forbidden', refusing],
  ['an IndexedDB that answers with errors', rejecting],
])('with %s', (_, factory) => {
  // fault: F34 — without storage, or with one that is forbidden, everything is kept in memory
  it('keeps things in memory and says so', async () => {
    const keep = await openStorage('x', factory);
    expect(keep.durable).toBe(false);
    expect(keep.limit).toBe('blocked');
    const [set, other] = [systemRandom(16), systemRandom(16)];
    const { pair } = await newDevice();
    expect(await keep.read(set)).toBe(undefined);
    await keep.update(set, { device: pair, role: 'm' });
    await keep.update(set, { resume: new Uint8Array(32) });
    await keep.update(other, { role: 'o' });
    const kept = await keep.read(set);
    expect(kept?.device).toBe(pair);
    expect(kept?.role).toBe('m');
    expect(kept?.resume).toHaveLength(32);
    expect(await keep.sets()).toEqual([set, other]);
    await keep.forget(set);
    expect(await keep.read(set)).toBe(undefined);
    expect(await keep.sets()).toEqual([other]);
    expect(await keep.destroy()).toBe(true);
  });
});

it('goes on in memory with an IndexedDB that never answers', async () => {
  vi.useFakeTimers();
  const opening = openStorage('x', { open: () => new EventTarget() } as unknown as IDBFactory);
  await vi.advanceTimersByTimeAsync(4_000);
  vi.useRealTimers();
  const keep = await opening;
  expect([keep.durable, keep.limit]).toEqual([false, 'blocked']);
});
