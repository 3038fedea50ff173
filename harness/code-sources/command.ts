/** Codes from a program: it reads the authorization request as JSON on stdin and prints the code, or JSON `{code}`, as its last line. */

import { spawn } from 'node:child_process';
import { Inconclusive } from '../outcomes.ts';

/** Milliseconds after which the program is ended. */
const patience = 60_000;
/** Characters of output that are read. */
const outputLimit = 64 * 1024;

/** @throws Inconclusive when the program fails, hangs or prints no code */
export async function runCodeCommand(command: string, request: Readonly<Record<string, string>>): Promise<string> {
  const { status, output } = await new Promise<{ status: string; output: string }>((resolve) => {
    const child = spawn(command, { shell: true, stdio: ['pipe', 'pipe', 'ignore'] });
    let text = '';
    const timer = setTimeout(() => child.kill('SIGKILL'), patience);
    const end = (how: string): void => {
      clearTimeout(timer);
      resolve({ status: how, output: text });
    };
    child.stdout.on('data', (chunk: Buffer) => {
      if (text.length < outputLimit) text += chunk.toString('utf8');
    });
    child.stdin.on('error', () => undefined); // a program that does not read its input may still print a code
    child.on('error', (error) => end(error.message));
    child.on('close', (code, signal) =>
      end(code === 0 ? 'ok' : signal === null ? `exit status ${code}` : `ended by ${signal}`),
    );
    child.stdin.end(JSON.stringify(request));
  });
  if (status !== 'ok') throw new Inconclusive(`The program of authorizationCode.command gave no code: ${status}.`);
  const code = codeOf(output.trim().split('\n').at(-1)?.trim() ?? '');
  if (code === '') throw new Inconclusive('The program of authorizationCode.command printed no code on its last line.');
  return code;
}

function codeOf(line: string): string {
  if (!line.startsWith('{')) return line;
  try {
    const value: unknown = JSON.parse(line);
    return typeof value === 'object' && value !== null && 'code' in value && typeof value.code === 'string'
      ? value.code
      : '';
  } catch {
    return '';
  }
}
