/** Against a target that is not this machine a run ends its sessions, whatever became of it. A proxy gives the reference here a name of elsewhere. */

import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import type { RunnableReference } from '../../reference/app.ts';
import type { RateLimits } from '../../reference/rate-limits.ts';
import { type RunningReference, startReference } from '../../reference/server.ts';
import { rewritten } from '../../reference/transform.ts';
import type { Report } from '../../specs/report.ts';
import { closeServers } from '../targets/https-servers.ts';
import { startProxy } from '../targets/proxy-server.ts';
import { emptyFolder, exampleConfig, run, start } from './program.ts';

const running: RunningReference[] = [];
afterEach(async () => {
  for (const { close } of running.splice(0)) await close();
  closeServers();
});

interface Elsewhere {
  readonly cwd: string;
  readonly env: Record<string, string>;
  readonly reference: RunnableReference;
  /** Statuses that the target answered, by operation. */
  readonly answered: string[];
}

/** The reference under a name that is not this machine's, and a configuration for it. */
async function elsewhere(
  options: { limits?: RateLimits; slow?: number; wrong?: boolean } = {},
  ...lines: string[]
): Promise<Elsewhere> {
  const answered: string[] = [];
  const target = await startReference({
    ...(options.limits === undefined ? {} : { rateLimits: options.limits }),
    transform: [
      async ({ operation }, response) => {
        if (options.slow !== undefined) await new Promise((resolve) => setTimeout(resolve, options.slow));
        answered.push(`${operation} ${response.status}`);
        return options.wrong === true && operation === 'scopes'
          ? rewritten(response, { body: '{"scopes":1}' })
          : response;
      },
    ],
  });
  running.push(target);
  const proxy = await startProxy();
  const url = `http://target.example:${target.port}`;
  const cwd = emptyFolder();
  writeFileSync(join(cwd, 'auth-conformance.yaml'), exampleConfig(url, lines));
  const env = { WL_SECRET: 'wl-secret', TP_SECRET: 'tp-secret', HTTP_PROXY: proxy.url, NO_PROXY: '' };
  return { cwd, env, reference: target.reference, answered };
}

const alive = ({ reference }: Elsewhere): number =>
  [...reference.store.sessions.values()].filter(({ endedAt }) => endedAt === undefined).length;

const reportIn = (cwd: string): Report =>
  JSON.parse(readFileSync(join(cwd, 'conformance-report', 'report.json'), 'utf8')) as Report;

describe('against a target that is not this machine', () => {
  it('gate sends what plan says, the ending of its sessions included, so that limits of just that many are kept', async () => {
    const free = await elsewhere();
    const { stdout } = await run(['plan', '--profile', 'gate', '--json'], free);
    const { requests } = JSON.parse(stdout) as {
      requests: Record<'authenticate' | 'token' | 'revoke' | 'total', number>;
    };
    const { authenticate, token, revoke, total } = requests;
    expect(Math.max(authenticate, token, revoke)).toBeLessThanOrEqual(50);
    const limits = { authenticate, token, revoke, total };
    const target = await elsewhere({ limits }, `rateLimit: ${JSON.stringify(limits)}`);
    const ended = await run(['--profile', 'gate', '--seed', '1'], target);
    expect(ended.stderr).not.toContain('waiting');
    expect(ended.status).toBe(0);
    expect(alive(target)).toBe(0);
    expect(target.answered.filter((answer) => answer.endsWith(' 429'))).toEqual([]);
    const report = reportIn(target.cwd);
    expect(report.requests).toMatchObject({ authenticate, token, revoke });
    expect((report.requests.total ?? 0) - (report.requests.control ?? 0)).toBe(total);
    expect(report.waitedMs).toBe(0);
  });
  it('a run that finds something wrong ends its sessions', async () => {
    const target = await elsewhere({ wrong: true });
    expect((await run(['--profile', 'smoke'], target)).status).toBe(1);
    expect(target.reference.store.sessions.size).toBeGreaterThan(0);
    expect(alive(target)).toBe(0);
  });
  it('a run that is interrupted ends its sessions', async () => {
    const target = await elsewhere({ slow: 30 });
    const interrupted = start(['--profile', 'gate'], target);
    while (target.reference.store.sessions.size < 3) await new Promise((resolve) => setTimeout(resolve, 20));
    interrupted.child.kill('SIGINT');
    expect((await interrupted.ended).status).toBe(130);
    expect(alive(target)).toBe(0);
    expect(reportIn(target.cwd).endedEarly).toContain('interrupted');
  });
});

it('on this machine nobody minds, and no request is sent for it', async () => {
  const target = await elsewhere();
  const config = join(target.cwd, 'auth-conformance.yaml');
  writeFileSync(config, readFileSync(config, 'utf8').replaceAll('target.example', '127.0.0.1'));
  expect((await run(['--profile', 'smoke'], target)).status).toBe(0);
  expect(alive(target)).toBeGreaterThan(0);
});

it('a target that limits its requests beside a configuration without limits is told of once', async () => {
  const target = await elsewhere({ limits: { token: 3 } });
  const slowed = start(['--profile', 'smoke'], target);
  await slowed.says(/hint: the target limits its requests to token, and the configuration has no rateLimit/);
  slowed.child.kill('SIGINT');
  const { status, stderr } = await slowed.ended;
  expect(status).toBe(130);
  expect(stderr.split('hint: ')).toHaveLength(2);
});
