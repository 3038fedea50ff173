import { expect, it } from 'vitest';
import type { Profile } from '../../harness/config.ts';
import { configFrom } from '../../harness/load-config.ts';
import { loadCatalogue } from '../../specs/catalogue.ts';
import { loadChecks, loadObservers } from '../../suites/index.ts';
import { runChecks } from '../kill-matrix/job.ts';
import { startIndependent } from './independent/server.ts';

it.each<Profile>(['smoke', 'gate'])(
  'a right target without hand-off is conformant in %s, with no error of the suite',
  async (profile) => {
    const server = await startIndependent({ variants: ['no-handoff'] });
    try {
      const { config } = configFrom(server.config, 'no-handoff', { profile });
      const suite = { checks: await loadChecks(), observers: await loadObservers(), catalogue: loadCatalogue() };
      const report = await runChecks(suite, config);
      expect(report.suiteErrors).toEqual([]);
      expect(report.verdict).toBe('conformant');
    } finally {
      await server.close();
    }
  },
);
