/** How long a text is: as the service counts, and as its writer can follow. */

import { describe, expect, it } from 'vitest';
import { bytesOf, charsOf, excess } from '../../src/lib/length';
import { BUCKETS, pad } from '../../src/seal/padding';
import { LIMITS } from '../../src/wire.gen';

const SAMPLES = ['', 'a', 'ŵ', 'é', 'e\u0301', '🌱', '👩🏽‍⚕️', 'Llŷr\nŴyn', '漢字', 'النص', '\u0000'];

describe('a text', () => {
  it.each(SAMPLES)('%j has as many bytes as it is sealed in', (text) => {
    expect(bytesOf(text)).toBe(new TextEncoder().encode(text).length);
    expect(charsOf(text)).toBe(Array.from(text).length);
  });

  it.each([
    ['x', 211, 71],
    ['🌱', 141, 1],
    ['ŵ', 140, 0],
    ['x', 139, 0],
  ])('of %j, %d times, is %d too long for a line', (char, times, over) => {
    expect(excess(char.repeat(times), { chars: LIMITS.line_chars })).toBe(over);
  });

  it('is as much too long as must go from its end, in whole characters', () => {
    for (const char of ['x', 'ŵ', '漢', '🌱']) {
      const text = char.repeat(5_029);
      const over = excess(text, { bytes: LIMITS.form_bytes });
      const rest = [...text].slice(0, -over).join('');
      expect(bytesOf(rest)).toBeLessThanOrEqual(LIMITS.form_bytes);
      expect(bytesOf(rest + char)).toBeGreaterThan(LIMITS.form_bytes);
    }
  });

  it('is measured as it is sent, without the space round it', () => {
    expect(excess(`  ${'x'.repeat(140)}\n\n`, { chars: 140 })).toBe(0);
    expect(excess(`  ${'x'.repeat(141)}\n\n`, { chars: 140 })).toBe(1);
  });

  it('that is not too long fits the box of its kind', () => {
    const bucket = (text: string): number => pad(new TextEncoder().encode(text), BUCKETS).length;
    // What the service takes of each, at most: `largest_bucket` of the protocol.
    expect(bucket('🌱'.repeat(LIMITS.line_chars))).toBeLessThanOrEqual(1024);
    expect(bucket('🌱'.repeat(LIMITS.name_chars))).toBeLessThanOrEqual(256);
    expect(bucket('x'.repeat(LIMITS.form_bytes))).toBe(4096);
  });
});
