import type { MistakeRow } from './entry.ts';

const OWN_SESSION = 'public facts: each token pair belongs to an auth session';
const WHITELABEL = 'seed: Whitelabel customer client only';

/** What shows only when several sessions, wallets or clients are there together, or when one thing is taken for another. */
export const togetherMistakes = {
  'siwe/replay-after-continuing': [
    'A message that continued a session can be used again',
    'ERC-4361: nonce against replay',
    { level: 'SHOULD' },
  ],
  'siwe/expiry-against-start': [
    'Expiration Time is compared with the time at which the server was started',
    'ERC-4361: expiration-time',
  ],
  'siwe/domain-unchecked-with-scheme': [
    'domain is not compared when a scheme stands before it',
    'ERC-4361: domain; contract: siwe',
  ],
  'siwe/signature-over-digest': [
    'A signature over the hash of the message is taken too',
    'ERC-4361: EIP-191 signature of the message itself',
  ],
  'siwe/domain-from-forwarded-host': [
    'domain is right when it is what X-Forwarded-Host says',
    'ERC-4361: domain of the relying party; contract: siwe',
  ],
  'siwe/domain-from-origin': [
    'domain is right when it is what Origin says',
    'ERC-4361: domain of the relying party; contract: siwe',
  ],
  'authenticate/role-403-with-tokens': ['Third-party clients get 403 and a token pair', WHITELABEL],
  'authenticate/race-mixes-clients': [
    'Of two clients that authenticate users at a time one gets tokens of the other',
    'RFC 6749 6, 10.4: issued to the client',
  ],
  'session/refused-yet-tokens': [
    'A wallet that may not continue a session gets 403 and tokens of it',
    'seed: an existing session of the user; contract: refused',
  ],
  'session/continue-race-500': [
    'Of two requests at a time to continue a session one ends in 500',
    'seed: 200; RFC 9110 15.6',
  ],
  'session/locked-with-sibling': [
    'Once one session of a wallet was revoked its others cannot be continued',
    `${OWN_SESSION}; seed: the session ID can be stored for future requests`,
  ],
  'session/continuing-revives-sibling': [
    'Continuing a session brings revoked sessions of the wallet back',
    'seed: Revoke an auth session; RFC 7009 2.1',
  ],
  'refresh/replay-ends-newest-session': [
    'Using a refresh token again ends the newest session of the client, not its own',
    `${OWN_SESSION}; RFC 9700 4.14.2`,
  ],
  'refresh/never-expires-signed-in': [
    'Refresh tokens of sessions from /authenticate outlive refresh_expires_in',
    'contract: refresh_expires_in',
  ],
  'refresh/session-id-taken': [
    'A session_id does for the refresh token of the session',
    'RFC 6749 6: refresh_token issued to the client; 10.4: MUST be kept confidential',
  ],
  'revoke/earlier-access-lives-once-continued': [
    'Revoking the refresh token of a continued session leaves its first access token',
    'contract: both tokens stop working; seed: Revoke an auth session',
  ],
  'revoke/foreign-by-session-id': [
    'Any client can end any session by its session_id',
    'RFC 7009 2.1: verify issued to the client',
  ],
  'revoke/cached-by-subject': [
    'For five seconds after a hand-off revoked access tokens of other sessions of the wallet are taken',
    'RFC 7009 2.1: immediately; contract: both tokens stop working',
  ],
  'handoff/role-of-last-caller': [
    'The role is that of the client that authenticated last, not of the one that the token is for',
    WHITELABEL,
  ],
  'handoff/client-id-required': [
    'The hand-off asks for a client_id among the members',
    'seed: redirectUri and intent; contract: Bearer JWT access token',
  ],
  'access/rotated-key-unpublished': [
    'After an hour the key of access tokens changes, and the JWKS does not',
    'contract: RS256, keys at jwksUri',
  ],
} as const satisfies Record<string, MistakeRow>;
