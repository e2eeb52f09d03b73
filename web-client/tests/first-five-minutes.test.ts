/** The pages for a first time: each picture is there, and what they call a button is what it says. */

import { readdirSync, readFileSync, statSync } from 'node:fs';
import { parse, type Pattern } from '@fluent/syntax';
import { describe, expect, it } from 'vitest';
import { readLocale } from '../scripts/ftl-types.mjs';

const docs = new URL('../../docs/', import.meta.url);
const read = (file: string): string => readFileSync(new URL(file, docs), 'utf8');
const PAGES = ['first-five-minutes-member.md', 'first-five-minutes-facilitator.md'];
const MOST_BYTES = 100_000;

/** What a message can look like on the screen, as an expression. */
function looks({ elements }: Pattern): string {
  return elements
    .map((element) => {
      if (element.type === 'TextElement') return element.value.replaceAll(/[.*+?^${}()|[\]\\]/g, '\\$&').replaceAll(/\s+/g, '\\s+');
      if (element.expression.type !== 'SelectExpression') return '.+?';
      return `(?:${element.expression.variants.map(({ value }) => looks(value)).join('|')})`;
    })
    .join('');
}

/** All that stands on screens, but for messages that are hardly more than what is put into them. */
const sayings = parse(readLocale('en'), {}).body.flatMap((entry) => {
  if (entry.type !== 'Message' || entry.value === null) return [];
  const look = looks(entry.value);
  return look.replaceAll(/\.\+\?|[^a-z]/gi, '').length < 2 ? [] : [new RegExp(`^${look}$`, 's')];
});
const isSaid = (words: string): boolean => sayings.some((saying) => saying.test(words));
const quoted = (page: string): string[] => [...page.matchAll(/\*\*([^*]+)\*\*/g)].map(([, words]) => (words ?? '').replaceAll(/\s+/g, ' '));
const pictured = (page: string): string[][] => [...page.matchAll(/!\[([^\]]*)\]\(([^)]*)\)/g)].map(([, alt, file]) => [alt ?? '', file ?? '']);

it.each(PAGES)('%s quotes only what stands on a screen', (file) => {
  const all = quoted(read(file));
  expect(all.length).toBeGreaterThan(10);
  expect(all.filter((words) => !isSaid(words))).toEqual([]);
});

it('what a screen does not say is found', () => {
  expect(['Ask to join', 'Next: Check in', 'Admit these 4', 'Options for Ana'].filter((words) => !isSaid(words))).toEqual([]);
  expect(['Ask to enter', 'Join', 'Ask to join now', 'Let in these 4'].filter(isSaid)).toEqual([]);
});

describe('every picture', () => {
  const all = PAGES.flatMap((file) => pictured(read(file)));

  it('that a page names is there, says what is on it, and is small', () => {
    for (const [alt = '', file = ''] of all) {
      const bytes = readFileSync(new URL(file, docs));
      expect(bytes.subarray(1, 4).toString(), file).toBe('PNG');
      expect(statSync(new URL(file, docs)).size, file).toBeLessThan(MOST_BYTES);
      expect(alt.length, file).toBeGreaterThan(20);
    }
  });

  it('that is there is on a page, once, and its words were written down', () => {
    const named = all.map(([, file = '']) => file.replace('pictures/', '').replace('.png', ''));
    const there = readdirSync(new URL('pictures/', docs)).filter((file) => file.endsWith('.png')).map((file) => file.replace('.png', ''));
    expect(named.toSorted()).toEqual(there.toSorted());
    expect(Object.keys(JSON.parse(read('pictures/words.json')) as object).toSorted()).toEqual(there.toSorted());
  });
});

it('the readme leads to both pages', () => {
  for (const file of PAGES) expect(read('../README.md')).toContain(`(docs/${file})`);
});
