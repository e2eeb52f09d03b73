/** The published vectors, each field and each negative case on its own. */

import { describe, expect, it } from 'vitest';
import { fromHex, toHex, utf8 } from '../../src/seal/bytes';
import { contextBytes, openBytes, sealBytes } from '../../src/seal/box';
import { mirrored } from '../../src/seal/curve';
import { hkdfKey } from '../../src/seal/derive';
import { deviceFromPair, deviceId } from '../../src/seal/device';
import { SealFault } from '../../src/seal/fault';
import { grantInfo, openGrant } from '../../src/seal/grant';
import { readKeyList, writeKeyList } from '../../src/seal/keylist';
import { formatLink, linkKeys, parseLink, tokenHash } from '../../src/seal/link';
import { pairFromSeed } from '../../src/seal/seed';
import {
  dueFault,
  flip,
  negatives,
  runVectors,
  vectorContext,
  vectorGrant,
} from '../../src/seal/vectors';
import { wordNumbers } from '../../src/seal/words';
import { toB64u } from '../../src/seal/bytes';
import { seeds, vectors as v } from '../vectors';

const ctx = vectorContext(v);
const key = await hkdfKey(fromHex(v.K));

describe('positive vectors', () => {
  const link = parseLink(v.link);

  it('link: set, role and secret', () => {
    expect(toHex(link.set)).toBe(v.set);
    expect(link.role).toBe('m');
    expect(toHex(link.secret)).toBe(v.secret);
    expect(formatLink(link, 'https://host')).toBe(v.link);
  });

  it('link: token, its hash, admit and lobby', async () => {
    const keys = await linkKeys(link);
    expect(toHex(keys.token)).toBe(v.token);
    expect(toHex(await tokenHash(keys.token))).toBe(v.token_hash);
    expect(toHex(keys.admit)).toBe(v.admit);
    expect(toHex(keys.lobby)).toBe(v.lobby);
  });

  it('device id', async () => {
    expect(toHex(await deviceId(fromHex(v.pubM)))).toBe(v.device);
  });

  it('device keys from their seeds', async () => {
    const pub = async (ikm: string) =>
      toHex((await deviceFromPair(await pairFromSeed(fromHex(ikm)))).pub);
    expect(await pub(v.skH_ikm)).toBe(v.pubH);
    expect(await pub(v.skM_ikm)).toBe(v.pubM);
  });

  it('context', () => {
    expect(toHex(contextBytes(ctx))).toBe(v.aad);
  });

  it('box: sealed and opened', async () => {
    const box = await sealBytes(key, ctx, v.text, () => fromHex(v.salt));
    expect(toHex(box)).toBe(v.box);
    expect(box.length).toBe(v.box_len);
    expect(await openBytes(key, ctx, fromHex(v.box))).toBe(v.text);
  });

  it('grant', async () => {
    const { terms, open } = await vectorGrant(v);
    const pubH = fromHex(v.pubH);
    expect(toHex(grantInfo(ctx.set, v.epoch, pubH, fromHex(v.pubM)))).toBe(v.grant_info);
    expect(await open(terms, pubH)).toEqual(utf8(v.grant_pt));
    const joiner = await deviceFromPair(await pairFromSeed(fromHex(v.skM_ikm)));
    const wire = toB64u(fromHex(v.pubH + v.grant_enc + v.grant_ct));
    const list = await openGrant(terms, joiner, wire);
    expect(list.keys.map((at) => [at.epoch, toHex(at.raw)])).toEqual([[v.epoch, v.K]]);
    expect(writeKeyList(readKeyList(v.grant_pt))).toBe(v.grant_pt);
  });

  it('five words, in whatever order the devices come', async () => {
    const pubs = [fromHex(v.pubH), fromHex(v.pubM)];
    expect(await wordNumbers(key, ctx.set, v.epoch, pubs)).toEqual(v.words);
    expect(await wordNumbers(key, ctx.set, v.epoch, pubs.toReversed())).toEqual(v.words);
  });

  it('other words for another key, epoch, set or roster', async () => {
    const pubs = [fromHex(v.pubH), fromHex(v.pubM)];
    const others = await Promise.all([
      wordNumbers(await hkdfKey(flip(fromHex(v.K), 0)), ctx.set, v.epoch, pubs),
      wordNumbers(key, flip(ctx.set, 0), v.epoch, pubs),
      wordNumbers(key, ctx.set, v.epoch + 1, pubs),
      wordNumbers(key, ctx.set, v.epoch, pubs.slice(0, 1)),
      wordNumbers(key, ctx.set, v.epoch, [...pubs, flip(fromHex(v.pubM), 3)]),
    ]);
    for (const other of others) expect(other).not.toEqual(v.words);
  });
});

describe('negative vectors', () => {
  const cases = negatives(v);

  it('are 21, and each has a case here', () => {
    expect(Object.keys(v.negative)).toHaveLength(21);
    expect(Object.keys(cases).toSorted()).toEqual(Object.keys(v.negative).toSorted());
  });

  it.each(Object.keys(v.negative))('%s', async (name) => {
    const fault = await cases[name]?.().then(
      () => 'opened',
      (error: unknown) => (error instanceof SealFault ? error.code : String(error)),
    );
    expect(fault).toBe(dueFault(name));
  });
});

describe('the run that the self-test page makes', () => {
  it('finds everything in order', async () => {
    const results = await runVectors(v, seeds);
    expect(results.filter((result) => !result.ok)).toEqual([]);
    expect(results).toHaveLength(1 + 17 + 21);
  });

  it('sees one wrong digit', async () => {
    const results = await runVectors({ ...v, token: toHex(flip(fromHex(v.token), 0)) }, seeds);
    expect(results.filter((result) => !result.ok).map((result) => result.name)).toEqual(['token']);
  });

  it('sees one public key that is on the other half of the curve', async () => {
    const [first, ...rest] = seeds;
    const wrong = [first?.[0] ?? '', toHex(mirrored(fromHex(first?.[1] ?? '')))] as const;
    const results = await runVectors(v, [wrong, ...rest]);
    expect(results.filter((result) => !result.ok)).toMatchObject([{ name: 'seeds', got: '99 right' }]);
  });

  it('sees a negative case that is not covered', async () => {
    const negative = { ...v.negative, 'brand new': 'rejected' };
    const results = await runVectors({ ...v, negative }, seeds);
    expect(results.filter((result) => !result.ok)).toMatchObject([{ name: 'not: brand new' }]);
  });
});
