/** Mistakes in the use of access tokens: what is taken for one, how long it lives, how a refusal is said. */

import type { AccessClaims, Store } from '../model.ts';
import { changed, type Policy } from '../policy/index.ts';
import type { Fault } from './types.ts';

type AccessToken = Policy['accessToken'];

const use = (
  id: string,
  title: string,
  breaks: readonly string[],
  change: (accessToken: AccessToken) => Partial<AccessToken>,
  reference?: string,
): Fault => ({
  id: `access-token/${id}`,
  title,
  breaks,
  change: (policy) => changed(policy, { accessToken: change(policy.accessToken) }),
  ...(reference === undefined ? {} : { reference }),
});

/** The header after other schemes is read too. */
const reads = (id: string, title: string, requirement: string, pattern: RegExp): Fault =>
  use(id, title, [requirement], ({ readsBearer }) => ({
    readsBearer: (header) => readsBearer(header) ?? pattern.exec(header ?? '')?.[1],
  }));

/** Another value that stands for a session is taken for its access token. */
const takes = (
  id: string,
  title: string,
  requirement: string,
  find: (value: string, store: Store) => string | undefined,
): Fault =>
  use(id, title, [requirement], ({ findsOpaque }) => ({
    findsOpaque: (value, store) => {
      const sessionId = find(value, store);
      const record = [...store.accessTokens.values()].find((one) => one.sessionId === sessionId);
      return record?.claims ?? findsOpaque(value, store);
    },
  }));

const tokens = (
  id: string,
  title: string,
  breaks: readonly string[],
  change: (policy: Policy) => Partial<Policy['tokens']>,
): Fault => ({
  id: `access-token/${id}`,
  title,
  breaks,
  change: (policy) => changed(policy, { tokens: change(policy) }),
});

const isRefreshed = (claims: AccessClaims, seen: Map<string, string>): boolean => {
  const first = seen.get(claims.sid) ?? claims.jti;
  seen.set(claims.sid, first);
  return first !== claims.jti;
};

