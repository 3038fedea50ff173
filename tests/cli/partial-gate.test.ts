/** What `gate` sends to targets that lack something: as much as `plan` says, and no more than the limits of five minutes allow where that can be. */

import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { dryRun } from '../../cli/dry-run.ts';
import { gateBudget } from '../../cli/economy.ts';
import { referenceConfig } from '../../cli/reference-config.ts';
import { pkce } from '../../generators/pkce.ts';
import type { TargetConfig } from '../../harness/config.ts';
import { planChecks } from '../../harness/planner.ts';
import { Run } from '../../harness/run.ts';
import { issueCode } from '../../reference/issue-code.ts';
import { type RunningReference, startReference } from '../../reference/server.ts';
import { loadCatalogue } from '../../specs/catalogue.ts';
import { loadChecks, loadObservers } from '../../suites/index.ts';

const scarce = ['authenticate', 'token', 'revoke'] as const;
const whole: TargetConfig = { ...referenceConfig('http://127.0.0.1:9'), profile: 'gate' };

type Change = (config: TargetConfig) => TargetConfig;
const having =
  (...keys: (keyof TargetConfig['clients'])[]): Change =>
  (config) => ({
    ...config,
    clients: Object.fromEntries(Object.entries(config.clients).filter(([key]) => keys.includes(key as never))),
  });
const without =
  (...operations: (keyof TargetConfig['operations'])[]): Change =>
  (config) => ({
    ...config,
    operations: { ...config.operations, ...Object.fromEntries(operations.map((key) => [key, false as const])) },
  });
const lacking =
  (...keys: ('authorizationCode' | 'control' | 'jwksUri')[]): Change =>
  (config) =>
    Object.fromEntries(
      Object.entries(config).filter(([key]) => !keys.includes(key as never)),
    ) as unknown as TargetConfig;
const opaque: Change = (config) => ({ ...lacking('jwksUri')(config), accessToken: { format: 'opaque' } });
const probed: Change = (config) => ({ ...config, probe: { method: 'GET', path: '/__control/resource' } });
const verifiers = Array.from({ length: 60 }, (_, index) => 'v'.repeat(43) + index);
const withCodes =
  (code: (client: 'confidential', codeVerifier: string) => string): Change =>
  (config) => ({
    ...config,
    authorizationCode: {
      source: 'static',
      codes: verifiers.map((codeVerifier) => ({
        client: 'confidential',
        code: code('confidential', codeVerifier),
        codeVerifier,
      })),
    },
  });
const both =
  (...changes: Change[]): Change =>
  (config) =>
    changes.reduce((one, change) => change(one), config);

describe('gate sends at most 50 requests to each limited operation of a target', () => {
  it.each<[string, Change]>([
    ['that lacks nothing', (config) => config],
    ['with a confidential client alone', having('confidential')],
    ['without a client of another role', having('confidential', 'public')],
    ['without control of its clock', lacking('control')],
    ['with opaque access tokens', opaque],
    ['with opaque access tokens, tried elsewhere', both(opaque, probed)],
    ['without /revoke', without('revoke')],
  ])('%s', async (_, change) => {
    const { requests } = await dryRun(change(whole), { seed: 1 });
    expect(Math.max(...scarce.map((operation) => requests[operation]))).toBeLessThanOrEqual(gateBudget);
  });
});

describe('gate sends no more than it has to, where one way to sessions or to their end is missing', () => {
  // One operation must then judge what two do elsewhere: these bounds are what the suite needs now, and may only shrink.
  it.each<[string, number, Change]>([
    ['without /handoff/init', 92, without('handoffInit')],
    ['without /authenticate and /handoff/init', 117, without('authenticate', 'handoffInit')],
  ])('%s: %i', async (_, most, change) => {
    const { requests } = await dryRun(change(whole), { seed: 1 });
    expect(Math.max(...scarce.map((operation) => requests[operation]))).toBeLessThanOrEqual(most);
  });
});

describe('plan says what gate sends to a target', () => {
  let target: RunningReference;
  beforeEach(async () => {
    target = await startReference();
  });
  afterEach(() => target.close());

  const handMade: Change = withCodes((key, codeVerifier) => {
    const client = whole.clients[key];
    if (client === undefined) throw new Error('The example has such a client.');
    const { codeChallenge } = pkce(codeVerifier);
    const request = {
      clientId: client.id,
      redirectUri: client.redirectUri,
      codeChallenge,
      codeChallengeMethod: 'S256',
    };
    return issueCode(target.reference, { ...request, scope: undefined, user: 'user-1' });
  });

  it.each<[string, number, Change]>([
    ['with a public client alone', gateBudget, having('public')],
    ['without a source of codes', 57, lacking('authorizationCode')],
    ['without /authenticate', 64, without('authenticate')],
    ['without /handoff/init, access tokens tried elsewhere', 57, both(without('handoffInit'), probed)],
    ['with codes made by hand', gateBudget, handMade],
  ])('%s, and that is %i at most', async (_, most, change) => {
    const config = change({ ...referenceConfig(target.url), profile: 'gate' });
    const plan = await dryRun(config, { seed: 1 });
    expect(Math.max(...scarce.map((operation) => plan.requests[operation]))).toBeLessThanOrEqual(most);
    const { concurrent, serial } = planChecks(await loadChecks(), { profile: 'gate', config });
    const parts = { observers: await loadObservers() };
    const run = new Run({ config, seed: 1, requirements: loadCatalogue().requirements }, parts);
    try {
      for (const check of [...concurrent, ...serial]) {
        const { id, outcome, message } = await run.execute(check);
        expect(outcome === 'fail' ? `${id}: ${message}` : '').toBe('');
      }
    } finally {
      await run.close();
    }
    const counted = Object.fromEntries(
      [...scarce, 'handoffInit', 'scopes'].map((operation) => [operation, run.requests[operation] ?? 0]),
    );
    expect(plan.requests).toMatchObject(counted);
  });
});
