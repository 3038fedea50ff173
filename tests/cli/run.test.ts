import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import type { Report } from '../../specs/report.ts';
import { emptyFolder, exampleConfig, run, start } from './program.ts';

const served: ReturnType<typeof start>[] = [];
afterAll(async () => {
  for (const { child, ended } of served) {
    child.kill('SIGTERM');
    await ended;
  }
});

/** `serve` on a free port; @returns its origin */
async function serve(...args: string[]): Promise<string> {
  const server = start(['serve', '--port', '0', ...args]);
  served.push(server);
  const line = await server.firstLine;
  expect(line).toMatch(/^listening http:\/\/127\.0\.0\.1:\d+$/);
  return line.slice('listening '.length);
}

/** The configuration of the contract's example. */
function folderFor(target: string): string {
  const folder = emptyFolder();
  writeFileSync(join(folder, 'target.yaml'), exampleConfig(target));
  return folder;
}

const secrets = { WL_SECRET: 'wl-secret', TP_SECRET: 'tp-secret' };
const reportIn = (folder: string): Report =>
  JSON.parse(readFileSync(join(folder, 'conformance-report', 'report.json'), 'utf8')) as Report;

describe('a run', () => {
  it('without a target judges the reference, writes the reports and finds it conformant', async () => {
    const cwd = emptyFolder();
    const { status, stdout, stderr } = await run([], { cwd });
    expect(stderr).not.toContain('warning');
    expect(stdout).toContain('conformant');
    expect(status).toBe(0);
    const report = reportIn(cwd);
    expect(report.verdict).toBe('conformant');
    expect(report.summary).toMatchObject({ fail: 0, warn: 0, inconclusive: 0 });
    expect(report.summary.pass).toBeGreaterThan(120);
    expect(report.suiteErrors).toEqual([]);
  });

  it('against the served reference comes to the same verdict, with the same checks', async () => {
    const cwd = folderFor(await serve());
    const { status } = await run(['--config', 'target.yaml', '--seed', '7'], { cwd, env: secrets });
    expect(status).toBe(0);
    const report = reportIn(cwd);
    expect(report).toMatchObject({ verdict: 'conformant', seed: 7, clients: ['confidential', 'public', 'thirdParty'] });
  });

  it('without credentials judges what needs none, and says how to get further', async () => {
    const cwd = emptyFolder();
    const { status, stdout } = await run(['--target', await serve()], { cwd });
    expect(status).toBe(3);
    expect(stdout.trimEnd().split('\n').at(-1)).toContain('init');
    expect(reportIn(cwd).verdict).toBe('inconclusive');
  });

  it('with --only runs the named checks alone', async () => {
    const cwd = emptyFolder();
    expect((await run(['--only', 'token/code-single-use'], { cwd })).status).toBe(0);
    const { checks } = reportIn(cwd);
    expect(checks.length).toBeGreaterThan(0);
    for (const check of checks) expect(check.requirements.join(' ')).toContain('token/code-single-use');
  });

  it('whose output nobody reads any more goes on and writes the reports', async () => {
    const cwd = emptyFolder();
    const { child, ended } = start(['--only', 'scopes/json'], { cwd });
    child.stdout?.destroy();
    const { status, stderr } = await ended;
    expect(stderr).not.toContain('EPIPE');
    expect(status).toBe(0);
    expect(reportIn(cwd).verdict).toBe('conformant');
  });

  it('that is interrupted writes what it knows, ends with 130, and can be resumed', async () => {
    const cwd = folderFor(await serve('--rate-limits'));
    writeFileSync(
      join(cwd, 'limited.yaml'),
      `${readFileSync(join(cwd, 'target.yaml'), 'utf8')}rateLimit: { token: 10, revoke: 10, authenticate: 10, total: 100 }\n`,
    );
    const limited = start(['--config', 'limited.yaml', '--seed', '5'], { cwd, env: secrets });
    await limited.says(/\d+\/\d+ checks/);
    limited.child.kill('SIGINT');
    expect((await limited.ended).status).toBe(130);
    const report = reportIn(cwd);
    expect(report.verdict).toBe('inconclusive');
    expect(report.endedEarly).toContain('interrupted');
    const other = await run(['--config', 'limited.yaml', '--resume', 'conformance-report', '--seed', '6'], {
      cwd,
      env: secrets,
    });
    expect(other.stderr).toMatch(/seed is another one/);
    expect(other.status).toBe(2);
  });
});
