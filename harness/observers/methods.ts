/** How methods beside an operation's own are answered (RFC 9110 9.1, 9.3.7). */

import { operationKeys } from '../config.ts';
import type { Exchange } from '../exchange.ts';
import { defineObservers } from '../observers.ts';

const ofOperation = (exchange: Exchange): boolean => operationKeys.some((key) => key === exchange.request.operation);
/** Methods that a server may answer in a way of its own: those every server has, and the ones that ask about others. */
const general = new Set(['GET', 'HEAD', 'OPTIONS']);
/** Every operation has POST but the scopes, whose GET is one of those. */
const isOwn = ({ request }: Exchange): boolean => request.method === 'POST' && request.operation !== 'scopes';
/** Refusals that come before the method is looked at: of the client, of a router that knows no such route, of a gateway, of too many requests. */
const earlier = new Set([401, 403, 404, 413, 415, 429, 503]);

export default defineObservers([
  () => ({
    id: 'observer/method-status',
    title: 'Methods that an operation does not have are answered with 405 or 501',
    verifies: ['http/method-status'],
    applies: (exchange) =>
      ofOperation(exchange) &&
      !isOwn(exchange) &&
      !general.has(exchange.request.method) &&
      !earlier.has(exchange.status),
    judge: (exchange) =>
      exchange.status === 405 || exchange.status === 501
        ? []
        : [
            {
              message: `${exchange.request.method} at ${exchange.request.operation} is answered with ${exchange.status}.`,
            },
          ],
  }),
  () => ({
    id: 'observer/options-allow',
    title: 'A successful answer to OPTIONS names the methods',
    verifies: ['http/options-allow'],
    applies: (exchange) => ofOperation(exchange) && exchange.request.method === 'OPTIONS' && exchange.ok,
    judge: (exchange) =>
      exchange.header('allow') !== undefined || exchange.header('access-control-allow-methods') !== undefined
        ? []
        : [{ message: `OPTIONS at ${exchange.request.operation} answered ${exchange.status} and names no methods.` }],
  }),
]);
