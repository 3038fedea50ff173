/** Claims of access tokens that are taken from the request (RFC 6749 3.2, RFC 9068 4). */

import { AsyncLocalStorage } from 'node:async_hooks';
import { changed, type Policy } from '../policy/index.ts';
import type { Fault } from './types.ts';

/** What a request brings: its header fields, and the parameters or members of its body. */
interface Brought {
  readonly headers: Headers;
  body: Readonly<Record<string, unknown>>;
}

/** Claims are added that are made of the request. */
const claiming = (
  id: string,
  title: string,
  claim: (brought: Brought, operation: 'token' | 'authenticate') => Record<string, unknown>,
  breaks: readonly string[] = ['access-token/jwt-claims-own'],
): Fault => ({
  id: `claims/${id}`,
  title,
  breaks,
  change(policy: Policy) {
    const requests = new AsyncLocalStorage<Brought>();
    const read = (body: object): void => {
      const brought = requests.getStore();
      if (brought !== undefined) brought.body = { ...body };
    };
    return changed(policy, {
      requests: {
        carriesOut(method, operation, request) {
          requests.enterWith({ headers: request.headers, body: {} });
          return policy.requests.carriesOut(method, operation, request);
        },
        parsesForm(text, operation) {
          const pairs = policy.requests.parsesForm(text, operation);
          read(Object.fromEntries(pairs));
          return pairs;
        },
        parsesJson(text, operation) {
          const parsed = policy.requests.parsesJson(text, operation);
          if (parsed?.value instanceof Object) read(parsed.value);
          return parsed;
        },
      },
      tokens: {
        claims(claims, facts) {
          const brought = requests.getStore();
          const own = policy.tokens.claims(claims, facts);
          return brought === undefined ? own : { ...own, ...claim(brought, facts.operation) };
        },
      },
    });
  },
});

const faults: readonly Fault[] = [
  claiming('role-from-parameter', 'A parameter called role becomes a claim', ({ body }, operation) =>
    operation === 'token' && body.role !== undefined ? { role: body.role } : {},
  ),
  claiming('account-from-member', 'A member called account of a sign-in becomes a claim', ({ body }, operation) =>
    operation === 'authenticate' && body.account !== undefined ? { account: body.account } : {},
  ),
  claiming(
    'node-from-forwarded-host',
    'X-Forwarded-Host tells which node is named as issuing a token',
    ({ headers }) => (headers.has('x-forwarded-host') ? { node: `https://${headers.get('x-forwarded-host')}` } : {}),
    ['access-token/jwt-claims-not-forwarded'],
  ),
  {
    id: 'claims/client-of-sign-in',
    title: 'The tokens of sign-ins name the first registered client, whoever signs in',
    breaks: ['access-token/jwt-client-id'],
    change: (policy) =>
      changed(policy, {
        tokens: {
          claims: (claims, facts) => ({
            ...policy.tokens.claims(claims, facts),
            ...(facts.grant === 'siwe' ? { client_id: 'wl-confidential' } : {}),
          }),
        },
      }),
  },
  {
    id: 'claims/client-of-refresh',
    title: 'The tokens of refreshes of public clients name another client',
    breaks: ['access-token/jwt-client-id'],
    change: (policy) =>
      changed(policy, {
        tokens: {
          claims: (claims, facts) => ({
            ...policy.tokens.claims(claims, facts),
            ...(facts.grant === 'refresh_token' && facts.method === 'none' ? { client_id: 'wl-confidential' } : {}),
          }),
        },
      }),
  },
];

export default faults;
