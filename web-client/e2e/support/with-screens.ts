/** Builds and serves the screens on a fake session: never part of what is shipped. */

import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'vite';
import { serve, type Served } from './serve';

const root = fileURLToPath(new URL('../../', import.meta.url));

/** Serves a fresh build of `dev/screens.html`; `stop` removes it again. */
export async function serveScreens(): Promise<Served> {
  const folder = await mkdtemp(join(tmpdir(), 'setroom-screens-'));
  await build({
    root,
    configFile: false,
    logLevel: 'warn',
    oxc: { jsx: { runtime: 'automatic', importSource: 'preact' } },
    assetsInclude: ['**/*.ftl'],
    build: {
      outDir: folder,
      emptyOutDir: true,
      target: 'es2022',
      modulePreload: { polyfill: false },
      assetsInlineLimit: 0,
      rolldownOptions: { input: join(root, 'dev/screens.html') },
    },
  });
  const served = await serve(folder);
  return {
    origin: `${served.origin}/dev/screens.html`,
    async stop() {
      await served.stop();
      await rm(folder, { recursive: true, force: true });
    },
  };
}
