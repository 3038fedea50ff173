import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    reporters: ['default', './scripts/closing-line.mjs'],
    projects: [
      {
        test: {
          name: 'unit',
          include: ['tests/**/*.test.ts'],
          // Whatever hangs is ended: far beyond what any test takes on a slow machine.
          testTimeout: 240_000,
          hookTimeout: 240_000,
          // Many tests wait for servers that are slow on purpose: one more at a time than there are cores (the default is one less).
          maxWorkers: 3,
        },
      },
      {
        test: {
          name: 'conformance',
          include: ['suites/conformance.test.ts'],
          globalSetup: ['tests/conformance-setup.ts'],
          pool: 'threads',
          isolate: false,
          fileParallelism: false,
          testTimeout: 0,
        },
      },
    ],
  },
});
