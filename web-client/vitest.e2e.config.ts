import { defineConfig } from 'vitest/config';

// Everything seen in a browser: the production bundle, two files at a time, since each mostly waits.
export default defineConfig({
  test: {
    environment: 'node',
    include: ['e2e/**/*.e2e.ts'],
    maxWorkers: 2,
    // A socket as browsers have it, which Node 20 keeps behind a word: Firefox is driven by one.
    execArgv: ['--experimental-websocket'],
    testTimeout: 240_000,
    hookTimeout: 120_000,
    // What comes is waited for; a busy machine takes longer than the usual second.
    expect: { poll: { timeout: 30_000 } },
  },
});
