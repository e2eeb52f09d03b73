/** The words that tests drive every engine by do what they say, in each. */

import { readFile, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { MessageId } from '../src/i18n';
import { Engines, ENGINES, type Tab } from './support/engines';
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
    await tab.evaluate(() => void setTimeout(() => document.body.classList.add('later'), 200));
    await tab.until(async () => Promise.resolve(document.body.classList.contains('later')));
    const failing = tab.evaluate(() => {
      throw new TypeError('on purpose');
    });
    await expect(failing).rejects.toThrow('on purpose');
  });
});

// WebKit keeps nothing on the disk when it is driven.
it.each(ENGINES.filter((engine) => engine !== 'webkit'))('%s opens a profile again that was closed', async (engine) => {
  const first = await engines.open(engine);
  await first.goto(`${served.origin}/`);
  await first.evaluate(() => localStorage.setItem('kept', 'yes'));
  await first.close();
  const second = await engines.open(engine, first.profile);
  await second.goto(`${served.origin}/`);
  expect(await second.evaluate(() => localStorage.getItem('kept'))).toBe('yes');
});
