/** From check results to requirements to one verdict. Pure. */

import type { CheckResult, Outcome, Report, RequirementResult, Verdict } from '../specs/report.ts';
import { type Attack, consequence, type Requirement } from '../specs/requirement.ts';
import { type ClientKey, operationKeys, type TargetConfig } from './config.ts';

/** A requirement or check id that is known to fail. */
export interface BaselineEntry {
  readonly id: string;
  readonly reason: string;
}

/** What a verdict depends on beside the results. */
export interface JudgedTarget extends Pick<TargetConfig, 'target' | 'profile' | 'operations'> {
  /** Those that are configured; only their keys matter. */
  readonly clients: Readonly<Partial<Record<ClientKey, unknown>>>;
}

export interface JudgeInput {
  readonly results: readonly CheckResult[];
  readonly suiteErrors: readonly { readonly check: string; readonly message: string }[];
  readonly catalogue: {
    readonly attacks: readonly Pick<Attack, 'id' | 'title'>[];
    readonly edition: string;
    readonly digest: string;
    readonly requirements: readonly Requirement[];
  };
  readonly config: JudgedTarget;
  readonly version: string;
  readonly seed: number;
  readonly startedAt: string;
  readonly durationMs: number;
  readonly waitedMs: number;
  readonly requests: Readonly<Record<string, number>>;
  readonly strict: boolean;
  /** Known failures. */
  readonly baseline?: readonly BaselineEntry[];
  readonly configDigest?: string;
  /** The part that was run, of so many. */
  readonly shard?: { readonly index: number; readonly count: number };
  /** Why the run ended before every check was judged, if it did. */
  readonly endedEarly?: string;
}

/** A check that broke other requirements has not judged those that it also verifies. */
function outcomeFor(requirement: Requirement, check: CheckResult): Outcome | undefined {
  if (check.broken?.includes(requirement.id))
    return { fail: 'fail', warn: 'warn', info: 'pass' }[consequence(requirement.level)] as Outcome;
  if (check.broken !== undefined && check.broken.length > 0) return undefined;
  return check.outcome;
}

const order: readonly Outcome[] = ['fail', 'warn', 'inconclusive', 'pass', 'skip'];

/** The outcome of one requirement: the worst that any check says; a pass stands over a skip. */
export function judgeRequirement(requirement: Requirement, results: readonly CheckResult[]): RequirementResult {
  const concerned = results.filter(
    (check) => check.requirements.includes(requirement.id) || check.broken?.includes(requirement.id),
  );
  const said = concerned.map((check) => ({ check, outcome: outcomeFor(requirement, check) }));
  const deciding = order.flatMap((one) => said.filter(({ outcome }) => outcome === one))[0];
  const outcome = deciding?.outcome;
  const reason =
    deciding === undefined
      ? whyUnjudged(requirement, concerned)
      : outcome === 'pass'
        ? undefined
        : deciding.check.message;
  return {
    id: requirement.id,
    operation: requirement.operation,
    level: requirement.level,
    statement: requirement.statement,
    source: requirement.source,
    outcome: outcome ?? (concerned.length > 0 ? 'inconclusive' : 'skip'),
    ...(reason === undefined ? {} : { reason }),
    ...(outcome === 'fail' || outcome === 'warn' ? { rationale: requirement.rationale, fix: requirement.fix } : {}),
    checks: concerned.map((check) => check.id),
    ...(requirement.attacks === undefined ? {} : { attacks: requirement.attacks }),
  };
}

function whyUnjudged(requirement: Requirement, [endedEarly]: readonly CheckResult[]): string {
  if (endedEarly !== undefined) return `${endedEarly.id} ended early on another requirement.`;
  return requirement.untested === undefined
    ? 'No check of this profile judges it.'
    : `Untested: ${requirement.untested}`;
}

