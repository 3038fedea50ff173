/** JSON Web Tokens: read leniently, and built by hand, so that headers and signatures can be wrong in any way (RFC 7515, RFC 7519). */

import { createHmac, createPublicKey, generateKeyPair, type JsonWebKey, type KeyObject, sign } from 'node:crypto';

/** A JWT in compact serialization, taken apart. */
export interface ParsedJwt {
  readonly header: Readonly<Record<string, unknown>>;
  readonly claims: Readonly<Record<string, unknown>>;
  readonly signature: Buffer;
  /** The three parts as they were. */
  readonly parts: readonly [header: string, payload: string, signature: string];
}

const base64url = /^[A-Za-z0-9_-]*$/;
const strictUtf8 = new TextDecoder('utf-8', { fatal: true });

function object(part: string): Readonly<Record<string, unknown>> | undefined {
  try {
    const value: unknown = JSON.parse(strictUtf8.decode(Buffer.from(part, 'base64url')));
    return typeof value === 'object' && value !== null && !Array.isArray(value)
      ? (value as Record<string, unknown>)
      : undefined;
  } catch {
    return undefined;
  }
}

/** The tokens that were read last: many rules look at each. */
const lately = new Map<string, ParsedJwt | undefined>();
const remembered = 64;
/** Characters of a token that is worth remembering. */
const ordinary = 8192;

/** Takes a compact JWS of a JSON object apart (RFC 7519 7.2); undefined when it is none. The signature is not verified. Shared: not to be changed. */
export function parseJwt(token: string): ParsedJwt | undefined {
  if (token.length > ordinary) return read(token);
  if (lately.has(token)) return lately.get(token);
  if (lately.size >= remembered) lately.clear();
  const parsed = read(token);
  lately.set(token, parsed);
  return parsed;
}

function read(token: string): ParsedJwt | undefined {
  const parts = token.split('.');
  const [header = '', payload = '', signature = ''] = parts;
  if (parts.length !== 3 || !parts.every((part) => base64url.test(part))) return undefined;
  const [readHeader, claims] = [object(header), object(payload)];
  return readHeader === undefined || claims === undefined
    ? undefined
    : {
        header: readHeader,
        claims,
        signature: Buffer.from(signature, 'base64url'),
        parts: [header, payload, signature],
      };
}

/** base64url of JSON. */
export const encodeJson = (value: unknown): string => Buffer.from(JSON.stringify(value), 'utf8').toString('base64url');

/** Signs the signing input; '' leaves the signature empty. */
export type Signer = (input: string) => Uint8Array | '';

/** A compact JWS of the header and claims as they are. An undefined header member is left out. */
export function buildJwt(header: Readonly<Record<string, unknown>>, claims: unknown, signer: Signer): string {
  const input = `${encodeJson(header)}.${encodeJson(claims)}`;
  return `${input}.${Buffer.from(signer(input)).toString('base64url')}`;
}

export const unsigned: Signer = () => '';

/** HS256, HS384 or HS512 (RFC 7518 3.2), with secrets of any length. */
export const hmac =
  (secret: string | Uint8Array, bits: 256 | 384 | 512 = 256): Signer =>
  (input) =>
    createHmac(`sha${bits}`, secret).update(input).digest();

/** RS256, RS384, RS512 (RFC 7518 3.3). */
export const rsa =
  (key: KeyObject, bits: 256 | 384 | 512 = 256): Signer =>
  (input) =>
    sign(`sha${bits}`, Buffer.from(input), key);

/** PS256 (RFC 7518 3.5). */
export const rsaPss =
  (key: KeyObject): Signer =>
  (input) =>
    sign('sha256', Buffer.from(input), { key, padding: 6, saltLength: 32 }); // 6: RSA_PKCS1_PSS_PADDING

/** ES256 (RFC 7518 3.4). */
export const ecdsa =
  (key: KeyObject): Signer =>
  (input) =>
    sign('sha256', Buffer.from(input), { key, dsaEncoding: 'ieee-p1363' });

export const eddsa =
  (key: KeyObject): Signer =>
  (input) =>
    sign(null, Buffer.from(input), key);

/** Key pairs that no server knows. */
export interface ForgerKeys {
  readonly rsa: {
    readonly privateKey: KeyObject;
    readonly publicKey: KeyObject;
    readonly jwk: JsonWebKey;
  };
  readonly ec: { readonly privateKey: KeyObject; readonly jwk: JsonWebKey };
  readonly ed25519: {
    readonly privateKey: KeyObject;
    readonly jwk: JsonWebKey;
  };
}

let made: Promise<ForgerKeys> | undefined;

/** Fresh keys, made once a process. */
export function forgerKeys(): Promise<ForgerKeys> {
  made ??= makeKeys();
  return made;
}

interface Pair {
  readonly publicKey: KeyObject;
  readonly privateKey: KeyObject;
}

async function makeKeys(): Promise<ForgerKeys> {
  const settle =
    (resolve: (pair: Pair) => void, reject: (error: Error) => void) =>
    (error: Error | null, publicKey: KeyObject, privateKey: KeyObject): void =>
      error === null ? resolve({ publicKey, privateKey }) : reject(error);
  const [rsaPair, ecPair, edPair] = await Promise.all([
    new Promise<Pair>((resolve, reject) => generateKeyPair('rsa', { modulusLength: 2048 }, settle(resolve, reject))),
    new Promise<Pair>((resolve, reject) => generateKeyPair('ec', { namedCurve: 'P-256' }, settle(resolve, reject))),
    new Promise<Pair>((resolve, reject) => generateKeyPair('ed25519', {}, settle(resolve, reject))),
  ]);
  const jwk = ({ publicKey }: Pair): JsonWebKey => publicKey.export({ format: 'jwk' });
  return {
    rsa: { ...rsaPair, jwk: jwk(rsaPair) },
    ec: { ...ecPair, jwk: jwk(ecPair) },
    ed25519: { ...edPair, jwk: jwk(edPair) },
  };
}

/** The public key of a JWK; undefined when it cannot be read. */
export function publicKeyOf(jwk: unknown): KeyObject | undefined {
  try {
    return createPublicKey({ key: jwk as JsonWebKey, format: 'jwk' });
  } catch {
    return undefined;
  }
}
