/** Rules of access tokens that are enforced for some clients and grants alone, and tokens that are compared loosely. */

import { createHash, createHmac, generateKeyPairSync, type KeyObject, sign } from 'node:crypto';
import type { AccessClaims, AccessRecord, Store } from '../model.ts';
import { changed, type Policy } from '../policy/index.ts';
import { rewritten } from '../transform.ts';
import type { Fault } from './types.ts';

const payloadOf = (token: string): Uint8Array => Buffer.from(token.split('.')[1] ?? '', 'base64url');
const claimsOf = (token: string): Partial<AccessClaims> => {
  try {
    return JSON.parse(Buffer.from(payloadOf(token)).toString('utf8')) as Partial<AccessClaims>;
  } catch {
    return {};
  }
};

/** The signature is not verified where these claims, not verified themselves, say so. */
const unverified = (id: string, title: string, where: (claims: Partial<AccessClaims>) => boolean): Fault => ({
  id: `jwt/${id}`,
  title,
  breaks: ['access-token/signature-verified', 'access-token/payload-protected', 'access-token/foreign-key-refused'],
  change: (policy) =>
    changed(policy, {
      accessToken: {
        verifiesSignature: async (token, header, key) =>
          where(claimsOf(token)) ? payloadOf(token) : policy.accessToken.verifiesSignature(token, header, key),
      },
    }),
});

/** A token that resembles one of the store is taken for it. */
const resembles = (id: string, title: string, same: (presented: string, own: string) => boolean): Fault => ({
  id: `access-token/${id}`,
  title,
  breaks: ['access-token/validated'],
  change: (policy) =>
    changed(policy, {
      accessToken: {
        findsOpaque: (token, store) => one(store, (record) => same(token, record.token))?.claims,
      },
    }),
});

const one = (store: Store, fits: (record: AccessRecord) => boolean): AccessRecord | undefined =>
  [...store.accessTokens.values()].find(fits);

const diesWithTheFirst: Fault = {
  id: 'access-token/dies-with-the-first',
  title: 'All access tokens of a session die with the first one, whatever expires_in says',
  breaks: ['access-token/usable-until-expiry'],
  change: (policy) => {
    const begun = new Map<string, number>();
    return changed(policy, {
      tokens: {
        claims(claims, facts) {
          if (!begun.has(claims.sid)) begun.set(claims.sid, claims.exp);
          return policy.tokens.claims(claims, facts);
        },
      },
      accessToken: {
        isFresh: (claims, now) =>
          policy.accessToken.isFresh(claims, now) && now < (begun.get(claims.sid) ?? Number.POSITIVE_INFINITY),
      },
    });
  },
};

/** Tokens whose record fits stay fresh. */
const unexpired = (id: string, title: string, fits: (record: AccessRecord) => boolean): Fault => ({
  id: `access-token/${id}`,
  title,
  breaks: ['access-token/expired-refused'],
  change: (policy) => {
    let seen: Store | undefined;
    return changed(policy, {
      accessToken: {
        findsOpaque: (token, store) => {
          seen = store;
          return policy.accessToken.findsOpaque(token, store);
        },
        isFresh: (claims, now) =>
          (seen !== undefined && one(seen, (record) => record.jti === claims.jti && fits(record)) !== undefined) ||
          policy.accessToken.isFresh(claims, now),
      },
    });
  },
});

/** Tokens of some grants are signed with a key of their own, which is not published. */
const otherKey = (id: string, title: string, grants: readonly string[], make: () => KeyObject): Fault => ({
  id: `jwt/${id}`,
  title,
  breaks: ['access-token/jwt-verifies'],
  change: (policy) => signedBy(policy, make(), (grant) => grants.includes(grant)),
});

const privateKey = (modulusLength: number): KeyObject => generateKeyPairSync('rsa', { modulusLength }).privateKey;

