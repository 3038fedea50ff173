import type { MistakeRow } from './entry.ts';

/** Mistakes at the refresh grant: RFC 6749 6, RFC 9700 4.14, and the public facts on rotation. */
export const refreshMistakes = {
  'refresh/not-rotated': ['Refreshing hands out the same refresh token', 'public facts: single use; RFC 9700 2.2.2'],
  'refresh/not-rotated-confidential': [
    'Confidential clients keep their refresh token',
    'public facts: single use and rotated',
  ],
  'refresh/not-rotated-public': ['Public clients keep their refresh token', 'RFC 9700 2.2.2: MUST rotate'],
  'refresh/rotated-once': ['Only the first refreshing rotates', 'public facts: single use and rotated'],
  'refresh/old-alive': ['The old refresh token lives on beside the new', 'public facts: single use; RFC 9700 4.14.2'],
  'refresh/old-alive-thirty-seconds': [
    'The old refresh token is taken for 30 seconds more',
    'public facts: single use',
  ],
  'refresh/old-alive-one-behind': ['The previous refresh token is always taken too', 'public facts: single use'],
  'refresh/old-alive-public': ['For public clients the old refresh token lives on', 'RFC 9700 2.2.2, public facts'],
  'refresh/old-same-answer': ['A used refresh token gets the first answer again', 'public facts: single use'],
  'refresh/spent-late': ['A refresh token counts as used only a second and a half later', 'public facts: single use'],
  'refresh/race': ['Two refreshings at a time both succeed', 'public facts: single use; RFC 9700 4.14.2'],
  'refresh/race-revives': ['A refreshing under way brings a revoked session back', 'seed: Revoke an auth session'],
  'refresh/any-client': ['Any client can use any refresh token', 'RFC 6749 6 and 10.4: MUST be bound to the client'],
  'refresh/any-client-of-role': ['A refresh token is bound to the role only', 'RFC 6749 10.4'],
  'refresh/any-public-client': ['A public client can use any refresh token', 'RFC 6749 10.4'],
  'refresh/access-token-taken': ['An access token works as refresh token', 'RFC 6749 6: validate the refresh token'],
  'refresh/never-expires': [
    'Refresh tokens outlive refresh_expires_in',
    'contract: refresh_expires_in; RFC 9700 4.14.2',
  ],
  'refresh/dies-early': [
    'Refresh tokens die after an hour, refresh_expires_in says a week',
    'contract: refresh_expires_in',
  ],
  'refresh/survives-revocation': ['Revoked refresh tokens still work', 'RFC 7009 2.1; seed'],
  'refresh/tail-ignored': ['Refresh tokens are found by their first 20 characters', 'RFC 6749 6: validate'],
  'refresh/case': ['Refresh tokens are found without regard to case', 'RFC 6749 1.9'],
  'refresh/guessable': ['Refresh tokens are numbers counted up', 'RFC 6749 10.10: MUST not be guessable'],
  'refresh/scope-widened': ['More scope than granted can be had by asking', 'RFC 6749 6: MUST NOT include any scope'],
  'refresh/scope-widened-within-known': ['Any known scope can be added, unknown ones are refused', 'RFC 6749 6'],
  'refresh/scope-narrows-for-good': [
    'Asking for less once narrows the refresh token too',
    'RFC 6749 6: identical scope',
  ],
  'refresh/scope-narrowing-ignored': [
    'Asking for less gives everything and says nothing',
    'RFC 6749 5.1: scope REQUIRED',
  ],
  'refresh/scope-narrowing-lie': ['Asking for less is confirmed, but the token has everything', 'RFC 6749 6, 5.1'],
  'refresh/scope-order': ['Scopes in another order are refused', 'RFC 6749 3.3: order does not matter'],
  'refresh/scope-error-invalid-grant': ['Too much scope is called invalid_grant', 'RFC 6749 5.2: invalid_scope'],
  'refresh/missing-invalid-grant': ['A missing refresh_token is called invalid_grant', 'RFC 6749 5.2: invalid_request'],
  'refresh/unknown-401': ['An unknown refresh token is answered with 401', 'RFC 6749 5.2: 400'],
  'refresh/unknown-invalid-token': ['An unknown refresh token is called invalid_token', 'RFC 6749 5.2: invalid_grant'],
  'refresh/unknown-500': ['An unknown refresh token ends in 500', 'RFC 6749 5.2: invalid_grant'],
  'refresh/needs-redirect-uri': ['Refreshing asks for a redirect_uri', 'seed: Required for authorization_code'],
  'refresh/no-new-token': [
    'Refreshing uses the token up and hands out none',
    'contract: token pair; public facts: rotated',
  ],
  'refresh/dead-access-token': ['Access tokens from refreshing are not taken at the hand-off', 'RFC 6749 6, 7'],
  'refresh/other-subject': ['Access tokens from refreshing have another subject', 'RFC 6749 1.5, 6: same grant'],
  'refresh/other-session': [
    'Refreshing moves to another session',
    'public facts: each pair belongs to an auth session',
  ],
} as const satisfies Record<string, MistakeRow>;
