/** Sessions and the tokens issued in them. */

import type { Reference } from './context.ts';
import { jsonResponse } from './json-response.ts';
import { type AccessClaims, type AuthenticatedClient, type RefreshRecord, Refusal, type Session } from './model.ts';
import type { IssueFacts } from './policy/tokens.ts';

export interface NewSession extends AuthenticatedClient {
  readonly account: string;
  /** Lower-case address of the wallet that signed in. */
  readonly wallet?: string;
  readonly scope: string;
}

export function beginSession(reference: Reference, facts: NewSession): Session {
  const session: Session = {
    id: reference.policy.tokens.sessionId(),
    clientId: facts.client.id,
    account: facts.account,
    ...(facts.wallet === undefined ? {} : { wallet: facts.wallet }),
    scope: facts.scope,
    ended: { access: false, refresh: false },
  };
  reference.store.sessions.set(session.id, session);
  return session;
}

/** The refresh token that a pair comes from. */
export interface Chain {
  readonly record: RefreshRecord;
  /** False: no new refresh token is issued, the old one goes on. */
  readonly rotates: boolean;
}

/** The response with a token pair of a session (RFC 6749 5.1). */
export async function issuePair(reference: Reference, facts: IssueFacts, chain?: Chain): Promise<Response> {
  const { policy } = reference;
  const issuedAt = Math.floor(reference.now());
  const lifetime = policy.tokens.accessLifetime(facts);
  const accessToken = await issueAccessToken(reference, facts, issuedAt, lifetime);
  const body = policy.tokens.pair({
    ...facts,
    accessToken,
    refreshToken: issueRefreshToken(reference, facts, issuedAt, chain),
    expiresIn: policy.tokens.statesLifetime(lifetime, facts),
    refreshExpiresIn: policy.refresh.lifetime(),
  });
  return jsonResponse(body, { headers: policy.tokens.headers(facts.operation) });
}

async function issueAccessToken(
  reference: Reference,
  facts: IssueFacts,
  issuedAt: number,
  lifetime: number,
): Promise<string> {
  const { policy, store } = reference;
  const { privateKey, keyId } = await reference.key();
  const claims: AccessClaims = {
    iss: reference.issuer,
    sub: facts.session.account,
    aud: reference.audience,
    exp: issuedAt + lifetime,
    iat: issuedAt,
    jti: policy.tokens.tokenId(),
    client_id: facts.client.id,
    sid: facts.session.id,
    scope: facts.scope,
  };
  const token = await policy.tokens.mintsAccessToken(
    { claims, privateKey, keyId },
    policy.tokens.claims(claims, facts),
    policy.tokens.header(keyId),
  );
  store.accessTokens.set(token, {
    token,
    jti: claims.jti,
    sessionId: facts.session.id,
    clientId: facts.client.id,
    grant: facts.grant,
    method: facts.method,
    claims,
    expiresAt: claims.exp,
    revoked: false,
  });
  return token;
}

function issueRefreshToken(
  reference: Reference,
  facts: IssueFacts,
  issuedAt: number,
  chain: Chain | undefined,
): string | undefined {
  const { policy, store } = reference;
  if (chain !== undefined && !chain.rotates) return chain.record.token;
  if (!policy.tokens.issuesRefreshToken(facts)) return undefined;
  const token = policy.refresh.mints();
  store.refreshTokens.set(token, {
    token,
    sessionId: facts.session.id,
    clientId: facts.client.id,
    scope: chain === undefined ? facts.scope : policy.refresh.keepsScope(chain.record.scope, facts.scope),
    issuedAt,
    generation: chain === undefined ? 0 : chain.record.generation + 1,
    grant: facts.grant,
    method: facts.method,
    uses: 0,
    revoked: false,
  });
  return token;
}

/** The scope that an authorization asks for. @throws Refusal invalid_scope */
export function requestedScope(reference: Reference, asked: string | undefined): string {
  const { scopes } = reference.policy;
  if (asked === undefined || asked === '') return scopes.byDefault(asked);
  const names = asked.split(' ');
  if (!scopes.acceptsRequested(names, scopes.available()))
    throw new Refusal(400, 'invalid_scope', 'A scope is unknown.');
  return [...new Set(names)].join(' ');
}
