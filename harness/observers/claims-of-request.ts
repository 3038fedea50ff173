/** The claims of an access token are the server's word, not that of the request (RFC 6749 3.2; RFC 9068 4). */

import { claimsOfRequest, claimWords, issuedClaims } from '../claims-of-request.ts';
import { defineObservers } from '../observers.ts';

export default defineObservers([
  () => ({
    id: 'observer/access-token-claims-own',
    title: 'No access token claims what only a parameter, member or header field of its request says',
    verifies: ['access-token/jwt-claims-own', 'access-token/jwt-claims-not-forwarded'],
    applies: (exchange) => issuedClaims(exchange) !== undefined,
    judge: (exchange) =>
      claimWords.flatMap(({ word, requirement }) => {
        const taken = claimsOfRequest(exchange, word);
        const where = `The access token of a granted ${exchange.request.operation} response`;
        return taken.length === 0
          ? []
          : [{ requirement, message: `${where} has ${taken.join(', ')} from the request.` }];
      }),
  }),
]);
