/** What the access tokens of a session tell is there in those of its refreshes as well (contract, public facts: account, session, scopes, expiry). */

import { parseJwt } from '../../generators/jwt.ts';
import type { Exchange } from '../exchange.ts';
import { defineObservers } from '../observers.ts';

/** Whether the access token of a response is a JWT with an `exp`; undefined where it is no JWT. */
function expires(exchange: Exchange): boolean | undefined {
  const { access_token: token } = exchange.object ?? {};
  const jwt = typeof token === 'string' ? parseJwt(token) : undefined;
  return jwt === undefined ? undefined : jwt.claims.exp !== undefined;
}

const usedToken = (exchange: Exchange): string | undefined => {
  const form = new Map(exchange.requestForm);
  return form.get('grant_type') === 'refresh_token' ? form.get('refresh_token') : undefined;
};

export default defineObservers([
  () => {
    /** Refresh tokens of sessions whose access tokens had an `exp`. */
    const dated = new Set<string | undefined>();
    return {
      id: 'observer/refresh-expiry',
      title: 'A refreshed JWT says when it expires where the one before did',
      verifies: ['access-token/jwt-expiry-agrees'],
      applies(exchange, { config }) {
        const { operation, method } = exchange.request;
        const issues = (operation === 'token' || operation === 'authenticate') && method === 'POST' && exchange.ok;
        if (!issues || config.accessToken.format !== 'jwt') return false;
        const wasDated = dated.has(usedToken(exchange));
        const { refresh_token: next } = exchange.object ?? {};
        if (typeof next === 'string' && (wasDated || expires(exchange) === true)) dated.add(next);
        return wasDated && expires(exchange) !== undefined;
      },
      judge: (exchange) =>
        expires(exchange) === true
          ? []
          : [
              {
                message:
                  'The access token of a refresh has no exp claim, which that of its session had: whoever verifies it takes it for one without end.',
              },
            ],
    };
  },
]);
