/** Both languages are whole, and the generated types are fresh. */

import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { output, readLocale, readMessages, typesFor } from '../scripts/ftl-types.mjs';
import { format, makeBundle, type MessageId } from '../src/i18n';

const texts = { en: readLocale('en'), cy: readLocale('cy') };
const english = readMessages(texts.en);
const welsh = readMessages(texts.cy);

it('ids.gen.ts is fresh (else run `npm run ftl-types`)', () => {
  expect(readFileSync(output, 'utf8')).toBe(typesFor(texts.en));
});

describe('cy.ftl', () => {
  it.each([...english.keys()])('has %s', (id) => {
    expect(welsh.has(id)).toBe(true);
  });

  it('has nothing that en.ftl lacks, and uses no other variables', () => {
    for (const [id, variables] of welsh) {
      expect(english.get(id), id).toBeDefined();
      expect(english.get(id), id).toEqual(expect.arrayContaining(variables));
    }
  });
});

describe('every message', () => {
  it.each(['en', 'cy'] as const)('in %s can be said without a fault', (language) => {
    const bundle = makeBundle(language, texts[language]);
    for (const [id, variables] of english) {
      const pattern = bundle.getMessage(id)?.value;
      expect(pattern, id).toBeTruthy();
      const faults: Error[] = [];
      const args = Object.fromEntries(variables.map((name) => [name, 'm']));
      bundle.formatPattern(pattern ?? '', args, faults);
      expect(faults, id).toEqual([]);
    }
  });
});

describe('saying', () => {
  const bundle = makeBundle('en', texts.en);

  it('isolates what goes in, so that an Arabic name does not turn the line round', () => {
    expect(format(bundle, 'error-prefix', { text: 'عمر' })).toBe('Error: \u2068عمر\u2069');
  });

  it('keeps what goes in from ending its isolate and turning the line round', () => {
    expect(format(bundle, 'error-prefix', { text: 'a\u2069\u202eb\u2067' })).toBe('Error: \u2068ab\u2069');
  });

  it('chooses by variable', () => {
    expect(format(bundle, 'arrival-role', { role: 'o' })).toBe("It is an observer's link.");
    expect(format(bundle, 'arrival-role', { role: 'm' })).toBe("It is a member's link.");
  });

  it('says the id when there are no words', () => {
    expect(format(bundle, 'nope' as MessageId as 'product-name')).toBe('nope');
    expect(format(undefined, 'product-name')).toBe('product-name');
  });

  it('is checked by the compiler', () => {
    // @ts-expect-error no such id
    expect(format(bundle, 'landing-titel')).toBe('landing-titel');
    // @ts-expect-error its variable is missing
    format(bundle, 'error-prefix');
    // @ts-expect-error it takes no variable
    format(bundle, 'landing-title', { text: 'x' });
    // @ts-expect-error not the variable it takes
    format(bundle, 'error-prefix', { name: 'x' });
  });
});

describe('the generator', () => {
  it('refuses what would be lost', () => {
    expect(() => readMessages('a = x\na = y\n')).toThrow('a stands twice');
    expect(() => readMessages('a = x\n    .title = y\n')).toThrow('without attributes');
    expect(() => readMessages('a = { $b\n')).toThrow('not Fluent');
    expect(() => makeBundle('en', 'a = x\na = y\n')).toThrow('a');
  });

  it('finds variables wherever they stand', () => {
    const found = readMessages('a = { $n ->\n    [one] { $x }\n   *[other] { NUMBER($y) }\n }\n');
    expect(found.get('a')).toEqual(['n', 'x', 'y']);
  });
});
