/** Parts that a unit test cannot judge: what Chromium fetches, draws and calls things. */

import { readFileSync } from 'node:fs';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { qrModules, qrPath } from '../src/lib/qr';
import { vectors } from '../tests/vectors';
import { type Complaints, launchBrowser, listen } from './support/browser';
import type { Served } from './support/serve';
import { harnessTab, serveHarness } from './support/with-harness';

let served: Served;
let browser: Browser;
let page: Page;
let complaints: Complaints;

beforeAll(async () => {
  [served, browser] = await Promise.all([serveHarness(), launchBrowser()]);
  page = await harnessTab(await browser.newContext(), served);
  complaints = await listen(page);
  await page.reload();
  await page.waitForFunction(() => window.harness !== undefined);
});

afterAll(async () => {
  await browser?.close();
  await served?.stop();
});

it('the five words are fetched once, when first asked for', async () => {
  const asked: string[] = [];
  page.on('request', (request) => asked.push(request.url()));
  const words = await page.evaluate(async (v) => {
    const { fiveWords, fromHex, hkdfKey } = window.harness;
    const say = async () =>
      fiveWords(await hkdfKey(fromHex(v.K)), fromHex(v.set), v.epoch, [
        fromHex(v.pubH),
        fromHex(v.pubM),
      ]);
    return [await say(), await say()];
  }, vectors);
  const list = readFileSync(new URL('../src/seal/words-en.txt', import.meta.url), 'utf8').split('\n');
  const due = vectors.words.map((number) => list[number]);
  expect(words).toEqual([due, due]);
  expect(asked).toHaveLength(1);
  expect(asked[0]).toMatch(/words-en-.*\.txt$/);
});

it('a QR code is drawn as a picture with a name', async () => {
  const drawn = await page.evaluate(async (link) => {
    const svg = await window.harness.qrSvg(link, 'Link for members');
    document.body.append(svg);
    const path = svg.querySelector('path');
    const box = path?.getBBox();
    return {
      name: svg.getAttribute('aria-label'),
      viewBox: svg.getAttribute('viewBox'),
      path: path?.getAttribute('d'),
      box: [box?.x, box?.y, box?.width, box?.height],
    };
  }, vectors.link);
  const modules = await qrModules(vectors.link);
  const side = modules.size + 8;
  expect(drawn).toEqual({
    name: 'Link for members',
    viewBox: `0 0 ${side} ${side}`,
    path: qrPath(modules),
    // A quiet border of four modules on every side.
    box: [4, 4, modules.size, modules.size],
  });
  await page.getByRole('img', { name: 'Link for members' }).waitFor();
});

it('Welsh dates are Welsh, though Chromium has none', async () => {
  const [ours, chromium] = await page.evaluate(() => {
    const at = Date.UTC(2026, 11, 3, 10);
    const own = new Intl.DateTimeFormat('cy', { weekday: 'long', timeZone: 'UTC' });
    return [window.harness.dateText(at, 'cy'), own.resolvedOptions().locale];
  });
  expect(ours).toBe('dydd Iau 3 Rhagfyr 2026');
  // Once this is `cy`, our own names may go.
  expect(chromium).not.toBe('cy');
});

it('nothing of this breaks the policy', () => {
  expect(complaints).toEqual({ policy: [], errors: [] });
});
