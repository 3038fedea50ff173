/** Lawful ways to exchange codes and to word token pairs (RFC 6749 3.3, 4.1, 5.1; RFC 7636 4). */

import { createHash, randomBytes, randomUUID } from 'node:crypto';
import { endSession, Refusal, type Session } from '../model.ts';
import { changed } from '../policy/index.ts';
import { rewritten, rewrittenJson } from '../transform.ts';
import type { Variant } from './types.ts';

const hashOf = (text: string): string => createHash('sha256').update(text).digest('base64url');

/**
 * The error that some libraries give in place of the reference's, or undefined: they join repeated values, take it that a public client has not
 * authenticated where it is not its verifier that does so, look empty values up, and know more grants than they offer.
 */
function byLibraries(params: URLSearchParams, hasBasic: boolean, error: unknown): string | undefined {
  const grantType = params.get('grant_type');
  const isRepeated = (name: string): boolean => params.getAll(name).length > 1;
  if (error === 'invalid_request') {
    if (isRepeated('grant_type')) return 'unsupported_grant_type';
    if (['code', 'refresh_token', 'code_verifier', 'redirect_uri'].some(isRepeated)) return 'invalid_grant';
    const isPublic = !hasBasic && !params.has('client_secret') && params.get('client_id') === 'wl-public';
    if (isPublic && !grantType) return 'invalid_client';
    if (isPublic && grantType === 'authorization_code' && !params.get('code_verifier')) return 'invalid_client';
    if (params.get('code') === '' || params.get('refresh_token') === '') return 'invalid_grant';
  }
  if (error === 'unsupported_grant_type' && grantType === 'password') return 'invalid_grant';
  return undefined;
}

