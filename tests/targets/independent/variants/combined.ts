import type { VariantRow } from './entry.ts';

/** Servers that are unusual in many ways at a time; each part is lawful, and none contradicts another. */
export const combinedVariants = {
  'bare-minimum': [
    'Nothing optional is there: no scope, no descriptions, no key ids, lean tokens',
    'As its parts: everything that is left out is OPTIONAL',
    [
      ...['no-scope-member', 'authenticate-no-scope', 'no-refresh-expires-in', 'no-public-refresh-token'],
      ...['no-descriptions', 'lean-jwt', 'no-kid', 'no-typ', 'bare-jwks', 'errors-no-cache-headers', 'scopes-strings'],
    ],
  ],
  'hard-to-read': [
    'Whatever can be spelt in an odd way is',
    'As its parts',
    [
      ...['special-credentials', 'vschar-tokens', 'long-session-ids', 'header-case', 'chunked', 'pretty-json'],
      ...['media-type-odd', 'upper-case-bearer', 'challenges-on-several-lines', 'scope-reordered', 'scopes-many'],
    ],
  ],
  strict: [
    'Whatever may be refused, ended or used up is',
    'As its parts',
    [
      ...['failure-burns-code', 'bad-secret-burns-code', 'foreign-code-burns', 'foreign-refresh-ends-session'],
      ...['bad-scope-burns-refresh', 'refresh-ends-access', 'continuing-rotates', 'continuing-ends-access'],
      ...['three-sessions-a-wallet', 'failure-burns-nonce', 'nonces-of-all', 'issued-at-window', 'uri-exact'],
      ...['unknown-members-refused', 'handoff-registered-only', 'unknown-hint-refused', 'small-bodies'],
    ],
  ],
  lenient: [
    'Whatever may be overlooked is',
    'As its parts',
    [
      ...['replay-keeps-session', 'spent-revoke-noop', 'expired-access-revokes-nothing', 'foreign-revoke-silent'],
      ...['expired-refresh-revokes-nothing', 'refresh-scope-ignored', 'revoke-duplicates-first', 'any-media-type'],
      ...['public-secret-ignored', 'json-tokens', 'form-at-authenticate', 'unknown-session-new', 'revoked-session-new'],
      ...['foreign-session-new', 'empty-session-id-new', 'session-id-any-case', 'messages-trimmed', 'expiry-leeway'],
      ...['lower-case-addresses', 'several-chains', 'any-v', 'high-s-signatures', 'bare-signatures', 'uri-any-scheme'],
    ],
  ],
  'opaque-and-elsewhere': [
    'Opaque tokens, other paths, server nonces, OAuth errors everywhere and 401 wherever it may be',
    'As its parts',
    [
      ...['opaque-tokens', 'other-paths', 'server-nonces', 'oauth-errors-everywhere', 'siwe-401', 'role-401'],
      ...[
        'two-methods-401',
        'foreign-revoke-invalid-client',
        'several-challenges',
        'handoff-code-field',
        'siwe-base64',
      ],
    ],
  ],
  'short-lived': [
    'Five minutes for tokens, thirty seconds for codes, a fixed week for sessions, one of them a wallet and client',
    'As its parts',
    [
      ...['access-300', 'code-thirty-seconds', 'refresh-lifetime-fixed', 'session-dies-with-refresh-token'],
      ...['one-session-a-wallet-and-client', 'replay-ends-refresh-only', 'expires-in-rounded-down'],
    ],
  ],
  'like-a-cloud': [
    'Tokens and keys as a large vendor makes them: two keys at work, nbf in the past, scp, lifetimes that vary',
    'As its parts',
    [
      ...['nbf-earlier', 'scp-claim', 'aud-array', 'keys-alternate', 'jwks-mixed', 'lifetimes-vary', 'extra-members'],
      ...['session-id-other-than-claim', 'continuing-same-access', 'continuing-keeps-refresh', 'scopes-with-ids'],
      ...['role-403-challenge', 'challenge-resource-metadata', 'handoff-needs-scope', 'pairwise-subjects'],
    ],
  ],
  'behind-a-proxy': [
    'A small framework behind a proxy: compressed, in pieces, cookies, slashes at the end, bare error texts',
    'As its parts',
    [
      ...['gzip', 'chunked', 'sets-cookie', 'security-headers', 'options-204', 'trailing-slashes', 'connection-close'],
      ...['error-text-in-error', 'message-refusals-vary', 'revoked-session-410', 'jwt-session-ids'],
    ],
  ],
} as const satisfies Record<string, VariantRow>;
