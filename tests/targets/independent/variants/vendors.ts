import type { VariantRow } from './entry.ts';

/** Lawful habits of other frameworks, vendors, proxies and hosts. */
export const vendorVariants = {
  'escaped-json': ['JSON has "/" written as "\\/", as PHP does', 'RFC 8259 7: any character may be escaped'],
  'json-after-white-space': ['JSON comes after a line break and spaces', 'RFC 8259 2: white space'],
  'cache-control-lines': [
    'Cache-Control comes on two lines, no-store on the second',
    'RFC 9110 5.3: lines of a list are combined; RFC 9111 5.2',
  ],
  'challenge-quoted': [
    'The realm of Basic has a comma, an equals sign and escaped quotation marks',
    'RFC 9110 5.6.4, 11.5: a quoted-string with quoted-pairs',
  ],
  'wrong-method-401': [
    'A wrong method gets 401 with a challenge',
    'Contract and RFC 6749: refused; no document orders method and credentials',
  ],
  trailers: ['Answers end with a trailer field', 'RFC 9110 6.5, RFC 9112 7.1.2: MAY be ignored'],
  'idle-one-second': ['Connections are closed after a second without a request', 'RFC 9112 9.5'],
  'clock-two-seconds-ahead': [
    'The clock of the server is two seconds ahead, iat too',
    'RFC 7519 4.1.4, 4.1.5: clock skew; no document asks for one clock',
  ],
  'clock-two-seconds-behind': [
    'The clock of the server is two seconds behind, iat and exp too',
    'RFC 7519 4.1.4, 4.1.5: clock skew; expires_in counts from the answer',
  ],
  'jwks-alien-members': [
    'Published keys and their set have members that no document names',
    'RFC 7517 4, 5: additional members MUST be ignored',
  ],
  'jwks-typed': ['The JWKS is application/jwk-set+json', 'RFC 7517 8.5.2'],
  'kid-uri': ['kid is a URI with a query and a fragment', 'RFC 7517 4.5: its structure is unspecified'],
  'typ-application-at-jwt': [
    'The typ of access tokens is application/at+jwt',
    'RFC 9068 4: at+jwt or application/at+jwt',
  ],
  'long-access-tokens': ['Access tokens have over five thousand characters', 'RFC 6749 A.12, 5.1: size is undefined'],
  'refresh-lifetimes-by-client': [
    'Refresh tokens of public clients live a day, those of others a week, as refresh_expires_in says',
    'RFC 9700 4.14.2: lifetime is the server’s to choose; contract: refresh_expires_in',
  ],
  'access-lifetimes-by-grant': [
    'Access tokens from refreshing live ten minutes, others fifteen, as expires_in says',
    'RFC 6749 5.1: expires_in of each',
  ],
  'paseto-like-refresh-tokens': [
    'Refresh tokens look like PASETO: four parts with dots',
    'RFC 6749 1.5: usually opaque',
  ],
  'long-descriptions': ['error_description has two thousand characters', 'RFC 6749 5.2: its length is open'],
  'proxy-headers': [
    'Proxies add Via, Age, Alt-Svc, Link, Server-Timing and more',
    'RFC 9110 7.6.3, RFC 9111 5.1: none has a bearing on the contract',
  ],
  'keycloak-like': [
    'Answers and access tokens have the members of Keycloak: not-before-policy, session_state, realm_access',
    'RFC 6749 5.1: MUST ignore unrecognized; RFC 7519 4.3',
  ],
  'replay-needs-verifier': [
    'A used code that comes with a wrong redirect_uri or verifier is refused and ends nothing',
    'RFC 6749 4.1.2: a use more than once; who lacks the verifier cannot use it',
  ],
  'revoke-chunked-empty': ['The empty answer of /revoke is chunked', 'RFC 9112 7.1: a last chunk alone'],
} as const satisfies Record<string, VariantRow>;