function verdictOf(
  input: JudgeInput,
  failing: readonly string[],
  stale: readonly string[],
  inconclusive: readonly CheckResult[],
): { verdict: Verdict; verdictReason: string } {
  if (failing.length > 0) {
    const names = failing.slice(0, 3).join(', ');
    return {
      verdict: 'non-conformant',
      verdictReason: `${failing.length} requirement${failing.length === 1 ? ' is' : 's are'} broken: ${names}${failing.length > 3 ? ` and ${failing.length - 3} more` : ''}.`,
    };
  }
  if (stale.length > 0)
    return {
      verdict: 'non-conformant',
      verdictReason: `The baseline lists what passes now; remove: ${stale.join(', ')}.`,
    };
  if (input.endedEarly !== undefined) return { verdict: 'inconclusive', verdictReason: input.endedEarly };
  if (Object.values(input.config.clients).every((client) => client === undefined))
    return {
      verdict: 'inconclusive',
      verdictReason: 'No client is configured, so only what needs no credentials was judged.',
    };
  const [first] = inconclusive;
  if (first !== undefined)
    return {
      verdict: 'inconclusive',
      verdictReason: `${inconclusive.length} check${inconclusive.length === 1 ? '' : 's'} could not be judged, the first because: ${first.message}`,
    };
  if (input.results.every((result) => result.outcome === 'skip'))
    return { verdict: 'inconclusive', verdictReason: 'Nothing was judged.' };
  const offered = operationKeys.filter((key) => input.config.operations[key] !== false);
  const about =
    offered.length === operationKeys.length
      ? ''
      : ` This speaks of ${offered.join(', ')} only: the others are not offered.`;
  return { verdict: 'conformant', verdictReason: `Every requirement that was judged holds.${about}` };
}

/** Builds the report. */
export function judge(input: JudgeInput): Report {
  const requirements = input.catalogue.requirements.map((row) => judgeRequirement(row, input.results));
  const baseline = input.baseline ?? [];
  const known = (row: RequirementResult): boolean =>
    baseline.some(
      ({ id }) =>
        id === row.id ||
        (row.checks.includes(id) &&
          brokenBy(input.results, row.id).every((check) => baseline.some((entry) => entry.id === check))),
    );
  const bad = (outcome: Outcome): boolean => outcome === 'fail' || (input.strict && outcome === 'warn');
  const failing = requirements.filter((row) => bad(row.outcome) && !known(row)).map((row) => row.id);
  const stale = baseline.filter(({ id }) => isStale(id, requirements, input.results)).map(({ id }) => id);
  const inconclusive = input.results.filter((result) => result.outcome === 'inconclusive');
  const summary: Record<Outcome, number> = { pass: 0, fail: 0, warn: 0, skip: 0, inconclusive: 0 };
  for (const result of input.results) summary[result.outcome] += 1;
  return {
    schemaVersion: 1,
    ...verdictOf(input, failing, stale, inconclusive),
    suite: {
      name: 'auth-conformance',
      version: input.version,
      edition: input.catalogue.edition,
      digest: input.catalogue.digest,
    },
    target: input.config.target,
    profile: input.config.profile,
    operations: operationKeys.filter((key) => input.config.operations[key] !== false),
    clients: Object.entries(input.config.clients).flatMap(([key, client]) => (client === undefined ? [] : [key])),
    startedAt: input.startedAt,
    durationMs: Math.round(input.durationMs),
    waitedMs: Math.round(input.waitedMs),
    seed: input.seed,
    strict: input.strict,
    summary,
    requests: { ...input.requests, total: Object.values(input.requests).reduce((sum, count) => sum + count, 0) },
    requirements,
    openAttacks: openAttacks(input, requirements),
    checks: input.results,
    suiteErrors: input.suiteErrors,
    ...(input.configDigest === undefined ? {} : { configDigest: input.configDigest }),
    ...(input.shard === undefined ? {} : { shard: input.shard }),
    ...(input.endedEarly === undefined ? {} : { endedEarly: input.endedEarly }),
    ...(input.baseline === undefined ? {} : { baseline: { known: baseline.map(({ id }) => id), stale } }),
  };
}

/** What stands open: the attacks that the broken requirements would stop, the most broken first. */
function openAttacks(input: JudgeInput, requirements: readonly RequirementResult[]): Report['openAttacks'] {
  const broken = requirements.filter(({ outcome }) => outcome === 'fail');
  return input.catalogue.attacks
    .map(({ id, title }) => ({
      id,
      title,
      requirements: broken.filter(({ attacks }) => attacks?.includes(id)).map((row) => row.id),
    }))
    .filter((attack) => attack.requirements.length > 0)
    .sort((a, b) => b.requirements.length - a.requirements.length);
}

function brokenBy(results: readonly CheckResult[], requirement: string): string[] {
  return results.filter((check) => check.broken?.includes(requirement)).map((check) => check.id);
}

/** A baseline entry that was judged and holds now, or that names nothing. */
function isStale(id: string, requirements: readonly RequirementResult[], results: readonly CheckResult[]): boolean {
  const found = requirements.find((row) => row.id === id) ?? results.find((check) => check.id === id);
  return found === undefined || found.outcome === 'pass';
}

/** The exit status that goes with a report (contract, "Exit status"). */
export function exitStatus(report: Report): 0 | 1 | 3 | 70 {
  if (report.suiteErrors.length > 0) return 70;
  return { conformant: 0, 'non-conformant': 1, inconclusive: 3 }[report.verdict] as 0 | 1 | 3;
}
