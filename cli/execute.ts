/** Runs the suite through vitest in a thread and collects what its tests leave in `task.meta`. */

import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import { BroadcastChannel } from 'node:worker_threads';
import { NothingSelected } from '../harness/planner.ts';
import { packageRoot } from '../specs/package-root.ts';
import type { CheckResult } from '../specs/report.ts';
import type { ProvidedRun, RunSignal } from '../suites/run-record.ts';
import { Collector, type Execution } from './collector.ts';

/** Checks in flight at once: more than a server's latency hides nothing more. */
const width = 24;

export interface ExecutionEvents {
  readonly planned?: (checks: number) => void;
  readonly ended?: (result: CheckResult) => void;
  readonly waits?: (operation: string, milliseconds: number) => void;
  readonly ending?: (sessions: number) => void;
}

/** A run that goes on; `stop` ends it at the next request. */
export interface RunningExecution {
  readonly finished: Promise<Execution>;
  stop(reason: string): void;
  /** What is known while it goes on. */
  soFar(): Execution;
}

/** Starts the suite with these options. */
export function execute(options: Omit<ProvidedRun, 'channel'>, events: ExecutionEvents = {}): RunningExecution {
  let nothing: string | undefined;
  let stopped: string | undefined;
  const channel = new BroadcastChannel(`auth-conformance-${randomUUID()}`);
  channel.onmessage = (event: unknown) => {
    const { data } = event as { data: RunSignal };
    if (data.kind === 'planned') {
      events.planned?.(data.checks);
      if (stopped !== undefined) signal({ kind: 'stop', reason: stopped }); // asked for before the thread listened
    }
    if (data.kind === 'nothing') nothing = data.message;
    if (data.kind === 'ending') events.ending?.(data.sessions);
    if (data.kind === 'waits') events.waits?.(data.operation, data.milliseconds);
  };
  const signal = (message: RunSignal): void => channel.postMessage(message);
  const collector = new Collector(events.ended);
  return {
    finished: runTests({ ...options, channel: channel.name }, collector)
      .then((execution) => {
        if (nothing !== undefined) throw new NothingSelected(nothing);
        return execution;
      })
      .finally(() => channel.close()),
    soFar: () => collector.execution(),
    stop: (reason) => {
      stopped = reason;
      signal({ kind: 'stop', reason });
    },
  };
}

const signals = ['SIGINT', 'SIGTERM'] as const;

/** Vitest, which is slow to load: whoever has to wait for something else begins early. */
export const loadRunner = (): Promise<typeof import('vitest/node')> => import('vitest/node');

async function runTests(provided: ProvidedRun, collector: Collector): Promise<Execution> {
  const before = signals.map((name) => process.listeners(name));
  const { createVitest } = await loadRunner();
  const vitest = await createVitest(
    'test',
    {
      root: packageRoot(),
      config: false,
      watch: false,
      include: [join(packageRoot(), 'dist/suites/conformance.test.js')],
      exclude: [],
      pool: 'threads',
      isolate: false,
      fileParallelism: false,
      maxWorkers: 1,
      maxConcurrency: width,
      testTimeout: 0,
      hookTimeout: 0,
      reporters: [collector],
      provide: { run: provided },
      server: { deps: { external: [/\/dist\//] } },
      css: false,
    },
    { logLevel: 'silent' },
  );
  // vitest would end the process at once; the command ends the run, and writes what is known.
  for (const [index, name] of signals.entries())
    for (const listener of process.listeners(name))
      if (before[index]?.includes(listener) === false) process.off(name, listener);
  await vitest.start();
  await vitest.close();
  return collector.execution();
}
