/** Mistakes about methods: an operation that is carried out for another one than its own (RFC 6749 3.2, RFC 9110 9). */

import { changed, type Policy } from '../policy/index.ts';
import { rewritten } from '../transform.ts';
import type { Fault } from './types.ts';

type Carries = Policy['requests']['carriesOut'];

/** Carries an operation out also where `also` says so; a GET or HEAD has its parameters in the query. */
const carrying = (also: Carries) => (policy: Policy) =>
  changed(policy, {
    requests: {
      carriesOut: (method, operation, request) =>
        policy.requests.carriesOut(method, operation, request) || also(method, operation, request),
      readsQuery: (operation, name, method) =>
        method === 'GET' || method === 'HEAD' || policy.requests.readsQuery(operation, name, method),
    },
  });

const faults: readonly Fault[] = [
  {
    id: 'http/get-token',
    title: 'GET /token?grant_type=authorization_code&code=... issues tokens',
    breaks: ['http/no-get'],
    change: carrying((method, operation) => operation === 'token' && method === 'GET'),
  },
  {
    id: 'http/get-token-with-basic',
    title: 'GET /token issues tokens to clients that authenticate with Basic',
    breaks: ['http/no-get'],
    change: carrying(
      (method, operation, request) => operation === 'token' && method === 'GET' && request.headers.has('authorization'),
    ),
  },
  {
    id: 'http/get-token-with-secret-in-query',
    title: 'GET /token issues tokens to clients whose secret is in the query',
    breaks: ['http/no-get', 'client-auth/not-in-uri'],
    change: (policy) => {
      const carries = carrying((method, operation, request) => {
        return operation === 'token' && method === 'GET' && request.url.includes('client_secret');
      })(policy);
      return changed(carries, { clientAuth: { readsCredentialsFromQuery: (operation) => operation === 'token' } });
    },
  },
  {
    id: 'http/get-refresh',
    title: 'GET /token refreshes tokens, while it exchanges no codes',
    breaks: ['http/no-get'],
    change: carrying(
      (method, operation, request) =>
        operation === 'token' && method === 'GET' && request.url.includes('grant_type=refresh_token'),
    ),
  },
  {
    id: 'http/get-revoke',
    title: 'GET /revoke?token=... revokes the token',
    breaks: ['http/no-get'],
    change: carrying((method, operation) => operation === 'revoke' && method === 'GET'),
  },
  {
    id: 'http/get-revoke-405-but-done',
    title: 'GET /revoke is answered with 405 after the token was revoked',
    breaks: ['http/no-get'],
    change: carrying((method, operation) => operation === 'revoke' && method === 'GET'),
    transform: ({ operation, request }, response) =>
      operation === 'revoke' && request.method === 'GET'
        ? rewritten(response, { status: 405, headers: { allow: 'POST' }, body: '' })
        : response,
  },
  {
    id: 'http/get-authenticate',
    title: 'GET /authenticate signs in with the parameters of its query',
    breaks: ['http/no-get'],
    change: carrying((method, operation) => operation === 'authenticate' && method === 'GET'),
  },
  {
    id: 'http/get-handoff',
    title: 'GET /handoff/init gives a hand-off code',
    breaks: ['http/no-get'],
    change: carrying((method, operation) => operation === 'handoff/init' && method === 'GET'),
  },
  {
    id: 'http/head-token',
    title: 'HEAD /token redeems the code of its query, because the framework runs the handler for HEAD',
    breaks: ['http/other-methods'],
    change: carrying((method, operation) => operation === 'token' && method === 'HEAD'),
  },
  {
    id: 'http/head-revoke',
    title: 'HEAD /revoke revokes the token of its query',
    breaks: ['http/other-methods'],
    change: carrying((method, operation) => operation === 'revoke' && method === 'HEAD'),
  },
  {
    id: 'http/every-method-token',
    title: 'The token route is mounted for every method that has a body',
    breaks: ['http/other-methods'],
    change: carrying((method, operation) => operation === 'token' && method !== 'GET' && method !== 'HEAD'),
  },
  {
    id: 'http/put-token',
    title: 'PUT /token issues tokens',
    breaks: ['http/other-methods'],
    change: carrying((method, operation) => operation === 'token' && method === 'PUT'),
  },
  {
    id: 'http/delete-revoke',
    title: 'DELETE /revoke revokes as POST does',
    breaks: ['http/other-methods'],
    change: carrying((method, operation) => operation === 'revoke' && method === 'DELETE'),
  },
  {
    id: 'http/put-authenticate',
    title: 'PUT /authenticate signs in',
    breaks: ['http/other-methods'],
    change: carrying((method, operation) => operation === 'authenticate' && method === 'PUT'),
  },
  {
    id: 'http/patch-handoff',
    title: 'PATCH /handoff/init gives a hand-off code',
    breaks: ['http/other-methods'],
    change: carrying((method, operation) => operation === 'handoff/init' && method === 'PATCH'),
  },
  {
    id: 'http/allow-names-get',
    title: 'A 405 at the POST operations says Allow: GET',
    breaks: ['http/allow-with-405'],
    change: (policy) =>
      changed(policy, {
        errors: { allow: (methods, operation) => (operation === 'scopes' ? methods : 'GET, HEAD') },
      }),
  },
  {
    id: 'http/allow-missing-handoff',
    title: 'A 405 at /handoff/init has no Allow header',
    breaks: ['http/allow-with-405'],
    change: (policy) =>
      changed(policy, {
        errors: {
          allow: (methods, operation) =>
            operation === 'handoff/init' ? undefined : policy.errors.allow(methods, operation),
        },
      }),
  },
  {
    id: 'http/wrong-method-500',
    title: 'An unsupported method is answered with 500, because nothing catches it',
    breaks: ['http/no-server-error'],
    change: (policy) => changed(policy, { errors: { wrongMethodStatus: () => 500 } }),
  },
  {
    id: 'http/options-500',
    title: 'OPTIONS at /authenticate is answered with 500, because the CORS handler has no origin to read',
    breaks: ['http/no-server-error'],
    transform: ({ operation, request }, response) =>
      operation === 'authenticate' && request.method === 'OPTIONS' ? rewritten(response, { status: 500 }) : response,
  },
];

export default faults;
