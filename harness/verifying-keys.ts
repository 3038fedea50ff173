/** The keys of a published set under which an access token verifies (RFC 7515 5.2, RFC 7517). */

import { type KeyObject, verify } from 'node:crypto';
import { type ParsedJwt, publicKeyOf } from '../generators/jwt.ts';

export type Jwk = Readonly<Record<string, unknown>>;

function verifies(jwt: ParsedJwt, key: KeyObject): boolean {
  try {
    return verify('sha256', Buffer.from(`${jwt.parts[0]}.${jwt.parts[1]}`), key, jwt.signature);
  } catch {
    return false;
  }
}

/** The RSA key of a JWK, whatever else it is declared for; undefined where it is none or cannot be read. */
export const rsaKey = (jwk: Jwk): KeyObject | undefined => (jwk.kty === 'RSA' ? publicKeyOf(jwk) : undefined);

/** The published keys under which the token's RS256 signature verifies. */
export const verifyingKeys = (jwt: ParsedJwt, keys: readonly Jwk[]): readonly Jwk[] =>
  keys.filter((jwk) => {
    const key = rsaKey(jwk);
    return key !== undefined && verifies(jwt, key);
  });

/** Whether the token names the key that verifies it, where both have a kid (RFC 7515 4.1.4, RFC 7517 4.5). */
export const namesKey = ({ header }: ParsedJwt, verifying: readonly Jwk[]): boolean =>
  header.kid === undefined || verifying.some(({ kid }) => kid === undefined || kid === header.kid);
