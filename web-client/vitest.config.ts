import { defineConfig } from 'vitest/config';

export default defineConfig({
  assetsInclude: ['**/*.ftl'],
  test: {
    environment: 'node',
    include: ['tests/**/*.test.ts'],
    // Some of the sealing tests stretch keys on purpose, some before each test; a busy machine needs the room.
    testTimeout: 120_000,
    hookTimeout: 120_000,
  },
});
