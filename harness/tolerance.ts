/** Lawful but unusual forms of one request, tried all at once: where that is granted, each is tolerated; else each is tried alone. */

import type { CheckContext } from './context.ts';
import type { Exchange } from './exchange.ts';
import { Inconclusive } from './outcomes.ts';

export interface Tolerance {
  /** Broken where the form is not tolerated. */
  readonly requirement: string;
  /** Completes "a request ...". */
  readonly what: string;
}

/** What was wrong with a request of these forms. */
export interface Intolerance {
  readonly message: string;
  readonly exchange: Exchange;
}

/**
 * Records a finding for each form that is not tolerated. @throws Inconclusive where the usual form does not do either
 * @param attempt sends a fresh request with these forms; undefined: it was granted, and what it asks for was done
 */
export async function tolerates<T extends Tolerance>(
  t: CheckContext,
  forms: readonly T[],
  attempt: (forms: readonly T[]) => Promise<Intolerance | undefined>,
): Promise<void> {
  const together = await attempt(forms);
  if (together === undefined) return;
  const usual = await attempt([]);
  if (usual !== undefined)
    throw new Inconclusive(
      `The usual form of the request does not do either, which other checks report: ${usual.message}.`,
    );
  const before = t.expect.findings.length;
  for (const form of forms) {
    const wrong = await attempt([form]);
    if (wrong !== undefined)
      t.expect.finding(
        form.requirement,
        `${wrong.message} (a request ${form.what}).`,
        wrong.exchange,
        'The request is granted.',
      );
  }
  if (t.expect.findings.length > before) return;
  const all = forms.map(({ what }) => what).join(', ');
  t.expect.finding(
    undefined,
    `${together.message} (a request ${all}; each of these alone was granted).`,
    together.exchange,
    'The request is granted.',
  );
}
