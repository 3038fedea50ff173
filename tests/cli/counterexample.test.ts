/** The command that a failure prints repeats its counterexample in a fresh run, with the program and by itself. */

import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import type { CheckResult, Report } from '../../specs/report.ts';
import { emptyFolder, run, start } from './program.ts';

const served: ReturnType<typeof start>[] = [];
afterAll(async () => {
  for (const { child, ended } of served) {
    child.kill('SIGTERM');
    await ended;
  }
});

/** A folder with the configuration of a freshly served reference that has the fault. */
async function folderFor(fault: string): Promise<string> {
  const server = start(['serve', '--port', '0', '--fault', fault]);
  served.push(server);
  const target = (await server.firstLine).slice('listening '.length);
  const cwd = emptyFolder();
  writeFileSync(
    join(cwd, 'auth-conformance.yaml'),
    `target: ${target}
clients:
  confidential: { id: wl-confidential, secret: wl-secret, redirectUri: https://app.example.com/callback, role: whitelabel-customer }
  public:       { id: wl-public, redirectUri: https://spa.example.com/callback, role: whitelabel-customer }
  thirdParty:   { id: tp-confidential, secret: tp-secret, redirectUri: https://partner.example.com/callback, role: third-party }
scope: account connections
authorizationCode: { source: http, url: ${target}/__control/codes }
siwe: { domain: app.example.com, uri: https://app.example.com, chainId: 1 }
`,
  );
  return cwd;
}

const fault = 'history/hint-of-refreshed';

interface Told {
  readonly check: CheckResult;
  readonly stdout: string;
  readonly status: number | null;
}

async function judged(args: readonly string[]): Promise<Told> {
  const cwd = await folderFor(fault);
  const { stdout, status } = await run(args, { cwd });
  const report = JSON.parse(readFileSync(join(cwd, 'conformance-report', 'report.json'), 'utf8')) as Report;
  const check = report.checks.find(({ id }) => id === 'session/history');
  if (check === undefined) throw new Error('The check did not run.');
  const html = readFileSync(join(cwd, 'conformance-report', 'report.html'), 'utf8');
  for (const { words } of check.history ?? []) expect(html).toContain(words);
  return { check, stdout, status };
}

const wordsOf = ({ history = [] }: CheckResult): string[] => history.map(({ words }) => words);

it('the printed command finds the same shortest history on a fresh target, and the terminal tells it step by step', async () => {
  const first = await judged(['--only', 'session/history', '--seed', '3', '--runs', '250']);
  expect(first.status).toBe(1);
  const [command = ''] = first.check.reproduce.split('\n');
  expect(first.stdout).toContain(command);
  for (const [index, words] of wordsOf(first.check).entries()) expect(first.stdout).toContain(`${index + 1}. ${words}`);
  const args = command.replaceAll("'", '').split(' ').slice(1);
  expect(args).toContain('--path');
  const again = await judged(args);
  expect(again.check.runs).toBe(1);
  expect(wordsOf(again.check)).toEqual(wordsOf(first.check));
  expect(again.check.reproduce.split('\n')[0]).toBe(command);
}, 180_000);

it.each([
  ['without its property', ['--path', '3:1', '--seed', '1']],
  ['without its seed', ['--path', '3:1', '--only', 'session/history']],
  ['that is no path', ['--path', 'x', '--seed', '1', '--only', 'session/history']],
])('a path %s is refused with one sentence', async (_, args) => {
  const { status, stderr } = await run(args);
  expect(status).toBe(2);
  expect(stderr.trim().split('\n')).toHaveLength(1);
});
