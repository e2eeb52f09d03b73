/**
 * Rules on the sources that no lint rule covers: what accessibility and the
 * content security policy ask for is easier kept than repaired.
 */

import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';

const root = new URL('../', import.meta.url);
const read = (file: string): string => readFileSync(new URL(file, root), 'utf8');
const sources = readdirSync(new URL('src/', root), { recursive: true })
  .map((file) => `src/${String(file)}`)
  .concat('index.html', 'selftest.html');
const named = (...ends: string[]): string[] =>
  sources.filter((file) => ends.some((end) => file.endsWith(end)));

/** Lines of these files that match, as `file:line`. */
function matches(files: readonly string[], pattern: RegExp): string[] {
  return files.flatMap((file) =>
    read(file)
      .split('\n')
      .flatMap((line, at) => (pattern.test(line) ? [`${file}:${at + 1}: ${line.trim()}`] : [])),
  );
}

describe('no source', () => {
  it.each<[why: string, files: string[], pattern: RegExp]>([
    ['styles inline: the policy forbids it', named('.tsx', '.html', '.svg'), /\sstyle=/],
    ['scripts inline: the policy forbids it', named('.html'), /<script(?![^>]*\ssrc=)|\son[a-z]+=/],
    ['makes markup of text by a property', named('.ts', '.tsx', '.html', '.svg'), /\b(srcdoc|innerHTML|outerHTML)\s*[=:]/i],
    ['says something on hover only', named('.tsx', '.html', '.svg'), /\stitle=/],
    ['needs dragging or acts on the down event', named('.tsx'), /draggable|onDrag|on(Pointer|Mouse)Down|onTouchStart/],
    ['disables a control, which would drop the focus', named('.tsx'), /\sdisabled(=|\s|>)/],
    ['cuts off what is typed', named('.tsx', '.html'), /max-?length/i],
    ['fixes left and right, which some languages turn round', named('.css'), /\b(margin|padding|border|inset)-(left|right)\b|^\s*(left|right):|text-align:\s*(left|right)/],
    ['fetches from anybody else', named('.ts', '.tsx', '.css', '.html'), /https?:\/\/(?!www\.w3\.org\/)[a-z]/],
  ])('%s', (_, files, pattern) => {
    expect(files.length).toBeGreaterThan(0);
    expect(matches(files, pattern)).toEqual([]);
  });
});

it('no test waits for a while, or for some turns: what it waits for may take longer on a busy machine', () => {
  const tests = readdirSync(new URL('tests/', root), { recursive: true })
    .map((file) => `tests/${String(file)}`)
    .filter((file) => file.endsWith('.ts') && file !== 'tests/sources.test.ts');
  const waiting = matches(tests, /\bset(Timeout|Interval|Immediate)\b/).map((at) => at.split(':')[0]);
  expect(waiting).toEqual(['tests/settled.ts']);
});

it('the five-word list is BIP-39 English, byte for byte', () => {
  const list = read('src/seal/words-en.txt');
  expect(list.trim().split('\n')).toHaveLength(2048);
  expect(createHash('sha256').update(list).digest('hex')).toBe(
    '2f5eed53a4727b4bf8880d8f3f199efc90e58503646d9ff8eff3a2ed3b24dbda',
  );
});

it('the page has both live regions and a word for those without script', () => {
  const page = read('index.html');
  expect(page).toMatch(/id="say-status"[^>]*role="status"[^>]*aria-live="polite"[^>]*aria-atomic="true"/);
  expect(page).toMatch(/id="say-alert"[^>]*role="alert"/);
  expect(page).toMatch(/<noscript>/);
});