const variants: readonly Variant[] = [
  {
    id: 'token/one-session-a-client',
    title: 'A code ends the earlier session of its user at its client',
    breaks: [],
    // What shows to two sessions beside each other only.
    masks: [
      'session/history',
      'revoke/other-sessions',
      'revoke/exact-token',
      'handoff/code-fresh',
      'access-token/usable-until-expiry',
      'access-token/expired-refused',
      'refresh/usable-until-expiry',
      'refresh/expired-refused',
    ],
    undoes: [
      'refresh/use-forgotten-after-an-hour',
      'refresh/use-forgotten-after-a-day',
      'memory/used-refresh-tokens-forgotten',
      'memory/used-codes-evicted',
      'memory/used-refresh-tokens-evicted',
      'memory/scope-of-newest-code',
      'memory/replay-ends-newest',
    ],
    change: (policy) => {
      const latest = new Map<string, Session>();
      return changed(policy, {
        tokens: {
          pair(facts) {
            if (facts.grant === 'authorization_code') {
              const key = `${facts.client.id} ${facts.session.account}`;
              const before = latest.get(key);
              latest.set(key, facts.session);
              if (before !== undefined) endSession(before, 0);
            }
            return policy.tokens.pair(facts);
          },
        },
      });
    },
  },
  {
    id: 'token/ten-sessions-a-client',
    title: 'A code ends the oldest of ten sessions of its user at its client',
    breaks: [],
    // What shows to more than a few sessions beside each other only.
    undoes: ['memory/used-refresh-tokens-of-five-generations', 'memory/used-refresh-tokens-evicted'],
    change: (policy) => {
      const kept = new Map<string, Session[]>();
      return changed(policy, {
        tokens: {
          pair(facts) {
            if (facts.grant === 'authorization_code') {
              const key = `${facts.client.id} ${facts.session.account}`;
              const sessions = [...(kept.get(key) ?? []), facts.session];
              const oldest = sessions.length > 10 ? sessions.shift() : undefined;
              if (oldest !== undefined) endSession(oldest, 0);
              kept.set(key, sessions);
            }
            return policy.tokens.pair(facts);
          },
        },
      });
    },
  },
  {
    id: 'token/sixty-refresh-tokens-a-user',
    title: 'A code ends the refresh token of the oldest of sixty sessions of its user, whose access token lives on',
    breaks: [],
    change: (policy) => {
      const kept = new Map<string, Session[]>();
      return changed(policy, {
        tokens: {
          pair(facts) {
            if (facts.grant === 'authorization_code') {
              const sessions = [...(kept.get(facts.session.account) ?? []), facts.session];
              const oldest = sessions.length > 60 ? sessions.shift() : undefined;
              if (oldest !== undefined) oldest.ended.refresh = true;
              kept.set(facts.session.account, sessions);
            }
            return policy.tokens.pair(facts);
          },
        },
      });
    },
  },
  {
    id: 'token/one-code-a-client',
    title: 'A code ends the one before of its user and client, where that was not used yet',
    breaks: [],
    // What shows to two codes beside each other only.
    undoes: [
      'memory/challenge-forgotten',
      'memory/scope-of-newest-code',
      'pkce/method-parameter-switches',
      'pkce/challenge-parameter-replaces',
      'pkce/any-challenge-of-the-client',
    ],
    change: (policy) =>
      changed(policy, {
        code: {
          finds(codes, presented) {
            const record = policy.code.finds(codes, presented);
            if (record === undefined || record.used) return record;
            const newest = [...codes.values()]
              .filter(({ clientId, account }) => clientId === record.clientId && account === record.account)
              .at(-1);
            return newest === record ? record : undefined;
          },
        },
      }),
  },
  {
    id: 'token/errors-of-libraries',
    title:
      'Repeated, empty and missing parameters and other grants are refused with the codes that OAuth libraries have for them',
    breaks: [],
    transform: async ({ operation, request, body }, response) => {
      if (operation !== 'token' || response.status !== 400) return response;
      const params = new URLSearchParams(await body());
      return rewrittenJson(response, (answer) => ({
        ...answer,
        error: byLibraries(params, request.headers.has('authorization'), answer.error) ?? answer.error,
      }));
    },
  },
  {
    id: 'token/json-taken',
    title: 'JSON is promised at /token and /revoke, and read',
    breaks: [],
    config: { token: { acceptsJson: true } },
    change: (policy) => changed(policy, { requests: { takesJson: (mediaType) => policy.requests.isJson(mediaType) } }),
  },
  {
    id: 'token/header-names-the-client',
    title: 'A client_id in the body is not looked at beside an Authorization header, at sign-ins too',
    breaks: [],
    change: (policy) => changed(policy, { clientAuth: { refusesContradictingId: () => false } }),
  },
  {
    id: 'token/client-id-beside-basic-refused',
    undoes: ['token-code/foreign-with-own-id', 'refresh/foreign-with-own-id', 'client-auth/borrowed-id-revokes'],
    title: 'A client_id in the body beside an Authorization header is refused, the own one too',
    breaks: [],
    change: (policy) =>
      changed(policy, {
        clientAuth: {
          refusesContradictingId: (presented, operation) =>
            (presented.basic !== undefined && presented.bodyId !== undefined) ||
            policy.clientAuth.refusesContradictingId(presented, operation),
        },
      }),
  },
  {
    id: 'token/refused-attempt-burns-code',
    title: 'A code is used up by every attempt that finds it, also one of another client',
    breaks: [],
    change: (policy) => changed(policy, { code: { burnsOnRefusal: () => true, burnsOnForeignAttempt: () => true } }),
  },
  {
    id: 'token/ten-minute-codes',
    title: 'Codes live ten minutes',
    breaks: [],
    change: (policy) => changed(policy, { code: { lifetime: () => 600 } }),
  },
  {
    id: 'token/verifier-length-unchecked',
    title: 'A code_verifier is hashed and compared, whatever it is',
    breaks: [],
    change: (policy) =>
      changed(policy, {
        code: {
          verifierIsWellFormed: (verifier, facts) =>
            !/^[\w.~-]{43,128}$/.test(verifier) || policy.code.verifierIsWellFormed(verifier, facts),
        },
      }),
  },
  {
    id: 'token/parameters-first',
    undoes: ['redirect-uri/optional-for-all', 'pkce/optional-with-post'],
    title: 'Parameters are looked at before the client',
    breaks: [],
    change: (policy) => changed(policy, { requests: { checksParametersFirst: (operation) => operation === 'token' } }),
  },
  {
    id: 'token/scope-in-exchange-refused',
    title: 'A scope in the exchange of a code is refused unless it is the one of the code',
    breaks: [],
    change: (policy) =>
      changed(policy, {
        code: {
          grants(facts, asked) {
            if (asked !== undefined && asked !== facts.record.scope)
              throw new Refusal(400, 'invalid_scope', 'The scope exceeds what was authorized.');
            return policy.code.grants(facts, asked);
          },
        },
      }),
  },
  {
    id: 'token/scope-in-exchange-narrows',
    title: 'A scope in the exchange of a code narrows what was authorized',
    breaks: [],
    change: (policy) =>
      changed(policy, {
        code: {
          grants(facts, asked) {
            const authorized = policy.code.grants(facts, asked).split(' ');
            const kept = authorized.filter((name) => asked?.split(' ').includes(name) ?? true);
            return kept.length === 0 ? authorized.join(' ') : kept.join(' ');
          },
        },
      }),
  },
  {
    id: 'token/scope-of-the-client',
    title: 'Every code is granted the scopes of its client, whatever was asked for',
    breaks: [],
    change: (policy) => changed(policy, { code: { grants: () => 'account connections llm-all' } }),
  },
  {
    id: 'token/without-scope',
    title: 'Token pairs name no scope, as it is the one that was asked for',
    breaks: [],
    change: (policy) =>
      changed(policy, { tokens: { pair: (facts) => ({ ...policy.tokens.pair(facts), scope: undefined }) } }),
  },
  {
    id: 'token/worded-otherwise',
    undoes: ['refresh/never-expires-post'],
    title:
      'token_type is in lower case, the lifetime of refresh tokens is null, and there are members of OpenID Connect',
    breaks: [],
    change: (policy) =>
      changed(policy, {
        tokens: {
          pair: (facts) => ({
            ...policy.tokens.pair(facts),
            token_type: 'bearer',
            refresh_expires_in: null,
            'not-before-policy': 0,
            session_state: facts.session.id,
            created_at: Math.floor(Date.now() / 1000),
          }),
        },
      }),
    transform: ({ operation }, response) =>
      operation === 'token' && response.ok
        ? rewritten(response, { headers: { 'cache-control': 'No-Store, private, max-age=0', pragma: 'No-Cache' } })
        : response,
  },
  {
    id: 'token/no-refresh-token-for-third-parties',
    title: 'Third-party clients get no refresh token',
    breaks: [],
    change: (policy) =>
      changed(policy, {
        tokens: {
          issuesRefreshToken: (facts) => facts.client.role !== 'third-party' && policy.tokens.issuesRefreshToken(facts),
        },
      }),
  },
  {
    id: 'token/no-refresh-token-for-public-clients',
    undoes: ['grant-type/refresh-token-as-code-grant', 'inexact/refresh-token-as-query'],
    title: 'Public clients get no refresh token for a code',
    breaks: [],
    change: (policy) =>
      changed(policy, {
        tokens: {
          issuesRefreshToken: (facts) =>
            !(facts.method === 'none' && facts.grant === 'authorization_code') &&
            policy.tokens.issuesRefreshToken(facts),
        },
      }),
  },
  {
    id: 'token/uuid-values',
    undoes: ['token-code/not-ascii'],
    masks: ['strength/code-entropy', 'strength/refresh-token-entropy'],
    title: 'Codes and refresh tokens are UUIDs with a prefix',
    breaks: [],
    change: (policy) =>
      changed(policy, {
        code: { mints: () => `ac_${randomUUID()}` },
        refresh: { mints: () => `rt_${randomUUID()}` },
      }),
  },
  {
    id: 'token/long-values',
    masks: [
      'revoke/exact-token',
      'strength/code-entropy',
      'strength/refresh-token-entropy',
      'strength/access-token-entropy',
    ],
    title: 'Codes and refresh tokens are JWTs whose claims are alike and whose signature differs',
    breaks: [],
    change: (policy) => {
      const make = (kind: string) => (): string => {
        const claims = Buffer.from(JSON.stringify({ kind, iss: 'https://auth.example' })).toString('base64url');
        const id = randomBytes(32).toString('base64url');
        return `eyJhbGciOiJIUzI1NiJ9.${claims}.${hashOf(id)}`;
      };
      return changed(policy, { code: { mints: make('code') }, refresh: { mints: make('refresh') } });
    },
  },
];

export default variants;
