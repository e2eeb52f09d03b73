/** Words that are locked in the moment a page goes. */

import { describe, expect, it } from 'vitest';
import { fromB64u, systemRandom } from '../../src/seal/bytes';
import { AES, locked, streamFor, unlocked } from '../../src/session/parting';

const newKey = (): Promise<CryptoKey> => crypto.subtle.generateKey({ name: AES, length: 256 }, false, ['encrypt', 'decrypt']);

describe('words that are locked at once', () => {
  it.each(['', 'a', 'A handover 🕰️ sy’n dal', 'ŵ'.repeat(8192)])('come back as they were (%#)', async (words) => {
    const key = await newKey();
    const box = locked(await streamFor(key, systemRandom(12), 0), words);
    expect(await unlocked(key, box ?? '')).toBe(words);
  });

  it('are not in what is kept, nor alike under another stream of the key', async () => {
    const key = await newKey();
    const boxes = await Promise.all(
      [1, 2].map(async () => fromB64u(locked(await streamFor(key, systemRandom(12), 0), 'A handover') ?? '')),
    );
    const behind = boxes.map((box) => Buffer.from(box?.slice(12) ?? []).toString('latin1'));
    expect(behind).not.toContain('A handover');
    expect(behind[0]).not.toBe(behind[1]);
  });

  it('are nothing under another key', async () => {
    const box = locked(await streamFor(await newKey(), systemRandom(12), 0), 'A handover that keeps going') ?? '';
    expect(await unlocked(await newKey(), box).catch(() => undefined)).not.toBe('A handover that keeps going');
  });

  it('are kept whole or not at all', async () => {
    const stream = await streamFor(await newKey(), systemRandom(12), 40_000);
    expect(locked(stream, 'a'.repeat(40_000))).toBeDefined();
    expect(locked(stream, 'a'.repeat(40_001))).toBeUndefined();
  });

  it.each(['!', '', 'AAAA'])('are none where %j is all that is kept', async (box) => {
    expect(await unlocked(await newKey(), box).catch(() => 'none')).toBe('none');
  });
});
