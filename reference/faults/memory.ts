/** Mistakes in what a server remembers of codes, tokens and sessions, and of which one: lists that forget, records that lose their end, the newest in place of the right one. */

import { AsyncLocalStorage } from 'node:async_hooks';
import type { CodeRecord, RefreshRecord, Session } from '../model.ts';
import { changed } from '../policy/index.ts';
import type { Fault } from './types.ts';

/** Seconds of the life of an access token. */
const accessLifetime = 900;

const forgetful: Fault[] = [
  {
    id: 'memory/used-codes-evicted',
    title: 'Only the last three used codes are remembered',
    breaks: ['token/code-single-use'],
    change: (policy) => {
      const used: CodeRecord[] = [];
      return changed(policy, {
        code: {
          mayBeUsed: (facts) => policy.code.mayBeUsed(facts) || !used.slice(-3).includes(facts.record),
          consumes(facts) {
            used.push(facts.record);
            return policy.code.consumes(facts);
          },
        },
      });
    },
  },
  {
    id: 'memory/used-refresh-tokens-forgotten',
    title: 'A used refresh token works again after a quarter of an hour',
    breaks: ['refresh/single-use'],
    change: (policy) =>
      changed(policy, {
        refresh: {
          mayBeUsed: (facts) =>
            policy.refresh.mayBeUsed(facts) || facts.now - (facts.record.usedAt ?? facts.now) > accessLifetime,
        },
      }),
  },
  {
    id: 'memory/used-refresh-tokens-of-five-generations',
    title: 'Of the used refresh tokens of a session the last five are remembered, and older ones work again',
    breaks: ['refresh/single-use'],
    change: (policy) => {
      const newest = new Map<string, number>();
      return changed(policy, {
        refresh: {
          mayBeUsed: (facts) =>
            policy.refresh.mayBeUsed(facts) || (newest.get(facts.record.sessionId) ?? 0) - facts.record.generation > 5,
          consumes(facts) {
            const { sessionId, generation } = facts.record;
            newest.set(sessionId, Math.max(newest.get(sessionId) ?? 0, generation));
            return policy.refresh.consumes(facts);
          },
        },
      });
    },
  },
  {
    id: 'memory/used-refresh-tokens-evicted',
    title: 'Only the last fifty used refresh tokens of all sessions are remembered',
    breaks: ['refresh/single-use'],
    change: (policy) => {
      const used: RefreshRecord[] = [];
      return changed(policy, {
        refresh: {
          mayBeUsed: (facts) => policy.refresh.mayBeUsed(facts) || !used.slice(-50).includes(facts.record),
          consumes(facts) {
            used.push(facts.record);
            return policy.refresh.consumes(facts);
          },
        },
      });
    },
  },
  {
    id: 'memory/refused-scope-remembered-as-asked',
    title: 'A refresh for more scope is refused, and the same one again is granted',
    breaks: ['refresh/scope-not-widened'],
    change: (policy) => {
      const asked = new Map<RefreshRecord, string>();
      return changed(policy, {
        refresh: {
          grants(granted, wanted, facts) {
            const scope = policy.refresh.grants(granted, wanted, facts);
            if (scope !== undefined || wanted === undefined || facts === undefined) return scope;
            if (asked.get(facts.record) === wanted) return wanted;
            asked.set(facts.record, wanted);
            return undefined;
          },
        },
      });
    },
  },
  {
    id: 'memory/code-end-lost',
    title: 'A code whose exchange was refused once never expires',
    breaks: ['token/code-expires', 'token/code-lifetime-ten-minutes'],
    change: (policy) => {
      const refused = new Set<CodeRecord>();
      return changed(policy, {
        code: {
          isFresh: (facts, lifetime) => policy.code.isFresh(facts, lifetime) || refused.has(facts.record),
          verifiesPkce(facts, verifier) {
            const right = policy.code.verifiesPkce(facts, verifier);
            if (!right) refused.add(facts.record);
            return right;
          },
        },
      });
    },
  },
  {
    id: 'memory/refresh-end-lost',
    title: 'A refresh token whose refresh was refused for its scope never expires',
    breaks: ['refresh/expired-refused'],
    change: (policy) => {
      const refused = new Set<RefreshRecord>();
      return changed(policy, {
        refresh: {
          isFresh: (facts, lifetime) => policy.refresh.isFresh(facts, lifetime) || refused.has(facts.record),
          grants(granted, asked, facts) {
            const scope = policy.refresh.grants(granted, asked, facts);
            if (scope === undefined && facts !== undefined) refused.add(facts.record);
            return scope;
          },
        },
      });
    },
  },
  {
    id: 'memory/challenge-forgotten',
    title: 'The challenge of a code is forgotten after half a minute, and the code lives on without it',
    breaks: ['token/pkce-verifier-matches'],
    change: (policy) =>
      changed(policy, {
        code: {
          verifiesPkce: (facts, verifier) =>
            facts.now - facts.record.issuedAt > 30 || policy.code.verifiesPkce(facts, verifier),
        },
      }),
  },
  {
    id: 'memory/refresh-client-forgotten',
    title: 'The client of a refresh token is kept for as long as the access token lives: then any client may use it',
    breaks: ['refresh/client-binding'],
    change: (policy) =>
      changed(policy, {
        refresh: {
          belongsTo: (facts) => facts.now - facts.record.issuedAt > accessLifetime || policy.refresh.belongsTo(facts),
        },
      }),
  },
  {
    id: 'memory/replay-counted-from-third-use',
    title: 'Only the third use of a code ends the session of the first',
    breaks: ['token/code-replay-revokes'],
    change: (policy) => {
      const replayed = new Set<CodeRecord>();
      return changed(policy, {
        code: {
          replayEndsSession(facts) {
            const again = replayed.has(facts.record);
            replayed.add(facts.record);
            return again && policy.code.replayEndsSession(facts);
          },
        },
      });
    },
  },
  {
    id: 'memory/revocation-after-access-expiry',
    title: 'Once its access token has expired a session is no longer revoked by its refresh token',
    breaks: ['revoke/refresh-token'],
    change: (policy) =>
      changed(policy, {
        revocation: {
          ends(facts) {
            const { refresh } = facts.found;
            if (refresh !== undefined && facts.now > refresh.issuedAt + accessLifetime) return;
            return policy.revocation.ends(facts);
          },
        },
      }),
  },
];

