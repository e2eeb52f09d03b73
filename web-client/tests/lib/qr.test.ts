/** What the small encoder of QR codes draws is what the whole one draws. */

import { generate, mode } from 'lean-qr';
import { describe, expect, it } from 'vitest';
import { type Modules, qrModules, qrPath } from '../../src/lib/qr';
import { systemRandom } from '../../src/seal/bytes';
import { formatLink, type LinkRole, newLinks } from '../../src/seal/link';

const drawn = (modules: Modules): string[] =>
  Array.from({ length: modules.size }, (_, y) =>
    Array.from({ length: modules.size }, (__, x) => (modules.get(x, y) ? '#' : '.')).join(''),
  );

describe('a link as a QR code', () => {
  it.each<LinkRole>(['h', 'c', 'm', 'o'])('has the modules that the whole encoder gives it: %s', async (role) => {
    const link = formatLink(newLinks(systemRandom)[role], 'https://set.example.org');
    const modules = await qrModules(link);
    expect(drawn(modules)).toEqual(drawn(generate(mode.utf8(link))));
    expect(drawn(modules)).not.toEqual(drawn(generate(mode.utf8(`${link.slice(0, -1)}${link.endsWith('A') ? 'B' : 'A'}`))));
  });

  it('is drawn as it is: every dark module is covered once, inside the light border', async () => {
    const modules = await qrModules('https://set.example.org/j#1.x.m.y');
    const covered = new Set<string>();
    for (const [, x, y, width] of qrPath(modules).matchAll(/M(\d+) (\d+)h(\d+)v1h-\3z/g)) {
      for (let at = 0; at < Number(width); at += 1) covered.add(`${Number(x) + at - 4} ${Number(y) - 4}`);
    }
    const dark = drawn(modules).flatMap((row, y) => [...row].flatMap((is, x) => (is === '#' ? [`${x} ${y}`] : [])));
    expect([...covered].toSorted()).toEqual(dark.toSorted());
  });
});
