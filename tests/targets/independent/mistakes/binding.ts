import type { MistakeRow } from './entry.ts';

/** What is bound to the wrong thing, or to nothing on one way only: by client, wallet, grant, generation or hint. */
export const bindingMistakes = {
  'client/pkce-instead-of-secret': [
    'At the code grant a code_verifier does for the secret of a confidential client',
    'RFC 6749 3.2.1, 4.1.3: MUST authenticate; RFC 9700 2.1.1',
  ],
  'client/third-party-refused-at-revoke': ['Third-party clients may not revoke', 'RFC 7009 2.1; contract: client auth'],
  'client/third-party-refused-at-refresh': ['Third-party clients may not refresh', 'RFC 6749 6; contract: client auth'],
  'client/no-challenge-for-unknown': ['401 for an unknown client has no challenge', 'RFC 6749 5.2; RFC 9110 15.5.2'],
  'client/no-challenge-over-post': [
    '401 for credentials in the body has no challenge',
    'RFC 9110 15.5.2: MUST',
    {
      left: 'RFC 6749 5.2 asks for the challenge only where the Authorization header was used; a server that reads its rule so is not accused',
    },
  ],
  'grant/by-parameter': [
    'With a refresh_token among the parameters grant_type is not looked at',
    'RFC 6749 4.1.3, 6: REQUIRED value; 5.2: unsupported_grant_type',
  ],
  'redirect/optional-third-party': ['Third-party clients may leave redirect_uri out', 'seed: Required; RFC 6749 4.1.3'],
  'code/scope-of-newest': [
    'The scope is kept by client: an exchange gives that of the newest code',
    'RFC 6749 3.3, 4.1.3: of this authorization',
  ],
  'code/replay-ends-newest': [
    'Using a code again ends the newest session of the client, not that of the code',
    'RFC 6749 4.1.2: tokens based on that code; public facts: each pair has its session',
  ],
  'pkce/challenge-by-client': [
    'The challenge is kept by client: the verifier of the newest code counts',
    'RFC 7636 4.4, 4.6: the challenge of this code',
  ],
  'pkce/short-unchecked': [
    'A code_verifier too short to be one is not compared',
    'RFC 7636 4.6; 4.1: minimum length of 43',
  ],
  'refresh/any-client-once-refreshed': [
    'Only the first refresh token is bound to its client',
    'RFC 6749 6, 10.4: MUST be bound to the client',
  ],
  'refresh/any-client-signed-in': [
    'Refresh tokens from /authenticate are bound to no client',
    'RFC 6749 10.4: MUST be bound to the client',
  ],
  'refresh/replay-ends-all-of-client': [
    'Using a refresh token again ends every session of the client',
    'public facts: may end the whole session; RFC 9700 4.14.2',
  ],
  'refresh/scope-widened-signed-in': [
    'Sessions from /authenticate can ask for any known scope when they refresh',
    'RFC 6749 6: MUST NOT include any scope not granted',
  ],
  'refresh/scope-saved-before-checked': [
    'A scope that is refused has been stored, and the next refreshing grants it',
    'RFC 6749 6: MUST NOT include any scope not granted',
  ],
  'refresh/scope-dropped-untold': [
    'Scope that was not granted is left out and nothing says so',
    'RFC 6749 5.1, 3.3: MUST include scope when different',
  ],
  'refresh/scope-empty-refused': ['An empty scope is refused', 'RFC 6749 3.2: as if omitted'],
  'refresh/scope-error-403': ['Too much scope is answered with 403', 'RFC 6749 5.2: 400'],
  'refresh/counter-suffix': [
    'New refresh tokens are the old one with a number counted up',
    'RFC 6749 10.4, 10.10: MUST NOT be guessed',
  ],
  'answer/scope-told-full': [
    'Asking for less narrows the access token, the answer tells of everything',
    'RFC 6749 5.1, 3.3: the scope of the access token',
  ],
  'answer/continuing-cacheable': ['Answers to continuing a session have no Cache-Control', 'RFC 6749 5.1: MUST'],
  'revoke/foreign-once-refreshed': [
    'Any client can revoke tokens that came from refreshing',
    'RFC 7009 2.1: verify issued to the client',
  ],
  'revoke/foreign-signed-in': [
    'Any client can revoke tokens from /authenticate',
    'RFC 7009 2.1: verify issued to the client',
  ],
  'revoke/older-session-of-wallet-ignored': [
    'Of the sessions of a wallet only the newest can be revoked',
    'RFC 7009 2.1; seed: Revoke an auth session',
  ],
  'revoke/hint-decides-what-ends': [
    'The hint decides which of the two tokens is ended',
    'contract: both tokens stop working; RFC 7009 2.1',
  ],
  'authenticate/subject-by-client': [
    'All wallets of a client have one subject',
    'RFC 7519 4.1.2: MUST be locally unique; ERC-4361: the address is who signs in',
  ],
  'authenticate/refresh-dies-early': [
    'Refresh tokens from /authenticate die after a day, refresh_expires_in says a week',
    'contract: refresh_expires_in',
  ],
  'session/signer-of-session': [
    'Continuing, the signer is compared with the wallet of the session, not that of the message',
    'ERC-4361: signature by the address of the message',
  ],
  'session/id-reused-after-revocation': [
    'A sign-in after a revocation gets the id of the revoked session',
    'seed: if not provided a new session is created',
  ],
  'session/id-missing-when-continued': ['Continuing answers without session_id', 'seed: Returns the session ID'],
  'siwe/times-ignored-continuing': ['With a session_id the times are not looked at', 'ERC-4361: expiration-time'],
  'siwe/domain-ignored-continuing': ['With a session_id domain is not compared', 'ERC-4361: domain'],
  'handoff/one-at-a-time-per-client': [
    'While a hand-off of one user is open other users of the client are refused',
    'seed: initialize a handoff; public facts: each token has its session',
  ],
} as const satisfies Record<string, MistakeRow>;
