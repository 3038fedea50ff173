/** What every format tells of a report: what broke, by which exchange, and why the rest was not judged. */

import type { CheckResult, Outcome, RecordedExchange, Report, RequirementResult } from '../specs/report.ts';
import { operations } from '../specs/requirement.ts';

/** Worst first. */
export const outcomes: readonly Outcome[] = ['fail', 'warn', 'inconclusive', 'pass', 'skip'];

/** Requirements by operation, in the contract's order and last those of every operation; within one the worst first. */
export function byOperation(
  report: Report,
): { readonly operation: string; readonly rows: readonly RequirementResult[] }[] {
  return [...operations, 'any']
    .map((operation) => ({
      operation,
      rows: report.requirements
        .filter((row) => row.operation === operation)
        .toSorted((a, b) => outcomes.indexOf(a.outcome) - outcomes.indexOf(b.outcome)),
    }))
    .filter(({ rows }) => rows.length > 0);
}

export function countOutcomes(rows: readonly { readonly outcome: Outcome }[]): Record<Outcome, number> {
  const counts: Record<Outcome, number> = { fail: 0, warn: 0, inconclusive: 0, pass: 0, skip: 0 };
  for (const { outcome } of rows) counts[outcome] += 1;
  return counts;
}

/** The checks that broke a requirement. */
export function brokenBy(report: Report, requirement: string): CheckResult[] {
  return report.checks.filter((check) => check.broken?.includes(requirement));
}

const isObserver = (check: CheckResult): boolean => check.id.startsWith('observer/');

/** The exchange that decided a check: the last one, and an observer's first finding. */
export function decidingExchange(check: CheckResult): RecordedExchange | undefined {
  const spoken = check.exchanges.filter((exchange) => exchange.operation !== 'control');
  return isObserver(check) ? spoken[0] : spoken.at(-1);
}

/** The command that repeats a check, and the curl line of its deciding exchange. */
export function reproduction(check: CheckResult): { readonly command: string; readonly curl: string | undefined } {
  const [command = '', ...rest] = check.reproduce.split('\n');
  const curl = rest.join('\n');
  return { command, curl: curl === '' ? undefined : curl };
}

/** A history as a numbered list: each step in words, then its requests; a step without words is its requests. */
export function numbered(check: CheckResult): { readonly head: string; readonly curl: readonly string[] }[] {
  const { history = [] } = check;
  const lines = history.flatMap(({ words, curl }) =>
    words === '' ? curl.map((one) => ({ words: one, curl: [] })) : [{ words, curl }],
  );
  return lines.map(({ words, curl }, index) => ({ head: `${index + 1}. ${words}`, curl }));
}

/** "RFC 6749 section 4.1.3". */
export function clause(row: RequirementResult): string {
  const { document, section } = row.source;
  if (section === '') return document;
  return /^(\d+(\.\d+)*|[A-Z](\.\d+)*)$/.test(section) ? `${document} section ${section}` : `${document}, ${section}`;
}

/** The link to a clause that opens anywhere; undefined for a path inside the suite. */
export function clauseLink(row: RequirementResult): string | undefined {
  return /^https?:\/\//.test(row.source.url) ? row.source.url : undefined;
}

/** Checks that were not judged, grouped by their reason, the most frequent first. */
export function byReason(
  checks: readonly CheckResult[],
  outcome: 'skip' | 'inconclusive',
): { readonly reason: string; readonly checks: readonly CheckResult[] }[] {
  const groups = new Map<string, CheckResult[]>();
  for (const check of checks) {
    if (check.outcome !== outcome) continue;
    const reason = check.message === '' ? 'No reason was given.' : check.message;
    groups.set(reason, [...(groups.get(reason) ?? []), check]);
  }
  return [...groups]
    .map(([reason, members]) => ({ reason, checks: members }))
    .toSorted((a, b) => b.checks.length - a.checks.length);
}

/** Whether the baseline lists what this check breaks: it is reported, and fails nothing. */
export function isKnown(check: CheckResult, report: Report): boolean {
  const known = report.baseline?.known ?? [];
  const broken = check.broken ?? [];
  return known.includes(check.id) || (broken.length > 0 && broken.every((id) => known.includes(id)));
}

/** Whether a check's outcome fails the run: a broken MUST, and under `--strict` a broken SHOULD; never what the baseline lists. */
export function failsRun(check: CheckResult, report: Report): boolean {
  return (check.outcome === 'fail' || (report.strict && check.outcome === 'warn')) && !isKnown(check, report);
}

/** "1.5 s", "2 min 5 s". */
export function duration(milliseconds: number): string {
  if (milliseconds < 1000) return `${Math.round(milliseconds)} ms`;
  const seconds = milliseconds / 1000;
  if (seconds < 60) return `${seconds.toFixed(1)} s`;
  return `${Math.floor(seconds / 60)} min ${Math.round(seconds % 60)} s`;
}
