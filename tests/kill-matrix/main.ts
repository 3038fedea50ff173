/**
 * `npm run kill-matrix`: every fault and variant against the checks, over the cores. `--fault PREFIX` and `--variant PREFIX` (repeatable) run
 * these alone; `--sample N` looks at what else turns red for every Nth fault, and tries every check on every Nth variant; `--no-combinations` leaves out the pairs; `--everything` runs all checks for all; `--json FILE` and `--markdown FILE` keep the result.
 */

import { writeFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { Worker } from 'node:worker_threads';
import { loadFaults } from '../../reference/faults/index.ts';
import type { Fault, Variant } from '../../reference/faults/types.ts';
import { loadVariants } from '../../reference/variants/index.ts';
import { loadCatalogue } from '../../specs/catalogue.ts';
import { loadChecks, loadObservers } from '../../suites/index.ts';
import { type Complaint, complaints } from './complaints.ts';
import { matrixMarkdown } from './markdown.ts';
import type { Job, JobResult, Matrix } from './types.ts';

const given = (name: string): string[] =>
  process.argv.flatMap((word, at) => (word === name ? [process.argv[at + 1] ?? ''] : []));
const argument = (name: string): string | undefined => {
  const at = process.argv.indexOf(name);
  return at < 0 ? undefined : process.argv[at + 1];
};
const everything = process.argv.includes('--everything');
const combine = !process.argv.includes('--no-combinations');

/** Gives jobs to threads as they come free. @throws Error when a thread or a job fails in itself */
async function performAll(jobs: readonly Job[], threads: number): Promise<JobResult[]> {
  const queue = jobs.map((job, index) => ({ job, index }));
  const results: JobResult[] = [];
  await Promise.all(
    Array.from({ length: Math.min(threads, jobs.length) }, async () => {
      const worker = new Worker(
        new URL(import.meta.url.endsWith('.ts') ? './worker.ts' : './worker.js', import.meta.url),
        { workerData: { everything } },
      );
      let current: { job: Job; index: number } | undefined;
      await new Promise<void>((resolve, reject) => {
        worker.on('error', reject);
        worker.on('exit', () => resolve());
        worker.on('message', (message: 'ready' | JobResult | { job: Job; error: string }) => {
          if (message !== 'ready') {
            if ('error' in message) {
              reject(new Error(`The job of ${JSON.stringify(message.job)} failed in itself: ${message.error}`));
              return;
            }
            if (current !== undefined) results[current.index] = message;
          }
          current = queue.shift();
          worker.postMessage(current === undefined ? 'done' : current.job);
        });
      });
    }),
  );
  return results;
}

/** A variant for a fault that does not hide it, drawn by a fixed rule so that a run can be repeated. */
function drawn(fault: Fault, index: number, variants: readonly Variant[], seed: number): Variant | undefined {
  const fitting = variants.filter(({ masks }) => masks?.some((id) => fault.breaks.includes(id)) !== true);
  return fitting[(index * 7 + seed * 13) % Math.max(1, fitting.length)];
}

const start = performance.now();
const [allFaults, allVariants, checks, observers] = await Promise.all([
  loadFaults(),
  loadVariants(),
  loadChecks(),
  loadObservers(),
]);
const wanted = { faults: given('--fault'), variants: given('--variant') };
const partial = wanted.faults.length + wanted.variants.length > 0;
const named = (id: string, prefixes: readonly string[]): boolean => prefixes.some((prefix) => id.startsWith(prefix));
const chosen = partial ? allFaults.filter(({ id }) => named(id, wanted.faults)) : allFaults;
const variants = partial ? allVariants.filter(({ id }) => named(id, wanted.variants)) : allVariants;
const seed = Number(argument('--seed') ?? '1');
const sample = Number(argument('--sample') ?? '1');
/** The seed moves the sample, so that another one looks at others. */
const thorough = (index: number): boolean => (index + seed) % sample === 0;
const combinations =
  combine && variants.length > 0 && !partial
    ? chosen
        .map((fault, index) => ({ fault, index, variant: drawn(fault, index, variants, seed) }))
        .filter(({ index }) => sample === 1 || (index + seed) % 3 === 0) // a third of the pairs in a sample
    : [];
const jobs: Job[] = [
  ...(partial ? [] : [{ faults: [], variants: [], seed, thorough: true }]),
  ...variants.map((variant, index) => ({ faults: [], variants: [variant.id], seed, thorough: thorough(index) })),
  ...chosen.map((fault, index) => ({ faults: [fault.id], variants: [], seed, thorough: thorough(index) })),
  ...combinations.flatMap(({ fault, variant }) =>
    variant === undefined ? [] : [{ faults: [fault.id], variants: [variant.id], seed, thorough: false }],
  ),
];
// Jobs wait for seconds that checks let pass, more than they work.
const results = await performAll(jobs, 3 * availableParallelism());
const before = partial ? 0 : 1;
const at = (index: number): JobResult => {
  const result = results[index];
  if (result === undefined) throw new Error(`Job ${index} of the kill matrix gave no result.`);
  return result;
};
const matrix: Matrix = {
  ...(partial ? {} : { plain: at(0) }),
  variants: variants.map(({ id, title }, index) => ({ id, title, result: at(before + index) })),
  faults: chosen.map((fault, index) => ({
    id: fault.id,
    title: fault.title,
    breaks: fault.breaks,
    ...(fault.reference === undefined ? {} : { reference: fault.reference }),
    ...(fault.generatedOnly === true ? { generatedOnly: true } : {}),
    result: at(before + variants.length + index),
  })),
  combined: combinations.map(({ fault, variant }, index) => ({
    fault: fault.id,
    variant: variant?.id ?? '',
    breaks: fault.breaks,
    result: at(before + variants.length + chosen.length + index),
  })),
  checks: [
    // The reference speaks plain HTTP: what asks for TLS is proved to fail in tests/targets/tls.test.ts.
    ...checks
      .filter(({ needs }) => !needs?.includes('https'))
      .map(({ id, verifies, generated = false, disruptive = false }) => ({
        id,
        verifies,
        generated: generated || disruptive,
      })),
    ...observers.map((make) => {
      const { id, verifies } = make();
      return { id, verifies };
    }),
  ],
  requirements: loadCatalogue().requirements.map(({ id, level, untested }) => ({
    id,
    level,
    untested: untested !== undefined,
  })),
  durationMs: performance.now() - start,
};

const json = argument('--json');
if (json !== undefined) writeFileSync(json, JSON.stringify(matrix));
const markdown = argument('--markdown');
if (markdown !== undefined) writeFileSync(markdown, matrixMarkdown(matrix));
// Only a whole matrix shows that a check never fails: a sample ends each fault when it was seen.
const found: Complaint[] = complaints(matrix).filter(({ kind }) => {
  if (kind === 'cannot fail') return !partial && sample === 1;
  return kind !== 'no fault' || !partial;
});
for (const complaint of found) console.log(`${complaint.kind}: ${complaint.about}: ${complaint.text}`);
console.log(
  `${matrix.faults.length} faults, ${matrix.variants.length} variants, ${matrix.combined.length} combinations, ${matrix.checks.length} checks: ` +
    `${found.length === 0 ? 'every fault caught by what it breaks, none blurred, no variant accused' : `${found.length} complaints`} (${(matrix.durationMs / 1000).toFixed(1)} s)`,
);
process.exitCode = found.length === 0 ? 0 : 1;
