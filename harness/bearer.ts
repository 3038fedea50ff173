/** Presenting bearer tokens where the target's access tokens can be tried: at the configured probe, else at POST /handoff/init. */

import { type ParsedJwt, parseJwt, publicKeyOf } from '../generators/jwt.ts';
import type { Control, Need } from './check.ts';
import { availableCases, type ClientCase } from './client-cases.ts';
import type { CheckContext } from './context.ts';
import type { Exchange } from './exchange.ts';
import type { Session } from './fixtures.ts';
import { Inconclusive, Skip } from './outcomes.ts';

/** What every check of a presented token needs. */
export const bearerNeeds: readonly Need[] = ['access token probe', 'session source', 'whitelabel client'];

/** The client whose tokens are tried: the preferred one among those that can be. @throws Skip */
export function bearerClient(t: CheckContext): ClientCase {
  const found = availableCases(t.config).find((candidate) => t.canTryAccessToken(candidate));
  if (found === undefined) throw new Skip('No client is configured whose access tokens can be tried.');
  return found;
}

/** Sends these headers, instead of `Authorization: Bearer ...`, with an otherwise right request. */
export function present(
  t: CheckContext,
  of: ClientCase,
  headers: Readonly<Record<string, string | readonly string[] | undefined>>,
  variation: { readonly query?: string; readonly json?: Readonly<Record<string, unknown>> } = {},
): Promise<Exchange> {
  const { probe } = t.config;
  const { query, json } = variation;
  const added = query === undefined ? {} : { query };
  if (probe !== undefined)
    return t.client.fetch(probe.path, { kind: 'probe', method: probe.method, headers, malformed: true, ...added });
  return t.client.handoffInit({ json: t.handoffBody(of, json), headers, malformed: true, ...added });
}

/** Sends a value as a bearer token. */
export function presentToken(t: CheckContext, of: ClientCase, token: string): Promise<Exchange> {
  return present(t, of, { authorization: `Bearer ${token}` });
}

/** A live access token is accepted where tokens can be tried. */
export const liveAccessToken: Control = {
  id: 'control/live-access-token',
  title: 'A live access token is accepted',
  needs: bearerNeeds,
  async run(t) {
    const session = await t.sharedSession(bearerClient(t));
    return t.expect.accepted(await presentToken(t, session.client, session.accessToken), {
      status: [200, 201, 202, 204],
    });
  },
};

/** A valid access token as a JWT. @throws Inconclusive when it is none: `access-token/jwt-form` reports that */
export function jwtOf(session: Session): ParsedJwt {
  const jwt = parseJwt(session.accessToken);
  if (jwt === undefined)
    throw new Inconclusive(
      'The access token is no JWT of three parts, so there is nothing to forge (accessToken.format).',
    );
  return jwt;
}

/** The keys of the published set. @throws Inconclusive where it cannot be had */
export async function publishedKeys(t: CheckContext): Promise<readonly Readonly<Record<string, unknown>>[]> {
  const { jwksUri } = t.config;
  if (jwksUri === undefined) return [];
  const exchange = await t.client.fetch(jwksUri, { kind: 'jwks' });
  const keys = exchange.object?.keys;
  if (!exchange.ok || !Array.isArray(keys))
    throw new Inconclusive(`The key set at jwksUri could not be read: it answered ${exchange.summary}.`);
  return keys.filter((key): key is Record<string, unknown> => typeof key === 'object' && key !== null);
}

/** The published RSA key of a token, by kid where both name one. */
export function rsaKeyFor(
  jwt: ParsedJwt,
  keys: readonly Readonly<Record<string, unknown>>[],
): Readonly<Record<string, unknown>> | undefined {
  const candidates = keys.filter((key) => key.kty === 'RSA' && publicKeyOf(key) !== undefined);
  return candidates.find((key) => key.kid === jwt.header.kid) ?? candidates[0];
}
