/** How many inputs a property gets, and what becomes of a failure while it is made shorter. */

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { referenceConfig } from '../../cli/reference-config.ts';
import type { Check } from '../../harness/check.ts';
import type { TargetConfig } from '../../harness/config.ts';
import type { CheckContext } from '../../harness/context.ts';
import { Inconclusive } from '../../harness/outcomes.ts';
import { holdsFor, propertyRuns } from '../../harness/property.ts';
import { Run, type RunOptions } from '../../harness/run.ts';
import { loadCatalogue } from '../../specs/catalogue.ts';
import type { CheckResult } from '../../specs/report.ts';

const tenAMinute = { token: 10, revoke: 10, authenticate: 10, total: 100 };

describe('a property gets', () => {
  it.each<[number, string, Pick<TargetConfig, 'profile' | 'rateLimit'>]>([
    [25, 'in full', { profile: 'full' }],
    [250, 'in deep', { profile: 'deep' }],
    [5, 'in gate', { profile: 'gate' }],
    [5, 'in full under limits', { profile: 'full', rateLimit: tenAMinute }],
    [25, 'in deep under ten requests a minute', { profile: 'deep', rateLimit: tenAMinute }],
    [5, 'in deep under one request a minute', { profile: 'deep', rateLimit: { token: 1 } }],
    [250, 'in deep under limits that bind nothing', { profile: 'deep', rateLimit: { token: 100_000 } }],
  ])('%i inputs %s', (runs, _, config) => {
    expect(propertyRuns(config)).toBe(runs);
  });
});

/** A property over numbers as a check of its own; it sends nothing. */
async function result(
  holds: (value: number, t: CheckContext) => Promise<void>,
  options: Partial<RunOptions> = {},
): Promise<CheckResult> {
  const check: Check = {
    id: 'session/history',
    title: 'A property of numbers',
    verifies: ['session/history'],
    generated: true,
    run: (t) => holdsFor(t, 'numbers', fc.nat({ max: 1000 }), (value) => holds(value, t)),
  };
  const config = referenceConfig('http://127.0.0.1:9');
  const run = new Run({ config, seed: 1, requirements: loadCatalogue().requirements, ...options });
  const found = await run.execute(check);
  expect(run.suiteErrors).toEqual([]);
  await run.close();
  return found;
}

const fine = async (): Promise<void> => undefined;
const tooLarge = async (value: number, t: CheckContext): Promise<void> => {
  if (value > 100) t.expect.fail(`${value} is too large.`);
};
const command = ({ reproduce }: CheckResult): string => reproduce.split('\n')[0] ?? '';

describe('the result of a property', () => {
  it('says how many inputs there were', async () => {
    expect(await result(fine)).toMatchObject({ outcome: 'pass', runs: 25 });
    const deep = { ...referenceConfig('http://127.0.0.1:9'), profile: 'deep' } as const;
    expect(await result(fine, { config: deep })).toMatchObject({ outcome: 'pass', runs: 250 });
    expect(await result(fine, { propertyRuns: 7 })).toMatchObject({ outcome: 'pass', runs: 7 });
    expect(await result(fine, { shard: { index: 1, count: 5 } })).toMatchObject({ outcome: 'pass', runs: 5 });
  });

  it('is the smallest input that breaks it, and the command that leads to it', async () => {
    const found = await result(tooLarge);
    expect(found).toMatchObject({ outcome: 'fail', broken: ['session/history'] });
    expect(found.message).toContain('101 is too large.');
    const path = /--path ([\d:]+)$/.exec(command(found))?.[1] ?? '';
    const again = await result(tooLarge, { counterexample: { check: 'session/history', path } });
    expect(again).toMatchObject({ outcome: 'fail', runs: 1 });
    expect(again.message).toContain('101 is too large.');
    expect(command(again)).toBe(command(found));
  });

  it('that is repeated on a target that is right now passes with that one input', async () => {
    const path = /--path ([\d:]+)$/.exec(command(await result(tooLarge)))?.[1] ?? '';
    const again = await result(fine, { counterexample: { check: 'session/history', path } });
    expect(again).toMatchObject({ outcome: 'pass', runs: 1 });
  });

  it.each(['3:900', '3:0:900:1'])('is inconclusive where the path %s leads to no input', async (path) => {
    const found = await result(fine, { counterexample: { check: 'session/history', path } });
    expect(found.outcome).toBe('inconclusive');
    expect(found.message).toMatch(/leads to no input/);
  });

  it('stays a failure where a smaller input cannot be tried', async () => {
    let failed = false;
    const found = await result(async (value, t) => {
      if (failed) throw new Inconclusive('The target is gone.');
      failed = value > 100;
      await tooLarge(value, t);
    });
    expect(found.outcome).toBe('fail');
  });

  it('is inconclusive where an input could not be tried before any failed', async () => {
    const found = await result(async () => {
      throw new Inconclusive('The target is gone.');
    });
    expect(found).toMatchObject({ outcome: 'inconclusive', message: 'The target is gone.' });
  });

  it('costs no more executions than its budget allows', async () => {
    let executions = 0;
    await result(async (value, t) => {
      executions += 1;
      // No smaller input is ever found: each is tried in vain.
      if (executions === 1 && value > 0) t.expect.fail('The first one.');
      if (executions === 1) executions = 0;
    });
    expect(executions).toBeLessThanOrEqual(61);
  });

  it('has fewer inputs when the time of the run is over', async () => {
    const pause = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, 20));
    const found = await result(pause, { propertyRuns: 5000, maxDurationMs: 100 });
    expect(found.runs ?? 0).toBeLessThan(5000);
  });
});
