import { defineConfig } from 'vitest/config';

export default defineConfig({
  assetsInclude: ['**/*.ftl'],
  test: {
    environment: 'node',
    include: ['tests/**/*.test.ts'],
    // Two of the sealing tests stretch keys on purpose; a busy machine needs the room.
    testTimeout: 30_000,
  },
});
