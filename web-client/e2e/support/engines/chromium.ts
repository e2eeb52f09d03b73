/** Chromium, driven by `playwright-core`. */

import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type BrowserContext, chromium, type ElementHandle } from 'playwright-core';
import { CHROMIUM_ARGS, findChromium, launchBrowser } from '../browser';
import type { Keeps, Tab, Target } from './index';
import { LOOK_EVERY_MS, PATIENCE_MS, seek, seen, text } from './page';

/** What *never allowed to keep anything* is among people's settings. */
const NOTHING_KEPT = { profile: { default_content_setting_values: { cookies: 2 } } };

/** The window, and what ends its browser. */
async function open(folder: string, keeps: Keeps): Promise<[BrowserContext, () => Promise<void>]> {
  if (keeps === 'private') {
    // Its contexts are what a person opens as a private window.
    const browser = await launchBrowser(findChromium());
    return [await browser.newContext(), () => browser.close()];
  }
  if (keeps === 'nothing') {
    await mkdir(join(folder, 'Default'), { recursive: true });
    await writeFile(join(folder, 'Default', 'Preferences'), JSON.stringify(NOTHING_KEPT));
  }
  const args = { executablePath: findChromium(), args: [...CHROMIUM_ARGS] };
  const context = await chromium.launchPersistentContext(folder, args);
  return [context, () => context.close()];
}

/** Starts Chromium on the profile in `folder`. */
export async function startChromium(folder: string, keeps: Keeps): Promise<Tab> {
  const [context, close] = await open(folder, keeps);
  context.setDefaultTimeout(PATIENCE_MS);
  const page = context.pages()[0] ?? (await context.newPage());
  const found = async (target: Target): Promise<ElementHandle> => {
    const handle = (await page.waitForFunction(seek, target, { polling: LOOK_EVERY_MS })).asElement();
    if (handle === null) throw new Error('nothing to use');
    return handle as ElementHandle;
  };
  return {
    engine: 'chromium',
    profile: folder,
    goto: async (url) => void (await page.goto(url)),
    back: async () => void (await page.goBack()),
    forward: async () => void (await page.goForward()),
    reload: async () => void (await page.reload()),
    text: () => page.evaluate(text),
    evaluate: (run, given) => page.evaluate(run as never, given as never),
    async until(test, given) {
      // Not `waitForFunction`: that one takes a promise of false for true.
      const patience = AbortSignal.timeout(PATIENCE_MS);
      while (!(await page.evaluate(test as never, given as never))) {
        if (patience.aborted) throw new Error(`waited in vain for ${JSON.stringify(given)}: ${await page.evaluate(seen)}`);
        await page.waitForTimeout(LOOK_EVERY_MS);
      }
    },
    async click(target) {
      for (let tries = 20; ; tries -= 1) {
        try {
          await (await found(target)).click({ timeout: PATIENCE_MS / 20 });
          return;
        } catch (error) {
          // It may be another one now: of a dialog that has opened over it, or of a page that was drawn anew.
          if (tries === 0) throw error;
        }
      }
    },
    type: async (target, typed) => (await found(target)).fill(typed),
    screenshot: async (file) => void (await page.screenshot({ path: file })),
    async resize(width, height) {
      await page.setViewportSize({ width, height });
      return [width, height];
    },
    close,
  };
}
