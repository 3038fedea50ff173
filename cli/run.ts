/** The main command: judge a target, write the reports, say the verdict. */

import { randomInt } from 'node:crypto';
import type { Profile, TargetConfig } from '../harness/config.ts';
import { configDigest } from '../harness/config-digest.ts';
import { type BaselineEntry, exitStatus, judge } from '../harness/judge.ts';
import { isLoopback } from '../harness/loopback.ts';
import type { Shard } from '../harness/planner.ts';
import { proxyProblem, usesProxy } from '../harness/proxy.ts';
import type { RunOptions } from '../harness/run.ts';
import { writeReports } from '../reports/index.ts';
import { terminalReport } from '../reports/terminal.ts';
import { loadCatalogue } from '../specs/catalogue.ts';
import type { CheckResult, Report } from '../specs/report.ts';
import { version } from '../specs/version.ts';
import { loadBaseline } from './baseline.ts';
import type { Execution } from './collector.ts';
import { compileLess } from './engine.ts';
import { execute, loadRunner, type RunningExecution } from './execute.ts';
import { exitStatuses, UsageError } from './exit.ts';
import { startProgress } from './progress.ts';
import { unreachable } from './reachable.ts';
import { type Resumed, resumeFrom } from './resume.ts';
import { askBeforeDisturbing, askForBrowser, chooseTarget } from './target.ts';

export interface RunCommand {
  readonly config?: string;
  readonly target?: string;
  readonly out: string;
  readonly profile?: Profile;
  readonly seed?: number;
  readonly only: readonly string[];
  readonly strict: boolean;
  readonly runs?: number;
  /** A counterexample of the property that `only` names. */
  readonly path?: string;
  readonly shard?: Shard;
  readonly baseline?: string;
  readonly resume?: string;
  readonly yes: boolean;
  /** Times that a lost request is sent again where that changes nothing. */
  readonly retries?: number;
  /** Milliseconds for one answer. */
  readonly timeoutMs?: number;
  /** Milliseconds for the whole run. */
  readonly maxDurationMs?: number;
}

type Repeated = Pick<RunOptions, 'counterexample'>;

interface Judging {
  readonly config: TargetConfig;
  readonly seed: number;
  readonly command: RunCommand;
  readonly repeated: Repeated;
  readonly baseline: readonly BaselineEntry[] | undefined;
  readonly resumed: Resumed | undefined;
  readonly startedAt: Date;
}

/** Builds the report of what is known. */
function reportOf(judging: Judging, execution: Execution, endedEarly: string | undefined): Report {
  const { config, command, resumed } = judging;
  const early = endedEarly ?? execution.record?.endedEarly;
  const results = resumed === undefined ? execution.results : resumed.merged(execution.results);
  return judge({
    results,
    suiteErrors: execution.suiteErrors,
    catalogue: loadCatalogue(),
    config,
    configDigest: configDigest(config),
    version: version(),
    seed: judging.seed,
    startedAt: judging.startedAt.toISOString(),
    durationMs: Date.now() - judging.startedAt.getTime() + (resumed?.durationMs ?? 0),
    waitedMs: (execution.record?.waitedMs ?? 0) + (resumed?.waitedMs ?? 0),
    requests: requestsOf(execution, resumed),
    strict: command.strict,
    ...(command.shard === undefined ? {} : { shard: command.shard }),
    ...(judging.baseline === undefined ? {} : { baseline: judging.baseline }),
    ...(early === undefined ? {} : { endedEarly: early }),
  });
}

/** As the run counted them; when it was cut off, those that its results show. */
function requestsOf({ record, results }: Execution, resumed: Resumed | undefined): Record<string, number> {
  const counted: Record<string, number> = { ...resumed?.requests };
  const own = record?.requests ?? shownBy(results);
  for (const [operation, count] of Object.entries(own)) counted[operation] = (counted[operation] ?? 0) + count;
  return counted;
}

function shownBy(results: readonly CheckResult[]): Record<string, number> {
  const counted: Record<string, number> = {};
  for (const { operation } of new Set(results.flatMap((result) => result.exchanges)))
    counted[operation] = (counted[operation] ?? 0) + 1;
  return counted;
}

