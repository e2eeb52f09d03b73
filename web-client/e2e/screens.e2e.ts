/** Every screen in Chromium, on a fake session: how it looks, and whether everybody can use it. */

import { mkdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { Browser, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { axeFaults } from './support/axe';
import { type Complaints, launchBrowser, listen } from './support/browser';
import type { Served } from './support/serve';
import { serveScreens } from './support/with-screens';

const pictures = fileURLToPath(new URL('../test-results/screens/', import.meta.url));
mkdirSync(pictures, { recursive: true });

let served: Served;
let browser: Browser;
let page: Page;
let complaints: Complaints;

beforeAll(async () => {
  [served, browser] = await Promise.all([serveScreens(), launchBrowser()]);
});

afterAll(async () => {
  await browser?.close();
  await served?.stop();
});

beforeEach(async () => {
  const context = await browser.newContext({ locale: 'en-GB', timezoneId: 'Europe/London', reducedMotion: 'reduce' });
  page = await context.newPage();
  complaints = await listen(page);
});

afterEach(async () => {
  // oxlint-disable-next-line vitest/no-standalone-expect -- holds for every test here
  expect(complaints).toEqual({ policy: [], errors: [] });
  await page.context().close();
});

const SIZES = { wide: [1280, 800], panel: [380, 800], phone: [390, 844], zoomed: [320, 256] } as const;
type Size = keyof typeof SIZES;

/** Opens a scene; `more` goes into the address. */
async function visit(scene: string, size: Size = 'wide', more = ''): Promise<void> {
  const [width, height] = SIZES[size];
  await page.setViewportSize({ width, height });
  await page.goto(`${served.origin}?scene=${scene}${more}`);
  await page.waitForLoadState('networkidle');
  await page.locator('h1').first().waitFor({ state: 'attached' });
}

const shoot = async (name: string): Promise<void> => {
  await page.screenshot({ path: `${pictures}${name}.png` });
};

const SHOTS: readonly (readonly [scene: string, size: Size, more?: string])[] = [
  ['none', 'wide'],
  ['door', 'phone'],
  ['door-no-storage', 'panel'],
  ['lobby', 'panel'],
  ['lobby-back', 'panel'],
  ['ended-removed', 'panel'],
  ['ended-elsewhere', 'wide'],
  ['gathering-host', 'wide'],
  ['gathering-host', 'panel'],
  ['gathering-member', 'panel'],
  ['host', 'wide'],
  ['host', 'panel'],
  ['host', 'phone'],
  ['host', 'wide', '&theme=dark'],
  ['host-knocks', 'wide'],
  ['host-over', 'panel'],
  ['host-check-in', 'wide'],
  ['host-bids', 'wide'],
  ['member', 'wide'],
  ['member', 'panel'],
  ['member', 'wide', '&theme=dark'],
  ['member', 'panel', '&lang=cy'],
  ['member', 'panel', '&dir=rtl'],
  ['member', 'zoomed'],
  ['member-idle', 'panel'],
  ['member-over', 'panel'],
  ['member-soon', 'panel'],
  ['member-asks', 'panel'],
  ['member-trouble', 'panel'],
  ['member-round', 'panel'],
  ['member-bids', 'panel'],
  ['member-charter', 'panel'],
  ['member-proposal', 'panel'],
  ['presenter', 'wide'],
  ['presenter', 'phone'],
  ['presenter-tells', 'phone'],
  ['presenter-acts', 'phone'],
  ['observer', 'wide'],
  ['trainee-leads', 'wide'],
  ['hold', 'panel'],
  ['hold-alone', 'panel'],
  ['silence', 'panel'],
  ['silence-host', 'wide'],
  ['gift-write', 'panel'],
  ['gift-give', 'wide'],
  ['closed', 'wide'],
  ['closed', 'panel', '&theme=dark'],
];

describe('every screen', () => {
  it.each(SHOTS)('%s, %s %s: no fault, nothing cut off', async (scene, size, more = '') => {
    await visit(scene, size, more);
    await shoot(`${scene}-${size}${more.replaceAll(/&\w+=/g, '-')}`);
    const wide = await page.evaluate(() => document.documentElement.scrollWidth);
    expect(wide).toBeLessThanOrEqual(SIZES[size][0]);
    expect(await axeFaults(page)).toEqual([]);
  });
});
