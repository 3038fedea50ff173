/** HTTP's own rules, for every response of the target (RFC 9110, RFC 8259). */

import { basicCredentials } from '../client-cases.ts';
import { operationKeys, type TargetConfig } from '../config.ts';
import type { Exchange } from '../exchange.ts';
import { noServerError } from '../expect.ts';
import { repeatedMembers } from '../json-members.ts';
import { defineObservers } from '../observers.ts';
import { isServerError } from '../server-error.ts';

const ofOperation = (exchange: Exchange): boolean => operationKeys.some((key) => key === exchange.request.operation);
const where = (exchange: Exchange): string =>
  `${exchange.request.method} ${new URL(exchange.request.url).pathname} answered ${exchange.summary}`;
/** Statuses by which the reader of HTTP itself gives up a request, before there is a resource that could explain anything. */
const ofParser = new Set([408, 414, 431]);
/** RFC 9110 10.2.1: a list of methods, which are compared exactly. */
const methodsOf = (allow: string): readonly string[] => allow.split(',').map((method) => method.trim());
const documented = (exchange: Exchange): string => (exchange.request.operation === 'scopes' ? 'GET' : 'POST');

/** A sign-in by a client that has proved who it is: any JSON object with a 4xx status refuses it (contract, "Errors"). */
function clientIsRight(exchange: Exchange, config: TargetConfig): boolean {
  const sent = exchange.requestHeader('authorization');
  return Object.values(config.clients).some(
    (client) => client?.secret !== undefined && basicCredentials(client.id, client.secret) === sent,
  );
}

/** Of UTF-8, which is what a decoder reads unless told otherwise. */
const strictUtf8 = new TextDecoder(undefined, { fatal: true, ignoreBOM: true });

/** RFC 8259 8.1: UTF-8, without a byte order mark. */
function isNoJson(bytes: Uint8Array): boolean {
  try {
    JSON.parse(strictUtf8.decode(bytes));
    return false;
  } catch {
    return true;
  }
}

export default defineObservers([
  () => ({
    id: 'observer/no-server-error',
    title: 'No request makes the server fail',
    verifies: [noServerError],
    applies: ofOperation,
    judge: (exchange) => (isServerError(exchange) ? [{ message: `${where(exchange)}.` }] : []),
  }),
  () => ({
    id: 'observer/challenge-on-401',
    title: 'Every 401 to an Authorization header carries a challenge',
    verifies: ['http/challenge-on-401'],
    applies: (exchange, { config }) =>
      ofOperation(exchange) &&
      exchange.status === 401 &&
      exchange.requestHeader('authorization') !== undefined &&
      !(exchange.request.operation === 'authenticate' && clientIsRight(exchange, config)),
    judge: (exchange) =>
      exchange.header('www-authenticate') === undefined
        ? [{ message: `${where(exchange)} without WWW-Authenticate.` }]
        : [],
  }),
  () => ({
    id: 'observer/challenge-without-authorization',
    title: 'A 401 to a request without an Authorization header carries a challenge as well',
    verifies: ['http/challenge-without-authorization'],
    // At the hand-off it is a rule of RFC 6750, at a sign-in 401 may be about the message.
    applies: (exchange) =>
      (exchange.request.operation === 'token' || exchange.request.operation === 'revoke') &&
      exchange.status === 401 &&
      exchange.requestHeader('authorization') === undefined,
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
    judge(exchange) {
      const allow = exchange.header('allow');
      if (allow === undefined) return [{ message: `${where(exchange)} without Allow.` }];
      // The operation's own method is supported, as other exchanges of the run show.
      return exchange.request.method === documented(exchange) || methodsOf(allow).includes(documented(exchange))
        ? []
        : [{ message: `${where(exchange)} with Allow: ${allow}, which lacks ${documented(exchange)}.` }];
    },
  }),
  () => ({
    id: 'observer/json',
    title: 'JSON is labelled as JSON, and what is labelled so is valid',
    verifies: ['http/content-type-json', 'http/valid-json'],
    applies: (exchange) =>
      ofOperation(exchange) && exchange.request.method !== 'HEAD' && exchange.response.body.byteLength > 0,
    judge(exchange) {
      const labelled = /^application\/(?:[\w.+-]+\+)?json$/.test(String(exchange.mediaType));
      if (labelled)
        return isNoJson(exchange.response.body)
          ? [{ requirement: 'http/valid-json', message: `${where(exchange)} with a body that is not valid JSON.` }]
          : [];
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
  () => ({
    id: 'observer/content-type',
    title: 'Content that is no JSON has a media type',
    verifies: ['http/content-type-present'],
    applies: (exchange) =>
      ofOperation(exchange) &&
      exchange.request.method !== 'HEAD' &&
      exchange.response.body.byteLength > 0 &&
      exchange.json === undefined,
    judge: (exchange) =>
      (exchange.header('content-type') ?? '').trim() === ''
        ? [{ message: `${where(exchange)} with content that has no Content-Type.` }]
        : [],
  }),
  () => ({
    id: 'observer/error-explained',
    title: 'Every 4xx has content that explains it',
    verifies: ['http/errors-explained'],
    applies: (exchange) =>
      ofOperation(exchange) &&
      exchange.request.method !== 'HEAD' &&
      exchange.status >= 400 &&
      exchange.status < 500 &&
      !ofParser.has(exchange.status),
    judge: (exchange) =>
      exchange.response.body.byteLength === 0 ? [{ message: `${where(exchange)} without content.` }] : [],
  }),
  () => ({
    id: 'observer/json-names',
    title: 'No member of a JSON object has the name of another',
    verifies: ['http/json-names-unique'],
    // A granted token response is judged by a requirement of its own.
    applies: (exchange) =>
      ofOperation(exchange) &&
      exchange.json !== undefined &&
      !(exchange.ok && typeof exchange.object?.access_token === 'string'),
    judge(exchange) {
      const repeated = repeatedMembers(exchange.text);
      return repeated.length === 0
        ? []
        : [{ message: `${where(exchange)} with ${repeated.join(', ')} more than once.` }];
    },
  }),
]);
