/** The claims of an access token are the server's word, not that of the request (RFC 6749 3.2; RFC 9068 4). */

import { claimsOfRequest } from '../claims-of-request.ts';
import { defineObservers } from '../observers.ts';

export default defineObservers([
  () => ({
    id: 'observer/access-token-claims-own',
    title: 'No access token claims what only a parameter, member or header field of its request says',
    verifies: ['access-token/jwt-claims-own'],
    applies: (exchange) => claimsOfRequest(exchange) !== undefined,
    judge(exchange) {
      const taken = claimsOfRequest(exchange) ?? [];
      return taken.length === 0
        ? []
        : [
            {
              message: `The access token of a granted ${exchange.request.operation} response has ${taken.join(', ')} from the request.`,
            },
          ];
    },
  }),
]);
