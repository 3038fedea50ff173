/** The program `auth-conformance`: reads the command line, runs one command, ends with its status. */

import { Command, CommanderError, InvalidArgumentError, Option } from 'commander';
import { profiles } from '../harness/config.ts';
import { ConfigError } from '../harness/config-error.ts';
import { NothingSelected, type Shard } from '../harness/planner.ts';
import { editions } from '../specs/catalogue.ts';
import { version } from '../specs/version.ts';
import { exitStatuses, UsageError } from './exit.ts';

const collect = (value: string, before: readonly string[]): readonly string[] => [...before, value];

/** A whole number from `least` to `most`. */
const wholeNumber =
  (least: number, most: number) =>
  (text: string): number => {
    const value = Number(text);
    if (!/^\d+$/.test(text) || value < least || value > most)
      throw new InvalidArgumentError(`It must be a whole number from ${least} to ${most}.`);
    return value;
  };

/** `30`, `30s`, `5m`, `500ms` in milliseconds; without a unit seconds. */
function duration(text: string): number {
  const [, amount, unit = 's'] = /^(\d+(?:\.\d+)?)(ms|s|m)?$/.exec(text) ?? [];
  const value = Number(amount) * ({ ms: 1, s: 1000, m: 60_000 }[unit] ?? Number.NaN);
  if (amount === undefined || !(value > 0))
    throw new InvalidArgumentError('It must be a time such as 500ms, 30s or 5m.');
  return Math.round(value);
}

function shard(text: string): Shard {
  const [, index, count] = /^(\d+)\/(\d+)$/.exec(text) ?? [];
  const part = { index: Number(index), count: Number(count) };
  if (index === undefined || part.index < 1 || part.index > part.count)
    throw new InvalidArgumentError('It must be I/N with I from 1 to N, such as 2/4.');
  return part;
}

/** As fast-check writes it: the number of the input, then which shorter one was taken, and so on. */
function path(text: string): string {
  if (!/^\d+(:\d+)*$/.test(text))
    throw new InvalidArgumentError(
      'It must be numbers with colons between them, such as 7:0:3, from the report of a failure.',
    );
  return text;
}

let status: number = exitStatuses.suiteFault;
/** Loads a command only when it is called: start-up stays short. */
const ends = (perform: () => Promise<number> | number) => async (): Promise<void> => {
  status = await perform();
};

const configOptions = (command: Command): Command =>
  command
    .option('--target <url>', 'origin of the target; overrides the configuration')
    .option('--config <file>', 'configuration, JSON or YAML (default: auth-conformance.yaml, .yml or .json here)')
    .addOption(new Option('--profile <name>', 'how much is tried').choices([...profiles]))
    .option('--only <glob>', 'requirement or check ids; repeatable', collect, [])
    .option('--seed <n>', 'fixes everything that is generated', wholeNumber(0, 2 ** 31 - 1))
    .option('--runs <n>', 'generated runs of each property', wholeNumber(1, 100_000))
    .addOption(new Option('--edition <date>', 'edition of the catalogue').choices([...editions]));

function program(): Command {
  const root = new Command('auth-conformance')
    .description(
      'Conformance test suite for the BlueNexus "Auth & OAuth" API. Without a target it judges its own reference implementation.',
    )
    .version(version())
    .exitOverride()
    .showSuggestionAfterError()
    .enablePositionalOptions()
    .configureOutput({ outputError: (text, write) => write(text.replace(/^error: /, '')) });
  configOptions(root)
    .option('--out <dir>', 'folder for the reports', 'conformance-report')
    .option('--strict', 'a broken SHOULD fails the run', false)
    .option('--path <path>', 'repeat this counterexample of the property that --only names, as its report says', path)
    .option('--shard <i/n>', 'run one part of so many; `merge` puts the reports together', shard)
    .option('--baseline <file>', 'known failures (YAML: id and reason), which do not fail the run')
    .option('--resume <dir>', 'go on from the report of an earlier run')
    .option('--timeout <time>', 'for one answer (10s)', duration)
    .option('--max-duration <time>', 'for the whole run', duration)
    .option('--retries <n>', 'for lost connections of idempotent preconditions', wholeNumber(0, 10))
    .option('--yes', 'do not ask before disturbing a target that is not this machine', false)
    .action((options) =>
      ends(async () => {
        const { run } = await import('./run.ts');
        const { timeout, maxDuration, edition: _, ...rest } = options;
        return run({ ...rest, timeoutMs: timeout, maxDurationMs: maxDuration });
      })(),
    );
  root
    .command('serve')
    .description('serve the reference implementation alone')
    .option('--port <n>', '0: a free one', wholeNumber(0, 65_535), 0)
    .option('--fault <id>', 'with this mistake; repeatable', collect, [])
    .option('--variant <id>', 'with this lawful but unusual behaviour; repeatable', collect, [])
    .option('--rate-limits', 'with the limits of the real service')
    .option('--list-faults', 'print the faults as JSON')
    .option('--list-variants', 'print the variants as JSON')
    .action((options) => ends(async () => (await import('./serve.ts')).serve(options))());
  configOptions(root.command('plan').description('what would run, and how many requests it sends'))
    .option('--json', 'as JSON')
    .action((options) => ends(async () => (await import('./plan.ts')).plan(options))());
  root
    .command('list')
    .description('the requirements')
    .option('--json', 'as JSON')
    .option('--coverage', 'with checks, faults and outcome rules')
    .action((options) => ends(async () => (await import('./list.ts')).list(options))());
  root
    .command('explain')
    .description('one requirement or check in full')
    .argument('<id>')
    .action((id: string) => ends(async () => (await import('./list.ts')).explain(id))());
  root
    .command('merge')
    .description('one report from the reports of several shards')
    .argument('<dir...>')
    .option('--out <dir>', 'folder for the reports', 'conformance-report')
    .option('--baseline <file>', 'known failures')
    .action((folders: string[], options) => ends(async () => (await import('./merge.ts')).merge(folders, options))());
  root
    .command('init')
    .description('write a configuration to start from')
    .option('--target <url>', 'origin of the target')
    .option('--file <file>', 'where to', 'auth-conformance.yaml')
    .option('--force', 'overwrite the file')
    .action((options) => ends(async () => (await import('./init.ts')).init(options))());
  return root;
}

async function main(): Promise<number> {
  try {
    await program().parseAsync();
    return status;
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : exitStatuses.usage;
    if (error instanceof UsageError || error instanceof ConfigError || error instanceof NothingSelected) {
      process.stderr.write(`${error.message}\n`);
      return exitStatuses.usage;
    }
    process.stderr.write(
      `auth-conformance itself failed: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`,
    );
    return exitStatuses.suiteFault;
  }
}

// Whoever reads along may have enough (`| head`): nobody is told any more, and the reports and the exit status stay what they are.
for (const stream of [process.stdout, process.stderr])
  stream.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE') throw error;
  });
process.exitCode = await main();
