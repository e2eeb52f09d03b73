/** The first page in Chromium, from the production bundle under the production policy. */

import type { Browser, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { vectors } from '../tests/vectors';
import { axeFaults } from './support/axe';
import { type Complaints, launchBrowser, listen } from './support/browser';
import { dist, serve, type Served } from './support/serve';

let served: Served;
let browser: Browser;
let page: Page;
let complaints: Complaints;

const fragment = vectors.link.slice(vectors.link.indexOf('#'));

beforeAll(async () => {
  [served, browser] = await Promise.all([serve(dist), launchBrowser()]);
});

afterAll(async () => {
  await browser?.close();
  await served?.stop();
});

beforeEach(async () => {
  const context = await browser.newContext({ locale: 'en-GB' });
  page = await context.newPage();
  complaints = await listen(page);
});

afterEach(async () => {
  // oxlint-disable-next-line vitest/no-standalone-expect -- holds for every test here
  expect(complaints).toEqual({ policy: [], errors: [] });
  await page.context().close();
});

const visit = async (path = '/'): Promise<void> => {
  await page.goto(served.origin + path);
  await page.getByRole('heading', { level: 1 }).waitFor();
};

it('asks its own server for everything, once', async () => {
  const asked: string[] = [];
  page.on('request', (request) => asked.push(request.url()));
  await visit();
  await page.waitForLoadState('networkidle');
  expect(asked.filter((url) => !url.startsWith(served.origin))).toEqual([]);
  expect(asked.filter((url) => url.endsWith('.ftl'))).toHaveLength(1);
  // Nothing is opened or kept before a person asks for it: link previews run scripts too.
  expect(asked.filter((url) => !/\/(assets\/.*|favicon\.ico)?$/.test(url))).toEqual([]);
  expect(await page.evaluate(async () => (await indexedDB.databases()).length)).toBe(0);
});

it('takes the link out of the address bar', async () => {
  await visit(`/j${fragment}`);
  expect(page.url()).toBe(`${served.origin}/j`);
  expect(await page.evaluate(() => document.body.innerText)).not.toContain(fragment.slice(5, 20));
});

it('says what is wrong with a link, there and in a summary with the focus', async () => {
  await visit('/j#1.short');
  const summary = page.getByRole('heading', { name: 'There is a problem' });
  await summary.waitFor();
  await page.getByText(/^Error:/).waitFor();
  expect(await axeFaults(page)).toEqual([]);

  await page.getByLabel('Your link').fill('');
  await page.getByRole('button', { name: 'Go to the set' }).press('Enter');
  await page.getByRole('link', { name: 'Paste the link' }).waitFor();
  await page.waitForFunction(() => document.activeElement?.className === 'faults');
  await page.getByRole('link', { name: 'Paste the link' }).press('Enter');
  await expect.poll(() => page.evaluate(() => document.activeElement?.id)).toBe('link');
});

it('takes a pasted link', async () => {
  await visit();
  await page.getByLabel('Your link').fill(` ${vectors.link} `);
  await page.keyboard.press('Enter');
  await page.getByText("It is a member's link.").waitFor();
  expect(await page.getByRole('heading', { level: 1 }).innerText()).toBe(
    'You have a link to a learning set',
  );
});

it('speaks Welsh when asked, and remembers', async () => {
  await visit();
  expect(await page.locator('html').getAttribute('lang')).toBe('en-GB');
  await page.getByRole('button', { name: 'Cymraeg' }).click();
  await page.getByRole('heading', { name: 'Cynnal set dysgu' }).waitFor();
  expect(await page.locator('html').getAttribute('lang')).toBe('cy');
  await visit();
  expect(await page.locator('html').getAttribute('lang')).toBe('cy');
  expect(await axeFaults(page)).toEqual([]);
  await page.getByRole('button', { name: 'English' }).click();
  await page.getByRole('heading', { name: 'Run an action learning set' }).waitFor();
});

describe.each(['light', 'dark'] as const)('in %s', (colorScheme) => {
  it.each([
    [1280, 800],
    [380, 800],
    [320, 256],
  ])('at %d by %d fits and can be used by everybody', async (width, height) => {
    await page.emulateMedia({ colorScheme });
    await page.setViewportSize({ width, height });
    await visit();
    expect(await axeFaults(page)).toEqual([]);
    const wide = await page.evaluate(() => document.documentElement.scrollWidth);
    expect(wide).toBeLessThanOrEqual(width);
  });
});
