/** Issuing and checking tokens. */

import { Refusal, type AccessClaims, type AuthenticatedClient, type Session } from './model.ts';
import type { IssueFacts } from './policy/tokens.ts';
import type { Reference } from './context.ts';

export interface NewSession extends AuthenticatedClient {
  readonly account: string;
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

export function endSession(session: Session): void {
  session.ended.access = true;
  session.ended.refresh = true;
}

/** Issues a token pair within a session. @param chain the refresh token that was used, if any */
export async function issuePair(reference: Reference, facts: IssueFacts, chain?: { readonly generation: number; readonly scope: string; readonly kept?: string }): Promise<Response> {
  const { policy, store } = reference;
  const key = await reference.key();
  const issuedAt = Math.floor(reference.now());
  const lifetime = policy.tokens.accessLifetime(facts);
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
  const accessToken = await policy.tokens.mintsAccessToken({ claims, privateKey: key.privateKey, keyId: key.keyId }, policy.tokens.claims(claims, facts), policy.tokens.header(key.keyId));
  store.accessTokens.set(accessToken, { token: accessToken, jti: claims.jti, sessionId: facts.session.id, clientId: facts.client.id, expiresAt: claims.exp, revoked: false });
  let refreshToken = chain?.kept;
  if (refreshToken === undefined && policy.tokens.issuesRefreshToken(facts)) {
    refreshToken = policy.refresh.mints();
    store.refreshTokens.set(refreshToken, {
      token: refreshToken,
      sessionId: facts.session.id,
      clientId: facts.client.id,
      scope: chain?.scope ?? facts.scope,
      issuedAt,
      generation: chain === undefined ? 0 : chain.generation + 1,
      uses: 0,
      revoked: false,
    });
  }
  const body = policy.tokens.pair({ ...facts, accessToken, refreshToken, expiresIn: lifetime, refreshExpiresIn: policy.refresh.lifetime() });
  return Response.json(body, { headers: policy.tokens.headers(facts.operation) });
}

/** The scope that a request is granted. @throws Refusal invalid_scope */
export function requestedScope(reference: Reference, asked: string | undefined): string {
  const { scopes } = reference.policy;
  if (asked === undefined || asked === '') return scopes.byDefault();
  const names = asked.split(' ');
  if (!scopes.acceptsRequested(names, scopes.available())) throw new Refusal(400, 'invalid_scope', 'A scope is unknown.');
  return asked;
}

export interface LiveAccess {
  readonly claims: AccessClaims;
  readonly session: Session;
}

/** Checks a presented access token in every respect (RFC 7519 7.2, RFC 8725 3). */
export async function checkAccessToken(reference: Reference, token: string): Promise<LiveAccess | undefined> {
  const { policy, store } = reference;
  const claims = policy.accessToken.findsOpaque(token, store) ?? (await claimsOf(reference, token));
  if (claims === undefined || !policy.accessToken.isFresh(claims, reference.now())) return undefined;
  const session = store.sessions.get(claims.sid);
  const record = store.accessTokens.get(token) ?? [...store.accessTokens.values()].find((one) => one.jti === claims.jti);
  return session !== undefined && policy.accessToken.sessionIsAlive(session, record) ? { claims, session } : undefined;
}

async function claimsOf(reference: Reference, token: string): Promise<AccessClaims | undefined> {
  const { accessToken } = reference.policy;
  const key = await reference.key();
  const header = accessToken.readsHeader(token);
  if (header === undefined) return undefined;
  if (!accessToken.allowsAlgorithm(header) || !accessToken.allowsKeyId(header, key) || !accessToken.allowsCritical(header) || !accessToken.allowsType(header)) return undefined;
  const payload = await accessToken.verifiesSignature(token, header, key);
  if (payload === undefined) return undefined;
  try {
    const claims = JSON.parse(Buffer.from(payload).toString('utf8')) as AccessClaims;
    return accessToken.allowsIssuer(claims, reference.issuer) && accessToken.allowsAudience(claims, reference.audience) ? claims : undefined;
  } catch {
    return undefined; // a signed payload that is no JSON has no claims
  }
}
