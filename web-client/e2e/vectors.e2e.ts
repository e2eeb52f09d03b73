/** The published vectors and the check page, through the shipped bundle, in each engine. */

import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { runHolders, runOffRecord } from '../src/seal/vectors-holders';
import { holders, offRecord, vectors } from '../tests/vectors';
import { axeFaults } from './support/axe';
import { launchBrowser, listen } from './support/browser';
import { Engines, ENGINES, type Tab } from './support/engines';
import { dist, serve, type Served } from './support/serve';

interface Report {
  /** Each step of the locking check. */
  readonly steps: Readonly<Record<string, { verdict: string; text: string }>>;
  readonly checks: Report['steps'];
  readonly verdict: { done: string; text: string };
}

/** What the page says in the end. Runs in the page. */
function report(): Report {
  const read = (list: string): Report['steps'] =>
    Object.fromEntries(
      [...document.querySelectorAll<HTMLElement>(`#${list} li`)].map((item) => [
        item.dataset['check'] ?? '',
        { verdict: item.dataset['verdict'] ?? '', text: item.textContent },
      ]),
    );
  const line = document.getElementById('verdict');
  return {
    steps: read('vectors'),
    checks: read('results'),
    verdict: { done: line?.dataset['done'] ?? '', text: line?.textContent ?? '' },
  };
}

const done = (): unknown => document.getElementById('verdict')?.dataset['done'];

const engines = new Engines();
let served: Served;

beforeAll(async () => {
  served = await serve(dist, true);
});
afterAll(async () => {
  await engines.close();
  await served?.stop();
});

const positive = [
  'seeds', 'set', 'secret', 'link', 'token', 'token_hash', 'admit', 'lobby', 'device', 'aad', 'box',
  'box_len', 'text', 'pubH', 'pubM', 'grant_info', 'grant_pt', 'words',
];
/** Devices, the roster, own keys and rounds off the record: as many as Node finds, by the same names. */
const holding = [...(await runHolders(holders)), ...(await runOffRecord(offRecord))].map(({ name }) => name);
const negative = Object.keys(vectors.negative).map((name) => `not: ${name}`);

describe.each(ENGINES)('the check page in %s', (engine) => {
  let tab: Tab;
  let said: Report;

  beforeAll(async () => {
    tab = await engines.open(engine);
    await tab.goto(`${served.origin}/selftest.html`);
    await tab.until(done);
    said = await tab.evaluate(report);
  });
  afterAll(() => tab?.close());

  it.each([...positive, ...negative, ...holding])('%s', (name) => {
    expect(said.steps[name]?.verdict, said.steps[name]?.text ?? 'was not run').toBe('good');
  });

  it('ran nothing else, and left nothing out', () => {
    expect(Object.keys(said.steps).toSorted()).toEqual([...positive, ...negative, ...holding].toSorted());
  });

  it('says in words that everything works', () => {
    expect(said.checks).toMatchObject({
      secure: { verdict: 'good' },
      locking: { verdict: 'good', text: expect.stringContaining('published checks') },
      storage: { verdict: 'good' },
      socket: { verdict: 'good' },
    });
    expect(said.verdict).toEqual({ done: 'good', text: 'Setroom will work here.' });
  });
});

describe('where no live connection opens', () => {
  it('the page says so, breaks no policy, and can be used by everybody', async () => {
    const [silent, browser] = await Promise.all([serve(dist), launchBrowser()]);
    try {
      const page = await browser.newPage();
      const complaints = await listen(page);
      await page.goto(`${silent.origin}/selftest.html`);
      await page.waitForFunction(done);
      const { checks, verdict } = await page.evaluate(report);
      expect(checks).toMatchObject({ locking: { verdict: 'good' }, socket: { verdict: 'bad' } });
      expect(checks['socket']?.text).toContain('cannot do without one');
      expect(verdict).toEqual({ done: 'bad', text: 'Setroom will not work here. The list says why.' });
      expect(complaints).toEqual({ policy: [], errors: [] });
      expect(await axeFaults(page)).toEqual([]);
    } finally {
      await browser.close();
      await silent.stop();
    }
  });
});
