/** One cell row of the kill matrix: the checks against the reference with one fault or variant, in process, over a port of its own. */

import { referenceConfig } from '../../cli/reference-config.ts';
import type { Check } from '../../harness/check.ts';
import type { TargetConfig } from '../../harness/config.ts';
import { judge } from '../../harness/judge.ts';
import type { ObserverFactory } from '../../harness/observers.ts';
import { planChecks } from '../../harness/planner.ts';
import { requestValidator } from '../../harness/request-validation.ts';
import { Run } from '../../harness/run.ts';
import type { ReferenceOptions } from '../../reference/app.ts';
import { startReference } from '../../reference/server.ts';
import type { CheckResult, Report } from '../../specs/report.ts';
import type { Requirement } from '../../specs/requirement.ts';

/** Checks in flight at once against one target; fewer where the first finding ends the run. */
const width = 16;
const narrow = 3;

export interface Suite {
  readonly checks: readonly Check[];
  readonly observers: readonly ObserverFactory[];
  readonly catalogue: {
    readonly edition: string;
    readonly digest: string;
    readonly requirements: readonly Requirement[];
  };
}

/** How much is tried. */
export interface Limits {
  /** Default 25. */
  readonly propertyRuns?: number | undefined;
  /** The run ends with the first result for which this holds. */
  readonly until?: ((result: CheckResult) => boolean) | undefined;
}

/** Runs checks as the suite does: side by side, then those that move the clock, then the observers' verdicts. */
export async function runChecks(
  suite: Suite,
  config: TargetConfig,
  select: (check: Check) => boolean = () => true,
  seed = 1,
  timeoutMs = 10_000,
  more: Limits = {},
): Promise<Report> {
  const run = new Run(
    { config, seed, requirements: suite.catalogue.requirements, propertyRuns: more.propertyRuns ?? 25, timeoutMs },
    { observers: suite.observers, validateRequest: requestValidator(config) },
  );
  const { concurrent, serial } = planChecks(suite.checks, { profile: config.profile });
  // What decides comes first where the run ends with it; the happy paths are for the observers.
  const chosen = concurrent.filter(select);
  const queue =
    more.until === undefined
      ? chosen
      : [
          ...chosen.filter(({ profile }) => profile !== 'smoke'),
          ...chosen.filter(({ profile }) => profile === 'smoke'),
        ];
  const results: CheckResult[] = [];
  const start = performance.now();
  const enough = (): boolean => more.until !== undefined && results.some(more.until);
  const worker = async (): Promise<void> => {
    for (let check = queue.shift(); check !== undefined && !enough(); check = queue.shift())
      results.push(await run.execute(check));
  };
  await Promise.all(Array.from({ length: more.until === undefined ? width : narrow }, worker));
  for (const check of serial.filter(select)) if (!enough()) results.push(await run.execute(check));
  results.push(...run.observerResults());
  await run.close();
  return judge({
    results,
    suiteErrors: run.suiteErrors,
    catalogue: suite.catalogue,
    config,
    version: '0',
    seed,
    startedAt: new Date(0).toISOString(),
    durationMs: performance.now() - start,
    waitedMs: run.waitedMs,
    requests: run.requests,
    strict: false,
  });
}

/** The same against a reference started for it. */
export async function runAgainstReference(
  suite: Suite,
  options: ReferenceOptions,
  dialect: Partial<TargetConfig> = {},
  select?: (check: Check) => boolean,
  seed?: number,
  limits: Limits = {},
): Promise<Report> {
  const reference = await startReference(options);
  try {
    return await runChecks(suite, { ...referenceConfig(reference.url), ...dialect }, select, seed, undefined, limits);
  } finally {
    await reference.close();
  }
}
