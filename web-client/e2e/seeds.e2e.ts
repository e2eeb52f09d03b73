/**
 * Whatever is computed from a seed is the same in every engine: a hundred seeds, drawn anew each
 * time, lead to the same public keys in Chromium, Firefox, WebKit and Node, as pairs that agree on
 * keys and as pairs that sign.
 *
 * What they must come to says a program that shares nothing with ours: OpenSSL, by Node's own
 * `createECDH`, after the steps of RFC 9180 written out here. That the Rust client comes to the
 * same is shown where it lives, for the published hundred and for fresh ones
 * (`client/tests/it/seeds.rs`); a test cannot ask it from here without a switch made for tests.
 */

import { createECDH, createHmac, randomBytes } from 'node:crypto';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { publicOf } from '../src/seal/vectors';
import { seeds as published } from '../tests/vectors';
import { Engines, ENGINES } from './support/engines';
import type { Served } from './support/serve';
import { serveHarness } from './support/with-harness';

const engines = new Engines();
let served: Served;

beforeAll(async () => {
  served = await serveHarness();
});
afterAll(async () => {
  await engines.close();
  await served?.stop();
});

const KEM = Buffer.from('HPKE-v1KEM\x00\x10', 'latin1');

function hmac(key: Buffer, ...parts: readonly (Buffer | string)[]): Buffer {
  const mac = createHmac('sha256', key);
  for (const part of parts) mac.update(part);
  return mac.digest();
}

/** `DeriveKeyPair` by OpenSSL, for seeds whose first number fits, as all but one in 2^32 do. */
function oracle(seed: string): string {
  const prk = hmac(Buffer.alloc(32), KEM, 'dkp_prk', Buffer.from(seed, 'hex'));
  // HKDF-Expand to 32 bytes is one HMAC that ends in the number 1.
  const secret = hmac(prk, Buffer.from([0, 32]), KEM, 'candidate', Buffer.from([0, 1]));
  const ecdh = createECDH('prime256v1');
  ecdh.setPrivateKey(secret);
  return ecdh.getPublicKey('hex');
}

const drawn = Array.from({ length: 100 }, () => randomBytes(32).toString('hex'));
const due = drawn.map((seed) => [oracle(seed), oracle(seed)]);

it('the oracle itself knows the published ones', () => {
  expect(published.map(([seed]) => oracle(seed))).toEqual(published.map(([, pub]) => pub));
});

it('node', async () => {
  const got = [];
  for (const seed of drawn) got.push([await publicOf(seed, 'ECDH'), await publicOf(seed, 'ECDSA')]);
  expect(got).toEqual(due);
});

it.each(ENGINES)('%s', async (engine) => {
  const tab = await engines.open(engine);
  await tab.goto(`${served.origin}/harness.html`);
  await tab.until(() => window.harness !== undefined);
  const got = await tab.evaluate(async (seeds: string[]) => {
    const { publicOf } = window.harness;
    const pairs = [];
    for (const seed of seeds) pairs.push([await publicOf(seed, 'ECDH'), await publicOf(seed, 'ECDSA')]);
    return pairs;
  }, drawn);
  expect(got).toEqual(due);
});
