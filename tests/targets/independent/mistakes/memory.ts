import type { MistakeRow } from './entry.ts';

/** What caches, bounded lists, replicas, batches, timers and transactions forget, keep or give twice. */
export const memoryMistakes = {
  'client/failure-cached': [
    'For five seconds after a wrong secret the right one of that client is refused',
    'RFC 6749 3.2.1, 5.1: a valid request is answered with tokens',
  ],
  'code/ttl-lost-on-failure': [
    'A refused exchange writes the code back without its time to live',
    'RFC 6749 4.1.2: MUST expire shortly',
  ],
  'code/used-list-evicted': [
    'Only the last three used codes are remembered',
    'RFC 6749 4.1.2: MUST NOT more than once',
  ],
  'code/race-500': ['Of two exchanges of a code at a time one ends in 500', 'RFC 6749 4.1.2, 5.2: invalid_grant'],
  'refresh/ttl-lost-on-failure': [
    'A refreshing refused for its scope writes the token back without its time to live',
    'contract: refresh_expires_in',
  ],
  'refresh/older-generations-alive': [
    'Only the last two used refresh tokens of a session are remembered',
    'public facts: single use; RFC 9700 4.14.2',
  ],
  'refresh/spent-forgotten-after-quarter-hour': [
    'A used refresh token works again after 15 minutes',
    'public facts: single use; RFC 9700 4.14.2',
  ],
  'refresh/race-500': ['Of two refreshings at a time one ends in 500', 'RFC 6749 5.2: invalid_grant'],
  'refresh/sixth-refused': [
    'A session is refreshed five times and no more, refresh_expires_in says a week',
    'contract: refresh_expires_in; RFC 6749 6',
  ],
  'refresh/timer-overflow': [
    'A lifetime of thirty days overflows the timer, and the refresh token dies at once',
    'contract: refresh_expires_in',
    { with: ['refresh-30-days'] },
  ],
  'refresh/lives-a-day-longer': [
    'Refresh tokens live eight days, refresh_expires_in says seven',
    'contract: refresh_expires_in',
  ],
  'refresh/claims-of-previous': [
    'Access tokens from refreshing have the scope of the one before',
    'RFC 6749 6, 5.1: the scope that the answer tells',
  ],
  'refresh/answer-cached-by-session': [
    'Two seconds after a refreshing the new refresh token gets the same pair again',
    'public facts: single use and rotated',
  ],
  'revoke/denylist-evicted': [
    'Only the last three ended sessions are remembered where access tokens are looked at',
    'RFC 7009 2.1: invalidates the token; contract: both tokens stop working',
  ],
  'revoke/batched': ['A revocation takes effect with the next one', 'RFC 7009 2.1: immediately'],
  'revoke/refresh-noop-once-access-expired': [
    'Once its access token has expired a refresh token is no longer revoked',
    'RFC 7009 2.1: invalidates the token; seed: either token',
  ],
  'revoke/young-token-lives': [
    'An access token of the same second as the revocation stays alive',
    'RFC 7009 2.1: immediately; contract: both tokens stop working',
  ],
  'revoke/race-500': ['Of two revocations of a token at a time one ends in 500', 'RFC 7009 2.2: 200'],
  'access/alive-once-used': [
    'An access token that opened a hand-off is remembered as valid and never expires',
    'RFC 7519 4.1.4: MUST NOT be accepted after exp',
  ],
  'access/every-second-key-unpublished': [
    'Every second access token is signed with a key that the JWKS lacks',
    'contract: keys at jwksUri',
  ],
  'access/times-in-local-zone': [
    'iat and exp are local time, five hours behind',
    'RFC 7519 2: NumericDate in UTC; 4.1.4',
  ],
  'access/nbf-ahead': ['nbf is five minutes ahead of the time of issue', 'RFC 7519 4.1.5: MUST NOT be accepted before'],
  'session/cached-when-continued': [
    'A session that was continued before can be continued after its revocation',
    'seed: Revoke an auth session',
  ],
  'siwe/nonce-list-evicted': [
    'Only the last three nonces are remembered',
    'ERC-4361: nonce against replay',
    { level: 'SHOULD' },
  ],
  'siwe/replay-after-revocation': [
    'Used nonces are forgotten when a session of the wallet is revoked',
    'ERC-4361: nonce against replay',
    { level: 'SHOULD' },
  ],
  'siwe/failure-frees-nonce': [
    'A wrong signature under a used nonce frees the nonce',
    'ERC-4361: nonce against replay',
    { level: 'SHOULD' },
  ],
  'handoff/code-by-redirect-uri': [
    'For ten seconds everyone with the same redirectUri gets the same code',
    'seed: the hand-off of an authenticated user; RFC 6749 10.10',
  ],
  'handoff/fifth-500': ['Every fifth hand-off ends in 500', 'seed: 200'],
  'scopes/stale-replica': ['Every second list lacks two names', 'seed: all available scopes'],
} as const satisfies Record<string, MistakeRow>;
