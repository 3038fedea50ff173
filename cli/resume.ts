/** Going on from the results of an earlier run, where both are of the same target, configuration, catalogue and seed. */

import type { TargetConfig } from '../harness/config.ts';
import { configDigest } from '../harness/config-digest.ts';
import { loadCatalogue } from '../specs/catalogue.ts';
import type { CheckResult } from '../specs/report.ts';
import { UsageError } from './exit.ts';
import { readReport } from './report-folder.ts';
import { worseOf } from './worse.ts';

export interface Resumed {
  readonly seed: number;
  /** Ids of checks whose result stands. */
  readonly judged: readonly string[];
  readonly durationMs: number;
  readonly waitedMs: number;
  readonly requests: Readonly<Record<string, number>>;
  /** The earlier results with the new ones in their place. */
  merged(results: readonly CheckResult[]): readonly CheckResult[];
}

const isObserver = (result: CheckResult): boolean => result.id.startsWith('observer/');

/** @throws UsageError where the earlier run is of something else */
export function resumeFrom(folder: string, config: TargetConfig, seed: number | undefined): Resumed {
  const report = readReport(folder);
  const agree: readonly (readonly [string, unknown, unknown])[] = [
    ['target', report.target, config.target],
    ['configuration', report.configDigest, configDigest(config)],
    ['catalogue', report.suite.digest, loadCatalogue().digest],
    ['seed', report.seed, seed ?? report.seed],
  ];
  const differing = agree.find(([, had, has]) => had !== has);
  if (differing !== undefined)
    throw new UsageError(
      `${folder} cannot be resumed: its ${differing[0]} is another one; start a run of its own without --resume.`,
    );
  const standing = report.checks.filter((check) => check.outcome !== 'inconclusive' && !isObserver(check));
  return {
    seed: report.seed,
    judged: standing.map(({ id }) => id),
    durationMs: report.durationMs,
    waitedMs: report.waitedMs,
    requests: Object.fromEntries(Object.entries(report.requests).filter(([operation]) => operation !== 'total')),
    merged(results) {
      const known = new Map([...standing, ...report.checks.filter(isObserver)].map((check) => [check.id, check]));
      for (const result of results) {
        const earlier = known.get(result.id);
        known.set(result.id, earlier === undefined ? result : worseOf(earlier, result));
      }
      return [...known.values()];
    },
  };
}
