/** What `plan` promises is what a run sends; and what the frugal profiles promise holds. */

import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { computeEconomy, gateBudget } from '../../cli/economy.ts';
import { startReference } from '../../reference/server.ts';
import { loadCatalogue } from '../../specs/catalogue.ts';
import { economyFile } from '../../specs/economy.ts';
import { packageRoot } from '../../specs/package-root.ts';
import type { Report } from '../../specs/report.ts';
import { consequence } from '../../specs/requirement.ts';
import { loadChecks } from '../../suites/index.ts';
import { emptyFolder, exampleConfig, run } from './program.ts';

const scarce = ['authenticate', 'token', 'revoke'] as const;
const operations = [...scarce, 'handoffInit', 'scopes'] as const;

let reference: Awaited<ReturnType<typeof startReference>>;
beforeAll(async () => {
  reference = await startReference();
});
afterAll(() => reference.close());

interface Plan {
  readonly profile: string;
  readonly checks: number;
  readonly requests: Readonly<Record<(typeof operations)[number] | 'other' | 'total', number>>;
  readonly minutes: number;
}

/** The contract's example, of the shared reference; further lines of configuration are added. */
function folderWith(...lines: string[]): string {
  const folder = emptyFolder();
  const { url } = reference;
  const config = exampleConfig(url, lines);
  writeFileSync(join(folder, 'auth-conformance.yaml'), config);
  return folder;
}

const env = { WL_SECRET: 'wl-secret', TP_SECRET: 'tp-secret' };

async function planned(cwd: string, ...args: string[]): Promise<Plan> {
  const { stdout, status } = await run(['plan', '--json', ...args], { cwd, env });
  expect(status).toBe(0);
  return JSON.parse(stdout) as Plan;
}

async function reported(cwd: string, ...args: string[]): Promise<Report> {
  await run(args, { cwd, env });
  return JSON.parse(readFileSync(join(cwd, 'conformance-report', 'report.json'), 'utf8')) as Report;
}

const counts = (requests: Readonly<Record<string, number | undefined>>): number[] =>
  operations.map((operation) => requests[operation] ?? 0);

describe('gate', () => {
  it('sends what plan says, at most 50 requests to each limited operation, and judges every MUST that has a check', async () => {
    const cwd = folderWith();
    const plan = await planned(cwd, '--profile', 'gate');
    const report = await reported(cwd, '--profile', 'gate');
    expect(report.verdict).toBe('conformant');
    expect(counts(report.requests)).toEqual(counts(plan.requests));
    expect(plan.requests.total).toBe(
      plan.requests.other + counts(plan.requests).reduce((sum, count) => sum + count, 0),
    );
    for (const operation of scarce) expect(plan.requests[operation]).toBeLessThanOrEqual(gateBudget);

    const checked = new Set(
      (await loadChecks()).filter(({ disruptive }) => disruptive !== true).flatMap(({ verifies }) => verifies),
    );
    const musts = loadCatalogue().requirements.filter(
      ({ id, level }) => checked.has(id) && consequence(level) === 'fail',
    );
    const outcomes = new Map(report.requirements.map(({ id, outcome }) => [id, outcome]));
    const others = musts.filter(({ id }) => outcomes.get(id) !== 'pass').map(({ id }) => id);
    expect(others.map((id) => outcomes.get(id))).toEqual(others.map(() => 'skip'));
    // What gate skips, every check of the whole suite skips here.
    const whole = await reported(folderWith(), ...others.flatMap((id) => ['--only', id]));
    const judged = whole.requirements.filter(({ id, outcome }) => others.includes(id) && outcome !== 'skip');
    expect(judged.map(({ id }) => id)).toEqual([]);
  });
});

describe('gate on a target that lacks something', () => {
  it.each([
    ['confidential clients', /^ {2}(?:confidential|thirdParty):.*\n/gm],
    ['a public client', /^ {2}public:.*\n/gm],
  ])('judges without %s every MUST that the whole suite judges without races', async (_what, lacking) => {
    const cwd = folderWith();
    const file = join(cwd, 'auth-conformance.yaml');
    writeFileSync(file, readFileSync(file, 'utf8').replace(lacking, ''));
    const whole = await reported(cwd);
    const gate = await reported(cwd, '--profile', 'gate');
    expect([whole.verdict, gate.verdict]).toEqual(['conformant', 'conformant']);
    const races = new Set((await loadChecks()).filter(({ disruptive }) => disruptive === true).map(({ id }) => id));
    const judged = whole.requirements.filter(
      ({ level, outcome, checks }) =>
        consequence(level) === 'fail' && outcome === 'pass' && !checks.every((id) => races.has(id)),
    );
    const outcomes = new Map(gate.requirements.map(({ id, outcome }) => [id, outcome]));
    expect(judged.map(({ id }) => id).filter((id) => outcomes.get(id) !== 'pass')).toEqual([]);
  });
});

describe('full', () => {
  it('against a target with limits sends what plan says, at most three times the requests of gate', async () => {
    const cwd = folderWith('rateLimit: { token: 100000, revoke: 100000, authenticate: 100000, total: 1000000 }');
    const plan = await planned(cwd);
    const report = await reported(cwd);
    expect(report.verdict).toBe('conformant');
    expect(counts(report.requests)).toEqual(counts(plan.requests));
    for (const operation of scarce) expect(plan.requests[operation]).toBeLessThanOrEqual(3 * gateBudget);
  });
});

describe('plan', () => {
  it('names the minutes that the limits force: the first window is free', async () => {
    const cwd = folderWith('rateLimit: { token: 10, revoke: 10, authenticate: 10, total: 100 }');
    const { requests, minutes } = await planned(cwd, '--profile', 'gate');
    const most = Math.max(...scarce.map((operation) => requests[operation]));
    expect(minutes).toBe(Math.max(Math.floor((most - 1) / 10), Math.floor((requests.total - 1) / 100)));
    expect((await planned(folderWith(), '--profile', 'gate')).minutes).toBe(0);
  });
});

describe('specs/economy.json', () => {
  it('is what `npm run economy` computes', async () => {
    const written: unknown = JSON.parse(readFileSync(join(packageRoot(), economyFile), 'utf8'));
    expect(await computeEconomy()).toEqual(written);
  });
});
