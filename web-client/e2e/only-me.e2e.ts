/** Who can help with what only I see: the choice, the code, and the code on another browser. */

import { mkdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { Browser, Locator, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { CODE } from '../dev/fake';
import { axeFaults } from './support/axe';
import { type Complaints, launchBrowser, listen } from './support/browser';
import './support/fake-window';
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

const LOOKS = [
  ['wide', 1280, 800, ''], ['narrow', 320, 640, ''], ['narrow-dark', 320, 640, '&theme=dark'],
  ['narrow-cy', 320, 640, '&lang=cy'], ['wide-dark', 1280, 800, '&theme=dark'], ['zoomed', 320, 256, ''],
] as const;

async function visit(scene: string, [width, height, more]: readonly [number, number, string] = [1280, 800, '']): Promise<void> {
  await page.setViewportSize({ width, height });
  await page.goto(`${served.origin}?scene=${scene}${more}`);
  await page.waitForLoadState('networkidle');
  await page.locator('h1').first().waitFor({ state: 'attached' });
}

/** What axe finds, and a sideways scroll of the page or of the dialog. */
async function faults(): Promise<string[]> {
  const wide = await page.evaluate(() =>
    [document.documentElement, ...document.querySelectorAll('dialog')].filter((at) => at.scrollWidth > at.clientWidth + 1).length,
  );
  return [...(wide > 0 ? ['scrolls sideways'] : []), ...(await axeFaults(page))];
}

const look = async (name: string): Promise<void> => {
  await page.screenshot({ path: `${pictures}only-me-${name}.png` });
  expect(await faults()).toEqual([]);
};

const dialog = (): Locator => page.locator('dialog[open]');
const asked = (): Promise<unknown[]> => page.evaluate(() => window.fake?.asked ?? []);
const press = async (at: Locator): Promise<void> => {
  await at.focus();
  await page.keyboard.press('Enter');
};
const said = (text: string): Promise<unknown> =>
  page.waitForFunction((want) => document.getElementById('say-status')?.textContent?.includes(want), text);

describe('only me', () => {
  it.each(LOOKS)('%s: what it means is said before it is chosen, and the code is shown to be kept', async (name, width, height, more) => {
    await visit('presenter-acts', [width, height, more]);
    const line = page.locator('.who-helps');
    await line.scrollIntoViewIfNeeded();
    await look(`line-${name}`);
    await press(line.getByRole('button'));
    await dialog().getByRole('radio').first().waitFor();
    await look(`choice-${name}`);
    // Nothing is chosen by looking: facilitators can help already.
    expect(await dialog().locator('button.main').getAttribute('aria-disabled')).toBe('true');
    await dialog().getByRole('radio').nth(1).check();
    const means = (await dialog().getByRole('radio').nth(1).getAttribute('aria-describedby')) ?? '';
    expect(await page.locator(`[id="${means}"]`).innerText()).toMatch(/nobody can help|ni all neb helpu/);
    await press(dialog().locator('button.main'));
    await dialog().locator('output.code').waitFor();
    await look(`code-${name}`);
    expect((await dialog().locator('output.code').innerText()).replaceAll('\u200B', '')).toBe(CODE);
    await page.waitForFunction(() => document.activeElement?.id === 'own-code-title');
    expect(await asked()).toEqual([]);
  });

  it('counts once the code has been typed, and a slip is told in words', async () => {
    await visit('presenter-acts');
    await press(page.getByRole('button', { name: 'Who can help me open these again?' }));
    await dialog().getByLabel('Only me, with a return code').check();
    await press(dialog().getByRole('button', { name: 'Make a return code' }));
    const field = dialog().getByLabel('Type the code, to be sure that you have it');
    await field.fill('0123');
    await page.keyboard.press('Enter');
    await dialog().getByText('This is not the code above.').waitFor();
    await page.waitForFunction(() => document.activeElement?.id === 'own-typed');
    expect(await field.getAttribute('aria-invalid')).toBe('true');
    await look('slip-wide');
    await field.fill(CODE);
    await page.keyboard.press('Enter');
    await dialog().waitFor({ state: 'detached' });
    await page.getByText('On another browser your return code opens what only you see').waitFor();
    await said('From now on only your return code opens these on another browser.');
    expect(await asked()).toEqual([{ c: 'only_me', typed: '0123' }, { c: 'only_me', typed: CODE }]);
    await page.waitForFunction(() => document.activeElement?.tagName !== 'BODY');
  });

  it('is left as it was by whoever closes the dialog, with the focus where it was', async () => {
    await visit('presenter-acts');
    await press(page.getByRole('button', { name: 'Who can help me open these again?' }));
    await dialog().getByLabel('Only me, with a return code').check();
    await press(dialog().getByRole('button', { name: 'Make a return code' }));
    await dialog().locator('output.code').waitFor();
    await page.keyboard.press('Escape');
    await dialog().waitFor({ state: 'detached' });
    await page.waitForFunction(() => document.activeElement?.textContent === 'Who can help me open these again?');
    expect(await asked()).toEqual([]);
  });

  it('can be copied, and printed alone', async () => {
    await page.context().grantPermissions(['clipboard-read', 'clipboard-write']);
    await visit('presenter-acts');
    await press(page.getByRole('button', { name: 'Who can help me open these again?' }));
    await dialog().getByLabel('Only me, with a return code').check();
    await press(dialog().getByRole('button', { name: 'Make a return code' }));
    await press(dialog().getByRole('button', { name: 'Copy' }));
    await dialog().getByText('Copied.').waitFor();
    expect(await page.evaluate(() => navigator.clipboard.readText())).toBe(CODE);
    await page.emulateMedia({ media: 'print' });
    await page.screenshot({ path: `${pictures}only-me-print.png` });
    const shown = await page.evaluate(() =>
      [...document.querySelectorAll('h1, h2, h3, p, label, output, button')]
        .filter((at) => at.checkVisibility({ visibilityProperty: true }) && at.textContent?.trim() !== '')
        .map((at) => at.textContent?.replaceAll('\u200B', '')),
    );
    expect(shown).toEqual(['Your return code', 'Thursday set', CODE]);
  });

  it('can be left again, and another code be made', async () => {
    await visit('presenter-only-me');
    await press(page.getByRole('button', { name: 'Who can help me open these again?' }));
    await dialog().getByRole('button', { name: 'Make a new code instead' }).waitFor();
    await dialog().getByLabel('Facilitators', { exact: true }).check();
    await press(dialog().getByRole('button', { name: 'Let facilitators help' }));
    await dialog().waitFor({ state: 'detached' });
    await page.getByText('On another browser a facilitator can help you').waitFor();
    expect(await asked()).toEqual([{ c: 'helped' }]);
  });
});

describe('on another browser', () => {
  it.each(LOOKS)('%s: the code is asked for', async (name, width, height, more) => {
    for (const scene of ['presenter-locked', 'closed-locked']) {
      await visit(scene, [width, height, more]);
      await page.locator('#own-code').waitFor();
      await look(`${scene}-${name}`);
      expect(await asked()).toEqual([]);
    }
  });

  it('is said, opens, and tells a slip from another code', async () => {
    await visit('presenter-locked');
    await said('What only you see is locked here');
    const field = page.locator('#own-code');
    for (const [typed, text] of [['0123', 'one slip is enough'], [CODE.replace('0', '9'), 'not the one that opens this']] as const) {
      await field.fill(typed);
      await page.keyboard.press('Enter');
      await page.getByText(text).waitFor();
      await page.waitForFunction(() => document.activeElement?.id === 'own-code');
    }
    await look('other-wide');
    await field.fill(CODE);
    await page.keyboard.press('Enter');
    await field.waitFor({ state: 'detached' });
    await said('What only you see is open again.');
    await page.waitForFunction(() => document.activeElement?.tagName !== 'BODY');
    expect(await asked()).toHaveLength(3);
  });

  it('whoever lost the code is told what that means, and can go on', async () => {
    await visit('presenter-locked');
    await page.getByText('I do not have the code any more').click();
    await page.getByText('stays locked for good').waitFor();
    await look('lost-wide');
    await press(page.getByRole('button', { name: 'Go on without it' }));
    await page.locator('#own-code').waitFor({ state: 'detached' });
    expect(await asked()).toEqual([{ c: 'helped' }]);
  });
});
