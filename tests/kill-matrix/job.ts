/** One cell row of the kill matrix: the checks against the reference with one fault or variant, in process, over a port of its own. */

import { referenceConfig } from '../../cli/reference-config.ts';
import type { Check } from '../../harness/check.ts';
import type { TargetConfig } from '../../harness/config.ts';
import { type JudgeInput, judge } from '../../harness/judge.ts';
import type { ObserverFactory } from '../../harness/observers.ts';
import { planChecks } from '../../harness/planner.ts';
import { requestValidator } from '../../harness/request-validation.ts';
import { Run } from '../../harness/run.ts';
import type { ReferenceOptions } from '../../reference/app.ts';
import { startReference } from '../../reference/server.ts';
import type { CheckResult, Report } from '../../specs/report.ts';

/** Checks in flight at once against one target; fewer where the first finding ends the run. */
const width = 16;
const narrow = 3;

export interface Suite {
  readonly checks: readonly Check[];
  readonly observers: readonly ObserverFactory[];
  readonly catalogue: JudgeInput['catalogue'];
}

/** Where the first finding ends the run: what counts as one, and how the run comes to it soonest. */
export interface Hunt {
  readonly until: (result: CheckResult) => boolean;
  /** Checks with a lower rank run first; default: as planned. */
  readonly rank?: (check: Check) => number;
  /** Whether an observer may be the one that finds it, so that they are asked as the run goes on. */
  readonly asksObservers?: boolean;
}

/** Properties, random histories and races: what shows to them need not show to any scenario. */
export const isGenerated = ({ generated = false, disruptive = false }: Check): boolean => generated || disruptive;

/** How much is tried. */
export interface Limits {
  /** Default 25. */
  readonly propertyRuns?: number | undefined;
  /** The run ends with the first finding. */
  readonly hunt?: Hunt | undefined;
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
  const { hunt } = more;
  const { concurrent, serial } = planChecks(suite.checks, { profile: config.profile });
  const inOrder = (checks: readonly Check[]): Check[] => {
    const chosen = checks.filter(select);
    const { rank } = hunt ?? {};
    return rank === undefined ? chosen : chosen.sort((a, b) => rank(a) - rank(b));
  };
  const results: CheckResult[] = [];
  const start = performance.now();
  let found = false;
  const execute = async (check: Check): Promise<void> => {
    const result = await run.execute(check);
    results.push(result);
    if (hunt === undefined || found) return;
    found = hunt.until(result) || (hunt.asksObservers === true && run.observerResults().some(hunt.until));
  };
  const queue = inOrder(concurrent);
  const worker = async (): Promise<void> => {
    for (let check = queue.shift(); check !== undefined && !found; check = queue.shift()) await execute(check);
  };
  await Promise.all(Array.from({ length: hunt === undefined ? width : narrow }, worker));
  for (const check of inOrder(serial)) if (!found) await execute(check);
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
  more: Limits & { readonly timeoutMs?: number } = {},
): Promise<Report> {
  const reference = await startReference(options);
  try {
    return await runChecks(
      suite,
      { ...referenceConfig(reference.url), ...dialect },
      select,
      seed,
      more.timeoutMs,
      more,
    );
  } finally {
    await reference.close();
  }
}
