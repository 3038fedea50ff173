/** Mistakes in the form of refusals (RFC 6749 5.2, RFC 9110; contract "Errors"). */

import type { ErrorOperation } from '../policy/errors.ts';
import { changed, type Policy } from '../policy/index.ts';
import { rewritten, rewrittenJson } from '../transform.ts';
import type { Fault } from './types.ts';

type Body = Policy['errors']['body'];

/** Another body of errors. */
const withBody =
  (make: (right: Record<string, unknown>, ...facts: Parameters<Body>) => Record<string, unknown>) => (policy: Policy) =>
    changed(policy, { errors: { body: (...facts) => make(policy.errors.body(...facts), ...facts) } });

/** Status 200 for some refusals. */
const withStatus = (is200: (operation: ErrorOperation, code: string) => boolean) => (policy: Policy) =>
  changed(policy, {
    errors: {
      status: (operation, code, status) =>
        is200(operation, code) ? 200 : policy.errors.status(operation, code, status),
    },
  });

const secretOf = (authorization: string | null): string => {
  const decoded = Buffer.from((authorization ?? '').replace(/^basic /i, ''), 'base64').toString('utf8');
  return decoded.slice(decoded.indexOf(':') + 1);
};

/** What a 200 without the members of a success also breaks. */
const noTokenPair = [
  'token/response-access-token',
  'token/response-token-type',
  'token/response-expires-in',
  'token/response-no-store',
  'token/response-pragma',
];

