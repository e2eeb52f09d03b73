/** The words that tests drive every engine by do what they say, in each. */

import { readFile, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { MessageId } from '../src/i18n';
import { Engines, ENGINES, type Tab } from './support/engines';
import { chosen } from './support/engines/chosen';
import { heading } from './support/making';
import { dist, serve, type Served } from './support/serve';
import { speech } from './support/speech';

const engines = new Engines();
let served: Served;
let folder: string;

beforeAll(async () => {
  served = await serve(dist);
  folder = await mkdtemp(join(tmpdir(), 'setroom-shots-'));
});
afterAll(async () => {
  await engines.close();
  await served?.stop();
  await rm(folder, { recursive: true, force: true });
});

const words = (id: MessageId): string => speech('en', id);

describe.each(ENGINES)('%s', (engine) => {
  let tab: Tab;

  beforeAll(async () => {
    tab = await engines.open(engine);
    await tab.goto(`${served.origin}/`);
  });
  afterAll(() => tab?.close());

  it('clicks a button by its words, and types into a field by its label, in the place of what was there', async () => {
    await tab.click({ role: 'button', name: words('landing-host-button') });
    for (const text of ['Thursday set', 'Siân’s set', '']) {
      await tab.type({ label: words('setup-set-name') }, text);
      const held = await tab.evaluate(() => document.querySelector<HTMLInputElement>('#set-title')?.value);
      expect(held).toBe(text);
    }
  });

  it('says what is shown, and goes back, forward and over it again', async () => {
    const [front, check] = [words('landing-title'), words('selftest-title')];
    await tab.goto(`${served.origin}/`);
    await heading(tab, front);
    await tab.goto(`${served.origin}/selftest.html`);
    await heading(tab, check);
    await tab.back();
    await heading(tab, front);
    await tab.forward();
    await heading(tab, check);
    await tab.evaluate(() => document.body.append('written by hand'));
    expect(await tab.text()).toContain('written by hand');
    await tab.reload();
    await heading(tab, check);
    expect(await tab.text()).not.toContain('written by hand');
  });

  it('gives the page its size, and says the true one', async () => {
    const said = await tab.resize(900, 700);
    expect(said).toEqual([900, 700]);
    expect(await tab.evaluate(() => [innerWidth, innerHeight])).toEqual([900, 700]);
    const [width] = await tab.resize(390, 700);
    expect(await tab.evaluate(() => innerWidth)).toBe(width);
  });

  it('takes a picture of what is seen', async () => {
    const file = join(folder, `${engine}.png`);
    await tab.screenshot(file);
    const picture = await readFile(file);
    expect(picture.subarray(1, 4).toString()).toBe('PNG');
    expect(picture.length).toBeGreaterThan(5_000);
  });

  it('awaits promises, waits for what comes later, and hands errors on', async () => {
    expect(await tab.evaluate(async (n: number) => Promise.resolve(n + 1), 41)).toBe(42);
    expect(await tab.evaluate(() => ({ none: null, other: undefined }))).toEqual({ none: null });
    expect(await tab.evaluate(() => undefined)).toBe(undefined);
    await tab.evaluate(() => void setTimeout(() => document.body.classList.add('later'), 200));
    await tab.until(async () => Promise.resolve(document.body.classList.contains('later')));
    const failing = tab.evaluate(() => {
      throw new TypeError('on purpose');
    });
    await expect(failing).rejects.toThrow('on purpose');
  });
});

/** Keeps something, and says what was kept already, or that this is forbidden. Runs in the page. */
async function kept(): Promise<string | null> {
  try {
    const opening = indexedDB.open('kept');
    await new Promise((done, fail) => {
      opening.addEventListener('success', done);
      opening.addEventListener('error', fail);
    });
    opening.result.close();
    const before = localStorage.getItem('kept');
    localStorage.setItem('kept', 'yes');
    return before;
  } catch {
    return 'forbidden';
  }
}

describe.each(ENGINES)('what %s keeps', (engine) => {
  it('of a private window is there until it is closed', async () => {
    const first = await engines.open(engine, 'private');
    await first.goto(`${served.origin}/`);
    expect(await first.evaluate(kept)).toBe(null);
    await first.reload();
    expect(await first.evaluate(kept)).toBe('yes');
    await first.close();
    const second = await engines.open(engine, 'private', first.profile);
    await second.goto(`${served.origin}/`);
    expect(await second.evaluate(kept)).toBe(null);
    await second.close();
  });

  it('is nothing where its owner lets no site keep anything', async () => {
    const tab = await engines.open(engine, 'nothing');
    await tab.goto(`${served.origin}/`);
    expect(await tab.evaluate(kept)).toBe('forbidden');
    await tab.close();
  });
});

// WebKit keeps nothing on the disk when it is driven.
it.each(ENGINES.filter((engine) => engine !== 'webkit'))('%s opens a profile again that was closed', async (engine) => {
  const first = await engines.open(engine, 'disk');
  await first.goto(`${served.origin}/`);
  await first.evaluate(() => localStorage.setItem('kept', 'yes'));
  await first.close();
  const second = await engines.open(engine, 'disk', first.profile);
  await second.goto(`${served.origin}/`);
  expect(await second.evaluate(() => localStorage.getItem('kept'))).toBe('yes');
});

describe('an engine that is not there', () => {
  const said: string[] = [];
  const play = (env: Record<string, string>) => chosen(env, (what) => said.push(what));

  it('is left out aloud, and nothing is said where all are there', () => {
    for (const all of [{}, { SETROOM_ENGINES: '' }, { SETROOM_ENGINES: 'webkit,firefox,chromium', CI: 'true' }]) {
      expect(play(all)).toEqual(['chromium', 'firefox', 'webkit']);
    }
    expect(said).toEqual([]);
    for (const none of ['', '0', 'false']) expect(play({ SETROOM_ENGINES: 'chromium,firefox', CI: none })).toEqual(['chromium', 'firefox']);
    expect(said[0]).toBe('not played in webkit: SETROOM_ENGINES names chromium,firefox alone');
  });

  it('fails a run of CI, and any run that would be without all of them', () => {
    for (const ci of ['true', '1', 'yes']) expect(() => play({ SETROOM_ENGINES: 'chromium', CI: ci })).toThrow('not played in firefox, webkit');
    expect(() => play({ SETROOM_ENGINES: 'safari' })).toThrow('not played in chromium, firefox, webkit');
  });
});
