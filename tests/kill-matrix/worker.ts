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
import { type Hunt, isGenerated, runAgainstReference, type Suite } from './job.ts';
import { likeness } from './proofs.ts';
import type { Job, JobResult, WorkerData } from './types.ts';

const { everything } = workerData as WorkerData;
const suite: Suite = { checks: await loadChecks(), observers: await loadObservers(), catalogue: loadCatalogue() };
const checks = new Set(suite.checks.map(({ id }) => id));
const faults = new Map((await loadFaults()).map((fault) => [fault.id, fault]));
const variants = new Map((await loadVariants()).map((variant) => [variant.id, variant]));
const signingKey = await generateSigningKey();

const gate = new Set(loadEconomy().gate);

/** Milliseconds for an answer: long, as all threads and their targets share the machine's cores. */
const timeoutMs = 60_000;

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
const observed = new Set(suite.observers.flatMap((make) => make().verifies));

/** What is likeliest to see a fault comes first: what nothing else has proved, and what is named alike; last the happy paths, which are for the observers. */
function rankFor({ faults: [fault = ''], unproved = [] }: Job): (check: Check) => number {
  const first = new Set(unproved);
  const ranks = new Map<string, number>();
  return ({ id, profile, generated, disruptive }) => {
    const known = ranks.get(id);
    if (known !== undefined) return known;
    const dear = (generated === true ? 0.5 : 0) + (disruptive === true ? 1 : 0);
    const rank = profile === 'smoke' ? 100 : dear - likeness(fault, id) - (first.has(id) ? 1 : 0);
    ranks.set(id, rank);
    return rank;
  };
}

async function perform(job: Job): Promise<JobResult> {
  const changes = [...job.faults.map((id) => faults.get(id)), ...job.variants.map((id) => variants.get(id))].filter(
    (found) => found !== undefined,
  );
  const breaks = changes.flatMap((change) => change.breaks);
  // What only generated inputs show is looked for with as many of them as a run of `deep` has: each fault is to be seen with any seed.
  const generatedOnly = changes.some((change) => 'generatedOnly' in change);
  const propertyRuns = generatedOnly ? 250 : undefined;
  const dialect = Object.assign({}, ...changes.map((change) => change.config ?? {})) as object;
  const start = performance.now();
  const reports: Report[] = [];
  const decides = ({ id, outcome, broken = [] }: CheckResult): boolean =>
    isRed({ outcome }) &&
    (job.only === undefined || id === job.only) &&
    broken.some((requirement) => breaks.includes(requirement));
  /** A check proves itself by what it says that it verifies. */
  const provedBy = (result: CheckResult): boolean =>
    decides(result) && result.requirements.some((id) => breaks.includes(id) && result.broken?.includes(id) === true);
  /** A hunt ends as soon as the fault has been seen. */
  const hunt: Hunt = { until: decides, rank: rankFor(job), asksObservers: breaks.some((id) => observed.has(id)) };
  const make = async ({ select, profile }: Pass, how?: Hunt): Promise<void> => {
    const options = { ...applyFaults(changes), signingKey };
    const more = { timeoutMs, propertyRuns, hunt: how };
    reports.push(await runAgainstReference(suite, options, { ...dialect, profile }, select, job.seed, more));
  };
  const caught = (): boolean => reports.some((report) => report.checks.some(decides));

  if (job.only !== undefined && checks.has(job.only)) await make({ ...all, select: ({ id }) => id === job.only });
  else if (job.faults.length === 0) await make(job.thorough ? all : glance);
  else if (everything) await make(all);
  else {
    const pass = own(breaks);
    // No scenario may see what is said to show to generated inputs only: where everything is tried, all of them look before any of those.
    if (generatedOnly && job.thorough)
      await make({ ...pass, select: (check) => pass.select(check) && !isGenerated(check) });
    await make(pass, job.thorough ? undefined : hunt);
    if (job.thorough) await make(glance);
    if (!caught()) await make(traffic, hunt);
  }
  const results = reports.flatMap((report) => report.checks);
  const told = (outcome: string): string[] =>
    results.filter((check) => check.outcome === outcome).map(({ id, message }) => `${id}: ${message.slice(0, 300)}`);
  return {
    job,
    verdict: reports.some(({ verdict }) => verdict === 'non-conformant')
      ? 'non-conformant'
      : (reports[0]?.verdict ?? ''),
    red: redOf(reports),
    redChecks: [...new Set(results.filter(isRed).map(({ id }) => id))],
    caughtBy: [...new Set(results.filter(provedBy).map(({ id }) => id))],
    judged: results.map(({ id }) => id).filter((id) => checks.has(id) || id === job.only),
    failing: told('fail'),
    warning: told('warn'),
    inconclusive: told('inconclusive'),
    suiteErrors: reports.flatMap(({ suiteErrors }) => suiteErrors.map(({ check, message }) => `${check}: ${message}`)),
    requests: reports.reduce((sum, { requests }) => sum + (requests.total ?? 0), 0),
    durationMs: performance.now() - start,
  };
}

parentPort?.on('message', (job: Job) => {
  perform(job).then(
    (result) => parentPort?.postMessage(result),
    (error: unknown) =>
      parentPort?.postMessage({
        error: `${JSON.stringify(job)}: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`,
      }),
  );
});
parentPort?.postMessage('ready');
