/** Proof keys (RFC 7636 4.1, 4.2). */

import { createHash, randomBytes } from 'node:crypto';
import fc from 'fast-check';

export interface Pkce {
  readonly codeVerifier: string;
  readonly codeChallenge: string;
  readonly codeChallengeMethod: 'S256';
}

/** RFC 7636 4.2: BASE64URL-ENCODE(SHA256(ASCII(code_verifier))). */
export function codeChallengeOf(codeVerifier: string): string {
  return createHash('sha256').update(codeVerifier, 'ascii').digest('base64url');
}

/** A proof key of 43 characters from 32 random bytes (RFC 7636 4.1), or for the verifier given. */
export function pkce(codeVerifier: string = randomBytes(32).toString('base64url')): Pkce {
  return { codeVerifier, codeChallenge: codeChallengeOf(codeVerifier), codeChallengeMethod: 'S256' };
}

const unreserved = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~';

/** Every legal verifier: 43 to 128 unreserved characters (RFC 7636 4.1). */
export const codeVerifier: fc.Arbitrary<string> = fc.string({
  unit: fc.constantFrom(...unreserved),
  minLength: 43,
  maxLength: 128,
  size: 'max',
});

/** Characters that a verifier does not have, each of which some decoder drops, translates or fails at. */
export const illegalCharacters = ['+', '/', '=', ' ', '%', '!', 'é', '\t'] as const;

/** A verifier that the grammar of RFC 7636 4.1 excludes, by length or by one character. */
export const illegalCodeVerifier: fc.Arbitrary<string> = fc.oneof(
  fc.string({ unit: fc.constantFrom(...unreserved), minLength: 1, maxLength: 42, size: 'max' }),
  fc.string({ unit: fc.constantFrom(...unreserved), minLength: 129, maxLength: 200, size: 'max' }),
  fc
    .tuple(codeVerifier, fc.constantFrom(...illegalCharacters), fc.nat({ max: 42 }))
    .map(([verifier, char, at]) => verifier.slice(0, at) + char + verifier.slice(at + 1)),
);
