/** The return code: what it looks like, and that a slip of the hand is found. */

import { describe, expect, it } from 'vitest';
import { newCode, readCode, writeCode } from '../../src/seal/code';

const BYTES = Uint8Array.from({ length: 16 }, (_, at) => at * 17);
const CODE = await writeCode(BYTES);

describe('a return code', () => {
  it('is seven groups of four signs that nobody takes for another', () => {
    expect(CODE).toMatch(/^([0-9A-HJKMNP-TV-Z]{4}-){6}[0-9A-HJKMNP-TV-Z]{4}$/);
  });

  it('reads back to what it was made of', async () => {
    expect(await readCode(CODE)).toEqual(BYTES);
    for (let time = 0; time < 50; time += 1) {
      const bytes = newCode();
      // oxlint-disable-next-line no-await-in-loop -- fifty codes, one after the other
      expect(await readCode(await writeCode(bytes))).toEqual(bytes);
    }
  });

  it('is random, 128 bits of it', () => {
    expect(newCode()).toHaveLength(16);
    expect(newCode()).not.toEqual(newCode());
  });

  it.each([
    ['small letters', CODE.toLowerCase()],
    ['no dashes', CODE.replaceAll('-', '')],
    ['spaces and line breaks', ` ${CODE.replaceAll('-', ' \n')} `],
    ['long dashes, as a word processor makes them', CODE.replaceAll('-', '–')],
    ['letters that look like numbers', CODE.replaceAll('0', 'O').replaceAll('1', 'l')],
  ])('may be typed with %s', async (_, typed) => {
    expect(await readCode(typed)).toEqual(BYTES);
  });

  it('with any one sign another is not read', async () => {
    const signs = CODE.replaceAll('-', '');
    for (let at = 0; at < signs.length; at += 1) {
      for (const other of '0Z7') {
        if (signs[at] === other) continue;
        // oxlint-disable-next-line no-await-in-loop -- one slip after the other
        expect(await readCode(signs.slice(0, at) + other + signs.slice(at + 1))).toBeUndefined();
      }
    }
  });

  it.each([['nothing', ''], ['a part of it', CODE.slice(0, 20)], ['more than it', `${CODE}0`], ['a U', CODE.replace(/.$/, 'U')], ['something else', 'anchor velvet crowd']])(
    'is not read from %s',
    async (_, typed) => {
      expect(await readCode(typed)).toBeUndefined();
    },
  );

  it('with two neighbours changed over is not read', async () => {
    const [a, b] = CODE.replaceAll('-', '').slice(4, 6);
    expect(a).not.toBe(b);
    expect(await readCode(CODE.replace(`${a}${b}`, `${b}${a}`))).toBeUndefined();
  });
});
