import type { MistakeRow } from './entry.ts';

/** What parsers, queries, patterns, columns and coercions of types make of what was sent, and of what is answered. */
export const readingMistakes = {
  'client/secret-72-bytes': [
    'Only the first 72 bytes of a secret count, as with bcrypt',
    'RFC 6749 3.2.1, 2.3.1',
    { with: ['long-secrets'] },
  ],
  'client/secret-hash-taken': [
    'The hash that is stored of a secret is taken for the secret',
    'RFC 6749 3.2.1, 2.3.1: the client secret',
  ],
  'client/basic-plus-kept': [
    '"+" in Basic credentials is not read as a space',
    'RFC 6749 2.3.1, Appendix B',
    { with: ['special-credentials'] },
  ],
  'client/id-array': [
    'At /authenticate the client_id may be in an array',
    'seed: client_id string',
    { left: 'The caller has the right id all the same, and no sentence forbids to read it leniently' },
  ],
  'client/secret-operator': [
    'At /authenticate a secret of {"$ne": ""} is put into the query and matches',
    'seed: client_secret string; RFC 6749 3.2.1',
  ],
  'client/secret-brackets': [
    '"client_secret[$ne]" is put into the query and matches',
    'RFC 6749 3.2.1, 3.2: MUST ignore unrecognized',
  ],
  'refresh/brackets': [
    '"refresh_token[$ne]" finds a refresh token of the client',
    'RFC 6749 6: REQUIRED; 3.2: MUST ignore unrecognized',
  ],
  'session/id-operator': ['A session_id of {"$ne": null} finds a session of the wallet', 'seed: session_id string'],
  'authenticate/arrays-coerced': ['Message and signature may be in arrays', 'seed: signature string'],
  'form/array-names': ['"code[]" is read as code', 'RFC 6749 1.9, 3.2: MUST ignore unrecognized'],
  'form/semicolon': [
    'Semicolons separate parameters too',
    'RFC 6749 Appendix B: "&" alone separates',
    { left: 'HTML 4.01 B.2.2, to which the appendix leads, recommends that servers take semicolons as well' },
  ],
  'form/decoded-twice': ['Values are percent-decoded twice', 'RFC 6749 Appendix B', { with: ['base64-tokens'] }],
  'form/empty-body-500': ['A request without a body ends in 500', 'RFC 6749 5.2; RFC 9110 15.6'],
  'form/no-content-type-500': ['A request without a content type ends in 500', 'RFC 6749 5.2; RFC 9110 15.6'],
  'redirect/nfkc': ['redirect_uri is compared after NFKC normalisation', 'RFC 6749 4.1.3: identical'],
  'redirect/contained': ['A redirect_uri that has the right one somewhere in it is taken', 'RFC 6749 4.1.3: identical'],
  'redirect/as-regexp': [
    'The right redirect_uri is used as a pattern: "." is any character',
    'RFC 6749 4.1.3: identical',
  ],
  'pkce/challenge-case': ['Challenges are compared without regard to case', 'RFC 7636 4.6'],
  'pkce/challenge-truncated': ['Only the first 32 characters of a challenge are stored', 'RFC 7636 4.6'],
  'pkce/longer-cut': ['Of a code_verifier the first 128 characters count', 'RFC 7636 4.6, 4.1: maximum length of 128'],
  'pkce/max-127': ['A code_verifier of exactly 128 characters is refused', 'RFC 7636 4.1: maximum length of 128'],
  'handoff/tail-ignored': [
    'Access tokens are found by their first 20 characters',
    'RFC 6750 3.1: invalid_token',
    { with: ['opaque-tokens'] },
  ],
  'handoff/kid-path': ['kid names a file: "/dev/null" makes an empty HS256 key', 'RFC 8725 3.10, 3.1; RFC 7518 3.2'],
  'handoff/token-in-cookie': ['A token in a cookie is taken', 'seed: Authorization Required; RFC 6750 2'],
  'handoff/intent-falsy': ['null, "", 0 and false are taken for the intent', 'seed: string enum, Required'],
  'handoff/redirect-line-breaks': ['Line breaks in redirectUri are overlooked', 'seed: redirect URI; RFC 3986 2'],
  'handoff/redirect-https-prefix': [
    'Whatever begins with "https://" is a redirectUri',
    'contract: an https URL; RFC 3986 3',
  ],
  'handoff/scheme-with-dots-refused': [
    'A redirectUri with a scheme such as com.example.app is refused',
    "public facts: an app's own scheme; RFC 3986 3.1; RFC 8252 7.1",
  ],
  'handoff/challenge-malformed': [
    'The challenge for a bad token has a description without quotation marks',
    'RFC 6750 3; RFC 9110 11.2: token or quoted-string',
  ],
  'handoff/challenge-escaped-quotes': [
    'error_description of the challenge has escaped quotation marks',
    'RFC 6750 3: MUST NOT include characters outside %x20-21 / %x23-5B / %x5D-7E',
  ],
  'handoff/dead-403': [
    'Expired and revoked tokens get 403',
    'RFC 6750 3.1: invalid_token SHOULD be 401',
    { level: 'SHOULD' },
  ],
  'handoff/code-timestamp': ['The code is the time in milliseconds', 'RFC 6749 10.10: guessing'],
  'scopes/xssi-prefix': ['The list begins with ")]}\',"', 'RFC 8259 2; seed: application/json'],
  'scopes/xml-by-default': ['Without Accept: application/json the list is XML', 'seed: application/json'],
  'scopes/upper-case': [
    'Names are listed in upper case, and granted in lower',
    'RFC 6749 3.3: case-sensitive; seed: all available scopes',
  ],
  'scopes/trailing-space': ['Names end with a space', 'RFC 6749 3.3: scope-token'],
  'errors/array': ['Errors are arrays with an object in them', 'RFC 6749 5.2: JSON object'],
  'errors/no-content-type': ['Errors at /token have no content type', 'RFC 6749 5.2: application/json'],
} as const satisfies Record<string, MistakeRow>;
