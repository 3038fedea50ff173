/** Mistakes that show only beside another parameter: a `scope` at a refresh, a `client_id` beside Basic (RFC 6749 4.1.3, 6). */

import { changed, type Policy } from '../policy/index.ts';
import type { RefreshFacts } from '../policy/refresh.ts';
import type { Fault } from './types.ts';

/** A decision of the refresh grant that is not asked where the request names a scope. */
const withScope = (
  id: string,
  title: string,
  breaks: readonly string[],
  decision: 'belongsTo' | 'mayBeUsed' | 'sessionIsAlive' | 'isFresh',
): Fault => ({
  id: `refresh/${id}-with-scope`,
  title,
  breaks,
  change: (policy) => {
    const own = policy.refresh[decision] as (facts: RefreshFacts, lifetime: number) => boolean;
    const decide = (facts: RefreshFacts, lifetime: number): boolean =>
      facts.askedScope !== undefined || own(facts, lifetime);
    return changed(policy, { refresh: { [decision]: decide } });
  },
});

/** What a request with its own client_id beside Basic has of others. */
const withOwnId = (
  id: string,
  title: string,
  breaks: string,
  more: (policy: Policy, isDoubled: () => boolean) => Parameters<typeof changed>[1],
): Fault => ({
  id,
  title,
  breaks: [breaks],
  change: (policy) => {
    // Asked in the same turn as what it decides.
    let isDoubled = false;
    return changed(policy, {
      ...more(policy, () => isDoubled),
      clientAuth: {
        names(presented, operation) {
          isDoubled = presented.basic !== undefined && presented.bodyId !== undefined;
          return policy.clientAuth.names(presented, operation);
        },
      },
    });
  },
});

const faults: readonly Fault[] = [
  withScope('reusable', 'A used refresh token goes on working with a scope', ['refresh/single-use'], 'mayBeUsed'),
  withScope(
    'foreign',
    'With a scope a refresh token is accepted from any client',
    ['refresh/client-binding'],
    'belongsTo',
  ),
  withScope(
    'revoked',
    'With a scope the refresh token of a revoked session is accepted',
    ['revoke/refresh-token', 'session/history'],
    'sessionIsAlive',
  ),
  withScope(
    'never-expires',
    'With a scope an expired refresh token is accepted',
    ['refresh/expired-refused'],
    'isFresh',
  ),
  withOwnId(
    'token-code/foreign-with-own-id',
    'A client that sends its client_id beside Basic redeems the codes of others',
    'token/code-client-binding',
    (policy, isDoubled) => ({ code: { belongsTo: (facts) => isDoubled() || policy.code.belongsTo(facts) } }),
  ),
  withOwnId(
    'refresh/foreign-with-own-id',
    'A client that sends its client_id beside Basic uses the refresh tokens of others',
    'refresh/client-binding',
    (policy, isDoubled) => ({ refresh: { belongsTo: (facts) => isDoubled() || policy.refresh.belongsTo(facts) } }),
  ),
];

export default faults;
