/** Lawful access tokens, key sets, hand-offs and lists of scopes that differ from the reference's own. */

import { generateKeyPairSync } from 'node:crypto';
import { changed, type Policy } from '../policy/index.ts';
import { type ResponseTransformer, rewritten, rewrittenJson } from '../transform.ts';
import type { Variant } from './types.ts';

type Jwk = Readonly<Record<string, unknown>>;

/** Another key set. */
const keySet =
  (change: (keys: readonly Jwk[]) => readonly Jwk[]): ResponseTransformer =>
  async ({ request }, response) => {
    if (!new URL(request.url).pathname.endsWith('/jwks.json') || !response.ok) return response;
    const { keys } = (await response.clone().json()) as { readonly keys: readonly Jwk[] };
    return rewritten(response, {
      headers: { 'content-type': 'application/jwk-set+json' },
      body: JSON.stringify({ keys: change(keys) }),
    });
  };

const spareKeys = (): Jwk[] => [
  { ...generateKeyPairSync('rsa', { modulusLength: 3072 }).publicKey.export({ format: 'jwk' }), kid: 'retired' },
  {
    ...generateKeyPairSync('ec', { namedCurve: 'P-256' }).publicKey.export({ format: 'jwk' }),
    kid: 'for-others',
    alg: 'ES256',
    key_ops: ['verify'],
  },
  {
    ...generateKeyPairSync('rsa', { modulusLength: 2048 }).publicKey.export({ format: 'jwk' }),
    use: 'enc',
    kid: 'enc',
  },
];
let made: readonly Jwk[] | undefined;
/** Made once: their making takes time. */
function spares(): readonly Jwk[] {
  made ??= spareKeys();
  return made;
}

/** What a challenge must say, where there is one: only a 401 has to have one. */
const ofChallenge = [
  'access-token/missing-token-status',
  'access-token/challenge',
  'access-token/challenge-scheme',
  'access-token/challenge-error',
  'access-token/challenge-error-code',
  'access-token/challenge-characters',
  'access-token/challenge-attributes-once',
  'access-token/challenge-no-error-without-token',
];

const refusedWith =
  (status: number) =>
  (policy: Policy): Policy =>
    changed(policy, { accessToken: { refusalStatus: () => status, challenge: () => undefined } });

const challenged =
  (challenge: (sent: boolean) => string) =>
  (policy: Policy): Policy =>
    changed(policy, { accessToken: { challenge } });

const handoff = (change: (policy: Policy) => Partial<Policy['handoff']>) => (policy: Policy) =>
  changed(policy, { handoff: change(policy) });

/** Tokens are looked up: nothing that they say of themselves counts. */
const lookedUp = (mint: () => string | undefined, claims: (own: Record<string, unknown>) => Record<string, unknown>) =>
  function change(policy: Policy): Policy {
    return changed(policy, {
      tokens: {
        claims: (own, facts) => claims(policy.tokens.claims(own, facts)),
        mintsAccessToken: async (facts, own, header) =>
          mint() ?? (await policy.tokens.mintsAccessToken(facts, own, header)),
      },
      accessToken: {
        findsOpaque: (token, store) =>
          policy.accessToken.findsOpaque(token, store) ??
          [...store.accessTokens.values()].find((one) => one.token.toLowerCase() === token.toLowerCase())?.claims,
      },
    });
  };

/** What breaks where more values of redirectUri are accepted: none of them is a registered one. */
const looserRedirectUris = [
  'handoff/redirect-uri-absolute',
  'handoff/redirect-uri-no-script',
  'handoff/redirect-uri-registered',
  'handoff/redirect-uri-required',
  'handoff/redirect-uri-string',
  'handoff/redirect-uri-trusted',
  'handoff/redirect-uri-without-fragment',
];

/** What refuses redirectUris that are not registered, which these variants do as well. */
const stricterRedirectUris = [
  'handoff/redirect-uri-https-only',
  'handoff/redirect-uri-one-slash-refused',
  'handoff/redirect-uri-query-of-app-refused',
  'handoff/redirect-uri-query-refused',
  'inexact/handoff-scheme-with-dots',
];

