/** Key pairs that follow from a seed, and the little that we compute of the curve ourselves. */

import { createECDH } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { fromHex, systemRandom, toHex, utf8 } from '../../src/seal/bytes';
import { BASE_POINT, isPoint, mirrored, pointAt } from '../../src/seal/curve';
import { newDevice } from '../../src/seal/device';
import { pairFromSeed } from '../../src/seal/seed';
import { flip, publicOf } from '../../src/seal/vectors';
import { seeds } from '../vectors';

describe('a pair from a seed', () => {
  it.each(['ECDH', 'ECDSA'] as const)('has the published public key, a hundred times: %s', async (kind) => {
    expect(seeds).toHaveLength(100);
    for (const [seed, pub] of seeds) expect(await publicOf(seed, kind)).toBe(pub);
  });

  it('agrees with others as its public key says', async () => {
    const seed = systemRandom(32);
    const { privateKey } = await pairFromSeed(seed);
    const other = createECDH('prime256v1');
    other.generateKeys();
    const raw = Uint8Array.from(other.getPublicKey());
    const theirs = await crypto.subtle.importKey('raw', raw, { name: 'ECDH', namedCurve: 'P-256' }, true, []);
    const agreed = await crypto.subtle.deriveBits({ name: 'ECDH', public: theirs }, privateKey, 256);
    const pub = fromHex(await publicOf(toHex(seed), 'ECDH'));
    expect(toHex(new Uint8Array(agreed))).toBe(other.computeSecret(pub).toString('hex'));
  });

  it('signs what its public key proves', async () => {
    const pair = await pairFromSeed(systemRandom(32), 'ECDSA');
    const signing = { name: 'ECDSA', hash: 'SHA-256' };
    const signature = await crypto.subtle.sign(signing, pair.privateKey, utf8('yes'));
    expect(await crypto.subtle.verify(signing, pair.publicKey, signature, utf8('yes'))).toBe(true);
    expect(await crypto.subtle.verify(signing, pair.publicKey, signature, utf8('no'))).toBe(false);
  });

  it.each(['ECDH', 'ECDSA'] as const)('never gives its private half away: %s', async (kind) => {
    const { privateKey } = await pairFromSeed(systemRandom(32), kind);
    for (const form of ['jwk', 'pkcs8'] as const) {
      await expect(crypto.subtle.exportKey(form, privateKey)).rejects.toThrow('not extractable');
    }
  });
});

describe('a point', () => {
  it('is on the curve, and so is the other one with its x', async () => {
    for (const point of [BASE_POINT, (await newDevice()).pub, (await newDevice()).pub]) {
      const other = mirrored(point);
      expect([isPoint(point), isPoint(other)]).toEqual([true, true]);
      expect(toHex(other)).not.toBe(toHex(point));
      expect(toHex(mirrored(other))).toBe(toHex(point));
      expect([toHex(point), toHex(other)]).toContain(toHex(pointAt(point.slice(1, 33))));
    }
  });

  it('is not just any bytes', async () => {
    const { pub } = await newDevice();
    const tooLarge = fromHex(`04${'ff'.repeat(64)}`);
    for (const bytes of [flip(pub, 0), flip(pub, 20), flip(pub, 64), pub.slice(0, 64), tooLarge, new Uint8Array(65)]) {
      expect(isPoint(bytes)).toBe(false);
    }
  });
});
