import { expect, it } from 'vitest';
import { fromHex } from '../../src/seal/bytes';
import { type Sealed, seal } from '../../src/seal/box';
import { type ChainHead, headAt, judgePlace, nextPlace } from '../../src/seal/chain';
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

it('follows boxes in order', async () => {
  expect(one.n).toBe(0);
  expect(await judgePlace(undefined, one, one.sealed)).toBe('next');
  expect(await judgePlace(await headAt(0, one.sealed), two, two.sealed)).toBe('next');
  expect(await judgePlace(await headAt(1, two.sealed), three_, three_.sealed)).toBe('next');
});

it('drops what it has seen', async () => {
  const head = await headAt(1, two.sealed);
  expect(await judgePlace(head, two, two.sealed)).toBe('repeat');
  expect(await judgePlace(head, one, one.sealed)).toBe('repeat');
});

it('sees that one is missing', async () => {
  expect(await judgePlace(await headAt(0, one.sealed), three_, three_.sealed)).toBe('gap');
  expect(await judgePlace(undefined, two, two.sealed)).toBe('gap');
});

it('sees two stories', async () => {
  const head = await headAt(0, one.sealed);
  const other = await seal(key, { ...vectorContext(v), ...nextPlace(undefined) }, 'other one');
  expect(await judgePlace(head, { ...one }, other)).toBe('fork');
  const wrong = { n: 1, prev: new Uint8Array(32) };
  expect(await judgePlace(head, wrong, two.sealed)).toBe('fork');
  expect(await judgePlace(undefined, { n: 0, prev: two.prev }, one.sealed)).toBe('fork');
});