const variants: readonly Variant[] = [
  {
    id: 'bearer/handoff-code-while-it-lives',
    title: 'A session that asks again within 30 seconds is given the hand-off code that it has',
    breaks: [],
    change: handoff((policy) => {
      const given = new Map<string, { readonly code: string; readonly until: number }>();
      return {
        async mints(session, now) {
          const known = given.get(session.id);
          if (known !== undefined && now < known.until) return known.code;
          const code = await policy.handoff.mints(session, now);
          given.set(session.id, { code, until: now + policy.handoff.lifetime() });
          return code;
        },
      };
    }),
  },
  {
    id: 'bearer/probe',
    title: 'Access tokens are tried at a resource of the API, which takes those of every role',
    breaks: [],
    config: { probe: { method: 'GET', path: '/api/v1/account' } },
  },
  {
    id: 'bearer/opaque',
    title: 'Access tokens are UUIDs, which the database compares without regard to case',
    breaks: [],
    // Faults that tell the parts of a longer token apart, and what only its claims show.
    masks: ['access-token/validated', 'token/response-scope-when-different'],
    undoes: ['access-token/shared-by-sessions'],
    config: { accessToken: { format: 'opaque' } },
    change: lookedUp(
      () => crypto.randomUUID(),
      (own) => own,
    ),
  },
  {
    id: 'bearer/few-claims',
    // A forged token without its three claims is nobody's, whatever is thought of its signature.
    undoes: [
      'access-token/expiry-sign-ins',
      'jwt/signature-length-only',
      'jwt/confidential-unverified',
      'jwt/inherited-kid',
    ],
    masks: ['token/response-scope-when-different', 'access-token/hmac-confusion-refused'],
    title: 'Access tokens have two claims, the session and the expiry, and no kid',
    breaks: [],
    change: (policy) =>
      changed(policy, {
        tokens: {
          claims(claims, facts) {
            const { exp, sid, jti } = policy.tokens.claims(claims, facts);
            return { exp, session: sid, id: jti };
          },
          header: () => ({ alg: 'RS256', typ: 'JWT' }),
        },
        accessToken: {
          findsOpaque: (token, store) =>
            policy.accessToken.findsOpaque(token, store) ?? store.accessTokens.get(token)?.claims,
        },
      }),
  },
  {
    id: 'bearer/no-token-id',
    title: 'Access tokens have no jti: two of one session and one second are the same',
    breaks: [],
    change: (policy) =>
      changed(policy, {
        tokens: {
          claims: (claims, facts) => {
            const { jti: _, ...own } = policy.tokens.claims(claims, facts);
            return own;
          },
        },
      }),
  },
  {
    id: 'bearer/tried-elsewhere',
    undoes: ['access-token/challenge-without-error', 'errors/trace-as-page', 'http/allow-missing-handoff'],
    title: 'Access tokens are tried at another resource, and /handoff/init is not offered',
    breaks: [],
    config: {
      probe: { method: 'GET', path: '/__control/resource' },
      operations: {
        authenticate: '/api/v1/auth/authenticate',
        token: '/api/v1/auth/token',
        revoke: '/api/v1/auth/revoke',
        handoffInit: false,
        scopes: '/api/v1/auth/scopes',
      },
    },
  },
  {
    id: 'bearer/refused-403',
    title: 'Access tokens are refused with 403',
    breaks: [],
    masks: ofChallenge,
    change: refusedWith(403),
  },
  {
    id: 'bearer/refused-400',
    title: 'Access tokens are refused with 400',
    breaks: [],
    masks: ofChallenge,
    change: refusedWith(400),
  },
  {
    id: 'bearer/leeway',
    title: 'Expired tokens are accepted for five minutes more',
    breaks: [],
    change: (policy) =>
      changed(policy, {
        accessToken: { isFresh: (claims, now) => policy.accessToken.isFresh(claims, now - 300) },
      }),
  },
  {
    id: 'bearer/bare-challenge',
    masks: [
      'access-token/challenge-error',
      'access-token/challenge-characters',
      'access-token/challenge-attributes-once',
      'access-token/challenge-no-error-without-token',
    ],
    title: 'A challenge is the name of the scheme alone',
    breaks: [],
    change: challenged(() => 'Bearer'),
  },
  {
    id: 'bearer/two-challenges',
    masks: [
      'access-token/challenge-error',
      'access-token/challenge-no-error-without-token',
      'access-token/challenge-attributes-once',
      'access-token/challenge-characters',
      'access-token/challenge-scheme',
      'access-token/challenge',
    ],
    title: 'A challenge offers DPoP beside Bearer',
    breaks: [],
    change: challenged(
      (sent) => `DPoP algs="ES256 RS256", bearer realm="a, b", scope="account"${sent ? ', error=invalid_token' : ''}`,
    ),
  },
  {
    id: 'bearer/short-lived',
    undoes: ['access-token/dies-with-the-first'], // a minute is too short to tell the ends of two tokens apart
    title: 'Access tokens live one minute',
    breaks: [],
    change: (policy) => changed(policy, { tokens: { accessLifetime: () => 60 } }),
  },
  {
    id: 'bearer/hand-off-needs-scope',
    title: 'A hand-off needs a token with the scope connections',
    breaks: [],
    transform: ({ operation, request }, response) => {
      const payload = /^Bearer [^.]+\.([^.]+)\./i.exec(request.headers.get('authorization') ?? '')?.[1];
      if (operation !== 'handoff/init' || response.status !== 200 || payload === undefined) return response;
      const { scope = '' } = JSON.parse(Buffer.from(payload, 'base64url').toString()) as { scope?: string };
      if (scope.split(' ').includes('connections')) return response;
      const body = '{"error":"insufficient_scope","error_description":"A hand-off needs the scope connections."}';
      return rewritten(response, { status: 403, body });
    },
  },
  {
    id: 'bearer/query-refused',
    title: 'A request with a token in its query is refused with 400, whatever its header says',
    breaks: [],
    transform: ({ operation, request }, response) =>
      operation === 'handoff/init' && /[?&](access_)?token=/i.test(request.url)
        ? rewritten(response, { status: 400, body: '{"error":"invalid_request"}' })
        : response,
  },
  {
    id: 'jwks/more-keys',
    undoes: ['jwks/member-twice'],
    title: 'The key set holds keys of other kinds and uses before the one that signs',
    breaks: [],
    transform: keySet((keys) => [...spares(), ...keys]),
  },
  {
    id: 'jwks/bare-keys',
    title: 'Keys have no kid, use and alg',
    breaks: [],
    masks: [
      'jwks/distinct-kids',
      'jwks/key-for-signing',
      'jwks/kid-names-key',
      'jwks/public-only',
      'jwks/use-or-key-ops',
    ],
    transform: keySet((keys) => keys.map(({ kty, n, e }) => ({ kty, n, e, 'x-note': 1 }))),
  },
  {
    id: 'handoff/registered-only',
    masks: looserRedirectUris,
    undoes: stricterRedirectUris,
    title: 'Only the registered redirectUri is accepted, and the configuration does not say so',
    breaks: [],
    change: handoff(({ handoff: own }) => ({
      acceptsRedirectUri: (value, client): value is string =>
        own.acceptsRedirectUri(value, client) && (client === undefined || client.redirectUris.includes(value)),
    })),
  },
  {
    id: 'handoff/registered-only-and-said',
    masks: looserRedirectUris,
    undoes: stricterRedirectUris,
    title: 'Only the registered redirectUri is accepted, as the configuration says',
    breaks: [],
    config: { handoff: { codeField: 'code', registeredRedirectUri: true } },
    change: handoff(({ handoff: own }) => ({
      acceptsRedirectUri: (value, client): value is string =>
        own.acceptsRedirectUri(value, client) && (client === undefined || client.redirectUris.includes(value)),
    })),
  },
  {
    id: 'handoff/any-absolute-uri',
    title: 'Every http, https and app URI is accepted, with a fragment too',
    breaks: [],
    change: handoff(({ handoff: own }) => ({
      acceptsRedirectUri: (value, client): value is string =>
        own.acceptsRedirectUri(value, client) ||
        (typeof value === 'string' && /^(?:https?|[a-z][a-z0-9+.-]*app):\/\/[^\s/]\S*$/.test(value)),
    })),
  },
  {
    id: 'handoff/other-field',
    undoes: ['handoff/code-renamed'],
    // Faults that give a code with a refusal call it `code`.
    masks: ['handoff/authorization-required', 'handoff/intent-known', 'handoff/whitelabel-only'],
    title: 'The code is named handoff_code, beside other members',
    breaks: [],
    config: { handoff: { codeField: 'handoff_code', registeredRedirectUri: false } },
    change: handoff(() => ({
      body: (code, lifetime) => ({ handoff_code: code, expiresAt: lifetime, url: null, code: 200 }),
    })),
  },
  {
    id: 'handoff/role-refused-401',
    title: 'Another role is refused with 401',
    breaks: [],
    transform: ({ operation }, response) =>
      operation === 'handoff/init' && response.status === 403
        ? rewritten(response, { status: 401, headers: { 'www-authenticate': 'Bearer error="invalid_token"' } })
        : response,
  },
  {
    id: 'handoff/body-first',
    undoes: ['handoff/redirect-uri-public-script'], // before the token nobody knows whose body it is
    title: 'The body is checked before the token, and unknown members of it are refused',
    breaks: [],
    change: (policy) =>
      changed(policy, {
        handoff: { checksBodyFirst: () => true },
        requests: {
          parsesJson: (body, operation) => {
            const parsed = policy.requests.parsesJson(body, operation);
            const names = Object.keys((parsed?.value ?? {}) as object);
            const unknown = names.some((name) => name !== 'redirectUri' && name !== 'intent');
            return operation === 'handoff/init' && unknown ? undefined : parsed;
          },
        },
      }),
  },
  {
    id: 'scopes/objects',
    undoes: ['scopes/empty'],
    masks: ['scopes/shape', 'scopes/names-are-scope-tokens'],
    title: 'Scopes are listed as objects with a description, in another order each time',
    breaks: [],
    change: (policy) => {
      let count = 0;
      return changed(policy, {
        scopes: {
          body: (names) => {
            count += 1;
            const ordered = count % 2 === 0 ? [...names].reverse() : [...names];
            return ordered.map((name) => ({ id: `${name}.id`, name, description: `Read your ${name}, "all" of it` }));
          },
        },
      });
    },
  },
  {
    id: 'scopes/wrapped',
    masks: ['scopes/shape', 'scopes/names-are-scope-tokens'],
    title: 'Scopes are listed under `scopes`, by `scope`',
    breaks: [],
    change: (policy) =>
      changed(policy, {
        scopes: {
          body: (names) => ({ total: names.length, scopes: names.map((scope) => ({ scope, default: false })) }),
        },
      }),
  },
  {
    id: 'scopes/labelled',
    undoes: ['http/scopes-labelled-text'],
    title: 'The list is JSON with a charset, to be kept for an hour',
    breaks: [],
    transform: async ({ operation }, response) =>
      operation === 'scopes'
        ? rewritten(response, {
            headers: { 'content-type': 'application/json; charset=utf-8', 'cache-control': 'public, max-age=3600' },
          })
        : response,
  },
  {
    id: 'handoff/more-members',
    title: 'The answer to a hand-off has members beside the code',
    breaks: [],
    transform: async ({ operation }, response) =>
      operation === 'handoff/init' && response.ok
        ? rewrittenJson(response, (body) => ({
            ...body,
            redirectUri: 'https://x.example/',
            user: { id: 1 },
            token: null,
          }))
        : response,
  },
];

export default variants;
