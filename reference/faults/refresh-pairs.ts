/** Mistakes in what a refresh gives: pairs that do not work (RFC 6749 6, 1.5). */

import { changed } from '../policy/index.ts';
import type { Fault } from './types.ts';

const faults: readonly Fault[] = [
  {
    id: 'refresh/pair-refresh-token-dead',
    title: 'The refresh token of a refresh is refused',
    breaks: ['refresh/new-token-works', 'refresh/granted', 'session/history'],
    change: (policy) =>
      changed(policy, {
        refresh: { belongsTo: (facts) => facts.record.generation < 1 && policy.refresh.belongsTo(facts) },
      }),
  },
  {
    id: 'refresh/pair-access-token-expired',
    title: 'The access token of a refresh keeps the time at which it was issued as its end',
    breaks: ['refresh/access-token-works', 'access-token/accepted', 'session/history'],
    change: (policy) =>
      changed(policy, {
        tokens: {
          claims: (claims, facts) => {
            const own = policy.tokens.claims(claims, facts);
            return facts.grant === 'refresh_token' ? { ...own, exp: Number(own.iat) - 60 } : own;
          },
        },
      }),
  },
  {
    id: 'refresh/pair-access-token-again',
    title: 'A refresh gives the access token that its session was given first',
    breaks: ['refresh/access-token-works'],
    change: (policy) => {
      const first = new Map<string, string>();
      return changed(policy, {
        tokens: {
          pair(facts) {
            const { session, accessToken } = facts;
            const own = first.get(session.id) ?? accessToken;
            first.set(session.id, own);
            return policy.tokens.pair({ ...facts, accessToken: own });
          },
        },
      });
    },
  },
];

export default faults;
