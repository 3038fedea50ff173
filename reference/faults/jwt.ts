/** Mistakes in the verification of JWTs, most of them known from libraries (RFC 8725 2). */

import { createHmac, createPublicKey, type JsonWebKey, verify } from 'node:crypto';
import { compactVerify, importJWK, type JWK } from 'jose';
import type { JwtHeader, VerificationKey } from '../policy/access-token.ts';
import { changed } from '../policy/index.ts';
import type { Fault } from './types.ts';

const payloadOf = (token: string): Uint8Array => Buffer.from(token.split('.')[1] ?? '', 'base64url');
const signatureOf = (token: string): Buffer => Buffer.from(token.split('.')[2] ?? '', 'base64url');
const inputOf = (token: string): string => token.split('.').slice(0, 2).join('.');
const pem = (key: VerificationKey, type: 'spki' | 'pkcs1'): string =>
  createPublicKey({ key: key.publicJwk as JsonWebKey, format: 'jwk' })
    .export({ type, format: 'pem' })
    .toString();

/** A token that also verifies: when `accepts` says so, whatever its header. */
const verification = (
  id: string,
  title: string,
  breaks: readonly string[],
  accepts: (token: string, header: JwtHeader, key: VerificationKey) => boolean | Promise<boolean>,
  reference?: string,
): Fault => ({
  id: `jwt/${id}`,
  title,
  breaks,
  ...(reference === undefined ? {} : { reference }),
  change: (policy) =>
    changed(policy, {
      accessToken: {
        allowsAlgorithm: () => true,
        allowsKeyId: () => true,
        verifiesSignature: async (token, header, key) => {
          if (await accepts(token, header, key)) return payloadOf(token);
          const { accessToken: right } = policy;
          const headerIsRight = right.allowsAlgorithm(header) && right.allowsKeyId(header, key);
          return headerIsRight ? right.verifiesSignature(token, header, key) : undefined;
        },
      },
    }),
});

const hasMac = (token: string, secret: string | Uint8Array): boolean =>
  createHmac('sha256', secret).update(inputOf(token)).digest().equals(signatureOf(token));

async function verifiesBy(token: string, jwk: unknown): Promise<boolean> {
  try {
    await compactVerify(token, await importJWK(jwk as JWK, 'RS256'));
    return true;
  } catch {
    return false;
  }
}

async function fetched(url: string): Promise<readonly unknown[]> {
  try {
    return ((await (await fetch(url)).json()) as { keys: unknown[] }).keys;
  } catch {
    return [];
  }
}

const forged = [
  'access-token/foreign-key-refused',
  'access-token/signature-verified',
  'access-token/payload-protected',
  'access-token/alg-none-refused',
  'access-token/hmac-confusion-refused',
  'access-token/header-keys-not-trusted',
  'access-token/kid-not-trusted',
];