const mistaken: Fault[] = [
  {
    id: 'memory/code-rebound-by-foreign-try',
    title: 'The try of another client is refused and makes the code its own: the second is granted',
    breaks: ['token/code-client-binding'],
    change: (policy) => {
      const tried = new Map<CodeRecord, string>();
      return changed(policy, {
        code: {
          belongsTo(facts) {
            const isRight = policy.code.belongsTo(facts) || tried.get(facts.record) === facts.client.id;
            if (!isRight) tried.set(facts.record, facts.client.id);
            return isRight;
          },
        },
      });
    },
  },
  {
    id: 'memory/code-used-by-method',
    title: 'That a code was used is kept by the method of client authentication: with the other it can be used again',
    breaks: ['token/code-single-use'],
    change: (policy) => {
      const used = new Map<CodeRecord, string>();
      return changed(policy, {
        code: {
          mayBeUsed: (facts) =>
            policy.code.mayBeUsed(facts) || (used.get(facts.record) ?? facts.method) !== facts.method,
          consumes(facts) {
            used.set(facts.record, facts.method);
            return policy.code.consumes(facts);
          },
        },
      });
    },
  },
  {
    id: 'memory/refresh-token-used-by-method',
    title: 'That a refresh token was used is kept by the method of client authentication',
    breaks: ['refresh/single-use'],
    change: (policy) => {
      const used = new Map<RefreshRecord, string>();
      return changed(policy, {
        refresh: {
          mayBeUsed: (facts) =>
            policy.refresh.mayBeUsed(facts) || (used.get(facts.record) ?? facts.method) !== facts.method,
          replayEndsSession: () => false,
          consumes(facts) {
            used.set(facts.record, facts.method);
            return policy.refresh.consumes(facts);
          },
        },
      });
    },
  },
  {
    id: 'memory/refresh-token-used-by-each-method',
    title:
      'That a refresh token was used is kept for each method of client authentication, and a replay ends the session',
    breaks: ['refresh/single-use'],
    change: (policy) => {
      const used = new Map<RefreshRecord, Set<string>>();
      return changed(policy, {
        refresh: {
          mayBeUsed: (facts) => policy.refresh.mayBeUsed(facts) || used.get(facts.record)?.has(facts.method) === false,
          consumes(facts) {
            used.set(facts.record, (used.get(facts.record) ?? new Set()).add(facts.method));
            return policy.refresh.consumes(facts);
          },
        },
      });
    },
  },
  {
    id: 'memory/scope-of-newest-code',
    title: 'The scope is kept by client: an exchange gives that of the newest code',
    breaks: ['token/code-scope-not-widened'],
    change: (policy) => {
      const newest = new Map<string, CodeRecord>();
      return changed(policy, {
        code: {
          finds(codes, presented) {
            for (const record of codes.values()) newest.set(record.clientId, record);
            return policy.code.finds(codes, presented);
          },
          grants: (facts, asked) =>
            policy.code.grants({ ...facts, record: newest.get(facts.client.id) ?? facts.record }, asked),
        },
      });
    },
  },
  {
    id: 'memory/replay-ends-newest',
    title: 'Using a code again ends the newest session of the client, not that of the code',
    breaks: ['token/code-session', 'token/code-replay-revokes'],
    collateral: true,
    change: (policy) => {
      const newest = new Map<string, Session>();
      return changed(policy, {
        tokens: {
          pair(facts) {
            newest.set(facts.client.id, facts.session);
            return policy.tokens.pair(facts);
          },
        },
        session: {
          ends: (session, cause, now) =>
            policy.session.ends(
              cause === 'code replay' ? (newest.get(session.clientId) ?? session) : session,
              cause,
              now,
            ),
        },
      });
    },
  },
  {
    id: 'memory/only-newest-of-wallet-revoked',
    title: 'Of the sessions of a wallet only the newest can be revoked',
    breaks: ['revoke/refresh-token', 'revoke/access-token', 'revoke/refresh-ends-access', 'revoke/access-ends-refresh'],
    change: (policy) =>
      changed(policy, {
        revocation: {
          ends(facts) {
            const { session } = facts.found;
            const siblings = [...facts.store.sessions.values()].filter(
              ({ wallet, ended }) => wallet !== undefined && wallet === session.wallet && !ended.refresh,
            );
            if (siblings.length > 1 && siblings.at(-1) !== session) return;
            return policy.revocation.ends(facts);
          },
        },
      }),
  },
  {
    id: 'memory/refresh-token-counted-up',
    title: 'A new refresh token is the old one with its number counted up',
    breaks: ['strength/refresh-token-entropy'],
    change: (policy) => {
      const before = new AsyncLocalStorage<string>();
      return changed(policy, {
        refresh: {
          consumes(facts) {
            before.enterWith(facts.record.token);
            return policy.refresh.consumes(facts);
          },
          mints() {
            const [stem, count] = (before.getStore() ?? policy.refresh.mints()).split('.');
            return `${stem}.${Number(count ?? '0') + 1}`;
          },
        },
      });
    },
  },
];

