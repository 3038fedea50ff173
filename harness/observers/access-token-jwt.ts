/** What every access token that is issued as a JWT must look like (RFC 7519, RFC 7515; contract "access token format"). */

import { parseJwt } from '../../generators/jwt.ts';
import type { Exchange } from '../exchange.ts';
import { defineObservers, type Finding } from '../observers.ts';

const issued = (exchange: Exchange): string | undefined => {
  const { operation, method } = exchange.request;
  const token = exchange.object?.access_token;
  const issues = (operation === 'token' || operation === 'authenticate') && method === 'POST' && exchange.ok;
  return issues && typeof token === 'string' && token !== '' ? token : undefined;
};

/** Seconds by which exp and expires_in may differ: latency, a deducted safety margin, an iat set back for clock skew. */
const allowance = (expiresIn: number): number => Math.max(120, expiresIn / 10);

const where = (exchange: Exchange): string => `The access token of a granted ${exchange.request.operation} response`;
const isNumber = (value: unknown): value is number => Number.isFinite(value);

/** @param repeated the token was issued before: then less of its life is left than its claims say */
function dates(
  exchange: Exchange,
  claims: Readonly<Record<string, unknown>>,
  { clockMoves, repeated }: { readonly clockMoves: boolean; readonly repeated: boolean },
): Finding[] {
  const wrong = (['exp', 'iat', 'nbf'] as const).find((name) => claims[name] !== undefined && !isNumber(claims[name]));
  if (wrong !== undefined)
    return [
      {
        requirement: 'access-token/jwt-numeric-dates',
        message: `${where(exchange)} has the claim ${wrong} as ${typeof claims[wrong]}, not as a number of seconds.`,
      },
    ];
  const milliseconds = (['exp', 'iat', 'nbf'] as const).find((name) => isNumber(claims[name]) && claims[name] > 1e11);
  if (milliseconds !== undefined)
    return [
      {
        requirement: 'access-token/jwt-numeric-dates',
        message: `${where(exchange)} has the claim ${milliseconds} = ${String(claims[milliseconds])}, which is no time in seconds.`,
      },
    ];
  // What is not there becomes NaN here, of which no comparison below is true.
  const [exp, iat, nbf] = [Number(claims.exp), Number(claims.iat), Number(claims.nbf)];
  const sent = Date.parse(String(exchange.header('date'))) / 1000;
  if (exp < sent - 60)
    return [
      {
        requirement: 'access-token/jwt-expiry-agrees',
        message: `${where(exchange)} had expired ${Math.round(sent - exp)} seconds before it was sent, by the Date of the response.`,
      },
    ];
  if (nbf > iat + 60)
    return [
      {
        requirement: 'access-token/jwt-not-before',
        message: `${where(exchange)} must not be accepted for another ${Math.round(nbf - iat)} seconds, by its nbf.`,
      },
    ];
  const { expires_in: expiresIn } = exchange.object ?? {};
  if (!isNumber(expiresIn)) return [];
  const from = isNumber(iat) || clockMoves ? iat : exchange.startedAt / 1000;
  const lifetime = Math.round(exp - from);
  const isLess = lifetime - expiresIn > allowance(expiresIn);
  const isMore = expiresIn - lifetime > allowance(expiresIn);
  return !isMore && (repeated || !isLess)
    ? []
    : [
        {
          requirement: 'access-token/jwt-expiry-agrees',
          message: `${where(exchange)} lives ${lifetime} seconds by its claims, and expires_in says ${expiresIn}.`,
        },
      ];
}

/** The value and all that it holds, as deep as tokens are. */
function within(value: unknown, depth = 0): unknown[] {
  const members = value instanceof Object && depth < 7 ? Object.values(value) : [];
  return [value, ...members.flatMap((member) => within(member, depth + 1))];
}

/** Whether this is a private or symmetric JWK (RFC 7518 6.2.2, 6.3.2, 6.4.1). */
function isPrivateKey(value: unknown): boolean {
  const { kty, d, k } = Object(value) as Record<string, unknown>;
  return typeof kty === 'string' && (typeof d === 'string' || typeof k === 'string');
}

/** The scope names that a token claims, in the forms that are in use (RFC 9068 2.2.3, RFC 8693 4.2). */
function claimedScopes(claims: Readonly<Record<string, unknown>>): string[] {
  return [claims.scope, claims.scopes, claims.scp].flatMap((value) => {
    if (typeof value === 'string') return value.split(' ').filter((name) => name !== '');
    return Array.isArray(value) ? value.filter((name): name is string => typeof name === 'string') : [];
  });
}

