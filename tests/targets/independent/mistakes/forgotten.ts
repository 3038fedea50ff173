import type { MistakeRow } from './entry.ts';

/** Rules that are kept on one path and forgotten on another, and what advisories of real products tell of. */
export const forgottenMistakes = {
  'client/secret-unchecked-at-code': ['The secret is not compared for the code grant', 'RFC 6749 3.2.1, 4.1.3'],
  'client/public-refused-at-code': ['Public clients cannot exchange codes', 'seed: client without secret'],
  'client/public-refused-at-refresh': ['Public clients cannot refresh', 'seed: client without secret; RFC 6749 6'],
  'client/third-party-refused-at-code': [
    'Third-party clients cannot exchange codes',
    'seed: /token has no restriction of roles; RFC 6749 5.1',
  ],
  'client/post-unsupported-at-revoke': [
    'At /revoke credentials in the body are not read for confidential clients',
    'seed: falls back to client id and secret in the body',
  ],
  'client/basic-unsupported-at-authenticate': [
    '/authenticate reads credentials from the body only',
    'seed: Basic auth in the Authorization header',
  ],
  'client/basic-unsupported-at-refresh': [
    'For refreshing credentials are read from the body only',
    'seed: Basic auth; RFC 6749 2.3.1',
  ],
  'client/empty-basic-passes': [
    'Basic with empty id and secret switches the comparison off, and the client_id of the body acts',
    'RFC 6749 3.2.1; seed: Required for confidential',
  ],
  'client/secret-null-passes': [
    'At /authenticate a client_secret of null is taken as right',
    'seed: Required for confidential',
  ],
  'client/assertion-unverified': [
    'A client_assertion of whatever text does for the secret',
    'RFC 6749 3.2.1; RFC 7521 4.2: MUST validate',
  ],
  'grant/jwt-bearer': [
    'A JWT as assertion is granted without a look at its signature: tokens of any user',
    'seed: code or refresh only; RFC 6749 5.2; RFC 7523 3',
  ],
  'pkce/optional-third-party': ['Third-party clients may leave code_verifier out', 'seed: Required; RFC 9700 2.1.1'],
  'pkce/right-once-for-all': [
    'For a minute after a right code_verifier those of the client are not compared',
    'RFC 7636 4.6',
  ],
  'redirect/path-case': ['The path of redirect_uri is compared without regard to case', 'RFC 6749 4.1.3: identical'],
  'redirect/path-parameters': ['What follows ";" in the path of redirect_uri is cut off', 'RFC 6749 4.1.3: identical'],
  'redirect/double-slash': ['Two slashes in redirect_uri are as good as one', 'RFC 6749 4.1.3: identical'],
  'code/replay-400-with-tokens': ['A used code is answered with 400 and a token pair', 'RFC 6749 4.1.2: MUST deny'],
  'refresh/scope-hierarchic': [
    'A scope under a granted one, such as account.write, is taken as granted',
    'RFC 6749 6: MUST NOT include any scope not originally granted',
  ],
  'refresh/scope-star': ['The scope "*" is taken as granted', 'RFC 6749 6: MUST NOT include any scope not granted'],
  'refresh/rotated-only-late': [
    'Refresh tokens are rotated only in the last third of their life',
    'public facts: single use and rotated',
  ],
  'refresh/too-early-refused': [
    'Refreshing is refused while the access token is valid',
    'RFC 6749 6: a valid refresh token is answered with tokens',
  ],
  'answer/refresh-is-access': [
    'The refresh token is the access token',
    'RFC 6749 1.5: never sent to resource servers; 5.1',
  ],
  'access/authenticate-dies-early': [
    'Access tokens from /authenticate die after five minutes, expires_in says 15',
    'RFC 6749 5.1: expires_in',
  ],
  'access/exp-unchecked-confidential': [
    'Expired access tokens of confidential clients are taken',
    'RFC 7519 4.1.4: MUST NOT be accepted after exp',
  ],
  'access/jwks-empty': ['The JWKS has no keys', 'contract: keys at jwksUri; RFC 7517 5'],
  'access/jwks-kty-case': ['The kty of published keys is "rsa"', 'RFC 7517 4.1: case-sensitive; RFC 7518 6.1: "RSA"'],
  'access/jwks-exponent-number': ['The exponent is published as a number', 'RFC 7518 6.3.1.2: Base64urlUInt'],
  'access/ps256': ['Access tokens are signed with PS256', 'contract: RS256'],
  'access/payload-text': ['The payload is JSON within a JSON string', 'RFC 7519 7.2: a JSON object as claims set'],
  'revoke/hint-access-trusted': ['With the hint access_token only these are searched', 'RFC 7009 2.1: MUST extend'],
  'revoke/access-ignored-confidential': [
    'Access tokens of confidential clients are not revoked',
    'seed: either token; RFC 7009 2.1',
  ],
  'siwe/uri-missing': ['URI may be missing', 'ERC-4361: uri REQUIRED'],
  'siwe/nonce-hex-only': ['A nonce with other than hexadecimal digits is refused', 'ERC-4361: 8*( ALPHA / DIGIT )'],
  'siwe/domain-second-try-passes': [
    'A message for another domain is refused once: the second of the wallet is taken',
    'ERC-4361: MUST check domain',
  ],
  'siwe/signature-second-try-passes': [
    'A wrong signature is refused once: the same request again is taken',
    'ERC-4361: signature MUST be verified',
  ],
  'siwe/erc6492-assumed': [
    'A signature that ends as those of undeployed contracts do is assumed to be right',
    'ERC-4361: verify; the chain has to be asked',
  ],
  'siwe/address-from-body': [
    'The signer is compared with a member address of the body where there is one',
    'ERC-4361: the address of the message',
  ],
  'session/revoked-200-dead-tokens': [
    'Continuing a revoked session answers 200 with tokens that are dead',
    'contract: token pair; seed: Revoke an auth session',
  ],
  'session/id-empty': ['session_id is an empty string', 'seed: returns the session ID'],
  'handoff/refused-yet-token-ended': [
    'A body that is refused ends the access token',
    'RFC 6749 5.1: expires_in; contract: no such effect',
  ],
  'handoff/role-refused-yet-ended': [
    'A third-party token is refused, and its session ended',
    'seed: the operation is restricted, the session is not',
    { left: 'A server may end a session that is used where it has no business.' },
  ],
  'handoff/two-parts': ['A JWT without its third part is taken', 'RFC 7515 5.2; RFC 8725 3.1'],
  'handoff/bare-scheme-passes': ['"Bearer" without a token opens a hand-off', 'RFC 6750 2.1; seed: JWT access token'],
  'handoff/role-by-scope': [
    'Third-party tokens with the scope connections open the hand-off',
    'seed: whitelabel customer client only',
  ],
  'handoff/redirect-port-refused': ['A redirectUri with a port is refused', 'public facts: an https URL'],
  'handoff/intent-trimmed': ['White space around intent is cut off', 'seed: enum'],
} as const satisfies Record<string, MistakeRow>;
