/** HTTP's own rules, for every response of the target (RFC 9110, RFC 8259). */

import { operationKeys } from '../config.ts';
import type { Exchange } from '../exchange.ts';
import { noServerError } from '../expect.ts';
import { defineObservers } from '../observers.ts';

const ofOperation = (exchange: Exchange): boolean => operationKeys.some((key) => key === exchange.request.operation);
const where = (exchange: Exchange): string =>
  `${exchange.request.method} ${new URL(exchange.request.url).pathname} answered ${exchange.summary}`;
/** RFC 9110 9.1 asks for 501 on a method that is not recognised; 503 with Retry-After is waited out. */
const excused = (exchange: Exchange): boolean =>
  (exchange.status === 501 && exchange.request.method !== 'GET' && exchange.request.method !== 'POST') ||
  (exchange.status === 503 && exchange.header('retry-after') !== undefined);

function validUtf8(bytes: Uint8Array): boolean {
  try {
    new TextDecoder('utf-8', { fatal: true }).decode(bytes);
    return true;
  } catch {
    return false;
  }
}

export default defineObservers([
  () => ({
    id: 'observer/no-server-error',
    title: 'No request makes the server fail',
    verifies: [noServerError],
    applies: ofOperation,
    judge: (exchange) => (exchange.status >= 500 && !excused(exchange) ? [{ message: `${where(exchange)}.` }] : []),
  }),
  () => ({
    id: 'observer/challenge-on-401',
    title: 'Every 401 to an Authorization header carries a challenge',
    verifies: ['http/challenge-on-401'],
    applies: (exchange) =>
      ofOperation(exchange) && exchange.status === 401 && exchange.requestHeader('authorization') !== undefined,
    judge: (exchange) =>
      exchange.header('www-authenticate') === undefined
        ? [{ message: `${where(exchange)} without WWW-Authenticate.` }]
        : [],
  }),
  () => ({
    id: 'observer/allow-with-405',
    title: 'Every 405 names the methods that are supported',
    verifies: ['http/allow-with-405'],
    applies: (exchange) => ofOperation(exchange) && exchange.status === 405,
    judge: (exchange) =>
      exchange.header('allow') === undefined ? [{ message: `${where(exchange)} without Allow.` }] : [],
  }),
  () => ({
    id: 'observer/json',
    title: 'JSON is labelled as JSON, and what is labelled so is valid',
    verifies: ['http/content-type-json', 'http/valid-json'],
    applies: (exchange) =>
      ofOperation(exchange) && exchange.request.method !== 'HEAD' && exchange.response.body.byteLength > 0,
    judge(exchange) {
      const labelled =
        exchange.mediaType !== undefined && /^application\/(?:[\w.+-]+\+)?json$/.test(exchange.mediaType);
      if (labelled) {
        const valid = exchange.json !== undefined && validUtf8(exchange.response.body);
        return valid
          ? []
          : [{ requirement: 'http/valid-json', message: `${where(exchange)} with a body that is not valid JSON.` }];
      }
      const looksLikeJson = /^\s*[[{]/.test(exchange.text) && exchange.json !== undefined;
      return looksLikeJson
        ? [
            {
              requirement: 'http/content-type-json',
              message: `${where(exchange)} with JSON labelled ${exchange.mediaType ?? '(nothing)'}.`,
            },
          ]
        : [];
    },
  }),
]);
