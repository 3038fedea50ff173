/** The RSA key that signs access tokens. */

import { calculateJwkThumbprint, exportJWK, generateKeyPair } from 'jose';
import type { SigningKey } from './context.ts';

/** A fresh RSA key of 2048 bits (RFC 7518 3.3), named by its thumbprint (RFC 7638). Takes some hundred milliseconds. */
export async function generateSigningKey(): Promise<SigningKey> {
  const { privateKey, publicKey } = await generateKeyPair('RS256', { modulusLength: 2048 });
  const { kty = 'RSA', n = '', e = '' } = await exportJWK(publicKey);
  const keyId = await calculateJwkThumbprint({ kty, n, e });
  return { privateKey, publicKey, publicJwk: { kty, n, e, alg: 'RS256', use: 'sig', kid: keyId }, keyId };
}

let shared: Promise<SigningKey> | undefined;

/** One key for all references of this process; its generation begins with the first call and is not waited for. */
export function sharedSigningKey(): Promise<SigningKey> {
  shared ??= generateSigningKey();
  return shared;
}
