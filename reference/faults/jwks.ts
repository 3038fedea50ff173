/** Mistakes of the published key set. */

import { generateKeyPairSync, type KeyObject, sign } from 'node:crypto';
import { changed } from '../policy/index.ts';
import { rewritten } from '../transform.ts';
import type { Fault } from './types.ts';

type Jwk = Record<string, unknown>;

/** The key set with its one key replaced by others. */
const keys = (
  id: string,
  title: string,
  breaks: readonly string[],
  change: (key: Jwk) => unknown,
  reference?: string,
): Fault => ({
  id: `jwks/${id}`,
  title,
  breaks,
  ...(reference === undefined ? {} : { reference }),
  transform: async ({ request }, response) => {
    if (!new URL(request.url).pathname.endsWith('/jwks.json') || !response.ok) return response;
    const { keys: published } = (await response.clone().json()) as { keys: Jwk[] };
    return rewritten(response, { body: JSON.stringify(change(published[0] ?? {})) });
  },
});

let small: { readonly publicKey: KeyObject; readonly privateKey: KeyObject } | undefined;

/** A key of 1024 bits, made when it is first asked for. */
function smallKey(): { readonly publicKey: KeyObject; readonly privateKey: KeyObject } {
  small ??= generateKeyPairSync('rsa', { modulusLength: 1024 });
  return small;
}

const faults: readonly Fault[] = [
  {
    id: 'jwks/new-key-unpublished',
    title: 'The key is changed every day, and the key set stays as it was',
    breaks: ['access-token/jwt-verifies'],
    change: (policy) => {
      let first: number | undefined;
      let key: KeyObject | undefined;
      return changed(policy, {
        tokens: {
          async mintsAccessToken(facts, claims, header) {
            const token = await policy.tokens.mintsAccessToken(facts, claims, header);
            first ??= facts.claims.iat;
            if (facts.claims.iat < first + 86_400) return token;
            key ??= generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey;
            const input = token.slice(0, token.lastIndexOf('.'));
            return `${input}.${sign('sha256', Buffer.from(input), key).toString('base64url')}`;
          },
        },
        accessToken: { findsOpaque: (token, store) => store.accessTokens.get(token)?.claims },
      });
    },
  },
  {
    ...keys('small', 'Access tokens are signed with a key of 1024 bits', ['jwks/key-size'], (key) => ({
      keys: [{ ...key, ...smallKey().publicKey.export({ format: 'jwk' }) }],
    })),
    change: (policy) =>
      changed(policy, {
        tokens: {
          mintsAccessToken: async (facts, claims, header) => {
            const [first, second] = (await policy.tokens.mintsAccessToken(facts, claims, header)).split('.');
            const input = `${first}.${second}`;
            return `${input}.${sign('sha256', Buffer.from(input), smallKey().privateKey).toString('base64url')}`;
          },
        },
        accessToken: { findsOpaque: (token, store) => store.accessTokens.get(token)?.claims },
      }),
  },
  keys('bare-key', 'The bare key is published instead of a set', ['jwks/available'], (key) => key),
  {
    id: 'jwks/needs-authentication',
    title: 'The key set requires authentication',
    breaks: ['jwks/available'],
    transform: ({ request }, response) =>
      new URL(request.url).pathname.endsWith('/jwks.json')
        ? rewritten(response, { status: 401, body: '{"error":"invalid_token"}' })
        : response,
  },
  keys('private', 'The private exponent is published', ['jwks/public-only'], (key) => ({
    keys: [{ ...key, d: key.n }],
  })),
  keys('symmetric', 'A symmetric key is published too', ['jwks/public-only'], (key) => ({
    keys: [key, { kty: 'oct', kid: 'hmac', k: 'c2VjcmV0' }],
  })),
  keys('without-kty', 'The keys have no kty', ['jwks/keys-well-formed'], (key) => ({
    keys: [{ ...key, kty: undefined }],
  })),
  keys('padded', 'Numbers are written in base64 with padding', ['jwks/keys-well-formed'], (key) => ({
    keys: [{ ...key, n: Buffer.from(String(key.n), 'base64url').toString('base64') }],
  })),
  keys('leading-zero', 'The modulus has the leading zero octet of ASN.1', ['jwks/keys-well-formed'], (key) => ({
    keys: [
      { ...key, n: Buffer.concat([Buffer.from([0]), Buffer.from(String(key.n), 'base64url')]).toString('base64url') },
    ],
  })),
  keys('same-kid', 'Two keys have the same kid', ['jwks/distinct-kids'], (key) => {
    const other = generateKeyPairSync('rsa', { modulusLength: 2048 }).publicKey.export({ format: 'jwk' });
    return { keys: [key, { ...other, kid: key.kid }] };
  }),
  keys('other-kid', 'The key is published under another kid than tokens name', ['jwks/kid-names-key'], (key) => ({
    keys: [{ ...key, kid: 'key-1' }],
  })),
  keys('for-encryption', 'The signing key is declared for encryption', ['jwks/key-for-signing'], (key) => ({
    keys: [{ ...key, use: 'enc' }],
  })),
  keys('other-algorithm', 'The signing key is declared for PS256', ['jwks/key-for-signing'], (key) => ({
    keys: [{ ...key, alg: 'PS256' }],
  })),
  keys('use-and-key-ops', 'The key has both use and key_ops', ['jwks/use-or-key-ops'], (key) => ({
    keys: [{ ...key, key_ops: ['verify'] }],
  })),
  keys('operation-twice', 'The key names an operation twice', ['jwks/key-operations-once'], (key) => ({
    keys: [{ ...key, use: undefined, key_ops: ['verify', 'verify'] }],
  })),
  keys('unrelated-operations', 'The key is for verifying and encrypting', ['jwks/related-operations'], (key) => ({
    keys: [{ ...key, use: undefined, key_ops: ['verify', 'encrypt'] }],
  })),
  keys(
    'contradictory',
    'A key is declared for encryption by use and for verifying by key_ops',
    ['jwks/use-consistent', 'jwks/use-or-key-ops'],
    (key) => ({ keys: [key, { ...key, kid: 'other', use: 'enc', key_ops: ['verify'] }] }),
  ),
  keys(
    'modulus-as-certificate',
    'x5c holds something else than a certificate',
    ['jwks/certificate-matches'],
    (key) => ({
      keys: [{ ...key, x5c: [Buffer.from(String(key.n), 'base64url').toString('base64')] }],
    }),
  ),
  {
    id: 'jwks/member-twice',
    title: 'The key has its kid twice',
    breaks: ['jwks/names-unique'],
    transform: async ({ request }, response) =>
      new URL(request.url).pathname.endsWith('/jwks.json') && response.ok
        ? rewritten(response, { body: (await response.text()).replace('"kid"', '"kid":"old","kid"') })
        : response,
  },
  keys('stale', 'The published key is not the one that signs', ['access-token/jwt-verifies'], (key) => {
    const other = generateKeyPairSync('rsa', { modulusLength: 2048 }).publicKey.export({ format: 'jwk' });
    return { keys: [{ ...other, kid: key.kid, alg: 'RS256', use: 'sig' }] };
  }),
];

export default faults;
