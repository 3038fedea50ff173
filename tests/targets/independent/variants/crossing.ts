import type { VariantRow } from './entry.ts';

/** Lawful ways with sessions, refusals, hand-offs and what tokens say of them, as vendors and frameworks have them. */
export const crossingVariants = {
  'handoff-needs-scope': [
    'A hand-off with the intent connections needs a token with that scope',
    'RFC 6750 3.1: insufficient_scope, 403; no document says that any scope will do',
  ],
  'handoff-loopback-http': [
    'http is taken for redirectUri where it leads to 127.0.0.1 or [::1]',
    'RFC 8252 7.3: native apps on the loopback; the contract forbids no other URI',
  ],
  'continuing-same-access': [
    'Continuing a session gives its access token again, with the seconds that are left',
    'The seed asks for tokens of the same session, not for fresh ones; RFC 6749 5.1: expires_in is right',
  ],
  'continuing-keeps-refresh': [
    'Continuing a session gives its unused refresh token again',
    'Public facts: single use, and it was not used; the seed is silent',
  ],
  'jwt-session-ids': ['Session ids look like JWTs', 'The seed does not say what an id looks like'],
  'odd-session-ids': [
    'Session ids have quotation marks, backslashes, spaces and letters beyond ASCII',
    'The seed says string; RFC 8259 7',
  ],
  'session-id-other-than-claim': [
    'The session in the claims of an access token is another name for it than session_id',
    'No document says that the two are one; RFC 7519 4.3: private names',
  ],
  'resources-empty-refused': [
    'A message with an empty list of resources is refused',
    'The grammar has it, but a server that verifies what its library writes of the parsed message cannot take it; no document has the client send it',
  ],
  'nbf-earlier': ['nbf is five minutes before the time of issue', 'RFC 7519 4.1.5: a time before now; clock skew'],
  'scopes-with-ids': ['/scopes answers [{id, name}] where id is no scope', 'Contract: objects with name come first'],
  'role-403-challenge': ['403 for a refused role has a challenge', 'RFC 6750 3, 3.1: insufficient_scope'],
  'challenge-resource-metadata': [
    'Bearer challenges have scope and resource_metadata',
    'RFC 6750 3: scope; RFC 9728 5.1; RFC 9110 11.6.1: parameters to be ignored when unknown',
  ],
  'revoked-session-410': ['Asking for a revoked session gets 410', 'Contract: a 4xx status; RFC 9110 15.5.11'],
  'message-refusals-vary': [
    'Messages are refused with 409 when used before, 410 when expired, 421 when for another domain',
    'Contract: a 4xx status',
  ],
  'errors-in-japanese': [
    'Errors outside OAuth are in Japanese',
    'Contract: a human-readable text; the characters of RFC 6749 5.2 hold at /token and /revoke',
  ],
  'error-text-in-error': ['Errors outside OAuth are {error: text}', 'Contract: a human-readable text in error will do'],
  'trailing-slashes': ['Paths are served with a slash at the end too', 'No document forbids it; frameworks route so'],
} as const satisfies Record<string, VariantRow>;
