/** Which target a command speaks of: a configuration file, `--target` alone, or a reference of our own. */

import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { createInterface } from 'node:readline/promises';
import { browserReady } from '../harness/code-sources/browser-executable.ts';
import type { Profile, TargetConfig } from '../harness/config.ts';
import { isLoopback } from '../harness/loopback.ts';
import { Inconclusive } from '../harness/outcomes.ts';
import { type EmbeddedReference, startEmbedded } from './embedded.ts';
import { UsageError } from './exit.ts';
import { referenceConfig } from './reference-config.ts';

export interface TargetOptions {
  readonly config?: string;
  readonly target?: string;
  readonly profile?: Profile;
}

export interface ChosenTarget {
  readonly config: TargetConfig;
  readonly warnings: readonly string[];
  /** Where the configuration came from; absent: none was found. */
  readonly source?: string;
  /** Started for this command; to be closed by it. */
  readonly reference?: EmbeddedReference;
}

const defaultFiles = ['auth-conformance.yaml', 'auth-conformance.yml', 'auth-conformance.json'];

/** The configuration file that is taken without `--config`. */
export function discoveredConfig(folder: string = process.cwd()): string | undefined {
  return defaultFiles.find((name) => existsSync(resolve(folder, name)));
}

/** @throws ConfigError */
export async function chooseTarget(options: TargetOptions): Promise<ChosenTarget> {
  const { profile } = options;
  const overrides = {
    ...(options.target === undefined ? {} : { target: options.target }),
    ...(profile === undefined ? {} : { profile }),
  };
  const file = options.config ?? discoveredConfig();
  if (file !== undefined || options.target !== undefined) {
    const { configFrom, loadConfig } = await import('../harness/load-config.ts'); // what validates is slow to load
    return file === undefined
      ? configFrom({}, '--target', overrides)
      : { ...loadConfig(file, overrides), source: file };
  }
  const reference = await startEmbedded();
  const config = referenceConfig(reference.url);
  return {
    config: profile === undefined ? config : { ...config, profile },
    warnings: [],
    source: 'the reference',
    reference,
  };
}

/** What a run needs of this machine. @throws UsageError where the code source `browser` has no browser */
export async function askForBrowser({ authorizationCode: source }: TargetConfig): Promise<void> {
  if (source?.source !== 'browser') return;
  try {
    await browserReady(source);
  } catch (error) {
    if (error instanceof Inconclusive) throw new UsageError(error.message);
    throw error;
  }
}

/** What `full` and `deep` do to somebody else's server, in words. */
const disturbance =
  'sends several hundred requests, bodies of a megabyte and simultaneous requests, and moves the clock where `control.clock` is configured';

/**
 * Against a host that is not this machine the disruptive profiles ask first.
 * @throws UsageError where there is no terminal to ask on, or the answer is no
 */
export async function askBeforeDisturbing(config: TargetConfig, yes: boolean): Promise<void> {
  const disruptive = config.profile === 'full' || config.profile === 'deep';
  if (!disruptive || yes || isLoopback(config.target)) return;
  const what = `Profile ${config.profile} ${disturbance}`;
  if (!process.stdin.isTTY || !process.stdout.isTTY)
    throw new UsageError(`${what}; ${config.target} is not this machine: add --yes to go on, or take --profile gate.`);
  const questions = createInterface({ input: process.stdin, output: process.stdout });
  const answer = await questions.question(`${what}.\nGo on against ${config.target}? [y/N] `);
  questions.close();
  if (!/^y(es)?$/i.test(answer.trim()))
    throw new UsageError('Nothing was sent. --profile gate is the undisruptive one.');
}
