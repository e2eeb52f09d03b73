/** What the answers of a form may be together: which one is to be shortened, and by how much. */

import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { plain } from '../../src/screens/messages';
import { longestOver } from '../../src/screens/form-length';
import { LIMITS } from '../../src/wire.gen';
import { inEnglish } from './catalogues';

const FIELDS = ['a', 'b'] as const;
const around = JSON.stringify({ a: '', b: '', c: true }).length;
const form = (a: number, b: number) => ({ a: 'x'.repeat(a), b: 'y'.repeat(b), c: true });

beforeAll(inEnglish);
afterAll(() => vi.unstubAllGlobals());

describe('answers that are too long together', () => {
  it('are not where they just fit', () => {
    expect(longestOver(form(10, LIMITS.form_bytes - around - 10), FIELDS)).toBeUndefined();
  });

  it('are said of the longest, by as much as is over', () => {
    expect(longestOver(form(10, LIMITS.form_bytes - around - 7), FIELDS)).toEqual({ field: 'b', why: plain('too-long', { over: 3 }) });
    expect(longestOver(form(LIMITS.form_bytes, 10), FIELDS)).toEqual({ field: 'a', why: plain('too-long', { over: around + 10 }) });
  });

  it('have space around them, which is not sent, and is over all the same', () => {
    const { b, ...rest } = form(10, LIMITS.form_bytes - around - 7);
    expect(longestOver({ ...rest, b: ` ${b} ` }, FIELDS)).toEqual({ field: 'b', why: plain('too-long', { over: 5 }) });
  });
});
