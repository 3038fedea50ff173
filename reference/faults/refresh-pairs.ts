/** Mistakes in what a refresh gives: pairs that do not work, or are of somebody else (RFC 6749 6, 1.5). */

import type { Session } from '../model.ts';
import { changed, type Policy } from '../policy/index.ts';
import type { Fault } from './types.ts';

/** Claims of refreshed tokens are those of the session that the client began last at /authenticate. */
const ofLastSignIn = (policy: Policy, claim: (session: Session) => Record<string, unknown>): Policy => {
  const last = new Map<string, Session>();
  return changed(policy, {
    tokens: {
      claims(claims, facts) {
        const own = policy.tokens.claims(claims, facts);
        if (facts.operation === 'authenticate') last.set(facts.client.id, facts.session);
        const other = facts.grant === 'refresh_token' ? last.get(facts.client.id) : undefined;
        return other === undefined ? own : { ...own, ...claim(other) };
      },
    },
  });
};

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
  {
    id: 'refresh/pair-subject-of-last-sign-in',
    title: 'The subject of a refreshed access token is the user who signed in with the client last',
    breaks: ['refresh/same-subject'],
    change: (policy) => ofLastSignIn(policy, ({ account }) => ({ sub: account })),
  },
  {
    id: 'refresh/pair-session-of-last-sign-in',
    title: 'The session in a refreshed access token is the one that the client began last',
    breaks: ['refresh/same-session'],
    collateral: true,
    change: (policy) => ofLastSignIn(policy, ({ id }) => ({ sid: id })),
  },
  {
    id: 'refresh/pair-access-token-without-exp',
    title: 'The access token of a refresh has no exp, and ends all the same',
    breaks: ['access-token/jwt-expiry-agrees'],
    change: (policy) =>
      changed(policy, {
        tokens: {
          claims(claims, facts) {
            const { exp, ...others } = policy.tokens.claims(claims, facts);
            return facts.grant === 'refresh_token' ? others : { exp, ...others };
          },
        },
        accessToken: {
          isFresh: (claims, now) => policy.accessToken.isFresh({ ...claims, exp: claims.exp ?? claims.iat + 900 }, now),
        },
      }),
  },
];

export default faults;
