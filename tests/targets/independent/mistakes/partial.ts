import type { MistakeRow } from './entry.ts';

/** Rules that are kept in some cases only: by one operation, one client, one method, the first time, or for a while. */
export const partialMistakes = {
  'client/basic-secret-unchecked-at-revoke': [
    'At /revoke the secret of Basic is not compared',
    'RFC 7009 2.1: validates credentials',
  ],
  'client/post-secret-unchecked-at-refresh': [
    'For refreshing a secret in the body is not compared',
    'RFC 6749 6: MUST authenticate',
  ],
  'client/post-secret-unchecked-at-authenticate': ['At /authenticate a secret in the body is not compared', 'seed'],
  'client/third-party-secret-unchecked': ['The secret of third-party clients is not compared', 'RFC 6749 3.2.1'],
  'client/unknown-passes-at-revoke': ['At /revoke an unknown client gets 200', 'RFC 7009 2.1, 2.2.1: invalid_client'],
  'client/two-methods-at-revoke': ['At /revoke Basic and a body secret together are taken', 'RFC 6749 2.3: MUST NOT'],
  'client/two-methods-at-authenticate': [
    'At /authenticate Basic and a body secret together are taken',
    'RFC 6749 2.3: MUST NOT',
  ],
  'client/two-methods-at-refresh': [
    'For refreshing Basic and a body secret together are taken',
    'RFC 6749 2.3: MUST NOT',
  ],
  'client/basic-empty-secret': ['Basic with an empty secret is taken as right', 'RFC 6749 3.2.1'],
  'client/bearer-taken-at-revoke': [
    'At /revoke an access token of the client does for its credentials',
    'RFC 7009 2.1: client credentials',
  ],
  'code/never-expires-public': ['Codes of public clients never expire', 'RFC 6749 4.1.2: MUST expire shortly'],
  'code/expires-after-half-hour': [
    'Codes live half an hour',
    'RFC 6749 4.1.2: ten minutes RECOMMENDED',
    { level: 'SHOULD' },
  ],
  'code/replay-keeps-refresh': [
    'Using a code again ends the access token, not the refresh token',
    'RFC 6749 4.1.2: SHOULD revoke all tokens',
    { level: 'SHOULD' },
  ],
  'code/replay-keeps-refreshed': [
    'Using a code again ends the first pair only, not the pair from refreshing',
    'RFC 6749 4.1.2: SHOULD revoke all tokens previously issued',
    { level: 'SHOULD' },
  ],
  'code/third-use': [
    'A code is refused the second time and taken the third',
    'RFC 6749 4.1.2: MUST NOT more than once',
  ],
  'code/revives-after-revocation': ['After its session was revoked a code can be used again', 'RFC 6749 4.1.2'],
  'code/reusable-after-refresh': ['After its session was refreshed a code can be used again', 'RFC 6749 4.1.2'],
  'pkce/post-unchecked': ['code_verifier is not compared when client_secret_post was used', 'RFC 7636 4.6'],
  'pkce/public-unchecked': ['code_verifier is compared for confidential clients only', 'RFC 7636 4.6'],
  'redirect/second-try-passes': ['After one wrong redirect_uri the next is not compared', 'RFC 6749 4.1.3'],
  'redirect/empty-passes': ['An empty redirect_uri switches the comparison off', 'RFC 6749 3.2, 4.1.3; seed: Required'],
  'refresh/old-alive-until-new-used': [
    'A used refresh token is taken until its successor is used',
    'public facts: single use',
  ],
  'refresh/third-use': ['A refresh token is refused the second time and taken the third', 'public facts: single use'],
  'refresh/narrowing-keeps-old': [
    'Refreshing with scope does not use the refresh token up',
    'public facts: single use',
  ],
  'refresh/lifetime-not-renewed': [
    'A new refresh token dies with the first, refresh_expires_in says a week',
    'contract: refresh_expires_in',
  ],
  'refresh/never-expires-once-refreshed': ['Only the first refresh token expires', 'contract: refresh_expires_in'],
  'access/exp-unchecked-once-refreshed': ['Access tokens from refreshing never end', 'RFC 7519 4.1.4: MUST NOT'],
  'access/exp-unchecked-signed-in': ['Access tokens from /authenticate never end', 'RFC 7519 4.1.4: MUST NOT'],
  'access/lifetime-not-renewed': ['Access tokens from refreshing die with the first', 'RFC 6749 5.1: expires_in'],
  'access/authenticate-expires-in-hour': [
    'At /authenticate expires_in says an hour, tokens die after 15 minutes',
    'RFC 6749 5.1; contract',
  ],
  'revoke/older-access-ignored': [
    'An access token from before a refreshing can no longer be revoked, and lives',
    'RFC 7009 2.1; seed',
  ],
  'revoke/toggled': ['Revoking twice brings the session back', 'RFC 7009 2.1, 2.2'],
  'revoke/late-300-milliseconds': ['Revocation works 0.3 seconds after the answer', 'RFC 7009 2.1: immediately'],
  'revoke/refresh-late': ['Only the refresh token outlives its revocation, by a second', 'RFC 7009 2.1: immediately'],
  'revoke/forgotten-after-quarter-hour': [
    'After 15 minutes a revoked refresh token works again',
    'RFC 7009 2.1: invalidates the token',
  ],
  'revoke/foreign-access': ['Any client can revoke any access token', 'RFC 7009 2.1: verify issued to the client'],
  'revoke/foreign-with-hint': ['With a hint any client can revoke any token', 'RFC 7009 2.1'],
  'revoke/foreign-spent': ['Any client can end a session by its used refresh token', 'RFC 7009 2.1'],
  'revoke/wrong-hint-400': ['A hint that does not fit the token is an error', 'RFC 7009 2.1: MUST extend its search'],
  'revoke/empty-token-200': ['An empty token is answered with 200', 'RFC 6749 3.2: as omitted; RFC 7009 2.1'],
  'revoke/by-access-continuable': [
    'A session that was revoked by its access token can be continued',
    'seed: revoke an auth session',
  ],
  'siwe/server-nonce-other-wallet': [
    'A nonce of the server serves every wallet once',
    'ERC-4361: nonce against replay',
    { with: ['server-nonces'] },
  ],
  'siwe/replay-other-client': [
    'A message can be used again through another client',
    'ERC-4361: nonce against replay',
    { level: 'SHOULD' },
  ],
  'siwe/replay-continuing': [
    'With a session_id a message can be used again',
    'ERC-4361: nonce against replay',
    { level: 'SHOULD' },
  ],
  'siwe/replay-race': [
    'A message that comes twice at a time is taken twice',
    'ERC-4361: nonce against replay',
    { level: 'SHOULD' },
  ],
  'siwe/replay-after-quarter-hour': [
    'Used nonces are forgotten after 15 minutes',
    'ERC-4361: nonce against replay',
    { level: 'SHOULD' },
  ],
  'session/other-wallet-second-try': [
    'The second try to continue the session of another wallet succeeds',
    'seed: existing session of the user',
  ],
  'authenticate/role-unchecked-known-wallet': [
    'Third-party clients are let in with a wallet that signed in before',
    'seed: Whitelabel only',
  ],
  'handoff/no-challenge-when-expired': ['401 for an expired token has no WWW-Authenticate', 'RFC 6750 3: MUST include'],
  'form/duplicates-of-secret': ['Of several secrets the last counts', 'RFC 6749 3.2: MUST NOT'],
} as const satisfies Record<string, MistakeRow>;
