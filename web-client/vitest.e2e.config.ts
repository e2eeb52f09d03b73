import { defineConfig } from 'vitest/config';

// Everything seen in a browser: the production bundle, two files at a time, since each mostly waits.
export default defineConfig({
  test: {
    environment: 'node',
    include: ['e2e/**/*.e2e.ts'],
    maxWorkers: 2,
    testTimeout: 240_000,
    hookTimeout: 120_000,
    // What comes is waited for; a busy machine takes longer than the usual second.
    expect: { poll: { timeout: 30_000 } },
  },
});
