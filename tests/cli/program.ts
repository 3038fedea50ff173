/** Runs the built program as a person does, in a folder of its own. */

import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { packageRoot } from '../../specs/package-root.ts';

const bin = join(packageRoot(), 'bin', 'auth-conformance.js');

export interface Ended {
  readonly status: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface Started {
  readonly child: ChildProcess;
  readonly ended: Promise<Ended>;
  /** The first line on stdout. */
  readonly firstLine: Promise<string>;
  /** Resolves once it has said something that fits, on either stream; rejects when it ends before. */
  says(pattern: RegExp): Promise<void>;
}

/** An empty folder. */
export const emptyFolder = (): string => mkdtempSync(join(tmpdir(), 'auth-conformance-'));

/** The configuration of the contract's example, for a reference at this URL, with lines of its own. */
export const exampleConfig = (url: string, lines: readonly string[] = []): string => `target: ${url}
basePath: /api/v1/auth
clients:
  confidential: { id: wl-confidential, secret: "\${WL_SECRET}", redirectUri: https://app.example.com/callback, role: whitelabel-customer }
  public:       { id: wl-public, redirectUri: https://spa.example.com/callback, role: whitelabel-customer }
  thirdParty:   { id: tp-confidential, secret: "\${TP_SECRET}", redirectUri: https://partner.example.com/callback, role: third-party }
scope: account connections
authorizationCode: { source: http, url: ${url}/__control/codes }
siwe: { domain: app.example.com, uri: https://app.example.com, chainId: 1 }
jwksUri: ${url}/.well-known/jwks.json
control: { clock: ${url}/__control/clock }
${lines.join('\n')}
`;

export function start(args: readonly string[], options: { cwd?: string; env?: Record<string, string> } = {}): Started {
  const child = spawn(process.execPath, [bin, ...args], {
    cwd: options.cwd ?? emptyFolder(),
    env: { ...process.env, NO_COLOR: '1', ...options.env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let stdout = '';
  let stderr = '';
  const firstLine = new Promise<string>((resolve, reject) => {
    child.stdout.on('data', (chunk: Buffer) => {
      stdout += chunk.toString('utf8');
      if (stdout.includes('\n')) resolve(stdout.slice(0, stdout.indexOf('\n')));
    });
    child.on('close', () => reject(new Error(`It ended before its first line: ${stderr}`)));
  });
  firstLine.catch(() => undefined); // who waits for it sees the error
  child.stderr.on('data', (chunk: Buffer) => {
    stderr += chunk.toString('utf8');
  });
  const ended = new Promise<Ended>((resolve) => {
    child.on('close', (status) => resolve({ status, stdout, stderr }));
  });
  const says = (pattern: RegExp): Promise<void> =>
    new Promise((resolve, reject) => {
      const look = (): void => {
        if (pattern.test(stdout + stderr)) resolve();
      };
      look();
      child.stdout.on('data', look);
      child.stderr.on('data', look);
      child.on('close', () => reject(new Error(`It ended without a word of ${pattern}: ${stdout}${stderr}`)));
    });
  return { child, ended, firstLine, says };
}

export const run = (
  args: readonly string[],
  options: { cwd?: string; env?: Record<string, string> } = {},
): Promise<Ended> => start(args, options).ended;
