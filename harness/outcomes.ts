/** What ends a check early. Anything else that a check throws is the suite's own error (exit status 70), never the target's. */

import type { Exchange } from './exchange.ts';

/** The target broke a requirement. */
export class Failure extends Error {
  override readonly name = 'Failure';
  /** Requirements broken; empty: the first that the check verifies. */
  readonly requirements: readonly string[];
  readonly expected: string;
  readonly exchange: Exchange | undefined;

  constructor(
    message: string,
    detail: { requirements?: readonly string[]; expected?: string; exchange?: Exchange | undefined } = {},
  ) {
    super(message);
    this.requirements = detail.requirements ?? [];
    this.expected = detail.expected ?? '';
    this.exchange = detail.exchange;
  }
}

/** The question could not be decided: a control was not accepted, a precondition is missing, the target could not be reached. */
export class Inconclusive extends Error {
  override readonly name: string = 'Inconclusive';
}

/** The target asked for a long wait (429, 503): what the check had prepared may have grown old, so it begins anew. */
export class RateLimited extends Inconclusive {
  override readonly name = 'RateLimited';
}

/** The target did not answer at all: refused, reset, timed out, or sent more than the bounds allow. */
export class Unanswered extends Inconclusive {
  override readonly name = 'Unanswered';
  /** `connect` no connection, `timeout` no complete answer in time, `reset` connection lost, `oversize` answer beyond the bound, `protocol` not HTTP. */
  readonly kind: 'connect' | 'timeout' | 'reset' | 'oversize' | 'protocol' | 'tls';

  constructor(kind: Unanswered['kind'], message: string) {
    super(message);
    this.kind = kind;
  }
}

/** The requirement lawfully does not apply to this target. */
export class Skip extends Error {
  override readonly name = 'Skip';
}

/** A mistake of the suite: an ill-formed request that no check declared so, a refusal judged without a control. */
export class SuiteError extends Error {
  override readonly name = 'SuiteError';
}
