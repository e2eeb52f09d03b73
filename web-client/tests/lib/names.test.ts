/** Names are made fit to be shown as in the Rust client: one file of vectors serves both. */

import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { alike, apart, fitLine, fitName, initials } from '../../src/lib/names';

interface Vector {
  readonly why: string;
  readonly typed: string;
  readonly shown: string | null;
}
const file = new URL('../../../protocol/tests/data/names.json', import.meta.url);
const vectors = JSON.parse(readFileSync(file, 'utf8')) as Vector[];

describe('a name', () => {
  it.each(vectors)('$why', ({ typed, shown }) => {
    expect(fitName(typed) ?? null).toBe(shown);
  });

  it('that is fit stays as it is, whatever was typed', () => {
    const pieces = [...'aZé·/| \u0301\u200c\u200d\u200b\u202e\ufe0f\u2800\u3164♀😀مश्ക葛7'];
    let seed = 7;
    const next = (below: number): number => {
      seed = (seed * 1_103_515_245 + 12_345) % 2_147_483_648;
      return Math.floor((seed / 2_147_483_648) * below);
    };
    for (let round = 0; round < 20_000; round += 1) {
      const typed = Array.from({ length: next(9) }, () => pieces[next(pieces.length)]).join('');
      const name = fitName(`${typed}a`) ?? '';
      expect(fitName(name)).toBe(name);
      expect(name).not.toMatch(/[\p{Cc}\u200b\u202e\u2800\u3164]|^ | $|  /u);
    }
    expect(fitName('\ud800Ruth')).toBe('Ruth');
  });

  it('of a set keeps its dots and slashes', () => {
    expect(fitLine('  North / South · wards\u202e ')).toBe('North / South · wards');
  });
});

describe('names that look alike', () => {
  it.each([
    ['Ruth', 'RUTH'],
    ['Ruth', 'Rúth'],
    ['Ruth', 'Rυth'],
    ['Ruth', 'Ruтh'],
    ['Ruth', 'R u t h.'],
    ['Ruth', 'Ｒｕｔｈ'],
    ['Ruth', 'Ruth (2)'],
    ['Ana', 'Аnа'],
    ['Helen', 'ΗΕLΕΝ'],
    ['Ian', 'lan'],
    ['Bob', 'B0b'],
    ['Mark', 'Маrk'],
    ['Wim', 'Wirn'],
    ['Siân', 'Sian'],
    ['Łukasz', 'ŁUKASZ'],
    ['👩‍⚕️ Ana', '👩⚕ Ana'],
  ])('%s and %s', (one, other) => {
    expect(alike(one, other)).toBe(true);
  });

  it.each([['Ruth', 'Ruta'], ['Ana', 'Anna'], ['Bo', 'Jo'], ['محمد', 'محمود'], ['Ruth', 'Ruth B']])('%s and %s do not', (one, other) => {
    expect(alike(one, other)).toBe(false);
  });

  it('are numbered in the order in which they come, whatever somebody has typed', () => {
    const names = [[1, 'Ruth'], [2, 'Ana'], [3, 'RUTH (2)'], [4, 'Rυth'], [5, 'Ruth (7)'], [6, 'Bo (2)']] as const;
    const shown = [...apart(names).values()];
    expect(shown).toEqual(['Ruth (1)', 'Ana', 'RUTH (2)', 'Rυth (3)', 'Ruth (4)', 'Bo (2)']);
    expect(new Set(shown).size).toBe(names.length);
  });
});

it.each([
  ['Gwen (observer)', 'G'],
  ['Ruth Quill', 'RQ'],
  ['ana', 'A'],
  ['😀 Bo', 'B'],
  ['Siân ap Rhys', 'SR'],
  ['Jean-Luc Picard', 'JP'],
  ['Ana [she/her]', 'A'],
  ['Gwen (obs', 'G'],
  ['"Ruth"', 'R'],
  ['éva x', 'ÉX'],
  ['محمد علي', 'مع'],
  ['Ruth (1)', 'R'],
])('initials of %s are %s', (name, letters) => {
  expect(initials(name)).toBe(letters);
});
