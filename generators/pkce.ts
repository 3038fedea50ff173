/** Proof keys (RFC 7636 4.1, 4.2). */

import { createHash, randomBytes } from 'node:crypto';

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
