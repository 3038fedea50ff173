/** What the checks of hand-offs share: it defines none. */

import type { Need } from '../../harness/check.ts';
import { type CaseId, type ClientCase, clientCase } from '../../harness/client-cases.ts';
import type { CheckContext } from '../../harness/context.ts';

export const needs: readonly Need[] = ['operation handoffInit', 'whitelabel client', 'session source'];

/** The case where its client may hand users off. @throws Skip */
export function own(t: CheckContext, id: CaseId): ClientCase {
  const found = clientCase(t.config, id);
  if (found?.client.role !== 'whitelabel-customer') t.skip(`The ${id} client has not the role whitelabel-customer.`);
  return t.case(id);
}

export default [];
