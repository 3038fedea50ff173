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
  'authenticate/role-cached-by-path': [
    'For five seconds after a whitelabel client signed in, third-party clients are let in',
    'seed: whitelabel customer client only',
  ],
  'handoff/role-cached-by-path': [
    'For five seconds after a hand-off of a whitelabel client, third-party tokens open one',
    'seed: whitelabel customer client only',
  ],
  'access/dies-with-message': [
    'Access tokens die at the Expiration Time of the message, expires_in says 15 minutes',
    'RFC 6749 5.1: expires_in; ERC-4361: the message is for signing in',
  ],
  'access/lives-as-message': [
    'Access tokens live until the Expiration Time of the message, expires_in says 15 minutes',
    'RFC 6749 5.1: expires_in',
  ],
  'refresh/dies-with-message': [
    'Refresh tokens die at the Expiration Time of the message, refresh_expires_in says a week',
    'contract: refresh_expires_in',
  ],
  'handoff/query-read': [
    'redirectUri and intent are read from the URI where the body lacks them',
    'seed: Body, Required',
    { left: 'Nothing forbids to read the URI as well; the body rules where it says something.' },
  ],
  'pkce/mismatch-invalid-client': [
    'A wrong code_verifier is called invalid_client',
    'RFC 7636 4.6: MUST invalid_grant',
  ],
  'pkce/mismatch-500': ['A wrong code_verifier ends in 500', 'RFC 7636 4.6: MUST invalid_grant'],
  'redirect/mismatch-500': ['A wrong redirect_uri ends in 500', 'RFC 6749 5.2: invalid_grant'],
  'session/foreign-500': ['Continuing the session of another wallet ends in 500', 'contract: a 4xx status'],
  'session/revoked-500': ['Continuing a revoked session ends in 500', 'contract: a 4xx status'],
  'siwe/replay-500': ['Nonces are a unique key: a message that is used again ends in 500', 'contract: a 4xx status'],
  'siwe/expired-500': ['A message that has expired ends in 500', 'contract: a 4xx status'],
  'form/duplicates-joined': [
    'Repeated parameters are joined with a comma',
    'RFC 6749 3.2: MUST NOT; 5.2: invalid_request where a parameter is repeated',
  ],
} as const satisfies Record<string, MistakeRow>;
