/**
 * `npm run bench`: what a full run on the reference costs, against the same requests sent by bare undici and against the start of the process
 * alone, all in one run. Medians of several rounds; times in milliseconds, memory in MiB.
 */

import { spawnSync } from 'node:child_process';
import { mkdtempSync } from 'node:fs';
import { availableParallelism, tmpdir } from 'node:os';
import { join } from 'node:path';
import { Agent, request } from 'undici';
import { referenceConfig } from '../cli/reference-config.ts';
import type { WireRequest } from '../harness/exchange.ts';
import { planChecks } from '../harness/planner.ts';
import { Run } from '../harness/run.ts';
import { UndiciTransport } from '../harness/transport.ts';
import { startReference } from '../reference/server.ts';
import { loadCatalogue } from '../specs/catalogue.ts';
import { packageRoot } from '../specs/package-root.ts';
import { loadChecks, loadObservers } from '../suites/index.ts';

const rounds = 5;
/** Requests in flight, in the suite and in the replay. */
const width = 16;
const bin = join(packageRoot(), 'bin', 'auth-conformance.js');

const median = (values: readonly number[]): number =>
  [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? 0;

/** Runs the program. @returns wall time and the largest memory of the process */
function program(args: readonly string[]): { readonly ms: number; readonly mib: number } {
  const start = performance.now();
  const report = "process.on('exit', () => process.stderr.write('rss ' + process.resourceUsage().maxRSS + '\\n'))";
  const preload = `data:text/javascript,${encodeURIComponent(report)}`;
  const { status, stderr } = spawnSync(process.execPath, ['--import', preload, bin, ...args], { encoding: 'utf8' });
  const ms = performance.now() - start;
  if (status !== 0) throw new Error(`auth-conformance ${args.join(' ')} ended with ${status}: ${stderr}`);
  return { ms, mib: Number(/rss (\d+)/.exec(stderr)?.[1] ?? 0) / 1024 };
}

/** The suite's working time in this process, and what it sent. */
async function suite(): Promise<{ readonly ms: number; readonly sent: readonly WireRequest[] }> {
  const reference = await startReference();
  const config = referenceConfig(reference.url);
  const sent: WireRequest[] = [];
  const transport = new UndiciTransport({ timeoutMs: 10_000 });
  const run = new Run(
    { config, seed: 1, requirements: loadCatalogue().requirements },
    {
      observers: await loadObservers(),
      transport: {
        send: (wire) => {
          sent.push(wire);
          return transport.send(wire);
        },
        close: () => transport.close(),
      },
    },
  );
  const { concurrent, serial } = planChecks(await loadChecks(), { profile: 'full' });
  const start = performance.now();
  const queue = [...concurrent];
  const work = async (): Promise<void> => {
    for (let check = queue.shift(); check !== undefined; check = queue.shift()) await run.execute(check);
  };
  await Promise.all(Array.from({ length: width }, work));
  for (const check of serial) await run.execute(check);
  const ms = performance.now() - start;
  await run.close();
  await reference.close();
  return { ms, sent };
}

/** The same requests, sent by undici with nothing around it, to a reference of its own. */
async function replay(sent: readonly WireRequest[]): Promise<number> {
  const reference = await startReference();
  const dispatcher = new Agent({ connections: 32, pipelining: 1 });
  const queue = sent.map((wire) => ({
    ...wire,
    url: reference.url + new URL(wire.url).pathname + new URL(wire.url).search,
  }));
  const start = performance.now();
  const work = async (): Promise<void> => {
    for (let wire = queue.shift(); wire !== undefined; wire = queue.shift()) {
      const options = { method: wire.method, headers: wire.headers.flat(), body: wire.body ?? null, dispatcher };
      try {
        const answer = await request(wire.url, options);
        await answer.body.dump();
      } catch {
        // a request that undici refuses to send costs nothing here either
      }
    }
  };
  await Promise.all(Array.from({ length: width }, work));
  const ms = performance.now() - start;
  await dispatcher.close();
  await reference.close();
  return ms;
}

const wall: number[] = [];
const memory: number[] = [];
const process0: number[] = [];
const working: number[] = [];
const bare: number[] = [];
let requests = 0;
for (let round = 0; round < rounds; round += 1) {
  const out = mkdtempSync(join(tmpdir(), 'auth-conformance-bench-'));
  const full = program(['--out', out]);
  wall.push(full.ms);
  memory.push(full.mib);
  process0.push(program(['--version']).ms);
  const { ms, sent } = await suite();
  working.push(ms);
  bare.push(await replay(sent));
  requests = sent.length;
}
const rows: readonly (readonly [string, string])[] = [
  ['whole `full` run on the reference, wall', `${median(wall).toFixed(0)} ms`],
  ['process start alone (`--version`)', `${median(process0).toFixed(0)} ms`],
  [
    `the suite's working time, in one process with the reference (${requests} requests)`,
    `${median(working).toFixed(0)} ms`,
  ],
  ['the same requests by bare undici', `${median(bare).toFixed(0)} ms`],
  ['working time / bare replay', `${(median(working) / median(bare)).toFixed(2)}`],
  ['peak memory of the whole run', `${median(memory).toFixed(0)} MiB`],
];
console.log(`Medians of ${rounds} rounds, ${availableParallelism()} cores, Node ${process.version}\n`);
console.log('| figure | |\n|---|---|');
for (const [name, value] of rows) console.log(`| ${name} | ${value} |`);
