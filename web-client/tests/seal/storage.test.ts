/** The store where a browser allows none. What it does with one is tested in Chromium. */

import { describe, expect, it } from 'vitest';
import { systemRandom } from '../../src/seal/bytes';
import { newDevice } from '../../src/seal/device';
import { lockDevice } from '../../src/seal/tab-lock';
import { openStorage } from '../../src/seal/storage';

const refusing = {
  open() {
    throw new DOMException('no', 'SecurityError');
  },
} as unknown as IDBFactory;

describe.each([
  ['no IndexedDB', undefined],
  ['an IndexedDB that is forbidden', refusing],
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
  });
});

it('gives the device where there are no locks', async () => {
  const hold = await lockDevice(systemRandom(16), undefined);
  expect(hold.state).toBe('here');
});
