/**
 * Every sentence on a screen that promises something is kept by a test. `locales/promises.txt` names
 * the tests, by the ids of the catalogue; this holds that list against the catalogue in both languages,
 * and against the sources of the tests.
 */

import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { parse } from '@fluent/syntax';
import { parseSync, Visitor, type ESTree } from 'vite';
import { describe, expect, it } from 'vitest';
import { readLocale } from '../scripts/ftl-types.mjs';

const repository = new URL('../../', import.meta.url);

/** Words that promise: that something is kept or goes, who sees it, that it works, waits, or will be. */
const PROMISING = {
  en: /(?<!\p{L})(kept|keeps?|lost|loses?|nothing|nobody|nowhere|no longer|never|always|works|ready|waits?|waiting|will|stays?|comes? back|by itself|by themselves|as soon as|at once|only|alone|destroy\p{L}*|gone|goes|saved?|still|safe|forg[eo]t\p{L}*|deletes?|locked|sees|can see|for good)(?!\p{L})/iu,
  cy: /(?<!\p{L})(cadw|gadw|chadw|ch?edwir|gedwir|colli|golli|chollwyd|collwyd|dim|neb|byth|bob amser|g?weithio|b?arod|aros|bydd|fydd|ohon[oi]'i hun|ohonynt eu hunain|cyn gynted|ar unwaith|unig|dd?inistri\p{L}*|mwyach|o hyd|dd?iogel|anghofi\p{L}*|dd?ileu|g?lo|g?cloi|cloi|gloi|gweld|am byth)(?!\p{L})/iu,
};
/** Words for people, not of the page: what to do in a part, questions to borrow, ground rules of their own. */
const SPOKEN = /^(cue-|bank-|cards$|part-|charter-\d+$)/;

/** All sentences of a catalogue, by id, as they stand there. */
function sentences(ftl: string): Map<string, string> {
  return new Map(
    parse(ftl, { withSpans: true }).body.flatMap((entry) => {
      const span = entry.type === 'Message' ? entry.value?.span : undefined;
      return entry.type === 'Message' && span ? [[entry.id.name, ftl.slice(span.start, span.end)] as const] : [];
    }),
  );
}

interface Entry {
  readonly ids: readonly string[];
  /** Where the tests are, and what they are called there. */
  readonly tests: readonly (readonly [file: string, title: string])[];
  /** Why there is nothing to be kept, in spite of a promising word. */
  readonly none: string | undefined;
}

/** Reads the list: a line of ids, and below it, indented, the tests, or why none is needed. */
function read(list: string): Entry[] {
  const blocks = list.split('\n').filter((line) => !line.startsWith('#')).join('\n').split(/\n(?=\S)/);
  return blocks.map((block) => block.trimEnd().split('\n')).filter(([ids]) => ids?.trim()).map(([ids = '', ...rest]) => {
    const lines = rest.map((line) => line.trim()).filter((line) => line !== '');
    const none = lines.find((line) => line.startsWith('no promise: '))?.slice(12);
    const tests = lines.filter((line) => !line.startsWith('no promise: ')).map((line) => {
      const at = line.indexOf(': ');
      return [line.slice(0, at), line.slice(at + 2)] as const;
    });
    return { ids: ids.trim().split(/\s+/), tests, none };
  });
}

/** What of the list does not hold. */
function faults(list: string, english: string, welsh: string, titles: (file: string) => ReadonlySet<string>): string[] {
  const entries = read(list);
  const [en, cy] = [sentences(english), sentences(welsh)];
  const promising = new Set(
    [...en.keys()].filter((id) => !SPOKEN.test(id) && (PROMISING.en.test(en.get(id) ?? '') || PROMISING.cy.test(cy.get(id) ?? ''))),
  );
  const listed = entries.flatMap(({ ids }) => ids);
  return [
    ...[...promising].filter((id) => !listed.includes(id)).map((id) => `${id} promises something, and no test is named`),
    ...listed.filter((id) => !en.has(id)).map((id) => `${id} is listed and no sentence`),
    ...listed.filter((id, at) => listed.indexOf(id) !== at).map((id) => `${id} is listed twice`),
    ...entries.flatMap(({ ids, tests, none }) => {
      if (none !== undefined) return ids.filter((id) => en.has(id) && !promising.has(id)).map((id) => `${id} has no promising word and need not be listed`);
      return tests.length === 0 ? [`${ids[0]} has no test`] : [];
    }),
    ...entries.flatMap(({ tests }) => tests.flatMap(([file, title]) => (titles(file).has(title) ? [] : [`no test in ${file} is called: ${title}`]))),
  ];
}

/** `it` of `it.each(…)(…)`, however it was made. */
function first(callee: ESTree.Node): string {
  if (callee.type === 'Identifier') return callee.name;
  if (callee.type === 'CallExpression') return first(callee.callee);
  return callee.type === 'MemberExpression' ? first(callee.object) : '';
}

/** What the tests of a source are called, in TypeScript or Rust. */
function titlesIn(file: string, text: string): Set<string> {
  if (file.endsWith('.rs')) return new Set([...text.matchAll(/#\[(?:\w+::)?test[^\]]*\](?:\s*#\[[^\]]*\])*\s*(?:pub )?(?:async )?fn (\w+)/g)].map(([, name]) => name ?? ''));
  const titles = new Set<string>();
  new Visitor({
    CallExpression({ callee, arguments: [title] }: ESTree.CallExpression) {
      if (first(callee) === 'it' && title?.type === 'Literal' && typeof title.value === 'string') titles.add(title.value);
    },
  }).visit(parseSync(file, text).program);
  return titles;
}

const known = new Map<string, Set<string>>();
function titles(file: string): Set<string> {
  const place = new URL(file, repository);
  const found = known.get(file) ?? (existsSync(place) ? titlesIn(file, readFileSync(place, 'utf8')) : new Set<string>());
  known.set(file, found);
  return found;
}

describe('the list of promises', () => {
  const list = readFileSync(new URL('../locales/promises.txt', import.meta.url), 'utf8');

  it('has a test for each promising sentence of both languages', () => {
    expect(faults(list, readLocale('en'), readLocale('cy'), titles)).toEqual([]);
  });

  it('is no empty one', () => {
    const entries = read(list);
    expect(entries.filter(({ none }) => none === undefined).flatMap(({ ids }) => ids).length).toBeGreaterThan(120);
    expect(known.size).toBeGreaterThan(20);
  });
});

describe('what does not hold is found:', () => {
  const has = (): Set<string> => new Set(['it is so']);
  const found = (list: string, en: string, cy = en): string[] => faults(list, en, cy, has);

  it.each([
    ['Nothing is lost.', 'Yma.'],
    ['Here.', 'Ni chollwyd dim.'],
    ['It works.', 'Yma.'],
    ['{ $n ->\n    [one] Here.\n   *[other] It goes by itself.\n }', 'Yma.'],
    ['Here.', 'Mae pawb yn aros.'],
  ])('a sentence that is not listed: %j, %j', (en, cy) => {
    expect(found('', `a = ${en}\n`, `a = ${cy}\n`)).toEqual(['a promises something, and no test is named']);
    expect(found('a\n  x.ts: it is so\n', `a = ${en}\n`, `a = ${cy}\n`)).toEqual([]);
  });

  it('a listed one that is gone, or stands twice', () => {
    expect(found('a\n  x.ts: it is so\n', 'b = Here.\n')).toEqual(['a is listed and no sentence']);
    expect(found('a a\n  x.ts: it is so\n', 'a = Kept.\n')).toEqual(['a is listed twice']);
  });

  it('a test that is not there, or none at all', () => {
    expect(found('a\n  x.ts: it is not so\n', 'a = Kept.\n')).toEqual(['no test in x.ts is called: it is not so']);
    expect(found('a\n', 'a = Kept.\n')).toEqual(['a has no test']);
  });

  it('an excuse that nobody needs', () => {
    expect(found('a\n  no promise: a label\n', 'a = Kept\n')).toEqual([]);
    expect(found('a\n  no promise: a label\n', 'a = Here\n')).toEqual(['a has no promising word and need not be listed']);
  });

  it('a title that only a comment has, in each language of the tests', () => {
    expect(titlesIn('a.ts', '// it("no", x)\nit("yes", x); it.each([1])("each", x); describe("no", x); say("no");')).toEqual(new Set(['yes', 'each']));
    expect(titlesIn('a.rs', '#[test]\nfn yes() {}\n#[tokio::test(flavor = "x")]\nasync fn also() {}\nfn no() {}\n')).toEqual(new Set(['yes', 'also']));
  });
});

describe('the page', () => {
  const under = (folder: string, ending: RegExp): string[] =>
    readdirSync(new URL(folder, repository), { recursive: true }).map((file) => `${folder}${String(file)}`).filter((file) => ending.test(file));
  const text = (file: string): string => readFileSync(new URL(file, repository), 'utf8');

  it('reaches for no camera, no microphone and no screen', () => {
    const sources = under('web-client/src/', /\.tsx?$/);
    expect(sources.length).toBeGreaterThan(50);
    expect(sources.filter((file) => /mediaDevices|getUserMedia|getDisplayMedia|SpeechRecognition|MediaRecorder/.test(text(file)))).toEqual([]);
  });

  it('where the foot of the room says that there are no hands and no turns, there are none', () => {
    const data = under('protocol/data/', /\.json$/).map(text).join('\n');
    const parts = [...data.matchAll(/"floor": "(\w+)"[^{}]*?"hand": "(\w+)"/g)];
    expect(parts.length).toBeGreaterThan(40);
    const floors = parts.filter(([, , hand]) => hand === 'off').map(([, floor]) => floor ?? '');
    expect(floors.length).toBeGreaterThan(10);
    expect(floors.filter((floor) => ['round', 'queue'].includes(floor))).toEqual([]);
  });
});
