/** A target that keeps one session for each user and client is judged one check at a time; what two sessions would show is left out with the reason. */

import { afterAll, beforeAll, expect, it } from 'vitest';
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

/** Checks beside each other against a reference with one session for each user and client, and with a mistake. */
async function results(ids: readonly string[], ...faults: readonly string[]): Promise<Map<string, CheckResult>> {
  const changes = [...(await findVariants(['token/one-session-a-client'])), ...(await findFaults(faults))];
  const reference: RunningReference = await startReference(applyFaults(changes));
  const run = new Run({ config: referenceConfig(reference.url), seed: 1, requirements: loadCatalogue().requirements });
  open.push(run, reference);
  const chosen = checks.filter(({ id }) => ids.includes(id));
  expect(chosen).toHaveLength(ids.length);
  return new Map(await Promise.all(chosen.map(async (check) => [check.id, await run.execute(check)] as const)));
}

const alone = ['refresh/one-session/client_secret_basic', 'revoke/again/client_secret_basic', 'handoff/intent-missing'];
const beside = 'revoke/other-sessions/refresh_token/client_secret_basic';

it('passes what one session shows, and skips what needs two', async () => {
  const found = await results([...alone, beside]);
  expect(alone.map((id) => found.get(id)?.outcome)).toEqual(['pass', 'pass', 'pass']);
  expect(found.get(beside)).toMatchObject({ outcome: 'skip', message: aloneReason('one', 2) });
});

it('still finds the mistakes of such a target', async () => {
  const found = await results([...alone, beside], 'handoff/intent-optional');
  expect(found.get('handoff/intent-missing')?.outcome).toBe('fail');
});
