/** Every security decision of the reference, one named function each, grouped by topic. A fault replaces one of them. */

import { accessToken } from './access-token.ts';
import { clientAuth } from './client-auth.ts';
import { code } from './code.ts';
import { errors } from './errors.ts';
import { handoff } from './handoff.ts';
import { limits } from './limits.ts';
import { refresh } from './refresh.ts';
import { requests } from './requests.ts';
import { revocation } from './revocation.ts';
import { scopes } from './scopes.ts';
import { session } from './session.ts';
import { siwe } from './siwe.ts';
import { tokens } from './tokens.ts';

export const defaultPolicy = {
  accessToken,
  clientAuth,
  code,
  errors,
  handoff,
  limits,
  refresh,
  requests,
  revocation,
  scopes,
  session,
  siwe,
  tokens,
};

export type Policy = typeof defaultPolicy;

/** A policy with some decisions replaced: `change(policy, { code: { mayBeUsed: () => true } })`. */
export function changed(policy: Policy, changes: { readonly [K in keyof Policy]?: Partial<Policy[K]> }): Policy {
  const next: Record<string, unknown> = { ...policy };
  for (const [topic, decisions] of Object.entries(changes))
    next[topic] = { ...policy[topic as keyof Policy], ...decisions };
  return next as Policy;
}
