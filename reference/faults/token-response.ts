/** Mistakes in the form of the token pair (RFC 6749 5.1). */

import { changed } from '../policy/index.ts';
import type { PairFacts } from '../policy/tokens.ts';
import { type ExchangeFacts, rewritten, rewrittenJson } from '../transform.ts';
import type { Fault } from './types.ts';

/** The pair has other members, for some of the grants and clients. */
const pair = (
  id: string,
  title: string,
  breaks: string,
  change: (facts: PairFacts, pair: Record<string, unknown>) => Record<string, unknown>,
  who: (facts: PairFacts) => boolean = () => true,
): Fault => ({
  id: `token-response/${id}`,
  title,
  breaks: [breaks],
  change: (policy) =>
    changed(policy, {
      tokens: {
        pair(facts) {
          const right = policy.tokens.pair(facts);
          return who(facts) ? { ...right, ...change(facts, right) } : right;
        },
      },
    }),
});

/** Whether a response grants a token pair. */
const granted = ({ operation, request }: ExchangeFacts, response: Response): boolean =>
  (operation === 'token' || operation === 'authenticate') && request.method === 'POST' && response.status === 200;

/** The response goes out with other headers, for some of the requests. */
const wire = (
  id: string,
  title: string,
  breaks: string,
  rewrite: Parameters<typeof rewritten>[1],
  who: (form: URLSearchParams, exchange: ExchangeFacts) => boolean = () => true,
): Fault => ({
  id: `token-response/${id}`,
  title,
  breaks: [breaks],
  transform: async (exchange, response) =>
    granted(exchange, response) && who(new URLSearchParams(await exchange.body()), exchange)
      ? rewritten(response, rewrite)
      : response,
});

const isRefresh = (form: URLSearchParams): boolean => form.get('grant_type') === 'refresh_token';
const [accessToken, tokenType, expiresIn, refreshToken, refreshExpiresIn, scope] = [
  'token/response-access-token',
  'token/response-token-type',
  'token/response-expires-in',
  'token/response-refresh-token',
  'token/response-refresh-expires-in',
  'token/response-scope',
];

