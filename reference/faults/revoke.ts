/** Mistakes in POST /revoke: too little dies, the wrong one may do it, or the answer is wrong (RFC 7009). */

import type { Session, Store } from '../model.ts';
import { changed, type Policy } from '../policy/index.ts';
import type { RevocationFacts } from '../policy/revocation.ts';
import { rewritten } from '../transform.ts';
import type { Fault } from './types.ts';

export const endAccess = (facts: RevocationFacts): void => {
  facts.found.session.ended.access = true;
};
const endRefresh = (facts: RevocationFacts): void => {
  facts.found.session.ended.refresh = true;
};
const revokePresented = ({ found }: RevocationFacts): void => {
  if (found.refresh !== undefined) found.refresh.revoked = true;
  if (found.access !== undefined) found.access.revoked = true;
};

/** What a token that outlives its session breaks as well, wherever a revocation is made. */
const outlives = [
  'access-token/revoked-refused',
  'refresh/same-session',
  'revoke/every-generation',
  'revoke/hint-unknown',
  'revoke/lasting',
  'revoke/older-token',
  'session/continued-tokens',
  'session/history',
] as const;

/** A fault of what a revocation ends; `ends` is what it does instead, or undefined for the right thing. */
export const ending = (
  id: string,
  title: string,
  breaks: readonly string[],
  ends: (facts: RevocationFacts, right: Policy['revocation']['ends']) => void | Promise<void>,
): Fault => ({
  id: `revoke/${id}`,
  title,
  breaks,
  change: (policy) => changed(policy, { revocation: { ends: (facts) => ends(facts, policy.revocation.ends) } }),
});

export const revocation = (
  id: string,
  title: string,
  breaks: readonly string[],
  change: (right: Policy['revocation']) => Partial<Policy['revocation']>,
): Fault => ({
  id: `revoke/${id}`,
  title,
  breaks,
  change: (policy) => changed(policy, { revocation: change(policy.revocation) }),
});

export const endAll = (store: Store, which: (session: Session) => boolean): void => {
  for (const session of store.sessions.values())
    if (which(session)) {
      session.ended.access = true;
      session.ended.refresh = true;
    }
};

const both = ['revoke/refresh-ends-access', 'revoke/access-ends-refresh'] as const;
const all = ['revoke/refresh-token', 'revoke/access-token', ...both, 'revoke/every-generation'] as const;

/** What breaks where tokens outlive a revocation of whichever kind. */
const survival = [...all, ...outlives] as const;

