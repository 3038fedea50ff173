/** When a response says that the server itself failed. */

import type { Exchange } from './exchange.ts';

/**
 * A 5xx that no document allows here. RFC 9110 15.6.2 has 501 for a method that is not implemented, which every method but an operation's own
 * may be; 503 with Retry-After is a wait, not a failure. Nor is one what is declared to be beyond the limits that a server may have.
 */
export function isServerError(exchange: Exchange): boolean {
  const { status, request } = exchange;
  if (status < 500 || request.beyondLimits === true) return false;
  const own = request.operation === 'scopes' ? 'GET' : 'POST';
  if (status === 501) return request.method === own;
  return status !== 503 || exchange.header('retry-after') === undefined;
}
