/** A failure of a generated check is told by its shortest input, and the path that it prints leads back to it on a fresh target. */

import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { referenceConfig } from '../../cli/reference-config.ts';
import { Run } from '../../harness/run.ts';
import { applyFaults, findFaults } from '../../reference/faults/index.ts';
import { generateSigningKey, startReference } from '../../reference/server.ts';
import { loadCatalogue } from '../../specs/catalogue.ts';
import type { CheckResult } from '../../specs/report.ts';
import { loadChecks } from '../../suites/index.ts';

let checks: Awaited<ReturnType<typeof loadChecks>>;
let signingKey: Awaited<ReturnType<typeof generateSigningKey>>;
const open: { close(): Promise<void> }[] = [];
beforeAll(async () => {
  checks = await loadChecks();
  signingKey = await generateSigningKey();
});
afterAll(() => Promise.all(open.map((one) => one.close())));

/** One check against a reference of its own with the fault. */
async function result(fault: string, id: string, path?: string): Promise<CheckResult> {
  const check = checks.find((one) => one.id === id);
  if (check === undefined) throw new Error(`There is no check ${id}.`);
  const reference = await startReference({ ...applyFaults(await findFaults([fault])), signingKey });
  const run = new Run({
    config: referenceConfig(reference.url),
    seed: 1,
    propertyRuns: 250,
    requirements: loadCatalogue().requirements,
    ...(path === undefined ? {} : { counterexample: { check: id, path } }),
  });
  open.push(run, reference);
  return run.execute(check);
}

const pathOf = ({ reproduce }: CheckResult): string | undefined =>
  / --path ([\d:]+)$/m.exec(reproduce.split('\n')[0] ?? '')?.[1];
const wordsOf = ({ history = [] }: CheckResult): string[] => history.map(({ words }) => words);

/** A mistake, and the fewest steps in which it shows. */
const shortest = [
  ['history/widened-after-narrowing', 3],
  ['history/hint-of-refreshed', 4],
  ['history/foreign-revocation-of-refreshed', 4],
  ['history/used-again-after-hand-off', 4],
  ['history/code-again-after-second-refresh', 4],
  ['history/continued-pair-survives', 5],
] as const;

describe('the history of a failure', () => {
  it.each(shortest)(
    'is as short as %s allows, and is found again by its path',
    async (fault, steps) => {
      const found = await result(fault, 'session/history');
      expect(found.outcome).toBe('fail');
      expect(wordsOf(found)).toHaveLength(steps);
      const again = await result(fault, 'session/history', pathOf(found));
      expect(again.runs).toBe(1);
      expect(wordsOf(again)).toEqual(wordsOf(found));
      expect(again.reproduce.split('\n')[0]).toBe(found.reproduce.split('\n')[0]);
    },
    300_000,
  );

  it('tells each step by its requests, with placeholders for every secret', async () => {
    const { history = [], exchanges } = await result('history/code-again-after-second-refresh', 'session/history');
    const lines = history.flatMap(({ curl }) => curl);
    expect(lines).toHaveLength(exchanges.length);
    for (const line of lines) expect(line).toMatch(/^curl -i -X POST 'http/);
    expect(lines.join('\n')).toMatch(/code=.*‹code:[0-9a-f]{8}›/);
    expect(lines.join('\n')).toMatch(/refresh_token=.*‹refresh_token:[0-9a-f]{8}›/);
    expect(lines.join('\n')).not.toMatch(/eyJ[\w-]+\.[\w-]+\.|wl-secret|tp-secret/);
  });
});

it('the counterexample of a property is found again by its path', async () => {
  const id = 'token/exchange-edited-property';
  const found = await result('generated/code-time-stamp', id);
  const again = await result('generated/code-time-stamp', id, pathOf(found));
  expect(again).toMatchObject({ outcome: 'fail', runs: 1 });
  const told = ({ message }: CheckResult): string => message.slice(message.indexOf('): ')).replaceAll(/‹[^›]*›/g, '‹›');
  expect(told(again)).toBe(told(found));
});

it('a race is told by the attempt in which it was seen', async () => {
  const found = await result('races/revocation-lost', 'refresh/race-with-revocation/none');
  expect(found.outcome).toBe('fail');
  expect(wordsOf(found)[0]).toBe('begin a session');
  expect(wordsOf(found).filter((words) => words === 'begin a session')).toHaveLength(1);
});