const tooLittle: readonly Fault[] = [
  ending('nothing-ends', 'A revocation is answered and nothing is revoked', survival, () => {}),
  ending(
    'only-presented',
    'Only the token that is presented is revoked, its session goes on',
    [...both, ...outlives],
    revokePresented,
  ),
  ending(
    'access-survives-refresh',
    'Revoking a refresh token leaves the access token alive',
    [both[0]],
    (facts, right) => (facts.found.kind === 'refresh_token' ? endRefresh(facts) : right(facts)),
  ),
  ending(
    'refresh-survives-access',
    'Revoking an access token leaves the refresh token alive',
    [both[1]],
    (facts, right) => (facts.found.kind === 'access_token' ? endAccess(facts) : right(facts)),
  ),
  ending(
    'access-token-never-dies',
    'Access tokens live until they expire, revoked or not',
    [all[1], all[2], ...outlives],
    endRefresh,
  ),
  ending(
    'access-token-ignored',
    'Revoking an access token is answered with 200 and does nothing',
    [all[1], all[3], ...outlives],
    (facts, right) => (facts.found.kind === 'access_token' ? undefined : right(facts)),
  ),
  ending(
    'refresh-token-ignored',
    'Revoking a refresh token is answered with 200 and does nothing',
    [all[0], all[2], ...outlives],
    (facts, right) => (facts.found.kind === 'refresh_token' ? undefined : right(facts)),
  ),
  ending(
    'wrong-half',
    'Revoking a refresh token ends the access tokens and not itself',
    [all[0], ...outlives],
    (facts, right) => (facts.found.kind === 'refresh_token' ? endAccess(facts) : right(facts)),
  ),
  ending(
    'wrong-half-access',
    'Revoking an access token ends the refresh token and not itself',
    [all[1], ...outlives],
    (facts, right) => (facts.found.kind === 'access_token' ? endRefresh(facts) : right(facts)),
  ),
  ending('confidential-only', 'Only confidential clients revoke in earnest', survival, (facts, right) =>
    facts.client.secret === undefined ? undefined : right(facts),
  ),
  ending('public-only', 'Confidential clients are told 200 and nothing is revoked', survival, (facts, right) =>
    facts.client.secret === undefined ? right(facts) : undefined,
  ),
  ending('basic-only', 'A revocation takes effect only with Basic authentication', survival, (facts, right) =>
    facts.method === 'client_secret_post' ? undefined : right(facts),
  ),
  ending('third-party-not', 'Revocations of third-party clients are not carried out', survival, (facts, right) =>
    facts.client.role === 'third-party' ? undefined : right(facts),
  ),
  ending('code-sessions-only', 'Sessions that began at /authenticate are not ended', survival, (facts, right) =>
    facts.found.session.wallet === undefined ? right(facts) : undefined,
  ),
  ending(
    'wallet-sessions-keep-access',
    'Access tokens of sessions that began at /authenticate survive',
    [all[1], all[2], ...outlives],
    (facts, right) => (facts.found.session.wallet === undefined ? right(facts) : endRefresh(facts)),
  ),
  ending('without-hint-nothing', 'Without a hint nothing is revoked', survival, (facts, right) =>
    facts.hint === undefined ? undefined : right(facts),
  ),
  ending(
    'with-hint-only-presented',
    'With a hint only the presented token dies',
    ['revoke/hint-right'],
    (facts, right) => (facts.hint === undefined ? right(facts) : revokePresented(facts)),
  ),
  ending('newest-access-only', 'Only the newest access token of a session dies', [...outlives], (facts) => {
    endRefresh(facts);
    const mine = [...facts.store.accessTokens.values()].filter((one) => one.sessionId === facts.found.session.id);
    const newest = mine.at(-1);
    if (newest !== undefined) newest.revoked = true;
  }),
  ending('first-access-only', 'Only the first access token of a session dies', survival, (facts) => {
    endRefresh(facts);
    for (const one of facts.store.accessTokens.values())
      if (one.sessionId === facts.found.session.id) {
        one.revoked = true;
        return;
      }
  }),
  ending(
    'older-access-only-itself',
    'An access token from before a refresh revokes only itself',
    ['revoke/older-token'],
    (facts, right) => {
      const mine = [...facts.store.accessTokens.values()].filter((one) => one.sessionId === facts.found.session.id);
      if (facts.found.access === undefined || facts.found.access === mine.at(-1)) return right(facts);
      facts.found.access.revoked = true;
    },
  ),
  ending(
    'refreshed-sessions-survive',
    'A session that was refreshed cannot be revoked by its refresh token',
    ['revoke/refresh-token', 'revoke/every-generation'],
    (facts, right) => ((facts.found.refresh?.generation ?? 0) > 0 ? undefined : right(facts)),
  ),
  ending(
    'second-revocation-revives',
    'A second revocation toggles the session back to life',
    ['revoke/lasting'],
    (facts) => {
      const { ended } = facts.found.session;
      ended.access = !ended.access;
      ended.refresh = !ended.refresh;
    },
  ),
  ending(
    'two-seconds-late',
    'A revocation takes effect two seconds after its response',
    ['revoke/immediate', ...survival],
    (facts, right) => {
      setTimeout(() => void right(facts), 2000).unref();
    },
  ),
  ending(
    'access-late',
    'Access tokens die a quarter of a second after the response',
    ['revoke/immediate', all[1], all[2], ...outlives],
    (facts) => {
      endRefresh(facts);
      setTimeout(() => endAccess(facts), 250).unref();
    },
  ),
  ending(
    'revived-after-a-second',
    'The deny list forgets a revocation after half a second',
    survival,
    (facts, right) => {
      const { ended } = facts.found.session;
      setTimeout(() => {
        ended.access = false;
        ended.refresh = false;
      }, 500).unref();
      return right(facts);
    },
  ),
  {
    id: 'revoke/deny-list-of-minutes',
    title: 'The deny list keeps a revocation for five minutes, less than an access token lives',
    breaks: ['revoke/lasting'],
    change: (policy) =>
      changed(policy, {
        accessToken: {
          sessionIsAlive: (session, record, now) =>
            policy.accessToken.sessionIsAlive(session, record, now) ||
            (session?.endedAt !== undefined && now !== undefined && now - session.endedAt >= 300),
        },
      }),
  },
  {
    id: 'revoke/deny-list-of-an-hour',
    title: 'A revoked refresh token works again after the deny list has forgotten it, an hour later',
    breaks: ['revoke/lasting'],
    change: (policy) =>
      changed(policy, {
        refresh: {
          sessionIsAlive: (facts) =>
            policy.refresh.sessionIsAlive(facts) ||
            (facts.session?.endedAt !== undefined && facts.now - facts.session.endedAt >= 3600),
        },
      }),
  },
  {
    id: 'revoke/dead-once',
    title: 'A revoked refresh token is refused at its first use only',
    breaks: ['revoke/lasting'],
    change: (policy) => {
      const refused = new Set<string>();
      return changed(policy, {
        refresh: {
          sessionIsAlive: (facts) => {
            if (policy.refresh.sessionIsAlive(facts) || refused.has(facts.record.token)) return true;
            refused.add(facts.record.token);
            return false;
          },
        },
      });
    },
  },
];