const faults: readonly Fault[] = [
  pair('expires-in-missing', 'expires_in is left out', expiresIn, () => ({ expires_in: undefined })),
  pair(
    'expires-in-zero',
    'expires_in is 0 after a refresh',
    expiresIn,
    () => ({ expires_in: 0 }),
    ({ grant }) => grant === 'refresh_token',
  ),
  pair(
    'expires-in-negative',
    'expires_in is negative, as it is counted to the issue of the token',
    expiresIn,
    (facts) => ({ expires_in: -facts.expiresIn }),
  ),
  pair('expires-in-date', 'expires_in is a date', expiresIn, (facts) => ({
    expires_in: new Date(Date.now() + facts.expiresIn * 1000).toISOString(),
  })),
  pair('expires-in-milliseconds', 'expires_in counts milliseconds', 'token/lifetime-short', (facts) => ({
    expires_in: facts.expiresIn * 1000,
  })),
  pair('expires-in-time', 'expires_in is the time of expiry', 'token/lifetime-short', (facts) => ({
    expires_in: Math.floor(Date.now() / 1000) + facts.expiresIn,
  })),
  {
    id: 'token-response/lives-a-day',
    title: 'Access tokens live a day',
    breaks: ['token/lifetime-short'],
    change: (policy) => changed(policy, { tokens: { accessLifetime: () => 86_400 } }),
  },
  pair('token-type-absent', 'token_type is left out', tokenType, () => ({ token_type: undefined })),
  pair('token-type-jwt', 'token_type says JWT', tokenType, () => ({ token_type: 'JWT' })),
  pair(
    'token-type-access-token',
    'token_type says access_token for third-party clients',
    tokenType,
    () => ({ token_type: 'access_token' }),
    ({ client }) => client.role === 'third-party',
  ),
  pair('token-type-bearer-token', 'token_type says "Bearer " with a space', tokenType, () => ({
    token_type: 'Bearer ',
  })),
  pair(
    'access-token-with-scheme',
    'access_token ends with a line break',
    accessToken,
    (facts) => ({ access_token: `${facts.accessToken}\n` }),
    ({ method }) => method === 'client_secret_post',
  ),
  pair(
    'access-token-object',
    'access_token is an object',
    accessToken,
    (facts) => ({ access_token: { token: facts.accessToken } }),
    ({ grant, client }) => grant === 'refresh_token' && client.secret !== undefined,
  ),
  pair(
    'refresh-token-empty-at-refresh',
    'A refresh gives an empty refresh token',
    refreshToken,
    () => ({ refresh_token: '' }),
    ({ grant, method }) => grant === 'refresh_token' && method === 'client_secret_post',
  ),
  pair(
    'refresh-token-false',
    'refresh_token is false where there is none',
    refreshToken,
    () => ({ refresh_token: false }),
    ({ client }) => client.role === 'third-party',
  ),
  pair('refresh-expires-in-negative', 'refresh_expires_in is negative', refreshExpiresIn, (facts) => ({
    refresh_expires_in: -facts.refreshExpiresIn,
  })),
  pair('refresh-expires-in-date', 'refresh_expires_in is a date', refreshExpiresIn, (facts) => ({
    refresh_expires_in: new Date(Date.now() + facts.refreshExpiresIn * 1000).toISOString(),
  })),
  pair(
    'refresh-expires-in-string-at-refresh',
    'refresh_expires_in is a string after a refresh',
    refreshExpiresIn,
    (facts) => ({ refresh_expires_in: String(facts.refreshExpiresIn) }),
    ({ grant }) => grant === 'refresh_token',
  ),
  pair('scope-commas', 'The names of a scope are separated by commas and spaces', scope, (facts) => ({
    scope: ` ${facts.scope.replaceAll(' ', ', ')}`,
  })),
  pair(
    'scope-array-at-refresh',
    'scope is an array after a refresh',
    scope,
    (facts) => ({ scope: facts.scope.split(' ') }),
    ({ grant }) => grant === 'refresh_token',
  ),
  pair('scope-quoted', 'scope is in quotation marks', scope, (facts) => ({ scope: `"${facts.scope}"` })),
  pair(
    'refresh-token-is-access-token',
    'The access token is given as refresh token as well',
    'token/response-distinct-tokens',
    (facts) => ({ refresh_token: facts.accessToken }),
    ({ client }) => client.role === 'third-party',
  ),
  wire(
    'status-201-for-codes-with-secret',
    'The token pair of a code is answered with 201 to clients that send their secret in the body',
    'token/response-json',
    { status: 201 },
    (form) => form.has('code') && form.has('client_secret'),
  ),
  wire('status-201-at-refresh', 'A refresh is answered with 201', 'token/response-json', { status: 201 }, isRefresh),
  wire('text-html', 'A token pair is labelled as text/html', 'token/response-json', {
    headers: { 'content-type': 'text/html; charset=utf-8' },
  }),
  wire(
    'text-plain-for-codes',
    'The token pair of a code is labelled as text/plain',
    'token/response-json',
    { headers: { 'content-type': 'text/plain' } },
    (form) => form.has('code'),
  ),
  wire(
    'media-type-missing',
    'A token pair has no media type after a refresh',
    'token/response-json',
    { headers: { 'content-type': undefined } },
    isRefresh,
  ),
  wire('stored', 'Token pairs say nothing to caches', 'token/response-no-store', {
    headers: { 'cache-control': undefined },
  }),
  wire(
    'stored-at-refresh',
    'The token pair of a refresh says nothing to caches',
    'token/response-no-store',
    { headers: { 'cache-control': undefined } },
    isRefresh,
  ),
  wire(
    'stored-with-basic',
    'Token pairs for Basic say nothing to caches',
    'token/response-no-store',
    { headers: { 'cache-control': undefined } },
    (_form, { operation, request }) => operation === 'token' && request.headers.has('authorization'),
  ),
  wire(
    'stored-after-sign-in',
    'The token pair of a sign-in says nothing to caches',
    'token/response-no-store',
    { headers: { 'cache-control': undefined } },
    (_form, { operation }) => operation === 'authenticate',
  ),
  wire('no-cache', 'Token pairs say no-cache instead of no-store', 'token/response-no-store', {
    headers: { 'cache-control': 'no-cache' },
  }),
  wire('private', 'Token pairs say private, max-age=0', 'token/response-no-store', {
    headers: { 'cache-control': 'private, max-age=0' },
  }),
  wire('no-pragma', 'Token pairs do not say Pragma: no-cache', 'token/response-pragma', {
    headers: { pragma: undefined },
  }),
  {
    id: 'token-response/less-scope-untold',
    title: 'The token of a code claims the first of its scopes only, and the response names no scope',
    breaks: ['token/response-scope-when-different'],
    change: (policy) =>
      changed(policy, {
        tokens: {
          claims: (claims, facts) => ({
            ...policy.tokens.claims(claims, facts),
            ...(facts.grant === 'authorization_code' ? { scope: claims.scope.split(' ')[0] } : {}),
          }),
          pair: (facts) => ({
            ...policy.tokens.pair(facts),
            ...(facts.grant === 'authorization_code' ? { scope: undefined } : {}),
          }),
        },
      }),
  },
  {
    id: 'token-response/more-scope-unsaid',
    title: 'A code is granted all scopes of its client, and the response says nothing of it',
    breaks: ['token/response-scope-when-different'],
    change: (policy) =>
      changed(policy, {
        code: { grants: () => 'account connections llm-all' },
        tokens: {
          pair: (facts) => ({
            ...policy.tokens.pair(facts),
            ...(facts.grant === 'authorization_code' ? { scope: undefined } : {}),
          }),
        },
      }),
  },
  {
    id: 'token-response/more-scope-unsaid-to-third-parties',
    title: 'A code of a third-party client is granted all scopes, and the response says nothing of it',
    breaks: ['token/response-scope-when-different'],
    change: (policy) =>
      changed(policy, {
        code: {
          grants: (facts, asked) =>
            facts.client.role === 'third-party' ? 'account connections llm-all' : policy.code.grants(facts, asked),
        },
        tokens: {
          pair: (facts) => ({
            ...policy.tokens.pair(facts),
            ...(facts.client.role === 'third-party' ? { scope: undefined } : {}),
          }),
        },
      }),
  },
  {
    id: 'token-response/member-twice',
    title: 'token_type is in the token pair twice',
    breaks: ['token/response-members-once'],
    transform: async (exchange, response) =>
      granted(exchange, response)
        ? rewritten(response, { body: (await response.text()).replace(/^\{/, '{"token_type":"Bearer",') })
        : response,
  },
  {
    id: 'token-response/scope-twice-at-refresh',
    title: 'The token pair of a refresh holds the scope of the session beside that of the token',
    breaks: ['token/response-members-once'],
    transform: async (exchange, response) =>
      granted(exchange, response) && isRefresh(new URLSearchParams(await exchange.body()))
        ? rewritten(response, { body: (await response.text()).replace(/^\{/, '{"scope":"account connections",') })
        : response,
  },
  {
    id: 'token-response/in-data',
    title: 'The token pair is wrapped in an object `data` after a refresh',
    breaks: ['token/response-access-token'],
    transform: async (exchange, response) =>
      granted(exchange, response) && isRefresh(new URLSearchParams(await exchange.body()))
        ? rewrittenJson(response, (body) => ({ data: body }))
        : response,
  },
  {
    id: 'token-response/array',
    title: 'A token pair is in an array after a refresh',
    breaks: ['token/response-json'],
    transform: async (exchange, response) =>
      granted(exchange, response) && isRefresh(new URLSearchParams(await exchange.body()))
        ? rewrittenJson(response, (body) => [body])
        : response,
  },
  {
    id: 'token-response/access-token-shared',
    title: 'Sessions of the same client that begin in the same second share an access token',
    breaks: ['token/response-tokens-unique', 'access-token/jwt-jti-unique'],
    change: (policy) =>
      changed(policy, {
        tokens: {
          claims: (claims, facts) => ({
            ...policy.tokens.claims(claims, facts),
            jti: facts.client.role === 'third-party' ? 'jti' : claims.jti,
            ...(facts.client.role === 'third-party' ? { sid: 'sid' } : {}),
          }),
        },
      }),
  },
  {
    id: 'token-response/refresh-token-again',
    title: 'Of two refresh tokens the second is that of the last session',
    breaks: ['token/response-tokens-unique'],
    collateral: true,
    change: (policy) => {
      let last = '';
      let count = 0;
      return changed(policy, {
        refresh: {
          mints() {
            count += 1;
            if (count % 10 === 0) return last;
            last = policy.refresh.mints();
            return last;
          },
        },
      });
    },
  },
  {
    id: 'token-response/expires-in-string',
    title: 'expires_in is written as a string',
    breaks: ['token/response-expires-in'],
    change: (policy) =>
      changed(policy, {
        tokens: { pair: (facts) => ({ ...policy.tokens.pair(facts), expires_in: String(facts.expiresIn) }) },
      }),
  },
  {
    id: 'token-response/token-type-missing',
    title: 'token_type is left out after a refresh',
    breaks: ['token/response-token-type'],
    change: (policy) =>
      changed(policy, {
        tokens: {
          pair: (facts) =>
            facts.grant === 'refresh_token'
              ? { ...policy.tokens.pair(facts), token_type: undefined }
              : policy.tokens.pair(facts),
        },
      }),
  },
  {
    id: 'token-response/refresh-token-empty',
    title: 'Third-party clients get an empty refresh token',
    breaks: ['token/response-refresh-token'],
    change: (policy) =>
      changed(policy, {
        tokens: {
          pair: (facts) =>
            facts.client.role === 'third-party'
              ? { ...policy.tokens.pair(facts), refresh_token: '' }
              : policy.tokens.pair(facts),
        },
      }),
  },
  {
    id: 'token-response/scope-array',
    title: 'scope is an array',
    breaks: ['token/response-scope'],
    change: (policy) =>
      changed(policy, {
        tokens: { pair: (facts) => ({ ...policy.tokens.pair(facts), scope: facts.scope.split(' ') }) },
      }),
  },
  {
    id: 'token-response/scope-double-space',
    title: 'The names of a scope are separated by two spaces',
    breaks: ['token/response-scope'],
    change: (policy) =>
      changed(policy, {
        tokens: { pair: (facts) => ({ ...policy.tokens.pair(facts), scope: facts.scope.replaceAll(' ', '  ') }) },
      }),
  },
  {
    id: 'token-response/expires-in-fraction',
    title: 'expires_in is a fraction for public clients',
    breaks: ['token/response-expires-in'],
    change: (policy) =>
      changed(policy, {
        tokens: {
          pair: (facts) =>
            facts.method === 'none'
              ? { ...policy.tokens.pair(facts), expires_in: facts.expiresIn - 0.25 }
              : policy.tokens.pair(facts),
        },
      }),
  },
  {
    id: 'token-response/refresh-expires-in-string',
    title: 'refresh_expires_in is written as a duration',
    breaks: ['token/response-refresh-expires-in'],
    change: (policy) =>
      changed(policy, { tokens: { pair: (facts) => ({ ...policy.tokens.pair(facts), refresh_expires_in: '7d' }) } }),
  },
];

export default faults;
