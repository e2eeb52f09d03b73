/** The load tester's page as a programme manager opens it: of a run that passes and of one that fails. */

import { execFile } from 'node:child_process';
import { mkdirSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { axeFaults } from './support/axe';
import { launchBrowser } from './support/browser';
import { findProgram, Setroom } from './support/setroom';

const folder = fileURLToPath(new URL('../test-results/load-report/', import.meta.url));

let setroom: Setroom;
let browser: Browser;

/** Runs a short load; gives the program's exit code. */
function load(name: string, more: string[]): Promise<number> {
  const program = join(dirname(findProgram()), 'setroom-loadtest');
  const words = ['run', '--url', `http://${setroom.address}`, '--rooms', '3', '--members', '4', '--rate', '30'];
  words.push('--duration', '4s', '--seed', '5', '--fail-p99-ms', '20000', '--target-sets', '100', ...more);
  words.push('--server-pid', String(setroom.pid), '--html', join(folder, `${name}.html`));
  return new Promise((resolve, reject) => {
    const tester = execFile(program, words, (error, _said, complained) => {
      if (tester.exitCode === null) reject(error ?? new Error(complained));
      else resolve(tester.exitCode);
    });
  });
}

beforeAll(async () => {
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  [setroom, browser] = await Promise.all([Setroom.start(), launchBrowser()]);
});

afterAll(async () => {
  await browser?.close();
  await setroom?.stop();
});

describe.each([
  { name: 'pass', more: [], code: 0, word: 'Passed', says: '3 sets of 4 people can meet at once on this server.' },
  // More than all: a limit of time that is not kept could not be judged on a busy machine.
  {
    name: 'fail',
    more: ['--fail-done-percent', '101'],
    code: 1,
    word: 'Failed',
    says: '3 sets of 4 people cannot rely on this server yet: only',
  },
])('the page of a run that should $name', ({ name, more, code, word, says }) => {
  it('says so first, needs nothing else, and can be read by everybody', async () => {
    expect(await load(name, more)).toBe(code);
    const page = await browser.newPage({ viewport: { width: 1280, height: 800 } });
    const asked: string[] = [];
    const complaints: string[] = [];
    page.on('request', (request) => asked.push(request.url()));
    page.on('console', (message) => complaints.push(message.text()));
    const url = pathToFileURL(join(folder, `${name}.html`)).href;
    await page.goto(url);
    expect(await page.getByRole('heading', { level: 1 }).innerText()).toContain(word);
    expect(await page.getByRole('heading', { level: 1 }).innerText()).toContain(says);
    expect(await page.getByRole('img').count()).toBe(5);

    for (const [look, width, colorScheme] of [
      ['wide', 1280, 'light'],
      ['wide-dark', 1280, 'dark'],
      ['narrow', 380, 'light'],
      ['narrow-dark', 380, 'dark'],
    ] as const) {
      await page.setViewportSize({ width, height: 800 });
      await page.emulateMedia({ colorScheme });
      expect(await page.evaluate(() => document.documentElement.scrollWidth), look).toBe(width);
      expect(await page.getByRole('img').count(), look).toBe(5);
      expect(await axeFaults(page), look).toEqual([]);
      await page.screenshot({ path: join(folder, `${name}-${look}.png`), fullPage: true });
    }
    await page.pdf({ path: join(folder, `${name}.pdf`), preferCSSPageSize: true });
    expect(asked).toEqual([url]);
    expect(complaints).toEqual([]);
    await page.close();
  });
});