const hints: readonly Fault[] = [
  revocation(
    'hint-trusted',
    'A token is looked for only among the kind that the hint names',
    ['revoke/hint-wrong'],
    (right) => ({
      finds: (store, token, hint, facts) => {
        if (hint === 'access_token') return right.findsAccess(store, token);
        return hint === 'refresh_token' ? right.findsRefresh(store, token) : right.finds(store, token, hint, facts);
      },
    }),
  ),
  revocation(
    'hint-access-trusted',
    'A refresh token with the hint access_token is not found',
    ['revoke/hint-wrong'],
    (right) => ({
      finds: (store, token, hint, facts) =>
        hint === 'access_token' ? right.findsAccess(store, token) : right.finds(store, token, hint, facts),
    }),
  ),
  revocation(
    'hint-refresh-trusted',
    'An access token with the hint refresh_token is not found',
    ['revoke/hint-wrong'],
    (right) => ({
      finds: (store, token, hint, facts) =>
        hint === 'refresh_token' ? right.findsRefresh(store, token) : right.finds(store, token, hint, facts),
    }),
  ),
  revocation(
    'hint-required-for-access',
    'Without a hint only refresh tokens are looked for',
    ['revoke/access-token', 'revoke/access-ends-refresh'],
    (right) => ({
      finds: (store, token, hint, facts) =>
        hint === undefined ? right.findsRefresh(store, token) : right.finds(store, token, hint, facts),
    }),
  ),
  revocation(
    'hint-unknown-refused',
    'A hint of another value is refused with 400',
    ['revoke/hint-unknown-ignored'],
    () => ({
      refusesHint: (hint) => hint !== 'access_token' && hint !== 'refresh_token',
    }),
  ),
  revocation(
    'hint-unknown-not-found',
    'With a hint of another value no token is found',
    ['revoke/hint-unknown'],
    (right) => ({
      finds: (store, token, hint, facts) =>
        hint === undefined || hint === 'access_token' || hint === 'refresh_token'
          ? right.finds(store, token, hint, facts)
          : undefined,
    }),
  ),
  revocation(
    'hint-unknown-refused-public',
    'A hint of another value is refused for public clients',
    ['revoke/hint-unknown-ignored'],
    () => ({
      refusesHint: (hint, facts) => facts?.client.secret === undefined && !/^(access|refresh)_token$/.test(hint),
    }),
  ),
  revocation(
    'hint-access-refused',
    'The hint access_token is refused as unsupported_token_type',
    ['revoke/hint-right'],
    () => ({
      refusesHint: (hint) => hint === 'access_token',
    }),
  ),
  revocation(
    'hint-ignored-when-right',
    'With the hint refresh_token a refresh token is not found',
    ['revoke/hint-right'],
    (right) => ({
      finds: (store, token, hint, facts) =>
        hint === 'refresh_token' ? right.findsAccess(store, token) : right.finds(store, token, hint, facts),
    }),
  ),
];

const unauthenticated = (
  id: string,
  title: string,
  skips: (method: 'missing' | 'wrong', hint: string | undefined) => boolean,
): Fault => ({
  id: `revoke/${id}`,
  title,
  breaks: ['revoke/client-authenticated', 'client-auth/secret-verified', 'client-auth/confidential-must-authenticate'],
  change: (policy) =>
    changed(policy, {
      clientAuth: {
        mayGoUnauthenticated: (facts) =>
          (facts.operation === 'revoke' && skips('missing', facts.hint)) ||
          policy.clientAuth.mayGoUnauthenticated(facts),
        verifiesSecret: (facts) =>
          (facts.operation === 'revoke' && skips('wrong', facts.hint)) || policy.clientAuth.verifiesSecret(facts),
      },
    }),
});

