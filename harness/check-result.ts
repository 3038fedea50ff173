/** What a check found, as the report has it. */

import type { CheckResult, Outcome } from '../specs/report.ts';
import { consequence, type Requirement } from '../specs/requirement.ts';
import type { Check, Control } from './check.ts';
import type { CheckContext } from './context.ts';
import type { Recorder } from './recorder.ts';
import { decidingOf, historyOf, reproduce, storyExchanges } from './reproduce.ts';

/** Exchanges that the report keeps of a check that passed: the last ones, on which it rests; of one that found something nearly all. */
const keptOfPass = 3;
const keptOfFinding = 60;

/** How a check came to its end. */
export interface Ended {
  readonly outcome: Outcome;
  readonly message: string;
}

export interface ResultParts {
  readonly check: Check;
  readonly ended: Ended;
  readonly context: CheckContext;
  readonly recorder: Recorder;
  readonly controls: readonly Control[];
  /** Milliseconds from beginning to end, and those of them that it waited for limits. */
  readonly durationMs: number;
  readonly waitedMs: number;
  readonly seed: number;
  readonly requirements: ReadonlyMap<string, Requirement>;
  /** Told of an error of the suite itself. */
  readonly failed: (message: string) => void;
}

export function checkResult(parts: ResultParts): CheckResult {
  const { check, ended, context, recorder, controls, durationMs, waitedMs, seed } = parts;
  const { findings } = context.expect;
  const broken = [
    ...new Set(
      findings.flatMap((finding) => (finding.requirements.length > 0 ? finding.requirements : [check.verifies[0]])),
    ),
  ];
  const outcome = findings.length > 0 ? outcomeOf(broken, parts) : ended.outcome;
  const message = findings.length > 0 ? findings.map((finding) => finding.message).join(' ') : ended.message;
  const expected = findings.map((finding) => finding.expected).filter((text) => text !== '');
  const story = findings.length > 0 ? context.story.told : undefined;
  const told = story === undefined ? undefined : recorder.exchanges;
  const exchanges = told === undefined ? undefined : storyExchanges(told, story?.steps);
  return {
    id: check.id,
    title: check.title,
    requirements: check.verifies,
    outcome,
    durationMs: Math.round((durationMs - waitedMs) * 10) / 10,
    ...(waitedMs > 0 ? { waitedMs: Math.round(waitedMs) } : {}),
    message: recorder.redact(message),
    ...(expected.length > 0 ? { expected: recorder.redact([...new Set(expected)].join(' ')) } : {}),
    ...(broken.length > 0 ? { broken } : {}),
    ...(controls.length > 0 ? { controls: controls.map((control) => control.title) } : {}),
    reproduce: reproduce(
      check.id,
      seed,
      exchanges === undefined ? recorder.deciding : decidingOf(exchanges),
      story?.path,
    ),
    ...(story === undefined || told === undefined ? {} : { history: historyOf(story.steps, told) }),
    exchanges: exchanges?.slice(-keptOfFinding) ?? recorder.last(outcome === 'pass' ? keptOfPass : keptOfFinding),
    ...(context.runs === undefined ? {} : { runs: context.runs }),
  };
}

/** The worst consequence of the broken requirements. */
function outcomeOf(broken: readonly string[], { requirements, failed }: ResultParts): Outcome {
  const consequences = broken.map((id) => {
    const row = requirements.get(id);
    if (row === undefined) failed(`The check breaks ${id}, which the catalogue does not have.`);
    return row === undefined ? 'fail' : consequence(row.level);
  });
  if (consequences.includes('fail')) return 'fail';
  return consequences.includes('warn') ? 'warn' : 'pass';
}
