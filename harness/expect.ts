/** What checks assert. Every function names the requirement that its failure breaks; absent: the first that the check verifies. */

import type { Exchange } from './exchange.ts';
import { Failure, Inconclusive, SuiteError } from './outcomes.ts';
import { isServerError } from './server-error.ts';

/** Requirements that the harness itself reports. */
export const noServerError = 'http/no-server-error';

/** The requirement that names the status of a success, by operation. */
const successStatus: Readonly<Record<string, string>> = {
  handoffInit: 'handoff/status-200',
  revoke: 'revoke/success-status',
  scopes: 'scopes/status-200',
  token: 'token/response-json',
};

export interface Refusal {
  /** Lawful statuses; default any 4xx but 429. */
  readonly status?: readonly number[];
  /** Lawful `error` codes; absent: not looked at. */
  readonly error?: readonly string[];
  /** Broken when the request is granted; default the first that the check verifies. */
  readonly requirement?: string;
  /** Broken when the status is another 4xx; default that of `error`, else `requirement`. */
  readonly statusRequirement?: string;
  /** Broken when the code is another one; default `requirement`. */
  readonly errorRequirement?: string;
  /** What was wrong with the request, for the message: "a code_verifier of another code". */
  readonly because?: string;
}

/** "POST /api/v1/auth/token answered 400 invalid_grant". */
export function answered(exchange: Exchange): string {
  return `${exchange.request.method} ${new URL(exchange.request.url).pathname} answered ${exchange.summary}`;
}

const either = (values: readonly (string | number)[]): string => values.join(' or ');

export class Expect {
  /** Findings so far: a check may go on after one that does not decide it. */
  readonly findings: Failure[] = [];
  #accepted = false;
  readonly #hasControl: boolean;

  constructor(hasControl: boolean) {
    this.#hasControl = hasControl;
  }

  /** Records a broken requirement and goes on. */
  finding(requirement: string | undefined, message: string, exchange?: Exchange, expected = ''): void {
    this.findings.push(
      new Failure(message, { requirements: requirement === undefined ? [] : [requirement], expected, exchange }),
    );
  }

  /** Records a broken requirement and ends the check. */
  fail(
    message: string,
    detail: {
      readonly requirement?: string | undefined;
      readonly expected?: string;
      readonly exchange?: Exchange | undefined;
    } = {},
  ): never {
    throw new Failure(message, {
      requirements: detail.requirement === undefined ? [] : [detail.requirement],
      expected: detail.expected ?? '',
      exchange: detail.exchange,
    });
  }

  /** Fails unless the condition holds; `message` says what came instead of `expected`. */
  that(
    condition: boolean,
    message: string,
    detail: { readonly requirement?: string; readonly expected?: string; readonly exchange?: Exchange } = {},
  ): void {
    if (!condition) this.fail(message, detail);
  }

  /** As `that`, but the check goes on. @returns the condition */
  soft(
    condition: boolean,
    message: string,
    detail: { readonly requirement?: string; readonly expected?: string; readonly exchange?: Exchange } = {},
  ): boolean {
    if (!condition) this.finding(detail.requirement, message, detail.exchange, detail.expected);
    return condition;
  }

  /** The request is granted with exactly this status (default 200). */
  accepted(
    exchange: Exchange,
    detail: { readonly requirement?: string; readonly status?: readonly number[]; readonly because?: string } = {},
  ): Exchange {
    const lawful = detail.status ?? [200];
    const what = detail.because === undefined ? '' : ` to ${detail.because}`;
    this.#serverError(exchange);
    const form = detail.status === undefined && exchange.ok ? successStatus[exchange.request.operation] : undefined;
    // Granted, with another status of success: the deed is done, and its form is what is wrong.
    if (form !== undefined && exchange.status !== 200)
      this.finding(form, `${answered(exchange)}${what}.`, exchange, 'The request is granted with status 200.');
    else if (!lawful.includes(exchange.status))
      this.fail(`${answered(exchange)}${what}.`, {
        requirement: detail.requirement,
        expected: `The request is granted with status ${either(lawful)}.`,
        exchange,
      });
    this.#accepted = true;
    return exchange;
  }

  /** As `accepted`, where a refusal says nothing about what the check is about: it is inconclusive. */
  given(exchange: Exchange, what: string): Exchange {
    if (!exchange.ok) throw new Inconclusive(`Precondition: ${what} was not granted: ${answered(exchange)}.`);
    this.#accepted = true;
    return exchange;
  }

  /**
   * The request is refused with a 4xx. Granted (2xx) or redirected (3xx): ends the check with `requirement` broken. The form of the refusal is
   * judged apart and does not end it: another status breaks `statusRequirement`, another code `errorRequirement`.
   * @throws SuiteError when neither a control nor an accepted request of this check stands beside it
   */
  refused(exchange: Exchange, refusal: Refusal = {}): Exchange {
    if (!this.#hasControl && !this.#accepted)
      throw new SuiteError(
        'A refusal was judged without a control: name one, or let the check have an accepted request first.',
      );
    const what = refusal.because === undefined ? '' : ` to ${refusal.because}`;
    const wanted = [
      refusal.status === undefined ? '4xx' : either(refusal.status),
      refusal.error === undefined ? '' : ` with error ${either(refusal.error)}`,
    ].join('');
    const expected = `The request is refused: ${wanted}.`;
    const { access_token: accessToken } = exchange.object ?? {};
    if (exchange.status < 400) {
      // An error object with a status of success: nothing was granted, and the form of the refusal is what is wrong.
      const inWords = exchange.errorCode !== undefined && accessToken === undefined;
      const ofForm = refusal.statusRequirement ?? refusal.errorRequirement ?? refusal.requirement;
      const requirement = inWords ? ofForm : refusal.requirement;
      this.fail(`${answered(exchange)}${what}.`, { requirement, expected, exchange });
    }
    // A status of error over a token pair: whoever reads the body has what was refused.
    if (typeof accessToken === 'string' && accessToken !== '')
      this.fail(`${answered(exchange)}${what}, and its body holds an access token.`, {
        requirement: refusal.requirement,
        expected,
        exchange,
      });
    this.#serverError(exchange);
    if (exchange.status >= 500) return exchange;
    const statusRequirement = refusal.statusRequirement ?? refusal.errorRequirement ?? refusal.requirement;
    if (refusal.status !== undefined && !refusal.status.includes(exchange.status))
      this.finding(statusRequirement, `${answered(exchange)}${what}.`, exchange, expected);
    else if (refusal.error !== undefined && !refusal.error.some((code) => code === exchange.errorCode))
      this.finding(
        refusal.errorRequirement ?? refusal.requirement,
        `${answered(exchange)}${what}.`,
        exchange,
        expected,
      );
    return exchange;
  }

  #serverError(exchange: Exchange): void {
    if (isServerError(exchange))
      this.finding(
        noServerError,
        `${answered(exchange)}.`,
        exchange,
        'No request makes the server fail: bad input is answered with 4xx.',
      );
  }
}
