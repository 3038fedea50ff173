/** What the profile `gate` consists of on a target that lacks something. */

import { beforeEach, describe, expect, it, vi } from 'vitest';
import type { Check } from '../../harness/check.ts';
import type { TargetConfig } from '../../harness/config.ts';
import { type PlanOptions, planChecks } from '../../harness/planner.ts';
import type { Level } from '../../specs/requirement.ts';

/** What the catalogue and `specs/economy.json` hold in these tests. */
const specs = vi.hoisted(() => ({
  levels: {} as Record<string, Level>,
  economy: {
    gate: [] as string[],
    prices: { checks: {} as Record<string, string>, controls: {} as Record<string, string> },
  },
}));
vi.mock('../../specs/catalogue.ts', () => ({
  loadCatalogue: () => ({ requirements: Object.entries(specs.levels).map(([id, level]) => ({ id, level })) }),
}));
vi.mock('../../specs/economy.ts', () => ({ loadEconomy: () => specs.economy }));

const check = (id: string, parts: Partial<Check> = {}): Check => ({
  id,
  title: id,
  verifies: [`${id}-holds`],
  run: () => Promise.resolve(),
  ...parts,
});
const planned = (checks: readonly Check[], options: Partial<PlanOptions> = {}): string[] =>
  planChecks(checks, { profile: 'full', ...options }).concurrent.map(({ id }) => id);

const client = { id: 'p', redirectUri: 'https://a/', role: 'whitelabel-customer' };
const config = {
  clients: { public: client },
  authorizationCode: { source: 'http', url: 'http://a/codes' },
  operations: { authenticate: '/a', token: '/t', revoke: '/r', handoffInit: '/h', scopes: '/s' },
} as unknown as TargetConfig;
const needsSecret = { needs: ['client client_secret_basic'] } as const;
const gate = check('g/basic', { ...needsSecret, verifies: ['must', 'must-too', 'should'] });
const judgedOn = (checks: readonly Check[], options: Partial<PlanOptions> = {}) =>
  planned(checks, { profile: 'gate', config, ...options }).toSorted();

beforeEach(() => {
  specs.levels = { must: 'MUST', 'must-too': 'MUST NOT', should: 'SHOULD', other: 'MUST' };
  specs.economy = { gate: ['g/basic', 'g/public'], prices: { checks: {}, controls: {} } };
});

describe('gate on a target that lacks a client', () => {
  it('judges by other checks what the chosen ones cannot', () => {
    expect(judgedOn([gate, check('s/in', { verifies: ['must', 'must-too'] })])).toEqual(['g/basic', 's/in']);
  });
  it('is not changed where the target is not known, nor in another profile', () => {
    const checks = [gate, check('s/in', { verifies: ['must'] })];
    expect(planned(checks, { profile: 'gate' })).toEqual(['g/basic']);
    expect(planned([{ ...gate, profile: 'smoke' }, ...checks.slice(1)], { profile: 'smoke', config })).toEqual([
      'g/basic',
    ]);
  });
  it('takes the cheapest that judge it, and none for what is judged by them', () => {
    specs.economy.prices.checks = { 's/one': '1 0 0 0', 's/both': '1 1 0 0', 's/again': '9 9 9 0' };
    const checks = [
      gate,
      check('s/one', { verifies: ['must'] }),
      check('s/both', { verifies: ['must', 'must-too'] }),
      check('s/again', { verifies: ['must-too', 'must'] }),
    ];
    expect(judgedOn(checks)).toEqual(['g/basic', 's/both']);
  });
  it('takes several where none judges all', () => {
    const checks = [gate, check('s/one', { verifies: ['must'] }), check('s/two', { verifies: ['must-too'] })];
    expect(judgedOn(checks)).toEqual(['g/basic', 's/one', 's/two']);
  });
  it('takes none for a SHOULD, for what gate does not judge at all, or for what a chosen check judges here', () => {
    const checks = [
      gate,
      check('g/public', { verifies: ['must', 'must-too'] }),
      check('s/should', { verifies: ['should'] }),
      check('s/other', { verifies: ['other'] }),
      check('s/must', { verifies: ['must'] }),
    ];
    expect(judgedOn(checks)).toEqual(['g/basic', 'g/public']);
  });
  it('takes none that cannot be judged here either, that disrupts, or that takes many requests', () => {
    const checks = [
      gate,
      check('s/secret', { ...needsSecret, verifies: ['must'] }),
      check('s/race', { disruptive: true, verifies: ['must-too'] }),
      check('s/ample', { ample: true, verifies: ['must-too'] }),
    ];
    expect(judgedOn(checks)).toEqual(['g/basic']);
  });
  it('is chosen anew as a whole where one check can judge one of what is lost, among what applies', () => {
    const checks = [
      gate,
      check('g/public', { verifies: ['should'] }),
      check('s/both', { verifies: ['must', 'other'] }),
      check('s/should', { verifies: ['should'] }),
      check('s/secret', { ...needsSecret, verifies: ['must'] }),
    ];
    expect(judgedOn(checks)).toEqual(['g/basic', 's/both']);
  });
});