function signedBy(policy: Policy, key: KeyObject, forGrant: (grant: string) => boolean): Policy {
  const marked = new Set<string>();
  return changed(policy, {
    tokens: {
      claims: (claims, facts) => {
        if (forGrant(facts.grant)) marked.add(claims.jti);
        return policy.tokens.claims(claims, facts);
      },
      mintsAccessToken: async (facts, claims, header) => {
        const token = await policy.tokens.mintsAccessToken(facts, claims, header);
        if (!marked.has(facts.claims.jti)) return token;
        const input = token.split('.').slice(0, 2).join('.');
        return `${input}.${sign('sha256', Buffer.from(input), key).toString('base64url')}`;
      },
    },
    accessToken: {
      findsOpaque: (token, store) => store.accessTokens.get(token)?.claims,
    },
  });
}

let small: { readonly privateKey: KeyObject; readonly publicKey: KeyObject } | undefined;
/** A key of 1024 bits, made once: all references of the process sign with the same. */
const smallKey = () => (small ??= generateKeyPairSync('rsa', { modulusLength: 1024 }));

const faults: readonly Fault[] = [
  diesWithTheFirst,
  {
    id: 'jwt/hmac-with-client-secret',
    title: "HS256 verifies with the client's own secret",
    breaks: ['access-token/hmac-confusion-refused'],
    change: (policy) =>
      changed(policy, {
        accessToken: {
          allowsAlgorithm: (header) => header.alg === 'HS256' || policy.accessToken.allowsAlgorithm(header),
          verifiesSignature: async (token, header, key) => {
            if (header.alg !== 'HS256') return policy.accessToken.verifiesSignature(token, header, key);
            const [first, second, third] = token.split('.');
            const mac = createHmac('sha256', 'wl-secret').update(`${first}.${second}`).digest('base64url');
            return mac === third ? payloadOf(token) : undefined;
          },
        },
      }),
  },
  unverified(
    'public-unverified',
    "Signatures of public clients' tokens are not verified",
    ({ client_id }) => client_id === 'wl-public',
  ),
  unverified(
    'confidential-unverified',
    "Signatures of confidential clients' tokens are not verified",
    ({ client_id }) => client_id !== 'wl-public',
  ),
  unverified(
    'long-lived-unverified',
    'A token that expires late is not verified',
    ({ exp }) => typeof exp === 'number' && exp > Date.now() / 1000 + 86_400,
  ),
  resembles(
    'cut',
    'The end of a token is not compared',
    (presented, own) => presented.length > 64 && own.startsWith(presented),
  ),
  resembles('lengthened', 'Whatever follows a token is not compared', (presented, own) => presented.startsWith(own)),
  resembles(
    'any-case',
    'Tokens are compared without regard to case',
    (presented, own) => presented.toLowerCase() === own.toLowerCase(),
  ),
  resembles(
    'first-characters',
    'All but the last 40 characters of a token are compared',
    (presented, own) => presented.slice(0, own.length - 40) === own.slice(0, -40),
  ),
  resembles('inside', 'A token that contains a live one is taken', (presented, own) => presented.includes(own)),
  resembles('part', 'A part of a token is taken', (presented, own) => presented.length > 64 && own.includes(presented)),
  resembles('hash-of-ends', 'Only a hash of the two ends of a token is kept', (presented, own) => {
    const hash = (token: string): string =>
      createHash('sha256')
        .update(token.slice(0, 16) + token.slice(-16))
        .digest('hex');
    return hash(presented) === hash(own);
  }),
  unexpired('expiry-sign-ins', 'Tokens of sign-ins do not expire', ({ grant }) => grant === 'siwe'),
  unexpired('expiry-refreshed', 'Tokens of refreshes do not expire', ({ grant }) => grant === 'refresh_token'),
  unexpired(
    'expiry-secret-in-body',
    'Tokens of clients with their secret in the body do not expire',
    ({ method }) => method === 'client_secret_post',
  ),
  {
    id: 'access-token/expiry-sliding',
    title: 'Each use gives the token another lifetime',
    breaks: ['access-token/expired-refused'],
    change: (policy) => {
      const used = new Map<string, number>();
      return changed(policy, {
        accessToken: {
          isFresh: (claims, now) => {
            const fresh =
              policy.accessToken.isFresh(claims, now) || now < (used.get(claims.jti) ?? 0) + (claims.exp - claims.iat);
            if (fresh) used.set(claims.jti, now);
            return fresh;
          },
        },
      });
    },
  },
  {
    id: 'access-token/shared-by-sessions',
    title: 'All sessions of a third-party client have the same access token',
    breaks: ['access-token/distinct'],
    collateral: true,
    change: (policy) => {
      const minted = new Map<string, string>();
      return changed(policy, {
        tokens: {
          mintsAccessToken: async (facts, claims, header) => {
            const key = facts.claims.client_id;
            if (!key.startsWith('tp')) return policy.tokens.mintsAccessToken(facts, claims, header);
            const token = minted.get(key) ?? (await policy.tokens.mintsAccessToken(facts, claims, header));
            minted.set(key, token);
            return token;
          },
        },
      });
    },
  },
  {
    id: 'access-token/sign-in-tokens-unusable',
    title: 'Tokens of sign-ins by clients with their secret in the body are not accepted',
    breaks: ['access-token/accepted'],
    change: (policy) =>
      changed(policy, {
        accessToken: {
          sessionIsAlive: (session, record, now) =>
            !(record?.grant === 'siwe' && record.method === 'client_secret_post') &&
            policy.accessToken.sessionIsAlive(session, record, now),
        },
      }),
  },
  {
    id: 'access-token/refreshed-tokens-unusable',
    title: 'Tokens of refreshes are not accepted',
    breaks: ['access-token/accepted'],
    change: (policy) =>
      changed(policy, {
        accessToken: {
          sessionIsAlive: (session, record, now) =>
            record?.grant !== 'refresh_token' && policy.accessToken.sessionIsAlive(session, record, now),
        },
      }),
  },
  otherKey('sign-ins-by-another-key', 'Tokens of sign-ins are signed with a key that is not published', ['siwe'], () =>
    privateKey(2048),
  ),
  otherKey(
    'refreshes-by-another-key',
    'Tokens of refreshes are signed with a key that is not published',
    ['refresh_token'],
    () => privateKey(2048),
  ),
  {
    id: 'jwks/refreshes-name-another-key',
    title: 'Tokens of refreshes have a kid that no published key has',
    breaks: ['jwks/kid-names-key'],
    change: (policy) => {
      const refreshed = new Set<string>();
      return changed(policy, {
        tokens: {
          claims: (claims, facts) => {
            if (facts.grant === 'refresh_token') refreshed.add(claims.jti);
            return policy.tokens.claims(claims, facts);
          },
          mintsAccessToken: (facts, claims, header) =>
            policy.tokens.mintsAccessToken(
              facts,
              claims,
              refreshed.has(facts.claims.jti) ? { ...header, kid: 'retired-key' } : header,
            ),
        },
        accessToken: { findsOpaque: (token, store) => store.accessTokens.get(token)?.claims },
      });
    },
  },
  {
    id: 'jwks/some-by-another-key',
    title: 'Every seventh token is signed with a key that is not published',
    breaks: ['access-token/jwt-verifies'],
    change: (policy) => {
      let count = 0;
      return signedBy(policy, privateKey(2048), () => {
        count += 1;
        return count % 7 === 0;
      });
    },
  },
  {
    id: 'jwks/small-key',
    title: 'Tokens are signed with a key of 1024 bits',
    breaks: ['jwks/key-size'],
    change: (policy) => signedBy(policy, smallKey().privateKey, () => true),
    transform: async ({ request }, response) => {
      if (!new URL(request.url).pathname.endsWith('/jwks.json') || !response.ok) return response;
      const { keys } = (await response.clone().json()) as { keys: Record<string, unknown>[] };
      const { n, e } = smallKey().publicKey.export({ format: 'jwk' });
      return rewritten(response, { body: JSON.stringify({ keys: keys.map((key) => ({ ...key, n, e })) }) });
    },
  },
  {
    id: 'jwks/operation-sign',
    title: 'The published key is declared for signing, as the private one is',
    breaks: ['jwks/key-for-signing'],
    transform: async ({ request }, response) => {
      if (!new URL(request.url).pathname.endsWith('/jwks.json') || !response.ok) return response;
      const { keys } = (await response.clone().json()) as { keys: Record<string, unknown>[] };
      const changedKeys = keys.map((key) => ({ ...key, use: undefined, key_ops: ['sign'] }));
      return rewritten(response, { body: JSON.stringify({ keys: changedKeys }) });
    },
  },
];

export default faults;
