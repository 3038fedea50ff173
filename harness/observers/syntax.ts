/** The characters of codes and bearer tokens (RFC 6749 appendix A, RFC 6750 2.1). */

import type { Exchange } from '../exchange.ts';
import { defineObservers } from '../observers.ts';

const visible = /^[\x20-\x7e]+$/;
/** RFC 6750 2.1; the same as token68 of RFC 9110 11.2. */
const b64token = /^[A-Za-z0-9\-._~+/]+=*$/;

const issuedToken = (exchange: Exchange): string | undefined => {
  const { operation, method } = exchange.request;
  const token = exchange.object?.access_token;
  const issues = (operation === 'token' || operation === 'authenticate') && method === 'POST' && exchange.ok;
  return issues && typeof token === 'string' ? token : undefined;
};

export default defineObservers([
  () => ({
    id: 'observer/code-characters',
    title: 'Every authorization code consists of visible ASCII characters',
    verifies: ['token/code-characters'],
    applies: (exchange) =>
      exchange.request.operation === 'token' &&
      exchange.status === 200 &&
      new Map(exchange.requestForm).get('grant_type') === 'authorization_code',
    judge: (exchange) =>
      visible.test(new Map(exchange.requestForm).get('code') ?? '')
        ? []
        : [{ message: 'An authorization code that was exchanged has characters that are no visible ASCII.' }],
  }),
  () => ({
    id: 'observer/bearer-token-syntax',
    title: 'Every access token can be written into an Authorization header',
    verifies: ['access-token/b64token'],
    applies: (exchange) => issuedToken(exchange) !== undefined,
    judge: (exchange) =>
      b64token.test(String(issuedToken(exchange)))
        ? []
        : [
            {
              message: `The access token of a granted ${exchange.request.operation} response has characters beside A-Z a-z 0-9 - . _ ~ + / and = at its end.`,
            },
          ],
  }),
]);
