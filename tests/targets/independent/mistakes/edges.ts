import type { MistakeRow } from './entry.ts';

/** At the edges: crashes on odd values, times that are off by a little, crowds, and errors of a filter before the operation. */
export const edgeMistakes = {
  'client/found-by-secret': [
    'The client is looked up by its secret where its id is unknown',
    'RFC 6749 3.2.1: MUST authenticate; 5.2: unknown client is invalid_client',
  ],
  'client/long-secret-500': ['A secret of more than 72 bytes ends in 500', 'RFC 6749 5.2: invalid_client'],
  'client/basic-percent-500': ['A broken percent escape in Basic credentials ends in 500', 'RFC 6749 5.2, 2.3.1'],
  'client/public-empty-secret-refused': [
    'A public client that sends an empty client_secret is refused',
    'RFC 6749 3.2: without a value as if omitted; 2.3.1',
  ],
  'code/lives-eleven-minutes': [
    'Codes live eleven minutes',
    'RFC 6749 4.1.2: ten minutes at most RECOMMENDED',
    { level: 'SHOULD' },
  ],
  'code/fourth-at-a-time': [
    'The lock of a code holds off two others: of four exchanges at a time the fourth succeeds too',
    'RFC 6749 4.1.2: MUST NOT be used more than once',
  ],
  'refresh/fourth-at-a-time': [
    'The lock of a refresh token holds off two others: of four refreshings at a time the fourth succeeds too',
    'public facts: single use',
  ],
  'pkce/too-long-500': ['A code_verifier of more than 128 characters ends in 500', 'RFC 7636 4.6: invalid_grant'],
  'redirect/no-url-500': ['A redirect_uri that is no URL ends in 500', 'RFC 6749 5.2: invalid_grant'],
  'refresh/access-token-500': ['An access token sent as refresh token ends in 500', 'RFC 6749 5.2: invalid_grant'],
  'refresh/lives-six-days': [
    'Refresh tokens die a day before refresh_expires_in is over',
    'contract: refresh_expires_in',
  ],
  'revoke/wrong-hint-500': ['A hint that does not fit the token ends in 500', 'RFC 7009 2.1: MUST extend its search'],
  'revoke/jwt-like-500': ['An unknown token that looks like a JWT ends in 500', 'RFC 7009 2.2: 200'],
  'revoke/bad-signature-401': [
    'A JWT that the server did not sign is answered with 401 invalid_token',
    'RFC 7009 2.2: 200; RFC 6749 5.2: error codes',
  ],
  'revoke/denylist-by-account': [
    'For a minute after a revocation access tokens of new sessions of the user are refused',
    'seed: revoke an auth session; RFC 6749 5.1: a token that is issued is valid',
  ],
  'revoke/access-forgotten-after-five-minutes': [
    'Five minutes after its revocation an access token works again, until it expires',
    'RFC 7009 2.1: invalidates the token',
  ],
  'access/subject-cached-by-client': [
    'For five seconds all access tokens of a client have the subject of the first',
    'RFC 7519 4.1.2; RFC 9068 2.2: sub is the resource owner',
  ],
  'access/dies-a-minute-early': [
    'Access tokens die a minute before expires_in is over',
    'RFC 6749 5.1: expires_in is the lifetime',
  ],
  'answer/scope-cached-by-client': [
    'For five seconds all answers to a client tell the scope of the first',
    'RFC 6749 5.1: the scope of the access token',
  ],
  'answer/scope-trailing-space': ['scope ends with a space', 'RFC 6749 3.3: scope-token *( SP scope-token )'],
  'answer/vendor-media-type': ['Token answers are application/vnd.api+json', 'RFC 6749 5.1: application/json'],
  'errors/problem-media-type': ['Errors at /token are application/problem+json', 'RFC 6749 5.2: application/json'],
  'errors/empty-for-basic': ['401 after Basic comes from a filter and has no body', 'RFC 6749 5.2: error REQUIRED'],
  'errors/form-encoded': ['Errors at /token and /revoke are form-encoded', 'RFC 6749 5.2: application/json'],
  'errors/error-code-member': [
    'The members of errors are error_code and error_message',
    'RFC 6749 5.2: error REQUIRED',
  ],
  'errors/description-empty': ['error_description is empty', 'RFC 6749 A.8: 1*NQSCHAR', { level: 'SHOULD' }],
  'errors/description-null': [
    'error_description is null',
    'RFC 6749 5.2, A.8: ASCII text',
    { left: 'Serializers write null for a member that is not there, and clients read it so.' },
  ],
} as const satisfies Record<string, MistakeRow>;
