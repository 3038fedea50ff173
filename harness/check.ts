/** What a check is: data with one function. Suites default-export arrays of them. */

import type { CaseId } from './client-cases.ts';
import type { OperationKey } from './config.ts';
import type { CheckContext } from './context.ts';
import type { Exchange } from './exchange.ts';

/** What the target must offer for a check to apply. Unmet ones skip it, or leave it inconclusive, with the reason (see `needs.ts`). */
export type Need =
  | `operation ${OperationKey}`
  | `client ${CaseId}`
  /** Some client of the role whitelabel-customer. */
  | 'whitelabel client'
  /** Some client of the role third-party. */
  | 'third-party role'
  /** Two clients of different id. */
  | 'two clients'
  /** Authorization codes can be had. */
  | 'code source'
  /** Fresh codes can be had without end (`http`, `command`, `browser`: not `static`). */
  | 'unlimited codes'
  /** A way to get a session: a code source, or a whitelabel client and /authenticate. */
  | 'session source'
  /** The target's clock can be moved. */
  | 'clock'
  | 'jwks'
  | 'jwt access tokens'
  /** A way to see whether an access token is alive: /handoff/init, or the configured probe. */
  | 'access token probe'
  | 'server nonces'
  | 'client nonces'
  | 'https';

/** An accepted request of this run, from which refused ones differ in exactly one respect. Runs at most once a run. */
export interface Control {
  /** Stable id such as `control/code-exchange/client_secret_basic`. */
  readonly id: string;
  readonly title: string;
  readonly needs: readonly Need[];
  /** Sends the request and throws (`t.expect.accepted`) unless it is accepted. */
  run(t: CheckContext): Promise<Exchange>;
}

export interface Check {
  /** Stable readable path, its parameter last: `token/code-single-use/client_secret_basic`. */
  readonly id: string;
  /** One sentence that says what the target does when it is right, with the level's keyword or none. */
  readonly title: string;
  /** Requirement ids; a failure that names none breaks the first. */
  readonly verifies: readonly [string, ...string[]];
  readonly needs?: readonly Need[];
  /** The accepted requests that the check's refused ones differ from. Required by `t.expect.refused`. */
  readonly control?: Control | readonly Control[];
  /** `smoke`: a happy path. What `gate` contains follows from the costs (`specs/economy.json`); everything is in `full`. */
  readonly profile?: 'smoke' | undefined;
  /** `clock`: moves the target's clock, so runs after all others, and beside such as move it too. */
  readonly consumes?: 'clock';
  /** A property over generated inputs: every shard makes its part of the runs. */
  readonly generated?: boolean;
  /** Lets time pass, or is one long chain of requests: begun first, so that others fill the time. */
  readonly long?: boolean;
  /** Sends many requests at once or very large ones: kept out of `gate`. */
  readonly disruptive?: boolean;
  /** Takes requests for what others judge with fewer: kept out where requests are few (`smoke`, `gate`, `full` under limits), unless it is named. */
  readonly ample?: boolean;
  /** @throws Failure, Inconclusive, Skip; anything else is the suite's own error. */
  run(t: CheckContext): Promise<void>;
}

/** Types the literals of a suite file. */
export function defineChecks(checks: readonly Check[]): readonly Check[] {
  return checks;
}
