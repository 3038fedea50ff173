import type { MistakeRow } from './entry.ts';

/** Access tokens and published keys: claims of others, wrong types, wrong keys. */
export const keyMistakes = {
  'access/subject-of-last-sign-in': [
    'The subject of access tokens is the wallet that signed in with the client last',
    'RFC 7519 4.1.2; RFC 9068 2.2: sub is the resource owner',
  ],
  'access/session-of-last-sign-in': [
    'The session in access tokens is the one that the client opened last',
    'public facts: each pair belongs to its session',
  ],
  'access/claims-from-parameters': [
    'Parameters called sub, role or client_id become claims',
    'RFC 6749 3.2: MUST ignore unrecognized parameters; RFC 9068 2.2',
  ],
  'access/issuer-from-host': [
    'X-Forwarded-Host of whoever asks decides on iss',
    'RFC 7519 4.1.1, RFC 9068 2.2: iss identifies the authorization server',
    { level: 'SHOULD' },
  ],
  'access/sub-number': ['sub is a number', 'RFC 7519 4.1.2: StringOrURI'],
  'access/aud-null': ['aud is null', 'RFC 7519 4.1.3: a string or an array of strings'],
  'access/iat-milliseconds': ['iat is in milliseconds', 'RFC 7519 4.1.6: NumericDate'],
  'access/iat-after-exp': ['iat is a second after exp', 'RFC 7519 4.1.4, 4.1.6'],
  'access/exp-end-of-next-hour': [
    'exp is the end of the next hour, expires_in says 900',
    'RFC 6749 5.1: expires_in is the lifetime; RFC 7519 4.1.4',
  ],
  'access/exp-of-refresh-token': [
    'After refreshing exp is that of the refresh token, expires_in says 900',
    'RFC 6749 5.1: expires_in is the lifetime; RFC 7519 4.1.4',
  ],
  'access/no-exp-claim-once-refreshed': [
    'Access tokens from refreshing have no exp',
    'RFC 9068 2.2: exp is REQUIRED; public facts: JWTs with their expiry',
  ],
  'access/exp-twice': ['The payload has exp twice', 'RFC 7519 4: Claim Names MUST be unique'],
  'access/jti-counts-by-session': [
    'jti counts from 1 in every session: tokens of two sessions share it',
    'RFC 7519 4.1.7: negligible probability of the same value',
  ],
  'access/kid-number': ['kid is a number', 'RFC 7515 4.1.4: MUST be a case-sensitive string'],
  'access/crit-empty': ['The header has an empty crit', 'RFC 7515 4.1.11: MUST NOT use the empty list'],
  'access/crit-unknown': [
    'crit names a header parameter of the server’s own',
    'RFC 7515 4.1.11: recipients that do not understand it reject the JWS; contract: RS256 JWTs with keys at jwksUri',
  ],
  'access/padded': ['The signature ends with "=="', 'RFC 7515 2: base64url with all trailing "=" omitted'],
  'access/signature-base64': ['The signature is in base64, not base64url', 'RFC 7515 2, 3.1'],
  'access/key-too-small': ['The key has 1024 bits', 'RFC 7518 3.3: 2048 bits or larger MUST be used'],
  'access/hs256-once-refreshed': ['Access tokens from refreshing are signed with HS256', 'public facts: RS256'],
  'access/key-unpublished-third-party': [
    'Access tokens of third-party clients are signed with a key that the JWKS lacks',
    'contract: keys at jwksUri',
  ],
  'access/key-unpublished-once-refreshed': [
    'Access tokens from refreshing are signed with a key that the JWKS lacks',
    'contract: keys at jwksUri',
  ],
  'access/new-key-unpublished-after-a-day': [
    'After a day the key changes, and the JWKS stays as it was',
    'contract: keys at jwksUri',
  ],
  'access/jwks-array': ['The JWKS is an array of keys', 'RFC 7517 5: an object with the member keys'],
  'access/jwks-by-kid': ['The JWKS is an object of keys under their kid', 'RFC 7517 5: MUST have the member keys'],
  'access/jwks-kid-twice': [
    'An older key has the same kid as the one in use, and comes first',
    'RFC 7517 4.5: different keys SHOULD use distinct kid',
    { level: 'SHOULD' },
  ],
  'access/jwks-use-enc': ['The key is published for encryption', 'RFC 7517 4.2: sig for signature; contract'],
  'access/jwks-other-alg': ['The key is published for RS512, tokens are RS256', 'RFC 7517 4.4; contract: RS256'],
  'access/jwks-without-kty': ['Published keys have no kty', 'RFC 7517 4.1: MUST be present'],
  'access/jwks-base64': ['The modulus is published in base64, not base64url', 'RFC 7518 6.3.1.1, 2: Base64urlUInt'],
  'access/jwks-leading-zero': [
    'The modulus is published with a zero byte before it',
    'RFC 7518 2: MUST utilize the minimum number of octets; 6.3.1.1',
  ],
  'access/jwks-factors': ['The JWKS shows the prime factors p and q', 'RFC 7517 9.2, RFC 7518 6.3.2: private'],
  'access/jwks-symmetric': [
    'The JWKS shows the symmetric key of cookies and refresh tokens',
    'RFC 7517 9.2: symmetric keys MUST be protected',
  ],
} as const satisfies Record<string, MistakeRow>;
