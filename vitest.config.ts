import { defineConfig } from 'vitest/config';
import { BaseSequencer, type TestSpecification } from 'vitest/node';

/** Files that take longest, the longest first: begun last they would go on alone when all others are through. */
const long = [
  'targets/rough',
  'kill-matrix/kill-matrix',
  'cli/plan',
  'cli/run',
  'cli/partial-gate',
  'cli/secrets',
  'targets/independent/mistakes',
];

class LongFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const place = ({ moduleId }: TestSpecification): number => {
      const at = long.findIndex((name) => moduleId.endsWith(`tests/${name}.test.ts`));
      return at < 0 ? long.length : at;
    };
    return (await super.sort(files)).sort((a, b) => place(a) - place(b));
  }
}

export default defineConfig({
  test: {
    reporters: ['default', './scripts/closing-line.mjs'],
    sequence: { sequencer: LongFirst },
    projects: [
      {
        test: {
          name: 'unit',
          include: ['tests/**/*.test.ts'],
          globalSetup: ['tests/temporary-folder.ts'],
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
