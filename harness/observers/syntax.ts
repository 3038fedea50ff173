/** The characters of codes and bearer tokens (RFC 6749 appendix A, RFC 6750 2.1). */

import type { Exchange } from '../exchange.ts';
import { defineObservers } from '../observers.ts';

const visible = /^[\x20-\x7e]+$/;
/** RFC 6750 2.1; the same as token68 of RFC 9110 11.2. */
const b64token = /^[A-Za-z0-9\-._~+/]+=*$/;

/** The code that a token request exchanges; one that was granted without any is for other rules to judge. */
const exchangedCode = (exchange: Exchange): string | undefined => {
  const form = new Map(exchange.requestForm);
  const exchanges = exchange.request.operation === 'token' && form.get('grant_type') === 'authorization_code';
  return exchanges && exchange.status === 200 ? form.get('code') : undefined;
};

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
    applies: (exchange) => exchangedCode(exchange) !== undefined,
    judge: (exchange) =>
      visible.test(String(exchangedCode(exchange)))
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