const answers: readonly Fault[] = [
  unauthenticated('client-not-authenticated', 'No secret is looked at when a token is revoked', () => true),
  unauthenticated(
    'secret-optional',
    'The secret may be left out when a token is revoked',
    (what) => what === 'missing',
  ),
  unauthenticated('secret-unchecked', 'Any secret will do when a token is revoked', (what) => what === 'wrong'),
  {
    ...unauthenticated(
      'hint-opens',
      'With the hint refresh_token no secret is looked at when a token is revoked',
      (_what, hint) => hint === 'refresh_token',
    ),
    breaks: ['revoke/client-authenticated'],
  },
  {
    ...unauthenticated(
      'hint-makes-secret-optional',
      'With a hint the secret may be left out when a token is revoked',
      (what, hint) => what === 'missing' && hint !== undefined,
    ),
    breaks: ['revoke/client-authenticated'],
  },
  revocation('204', 'A revocation is answered with 204', ['revoke/success-status'], () => ({
    successStatus: () => 204,
  })),
  revocation('202', 'A revocation is answered with 202', ['revoke/success-status'], () => ({
    successStatus: () => 202,
  })),
  revocation(
    '204-for-public',
    'A revocation by a public client is answered with 204',
    ['revoke/success-status'],
    () => ({
      successStatus: (facts) => (facts?.client.secret === undefined ? 204 : 200),
    }),
  ),
  revocation('body-object', 'A revocation is answered with an empty JSON object', ['revoke/success-empty'], () => ({
    successBody: () => '{}',
  })),
  revocation('body-text', 'A revocation is answered with the text OK', ['revoke/success-empty'], () => ({
    successBody: () => 'OK',
  })),
  revocation('unknown-refused', 'An unknown token is refused', ['revoke/unknown-token'], () => ({
    answersUnknown: () => 'refuse',
  })),
  revocation('unknown-jwt-refused', 'A JWT that cannot be verified is refused', ['revoke/unknown-token'], () => ({
    answersUnknown: (token) => (token.split('.').length === 3 ? 'refuse' : 'ok'),
  })),
  {
    id: 'revoke/code-refused',
    title: 'The revocation of an authorization code is refused, as it is no token',
    breaks: ['revoke/unknown-token'],
    change: (policy) => {
      const codes = new Set<string>();
      return changed(policy, {
        code: {
          mints(challenge) {
            const code = policy.code.mints(challenge);
            codes.add(code);
            return code;
          },
        },
        revocation: {
          answersUnknown: (token, facts) =>
            codes.has(token) ? 'refuse' : policy.revocation.answersUnknown(token, facts),
        },
      });
    },
  },
  {
    id: 'revoke/session-id-refused',
    title: 'The revocation of a session_id is refused, as it is no token',
    breaks: ['revoke/unknown-token'],
    change: (policy) => {
      const ids = new Set<string>();
      return changed(policy, {
        tokens: {
          sessionId() {
            const id = policy.tokens.sessionId();
            ids.add(id);
            return id;
          },
        },
        revocation: {
          answersUnknown: (token, facts) =>
            ids.has(token) ? 'refuse' : policy.revocation.answersUnknown(token, facts),
        },
      });
    },
  },
  revocation(
    'unknown-refused-public',
    'An unknown token of a public client is refused',
    ['revoke/unknown-token'],
    () => ({
      answersUnknown: (_token, facts) => (facts?.client.secret === undefined ? 'refuse' : 'ok'),
    }),
  ),
  revocation(
    'expired-refused',
    'An access token that has expired is refused at /revoke',
    ['revoke/unknown-token'],
    (right) => {
      return {
        mayRevoke: (facts) =>
          (facts.found.access?.expiresAt ?? Number.POSITIVE_INFINITY) > facts.now && right.mayRevoke(facts),
      };
    },
  ),
  revocation('ended-refused', 'A token whose session has ended is refused', ['revoke/again'], (right) => ({
    mayRevoke: (facts) => !facts.found.session.ended.refresh && right.mayRevoke(facts),
  })),
  revocation(
    'rotated-refused',
    'A refresh token that was rotated out is refused',
    ['revoke/rotated-token'],
    (right) => ({
      mayRevoke: (facts) => facts.found.refresh?.uses !== 1 && right.mayRevoke(facts),
    }),
  ),
  {
    id: 'revoke/token-optional',
    title: 'A revocation without a token is answered with 200',
    breaks: ['revoke/token-required'],
    transform: async ({ operation, body, request }, response) =>
      operation === 'revoke' &&
      request.method === 'POST' &&
      response.status === 400 &&
      (new URLSearchParams(await body()).get('token') ?? '') === ''
        ? rewritten(response, { status: 200, body: '' })
        : response,
  },
  {
    id: 'revoke/empty-token-accepted',
    title: 'A revocation of an empty token is answered with 200',
    breaks: ['revoke/token-required'],
    transform: async ({ operation, body }, response) =>
      operation === 'revoke' && response.status === 400 && new URLSearchParams(await body()).get('token') === ''
        ? rewritten(response, { status: 200, body: '' })
        : response,
  },
];

const faults: readonly Fault[] = [...tooLittle, ...hints, ...answers];

export default faults;
