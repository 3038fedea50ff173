/**
 * `npm run kill-matrix`: every fault and variant against the checks, over the cores, and every check against faults until one makes it fail.
 * `--fault PREFIX`, `--variant PREFIX` and `--check PREFIX` (repeatable) try these alone; `--sample N` looks at what else turns red for every Nth
 * fault, and tries every check on every Nth variant; `--pairs N` puts every Nth fault beside a variant (default: every one, in a sample every
 * eighth), `--no-combinations` none; `--everything` runs all checks for all;
 * `--json FILE` and `--markdown FILE` keep the result.
 */

import { writeFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { parseArgs } from 'node:util';
import { referenceConfig } from '../../cli/reference-config.ts';
import { needsOf, unmet } from '../../harness/needs.ts';
import { loadFaults } from '../../reference/faults/index.ts';
import type { Fault, Variant } from '../../reference/faults/types.ts';
import { loadVariants } from '../../reference/variants/index.ts';
import { loadCatalogue } from '../../specs/catalogue.ts';
import { loadChecks, loadObservers } from '../../suites/index.ts';
import { type Complaint, complaints } from './complaints.ts';
import { isGenerated } from './job.ts';
import { matrixMarkdown } from './markdown.ts';
import { performAll } from './pool.ts';
import { Proofs } from './proofs.ts';
import type { Job, JobResult, Matrix } from './types.ts';

/** @throws TypeError for an option that there is not */
const { values: options } = parseArgs({
  options: {
    fault: { type: 'string', multiple: true, default: [] },
    variant: { type: 'string', multiple: true, default: [] },
    check: { type: 'string', multiple: true, default: [] },
    sample: { type: 'string', default: '1' },
    pairs: { type: 'string' },
    seed: { type: 'string', default: '1' },
    'no-combinations': { type: 'boolean', default: false },
    everything: { type: 'boolean', default: false },
    json: { type: 'string' },
    markdown: { type: 'string' },
  },
});
const { everything, json, markdown } = options;
const combine = !options['no-combinations'];

/** What a job is about, also after it has been in another thread. */
const keyOf = ({ faults, variants }: Job): string => JSON.stringify([faults, variants]);

/** Whether something can be judged of what a fault breaks where a variant is told of by the configuration, which one of them alone may change. */
function isJudged(fault: Fault, variant: Variant): boolean {
  if (Object.keys(fault.config ?? {}).some((key) => key in (variant.config ?? {}))) return false;
  const config = { ...referenceConfig('http://127.0.0.1'), ...fault.config, ...variant.config };
  const judges = checks.filter(({ verifies }) => verifies.some((id) => fault.breaks.includes(id)));
  return judges.length === 0 || judges.some((check) => unmet(needsOf(check), config) === undefined);
}

/** A variant for a fault that does not hide it, drawn by a fixed rule so that a run can be repeated. */
function drawn(fault: Fault, index: number, variants: readonly Variant[], seed: number): Variant | undefined {
  const fitting = variants.filter(
    (variant) =>
      variant.masks?.some((id) => fault.breaks.includes(id)) !== true &&
      variant.undoes?.includes(fault.id) !== true &&
      isJudged(fault, variant),
  );
  return fitting[(index * 7 + seed * 13) % Math.max(1, fitting.length)];
}

const start = performance.now();
const [allFaults, allVariants, checks, observers] = await Promise.all([
  loadFaults(),
  loadVariants(),
  loadChecks(),
  loadObservers(),
]);
const wanted = { faults: options.fault, variants: options.variant, checks: options.check };
const partial = wanted.faults.length + wanted.variants.length + wanted.checks.length > 0;
const proving = !partial || wanted.checks.length > 0;
const named = (id: string, prefixes: readonly string[]): boolean => prefixes.some((prefix) => id.startsWith(prefix));
const chosen = partial ? allFaults.filter(({ id }) => named(id, wanted.faults)) : allFaults;
const variants = partial ? allVariants.filter(({ id }) => named(id, wanted.variants)) : allVariants;
const seed = Number(options.seed);
const sample = Number(options.sample);
const pairs = Number(options.pairs ?? (sample === 1 ? 1 : 8));
/** The seed moves the sample, so that another one looks at others. */
const thorough = (index: number): boolean => (index + seed) % sample === 0;
/** Of the variants alone a sample looks at every second one; the others stand beside faults. */
const looked =
  partial || sample === 1 || markdown !== undefined
    ? variants
    : variants.filter((_, index) => (index + seed) % 2 === 0);
const combinations =
  combine && variants.length > 0 && !partial
    ? chosen
        .map((fault, index) => ({ fault, index, variant: drawn(fault, index, variants, seed) }))
        .filter(({ index }) => (index + seed) % pairs === 0)
    : [];
const jobs: Job[] = [
  ...(partial ? [] : [{ faults: [], variants: [], seed, thorough: true }]),
  ...looked.map((variant, index) => ({ faults: [], variants: [variant.id], seed, thorough: thorough(index) })),
  ...chosen.map((fault, index) => ({ faults: [fault.id], variants: [], seed, thorough: thorough(index) })),
  ...combinations.flatMap(({ fault, variant }) =>
    variant === undefined ? [] : [{ faults: [fault.id], variants: [variant.id], seed, thorough: false }],
  ),
];
const judges = [
  // The reference speaks plain HTTP: what asks for TLS is proved to fail in tests/targets/tls.test.ts.
  ...checks
    .filter(({ needs }) => !needs?.includes('https'))
    .map((check) => ({ id: check.id, verifies: check.verifies, generated: isGenerated(check) })),
  ...observers.map((make) => {
    const { id, verifies } = make();
    return { id, verifies };
  }),
];
const requirements = loadCatalogue().requirements.map(({ id, level, untested }) => ({
  id,
  level,
  untested: untested !== undefined,
}));
const verified = new Set(judges.flatMap(({ verifies }) => verifies));
const reportable = requirements.filter(({ id, level, untested }) => !untested && level !== 'MAY' && verified.has(id));
const proofs = new Proofs(
  partial ? judges.filter(({ id }) => named(id, wanted.checks)) : judges,
  wanted.faults.length > 0 ? chosen : allFaults,
  partial ? [] : reportable.map(({ id }) => id),
);
const results = new Map<Job, JobResult>();
const keys = new Map(jobs.map((job) => [keyOf(job), job]));
const queue = [...jobs];
let trials = 0;
await performAll(
  () => {
    const job = queue.shift();
    if (job !== undefined) {
      const [fault, ...others] = job.faults.map((id) => chosen.find((one) => one.id === id));
      return fault === undefined || others.length > 0 ? job : { ...job, unproved: proofs.unprovedBy(fault) };
    }
    const trial = proving ? proofs.next() : undefined;
    if (trial === undefined) return undefined;
    trials += 1;
    return { faults: [trial.fault], variants: [], seed, thorough: false, only: trial.check };
  },
  (result) => {
    proofs.learn(result);
    const job = result.job.only === undefined ? keys.get(keyOf(result.job)) : undefined;
    if (job !== undefined) results.set(job, result);
  },
  availableParallelism(),
  { everything, slots: 3 },
);
const before = partial ? 0 : 1;
const at = (index: number): JobResult => {
  const job = jobs[index];
  const result = job === undefined ? undefined : results.get(job);
  if (result === undefined) throw new Error(`Job ${index} of the kill matrix gave no result.`);
  return result;
};
const matrix: Matrix = {
  ...(partial ? {} : { plain: at(0) }),
  variants: looked.map(({ id, title }, index) => ({ id, title, result: at(before + index) })),
  faults: chosen.map((fault, index) => ({
    id: fault.id,
    title: fault.title,
    breaks: fault.breaks,
    ...(fault.collateral === undefined ? {} : { collateral: fault.collateral }),
    ...(fault.reference === undefined ? {} : { reference: fault.reference }),
    ...(fault.generatedOnly === true ? { generatedOnly: true } : {}),
    result: at(before + looked.length + index),
  })),
  combined: combinations.map(({ fault, variant }, index) => ({
    fault: fault.id,
    variant: variant?.id ?? '',
    breaks: fault.breaks,
    result: at(before + looked.length + chosen.length + index),
  })),
  checks: judges,
  ...(proving ? { unproved: proofs.unproved } : {}),
  ...(partial ? {} : { unreported: proofs.unreported }),
  requirements,
  durationMs: performance.now() - start,
};

if (json !== undefined) writeFileSync(json, JSON.stringify(matrix));
if (markdown !== undefined) writeFileSync(markdown, matrixMarkdown(matrix));
const found: Complaint[] = complaints(matrix).filter(({ kind }) => kind !== 'no fault' || !partial);
for (const complaint of found) console.log(`${complaint.kind}: ${complaint.about}: ${complaint.text}`);
const proved = proving ? `, every ${partial ? 'named ' : ''}check seen to fail (${trials} trials of one check)` : '';
console.log(
  `${matrix.faults.length} faults, ${matrix.variants.length} variants, ${matrix.combined.length} combinations, ${matrix.checks.length} checks: ` +
    `${found.length === 0 ? `every fault caught by what it breaks, none blurred, no variant accused${proved}` : `${found.length} complaints`} (${(matrix.durationMs / 1000).toFixed(1)} s)`,
);
process.exitCode = found.length === 0 ? 0 : 1;
