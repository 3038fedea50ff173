import type { MistakeRow } from './entry.ts';

/** What frameworks, proxies and home-made decoders do to requests and answers of /token and /revoke. */
export const wireMistakes = {
  'form/origin-500': [
    'Requests with an Origin that the CORS filter does not know end in 500',
    'RFC 6749 5.1: a valid request is answered with tokens; 3.2',
  ],
  'form/method-parameter': [
    'A parameter called _method overrides the method, and the request gets 405',
    'RFC 6749 3.2: MUST ignore unrecognized parameters',
  ],
  'form/callback-parameter': [
    'A parameter called callback makes the answer JSONP',
    'RFC 6749 3.2: MUST ignore unrecognized parameters; 5.1: application/json',
  ],
  'form/bare-name-500': [
    'A parameter without "=" ends in 500',
    'RFC 6749 3.2: without a value as if omitted, unrecognized ignored',
  ],
  'form/twenty-parameters': [
    'Parameters after the twentieth are not read',
    'RFC 6749 3.2: MUST ignore unrecognized parameters, not those that follow them',
  ],
  'form/names-not-decoded': ['Names of parameters are not percent-decoded', 'RFC 6749 Appendix B'],
  'form/hex-lower-kept': [
    'Percent escapes with small letters stay as they are in forms',
    'RFC 6749 Appendix B; RFC 3986 2.1: hexadecimal digits of either case',
  ],
  'form/chunked-unread': [
    'A body without Content-Length, sent in chunks, is read as empty',
    'RFC 9112 7.1: a recipient MUST be able to parse chunked',
  ],
  'form/405-without-allow': ['405 comes without Allow', 'RFC 9110 15.5.6: MUST generate an Allow header field'],
  'form/wrong-method-500': ['A wrong method ends in 500', 'RFC 9110 15.5.6, 15.6.1: the error is the client’s'],
  'form/wrong-method-200': [
    'A wrong method is answered with 200 and an error object',
    'RFC 9110 15.5.6; RFC 6749 3.2',
    { level: 'SHOULD' },
  ],
  'form/query-over-body': [
    'Parameters of the URI take the place of those in the body',
    'RFC 6749 2.3.1: MUST NOT be included in the request URI; 4.1.3: in the entity-body',
  ],
  'grant/password': ['password is granted, whoever it is', 'contract: two grants; RFC 9700 2.4: MUST NOT be used'],
  'grant/token-exchange': [
    'Token exchange is granted: any access token, also one of another client or revoked, gives a pair',
    'contract: two grants; RFC 6749 5.2: unsupported_grant_type',
  ],
  'grant/unknown-unauthorized-client': [
    'An unknown grant is called unauthorized_client',
    'RFC 6749 5.2: unsupported_grant_type',
  ],
  'errors/html-for-browsers': [
    'With Accept: text/html errors at /token and /revoke are HTML pages',
    'RFC 6749 5.2: application/json',
  ],
  'answer/html-for-browsers': ['With Accept: text/html token answers are HTML pages', 'RFC 6749 5.1: application/json'],
  'errors/class-name-in-description': [
    'error_description has backslashes: the class of the exception',
    'RFC 6749 5.2: MUST NOT include characters outside %x20-21 / %x23-5B / %x5D-7E',
  ],
  'errors/grant-type-echoed': [
    'error_description repeats the grant_type as it was sent, with quotation marks and whatever it has',
    'RFC 6749 5.2: MUST NOT include characters outside %x20-21 / %x23-5B / %x5D-7E',
  ],
  'errors/member-twice': [
    'Errors have the member error twice',
    'RFC 6749 3.2: response parameters MUST NOT be included more than once; RFC 8259 4',
    { level: 'SHOULD' },
  ],
  'answer/member-twice': [
    'Token answers have the member token_type twice',
    'RFC 6749 3.2: response parameters MUST NOT be included more than once; RFC 8259 4',
  ],
  'answer/access-token-with-scheme': [
    'access_token is "Bearer " and then the token',
    'RFC 6750 2.1: b64token; seed: JWT access token',
  ],
  'answer/access-token-object': ['access_token is an object that holds the token', 'RFC 6749 5.1: a string'],
  'answer/token-type-space': ['token_type ends with a space', 'RFC 6749 5.1, 7.1: Bearer'],
  'answer/token-type-array': ['token_type is an array', 'RFC 6749 5.1: a string'],
  'answer/expires-in-minutes': ['expires_in is in minutes', 'RFC 6749 5.1: in seconds'],
  'answer/refresh-expires-in-days': ['refresh_expires_in is in days', 'contract: seconds'],
  'answer/cacheable-third-party': [
    'Answers to third-party clients have no Cache-Control',
    'RFC 6749 5.1: MUST include no-store',
  ],
} as const satisfies Record<string, MistakeRow>;
