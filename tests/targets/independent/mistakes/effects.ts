import type { MistakeRow } from './entry.ts';

/** Effects on what nobody spoke of: other sessions, other users, later requests; and races. */
export const effectMistakes = {
  'code/race-mixes-sessions': [
    'Two codes that are exchanged at a time end up in one session',
    'RFC 6749 4.1.3; public facts: each pair belongs to its session',
  ],
  'authenticate/race-mixes-sessions': [
    'Two wallets that sign in at a time get tokens of one session',
    'seed: authenticate a user; ERC-4361',
  ],
  'refresh/ends-other-sessions': [
    'Refreshing ends the refresh tokens of the other sessions of the client',
    'RFC 6749 6; public facts: each pair belongs to an auth session',
  ],
  'refresh/failed-revives-spent': ['A refused refreshing makes the used token fresh again', 'public facts: single use'],
  'revoke/newest-of-account': [
    'The newest session of the user is ended instead of the one of the token',
    'seed: revoke an auth session from its token',
  ],
  'revoke/unknown-ends-newest': [
    'Revoking an unknown token ends the newest session of the client',
    'RFC 7009 2.2: an invalid token has no effect',
  ],
  'session/locked-after-revocation': [
    'A wallet whose session was revoked cannot sign in again',
    'seed: authenticate user; a session is revoked, not a user',
  ],
  'session/joined-silently': [
    'Signing in without session_id joins the existing session of the wallet',
    'seed: if not provided a new session is created',
  ],
  'session/continuing-revives-spent': [
    'Continuing a session makes its used refresh tokens fresh again',
    'public facts: single use',
  ],
  'session/continued-refresh-dead': [
    'Refresh tokens from continuing a session do not work',
    'seed: returns access and refresh tokens',
  ],
  'session/other-subject': [
    'Continuing a session changes the subject of the tokens',
    'seed: continue on the same session',
  ],
  'session/unknown-500': ['An unknown session_id ends in 500', 'contract: 4xx; RFC 9110 15.6'],
  'session/null-500': ['session_id null ends in 500', 'contract: 4xx; RFC 9110 15.6'],
  'handoff/revokes-token': ['Opening a hand-off ends the access token', 'RFC 6749 5.1: expires_in'],
  'handoff/once-a-session': ['A second hand-off of a session is refused', 'seed: initialize a handoff'],
} as const satisfies Record<string, MistakeRow>;
