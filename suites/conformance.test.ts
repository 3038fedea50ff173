/** The one binding to vitest: each check is a test that leaves its result in `task.meta`. */

import { BroadcastChannel } from 'node:worker_threads';
import { afterAll, describe, inject, test } from 'vitest';
import { isNamed, NothingSelected, planChecks, type Selection } from '../harness/planner.ts';
import { requestValidator } from '../harness/request-validation.ts';
import { Run } from '../harness/run.ts';
import { loadCatalogue } from '../specs/catalogue.ts';
import { loadChecks, loadObservers } from './index.ts';
import type { RunSignal } from './run-record.ts';

const options = inject('run');
const channel = new BroadcastChannel(options.channel);
channel.unref();
const signal = (message: RunSignal): void => channel.postMessage(message);
const observers = await loadObservers();
const run = new Run(
  { ...options, requirements: loadCatalogue().requirements },
  {
    observers,
    validateRequest: requestValidator(options.config),
    onWait: (milliseconds, operation) => signal({ kind: 'waits', operation, milliseconds }),
  },
);
const selection = await select();
signal({ kind: 'planned', checks: selection.concurrent.length + selection.serial.length });
channel.onmessage = (event: unknown) => {
  const { data } = event as { data: RunSignal };
  if (data.kind === 'stop') run.stop(data.reason);
};

/** What the options select; where that is nothing, the command line is told and no check runs. */
async function select(): Promise<Selection> {
  try {
    return planChecks(await loadChecks(), {
      profile: options.config.profile,
      only: options.only,
      judged: options.judged,
      config: options.config,
      limited: options.config.rateLimit !== undefined,
      observers: observers.map((make) => make()),
      ...(options.shard === undefined ? {} : { shard: options.shard }),
    });
  } catch (error) {
    if (!(error instanceof NothingSelected)) throw error;
    signal({ kind: 'nothing', message: error.message });
    return { concurrent: [], serial: [] };
  }
}

afterAll(async () => {
  channel.close();
  await run.close();
});

function define(checks: Selection['concurrent'], concurrent: boolean): void {
  for (const check of checks)
    test(check.id, { concurrent }, async ({ task }) => {
      const result = await run.execute(check);
      task.meta.result = result;
      if (result.outcome === 'fail') throw new Error(result.message);
    });
}

describe.concurrent('independent checks', () => define(selection.concurrent, true));
describe.sequential('checks that move the clock', () => define(selection.serial, run.sharesClock));

test('observers', async ({ task }) => {
  await run.cleanUp((sessions) => signal({ kind: 'ending', sessions }));
  task.meta.run = {
    observers: run
      .observerResults()
      .filter(
        ({ id, requirements }) => options.only.length === 0 || isNamed(options.only, { id, verifies: requirements }),
      ),
    requests: run.requests,
    waitedMs: run.waitedMs,
    suiteErrors: run.suiteErrors,
    ...(run.endedEarly === undefined ? {} : { endedEarly: run.endedEarly }),
  };
});