const faults: readonly Fault[] = [
  verification(
    'decoded-not-verified',
    'The token is decoded and its signature not verified',
    forged,
    () => true,
    'https://nvd.nist.gov/vuln/detail/CVE-2022-39366',
  ),
  verification(
    'alg-none',
    'alg none needs no signature',
    ['access-token/alg-none-refused'],
    (_token, { alg }) => alg === 'none',
    'https://nvd.nist.gov/vuln/detail/CVE-2015-9235',
  ),
  verification(
    'alg-none-any-case',
    'alg none is refused in lower case only',
    ['access-token/alg-none-refused'],
    (_token, { alg }) => typeof alg === 'string' && alg !== 'none' && alg.toLowerCase() === 'none',
    'https://nvd.nist.gov/vuln/detail/CVE-2020-28042',
  ),
  verification(
    'alg-absent',
    'A token without alg needs no signature',
    ['access-token/alg-none-refused'],
    (_token, { alg }) => alg === undefined,
  ),
  ...(['spki', 'pkcs1'] as const).map((type) =>
    verification(
      `hmac-with-${type}`,
      `HS256 verifies with the public key as PEM (${type})`,
      ['access-token/hmac-confusion-refused'],
      (token, { alg }, key) => alg === 'HS256' && hasMac(token, pem(key, type)),
      'https://nvd.nist.gov/vuln/detail/CVE-2017-11424',
    ),
  ),
  verification(
    'hmac-empty-secret',
    'HS256 verifies with an empty secret',
    ['access-token/hmac-confusion-refused', 'access-token/kid-not-trusted'],
    (token, { alg }) => alg === 'HS256' && hasMac(token, ''),
  ),
  verification(
    'hmac-weak-secret',
    'HS256 verifies with the secret of the example',
    ['access-token/hmac-confusion-refused'],
    (token, { alg }) => alg === 'HS256' && hasMac(token, 'secret'),
  ),
  verification(
    'unknown-kid-unverified',
    'A token of an unknown kid is let through',
    ['access-token/foreign-key-refused', 'access-token/header-keys-not-trusted', 'access-token/kid-not-trusted'],
    (_token, { kid, alg }, key) => alg === 'RS256' && kid !== key.keyId,
  ),
  verification(
    'inherited-kid',
    'Keys are looked up in an object with a prototype, and what is found is not checked',
    ['access-token/kid-not-trusted'],
    (_token, { kid }) => typeof kid === 'string' && kid in {},
  ),
  verification(
    'kid-names-file',
    'kid names a file, which is the HMAC secret',
    ['access-token/kid-not-trusted'],
    (token, { alg, kid }) => alg === 'HS256' && String(kid).endsWith('/dev/null') && hasMac(token, ''),
  ),
  verification(
    'own-jwk',
    'The key in the header verifies the token',
    ['access-token/header-keys-not-trusted'],
    (token, { jwk }) => jwk !== undefined && verifiesBy(token, jwk),
    'https://nvd.nist.gov/vuln/detail/CVE-2018-0114',
  ),
  verification(
    'own-jku',
    'The key set that the header names verifies the token',
    ['access-token/header-keys-not-trusted'],
    async (token, header) => {
      const { jku } = header as { readonly jku?: unknown };
      if (typeof jku !== 'string' || !jku.startsWith('http://127.0.0.1')) return false;
      return verifiesBy(token, (await fetched(jku))[0]);
    },
  ),
  verification(
    'fetches-jku',
    'The key set that the header names is fetched, and not used',
    ['access-token/header-urls-not-followed'],
    async (_token, header) => {
      const { jku } = header as { readonly jku?: unknown };
      if (typeof jku === 'string' && jku.startsWith('http://127.0.0.1')) await fetched(jku);
      return false;
    },
  ),
  verification(
    'own-certificate',
    'The certificate in the header verifies the token',
    ['access-token/header-keys-not-trusted'],
    (token, header) => {
      const { x5c } = header as { readonly x5c?: unknown };
      if (!Array.isArray(x5c)) return false;
      const certificate = `-----BEGIN CERTIFICATE-----\n${String(x5c[0])}\n-----END CERTIFICATE-----`;
      return verify('sha256', Buffer.from(inputOf(token)), createPublicKey(certificate), signatureOf(token));
    },
  ),
  verification(
    'elliptic-zeros',
    'An ES256 signature of zeros verifies',
    ['access-token/foreign-key-refused'],
    (token, { alg }) => alg === 'ES256' && signatureOf(token).every((octet) => octet === 0),
    'https://nvd.nist.gov/vuln/detail/CVE-2022-21449',
  ),
  verification(
    'empty-signature',
    'An empty signature is not verified',
    ['access-token/signature-verified'],
    (token, { alg }) => alg === 'RS256' && token.split('.')[2] === '',
  ),
  verification(
    'signature-length-only',
    'Only the length of the signature is looked at',
    ['access-token/signature-verified', 'access-token/payload-protected', 'access-token/foreign-key-refused'],
    (token, { alg, kid }, key) => alg === 'RS256' && kid === key.keyId && signatureOf(token).byteLength === 256,
  ),
  {
    id: 'jwt/signature-prefix',
    title: 'Tokens are kept, and compared by the header, the payload and the first octets of the signature',
    breaks: ['access-token/signature-verified'],
    change: (policy) =>
      changed(policy, {
        accessToken: {
          findsOpaque: (token, store) =>
            [...store.accessTokens.values()].find(
              (one) =>
                inputOf(one.token) === inputOf(token) &&
                token.slice(0, -300) !== '' &&
                one.token.startsWith(token.slice(0, inputOf(token).length + 9)),
            )?.claims,
        },
      }),
  },
  {
    id: 'jwt/payload-of-known-signature',
    title: 'A signature that was verified once is remembered, and the payload beside it not looked at again',
    breaks: ['access-token/payload-protected'],
    change: (policy) => {
      const verified = new Set<string>();
      return changed(policy, {
        accessToken: {
          verifiesSignature: async (token, header, key) => {
            const signature = token.split('.')[2] ?? '';
            if (verified.has(signature)) return payloadOf(token);
            const payload = await policy.accessToken.verifiesSignature(token, header, key);
            if (payload !== undefined) verified.add(signature);
            return payload;
          },
        },
      });
    },
  },
  {
    id: 'jwt/more-parts',
    title: 'Parts after the third are ignored',
    breaks: ['access-token/compact-serialization'],
    change: (policy) => {
      const three = (token: string): string => token.split('.').slice(0, 3).join('.');
      return changed(policy, {
        accessToken: {
          readsHeader: (token) => policy.accessToken.readsHeader(three(token)),
          verifiesSignature: (token, header, key) => policy.accessToken.verifiesSignature(three(token), header, key),
        },
      });
    },
  },
  {
    id: 'jwt/encrypted-taken',
    title: 'What was encrypted to the server needs no signature',
    breaks: ['access-token/encrypted-forgery-refused'],
    change: (policy) =>
      changed(policy, {
        accessToken: {
          findsOpaque: (token, store) =>
            token.split('.').length === 5 &&
            token.split('.').every((part) => part !== '') &&
            !token.startsWith('eyJhbGciOiJSUzI1NiIs')
              ? [...store.accessTokens.values()].find((one) => one.clientId.startsWith('wl'))?.claims
              : undefined,
        },
      }),
  },
  {
    id: 'jwt/other-algorithm',
    title: 'Access tokens say HS256',
    breaks: ['access-token/jwt-rs256'],
    change: (policy) =>
      changed(policy, {
        tokens: {
          mintsAccessToken: async (facts, claims, header) => {
            const parts = (await policy.tokens.mintsAccessToken(facts, claims, header)).split('.');
            const other = Buffer.from(JSON.stringify({ ...header, alg: 'HS256' })).toString('base64url');
            return [other, parts[1], parts[2]].join('.');
          },
        },
        accessToken: {
          findsOpaque: (token, store) => store.accessTokens.get(token)?.claims,
        },
      }),
  },
  {
    id: 'jwt/opaque',
    title: 'Access tokens are random values although JWTs are promised',
    breaks: ['access-token/jwt-form'],
    change: (policy) =>
      changed(policy, {
        tokens: { mintsAccessToken: async () => `${crypto.randomUUID()}${crypto.randomUUID()}` },
        accessToken: { findsOpaque: (token, store) => store.accessTokens.get(token)?.claims },
      }),
  },
];

export default faults;
