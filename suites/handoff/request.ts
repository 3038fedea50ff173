/** What the checks of hand-offs share: it defines none. */

import type { Need } from '../../harness/check.ts';
import { type CaseId, type ClientCase, clientCase } from '../../harness/client-cases.ts';
import type { CheckContext } from '../../harness/context.ts';
import { handoff } from '../../harness/controls.ts';
import type { Exchange } from '../../harness/exchange.ts';
import type { Refusal } from '../../harness/expect.ts';

export const needs: readonly Need[] = ['operation handoffInit', 'whitelabel client', 'session source'];

/** A redirectUri of an app's own scheme: the one of the contract ("Public facts on the real service"). */
export const ownScheme = 'yourapp://connections';

/** An https URL that no client has registered. */
export const unregistered = 'https://another-app.example.net/connections';

/** The case where its client may hand users off. @throws Skip */
export function own(t: CheckContext, id: CaseId): ClientCase {
  const found = clientCase(t.config, id);
  if (found?.client.role !== 'whitelabel-customer') t.skip(`The ${id} client has not the role whitelabel-customer.`);
  return t.case(id);
}

/**
 * As `refused`, and nothing of a hand-off is given away: the body holds no code, of the length that granted ones have or as random as they are.
 * Another value under the same name is an error code.
 */
export async function refusedWithoutCode(t: CheckContext, exchange: Exchange, refusal: Refusal): Promise<void> {
  t.expect.refused(exchange, refusal);
  const { codeField } = t.config.handoff;
  const granted = (await t.control(handoff)).object?.[codeField];
  const given = exchange.object?.[codeField];
  const isCode =
    typeof granted === 'string' &&
    typeof given === 'string' &&
    granted.length >= 16 &&
    given !== given.toUpperCase() &&
    (given.length === granted.length || (given.length >= 16 && /\d/.test(given) && /[A-Z]/.test(given)));
  if (isCode)
    t.expect.fail(`The answer that refuses a hand-off holds a code (${exchange.summary}).`, {
      ...(refusal.requirement === undefined ? {} : { requirement: refusal.requirement }),
      expected: 'No code in a refusal.',
      exchange,
    });
}

export default [];