const faults: readonly Fault[] = [
  reads(
    'scheme-ignored',
    'Whatever follows the first space is the token',
    'access-token/bearer-scheme-only',
    /^\S+ (.*)$/,
  ),
  reads(
    'scheme-optional',
    'The scheme may be left out',
    'access-token/bearer-scheme-only',
    /^([\w-]+\.[\w-]+\.[\w-]+)$/,
  ),
  reads('scheme-prefix', 'The scheme is compared by prefix', 'access-token/bearer-scheme-only', /^bearer\w* (.*)$/i),
  reads('scheme-token', 'The scheme Token is taken too', 'access-token/bearer-scheme-only', /^token (.*)$/i),
  use(
    'scheme-case',
    'The scheme is compared letter for letter',
    ['access-token/scheme-case-insensitive'],
    ({ readsBearer }) => ({
      readsBearer: (header) => (header?.startsWith('Bearer ') === true ? readsBearer(header) : undefined),
    }),
  ),
  ...['access_token', 'token'].map((name) =>
    use(`query-${name}`, `The query parameter ${name} is taken`, ['access-token/not-in-query'], () => ({
      readsElsewhere: ({ query }) => query.get(name) ?? undefined,
    })),
  ),
  ...['access_token', 'token'].map((name) =>
    use(`body-${name}`, `The member ${name} of the body is taken`, ['access-token/not-in-body'], () => ({
      readsElsewhere: ({ body }) => (typeof body[name] === 'string' ? (body[name] as string) : undefined),
    })),
  ),
  takes(
    'refresh-token-taken',
    'A refresh token is taken for an access token',
    'access-token/refresh-token-refused',
    (value, store) => store.refreshTokens.get(value)?.sessionId,
  ),
  takes(
    'refresh-token-of-sign-in-taken',
    'A refresh token of /authenticate is taken for an access token',
    'access-token/refresh-token-refused',
    (value, store) => {
      const record = store.refreshTokens.get(value);
      return record?.grant === 'siwe' ? record.sessionId : undefined;
    },
  ),
  takes(
    'session-id-taken',
    'A session id is taken for an access token',
    'access-token/other-credentials-refused',
    (value, store) => store.sessions.get(value)?.id,
  ),
  takes(
    'handoff-code-taken',
    'A hand-off code is taken for an access token',
    'access-token/other-credentials-refused',
    (value, store) => store.handoffs.get(value)?.sessionId,
  ),
  takes(
    'client-id-taken',
    'A client id is taken for an access token',
    'access-token/other-credentials-refused',
    (value, store) => [...store.sessions.values()].find((one) => one.clientId === value)?.id,
  ),
  takes('anything-taken', 'Anything that was sent as a token is taken', 'access-token/validated', (value, store) =>
    value.includes('access-token') ? [...store.sessions.keys()][0] : undefined,
  ),
  takes(
    'first-half-compared',
    'Only the first half of a token is compared',
    'access-token/validated',
    (value, store) =>
      [...store.accessTokens.values()].find((one) => value.length > 40 && one.token.startsWith(value))?.sessionId,
  ),
  use('expiry-not-checked', 'The expiry is not checked', ['access-token/expired-refused'], () => ({
    isFresh: () => true,
  })),
  use('expiry-leeway-hour', 'An hour of leeway is given', ['access-token/expired-refused'], ({ isFresh }) => ({
    isFresh: (claims, now) => isFresh(claims, now - 3600),
  })),
  use('expiry-in-milliseconds', 'exp is compared in milliseconds', ['access-token/expired-refused'], ({ isFresh }) => ({
    isFresh: (claims, now) => isFresh(claims, now / 1000),
  })),
  use('expiry-public-client', 'Tokens of public clients do not expire', ['access-token/expired-refused'], (right) => ({
    isFresh: (claims, now) => claims.client_id === 'wl-public' || right.isFresh(claims, now),
  })),
  {
    id: 'access-token/expiry-after-refresh',
    title: 'Tokens of a refresh do not expire',
    breaks: ['access-token/expired-refused'],
    change: (policy) => {
      const seen = new Map<string, string>();
      return changed(policy, {
        tokens: {
          claims: (claims, facts) => {
            isRefreshed(claims, seen);
            return policy.tokens.claims(claims, facts);
          },
        },
        accessToken: {
          isFresh: (claims, now) => isRefreshed(claims, seen) || policy.accessToken.isFresh(claims, now),
        },
      });
    },
  },
  tokens(
    'expires-in-lies',
    'expires_in says twice the lifetime',
    ['access-token/usable-until-expiry', 'access-token/jwt-expiry-agrees'],
    () => ({
      statesLifetime: (lifetime) => lifetime * 2,
    }),
  ),
  use('dies-early', 'Tokens die after five minutes', ['access-token/usable-until-expiry'], ({ isFresh }) => ({
    isFresh: (claims, now) => isFresh(claims, now + 600),
  })),
  use(
    'revoked-accepted',
    'Only the signature and the expiry are looked at',
    [
      'access-token/revoked-refused',
      'form/revoke-equivalent-encodings',
      'form/revoke-media-type-parameters',
      'form/revoke-unknown-parameter',
      'refresh/same-session',
      'revoke/access-token',
      'revoke/every-generation',
      'revoke/hint-right',
      'revoke/hint-unknown',
      'revoke/hint-wrong',
      'revoke/older-token',
      'revoke/refresh-ends-access',
      'session/continued-tokens',
      'session/history',
      'token/code-replay-revokes',
    ],
    () => ({
      sessionIsAlive: () => true,
    }),
  ),
  {
    id: 'access-token/denylist-by-text',
    title: 'Revoked tokens are known by their text, and another spelling of one is not',
    breaks: ['access-token/revoked-refused'],
    change: (policy) => {
      const tokens = new Set<string>();
      const sessions = new Set<string>();
      return changed(policy, {
        revocation: {
          ends(facts) {
            const { session } = facts.found;
            sessions.add(session.id);
            for (const { sessionId, token } of facts.store.accessTokens.values())
              if (sessionId === session.id) tokens.add(token);
            return policy.revocation.ends(facts);
          },
        },
        accessToken: {
          readsBearer(header) {
            const token = policy.accessToken.readsBearer(header);
            return token !== undefined && tokens.has(token) ? undefined : token;
          },
          sessionIsAlive: (session, record, now) =>
            (session !== undefined && sessions.has(session.id)) ||
            policy.accessToken.sessionIsAlive(session, record, now),
        },
      });
    },
  },
  use(
    'sign-in-tokens-refused',
    'Tokens of public clients are refused',
    ['access-token/accepted'],
    ({ findsClient }) => ({
      findsClient: (clients, claims) => (claims.client_id === 'wl-public' ? undefined : findsClient(clients, claims)),
    }),
  ),
  use('refused-403', 'Invalid tokens are answered with 403', ['access-token/invalid-token-status'], () => ({
    refusalStatus: (sent) => (sent ? 403 : 401),
  })),
  use('no-challenge', 'A 401 has no challenge', ['access-token/challenge', 'http/challenge-on-401'], () => ({
    challenge: () => undefined,
  })),
  use('challenge-basic', 'A 401 challenges with Basic', ['access-token/challenge-scheme'], () => ({
    challenge: () => 'Basic realm="auth"',
  })),
  use('challenge-twice', 'The challenge names its error twice', ['access-token/challenge-attributes-once'], () => ({
    challenge: (sent) => (sent ? 'Bearer error="invalid_token", error="invalid_token"' : 'Bearer realm="auth"'),
  })),
  use('challenge-characters', 'The challenge quotes inside of quotes', ['access-token/challenge-characters'], () => ({
    challenge: (sent) =>
      sent ? 'Bearer error="invalid_token", error_description="no \\"kid\\""' : 'Bearer realm="auth"',
  })),
  use(
    'challenge-uri-with-space',
    'The challenge has an error_uri with spaces',
    ['access-token/challenge-characters'],
    () => ({
      challenge: (sent) =>
        sent
          ? 'Bearer error="invalid_token", error_uri="https://docs.example.com/invalid token"'
          : 'Bearer realm="auth"',
    }),
  ),
  use(
    'challenge-error-sentence',
    'The error of the challenge is a sentence',
    ['access-token/challenge-error-code'],
    () => ({
      challenge: (sent) => (sent ? 'Bearer realm="auth", error="The access token expired"' : 'Bearer realm="auth"'),
    }),
  ),
  use(
    'challenge-error-of-requests',
    'The challenge to a bad token blames the request',
    ['access-token/challenge-error-status'],
    () => ({
      challenge: (sent) => (sent ? 'Bearer realm="auth", error="invalid_request"' : 'Bearer realm="auth"'),
    }),
  ),
  use('challenge-without-error', 'The challenge never names an error', ['access-token/challenge-error'], () => ({
    challenge: () => 'Bearer realm="auth"',
  })),
  use(
    'challenge-unquoted',
    'The description of a challenge has no quotation marks',
    ['access-token/challenge-characters'],
    () => ({
      challenge: (tokenSent) =>
        `Bearer realm="auth"${tokenSent ? ', error="invalid_token", error_description=The access token is not valid' : ''}`,
    }),
  ),
  use(
    'challenge-always-error',
    'The challenge always names an error',
    ['access-token/challenge-no-error-without-token'],
    () => ({
      challenge: () => 'Bearer realm="auth", error="invalid_token"',
    }),
  ),
  {
    id: 'access-token/authorization-optional',
    title: 'Without credentials the latest session is taken, which a test setting left on',
    breaks: ['handoff/authorization-required'],
    change: (policy) => {
      let latest: string | undefined;
      return changed(policy, {
        accessToken: {
          readsBearer: (header) => {
            latest = policy.accessToken.readsBearer(header) ?? latest;
            return header === undefined ? latest : policy.accessToken.readsBearer(header);
          },
        },
      });
    },
  },
  {
    id: 'access-token/client-credentials-taken',
    title: "A client's Basic credentials stand in for a user's token",
    breaks: ['handoff/not-by-client-credentials'],
    change: (policy) =>
      changed(policy, {
        accessToken: {
          readsBearer: (header) => policy.accessToken.readsBearer(header) ?? /^basic +(.*)$/i.exec(header ?? '')?.[1],
          findsOpaque: (value, store) => {
            const [id] = Buffer.from(value, 'base64').toString('utf8').split(':');
            return [...store.accessTokens.values()].find((one) => one.clientId === id)?.claims;
          },
        },
      }),
  },
  tokens(
    'same-token-again',
    'All sessions of a client get the same jti',
    ['access-token/jwt-jti-unique'],
    ({ tokens: right }) => ({
      claims: (claims, facts) => ({ ...right.claims(claims, facts), jti: 'token' }),
    }),
  ),
  tokens(
    'jti-of-the-session',
    'All access tokens of a session have its id as jti',
    ['access-token/jwt-jti-unique'],
    ({ tokens: right }) => ({
      claims: (claims, facts) => ({ ...right.claims(claims, facts), jti: claims.sid }),
    }),
  ),
  tokens(
    'dates-in-milliseconds',
    'exp is written in milliseconds',
    ['access-token/jwt-numeric-dates'],
    ({ tokens: right }) => ({
      claims: (claims, facts) => ({ ...right.claims(claims, facts), exp: claims.exp * 1000 }),
    }),
  ),
  tokens('dates-as-text', 'iat is written as text', ['access-token/jwt-numeric-dates'], ({ tokens: right }) => ({
    claims: (claims, facts) => ({ ...right.claims(claims, facts), iat: new Date(claims.iat * 1000).toISOString() }),
  })),
  tokens(
    'secret-in-claims',
    'The claims hold the client with its secret',
    ['access-token/jwt-no-secrets'],
    ({ tokens: right }) => ({
      claims: (claims, facts) => ({ ...right.claims(claims, facts), client: { secret: facts.client.secret } }),
    }),
  ),
  tokens(
    'all-scopes-in-claims',
    'The token claims more scopes than were granted',
    ['access-token/jwt-scope-as-granted'],
    ({ tokens: right }) => ({
      claims: (claims, facts) => ({ ...right.claims(claims, facts), scope: `${claims.scope} llm-all agents-all` }),
    }),
  ),
  {
    ...tokens(
      'kept-for-client',
      'A public client gets the access token of its earlier session again',
      ['access-token/distinct'],
      ({ tokens: right }) => {
        const kept = new Map<string, string>();
        return {
          mintsAccessToken: async (facts, claims, header) => {
            const { client_id: clientId, sub, iat } = facts.claims;
            const key = `${clientId} ${sub} ${Math.floor(iat / 60)}`;
            const token = kept.get(key) ?? (await right.mintsAccessToken(facts, claims, header));
            if (clientId === 'wl-public') kept.set(key, token);
            return token;
          },
        };
      },
    ),
    collateral: true,
  },
];

export default faults;