/** @returns the exit status @throws UsageError, ConfigError, NothingSelected */
export async function run(command: RunCommand): Promise<number> {
  const startedAt = new Date();
  compileLess();
  const repeated = counterexample(command);
  const baseline = command.baseline === undefined ? undefined : loadBaseline(command.baseline);
  loadRunner(); // beside an embedded reference
  const chosen = await chooseTarget(command);
  try {
    for (const warning of chosen.warnings) process.stderr.write(`warning: ${warning}\n`);
    const { config } = chosen;
    const wrongProxy = usesProxy(config.target) ? proxyProblem() : undefined;
    if (wrongProxy !== undefined) throw new UsageError(wrongProxy);
    await askForBrowser(config);
    const gone = usesProxy(config.target) ? undefined : await unreachable(config.target, command.timeoutMs);
    if (gone === undefined) await askBeforeDisturbing(config, command.yes);
    const resumed = command.resume === undefined ? undefined : resumeFrom(command.resume, config, command.seed);
    const seed = resumed?.seed ?? command.seed ?? randomInt(2 ** 31);
    const judging: Judging = { config, seed, command, repeated, baseline, resumed, startedAt };
    const { report, status } = gone === undefined ? await perform(judging) : unanswered(judging, gone);
    await writeReports(report, command.out);
    process.stdout.write(terminalReport(report, { out: command.out }));
    if (chosen.source === undefined)
      process.stdout.write(
        `To have the rest judged, write a configuration and fill it in: auth-conformance init --target ${config.target}\n`,
      );
    return status;
  } finally {
    await chosen.reference?.close();
  }
}

/** Nothing listens there: nothing can be judged. */
function unanswered(judging: Judging, reason: string): { report: Report; status: number } {
  const report = reportOf(judging, { results: [], record: undefined, suiteErrors: [] }, reason);
  return { report, status: exitStatus(report) };
}

async function perform(judging: Judging): Promise<{ report: Report; status: number }> {
  const { config, seed, command, resumed } = judging;
  let planned = 0;
  const progress = startProgress(() => planned);
  let running: RunningExecution | undefined;
  let hinted = config.rateLimit !== undefined;
  const waits = (operation: string, milliseconds: number): void => {
    progress.waits(operation, milliseconds);
    if (hinted) return;
    hinted = true;
    progress.note(
      `hint: the target limits its requests to ${operation}, and the configuration has no rateLimit: everything is sent at the pace that is learnt from it. With rateLimit the suite chooses what fits into some minutes (see plan).`,
    );
  };
  const interruption = onInterrupt((reason) => running?.stop(reason));
  const execution = execute(
    {
      config,
      seed,
      only: command.only,
      judged: resumed?.judged ?? [],
      endSessions: !isLoopback(config.target),
      ...(command.shard === undefined ? {} : { shard: command.shard }),
      ...judging.repeated,
      ...(command.runs === undefined ? {} : { propertyRuns: command.runs }),
      ...(command.retries === undefined ? {} : { retries: command.retries }),
      ...(command.timeoutMs === undefined ? {} : { timeoutMs: command.timeoutMs }),
      ...(command.maxDurationMs === undefined ? {} : { maxDurationMs: command.maxDurationMs }),
    },
    {
      planned: (checks) => {
        planned = checks;
      },
      ended: progress.ended,
      waits,
      ending: progress.ending,
    },
  );
  running = execution;
  const ended = await Promise.race([execution.finished, interruption.twice.then(() => execution.soFar())]);
  interruption.forget();
  progress.done();
  const { reason } = interruption;
  const report = reportOf(judging, ended, reason());
  return { report, status: reason() === undefined ? exitStatus(report) : exitStatuses.interrupted };
}

/** The one counterexample that is to be repeated. @throws UsageError unless it is said of which property, and with which seed */
function counterexample({ path, only, seed }: RunCommand): {
  readonly counterexample?: { check: string; path: string };
} {
  if (path === undefined) return {};
  const [check, ...others] = only;
  if (check === undefined || others.length > 0 || seed === undefined)
    throw new UsageError('--path repeats one counterexample: name its property with --only and its seed with --seed.');
  return { counterexample: { check, path } };
}

/** The first Ctrl-C ends the run at the next request, the second at once. */
function onInterrupt(stop: (reason: string) => void): {
  readonly reason: () => string | undefined;
  readonly twice: Promise<void>;
  readonly forget: () => void;
} {
  let reason: string | undefined;
  let again: () => void = () => undefined;
  const twice = new Promise<void>((resolve) => {
    again = resolve;
  });
  const interrupt = (): void => {
    if (reason !== undefined) again();
    reason = 'The run was interrupted; go on from here with --resume.';
    stop(reason);
  };
  process.on('SIGINT', interrupt);
  process.on('SIGTERM', interrupt);
  return {
    reason: () => reason,
    twice,
    forget() {
      process.off('SIGINT', interrupt);
      process.off('SIGTERM', interrupt);
    },
  };
}
