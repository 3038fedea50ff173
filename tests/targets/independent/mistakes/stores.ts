import type { MistakeRow } from './entry.ts';

/** What comes of collations, unique keys, missing conditions, replicas and times to live in databases and caches. */
export const storeMistakes = {
  'client/id-trailing-space': [
    'Spaces behind a client id make no difference, as in columns that are padded',
    'RFC 6749 2.2, A.1: a unique string, which may have spaces',
  ],
  'code/trailing-space': [
    'Spaces behind a code make no difference, as in columns that are padded',
    'RFC 6749 4.1.3: verify the code is valid',
  ],
  'refresh/trailing-space': [
    'Spaces behind a refresh token make no difference, as in columns that are padded',
    'RFC 6749 6: validate the refresh token',
  ],
  'code/longer': ['A code with something after it is taken', 'RFC 6749 4.1.3: verify the code is valid'],
  'refresh/longer': ['A refresh token with something after it is taken', 'RFC 6749 6: validate the refresh token'],
  'handoff/token-case': ['Access tokens are found without regard to case', 'RFC 7515 5.2; RFC 6749 1.9'],
  'code/one-a-client': [
    'A new code of a client takes the place of the one before, whoever agreed',
    'RFC 6749 4.1.3, 5.1: a valid request is answered with tokens',
  ],
  'code/joins-session-of-client': [
    'A second code of a client is exchanged within the session of the first',
    'contract: each token pair belongs to an auth session; revoking one ends the other user’s',
  ],
  'access/one-a-client': [
    'A new access token of a client ends those before, of other sessions too',
    'RFC 6749 5.1: expires_in',
  ],
  'access/late-300-milliseconds': [
    'A replica lags: access tokens are refused for the first 0.3 seconds',
    'RFC 6749 5.1: an access token that can be used',
  ],
  'refresh/late-300-milliseconds': [
    'A replica lags: refresh tokens are unknown for the first 0.3 seconds',
    'RFC 6749 6: a valid refresh token is answered with tokens',
  ],
  'session/late-300-milliseconds': [
    'A replica lags: sessions cannot be continued for the first 0.3 seconds',
    'seed: session id to continue',
  ],
  'authenticate/second-sign-in-500': [
    'The user is inserted at every sign-in: the second of a wallet ends in 500',
    'seed: 200; if not provided a new session is created',
  ],
  'authenticate/second-client-500': [
    'A wallet belongs to one client: signing in with a second ends in 500',
    'seed: 200 for a right message',
  ],
  'authenticate/second-session-409': [
    'While a session of the wallet is alive a second sign-in is refused',
    'seed: if not provided a new session is created',
  ],
  'authenticate/new-subject-each-time': [
    'The user is made anew at every sign-in: the subject of a wallet is another each time',
    'public facts: the token names the account; seed: authenticate a user',
    { left: 'That an address is one user is implied, and nowhere said of sub.' },
  ],
  'revoke/missing-ends-all': [
    'Without token the condition is dropped: the request is refused, and every session of the client ended',
    'RFC 7009 2.1: the token that is named; RFC 6749 5.2',
  ],
  'refresh/missing-finds-any': [
    'Without refresh_token the condition is dropped: the first one of the client is found',
    'RFC 6749 6: refresh_token REQUIRED',
  ],
  'refresh/unknown-ends-newest': [
    'An unknown refresh token ends the newest session of the client',
    'RFC 6749 5.2: refused; public facts: a used token may end its session, no other',
  ],
  'refresh/race-same-answer': [
    'Refreshings of a token within 0.2 seconds are answered with one pair',
    'public facts: single use; RFC 9700 4.14.2',
  ],
  'refresh/dies-with-access-token': [
    'Refresh tokens are kept as long as access tokens, refresh_expires_in says a week',
    'contract: refresh_expires_in; RFC 6749 1.5',
  ],
  'revoke/once-a-wallet': [
    'The list of revocations has wallets as keys: a second revocation of one does nothing',
    'RFC 7009 2.1: invalidates the token',
  ],
  'revoke/all-but-own': [
    'Every session of the user is ended but the one of the token',
    'RFC 7009 2.1: invalidates the token; seed: revoke an auth session',
  ],
  'revoke/twice-500': ['Revoking again ends in 500', 'RFC 7009 2.2: 200 for invalid tokens'],
  'revoke/foreign-of-shared-wallet': [
    'A client can revoke tokens of another when the wallet signed in with both',
    'RFC 7009 2.1: MUST be issued to the client',
  ],
  'session/dies-with-access-token': [
    'Sessions are kept as long as access tokens: after 15 minutes none can be continued',
    'seed: the session ID can be stored for future requests to continue',
    { left: 'How long a session can be continued is said nowhere.' },
  ],
  'siwe/replay-after-a-day': [
    'Used nonces are kept for a day: then a message without Expiration Time can be used again',
    'ERC-4361: nonce against replay',
    { level: 'SHOULD' },
  ],
  'siwe/expiry-2038': [
    'Expiration Time has 32 bits: messages that expire after 2038 have expired',
    'ERC-4361: valid until Expiration Time',
    { left: 'A server may limit how long a message may be valid.' },
  ],
  'siwe/z-read-as-local': [
    'Times with Z are read as local, two hours ahead: messages expire two hours early',
    'RFC 3339 4.2, ERC-4361: Expiration Time',
  ],
  'access/prolonged-by-use': [
    'Each hand-off prolongs the access token by 15 minutes',
    'RFC 7519 4.1.4: MUST NOT be accepted after exp',
  ],
} as const satisfies Record<string, MistakeRow>;
