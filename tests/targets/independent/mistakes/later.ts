import type { MistakeRow } from './entry.ts';

/** What is right at first, or for most, and wrong the second time, or for some; and refusals that do half of the work. */
export const laterMistakes = {
  'session/not-continuable-after-handoff': [
    'A session that opened a hand-off cannot be continued',
    'seed: session id to continue',
  ],
  'revoke/no-client-yet-done': [
    'Without any client 401 is answered, and the token revoked',
    'RFC 7009 2.1: first validates the client',
  ],
  'revoke/twice-json-body': ['Revoking again answers {"message": "already revoked"}', 'contract: 200, empty body'],
  'revoke/unknown-204': ['Revoking an unknown token is answered with 204', 'RFC 7009 2.2: 200'],
  'handoff/refused-with-code': ['A body that is refused gets 400 and a code', 'seed: Required; enum'],
  'handoff/code-grant-refused': [
    'Only tokens from /authenticate open hand-offs, those from the code grant are refused',
    'seed: JWT access token; whitelabel customer client only',
  ],
  'handoff/second-refusal-without-challenge': [
    'Every second 401 of the hand-off has no WWW-Authenticate',
    'RFC 6750 3: MUST',
  ],
  'client/second-failure-without-challenge': [
    'Every second 401 of /token and /revoke has no WWW-Authenticate',
    'RFC 6749 5.2, RFC 9110 15.5.2',
  ],
  'authenticate/second-refusal-200': [
    'Every second refusal of /authenticate has the status 200',
    'contract: never 2xx; a 4xx status',
  ],
  'authenticate/new-session-201': [
    'A new session is answered with 201, a continued one with 200',
    'contract: 200; seed: 200',
  ],
  'answer/refreshing-no-expires-in': ['Answers to refreshing have no expires_in', 'contract: token pair; RFC 6749 5.1'],
  'answer/refreshing-camel-case': ['Answers to refreshing have accessToken and so on', 'RFC 6749 5.1'],
  'errors/refresh-framework-body': [
    'Errors of refreshing are {statusCode, message, error: "Bad Request"}',
    'RFC 6749 5.2: a code in error',
  ],
  'errors/client-framework-body': [
    'A guard refuses wrong credentials with {statusCode: 401, message: "Unauthorized"}',
    'RFC 6749 5.2: invalid_client in error',
  ],
  'errors/validation-framework-body': [
    'Missing parameters are found by a validator, with {statusCode, message: [...], error: "Bad Request"}',
    'RFC 6749 5.2: invalid_request in error',
  ],
  'access/refreshed-scope-wider': [
    'Access tokens from refreshing hold a scope that the answer does not tell',
    'RFC 6749 5.1, 6: no more than was granted',
  ],
  'access/signed-in-scope-wider': [
    'Access tokens from /authenticate hold a scope that the answer does not tell',
    'RFC 6749 5.1, 3.3: MUST tell when different',
  ],
  'form/duplicates-joined': [
    'Repeated parameters are joined with a comma',
    'RFC 6749 3.2: MUST NOT; 5.2: invalid_request where a parameter is repeated',
  ],
} as const satisfies Record<string, MistakeRow>;
