import type { MistakeRow } from './entry.ts';

const AGAINST_REPLAY = 'ERC-4361: nonce against replay';

/** What is wrong in single steps of signing in and handing over, most of them on one way only. */
export const handingOverMistakes = {
  'siwe/expiry-against-issued-at': [
    'Expiration Time is compared with Issued At, not with the clock',
    'ERC-4361: expiration-time, when the signed message is no longer valid',
  ],
  'siwe/not-before-against-issued-at': [
    'Not Before is compared with Issued At, not with the clock',
    'ERC-4361: not-before, when the signed message will become valid',
  ],
  'siwe/expiry-ignored-with-not-before': [
    'Expiration Time is looked at only without a Not Before',
    'ERC-4361: expiration-time',
  ],
  'siwe/chain-prefix': ['A Chain ID that begins with the right one is taken', 'ERC-4361: chain-id; contract: siwe'],
  'siwe/uri-port-ignored': [
    'The port of URI is not compared',
    'ERC-4361: uri; contract: siwe',
    {
      left: 'Which URIs of its own host a server takes is left to it; it is the domain that binds the message, port included.',
    },
  ],
  'siwe/uri-host-by-pattern': [
    'What stands before "@" in URI is taken for its host',
    'ERC-4361: uri; RFC 3986 3.2.1: user information is no host',
  ],
  'siwe/uri-ignored-continuing': ['With a session_id URI is not compared', 'ERC-4361: uri; contract: siwe'],
  'siwe/signature-unchecked-confidential': [
    'For confidential clients the signature is not looked at',
    'seed: signed SIWE payload; ERC-4361: verify the signature',
  ],
  'siwe/resources-unsigned': [
    'The signature is also compared with the message without its resources',
    'ERC-4361: the signature is over the whole message',
  ],
  'siwe/replay-when-issued-earlier': [
    'Used nonces are remembered until five minutes after Issued At',
    AGAINST_REPLAY,
    { level: 'SHOULD' },
  ],
  'siwe/signature-unrecoverable-500': [
    'A signature of 65 bytes that no key can have made ends in 500',
    'RFC 9110 15.6; contract: 4xx',
  ],
  'siwe/statement-long-500': [
    'A statement of more than 1000 characters ends in 500',
    'ERC-4361: no limit on the statement; RFC 9110 15.6',
  ],
  'handoff/redirect-file': [
    'redirectUri may be file:, blob:, about: or vbscript:',
    'public facts: https or the own scheme of an app; RFC 9700 4.11.2',
    { level: 'SHOULD' },
  ],
  'handoff/redirect-ftp': [
    'redirectUri may be ftp: or ws:',
    'public facts: https or the own scheme of an app',
    { level: 'SHOULD' },
  ],
  'handoff/redirect-trimmed': [
    'White space around redirectUri is overlooked',
    'seed: a URI; RFC 3986 2: no white space',
    {
      left: 'Parsers of URLs strip it (URL Standard 4.4), and no source says how redirectUri is parsed; what it leads to is right.',
    },
  ],
  'handoff/redirect-backslashes': [
    'Backslashes in redirectUri are read as slashes',
    'seed: a URI; RFC 3986 2: no backslashes; public facts: https',
    { left: 'Parsers of URLs read them as slashes (URL Standard 4.4), and no source says how redirectUri is parsed.' },
  ],
  'handoff/redirect-empty-fragment': [
    'redirectUri may end with an empty fragment',
    'RFC 6749 3.1.2: MUST NOT include a fragment; RFC 3986 3.5',
    { level: 'SHOULD' },
  ],
  'handoff/redirect-fragment-own-scheme': [
    'redirectUri may have a fragment when its scheme is that of an app',
    'RFC 6749 3.1.2: MUST NOT include a fragment',
    { level: 'SHOULD' },
  ],
  'handoff/redirect-query-refused': [
    'A redirectUri with a query is refused',
    'RFC 6749 3.1.2: may include a query; public facts: an https URL',
  ],
  'handoff/own-scheme-one-slash-refused': [
    'A redirectUri with the scheme of an app needs two slashes',
    'RFC 8252 7.1: com.example.app:/oauth2redirect; public facts: the own scheme of an app',
  ],
  'handoff/redirect-long-500': [
    'A redirectUri of more than 2048 characters ends in 500',
    'RFC 9110 15.6; contract: 4xx',
  ],
  'handoff/odd-members-500': ['A redirectUri or intent that is no string ends in 500', 'RFC 9110 15.6; contract: 4xx'],
  'handoff/intent-suffix': ['An intent that ends with the right one is taken', 'seed: enum'],
  'handoff/intent-multiline': ['Of an intent of several lines one has to be right', 'seed: enum'],
  'handoff/code-of-session': [
    'The code is made of the session: the same each time, however long after',
    'seed: a short-lived code; public facts: 30 seconds',
  ],
  'handoff/code-four-characters-differ': [
    'Codes are alike but for four hexadecimal digits',
    'RFC 6749 10.10: MUST NOT be guessed',
  ],
  'handoff/redirects': ['302 to redirectUri with the code instead of 200', 'seed: 200, application/json'],
  'handoff/client-credentials-taken': [
    'Credentials of a whitelabel client do for a token',
    'seed: Enter JWT access token; contract: Bearer JWT access token',
  ],
  'handoff/code-taken-as-token': [
    'A hand-off code does for a token',
    'contract: Bearer JWT access token; RFC 6750 3.1: invalid_token',
  ],
  'handoff/session-id-taken': [
    'A session_id does for a token of the session',
    'contract: Bearer JWT access token; RFC 6750 3.1: invalid_token',
  ],
  'handoff/role-cached-by-redirect-uri': [
    'While a hand-off to a redirectUri is open, third-party tokens open one to the same',
    'seed: Whitelabel customer client only',
  ],
  'handoff/role-unchecked-own-scheme': [
    'Third-party tokens open hand-offs to the own scheme of an app',
    'seed: Whitelabel customer client only',
  ],
  'handoff/public-client-refused': [
    'Tokens of public whitelabel clients are refused',
    'seed: Whitelabel customer client; contract: role whitelabel-customer',
  ],
  'handoff/signed-in-refused': [
    'Tokens from /authenticate are refused',
    'seed: an authenticated user from a customer application',
  ],
  'handoff/refresh-dead-afterwards': [
    'Opening a hand-off ends the refresh tokens of the session',
    'contract: refresh_expires_in; seed: revocation ends sessions',
  ],
  'handoff/race-same-code': [
    'Two hand-offs that are opened at a time get one code',
    'seed: the hand-off of an authenticated user; RFC 6749 10.10',
  ],
  'handoff/race-500': ['Of two hand-offs of a session at a time one ends in 500', 'seed: 200; RFC 9110 15.6'],
  'scopes/by-token': [
    'With an access token only the scopes of the token are listed',
    'seed: all available scopes; contract: no authorization',
  ],
  'scopes/head-500': ['HEAD ends in 500', 'RFC 9110 9.1: MUST support GET and HEAD; 15.6'],
  'scopes/standard-ones-unlisted': [
    'openid, profile and email are granted and not listed',
    'seed: all available scopes; public facts: known scopes',
  ],
} as const satisfies Record<string, MistakeRow>;
