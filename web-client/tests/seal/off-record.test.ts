/** Rounds off the record: what Rust makes and refuses, this does too. */

import { describe, expect, it } from 'vitest';
import { fromHex, toHex } from '../../src/seal/bytes';
import { flip } from '../../src/seal/vectors';
import { runOffRecord } from '../../src/seal/vectors-off-record';
import { offRecord } from '../vectors';

const results = await runOffRecord(offRecord);

describe('vectors off the record', () => {
  it.each(results.map((result) => [result.name, result] as const))('%s', (_, { got, want }) => {
    expect(got).toBe(want);
  });

  it('are all there', () => {
    expect(results.length).toBe(22);
  });

  it('a wrong one is found', async () => {
    const psk = toHex(flip(fromHex(offRecord.psk), 0));
    const wrong = (await runOffRecord({ ...offRecord, psk })).filter(({ ok }) => !ok);
    expect(wrong.map(({ name }) => name)).toEqual(['off the record: pre-shared key']);
  });
});
