import { expect, it } from 'vitest';
import { type Check, defineChecks } from '../../harness/check.ts';
import { planChecks } from '../../harness/planner.ts';

const check = (id: string, more: Partial<Check> = {}): Check => ({
  id,
  title: 'A check',
  verifies: ['token/code-exchange'],
  needs: [],
  run: async () => undefined,
  ...more,
});
const checks = defineChecks([check('a/one'), check('a/two'), check('b/patient', { long: true })]);
const order = (limited: boolean): readonly string[] =>
  planChecks(checks, { profile: 'deep', limited }).concurrent.map(({ id }) => id);

it('what lets time pass is begun first, so that others fill it', () => {
  expect(order(false)).toEqual(['b/patient', 'a/one', 'a/two']);
});

it('under limits the order is that of the operations, which are what a run waits for', () => {
  expect(order(true)).toEqual(['a/one', 'b/patient', 'a/two']);
});

it('limits are those that are named', () => {
  expect(planChecks(checks, { profile: 'deep' }).concurrent[0]?.id).toBe('b/patient');
});