describe('the prices of checks, where gate is chosen anew', () => {
  /** Which of two checks that judge the same is chosen at such prices. */
  const chosen = (one: string | undefined, other: string, facts: TargetConfig = config) => {
    specs.economy.prices.checks = { ...(one === undefined ? {} : { 's/one': one }), 's/other': other };
    const both = ['s/one', 's/other'].map((id) => check(id, { verifies: ['must', 'must-too'] }));
    return judgedOn([gate, ...both], { config: facts }).filter((id) => id !== 'g/basic');
  };

  it('count the requests to each operation', () => {
    for (const [dear, cheap] of [
      ['5 0 0 0', '1 0 0 0'],
      ['0 5 0 0', '0 1 0 0'],
      ['0 0 5 0', '0 0 1 0'],
    ] as const) {
      expect(chosen(dear, cheap)).toEqual(['s/other']);
      expect(chosen(cheap, dear)).toEqual(['s/one']);
    }
  });
  it('are dear where nobody has priced a check yet', () => {
    expect(chosen(undefined, '2 2 2 0')).toEqual(['s/other']);
    expect(chosen(undefined, '4 4 4 0')).toEqual(['s/one']);
  });
  it('have those of the controls with them, each once', () => {
    specs.economy.prices.controls = { 'token/refresh': '0 2 0 0', revoke: '0 0 0 0' };
    expect(chosen('0 1 0 0 token/refresh', '0 2 0 0')).toEqual(['s/other']);
    expect(chosen('0 1 0 0 revoke token/refresh token/refresh', '0 4 0 0')).toEqual(['s/one']);
  });
  it('are those of the control of the first client that is there, where they were found with another', () => {
    specs.economy.prices.controls = {
      'token/code/client_secret_basic': '0 0 0 0',
      'token/code/none': '0 9 0 0',
      'token/code/third-party': '0 0 0 0',
      'token/code/any': '0 0 0 0',
    };
    const other = '0 2 0 0';
    expect(chosen('0 1 0 0 token/code/client_secret_basic', other)).toEqual(['s/other']);
    expect(chosen('0 1 0 0 token/code/third-party', other)).toEqual(['s/other']);
    expect(chosen('0 1 0 0 token/code/any', other)).toEqual(['s/one']);
    const partner = { ...config, clients: { public: client, thirdParty: client } } as unknown as TargetConfig;
    expect(chosen('0 1 0 0 token/code/third-party', other, partner)).toEqual(['s/one']);
  });
  it('stay as they are where there is no client at all', () => {
    specs.economy.prices.controls = { 'token/code/none': '0 9 0 0' };
    expect(chosen('0 1 0 0 token/code/none', '0 2 0 0', { ...config, clients: {} })).toEqual(['s/other']);
  });
  it('count a sign-in for each code where there are no codes', () => {
    const { authorizationCode: _, ...withoutCodes } = config;
    expect(chosen('1 2 0 2', '2 1 0 0')).toEqual(['s/one']);
    expect(chosen('1 2 0 2', '2 1 0 0', withoutCodes)).toEqual(['s/other']);
  });
});

describe('gate on a target on which all of it applies', () => {
  const checks = [check('g/basic', { verifies: ['must'] }), check('s/other', { verifies: ['must'] })];
  const withoutSignIn = { ...config, operations: { ...config.operations, authenticate: false } } as const;
  const { authorizationCode: _, ...withoutCodes } = config;

  beforeEach(() => {
    specs.economy.prices.checks = { 'g/basic': '0 5 0 5', 's/other': '0 1 0 0' };
  });
  it('is as it was priced', () => {
    expect(judgedOn(checks)).toEqual(['g/basic']);
  });
  it('is chosen anew where sessions come from elsewhere than when it was priced', () => {
    expect(judgedOn(checks, { config: withoutSignIn })).toEqual(['s/other']);
    expect(judgedOn(checks, { config: withoutCodes })).toEqual(['s/other']);
  });
});
