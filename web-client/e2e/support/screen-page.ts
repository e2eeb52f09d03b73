/**
 * A page on the screens with a fake session: one for a file, since a browser takes longer to make a page
 * than most tests take. Each test begins with nothing stored and nothing asked of the page.
 */

import { mkdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { Browser, Page, Request } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, expect } from 'vitest';
import { type Complaints, launchBrowser, listen } from './browser';
import './fake-window';
import type { Served } from './serve';
import { serveScreens } from './with-screens';

const pictures = fileURLToPath(new URL('../../test-results/screens/', import.meta.url));
mkdirSync(pictures, { recursive: true });

export interface ScreenPage {
  /** The page of this test. */
  readonly page: Page;
  /** Opens a scene; `more` goes into the address. */
  visit(scene: string, size: readonly [width: number, height: number], more?: string): Promise<void>;
  /** Keeps a picture, as the test's output. */
  shoot(name: string): Promise<void>;
}

/** To be called once in a file, outside all tests. A page that complains fails its test. */
export function screenPage(): ScreenPage {
  let served: Served;
  let browser: Browser;
  let page: Page;
  let complaints: Complaints;
  /** What the page has asked for and not been given. */
  const asked = new Set<Request>();
  /** What the page had complained of before this test. */
  let before: readonly [policy: number, errors: number] = [0, 0];

  beforeAll(async () => {
    [served, browser] = await Promise.all([serveScreens(), launchBrowser()]);
    const context = await browser.newContext({ locale: 'en-GB', timezoneId: 'Europe/London', reducedMotion: 'reduce' });
    page = await context.newPage();
    complaints = await listen(page);
    page.on('request', (request) => void asked.add(request));
    page.on('requestfinished', (request) => void asked.delete(request));
    page.on('requestfailed', (request) => void asked.delete(request));
  });

  afterAll(async () => {
    await browser?.close();
    await served?.stop();
  });

  beforeEach(() => {
    before = [complaints.policy.length, complaints.errors.length];
  });

  afterEach(async () => {
    const [policy, errors] = before;
    // oxlint-disable-next-line vitest/no-standalone-expect -- holds for every test here
    expect([...complaints.policy.slice(policy), ...complaints.errors.slice(errors)]).toEqual([]);
    await page.evaluate(() => {
      if (location.protocol.startsWith('http')) localStorage.clear();
    });
    await page.goto('about:blank');
    await page.emulateMedia({ media: null, colorScheme: null, forcedColors: null, reducedMotion: 'reduce' });
  });

  return {
    get page() {
      return page;
    },
    async visit(scene, [width, height], more = '') {
      await page.setViewportSize({ width, height });
      await page.goto(`${served.origin}?scene=${scene}${more}`);
      await page.locator('h1').first().waitFor({ state: 'attached' });
      // What a scene draws comes in pieces, each of which asks for the next: three looks without a question.
      for (let quiet = 0; quiet < 3; quiet = asked.size > 0 ? 0 : quiet + 1) {
        await page.evaluate(() => new Promise((drawn) => requestAnimationFrame(() => requestAnimationFrame(drawn))));
      }
    },
    async shoot(name) {
      await page.screenshot({ path: `${pictures}${name}.png` });
    },
  };
}
