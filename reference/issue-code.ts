/** Issuing authorization codes, for the control route and the authorization page. */

import type { Reference } from './context.ts';
import { requestedScope } from './domain.ts';
import { Refusal } from './model.ts';

export interface CodeRequest {
  readonly clientId: string;
  readonly redirectUri: string;
  readonly codeChallenge: string;
  readonly codeChallengeMethod: string;
  readonly scope: string | undefined;
  /** The account that the code is for. */
  readonly user: string;
}

/** An S256 challenge: the base64url form of 32 bytes (RFC 7636 4.2). */
export const challengeIsWellFormed = (challenge: string): boolean => /^[A-Za-z0-9_-]{43}$/.test(challenge);

/** @throws Refusal */
export function issueCode(reference: Reference, request: CodeRequest): string {
  const { policy, store } = reference;
  const bad = (description: string): Refusal => new Refusal(400, 'invalid_request', description);
  const client = reference.clients.get(request.clientId);
  if (client === undefined) throw bad('client_id is unknown.');
  if (!client.redirectUris.includes(request.redirectUri)) throw bad('redirect_uri is not registered for this client.');
  if (!policy.code.acceptsChallengeMethod(request.codeChallengeMethod))
    throw bad('code_challenge_method must be S256.');
  if (!challengeIsWellFormed(request.codeChallenge)) throw bad('code_challenge is malformed.');
  const code = policy.code.mints(request.codeChallenge);
  store.codes.set(code, {
    code,
    clientId: client.id,
    redirectUri: request.redirectUri,
    codeChallenge: request.codeChallenge,
    codeChallengeMethod: request.codeChallengeMethod,
    scope: requestedScope(reference, request.scope),
    account: request.user,
    issuedAt: reference.now(),
    used: false,
  });
  return code;
}
