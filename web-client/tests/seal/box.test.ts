/** Laws of the box: what was sealed opens, and nothing else ever does. */

import { describe, expect, it } from 'vitest';
import { type Bytes, fromHex, toB64u, utf8 } from '../../src/seal/bytes';
import {
  open,
  openBytes,
  type SealContext,
  type Sealed,
  seal,
  sealBytes,
  sealedUnder,
} from '../../src/seal/box';
import { hkdfKey } from '../../src/seal/derive';
import { SealFault } from '../../src/seal/fault';
import { BOX_OVERHEAD, BUCKETS, pad, unpad } from '../../src/seal/padding';
import { vectorContext } from '../../src/seal/vectors';
import { vectors as v } from '../vectors';

const ctx = vectorContext(v);
const key = await hkdfKey(fromHex(v.K));
const box = fromHex(v.box);

async function fault(run: Promise<unknown>): Promise<string> {
  return run.then(
    () => 'opened',
    (error: unknown) => (error instanceof SealFault ? error.code : `other: ${String(error)}`),
  );
}

function altered(bytes: Bytes, at: number, mask: number): Bytes {
  const out = bytes.slice();
  out[at] = (out[at] ?? 0) ^ mask;
  return out;
}

/** A small seeded source (mulberry32), so that a failure can be run again. */
function seeded(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
}

describe('one changed byte', () => {
  it('anywhere in a box never opens it', async () => {
    const random = seeded(20261122);
    for (let at = 0; at < box.length; at += 1) {
      const mask = 1 + Math.floor(random() * 255);
      const verdict = await fault(openBytes(key, ctx, altered(box, at, mask)));
      const due = at === 0 ? 'version' : at < 5 ? 'epoch' : at < 69 ? 'commit' : 'decrypt';
      expect(verdict, `byte ${at} xor ${mask}`).toBe(due);
    }
  });

  it('anywhere in any field of the context never opens it', async () => {
    for (const field of ['set', 'session', 'member', 'device', 'item', 'prev'] as const) {
      for (let at = 0; at < ctx[field].length; at += 1) {
        const other: SealContext = { ...ctx, [field]: altered(ctx[field], at, 0x80) };
        expect(await fault(openBytes(key, other, box)), `${field} ${at}`).toBe('commit');
      }
    }
  });

  it('anywhere in the key never opens it', async () => {
    for (let at = 0; at < 32; at += 1) {
      const other = await hkdfKey(altered(fromHex(v.K), at, 1));
      expect(await fault(openBytes(other, ctx, box)), `byte ${at}`).toBe('commit');
    }
  });
});

describe('another context', () => {
  it.each([
    { kind: 'questio' },
    { kind: 'questionn' },
    { kind: 'Question' },
    { rev: 0 },
    { rev: 2 ** 24 + 1 },
    { n: 1 },
    { n: 2 ** 32 },
    { set: ctx.session, session: ctx.set },
    { set: ctx.set.slice(0, 15) },
    { prev: new Uint8Array(0) },
  ])('%o does not open it', async (change) => {
    expect(await fault(openBytes(key, { ...ctx, ...change }, box))).toBe('commit');
  });

  it('fields cannot flow into each other', async () => {
    const a = { ...ctx, kind: 'ab', item: utf8('c') };
    const b = { ...ctx, kind: 'a', item: utf8('bc') };
    expect(await fault(openBytes(key, b, await sealBytes(key, a, 'x')))).toBe('commit');
  });
});

describe('length', () => {
  it.each([0, 1, 84, 85, 86, 340, 342, 85 + 8193])('%d bytes are no box', async (length) => {
    const bytes = new Uint8Array(length);
    bytes[0] = 1;
    expect(await fault(openBytes(key, ctx, bytes))).toBe('length');
  });

  it('goes up in buckets', async () => {
    for (const size of BUCKETS) {
      const longest = await sealBytes(key, ctx, 'x'.repeat(size - 1));
      expect(longest.length).toBe(BOX_OVERHEAD + size);
      expect(await openBytes(key, ctx, longest)).toBe('x'.repeat(size - 1));
    }
    expect((await sealBytes(key, ctx, 'x'.repeat(256))).length).toBe(BOX_OVERHEAD + 512);
  });

  it('counts bytes, not characters', async () => {
    expect(await fault(sealBytes(key, ctx, '🌱'.repeat(2047)))).toBe('opened');
    expect(await fault(sealBytes(key, ctx, '🌱'.repeat(2048)))).toBe('too_long');
    // The longest text has 8191 bytes: one is the end mark.
    expect(await fault(sealBytes(key, ctx, 'x'.repeat(8191)))).toBe('opened');
    expect(await fault(sealBytes(key, ctx, 'x'.repeat(8192)))).toBe('too_long');
  });
});

describe('padding', () => {
  it.each(['', 'x', '\0', 'ends in zeros\0\0', '\u0080', 'ŵ ŷ â'])('%j comes back', async (text) => {
    expect(await openBytes(key, ctx, await sealBytes(key, ctx, text))).toBe(text);
  });

  it('without its end mark is refused', () => {
    expect(() => unpad(new Uint8Array(256))).toThrow(new SealFault('padding'));
    expect(() => unpad(utf8('plain'))).toThrow(new SealFault('padding'));
    expect(unpad(pad(utf8('plain')))).toEqual(utf8('plain'));
  });
});

describe('on the wire', () => {
  it('a box goes there and back', async () => {
    const sealed: Sealed = await seal(key, ctx, 'hello');
    expect(sealed).toMatch(/^[A-Za-z0-9_-]+$/);
    expect(sealedUnder(sealed).epoch).toBe(ctx.epoch);
    expect(await open(key, ctx, sealed)).toBe('hello');
  });

  it('plain text is not a box, for the compiler and at run time', async () => {
    // @ts-expect-error plain text must not pass for sealed text
    const plain: Sealed = 'my secret';
    expect(await fault(open(key, ctx, plain))).toBe('length');
    expect(await fault(open(key, ctx, toB64u(utf8('x'.repeat(341))) as Sealed))).toBe('version');
  });

  it('never uses a salt twice and never shows the text', async () => {
    const text = 'a canary in a very dark mine';
    const salts = new Set<string>();
    for (let i = 0; i < 1000; i += 1) {
      const made = await sealBytes(key, ctx, text);
      salts.add(toB64u(made.subarray(5, 37)));
      expect(Buffer.from(made).includes(text)).toBe(false);
    }
    expect(salts.size).toBe(1000);
  });
});