const told: Fault[] = [
  {
    id: 'memory/first-scope-told',
    title: 'A refresh for less narrows the access token, and the response tells of everything',
    breaks: ['token/response-scope-when-different'],
    change: (policy) =>
      changed(policy, {
        tokens: {
          pair: (facts) =>
            policy.tokens.pair(facts.grant === 'refresh_token' ? { ...facts, scope: facts.session.scope } : facts),
        },
      }),
  },
  {
    id: 'memory/not-before-ahead',
    title: 'nbf is five minutes ahead of the time of issue',
    breaks: ['access-token/jwt-not-before'],
    change: (policy) =>
      changed(policy, {
        tokens: { claims: (claims, facts) => ({ ...policy.tokens.claims(claims, facts), nbf: claims.iat + 300 }) },
      }),
  },
  {
    id: 'memory/dates-in-local-time',
    title: 'exp and iat are local time, five hours behind',
    breaks: ['access-token/jwt-expiry-agrees'],
    change: (policy) =>
      changed(policy, {
        tokens: {
          claims: (claims, facts) => ({
            ...policy.tokens.claims(claims, facts),
            exp: claims.exp - 18_000,
            iat: claims.iat - 18_000,
          }),
        },
        accessToken: { isFresh: (claims, now) => policy.accessToken.isFresh(claims, now - 18_000) },
      }),
  },
];

export default [...forgetful, ...mistaken, ...told];
