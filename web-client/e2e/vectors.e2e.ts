/** The published vectors through the shipped bundle, in Chromium, under the production policy. */

import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { vectors } from '../tests/vectors';
import { axeFaults } from './support/axe';
import { type Complaints, launchBrowser, listen } from './support/browser';
import { dist, serve, type Served } from './support/serve';

let served: Served;
let browser: Browser;
let complaints: Complaints;
let lines: Record<string, { verdict: string; text: string }>;
let checks: typeof lines;
let faults: string[];
let verdict: { done: string; text: string };

beforeAll(async () => {
  [served, browser] = await Promise.all([serve(dist), launchBrowser()]);
  const page = await browser.newPage();
  complaints = await listen(page);
  await page.goto(`${served.origin}/selftest.html`);
  await page.waitForFunction(() => document.getElementById('verdict')?.dataset['done']);
  const read = (list: string) =>
    page.evaluate(
      (id) =>
        Object.fromEntries(
          [...document.querySelectorAll<HTMLElement>(`#${id} li`)].map((item) => [
            item.dataset['check'] ?? '',
            { verdict: item.dataset['verdict'] ?? '', text: item.textContent },
          ]),
        ),
      list,
    );
  lines = await read('vectors');
  checks = await read('results');
  verdict = await page.evaluate(() => {
    const line = document.getElementById('verdict');
    return { done: line?.dataset['done'] ?? '', text: line?.textContent ?? '' };
  });
  faults = await axeFaults(page);
});

afterAll(async () => {
  await browser?.close();
  await served?.stop();
});

const positive = [
  'set', 'secret', 'link', 'token', 'token_hash', 'admit', 'lobby', 'device', 'aad', 'box',
  'box_len', 'text', 'pubH', 'pubM', 'hello', 'mac', 'grant_info', 'grant_pt', 'words',
];
const negative = Object.keys(vectors.negative).map((name) => `not: ${name}`);

describe('in the shipped bundle', () => {
  it.each([...positive, ...negative])('%s', (name) => {
    expect(lines[name]?.verdict, lines[name]?.text ?? 'was not run').toBe('good');
  });

  it('nothing else was run, and nothing left out', () => {
    expect(Object.keys(lines).toSorted()).toEqual([...positive, ...negative].toSorted());
  });
});

describe('the self-test page', () => {
  it('breaks no policy and throws nothing', () => {
    expect(complaints).toEqual({ policy: [], errors: [] });
  });

  it('says in words what works', () => {
    expect(checks).toMatchObject({
      secure: { verdict: 'good' },
      locking: { verdict: 'good', text: expect.stringContaining('all 40 published checks') },
      storage: { verdict: 'good' },
      // This little server has no live connection to give, and the page must say so.
      socket: { verdict: 'part' },
    });
    expect(verdict).toEqual({
      done: 'part',
      text: 'Setroom will work here, with a limit that the list names.',
    });
  });

  it('can be used by everybody', () => {
    expect(faults).toEqual([]);
  });
});
