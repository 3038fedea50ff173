/**
 * A target that ends sessions of a user when others begin is judged one check at a time; what more sessions at once than it keeps would show is left
 * out with the reason.
 */

import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { referenceConfig } from '../../cli/reference-config.ts';
import { Run } from '../../harness/run.ts';
import { aloneReason } from '../../harness/sole-session.ts';
import { applyFaults, findFaults } from '../../reference/faults/index.ts';
import { type RunningReference, startReference } from '../../reference/server.ts';
import { findVariants } from '../../reference/variants/index.ts';
import { loadCatalogue } from '../../specs/catalogue.ts';
import type { CheckResult } from '../../specs/report.ts';
import { loadChecks } from '../../suites/index.ts';

let checks: Awaited<ReturnType<typeof loadChecks>>;
const open: { close(): Promise<void> }[] = [];
beforeAll(async () => {
  checks = await loadChecks();
});
afterAll(() => Promise.all(open.map((one) => one.close())));

/** Checks beside each other against a reference of this kind, and with a mistake. */
async function results(
  variant: string,
  ids: readonly string[],
  ...faults: readonly string[]
): Promise<Map<string, CheckResult>> {
  const changes = [...(await findFaults(faults)), ...(await findVariants([variant]))];
  const reference: RunningReference = await startReference(applyFaults(changes));
  const run = new Run({ config: referenceConfig(reference.url), seed: 1, requirements: loadCatalogue().requirements });
  open.push(run, reference);
  const chosen = checks.filter(({ id }) => ids.includes(id));
  expect(chosen).toHaveLength(ids.length);
  return new Map(await Promise.all(chosen.map(async (check) => [check.id, await run.execute(check)] as const)));
}

const alone = ['refresh/one-session/client_secret_basic', 'revoke/again/client_secret_basic', 'handoff/intent-missing'];
const beside = 'revoke/other-sessions/refresh_token/client_secret_basic';

describe('a target that keeps one session for each user and client', () => {
  const variant = 'token/one-session-a-client';

  it('passes what one session shows, and what needs two is skipped', async () => {
    const found = await results(variant, [...alone, beside]);
    expect(alone.map((id) => found.get(id)?.outcome)).toEqual(['pass', 'pass', 'pass']);
    const message = aloneReason('one', { codes: 0, sessions: 2 });
    expect(found.get(beside)).toMatchObject({ outcome: 'skip', message });
  });
  it('is told of its mistakes all the same', async () => {
    const found = await results(variant, [...alone, beside], 'handoff/intent-optional');
    expect(found.get('handoff/intent-missing')?.outcome).toBe('fail');
  });
});

describe('a target that keeps one unused code for each user and client', () => {
  const variant = 'token/one-code-a-client';
  const two = 'token/code-own-scope/client_secret_basic';

  it('passes whatever needs one code at a time', async () => {
    const found = await results(variant, [...alone, beside, two]);
    expect([...alone, beside].map((id) => found.get(id)?.outcome)).toEqual(['pass', 'pass', 'pass', 'pass']);
    expect(found.get(two)).toMatchObject({ outcome: 'skip', message: aloneReason('code', { codes: 2, sessions: 1 }) });
  });
  it('is told of its mistakes all the same', async () => {
    const found = await results(variant, [...alone, beside], 'revoke/all-sessions-of-client');
    expect(found.get(beside)?.outcome).toBe('fail');
  });
});

describe('a target that keeps some number of sessions for each user and client', () => {
  /** Far more sessions than are kept. */
  const many = (): string[] => checks.filter(({ id }) => id.startsWith('revoke/')).map(({ id }) => id);
  const tried = (found: Map<string, CheckResult>): string[] =>
    [...found.values()].filter(({ outcome }) => outcome !== 'pass' && outcome !== 'skip').map(({ id }) => id);

  it.each(['token/ten-sessions-a-client', 'token/sixty-refresh-tokens-a-user'])(
    '%s is not accused of it',
    async (variant) => {
      expect(tried(await results(variant, many()))).toEqual([]);
    },
  );
  it('is told of its mistakes all the same', async () => {
    const found = await results('token/ten-sessions-a-client', many(), 'revoke/all-sessions-of-client');
    expect(found.get(beside)?.outcome).toBe('fail');
  });
});

it.each<[Parameters<typeof aloneReason>[0], number, number, boolean]>([
  ['all', 99, 99, true],
  ['code', 1, 99, true],
  ['code', 2, 1, false],
  ['one', 9, 1, true],
  ['one', 0, 2, false],
  ['few', 0, 1, true],
  ['few', 0, 2, false],
  ['several', 0, 4, true],
  ['several', 0, 5, false],
  ['many', 0, 13, true],
  ['many', 0, 14, false],
])(
  'where %s are kept, a check with %i codes and %i sessions at once says something: %s',
  (keeps, codes, sessions, says) => {
    expect(aloneReason(keeps, { codes, sessions }) === undefined).toBe(says);
  },
);
