/**
 * Judges the independent server with each of its mistakes and lawful variants: an estimate of how the suite does on servers that it was not
 * made with. `node dist/tests/targets/examine.js [--only TEXT]... [--profile NAME] [--json FILE]`; `--only =ID` is that subject alone.
 */

import { writeFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { isMainThread, parentPort, Worker, workerData } from 'node:worker_threads';
import type { Profile } from '../../harness/config.ts';
import { configFrom } from '../../harness/load-config.ts';
import { loadCatalogue } from '../../specs/catalogue.ts';
import { loadChecks, loadObservers } from '../../suites/index.ts';
import { runChecks } from '../kill-matrix/job.ts';
import { variants } from './independent/lawful.ts';
import { mistakes } from './independent/mistakes.ts';
import { startIndependent } from './independent/server.ts';

interface Subject {
  readonly kind: 'mistake' | 'variant' | 'right';
  readonly id: string;
}

interface Judged extends Subject {
  readonly verdict: string;
  readonly failing: readonly string[];
  readonly warning: readonly string[];
  readonly inconclusive: readonly string[];
  readonly suiteErrors: readonly string[];
  readonly ms: number;
}

async function judgeSubject({ kind, id }: Subject, profile: Profile | undefined): Promise<Judged> {
  const start = performance.now();
  const server = await startIndependent({
    mistakes: kind === 'mistake' ? [id] : [],
    variants: kind === 'variant' ? [id] : [],
  });
  try {
    const { config } = configFrom(server.config, id, profile === undefined ? {} : { profile });
    const suite = { checks: await loadChecks(), observers: await loadObservers(), catalogue: loadCatalogue() };
    const report = await runChecks(suite, config, undefined, 1, 10_000, {
      propertyRuns: 10,
      ...(kind === 'mistake' ? { hunt: { until: ({ outcome }) => outcome === 'fail' } } : {}),
    });
    const said = (outcome: string): string[] =>
      report.checks
        .filter((check) => check.outcome === outcome)
        .map((check) => `${check.id} [${(check.broken ?? []).join(' ')}] ${check.message.slice(0, 400)}`);
    return {
      kind,
      id,
      verdict: report.verdict,
      failing: said('fail'),
      warning: said('warn'),
      inconclusive: said('inconclusive'),
      suiteErrors: report.suiteErrors.map((error) => `${error.check}: ${error.message}`),
      ms: performance.now() - start,
    };
  } finally {
    await server.close();
  }
}

const option = (name: string): string | undefined => {
  const at = process.argv.indexOf(name);
  return at < 0 ? undefined : process.argv[at + 1];
};

if (isMainThread) {
  const only = process.argv.flatMap((argument, at) => (process.argv[at - 1] === '--only' ? [argument] : []));
  const isWanted = (id: string): boolean =>
    only.some((text) => (text.startsWith('=') ? id === text.slice(1) : id.includes(text)));
  const subjects: Subject[] = [
    { kind: 'right' as const, id: 'right' },
    ...variants.map(({ id }) => ({ kind: 'variant' as const, id })),
    ...mistakes.map(({ id }) => ({ kind: 'mistake' as const, id })),
  ].filter(({ id }) => (only.length === 0 ? id !== 'rate-limited' : isWanted(id)));
  const queue = [...subjects];
  const results: Judged[] = [];
  await Promise.all(
    Array.from({ length: Math.min(subjects.length, availableParallelism()) }, async () => {
      const worker = new Worker(new URL(import.meta.url), { workerData: { profile: option('--profile') } });
      await new Promise<void>((resolve, reject) => {
        worker.on('error', reject);
        worker.on('exit', () => resolve());
        worker.on('message', (message: Judged | 'ready') => {
          if (message !== 'ready') {
            results.push(message);
            process.stderr.write(
              `${results.length}/${subjects.length} ${message.id} ${message.verdict} ${Math.round(message.ms)} ms\n`,
            );
          }
          worker.postMessage(queue.shift() ?? 'done');
        });
      });
    }),
  );
  const accused = results.filter(({ kind, verdict }) => kind !== 'mistake' && verdict !== 'conformant');
  const survived = results.filter(({ kind, verdict }) => kind === 'mistake' && verdict !== 'non-conformant');
  const mistakeOf = (id: string) => mistakes.find((one) => one.id === id);
  const hinted = (judged: Judged) => mistakeOf(judged.id)?.level === 'SHOULD' && judged.warning.length > 0;
  const missed = survived.filter((judged) => mistakeOf(judged.id)?.left === undefined && !hinted(judged));
  const left = survived.filter(({ id }) => mistakeOf(id)?.left !== undefined);
  const warned = results.filter(({ kind, warning }) => kind !== 'mistake' && warning.length > 0);
  for (const { id, failing, inconclusive } of accused)
    console.log(`ACCUSED ${id}\n  ${[...failing, ...inconclusive].slice(0, 12).join('\n  ')}`);
  for (const { id, warning } of warned) console.log(`WARNED ${id}\n  ${warning.slice(0, 6).join('\n  ')}`);
  for (const { id, verdict, warning, inconclusive } of missed)
    console.log(
      `MISSED ${id} (${verdict}; ${mistakeOf(id)?.level ?? 'MUST'}): ${mistakeOf(id)?.title}\n  ${[...warning, ...inconclusive].slice(0, 4).join('\n  ')}`,
    );
  for (const { id } of left) console.log(`LEFT ${id}: ${mistakeOf(id)?.title}. ${mistakeOf(id)?.left}`);
  for (const { id, suiteErrors } of results)
    for (const error of suiteErrors) console.log(`SUITE ERROR ${id}: ${error}`);
  console.log(
    `${results.length} subjects: ${accused.length} right ones not conformant, ${missed.length} mistakes missed, ${left.length} left`,
  );
  const json = option('--json');
  if (json !== undefined) writeFileSync(json, JSON.stringify(results, null, 1));
} else {
  const { profile } = workerData as { profile: Profile | undefined };
  parentPort?.on('message', (subject: Subject | 'done') => {
    if (subject === 'done') process.exit(0);
    judgeSubject(subject, profile).then(
      (judged) => parentPort?.postMessage(judged),
      (error: unknown) => {
        throw error;
      },
    );
  });
  parentPort?.postMessage('ready');
}
