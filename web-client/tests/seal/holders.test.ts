/** Devices with two pairs, the roster and own keys: what Rust makes and refuses, this does too. */

import { describe, expect, it } from 'vitest';
import { flip } from '../../src/seal/vectors';
import { fromHex, toHex } from '../../src/seal/bytes';
import { runHolders } from '../../src/seal/vectors-holders';
import { holders } from '../vectors';

const results = await runHolders(holders);

describe('vectors of holders', () => {
  it.each(results.map((result) => [result.name, result] as const))('%s', (_, { got, want }) => {
    expect(got).toBe(want);
  });

  it('are all there', () => {
    const of = (kind: string): number => results.filter(({ name }) => name.startsWith(kind)).length;
    expect(of('edit refused')).toBe(holders.refused.edits.length);
    expect(of('edit: ')).toBe(2 * (holders.chain.length + holders.next.length));
    expect(of('link: ')).toBe(holders.links.length);
    expect(of('link refused')).toBe(holders.refused.links.length);
    expect(results.length).toBeGreaterThan(90);
    // The check page shows each under its name.
    expect(new Set(results.map(({ name }) => name)).size).toBe(results.length);
  });

  it('a wrong one is found', async () => {
    const commit = toHex(flip(fromHex(holders.epochs[0]?.commit ?? ''), 0));
    const epochs = holders.epochs.map((at, of) => (of === 0 ? { ...at, commit } : at));
    const wrong = await runHolders({ ...holders, epochs });
    expect(wrong.filter(({ ok }) => !ok).map(({ name }) => name)).toContain('commitment 1');
  });
});