/** Scopes of the real service (contract, public facts): names that mean a scope, whatever the claim is called. */
const knownScopes = new Set(
  'universal-mcp-read universal-mcp-read-write llm-all agents-all agents-use connections account openid profile email'.split(
    ' ',
  ),
);

export default defineObservers([
  () => {
    const seen = new Set<string>();
    return {
      id: 'observer/access-token-jwt',
      title: 'Every access token is a JWT signed with RS256 whose claims agree with the response',
      verifies: [
        'access-token/jwt-form',
        'access-token/jwt-rs256',
        'access-token/jwt-numeric-dates',
        'access-token/jwt-expiry-agrees',
        'access-token/jwt-not-before',
        'access-token/jwt-no-secrets',
        'access-token/jwt-scope-as-granted',
      ],
      applies: (exchange, { config }) => config.accessToken.format === 'jwt' && issued(exchange) !== undefined,
      judge(exchange, { config }) {
        const token = String(issued(exchange));
        const jwt = parseJwt(token);
        if (jwt === undefined) return [{ message: `${where(exchange)} is not a JWT in compact serialization.` }];
        const found: Finding[] = [];
        const say = (requirement: string, message: string): void =>
          void found.push({ requirement, message: `${where(exchange)} ${message}.` });
        const { alg } = jwt.header;
        if (alg !== 'RS256')
          say('access-token/jwt-rs256', `has the alg ${JSON.stringify(alg) ?? 'absent'} instead of RS256`);
        else if (jwt.signature.byteLength === 0) say('access-token/jwt-rs256', 'has no signature');
        found.push(
          ...dates(exchange, jwt.claims, { clockMoves: config.control !== undefined, repeated: seen.has(token) }),
        );
        seen.add(token);
        const held = [...within(jwt.claims), ...within(jwt.header)];
        const { refresh_token: refreshToken, scope } = exchange.object ?? {};
        const secrets = [refreshToken, ...Object.values(config.clients).map((client) => client?.secret)].filter(
          (secret): secret is string => typeof secret === 'string' && secret.length >= 8,
        );
        if (held.some((value) => secrets.some((secret) => typeof value === 'string' && value.includes(secret))))
          say('access-token/jwt-no-secrets', 'holds a client secret or its refresh token in the clear');
        if (held.some(isPrivateKey)) say('access-token/jwt-no-secrets', 'holds a private key in the clear');
        if (typeof scope === 'string') {
          const granted = new Set(scope.split(' '));
          const asked = new Set(config.scope.split(' '));
          const registered = typeof jwt.claims.scope === 'string';
          const beyond = claimedScopes(jwt.claims).filter(
            (name) => !granted.has(name) && (registered || knownScopes.has(name) || asked.has(name)),
          );
          if (beyond.length > 0)
            say('access-token/jwt-scope-as-granted', `claims ${beyond.join(', ')}, which the response does not grant`);
        }
        return found;
      },
    };
  },
  () => {
    const tokens = new Set<string>();
    const ids = new Set<string>();
    /** A code, or a sign-in without session_id, begins a session of its own. */
    const beginsSession = (exchange: Exchange): boolean => {
      const { operation } = exchange.request;
      if (operation === 'authenticate') return exchange.requestMembers.session_id === undefined;
      return new Map(exchange.requestForm).get('grant_type') === 'authorization_code';
    };
    return {
      id: 'observer/access-token-distinct',
      title: 'Access tokens of different sessions differ, and so do their ids',
      verifies: ['access-token/distinct', 'access-token/jwt-jti-unique'],
      applies: (exchange) => issued(exchange) !== undefined,
      judge(exchange, { config }) {
        const token = String(issued(exchange));
        // Within a session the same token may be handed out again; under one jti there are never two.
        if (tokens.has(token))
          return beginsSession(exchange)
            ? [{ message: `${where(exchange)} is the same as that of an earlier session.` }]
            : [];
        tokens.add(token);
        const jti = config.accessToken.format === 'jwt' ? parseJwt(token)?.claims.jti : undefined;
        if (typeof jti !== 'string' && typeof jti !== 'number') return [];
        const known = ids.has(String(jti));
        ids.add(String(jti));
        return known
          ? [
              {
                requirement: 'access-token/jwt-jti-unique',
                message: `${where(exchange)} has the jti of an earlier token.`,
              },
            ]
          : [];
      },
    };
  },
]);