const faults: readonly Fault[] = [
  {
    id: 'errors/description-empty',
    title: 'error_description is always empty',
    breaks: ['errors/oauth-description-empty'],
    change: withBody((right, operation) =>
      operation === 'token' || operation === 'revoke' ? { ...right, error_description: '' } : right,
    ),
  },
  {
    id: 'errors/description-translated',
    title: 'Who reads German gets error_description in German, with letters beyond ASCII',
    breaks: ['errors/oauth-description'],
    transform: async ({ operation, request }, response) =>
      (operation === 'token' || operation === 'revoke') &&
      response.status >= 400 &&
      (request.headers.get('accept-language') ?? '').startsWith('de')
        ? rewrittenJson(response, (body) => ({ ...body, error_description: 'Ung\u00fcltig.' }))
        : response,
  },
  {
    id: 'errors/page-for-browsers',
    title: 'Who accepts HTML is told of errors at /token and /revoke on a page',
    breaks: ['errors/oauth-media-type', 'errors/oauth-object'],
    transform: ({ operation, request }, response) =>
      (operation === 'token' || operation === 'revoke') &&
      response.status >= 400 &&
      (request.headers.get('accept') ?? '').startsWith('text/html')
        ? rewritten(response, { headers: { 'content-type': 'text/html' }, body: '<h1>Bad request</h1>' })
        : response,
  },
  {
    id: 'errors/authenticate-client-200',
    title: 'A failed client authentication at /authenticate is answered with status 200 and an error object',
    breaks: ['errors/text', 'authenticate/session-id', ...noTokenPair],
    change: withStatus((operation, code) => operation === 'authenticate' && code === 'invalid_client'),
  },
  {
    id: 'errors/grant-200',
    title: 'invalid_grant comes with status 200',
    breaks: ['errors/invalid-grant', 'errors/invalid-request', ...noTokenPair],
    change: withStatus((operation, code) => operation === 'token' && code === 'invalid_grant'),
  },
  {
    id: 'errors/grant-409',
    title: 'invalid_grant comes with status 409',
    breaks: ['errors/invalid-grant'],
    change: (policy) =>
      changed(policy, {
        errors: {
          status: (operation, code, status) => (operation === 'token' && code === 'invalid_grant' ? 409 : status),
        },
      }),
  },
  {
    id: 'errors/authenticate-signature-200',
    title: 'A signature of another wallet is answered with status 200 and an error object',
    breaks: [
      'errors/text',
      'siwe/signature-verified',
      'siwe/signature-covers-message',
      'siwe/signature-prefix',
      'authenticate/session-id',
      'authenticate/no-chosen-wallet',
      ...noTokenPair,
    ],
    change: (policy) =>
      changed(policy, {
        siwe: {
          refusal: (problem, facts) =>
            problem === 'signature' ? { status: 200, error: 'invalid_grant' } : policy.siwe.refusal(problem, facts),
        },
      }),
  },
  {
    id: 'errors/handoff-members-200',
    title: 'A hand-off that lacks a member is answered with status 200 and an error object',
    breaks: [
      'handoff/redirect-uri-string',
      'handoff/redirect-uri-no-script',
      'handoff/redirect-uri-trusted',
      'handoff/redirect-uri-without-fragment',
      'handoff/redirect-uri-absolute',
      'handoff/intent-string',
      'handoff/intent-known',
      'handoff/body-json-object',
      'json/own-members',
      'errors/text',
      'json/object',
      'handoff/redirect-uri-required',
      'handoff/intent-required',
      'handoff/code-present',
    ],
    change: withStatus((operation, code) => operation === 'handoff/init' && code === 'invalid_request'),
  },
  {
    id: 'errors/framework-body-at-token',
    title: "Errors of /token are the framework's: statusCode, message and the name of the status in error",
    breaks: [
      'errors/oauth-code',
      'errors/invalid-request',
      'errors/invalid-grant',
      'errors/invalid-client',
      'errors/unsupported-grant-type',
    ],
    change: withBody((right, operation, _code, message, statusCode) =>
      operation === 'token'
        ? { statusCode, message, error: statusCode === 401 ? 'Unauthorized' : 'Bad Request' }
        : right,
    ),
  },
  {
    id: 'errors/framework-body-at-revoke',
    title: "Errors of /revoke are the framework's, with the name of the status in error",
    breaks: ['errors/oauth-code'],
    change: withBody((right, operation, _code, message, statusCode) =>
      operation === 'revoke' ? { statusCode, message, error: 'Bad Request' } : right,
    ),
  },
  {
    id: 'errors/codes-in-capitals',
    title: 'Error codes are the constants of the source code: INVALID_GRANT',
    breaks: [
      'errors/oauth-code',
      'errors/invalid-request',
      'errors/invalid-grant',
      'errors/invalid-client',
      'errors/unsupported-grant-type',
    ],
    change: (policy) =>
      changed(policy, {
        errors: { code: (operation, code) => (operation === 'token' ? code.toUpperCase() : code) },
      }),
  },
  {
    id: 'errors/no-error-member',
    title: 'Errors of /revoke have a message and no error',
    breaks: ['errors/oauth-object'],
    change: withBody((right, operation, _code, message) => (operation === 'revoke' ? { message } : right)),
  },
  {
    id: 'errors/error-is-an-object',
    title: 'The error of /revoke is an object of code and message',
    breaks: ['errors/oauth-object'],
    change: withBody((right, operation, code, message) =>
      operation === 'revoke' ? { error: { code, message } } : right,
    ),
  },
  {
    id: 'errors/array-of-errors',
    title: 'Errors of /revoke are an array, so that several fit',
    breaks: ['errors/oauth-object'],
    transform: async ({ operation }, response) =>
      operation === 'revoke' && response.status === 400
        ? rewritten(response, { body: `[${await response.text()}]` })
        : response,
  },
  {
    id: 'errors/page-at-token',
    title: 'A refused client authentication at /token is answered with a page',
    breaks: ['errors/oauth-object', 'errors/invalid-client'],
    transform: ({ operation }, response) =>
      operation === 'token' && response.status === 401
        ? rewritten(response, { headers: { 'content-type': 'text/html' }, body: '<h1>Unauthorized</h1>' })
        : response,
  },
  {
    id: 'errors/empty-at-revoke',
    title: 'A refused client authentication at /revoke has an empty body',
    breaks: ['errors/oauth-object'],
    transform: ({ operation }, response) =>
      operation === 'revoke' && response.status === 401 ? rewritten(response, { body: '' }) : response,
  },
  {
    id: 'errors/problem-json-at-token',
    title: 'Errors of /token have the media type application/problem+json',
    breaks: ['errors/oauth-media-type'],
    transform: ({ operation }, response) =>
      operation === 'token' && response.status >= 400
        ? rewritten(response, { headers: { 'content-type': 'application/problem+json' } })
        : response,
  },
  {
    id: 'errors/text-plain-at-revoke',
    title: 'Errors of /revoke are labelled text/plain',
    breaks: ['errors/oauth-media-type', 'http/content-type-json'],
    transform: ({ operation }, response) =>
      operation === 'revoke' && response.status >= 400
        ? rewritten(response, { headers: { 'content-type': 'text/plain;charset=UTF-8' } })
        : response,
  },
  {
    id: 'errors/quotes-in-description',
    title: 'error_description puts names of parameters into double quotes',
    breaks: ['errors/oauth-description'],
    change: withBody((right, operation, _code, message) =>
      operation === 'token' ? { ...right, error_description: message.replace(/^(\w+)/, '"$1"') } : right,
    ),
  },
  {
    id: 'errors/description-in-another-language',
    title: 'error_description is in a language with accents',
    breaks: ['errors/oauth-description'],
    change: withBody((right, operation) =>
      operation === 'revoke' ? { ...right, error_description: 'Requ\u00eate refus\u00e9e.' } : right,
    ),
  },
  {
    id: 'errors/description-is-a-list',
    title: 'error_description at /token is a list of sentences',
    breaks: ['errors/oauth-description'],
    change: withBody((right, operation, _code, message) =>
      operation === 'token' ? { ...right, error_description: [message] } : right,
    ),
  },
  {
    id: 'errors/uri-with-spaces',
    title: 'error_uri at /token is a sentence',
    breaks: ['errors/oauth-description'],
    change: withBody((right, operation) => (operation === 'token' ? { ...right, error_uri: 'see the manual' } : right)),
  },
  {
    id: 'errors/no-text-at-authenticate',
    title: 'Refusals at /authenticate name a number and say nothing',
    breaks: ['errors/text'],
    change: withBody((right, operation) => (operation === 'authenticate' ? { code: 4001 } : right)),
  },
  {
    id: 'errors/empty-at-handoff',
    title: 'Refusals at /handoff/init have no body',
    breaks: ['errors/text'],
    transform: ({ operation }, response) =>
      operation === 'handoff/init' && response.status >= 400 ? rewritten(response, { body: '' }) : response,
  },
  {
    id: 'errors/blank-text-at-handoff',
    title: 'Refusals at /handoff/init with status 400 have an empty message',
    breaks: ['errors/text'],
    change: withBody((right, operation, _code, _message, status) =>
      operation === 'handoff/init' && status === 400 ? { message: '', statusCode: 400 } : right,
    ),
  },
  {
    id: 'errors/text-elsewhere',
    title: 'Refusals at /authenticate have their text in detail only',
    breaks: ['errors/text'],
    change: withBody((right, operation, _code, detail) => (operation === 'authenticate' ? { detail } : right)),
  },
  {
    id: 'errors/page-at-authenticate',
    title: 'A body that is no JSON is answered with a page at /authenticate',
    breaks: ['errors/text'],
    transform: ({ operation }, response) =>
      operation === 'authenticate' && response.status === 400
        ? rewritten(response, { headers: { 'content-type': 'text/html' }, body: '<pre>SyntaxError</pre>' })
        : response,
  },
  {
    id: 'errors/stack-at-authenticate',
    title: 'A refused signature shows the stack of the exception',
    breaks: ['errors/no-internals'],
    change: withBody((right, operation, _code, message) =>
      operation === 'authenticate'
        ? {
            ...right,
            stack: `Error: ${message}\n    at verify (/app/dist/siwe.js:41:13)\n    at async handle (/app/dist/http.js:7:3)`,
          }
        : right,
    ),
  },
  {
    id: 'errors/database-error-at-token',
    title: 'An unknown refresh token shows the error of the database',
    breaks: ['errors/no-internals'],
    change: withBody((right, operation, code) =>
      operation === 'token' && code === 'invalid_grant'
        ? { ...right, error_description: "SQLSTATE[02000]: no row in refresh_tokens where hash = '...'" }
        : right,
    ),
  },
  {
    id: 'errors/path-at-handoff',
    title: 'A refused hand-off names the file of the server that refused it',
    breaks: ['errors/no-internals'],
    change: withBody((right, operation) =>
      operation === 'handoff/init' ? { ...right, source: '/srv/auth/releases/41/handoff.rb' } : right,
    ),
  },
  {
    id: 'errors/trace-as-page',
    title: "A body that cannot be parsed is answered with the framework's page and its stack at /handoff/init",
    breaks: ['errors/no-internals', 'errors/text'],
    transform: ({ operation }, response) =>
      operation === 'handoff/init' && response.status === 400
        ? rewritten(response, {
            headers: { 'content-type': 'text/html' },
            body: '<pre>SyntaxError: Unexpected end<br> &nbsp; &nbsp;at parse (file:///dist/body.js:92:19)</pre>',
          })
        : response,
  },
  {
    id: 'errors/exception-class-at-revoke',
    title: 'Refusals at /revoke name the class of the exception',
    breaks: ['errors/no-internals'],
    change: withBody((right, operation) =>
      operation === 'revoke'
        ? { ...right, exception: 'org.springframework.security.oauth2.core.OAuth2AuthenticationException' }
        : right,
    ),
  },
  {
    id: 'errors/secret-in-description',
    title: 'A refused secret is repeated in the description',
    breaks: ['errors/no-secret-echo'],
    transform: async ({ operation, request, body }, response) => {
      if (operation !== 'token' || response.status < 400) return response;
      const secret =
        new URLSearchParams(await body()).get('client_secret') ?? secretOf(request.headers.get('authorization'));
      return rewrittenJson(response, (error) => ({ ...error, error_description: `Refused for secret ${secret}.` }));
    },
  },
  {
    id: 'errors/right-secret-told',
    title: 'The error for a wrong secret tells the right one',
    breaks: ['errors/no-secret-echo'],
    transform: ({ operation }, response) =>
      operation === 'token' && response.status === 401
        ? rewrittenJson(response, (error) => ({ ...error, error_description: 'Expected wl-secret.' }))
        : response,
  },
  {
    id: 'errors/verifier-in-description',
    title: 'A code_verifier that does not fit is repeated in the description',
    breaks: ['errors/no-secret-echo'],
    transform: async ({ operation, body }, response) => {
      if (operation !== 'token' || response.status < 400) return response;
      const verifier = new URLSearchParams(await body()).get('code_verifier');
      return verifier === null
        ? response
        : rewrittenJson(response, (error) => ({ ...error, error_description: `No match: ${verifier}` }));
    },
  },
  {
    id: 'errors/token-in-header',
    title: 'A used refresh token is repeated in a header for debugging',
    breaks: ['errors/no-secret-echo'],
    transform: async ({ operation, body }, response) => {
      if (operation !== 'token' || response.status < 400) return response;
      const token = new URLSearchParams(await body()).get('refresh_token');
      return token === null || !/^[\w.-]+$/.test(token)
        ? response
        : rewritten(response, { headers: { 'x-debug': token } });
    },
  },
  {
    id: 'errors/signature-in-message',
    title: 'A refused signature is repeated in the message',
    breaks: ['errors/no-secret-echo'],
    transform: async ({ operation, body }, response) => {
      if (operation !== 'authenticate' || response.status < 400) return response;
      const signature = /"signature":"(0x\w+)"/.exec(await body())?.[1];
      return rewrittenJson(response, (error) => ({ ...error, message: `Bad signature ${signature}` }));
    },
  },
  {
    id: 'errors/access-token-echoed-at-handoff',
    title: 'A hand-off that is refused repeats the access token',
    breaks: ['errors/no-secret-echo'],
    transform: ({ operation, request }, response) =>
      operation === 'handoff/init' && response.status >= 400
        ? rewrittenJson(response, (error) => ({ ...error, received: request.headers.get('authorization') }))
        : response,
  },
  {
    id: 'errors/no-challenge-for-credentials-in-body',
    title: 'Failed authentication is answered with 401 without WWW-Authenticate where the credentials were in the body',
    breaks: ['http/challenge-without-authorization'],
    transform: ({ operation, request }, response) =>
      (operation === 'token' || operation === 'revoke') &&
      response.status === 401 &&
      !request.headers.has('authorization')
        ? rewritten(response, { headers: { 'www-authenticate': undefined } })
        : response,
  },
  {
    id: 'errors/no-challenge-at-authenticate',
    title: 'Failed Basic authentication at /authenticate is answered with 401 without WWW-Authenticate',
    breaks: ['http/challenge-on-401'],
    transform: ({ operation }, response) =>
      operation === 'authenticate' && response.status === 401
        ? rewritten(response, { headers: { 'www-authenticate': undefined } })
        : response,
  },
];

export default faults;
