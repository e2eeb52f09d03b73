/** Chromium, driven by `playwright-core`. */

import { chromium, type ElementHandle } from 'playwright-core';
import { CHROMIUM_ARGS, findChromium } from '../browser';
import type { Tab, Target } from './index';
import { LOOK_EVERY_MS, PATIENCE_MS, seek, seen } from './page';

/** Starts Chromium on the profile in `folder`. */
export async function startChromium(folder: string): Promise<Tab> {
  const context = await chromium.launchPersistentContext(folder, {
    executablePath: findChromium(),
    args: [...CHROMIUM_ARGS],
  });
  context.setDefaultTimeout(PATIENCE_MS);
  const page = context.pages()[0] ?? (await context.newPage());
  const found = async (target: Target): Promise<ElementHandle> => {
    const handle = (await page.waitForFunction(seek, target)).asElement();
    if (handle === null) throw new Error('nothing to use');
    return handle as ElementHandle;
  };
  return {
    engine: 'chromium',
    profile: folder,
    goto: async (url) => void (await page.goto(url)),
    back: async () => void (await page.goBack()),
    forward: async () => void (await page.goForward()),
    evaluate: (run, given) => page.evaluate(run as never, given as never),
    async until(test, given) {
      // Not `waitForFunction`: that one takes a promise of false for true.
      const patience = AbortSignal.timeout(PATIENCE_MS);
      while (!(await page.evaluate(test as never, given as never))) {
        if (patience.aborted) throw new Error(`waited in vain for ${JSON.stringify(given)}: ${await page.evaluate(seen)}`);
        await page.waitForTimeout(LOOK_EVERY_MS);
      }
    },
    click: async (target) => (await found(target)).click(),
    type: async (target, text) => (await found(target)).fill(text),
    screenshot: async (file) => void (await page.screenshot({ path: file })),
    async resize(width, height) {
      await page.setViewportSize({ width, height });
      return [width, height];
    },
    close: () => context.close(),
  };
}
