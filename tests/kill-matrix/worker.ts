/** A worker thread of the kill matrix: loads the suite once, then takes jobs until there are none. */

import { parentPort, workerData } from 'node:worker_threads';
import type { Check } from '../../harness/check.ts';
import { applyFaults, loadFaults } from '../../reference/faults/index.ts';
import { generateSigningKey } from '../../reference/server.ts';
import { loadVariants } from '../../reference/variants/index.ts';
import { loadCatalogue } from '../../specs/catalogue.ts';
import { loadEconomy } from '../../specs/economy.ts';
import { loadChecks, loadObservers } from '../../suites/index.ts';
import { runAgainstReference } from './job.ts';
import type { Job, JobResult, WorkerData } from './types.ts';

const { everything } = workerData as WorkerData;
const suite = { checks: await loadChecks(), observers: await loadObservers(), catalogue: loadCatalogue() };
const faults = new Map((await loadFaults()).map((fault) => [fault.id, fault]));
const variants = new Map((await loadVariants()).map((variant) => [variant.id, variant]));
const signingKey = await generateSigningKey();

const gate = new Set(loadEconomy().gate);

/**
 * The checks of the requirements that a fault breaks, and those of `gate`, one a MUST, for what else turns red. Beside a variant it is only
 * asked whether the fault is still seen. `everything`: all checks.
 */
function selection({ faults: broken, variants: beside }: Job, breaks: readonly string[]): (check: Check) => boolean {
  if (everything || broken.length === 0) return () => true;
  const others = beside.length === 0 ? gate : new Set<string>();
  return (check) =>
    others.has(check.id) || check.profile === 'smoke' || check.verifies.some((id) => breaks.includes(id));
}

async function perform(job: Job): Promise<JobResult> {
  const changes = [...job.faults.map((id) => faults.get(id)), ...job.variants.map((id) => variants.get(id))].filter(
    (found) => found !== undefined,
  );
  const breaks = changes.flatMap((change) => change.breaks);
  const dialect = Object.assign({}, ...changes.map((change) => change.config ?? {})) as object;
  const start = performance.now();
  const select = selection(job, breaks);
  const report = await runAgainstReference(suite, { ...applyFaults(changes), signingKey }, dialect, select, job.seed);
  const red = report.requirements
    .filter((row) => row.outcome === 'fail' || row.outcome === 'warn')
    .map((row) => row.id);
  return {
    job,
    verdict: report.verdict,
    red,
    redChecks: report.checks
      .filter((check) => check.outcome === 'fail' || check.outcome === 'warn')
      .map((check) => check.id),
    failing: report.checks
      .filter((check) => check.outcome === 'fail')
      .map((check) => `${check.id}: ${check.message.slice(0, 300)}`),
    warning: report.checks
      .filter((check) => check.outcome === 'warn')
      .map((check) => `${check.id}: ${check.message.slice(0, 300)}`),
    inconclusive: report.checks
      .filter((check) => check.outcome === 'inconclusive')
      .map((check) => `${check.id}: ${check.message.slice(0, 300)}`),
    suiteErrors: report.suiteErrors.map((error) => `${error.check}: ${error.message}`),
    requests: report.requests.total ?? 0,
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
