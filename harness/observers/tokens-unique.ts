/** No token of one session is issued to another (RFC 6749 10.10). */

import type { Exchange } from '../exchange.ts';
import { defineObservers, type Finding } from '../observers.ts';

const issues = (exchange: Exchange): boolean =>
  (exchange.request.operation === 'token' || exchange.request.operation === 'authenticate') &&
  exchange.request.method === 'POST' &&
  exchange.ok;

/** The refresh token that a request uses; in JSON where the target takes that too. */
const usedBy = (exchange: Exchange): string | undefined =>
  new Map(exchange.requestForm).get('refresh_token') ?? text(exchange.requestObject?.refresh_token);

const text = (value: unknown): string | undefined => (typeof value === 'string' ? value : undefined);

/** Its id, or where it has none an object that is no other. */
type Session = string | object;

export default defineObservers([
  () => {
    /** Token -> the session that it was issued in. */
    const access = new Map<string, Session>();
    const refresh = new Map<string | undefined, Session>();
    /** Refresh tokens in place of which another was given. */
    const spent = new Set<string | undefined>();
    /** The session of an exchange: that of the refresh token it used, that of the id it names, or a new one. */
    const sessionOf = (exchange: Exchange): Session =>
      refresh.get(usedBy(exchange)) ?? text(exchange.object?.session_id) ?? {};
    return {
      id: 'observer/tokens-unique',
      title: 'No token is issued to two sessions, and no refresh token again once it was used',
      verifies: ['token/response-tokens-unique'],
      applies: issues,
      judge(exchange) {
        const found: Finding[] = [];
        const where = `A granted ${exchange.request.operation} response`;
        const session = sessionOf(exchange);
        const accessToken = text(exchange.object?.access_token);
        const refreshToken = text(exchange.object?.refresh_token);
        if (accessToken !== undefined) {
          // Of one session two JWTs of the same second may be alike: nothing asks for a `jti`.
          if ((access.get(accessToken) ?? session) !== session)
            found.push({ message: `${where} has an access token that was issued to another session before.` });
          access.set(accessToken, session);
        }
        // A refresh that does not rotate repeats its own token on purpose: that is refresh/rotated's to say.
        const used = usedBy(exchange);
        if (refreshToken !== undefined && refreshToken !== used) {
          if ((refresh.get(refreshToken) ?? session) !== session)
            found.push({ message: `${where} has a refresh token that was issued to another session before.` });
          // Who continues a session may be given the token that it has, while that is unused.
          else if (spent.has(refreshToken))
            found.push({ message: `${where} has a refresh token that was used before.` });
          refresh.set(refreshToken, session);
          spent.add(used);
        }
        return found;
      },
    };
  },
]);
