/** A worker thread of the kill matrix: loads the suite once, then takes jobs until there are none. */

import { parentPort, workerData } from 'node:worker_threads';
import type { Check } from '../../harness/check.ts';
import { applyFaults, loadFaults } from '../../reference/faults/index.ts';
import { generateSigningKey } from '../../reference/server.ts';
import { loadVariants } from '../../reference/variants/index.ts';
import { loadCatalogue } from '../../specs/catalogue.ts';
import { loadEconomy } from '../../specs/economy.ts';
import type { CheckResult, Report } from '../../specs/report.ts';
import { loadChecks, loadObservers } from '../../suites/index.ts';
import { runAgainstReference } from './job.ts';
import type { Job, JobResult, WorkerData } from './types.ts';

const { everything } = workerData as WorkerData;
const suite = { checks: await loadChecks(), observers: await loadObservers(), catalogue: loadCatalogue() };
const faults = new Map((await loadFaults()).map((fault) => [fault.id, fault]));
const variants = new Map((await loadVariants()).map((variant) => [variant.id, variant]));
const signingKey = await generateSigningKey();

const gate = new Set(loadEconomy().gate);

/** Which checks run, and whether in the frugal way of `gate`. */
interface Pass {
  readonly select: (check: Check) => boolean;
  readonly profile: 'gate' | 'full';
}

const all: Pass = { select: () => true, profile: 'full' };
/** One check a MUST: what else turns red. */
const glance: Pass = { select: (check) => gate.has(check.id), profile: 'gate' };
/** The same with every variation: the traffic in which an observer sees what no check of its own provokes. */
const traffic: Pass = { select: (check) => gate.has(check.id), profile: 'full' };
/** The checks of the requirements that a fault breaks. */
const own = (breaks: readonly string[]): Pass => ({
  select: (check) => check.profile === 'smoke' || check.verifies.some((id) => breaks.includes(id)),
  profile: 'full',
});

const isRed = ({ outcome }: { readonly outcome: string }): boolean => outcome === 'fail' || outcome === 'warn';
const redOf = (reports: readonly Report[]): string[] => [
  ...new Set(reports.flatMap(({ requirements }) => requirements.filter(isRed).map(({ id }) => id))),
];

async function perform(job: Job): Promise<JobResult> {
  const changes = [...job.faults.map((id) => faults.get(id)), ...job.variants.map((id) => variants.get(id))].filter(
    (found) => found !== undefined,
  );
  const breaks = changes.flatMap((change) => change.breaks);
  // What only generated inputs show is looked for with as many of them as a run of `deep` has: each fault is to be seen with any seed.
  const propertyRuns = changes.some((change) => 'generatedOnly' in change) ? 250 : undefined;
  const dialect = Object.assign({}, ...changes.map((change) => change.config ?? {})) as object;
  const start = performance.now();
  const reports: Report[] = [];
  const decides = (result: CheckResult): boolean => result.broken?.some((id) => breaks.includes(id)) === true;
  /** A glance ends as soon as the fault has been seen. */
  const make = async ({ select, profile }: Pass, until?: typeof decides): Promise<void> => {
    const options = { ...applyFaults(changes), signingKey };
    reports.push(
      await runAgainstReference(suite, options, { ...dialect, profile }, select, job.seed, { until, propertyRuns }),
    );
  };
  const caught = (): boolean => redOf(reports).some((id) => breaks.includes(id));

  if (job.faults.length === 0) await make(job.thorough ? all : glance);
  else if (everything) await make(all);
  else {
    await make(own(breaks), job.thorough ? undefined : decides);
    if (job.thorough || !caught()) await make(glance);
    if (!caught()) await make(traffic);
  }
  const checks = reports.flatMap((report) => report.checks);
  const told = (outcome: string): string[] =>
    checks.filter((check) => check.outcome === outcome).map(({ id, message }) => `${id}: ${message.slice(0, 300)}`);
  return {
    job,
    verdict: reports.some(({ verdict }) => verdict === 'non-conformant')
      ? 'non-conformant'
      : (reports[0]?.verdict ?? ''),
    red: redOf(reports),
    redChecks: [...new Set(checks.filter(isRed).map(({ id }) => id))],
    failing: told('fail'),
    warning: told('warn'),
    inconclusive: told('inconclusive'),
    suiteErrors: reports.flatMap(({ suiteErrors }) => suiteErrors.map(({ check, message }) => `${check}: ${message}`)),
    requests: reports.reduce((sum, { requests }) => sum + (requests.total ?? 0), 0),
    durationMs: performance.now() - start,
  };
}

parentPort?.on('message', (job: Job | 'done') => {
  if (job === 'done') process.exit(0);
  perform(job).then(
    (result) => parentPort?.postMessage(result),
    (error: unknown) =>
      parentPort?.postMessage({ job, error: error instanceof Error ? (error.stack ?? error.message) : String(error) }),
  );
});
parentPort?.postMessage('ready');
