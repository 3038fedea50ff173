/** Two results of one rule, from two parts of a run. */

import type { CheckResult, Outcome } from '../specs/report.ts';

const order: readonly Outcome[] = ['fail', 'warn', 'inconclusive', 'pass', 'skip'];

/** The worse of two results of the same rule, with what both found. */
export function worseOf(first: CheckResult, second: CheckResult): CheckResult {
  const [worse, other] =
    order.indexOf(first.outcome) <= order.indexOf(second.outcome) ? [first, second] : [second, first];
  const broken = [...new Set([...(worse.broken ?? []), ...(other.broken ?? [])])];
  const runs = (first.runs ?? 0) + (second.runs ?? 0);
  return { ...worse, ...(broken.length === 0 ? {} : { broken }), ...(runs === 0 ? {} : { runs }) };
}
