import type { MistakeRow } from './entry.ts';

/** Wrong rows, wrong keys, stored verdicts and global variables: what goes wrong in records at the two grants and /revoke. */
export const recordMistakes = {
  'client/basic-two-spaces': [
    'Two spaces after "Basic" are not understood',
    'RFC 9110 11.4: auth-scheme 1*SP token68',
    { left: 'RFC 7617 2 shows one space and clients send one; no sentence asks a server to read more.' },
  ],
  'client/basic-hex-upper-only': [
    'Percent escapes with small letters stay as they are in Basic credentials',
    'RFC 6749 2.3.1, Appendix B; RFC 3986 2.1: hexadecimal digits of either case',
  ],
  'client/failure-cached-as-success': [
    'Credentials that were compared before are taken, whatever came of it: a wrong secret passes the second time',
    'RFC 6749 3.2.1: MUST authenticate',
  ],
  'client/secret-unneeded-after-success': [
    'For five seconds after a success the client_id alone will do',
    'RFC 6749 3.2.1: MUST authenticate; seed: Required for confidential',
  ],
  'client/basic-without-colon': [
    'Basic with an id and no colon is taken for a client without secret, also when it has one',
    'RFC 7617 2; RFC 6749 3.2.1: MUST authenticate',
  ],
  'client/basic-decoded-before-split': [
    'Basic credentials are form-decoded before they are cut at the colon',
    'RFC 6749 2.3.1: each is encoded, then joined',
    { with: ['special-credentials'] },
  ],
  'client/basic-with-id-refused': [
    'Basic together with the same client_id in the body is refused',
    'RFC 6749 3.2.1: a client MAY use client_id to identify itself; 2.3.1',
    {
      left: 'The API reference has client_id in the body where the header is undefined; beside it, RFC 6749 2.3 lets it pass for a second method.',
    },
  ],
  'client/challenge-malformed': [
    'The realm of the challenge has a space and no quotation marks',
    'RFC 9110 11.2, 11.5; RFC 7617 2',
  ],
  'client/challenge-charset': [
    'The challenge says charset="ISO-8859-1"',
    'RFC 7617 2.1: the only allowed value is "UTF-8"',
  ],
  'client/race-mixes-clients': [
    'Of two clients that call at a time the last one acts for both',
    'RFC 6749 6, 10.4: tokens are bound to their client',
  ],
  'pkce/starts-with-letter-or-digit': [
    'A code_verifier that begins with "-", ".", "_" or "~" is refused',
    'RFC 7636 4.1: any unreserved characters',
  ],
  'pkce/challenge-forgotten-after-thirty-seconds': [
    'The challenge is kept for thirty seconds, the code for sixty: then no verifier is compared',
    'RFC 7636 4.6: MUST',
  ],
  'pkce/challenge-from-exchange': [
    'A code_challenge among the parameters of the exchange takes the place of the one that is stored',
    'RFC 7636 4.6; RFC 6749 3.2: MUST ignore unrecognized',
  ],
  'pkce/method-from-exchange': [
    'code_challenge_method=plain among the parameters of the exchange makes the challenge its own verifier',
    'RFC 7636 4.6; public facts: S256 only',
  ],
  'redirect/of-another-client': [
    'The redirect URI of any registered client is taken',
    'RFC 6749 4.1.3: values MUST be identical',
  ],
  'redirect/trimmed': ['White space around redirect_uri is cut off', 'RFC 6749 4.1.3: values MUST be identical'],
  'code/scope-from-exchange': [
    'scope among the parameters of the exchange is granted in place of that of the code',
    'RFC 6749 4.1.3, 3.3: the scope is that of the authorization',
  ],
  'code/other-client-second-try': [
    'The try of another client is refused and binds the code to it: the second succeeds',
    'RFC 6749 4.1.3: MUST be issued to the client',
  ],
  'code/reusable-over-other-method': [
    'That a code was used is kept by the method of authentication: by another it can be used again',
    'RFC 6749 4.1.2: MUST NOT be used more than once',
  ],
  'code/replay-keeps-access': [
    'Using a code again ends the refresh token, not the access token',
    'RFC 6749 4.1.2: SHOULD revoke all tokens',
    { level: 'SHOULD' },
  ],
  'code/replay-ends-at-third-use': [
    'Only the third use of a code ends its session',
    'RFC 6749 4.1.2: SHOULD revoke when used more than once',
    { level: 'SHOULD' },
  ],
  'refresh/scope-required': ['Refreshing without scope is refused', 'RFC 6749 6: scope is OPTIONAL'],
  'refresh/scope-omitted-narrows': [
    'Refreshing without scope grants the first scope only',
    'RFC 6749 6: if omitted, equal to the scope originally granted',
    { left: 'RFC 6749 3.3: a server may ignore the scope in part, and this one says so.' },
  ],
  'refresh/scope-error-invalid-request': ['Too much scope is called invalid_request', 'RFC 6749 5.2: invalid_scope'],
  'refresh/scope-widened-third-party': [
    'Third-party clients can ask for any known scope when they refresh',
    'RFC 6749 6: MUST NOT include any scope not originally granted',
  ],
  'refresh/scope-of-other-session': [
    'Whatever any session of the client was granted can be asked for in each',
    'RFC 6749 6: MUST NOT include any scope not originally granted',
  ],
  'refresh/scope-counted': [
    'As many scopes as were granted can be asked for, whichever they are',
    'RFC 6749 6: MUST NOT include any scope not originally granted',
  ],
  'refresh/scope-last-only': [
    'Only the last scope that is asked for is compared',
    'RFC 6749 6: MUST NOT include any scope not originally granted',
  ],
  'refresh/spends-newest-of-client': [
    'Refreshing marks the newest refresh token of the client as used, not the one that was sent',
    'public facts: single use and rotated',
  ],
  'refresh/ends-other-sessions-of-account': [
    'Refreshing ends the refresh tokens of the other sessions of the user',
    'RFC 6749 6; public facts: each pair belongs to an auth session',
  ],
  'refresh/other-client-second-try': [
    'The try of another client is refused and binds the refresh token to it: the second succeeds',
    'RFC 6749 6, 10.4: bound to the client',
  ],
  'refresh/race-mixes-sessions': [
    'Two sessions that are refreshed at a time get tokens of one of them',
    'RFC 6749 6; public facts: each pair belongs to its session',
  ],
  'refresh/token-is-jti': [
    'The refresh token is the jti of the access token: who sees the one has the other',
    'RFC 6749 10.4: cannot be generated or guessed by unauthorized parties',
  ],
  'refresh/eight-characters': ['Refresh tokens have eight characters', 'RFC 6749 10.10: MUST be at most 2^-128'],
  'revoke/foreign-by-third-party': ['Third-party clients can revoke any token', 'RFC 7009 2.1: refused'],
  'revoke/foreign-over-post': ['Over client_secret_post any token can be revoked', 'RFC 7009 2.1: refused'],
  'revoke/fourth-dropped': [
    'After three revocations in ten seconds those that follow are answered 200 and dropped',
    'RFC 7009 2.1: invalidates the token',
  ],
  'revoke/unused-session-ignored': [
    'A session none of whose access tokens was ever used is not revoked',
    'RFC 7009 2.1: invalidates the token; contract: both tokens stop working',
  ],
  'revoke/undone-by-refused-refreshing': [
    'Trying the refresh token of a revoked session is refused, and brings the session back',
    'RFC 7009 2.1: cannot be used again after the revocation',
  ],
  'revoke/unknown-json-body': [
    'Revoking an unknown token answers {"revoked": false}',
    'seed: No content; contract: 200, empty body',
  ],
  'revoke/unknown-hint-500': ['An unknown token_type_hint ends in 500', 'RFC 7009 2.1: MAY ignore; 2.2.1'],
  'revoke/race-drops-first': [
    'Of two revocations at a time the last one only is done',
    'RFC 7009 2.1: invalidates the token',
  ],
} as const satisfies Record<string, MistakeRow>;
