/** The one binding to vitest: each check is a test that leaves its result in `task.meta`. */

import { afterAll, describe, expect, inject, test } from 'vitest';
import { planChecks } from '../harness/planner.ts';
import { requestValidator } from '../harness/request-validation.ts';
import { Run } from '../harness/run.ts';
import { loadChecks, loadObservers } from './index.ts';
import './run-record.ts';

const options = inject('run');
const run = new Run(options, {
  observers: await loadObservers(),
  validateRequest: requestValidator(options.config),
});
const selection = planChecks(await loadChecks(), { profile: options.config.profile, only: options.only });

afterAll(() => run.close());

function define(checks: typeof selection.concurrent): void {
  for (const check of checks)
    test(check.id, async ({ task }) => {
      const result = await run.execute(check);
      task.meta.result = result;
      expect(result.outcome, result.message).not.toBe('fail');
    });
}

describe.concurrent('independent checks', () => define(selection.concurrent));
describe.sequential('checks that move the clock', () => define(selection.serial));

test('observers', ({ task }) => {
  task.meta.run = {
    observers: run.observerResults(),
    requests: run.requests,
    waitedMs: run.waitedMs,
    suiteErrors: run.suiteErrors,
  };
});
