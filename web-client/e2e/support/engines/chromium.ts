/** Chromium, driven by `playwright-core`. */

import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type Browser, type BrowserContext, chromium, type ElementHandle } from 'playwright-core';
import { CHROMIUM_ARGS, findChromium, launchBrowser } from '../browser';
import type { Keeps, Tab, Target } from './index';
import { LOOK_EVERY_MS, PATIENCE_MS, seek, seen, text, untilSo } from './page';

/** What *never allowed to keep anything* is among people's settings. */
const NOTHING_KEPT = { profile: { default_content_setting_values: { cookies: 2 } } };
/** And *what this site keeps stays*. */
const PROMISED = { profile: { default_content_setting_values: { durable_storage: 1 } } };

/** As the library says it. */
const isLost = (error: unknown): boolean => error instanceof Error && /context was destroyed|Cannot find context/.test(error.message);

/** A Chromium, and others beside it for windows that need a profile of their own. */
export class Chromium {
  #browser: Promise<Browser> | undefined;

  /** Opens a window; what it keeps on the disk goes into `folder`. */
  async open(folder: string, keeps: Keeps): Promise<Tab> {
    return tabIn(await this.#context(folder, keeps), folder);
  }

  /** Windows that keep nothing on the disk are of one browser, and know nothing of each other. */
  async #context(folder: string, keeps: Keeps): Promise<BrowserContext> {
    if (keeps === 'all' || keeps === 'private') {
      this.#browser ??= launchBrowser(findChromium());
      return (await this.#browser).newContext();
    }
    if (keeps === 'nothing' || keeps === 'promised') {
      await mkdir(join(folder, 'Default'), { recursive: true });
      await writeFile(join(folder, 'Default', 'Preferences'), JSON.stringify(keeps === 'nothing' ? NOTHING_KEPT : PROMISED));
    }
    return chromium.launchPersistentContext(folder, { executablePath: findChromium(), args: [...CHROMIUM_ARGS] });
  }

  async close(): Promise<void> {
    await (await this.#browser)?.close();
    this.#browser = undefined;
  }
}

async function tabIn(context: BrowserContext, folder: string): Promise<Tab> {
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
    // Not `waitForFunction`: that one takes a promise of false for true.
    until: async (test, given) =>
      void (await untilSo(() => page.evaluate(test as never, given as never), isLost, given, () => page.evaluate(seen))),
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
    close: () => context.close(),
  };
}
