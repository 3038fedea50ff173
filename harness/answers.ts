/** Requests that are bad in any way must still be answered: tells a dropped connection or a hang from a target that is away. */

import { setTimeout as delay } from 'node:timers/promises';
import type { CheckContext } from './context.ts';
import type { Exchange } from './exchange.ts';
import { answered, noServerError } from './expect.ts';
import { Unanswered } from './outcomes.ts';
import { isServerError } from './server-error.ts';

const answers = 'http/answers';
/** How often, and after how many milliseconds each, a target that went away is looked for: a supervisor may start it again. */
const looks = 6;
const pause = 250;

export interface Answering {
  /** What is odd about the request, for the message: "a body nested 10000 levels deep". */
  readonly what: string;
  /** A body or header so large that the server may close the connection on it (RFC 9110 15.5.14). */
  readonly mayClose?: boolean;
}

/** Some other request, which costs the target little: it counts whatever it is answered. */
function other(t: CheckContext): Promise<Exchange> {
  const { operations, target } = t.config;
  if (operations.scopes !== false) return t.client.scopes();
  return t.client.fetch(target, { kind: 'other' });
}

async function unanswered(send: () => Promise<Exchange>): Promise<Unanswered | undefined> {
  try {
    await send();
    return undefined;
  } catch (error) {
    if (error instanceof Unanswered) return error;
    throw error;
  }
}

/** Whether another request is answered, soon or after a restart. */
async function isThere(t: CheckContext): Promise<boolean> {
  for (let look = 0; look < looks; look += 1) {
    if ((await unanswered(() => other(t))) === undefined) return true;
    await delay(pause);
  }
  return false;
}

/**
 * Sends a request that the target should answer, whatever it thinks of it. No answer is a finding of `http/answers` when it happens twice to a
 * target that answers others, or when the target is gone afterwards; a 5xx is one of `http/no-server-error`.
 * @returns undefined when there was no answer
 * @throws Unanswered when the answer came but was too large, or TLS failed
 */
export async function expectAnswer(
  t: CheckContext,
  send: () => Promise<Exchange>,
  { what, mayClose = false }: Answering,
): Promise<Exchange | undefined> {
  let problem: Unanswered;
  for (let attempt = 1; ; attempt += 1) {
    try {
      const exchange = await send();
      if (isServerError(exchange))
        t.expect.finding(
          noServerError,
          `${answered(exchange)} to ${what}.`,
          exchange,
          'No request makes the server fail: bad input is answered with 4xx.',
        );
      return exchange;
    } catch (error) {
      if (!(error instanceof Unanswered) || error.kind === 'oversize' || error.kind === 'tls') throw error;
      // No connection at all says nothing about this request, unless an earlier try of it was cut off.
      if (error.kind === 'connect' && attempt === 1) throw error;
      problem = error;
    }
    if (mayClose && (problem.kind === 'reset' || problem.kind === 'protocol')) return undefined;
    const there = await isThere(t);
    // A connection that was kept open may have been closed at the moment of sending: once is no evidence.
    if (there && attempt === 1) continue;
    t.expect.finding(
      answers,
      there
        ? `${what} was not answered, twice, while other requests are: ${problem.message}`
        : `${what} was not answered, and the target is gone since: ${problem.message}`,
      undefined,
      'Bad input is answered with 4xx.',
    );
    return undefined;
  }
}
