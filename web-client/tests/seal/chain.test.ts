import { expect, it } from 'vitest';
import { fromHex } from '../../src/seal/bytes';
import { type Sealed, seal } from '../../src/seal/box';
import { type ChainHead, headAt, nextPlace } from '../../src/seal/chain';
import { hkdfKey } from '../../src/seal/derive';
import { vectorContext } from '../../src/seal/vectors';
import { vectors as v } from '../vectors';

const key = await hkdfKey(fromHex(v.K));

/** Three boxes of one device, as it sends them. */
async function three() {
  const sent: { n: number; prev: Uint8Array<ArrayBuffer>; sealed: Sealed }[] = [];
  let head: ChainHead | undefined;
  for (const text of ['one', 'two', 'three']) {
    const place = nextPlace(head);
    const sealed = await seal(key, { ...vectorContext(v), ...place }, text);
    head = await headAt(place.n, sealed);
    sent.push({ ...place, sealed });
  }
  return sent as [(typeof sent)[0], (typeof sent)[0], (typeof sent)[0]];
}

const [one, two, three_] = await three();

it('numbers the boxes of a device, and each names the one before', async () => {
  expect([one, two, three_].map(({ n }) => n)).toEqual([0, 1, 2]);
  expect(one.prev).toEqual(new Uint8Array(32));
  expect(two.prev).toEqual((await headAt(0, one.sealed)).hash);
  expect(three_.prev).toEqual((await headAt(1, two.sealed)).hash);
  expect(two.prev).not.toEqual(three_.prev);
});
