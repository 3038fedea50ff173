/** `plan`: what would run, what it would send, and how long the limits make it take. */

import type { Profile } from '../harness/config.ts';
import { dryRun } from './dry-run.ts';
import { chooseTarget } from './target.ts';

export interface PlanCommand {
  readonly config?: string;
  readonly target?: string;
  readonly profile?: Profile;
  readonly only: readonly string[];
  readonly seed?: number;
  readonly runs?: number;
  readonly json?: boolean;
}

/** @throws ConfigError, NothingSelected */
export async function plan(command: PlanCommand): Promise<number> {
  const { config, reference, warnings } = await chooseTarget(command);
  await reference?.close();
  for (const warning of warnings) process.stderr.write(`warning: ${warning}\n`);
  const planned = await dryRun(config, {
    only: command.only,
    seed: command.seed ?? 1,
    ...(command.runs === undefined ? {} : { propertyRuns: command.runs }),
  });
  process.stdout.write(command.json === true ? `${JSON.stringify(planned, null, 2)}\n` : text(planned));
  return 0;
}

function text({ profile, checks, requests, minutes }: Awaited<ReturnType<typeof dryRun>>): string {
  const { total, ...each } = requests;
  const rows = Object.entries(each).map(
    ([operation, count]) => `  ${operation.padEnd(14)}${String(count).padStart(6)}`,
  );
  const wait =
    minutes === 0
      ? 'No limit forces a wait.'
      : `The configured limits force ${minutes} minute${minutes === 1 ? '' : 's'}.`;
  return `Profile ${profile}: ${checks} checks, ${total} requests\n${rows.join('\n')}\n${wait}\n`;
}
