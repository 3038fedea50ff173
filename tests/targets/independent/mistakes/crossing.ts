import type { MistakeRow } from './entry.ts';

const OWN_SESSION = 'public facts: each token pair belongs to an auth session';
const SAME_SESSION = 'seed: continue on the same session';

/** What goes wrong across operations: sessions that are signed in, continued, refreshed, handed over and revoked. */
export const crossingMistakes = {
  'authenticate/role-refused-yet-sessions-ended': [
    'A third-party client is refused, and the sessions of the wallet are ended',
    'seed: Whitelabel customer client only; RFC 7009 2.1: tokens of the client itself',
  ],
  'authenticate/refused-yet-sessions-ended': [
    'A wrong signature is refused, and the sessions of the wallet are ended',
    'ERC-4361: the signature proves who it is; contract: expires_in; revocation ends sessions',
  ],
  'authenticate/client-of-first-sign-in': [
    'Tokens of a wallet are for the client with which it signed in first',
    'RFC 6749 6, 10.4: issued to the client; RFC 7009 2.1',
  ],
  'authenticate/access-cached-by-wallet': ['For a minute all sessions of a wallet share one access token', OWN_SESSION],
  'authenticate/ends-sessions-of-other-wallets': [
    'Signing in ends the sessions that other wallets have with the client',
    `${OWN_SESSION}; contract: expires_in`,
  ],
  'authenticate/first-sign-in-race-500': [
    'When a wallet signs in for the first time twice at a time, one ends in 500',
    'seed: 200; RFC 9110 15.6',
  ],
  'authenticate/get-works': ['GET /authenticate with a query signs in', 'seed: POST; RFC 9110 9.2.1: GET is safe'],
  'authenticate/credentials-type-500': [
    'A client_id or client_secret that is no string ends in 500',
    'RFC 9110 15.6; contract: 4xx',
  ],
  'authenticate/lifetimes-swapped': [
    'At /authenticate expires_in and refresh_expires_in are exchanged',
    'RFC 6749 5.1: lifetime of the access token',
  ],
  'authenticate/scope-unlisted': [
    '/authenticate grants a scope that /scopes does not list',
    'seed: all available scopes',
  ],
  'access/authenticate-key-unpublished': [
    'Access tokens from /authenticate are signed with a key that the JWKS lacks',
    'contract: RS256, keys at jwksUri',
  ],
  'access/continued-hs256': [
    'Access tokens from continuing a session are signed with HS256',
    'contract: RS256; RFC 8725 3.1',
  ],
  'access/prolonged-by-continuing': [
    'Continuing a session prolongs its older access tokens',
    'RFC 7519 4.1.4: MUST NOT be accepted after exp',
  ],
  'access/prolonged-by-refreshing': [
    'Refreshing prolongs the older access tokens of the session',
    'RFC 7519 4.1.4: MUST NOT be accepted after exp',
  ],
  'access/iat-of-session': [
    'iat is the time at which the session began',
    'RFC 7519 4.1.6: the time at which the JWT was issued',
  ],
  'session/joined-across-clients': [
    'Signing in with a second client joins the session of the wallet with the first',
    'seed: if not provided a new session is created',
  ],
  'session/refused-yet-rebound': [
    'A wallet that may not continue a session is refused, and stored as its owner',
    'seed: the session ID for future requests to continue',
  ],
  'session/not-continuable-once-refreshed': [
    'A session that was refreshed cannot be continued',
    'seed: the session ID can be stored for future requests',
  ],
  'session/other-known-wallet': [
    'A wallet that has a session of its own can continue those of others',
    'seed: signed SIWE payload; existing session of the user',
  ],
  'session/other-client-when-confidential': [
    'A confidential client can continue sessions of a public one, not the reverse',
    'RFC 6749 10.4; seed: session of the client',
  ],
  'session/id-not-uuid-500': ['A session_id that is no UUID ends in 500', 'RFC 9110 15.6; contract: 4xx'],
  'session/id-wildcard': ['Sessions of the wallet are looked up with LIKE', 'seed: Session id to continue'],
  'session/race-revives': [
    'Continuing a session while it is revoked brings it back',
    'RFC 7009 2.1: immediately; seed: Revoke an auth session',
  ],
  'session/lifetime-not-renewed': [
    'Access tokens from continuing a session die with its first, expires_in says 900',
    'RFC 6749 5.1: expires_in',
  ],
  'session/refresh-lifetime-not-renewed': [
    'Refresh tokens from continuing a session die with its first, refresh_expires_in says a week',
    'contract: refresh_expires_in',
  ],
  'session/no-refresh-token-when-continued': [
    'Continuing a session gives no refresh token',
    'seed: Returns access and refresh tokens',
    { left: 'RFC 6749 5.1: a refresh token is OPTIONAL, and the session has one already.' },
  ],
  'refresh/signed-in-unknown': [
    'Refresh tokens from /authenticate are not known at /token',
    'seed: refresh an access token using a refresh token',
  ],
  'refresh/signed-in-once': [
    'A session from /authenticate can be refreshed once only',
    'seed: refresh an access token; contract: refresh_expires_in',
  ],
  'refresh/old-alive-signed-in': [
    'Used refresh tokens of sessions from /authenticate live on',
    'public facts: single use; RFC 9700 4.14.2',
  ],
  'refresh/other-subject-signed-in': [
    'Refreshing a session from /authenticate changes the subject from account to wallet',
    'RFC 7519 4.1.2; RFC 6749 6: the same resource owner',
  ],
  'refresh/subject-of-newest': [
    'Access tokens from refreshing have the subject of the newest session of the client',
    'RFC 7519 4.1.2; RFC 6749 6: the same resource owner',
  ],
  'refresh/other-session-once-continued': [
    'Refreshing a pair from continuing a session moves to another session',
    OWN_SESSION,
  ],
  'refresh/ends-other-session-of-wallet': [
    'Refreshing ends the refresh tokens of the other sessions of the wallet',
    `${OWN_SESSION}; contract: refresh_expires_in`,
  ],
  'revoke/continued-ignored': [
    'Tokens from continuing a session are not revoked',
    `RFC 7009 2.1: invalidates the token; ${SAME_SESSION}`,
  ],
  'revoke/two-newest-pairs': [
    'Of the token pairs of a session the two newest are ended',
    'contract: both tokens stop working; seed: Revoke an auth session',
  ],
  'revoke/stateless-access-signed-in': [
    'Revoked access tokens from /authenticate work until they expire',
    'contract: both tokens stop working; RFC 7009 2.1',
  ],
  'revoke/ignored-while-handoff-open': [
    'While a hand-off of it is open a session is not revoked',
    'RFC 7009 2.1: immediately; seed: Revoke an auth session',
  ],
  'revoke/kills-next-sign-in': [
    'Access tokens of the wallet from the second after a revocation are dead',
    `${OWN_SESSION}; seed: a new session is created`,
  ],
} as const satisfies Record<string, MistakeRow>;
