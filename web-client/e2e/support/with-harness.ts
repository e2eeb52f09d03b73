/** Builds and serves the harness page: our sources in a real browser, one part at a time. */

import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { BrowserContext, Page } from 'playwright-core';
import { build } from 'vite';
import { serve, type Served } from './serve';

const root = fileURLToPath(new URL('.', import.meta.url));

/** Serves a fresh build of the harness; `stop` removes it again. */
export async function serveHarness(): Promise<Served> {
  const folder = await mkdtemp(join(tmpdir(), 'setroom-harness-'));
  await build({
    root,
    configFile: false,
    logLevel: 'silent',
    assetsInclude: ['**/*.ftl'],
    build: {
      outDir: folder,
      emptyOutDir: true,
      target: 'es2022',
      modulePreload: { polyfill: false },
      assetsInlineLimit: 0,
      rolldownOptions: { input: `${root}harness.html` },
    },
  });
  const served = await serve(folder);
  return {
    origin: served.origin,
    async stop() {
      await served.stop();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

/** A new tab on the harness page. */
export async function harnessTab(context: BrowserContext, { origin }: Served): Promise<Page> {
  const page = await context.newPage();
  await page.goto(`${origin}/harness.html`);
  await page.waitForFunction(() => window.harness !== undefined);
  return page;
}
