import type { VariantRow } from './entry.ts';

/** Lawful ways to write: tokens, keys, headers, bodies. */
export const writingVariants = {
  'hex-tokens': ['Codes and refresh tokens are 32 hexadecimal digits', 'RFC 6749 10.10: 128 bits suffice'],
  'vschar-tokens': [
    'Codes and refresh tokens have quotation marks, "%", "&", "+" and a space',
    'RFC 6749 Appendix A.11, A.17: VSCHAR',
  ],
  'handoff-code-digits': ['Hand-off codes are 40 digits', 'The seed does not say what a code looks like'],
  'scopes-scope-member': ['/scopes answers {scopes: [{scope}]}', 'Contract: one of the shapes'],
  'scopes-etag': ['/scopes has an ETag and answers 304 to who knows it', 'RFC 9110 13.1.2, 15.4.5'],
  'session-id-at-token': ['Answers of /token have the session_id too', 'RFC 6749 5.1: MUST ignore unrecognized'],
  'jwks-key-ops': ['Published keys have key_ops instead of use', 'RFC 7517 4.3'],
  'jwt-header-members': ['Access tokens have a jku', 'RFC 7515 4.1.2: OPTIONAL'],
  'scp-claim': ['Access tokens have their scope in scp', 'RFC 7519 4.3: private names'],
  'challenges-on-several-lines': ['401 has several WWW-Authenticate lines', 'RFC 9110 5.3, 11.6.1'],
  'early-hints': ['103 comes before every answer', 'RFC 9110 15.2: clients MUST be able to parse 1xx; RFC 8297'],
  gzip: ['Answers are compressed for who accepts gzip', 'RFC 9110 8.4, 12.5.3'],
  'options-200': ['OPTIONS is answered 200 with a body', 'RFC 9110 9.3.7'],
  'form-at-authenticate': ['/authenticate takes forms too', 'The seed does not forbid it'],
} as const satisfies Record<string, VariantRow>;
