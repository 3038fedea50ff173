/** The `client_id` claim of an access token is that of the client which asked for it (RFC 9068 2.2, RFC 8693 4.3). */

import { issuedClaims } from '../claims-of-request.ts';
import type { TargetConfig } from '../config.ts';
import type { Exchange } from '../exchange.ts';
import { defineObservers } from '../observers.ts';

const configuredIds = (config: TargetConfig): readonly string[] =>
  Object.values(config.clients).flatMap((client) => (client === undefined ? [] : [client.id]));

/** The configured client that a request comes from; undefined where it names none, or more than one. */
function requester(exchange: Exchange, config: TargetConfig): string | undefined {
  const [, credentials] = /^basic +(\S+)$/i.exec(exchange.requestHeader('authorization') ?? '') ?? [];
  const user = credentials && Buffer.from(credentials, 'base64').toString('utf8').split(':')[0];
  const ofHeader = user && new URLSearchParams(`id=${user}`).get('id');
  const named = new Set([ofHeader, exchange.requestMembers.client_id].filter((id) => id !== undefined));
  const [id] = named;
  return named.size === 1 ? configuredIds(config).find((one) => one === id) : undefined;
}

export default defineObservers([
  () => ({
    id: 'observer/access-token-client-id',
    title: 'No access token names another of the clients than the one that asked for it',
    verifies: ['access-token/jwt-client-id'],
    applies(exchange, { config }) {
      if (config.accessToken.format !== 'jwt' || exchange.request.malformed) return false;
      if (issuedClaims(exchange)?.client_id === undefined) return false;
      // Whose a session is that one client goes on with and another has begun is not said.
      return exchange.requestMembers.session_id === undefined && requester(exchange, config) !== undefined;
    },
    judge(exchange, { config }) {
      const claimed = issuedClaims(exchange)?.client_id;
      const own = requester(exchange, config);
      const isAnother = claimed !== own && configuredIds(config).some((id) => id === claimed);
      const where = `The access token of a granted ${exchange.request.operation} response`;
      return isAnother ? [{ message: `${where} to ${own} has the client_id ${String(claimed)}.` }] : [];
    },
  }),
]);
