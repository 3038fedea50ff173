import { combinedVariants } from './variants/combined.ts';
import { crossingVariants } from './variants/crossing.ts';
import type { VariantRow } from './variants/entry.ts';
import { policyVariants } from './variants/policies.ts';
import { productVariants } from './variants/products.ts';
import { vendorVariants } from './variants/vendors.ts';
import { writingVariants } from './variants/writing.ts';

const rows = {
  'opaque-tokens': [
    'Access tokens are opaque',
    'RFC 6749 1.4: usually opaque to the client; dialect accessToken.format',
  ],
  'siwe-object': ['The SIWE message travels as an object of its fields', 'Dialect siwe.messageEncoding'],
  'siwe-base64': ['The SIWE message travels in base64', 'Dialect siwe.messageEncoding'],
  'payload-field': ['The member of the message is called payload', 'Dialect siwe.messageField'],
  'server-nonces': ['Nonces come from the server, live five minutes and serve once', 'Dialect siwe.nonce'],
  'handoff-code-field': ['The hand-off answers {handoffCode}', 'Dialect handoff.codeField'],
  'foreign-revoke-silent': ['A token of another client gets 200 and lives on', 'RFC 7009 2.2: invalid token 200'],
  'foreign-revoke-unauthorized': [
    'A token of another client gets unauthorized_client',
    'RFC 7009 2.1: the error is open',
  ],
  'spent-revoke-noop': ['Revoking a used refresh token does nothing', 'RFC 7009 2.2: it is an invalid token already'],
  'unknown-hint-refused': [
    'An unknown token_type_hint is refused',
    'Seed: an enum; RFC 7009 2.2.1 unsupported_token_type',
  ],
  'no-scope-member': ['scope is left out when it is what was asked for', 'RFC 6749 5.1: OPTIONAL if identical'],
  'scope-reordered': ['scope comes in alphabetical order', 'RFC 6749 3.3: order does not matter'],
  'no-refresh-expires-in': ['refresh_expires_in is left out', 'Contract: optional'],
  'no-public-refresh-token': ['Public clients get no refresh token', 'RFC 6749 5.1: OPTIONAL'],
  'replay-keeps-session': [
    'A used refresh token is refused and the session lives on',
    'Public facts: may end the session',
  ],
  'refresh-ends-access': ['Refreshing ends the previous access token', 'RFC 6749 6 does not promise the old one'],
  'failure-burns-code': ['A failed exchange uses the code up', 'RFC 6749 4.1.2 does not promise a second try'],
  'code-ten-minutes': ['Codes live ten minutes', 'RFC 6749 4.1.2: ten at most'],
  'continuing-rotates': [
    'Continuing a session ends its earlier refresh token',
    'Public facts: rotated; seed is silent',
  ],
  'continuing-ends-access': ['Continuing a session ends its earlier access token', 'The seed is silent'],
  'unknown-session-new': ['An unknown session_id begins a new session', 'The seed is silent on unknown ids'],
  'extra-members': ['Answers have further members', 'RFC 6749 5.1: MUST ignore unrecognized'],
  'header-case': ['Header names and values in odd case', 'RFC 9110 5.1, RFC 9111 5.2: case-insensitive'],
  chunked: ['Answers are chunked in small pieces', 'RFC 9112 7.1'],
  'connection-close': ['The connection is closed after every answer', 'RFC 9112 9.6'],
  slow: ['Every answer takes 30 ms', 'No document says how fast'],
  'pretty-json': ['JSON is indented and ends with a line break', 'RFC 8259 2: white space'],
  'media-type-plain': ['application/json without a charset', 'RFC 8259 11'],
  'media-type-odd': ['Application/JSON;Charset="UTF-8"', 'RFC 9110 8.3.1: case-insensitive, quoted'],
  'wrong-method-404': ['A wrong method gets 404', 'RFC 9110: 405 is not required; frameworks route so'],
  'body-before-client': ['Parameters are looked at before credentials', 'No document orders the two'],
  'scopes-strings': ['/scopes answers an array of strings', 'Contract: one of the shapes'],
  'scopes-object': ['/scopes answers {scopes: [{id}]}', 'Contract: one of the shapes'],
  'scopes-object-strings': ['/scopes answers {scopes: [string], total}', 'Contract: one of the shapes'],
  'lean-jwt': ['Access tokens have sub, exp and jti only', 'RFC 7519 4.1: claims are OPTIONAL'],
  'aud-array': ['aud is an array', 'RFC 7519 4.1.3'],
  'no-kid': ['JWTs and the JWKS have no kid', 'RFC 7515 4.1.4, RFC 7517 4.5: OPTIONAL'],
  'at-jwt': ['The typ of access tokens is at+jwt', 'RFC 9068 2.1'],
  'two-keys': ['The JWKS has an older key too, before the one in use', 'RFC 7517 5: a set'],
  'access-300': ['Access tokens live five minutes', 'Contract: about 15 minutes; expires_in says so'],
  'refresh-30-days': ['Refresh tokens live thirty days', 'refresh_expires_in says so'],
  'message-arrays': ['Validation errors have an array as message', 'Contract: a text in error will do'],
  'problem-json': ['Errors outside OAuth are application/problem+json', 'Contract: any JSON object; RFC 9457'],
  'oauth-errors-everywhere': ['/authenticate and the hand-off answer {error, error_description}', 'Contract'],
  'siwe-401': ['Messages are refused with 401 and a challenge', 'Contract: a 4xx status; RFC 9110 15.5.2'],
  'siwe-403': ['Messages are refused with 403', 'Contract: a 4xx status'],
  'role-401': ['A refused role gets 401', 'Contract: 401 or 403'],
  'role-400': ['/authenticate refuses a role with 400 unauthorized_client', 'Contract; RFC 6749 5.2'],
  'body-client-400': ['Wrong credentials in the body get 400', 'RFC 6749 5.2: MAY return 401'],
  'missing-client-invalid-request': ['A missing client_id is called invalid_request', 'RFC 6749 5.2: both fit'],
  'verifier-syntax-invalid-request': ['A code_verifier of wrong syntax is called invalid_request', 'RFC 6749 5.2'],
  'no-descriptions': ['Errors have no error_description', 'RFC 6749 5.2: OPTIONAL'],
  'error-uri': ['Errors have an error_uri', 'RFC 6749 5.2: OPTIONAL'],
  'several-challenges': ['401 names several schemes in one header', 'RFC 9110 11.6.1'],
  'lower-case-bearer': ['token_type is "bearer"', 'RFC 6749 5.1: case insensitive'],
  'other-paths': ['Operations live elsewhere', 'Setting operations'],
  'no-handoff': ['The hand-off is not offered', 'Setting operations'],
  'no-authenticate': ['/authenticate is not offered', 'Setting operations'],
  'no-clock': ['There is no control of the clock', 'Contract: control is optional'],
  'control-token': ['Codes and clock ask for a Bearer token', 'Settings authorizationCode.token, control.token'],
  'rate-limited': ['/authenticate, /token, /revoke: 60 requests a minute, then 429', 'Setting rateLimit; RFC 6585 4'],
  'special-credentials': ['Ids and secrets have colons, spaces, plus and percent signs', 'RFC 6749 2.3.1, Appendix A'],
  'base64-tokens': ['Tokens and codes have "+", "/" and "="', 'RFC 6749 Appendix A.11, A.12, A.17: VSCHAR'],
  'long-tokens': ['Codes and refresh tokens have 600 characters', 'RFC 6749 5.1: size is undefined'],
  'compact-signatures': ['EIP-2098 signatures are taken too', 'No document forbids it'],
  'json-tokens': ['/token and /revoke take JSON too', 'Dialect token.acceptsJson'],
  'public-basic': ['Public clients may use Basic with an empty secret', 'RFC 6749 2.3.1: empty secret'],
  'unsupported-media-415': ['A wrong content type gets 415', 'RFC 9110 15.5.16'],
  'security-headers': ['CORS and security headers are set', 'No document forbids it'],
  'challenge-lower-case': ['Challenges are spelt basic and bearer', 'RFC 9110 11.1: case-insensitive scheme'],
  'cache-control-list': ['Cache-Control has no-store among others', 'RFC 9111 5.2: a list of directives'],
  'errors-no-cache-headers': ['Errors have no cache headers', 'RFC 6749 5.1 speaks of answers with tokens'],
  'expires-in-rounded-down': ['expires_in is a second less than the token lives', 'Who trusts it is never refused'],
  'scope-added': ['openid is granted besides what was asked, and told', 'RFC 6749 3.3: MUST tell when different'],
  'authenticate-all-scopes': ['/authenticate grants every scope', 'The seed is silent'],
  'unknown-session-404': ['An unknown session_id gets 404', 'Contract: a 4xx status'],
  'validation-422': ['Outside OAuth, bodies that are not valid get 422', 'Contract: a 4xx status; RFC 9110 15.5.21'],
  'revoke-typed-empty': ['The empty answer of /revoke is labelled text/plain', 'RFC 9110 8.3 does not forbid it'],
  'sets-cookie': ['A balancer sets a cookie on every answer', 'RFC 6265; no document forbids it'],
  'handoff-code-jwt': ['Hand-off codes look like JWTs', 'The seed does not say what a code looks like'],
  'refresh-jwt': ['Refresh tokens are JWTs, signed with the key of access tokens', 'RFC 6749 1.5: usually opaque'],
  'siwe-real-clock': ['SIWE times are judged by the real clock', 'The contract does not say what the clock moves'],
  'refresh-scope-outside-dropped': [
    'At refreshing, scope that was not granted is left out, and the answer says so',
    'RFC 6749 3.3: MAY partially ignore the scope requested, MUST tell',
  ],
  'refresh-scope-ignored': [
    'scope is ignored at refreshing, and the answer says what was granted',
    'RFC 6749 3.3: MAY fully ignore the scope requested, MUST tell',
  ],
  'bad-scope-burns-refresh': [
    'A refreshing refused for its scope uses the refresh token up',
    'Public facts: single use; no document promises a second try',
  ],
  'foreign-refresh-ends-session': [
    'A refresh token that another client presents is refused, and its session ended',
    'RFC 9700 4.14.2: a compromised token is revoked',
  ],
  'several-chains': ['Other chains are served too', 'ERC-4361: expected values are the server’s to choose'],
  'issued-at-window': [
    'Messages issued over ten minutes ago, or ahead of time, are refused',
    'ERC-4361: a relying party MAY have its own policy on age',
  ],
  'high-s-signatures': ['Signatures with a high s are taken too', 'EIP-191: no rule on s; EIP-2 is on transactions'],
  'failure-burns-nonce': ['A refused message uses its nonce up', 'ERC-4361: nonce against replay; no second try'],
  'nonces-of-all': ['A nonce serves once, for whichever wallet', 'ERC-4361: nonce against replay'],
  'public-secret-ignored': ['A secret that a public client sends is not looked at', 'RFC 6749 2.3: nothing to verify'],
  'expired-access-revokes-nothing': [
    'Revoking an expired access token gets 200 and does nothing',
    'RFC 7009 2.2: it is an invalid token already',
  ],
  'foreign-revoke-invalid-client': [
    'A token of another client gets 401 invalid_client',
    'RFC 7009 2.1: the error is open',
  ],
  'broken-basic-400': ['A malformed Basic header gets 400 invalid_request', 'RFC 6749 5.2: otherwise malformed'],
  'two-methods-401': ['Two methods at once get 401 invalid_client', 'RFC 6749 5.2: unsupported authentication method'],
  'numeric-session-ids': ['Session ids are strings of digits', 'The seed does not say what an id looks like'],
  'long-session-ids': ['Session ids have 300 characters', 'The seed does not say what an id looks like'],
  'one-session-a-wallet': [
    'Signing in anew ends the earlier sessions of the wallet',
    'The seed is silent: it promises a new session, not that the old stays',
  ],
  'any-media-type': ['Forms are read whatever the content type says, JSON aside', 'No document asks to refuse'],
  'unknown-members-refused': [
    'Unknown members of JSON bodies are refused',
    'The seed is silent; RFC 6749 3.2 is on forms',
  ],
  'foreign-session-404': ['The session of another wallet gets 404', 'Contract: a 4xx status'],
  'foreign-session-new': [
    'Asking for the session of another wallet begins a new one',
    'The seed is silent; nothing of the other session is touched',
  ],
  'revoked-session-new': ['Asking for a revoked session begins a new one', 'The seed is silent; the old stays dead'],
  'revoke-typed-json': ['The empty answer of /revoke is labelled application/json', 'RFC 9110 8.3 does not forbid it'],
  'scopes-many': ['/scopes has seventy names, some of odd characters', 'RFC 6749 3.3: %x21 / %x23-5B / %x5D-7E'],
  'handoff-registered-only': [
    'Only the registered redirect URI of the client opens a hand-off',
    'Dialect handoff.registeredRedirectUri: open',
  ],
  'scopes-claim': [
    'Access tokens have scopes, account and session claims',
    'Public facts; RFC 7519 4.3: private names',
  ],
  'nbf-now': ['Access tokens have nbf', 'RFC 7519 4.1.5: OPTIONAL'],
  'fractional-times': ['iat and exp have fractions of a second', 'RFC 7519 2: non-integer values can be represented'],
  'no-typ': ['Access tokens have no typ', 'RFC 7519 5.1: OPTIONAL'],
  'keys-alternate': ['Access tokens are signed by either of two published keys', 'RFC 7517 5: a set'],
  'bare-jwks': ['Published keys have neither use nor alg', 'RFC 7517 4.2, 4.4: OPTIONAL'],
  'jwks-mixed': ['The JWKS has keys of other kinds too', 'RFC 7517 5: SHOULD ignore what is not understood'],
  'upper-case-bearer': ['token_type is "BEARER"', 'RFC 6749 5.1: case insensitive'],
  'code-thirty-seconds': ['Codes live thirty seconds', 'RFC 6749 4.1.2: shortly'],
  'errors-extra-members': ['OAuth errors have further members', 'RFC 6749 5.2 does not forbid it'],
  'challenge-on-400': ['Errors with 400 have a challenge too', 'RFC 9110 11.6.1: may be in other responses'],
  'options-204': ['OPTIONS is answered 204', 'RFC 9110 9.3.7'],
  'wrong-method-400': ['A wrong method gets 400', 'Contract and RFC 6749: refused; RFC 9110: 405 is not required'],
  'small-bodies': ['Bodies over 8 KiB get 413', 'RFC 9110 15.5.14'],
  'client-before-body': ['Wrong Basic credentials are found before the body is read', 'No document orders the two'],
  'uri-any-scheme': [
    'URI may have another scheme than the application',
    'ERC-4361: a URI of the application; no document names the scheme',
  ],
  'lower-case-addresses': ['An address in lower case is taken', 'ERC-55: a single case carries no checksum'],
  'crlf-messages': ['Lines may end with CRLF', 'The fields are the same; what was signed is what was sent'],
  'messages-trimmed': [
    'White space around the message is not looked at',
    'The fields are the same; what was signed is what was sent',
  ],
  'any-v': ['Both values of v are tried', 'r and s alone are a valid signature by the key; v only helps to recover it'],
  'expiry-leeway': [
    'Messages are taken five minutes after Expiration Time',
    'Clock skew; RFC 7519 4.1.4 allows tokens as much',
  ],
  'revoke-by-session-id': [
    'A client may name its session by the session id at /revoke',
    'RFC 7009 2.1: the client is authenticated, the session its own',
  ],
  'replay-ends-refresh-only': [
    'Using a refresh token again ends the refresh tokens alone',
    'Public facts: may end the session',
  ],
  'revoke-duplicates-first': [
    'At /revoke the first of repeated parameters counts',
    'RFC 6749 3.2 is on the token endpoint only',
  ],
  'scope-twice': ['scope has every name twice', 'RFC 6749 3.3: each string adds a range; repetition is not forbidden'],
  'missing-grant-unsupported': [
    'A missing grant_type is called unsupported_grant_type',
    'RFC 6749 5.2: either may be meant',
  ],
  'scopes-listed-twice': [
    '/scopes lists every name twice',
    'The seed asks for every scope; repetition is not forbidden',
  ],
  ...policyVariants,
  ...writingVariants,
  ...crossingVariants,
  ...vendorVariants,
  ...productVariants,
  ...combinedVariants,
} as const satisfies Record<string, VariantRow>;

/** Id of a lawful variant, as it is given to `startIndependent`. */
export type VariantId = keyof typeof rows;

/** One lawful way to be unusual: a suite must find no fault. */
export interface Variant {
  readonly id: VariantId;
  readonly title: string;
  readonly whyLawful: string;
}

/** Whether a text is the id of a variant. */
export function isVariantId(text: string): text is VariantId {
  return Object.hasOwn(rows, text);
}

/** The variants that one consists of: itself, and the parts of a combined one. */
export function partsOf(id: VariantId): readonly VariantId[] {
  const [, , parts = []]: VariantRow = rows[id];
  return [id, ...parts.filter(isVariantId)];
}

/** Every lawful variant of this server; the settings that each needs are in its configuration. */
export const variants: readonly Variant[] = Object.keys(rows)
  .filter(isVariantId)
  .map((id) => ({ id, title: rows[id][0], whyLawful: rows[id][1] }));
