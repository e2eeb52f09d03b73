/** What a browser keeps of its owner's own keys, whenever the room's answers come. */

import { beforeEach, describe, expect, it } from 'vitest';
import { Memory } from '../../src/session/memory';
import { OwnKeys } from '../../src/session/own-keys';
import type { DeviceId } from '../../src/wire.gen';
import { FakeRoom } from './fake-room';
import { FakeTime, FakeWorld } from './fake-world';

const DEVICE = 'a device' as DeviceId;
const key = (gen: number): { gen: number; raw: Uint8Array<ArrayBuffer> } => ({ gen, raw: new Uint8Array(32).fill(gen) });

describe('an own key', () => {
  let own: OwnKeys;

  beforeEach(() => {
    const time = new FakeTime();
    own = new OwnKeys(new Memory(new FakeWorld(new FakeRoom(time), time), new Uint8Array(16)));
  });

  it('that the room took is the one to seal under, with all before it', async () => {
    await own.take({ own: [key(1)], code: undefined });
    await own.taken({ own: [key(2), key(1)], code: undefined }, [DEVICE]);
    expect(own.all.map(({ gen }) => gen)).toEqual([2, 1]);
    expect(own.recipients).toEqual([DEVICE]);
    expect(own.sealing(2)).toBeDefined();
  });

  it('whose answer comes late takes away nothing that came meanwhile', async () => {
    const code = new Uint8Array(32).fill(9);
    await own.take({ own: [key(1)], code: undefined });
    // Another browser of theirs made the third one, under a code, while this one's second was on its way.
    await own.take({ own: [key(3), key(1)], code });
    await own.taken({ own: [key(2), key(1)], code: undefined }, [DEVICE]);
    expect([own.all.map(({ gen }) => gen), own.code, own.recipients]).toEqual([[3, 2, 1], code, []]);
  });
});
